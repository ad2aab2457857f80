//! Uploaded sound files: whatever they hold, reading them ends, and keeps ten minutes at most.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;

// The files themselves: the program around them would take minutes to build for nothing.
#[allow(dead_code)]
#[path = "../../crates/farend/src/sounds/clip.rs"]
mod clip;
#[allow(dead_code)]
#[path = "../../crates/farend/src/sounds/level.rs"]
mod level;
#[allow(dead_code)]
#[path = "../../crates/farend/src/sounds/samples.rs"]
mod samples;
#[allow(dead_code)]
#[path = "../../crates/farend/src/sounds/upload.rs"]
mod upload;

use samples::{RATE_HZ, Samples};
use upload::{MINUTES_MAX, NotAudio};

fuzz_target!(|bytes: &[u8]| {
    let end = Instant::now() + Duration::from_secs(5);
    let Ok(read) = Samples::read(bytes.to_vec(), || Instant::now() > end) else { return };
    assert!(read.as_slice().len() <= (MINUTES_MAX * 60 * RATE_HZ) as usize);
    let clip = clip::Clip::of(&read.levelled()).expect("something is heard");
    let again = clip.samples().expect("one of ours");
    assert_eq!(again.duration_ms(), clip.duration_ms);
});
