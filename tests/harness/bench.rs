//! Measuring. Machines are shared and noisy, so what counts is a figure beside its limit in the same run.

use crate::places::target;
use serde::Serialize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long something took, many times over.
pub struct Times(Vec<Duration>);

/// Does `work` this many times, after a tenth of that to warm up.
pub fn times(count: usize, mut work: impl FnMut()) -> Times {
    for _ in 0..count / 10 {
        work();
    }
    Times::of((0..count).map(|_| took(&mut work)).collect())
}

/// How long this takes, once.
pub fn took(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
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

/// One figure, as it is written down.
#[derive(Serialize)]
struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    /// What it was held against in the same run; absent where it is only told.
    limit: Option<f64>,
    held: Option<bool>,
}

/// The figures of one bench; it fails if one of them missed its limit.
pub struct Report {
    name: &'static str,
    figures: Vec<Figure>,
}

impl Report {
    /// Of the bench with this name.
    pub fn of(name: &'static str) -> Self {
        Report { name, figures: Vec::new() }
    }

    /// Prints a time beside its limit.
    pub fn below(&mut self, what: &str, measured: Duration, limit: Duration) {
        self.at_most(what, measured.as_secs_f64() * 1e3, limit.as_secs_f64() * 1e3, "ms");
    }

    /// Prints a figure that must not be larger than its limit.
    pub fn at_most(&mut self, what: &str, measured: f64, limit: f64, unit: &'static str) {
        self.held(what, measured, limit, unit, measured <= limit);
    }

    /// Prints a figure that must not be smaller than its limit.
    pub fn at_least(&mut self, what: &str, measured: f64, limit: f64, unit: &'static str) {
        self.held(what, measured, limit, unit, measured >= limit);
    }

    fn held(&mut self, what: &str, measured: f64, limit: f64, unit: &'static str, held: bool) {
        let mark = if held { "✓" } else { "✗" };
        let part = measured / limit;
        println!("{mark} {what}: {} {unit}, limit {} ({part:.2} of it)", rounded(measured), rounded(limit));
        let (limit, held) = (Some(limit), Some(held));
        self.figures.push(Figure { what: what.to_owned(), measured, unit, limit, held });
    }

    /// Prints a figure that no limit belongs to.
    pub fn tell(&mut self, what: &str, measured: f64, unit: &'static str) {
        println!("  {what}: {} {unit}", rounded(measured));
        self.figures.push(Figure { what: what.to_owned(), measured, unit, limit: None, held: None });
    }

    /// Writes the figures to `target/bench/NAME.json`, and ends the bench. Not by leaving at once: what it started must be stopped
    /// first.
    pub fn end(self) -> ExitCode {
        let folder = target().join("bench");
        std::fs::create_dir_all(&folder).unwrap();
        let written = serde_json::to_string_pretty(&self.figures).unwrap();
        std::fs::write(folder.join(format!("{}.json", self.name)), written).unwrap();
        let missed = self.figures.iter().filter(|figure| figure.held == Some(false)).count();
        if missed == 0 {
            return ExitCode::SUCCESS;
        }
        println!("{missed} figures missed their limit");
        ExitCode::FAILURE
    }
}

/// Three digits that count.
fn rounded(figure: f64) -> String {
    let digits = (2.0 - figure.abs().max(1e-9).log10().floor()).clamp(0.0, 6.0);
    format!("{figure:.*}", digits as usize)
}
