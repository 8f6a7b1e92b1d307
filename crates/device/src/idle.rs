//! When an open app locks itself: after nobody has touched it for a while, and soon after it went out of sight.
//!
//! The screens lock by themselves first, once what was typed is saved. This is what holds when they cannot: a phone stops the
//! scripts of an app that is not in sight, and a page may hang, or end while it saves.

use std::time::{Duration, Instant, SystemTime};

/// How long an app may be out of sight. Somebody who only looks up a word elsewhere is not locked out.
pub const AWAY: Duration = Duration::from_secs(30);

/// How much longer it is waited here than on the screens, so that they have saved and locked before.
const MARGIN: Duration = Duration::from_secs(10);

/// A moment by both clocks: the monotonic one may stand still while a laptop sleeps, the other may be set back.
#[derive(Debug, Clone, Copy)]
pub struct Moment(Instant, SystemTime);

impl Moment {
    /// This one.
    pub fn now() -> Self {
        Moment(Instant::now(), SystemTime::now())
    }

    /// How long ago an earlier one was, by the clock that says more.
    fn since(self, earlier: Moment) -> Duration {
        let by_day = self.1.duration_since(earlier.1).unwrap_or_default();
        self.0.saturating_duration_since(earlier.0).max(by_day)
    }
}

/// How long nobody has touched an open app.
#[derive(Debug)]
pub struct Idle {
    after: Duration,
    touched: Moment,
    /// Since when it is out of sight, and how long that may last.
    away: Option<(Moment, Duration)>,
    /// Since when its screens save what is in hand, to lock it then.
    closing: Option<Moment>,
}

impl Idle {
    /// Of an app that was opened now and locks itself after so many minutes without a touch.
    pub fn new(minutes: u32, now: Moment) -> Self {
        Idle { after: Duration::from_secs(u64::from(minutes) * 60), touched: now, away: None, closing: None }
    }

    /// From now on it locks itself after so many minutes.
    pub fn set_after(&mut self, minutes: u32, now: Moment) {
        *self = Idle::new(minutes, now);
    }

    /// Somebody touched it, or a recording goes on; wherever it is, it is in use.
    pub fn touch(&mut self, now: Moment) {
        self.touched = now;
        self.away = self.away.map(|(_, most)| (now, most));
    }

    /// It went out of sight. Where its person takes a photo or looks for a file meanwhile, they get the time of somebody who sits
    /// before it.
    pub fn leave(&mut self, picking: bool, now: Moment) {
        let most = if picking { self.after } else { AWAY.min(self.after) };
        self.away = Some((now, most));
    }

    /// It is in sight again.
    pub fn come_back(&mut self, now: Moment) {
        (self.touched, self.away) = (now, None);
    }

    /// Its screens save what is in hand and lock it then. Whatever becomes of them, it is to be locked.
    pub fn close(&mut self, now: Moment) {
        self.closing = self.closing.or(Some(now));
    }

    /// Whether they do.
    pub fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// Whether it is to be locked now.
    pub fn is_over(&self, now: Moment) -> bool {
        let away = self.away.is_some_and(|(since, most)| now.since(since) >= most + MARGIN);
        let closing = self.closing.is_some_and(|since| now.since(since) >= MARGIN);
        away || closing || now.since(self.touched) >= self.after + MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(moment: Moment, seconds: u64) -> Moment {
        let passed = Duration::from_secs(seconds);
        Moment(moment.0 + passed, moment.1 + passed)
    }

    #[test]
    fn it_is_over_after_the_minutes_that_were_chosen_counted_from_the_last_touch() {
        let begun = Moment::now();
        let mut idle = Idle::new(5, begun);
        assert!(!idle.is_over(after(begun, 309)) && idle.is_over(after(begun, 310)));
        idle.touch(after(begun, 100));
        assert!(!idle.is_over(after(begun, 400)) && idle.is_over(after(begun, 410)));
        idle.set_after(1, after(begun, 400));
        assert!(!idle.is_over(after(begun, 460)) && idle.is_over(after(begun, 470)));
    }

    #[test]
    fn out_of_sight_it_is_over_within_a_minute_but_not_while_a_photo_is_taken_or_sound_recorded() {
        let begun = Moment::now();
        let mut idle = Idle::new(5, begun);
        idle.leave(false, begun);
        assert!(!idle.is_over(after(begun, 39)) && idle.is_over(after(begun, 40)));
        idle.come_back(after(begun, 39));
        assert!(!idle.is_over(after(begun, 100)));
        idle.leave(true, after(begun, 100));
        assert!(!idle.is_over(after(begun, 300)), "the camera is open");
        idle.leave(false, after(begun, 300));
        for second in 301..400 {
            idle.touch(after(begun, second));
        }
        assert!(!idle.is_over(after(begun, 430)), "a recording went on");
    }

    #[test]
    fn screens_that_do_not_come_to_lock_it_are_waited_for_ten_seconds_whatever_is_touched() {
        let begun = Moment::now();
        let mut idle = Idle::new(5, begun);
        assert!(!idle.is_closing());
        idle.close(begun);
        idle.close(after(begun, 9));
        idle.touch(after(begun, 9));
        idle.come_back(after(begun, 9));
        assert!(idle.is_closing() && !idle.is_over(after(begun, 9)) && idle.is_over(after(begun, 10)));
    }

    #[test]
    fn a_laptop_that_slept_is_locked_and_a_clock_that_was_set_back_keeps_nothing_open() {
        let begun = Moment::now();
        let mut idle = Idle::new(5, begun);
        let hour = Duration::from_secs(3600);
        assert!(idle.is_over(Moment(begun.0, begun.1 + hour)), "slept for an hour");
        assert!(idle.is_over(Moment(begun.0 + hour, begun.1 - hour)), "the clock was set back");
        idle.touch(Moment(begun.0, begun.1 - hour));
        assert!(!idle.is_over(Moment(begun.0 + MARGIN, begun.1 - hour + MARGIN)));
    }
}
