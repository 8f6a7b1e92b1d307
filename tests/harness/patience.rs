//! Waiting for what will be so soon.

use std::time::{Duration, Instant};

/// Waits until it is so; fails where it is not within this time, which is only how soon a broken test gives up.
pub fn soon(what: &str, within: Duration, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < within, "not within {within:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
