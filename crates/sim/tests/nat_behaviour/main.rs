//! What `doctor` finds out about simulated NATs is right, or "unknown", and quick; thousands of seeds.
//!
//! A seed that fails says how to see it again: `FAREND_SIM_SEED=<seed> cargo test -p sim --test nat_behaviour`.

#![allow(unreachable_pub, reason = "modules of one test program")]

mod keeper;
mod lifetime;
mod probe;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a story for each of so many seeds, or for the one that is asked for, on all cores.
fn for_each_seed(seeds: u64, story: impl Fn(u64) + Sync) {
    if let Some(seed) = std::env::var("FAREND_SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        story(seed);
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let run = |first: usize| {
        let mine = (0..seeds).skip(first).step_by(threads);
        mine.filter(|seed| catch_unwind(AssertUnwindSafe(|| story(*seed))).is_err())
            .collect::<Vec<_>>()
    };
    let run = &run;
    let failed: Vec<u64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || run(first))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("caught")).collect()
    });
    assert!(
        failed.is_empty(),
        "{} of {seeds} seeds fail: FAREND_SIM_SEED={}",
        failed.len(),
        failed[0]
    );
}
