//! Measuring. Machines are shared and noisy, so what counts is a figure beside its limit in the same run.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long something took, many times over.
pub struct Times(Vec<Duration>);

/// Does `work` this many times, after a tenth of that to warm up.
pub fn times(count: usize, mut work: impl FnMut()) -> Times {
    for _ in 0..count / 10 {
        work();
    }
    let mut once = || {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    Times::of((0..count).map(|_| once()).collect())
}

impl Times {
    /// The times that were taken some other way.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Times(times)
    }

    /// The time that this part of all runs stayed below, from 0 to 1; 0.5 is the median.
    pub fn quantile(&self, part: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0[((last as f64) * part).round() as usize]
    }
}

/// The figures of one bench; it fails if one of them missed its limit.
#[derive(Default)]
pub struct Report {
    missed: usize,
}

impl Report {
    /// Prints a time beside its limit.
    pub fn below(&mut self, what: &str, measured: Duration, limit: Duration) {
        let part = measured.as_secs_f64() / limit.as_secs_f64();
        let held = measured <= limit;
        self.missed += usize::from(!held);
        let mark = if held { "✓" } else { "✗" };
        println!("{mark} {what}: {measured:.2?}, limit {limit:.2?} ({part:.2} of it)");
    }

    /// How the bench ends. Not by leaving at once: what it started must be stopped first.
    pub fn end(self) -> ExitCode {
        if self.missed == 0 {
            return ExitCode::SUCCESS;
        }
        println!("{} figures missed their limit", self.missed);
        ExitCode::FAILURE
    }
}
