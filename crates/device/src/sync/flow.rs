//! When the line will have carried what it was given, as far as its rate is known.
//!
//! What is sent is swallowed at once by the system's buffers; a lane cannot see how far it has come. Three that send at once
//! share the line, are all cut in their middle, and end together, so that the line is idle while all wait for their answers.
//! One after the other, each begun a moment before the line is free, a cut costs one of them, and the line stays full.

use std::time::{Duration, Instant};

/// How long before the line is free the next may begin: a new connection takes as much, and so does an answer.
const AHEAD: Duration = Duration::from_millis(1_500);

/// What is known of the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flow {
    /// Bytes a second, as the last answers tell.
    rate: Option<f64>,
    /// When all that was given to it will have passed.
    free: Option<Instant>,
}

impl Flow {
    /// How long to wait before something more is given to the line.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        let wait = self.free?.saturating_duration_since(now).saturating_sub(AHEAD);
        Some(wait).filter(|wait| !wait.is_zero())
    }

    /// So many bytes are given to the line. Gives when it will begin to carry them.
    pub fn give(&mut self, bytes: u64, now: Instant) -> Instant {
        let begins = self.free.map_or(now, |free| free.max(now));
        // Of a line that nothing is known of, nothing is waited for.
        let takes = self.rate.map_or(0.0, |rate| bytes as f64 / rate);
        self.free = Some(begins + Duration::from_secs_f64(takes.clamp(0.0, 3_600.0)));
        begins
    }

    /// What the line began to carry then has been answered now.
    pub fn answered(&mut self, bytes: u64, began: Instant, now: Instant) {
        let took = now.saturating_duration_since(began).as_secs_f64().max(0.001);
        let rate = bytes as f64 / took;
        self.rate = Some(self.rate.map_or(rate, |before| (before + rate) / 2.0));
    }

    /// The line broke: what it had been given is gone.
    pub fn broke(&mut self) {
        self.free = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_waits_until_the_line_is_nearly_free_and_not_at_all_where_nothing_is_known() {
        let (mut flow, start) = (Flow::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(flow.wait(start), None);
        let began = flow.give(30_000, start);
        assert_eq!(flow.wait(start), None, "nothing is known yet");
        flow.answered(30_000, began, after(6));
        let began = flow.give(30_000, after(6));
        assert_eq!(flow.wait(after(6)), Some(Duration::from_millis(4_500)));
        assert_eq!(flow.wait(after(11)), None);
        // Given a little ahead, it is carried after what was there.
        let next = flow.give(30_000, after(11));
        assert_eq!((began, next), (after(6), after(12)));
        flow.broke();
        assert_eq!(flow.wait(after(12)), None);
    }

    #[test]
    fn a_strange_rate_holds_nobody_up_for_ever() {
        let (mut flow, start) = (Flow::default(), Instant::now());
        flow.answered(0, start, start + Duration::from_secs(60));
        flow.give(u64::MAX, start);
        assert!(flow.wait(start).unwrap() <= Duration::from_secs(3_600));
    }
}
