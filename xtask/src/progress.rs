//! What a person sees while they wait: each step by name, the seconds it takes, and a table at the end.

use crate::run::{Outcome, Stop, say};
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a step that says nothing itself may stay silent.
const SILENCE: Duration = Duration::from_secs(2);

/// The same for a step that prints its own lines, into a log: one long compilation prints none.
const SILENCE_IN_A_LOG: Duration = Duration::from_secs(30);

/// The steps of one command, in order, with the time each took.
#[derive(Default)]
pub struct Progress {
    steps: Vec<(String, Duration)>,
}

impl Progress {
    /// Does one step that prints its own progress. Where it fails, the person is told to type `again`.
    pub fn step(&mut self, name: &str, again: &str, work: impl FnOnce() -> Outcome) -> Outcome {
        let on_a_terminal = std::io::stderr().is_terminal();
        let every = if on_a_terminal { Duration::MAX } else { SILENCE_IN_A_LOG };
        self.timed(name, again, every, work)
    }

    /// Does one step that works out of sight.
    pub fn quiet_step(&mut self, name: &str, again: &str, work: impl FnOnce() -> Outcome) -> Outcome {
        self.timed(name, again, SILENCE, work)
    }

    fn timed(&mut self, name: &str, again: &str, every: Duration, work: impl FnOnce() -> Outcome) -> Outcome {
        say(&format!("▸ {name} …"));
        let began = Instant::now();
        let outcome = counting_seconds(every, work);
        let took = began.elapsed();
        match outcome {
            Ok(()) => {
                say(&format!("  {name}: {}", seconds(took)));
                self.steps.push((name.to_owned(), took));
                Ok(())
            }
            Err(Stop { message, status }) => {
                self.summary();
                let message = format!("{name}: {message}\n  To run it alone: {again}");
                Err(Stop { message, status })
            }
        }
    }

    /// Prints every step that held, with its seconds.
    pub fn summary(&self) {
        let width = self.steps.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        say("");
        for (name, took) in &self.steps {
            say(&format!("✓ {name:<width$}  {:>8}", seconds(*took)));
        }
    }
}

/// Tells the seconds every now and then until `work` is done.
fn counting_seconds<T>(every: Duration, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let (done, wait) = channel::<()>();
        scope.spawn(move || {
            let began = Instant::now();
            while wait.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                say(&format!("  … {} s", began.elapsed().as_secs()));
            }
        });
        let fruit = work();
        drop(done);
        fruit
    })
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::stop;

    #[test]
    fn a_step_that_fails_says_how_to_run_it_alone() {
        let mut progress = Progress::default();
        progress.step("first", "cargo xtask check first", || Ok(())).unwrap();
        let failed = progress.quiet_step("lints", "cargo xtask check lints", || Err(stop("a lint")));
        let message = failed.unwrap_err().message;
        assert_eq!(message, "lints: a lint\n  To run it alone: cargo xtask check lints");
        assert_eq!(progress.steps.len(), 1);
    }

    #[test]
    fn seconds_are_counted_while_work_goes_on() {
        assert_eq!(counting_seconds(Duration::from_millis(1), || 7), 7);
        assert_eq!(counting_seconds(Duration::MAX, || 8), 8);
    }
}
