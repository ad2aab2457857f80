//! What the doctor says of companies drawn at random, against what is wrong with them. The companies are broken, not the evidence: that is measured
//! through simulated routers, by the real probe and the real judge of SIP.
//!
//! A seed that fails says how to see it again: `FAREND_SIM_SEED=<seed> cargo test -p sim --test networks -- shows --nocapture`.

#![allow(unreachable_pub, reason = "modules of one test program")]

mod company;
mod draw;
#[allow(dead_code, reason = "shared with the tests of the probe itself")]
#[path = "../nat_behaviour/world.rs"]
mod host;
mod inject;
mod measure;
mod score;

use doctor::finding::Fault;
use doctor::rules::diagnose;

use measure::evidence;
use score::{Score, Story, broken, outcome, story};

/// Companies of the acceptance.
const COMPANIES: u64 = 200;
const PRECISION_MIN: f64 = 0.98;
const RECALL_MIN: f64 = 0.95;
const HEALTHY: u64 = 2_000;
/// So many companies are tried for each fault.
const ALONE: u64 = 60;

#[test]
fn of_two_hundred_networks_the_faults_are_found_and_none_are_invented() {
    let score = Score::of(0..seeds(COMPANIES));
    assert!(
        score.due() > 150 && score.kinds() > 40,
        "too few faults were there to find: {score}"
    );
    assert!(score.precision() >= PRECISION_MIN && score.recall() >= RECALL_MIN, "{score}");
}

#[test]
fn healthy_companies_have_no_finding() {
    let wrong = (0..HEALTHY).filter_map(|seed| {
        let findings = diagnose(&evidence(&draw::company(seed)));
        findings.first().map(|finding| format!("seed {seed}: {finding:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{} of {HEALTHY} healthy companies: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(5)]
    );
}

#[test]
fn every_fault_alone_is_found_and_nothing_beside_it() {
    let mut score = Score::default();
    for fault in Fault::ALL {
        let stories: Vec<(u64, Story)> = (0..ALONE).filter_map(|seed| Some((seed, broken(seed, &[fault])?))).collect();
        assert!(
            stories.len() > 5,
            "{fault:?} can hardly happen: {} of {ALONE} companies",
            stories.len()
        );
        for (seed, story) in stories {
            score.add(seed, &outcome(&story));
        }
    }
    assert!(score.precision() >= PRECISION_MIN && score.recall() >= RECALL_MIN, "{score}");
}

/// `FAREND_SIM_SEED` shows the story of a seed; without it, that a story is the same every time.
#[test]
#[allow(clippy::print_stdout, reason = "asked for")]
fn a_seed_shows_the_same_story_every_time() {
    let asked = std::env::var("FAREND_SIM_SEED").ok().and_then(|seed| seed.parse().ok());
    let told = story(asked.unwrap_or(7));
    assert_eq!(evidence(&told.company), evidence(&story(asked.unwrap_or(7)).company));
    if asked.is_some() {
        let outcome = outcome(&told);
        println!("{:#?}\n{:#?}", told.company, evidence(&told.company));
        println!(
            "found {:#?}\nmissed {:#?}\ninvented {:#?}",
            outcome.found, outcome.missed, outcome.invented
        );
    }
}

/// More of them by hand: `FAREND_SIM_SEEDS=5000`.
fn seeds(usual: u64) -> u64 {
    std::env::var("FAREND_SIM_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(usual)
}
