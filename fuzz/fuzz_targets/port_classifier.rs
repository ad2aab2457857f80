//! The first bytes on the one TCP port: ten decide, and a decision does not change when more come.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The file itself: the program around it would take minutes to build for nothing.
#[path = "../../crates/farend/src/portal/classify.rs"]
mod classify;

fuzz_target!(|bytes: &[u8]| {
    let decisions: Vec<_> = (0..=bytes.len()).map(|length| classify::classify(&bytes[..length])).collect();
    let decided = decisions.iter().position(Option::is_some);
    assert!(decided.is_some_and(|length| length <= classify::DECISION_BYTES) || bytes.len() < classify::DECISION_BYTES);
    if let Some(decided) = decided {
        assert!(decisions[decided..].iter().all(|decision| *decision == decisions[decided]));
        assert!(decisions[decided].is_some_and(|kind| !kind.name().is_empty()));
    }
});
