//! Devices and headquarters over a line that does its worst, played by seeds (invariants 1 to 4 of the design).
//!
//! `BLON_SEEDS=10000` plays more of them, as `cargo xtask nightly` does; `BLON_SEED=4711` plays one again.

use blon_tests::simulation::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many seeds are played where nothing else is asked.
const SEEDS: u64 = 500;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Plays one seed; says how to play it again if something does not hold.
fn play(seed: u64) {
    let mut world = World::of(seed);
    if let Err(surprise) = catch_unwind(AssertUnwindSafe(|| world.play())) {
        eprintln!("{}", world.trace.borrow().join("\n"));
        eprintln!("seed {seed} fails; again: BLON_SEED={seed} cargo xtask test simulation");
        std::panic::resume_unwind(surprise);
    }
}

#[test]
fn whatever_the_line_does_nothing_is_lost_and_nothing_comes_twice() {
    if let Some(seed) = asked("BLON_SEED") {
        return play(seed);
    }
    let (next, seeds) = (AtomicU64::new(0), asked("BLON_SEEDS").unwrap_or(SEEDS));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|s| *s < seeds) {
                    play(seed);
                }
            });
        }
    });
}

#[test]
fn a_seed_plays_the_same_again() {
    let traces = [0, 1].map(|_| {
        let mut world = World::of(11);
        world.play();
        world.trace.take()
    });
    assert_eq!(traces[0], traces[1]);
}
