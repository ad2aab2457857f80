#![allow(clippy::disallowed_methods, reason = "tests need some instant to begin with")]

use super::*;

fn five(end: bool, duration: u16) -> Payload {
    Payload {
        digit: Digit::from_event(5),
        end,
        duration,
    }
}

#[test]
fn three_end_packets_alone_are_one_press() {
    let (now, mut receiver) = (Instant::now(), Receiver::default());
    let digit = Digit::from_event(5).unwrap();
    assert_eq!(
        receiver.receive(1_000, 8_000, five(true, 800), now),
        [Some(Press::Began(digit)), Some(Press::Ended(digit, 100))]
    );
    assert_eq!(receiver.receive(1_000, 8_000, five(true, 800), now), [None, None]);
    assert_eq!(receiver.receive(1_000, 8_000, five(true, 800), now), [None, None]);
}

#[test]
fn a_press_whose_end_is_lost_ends_by_itself_or_by_the_next() {
    let (now, mut receiver) = (Instant::now(), Receiver::default());
    let digit = Digit::from_event(5).unwrap();
    assert_eq!(
        receiver.receive(1_000, 8_000, five(false, 160), now),
        [Some(Press::Began(digit)), None]
    );
    assert_eq!(
        receiver.receive(9_000, 8_000, five(false, 160), now),
        [Some(Press::Ended(digit, 20)), Some(Press::Began(digit))]
    );
    assert_eq!(receiver.handle_timeout(now + Duration::from_millis(100)), None);
    assert_eq!(receiver.handle_timeout(now + SILENCE_LIMIT), Some(Press::Ended(digit, 20)));
    assert_eq!(receiver.receive(9_000, 8_000, five(true, 320), now), [None, None], "too late");
}

#[test]
fn segments_of_a_long_press_are_one_press() {
    let (mut now, mut receiver) = (Instant::now(), Receiver::default());
    let digit = Digit::from_event(5).unwrap();
    let mut news = Vec::new();
    let mut hear = |timestamp: u32, end, duration: u32, now| {
        let duration = u16::try_from(duration).unwrap();
        news.extend(receiver.receive(timestamp, 48_000, five(end, duration), now).into_iter().flatten());
    };
    // Two seconds from shortly before the timestamps wrap around.
    let begun = u32::MAX - 70_000;
    for step in 1..=100u32 {
        let (segment, duration) = ((step * 960 - 1) / 0xffff, (step * 960 - 1) % 0xffff + 1);
        hear(begun.wrapping_add(segment * 0xffff), step == 100, duration, now);
        // A packet of the first segment that comes late.
        if step == 75 {
            hear(begun, false, 65_280, now);
        }
        now += STEP;
    }
    hear(begun.wrapping_add(0xffff), true, 96_000 - 0xffff, now);
    // The next press of the same key is another one.
    hear(begun.wrapping_add(110_000), true, 4_800, now);
    assert_eq!(
        news,
        [
            Press::Began(digit),
            Press::Ended(digit, 2_000),
            Press::Began(digit),
            Press::Ended(digit, 100)
        ]
    );
}

#[test]
fn keys_are_heard_after_the_timestamps_began_anew() {
    let (now, mut receiver) = (Instant::now(), Receiver::default());
    let digit = Digit::from_event(5).unwrap();
    let press = [Some(Press::Began(digit)), Some(Press::Ended(digit, 100))];
    assert_eq!(receiver.receive(2_000_000_000, 8_000, five(true, 800), now), press);
    assert_eq!(receiver.receive(1_000_000_000, 8_000, five(true, 800), now), press);
    assert_eq!(
        receiver.receive(1_000_000_000 - 160, 8_000, five(true, 800), now),
        [None, None],
        "late"
    );
}

#[test]
fn a_key_is_played_with_growing_duration_and_three_ends() {
    let (start, mut player) = (Instant::now(), Player::default());
    player.play(Digit::from_char('7').unwrap(), 100, start);
    let mut steps = Vec::new();
    for tick in 0..20 {
        let now = start + STEP * tick;
        steps.extend(std::iter::from_fn(|| player.step(now)));
    }
    let seen: Vec<(u16, bool, bool)> = steps.iter().map(|s| (s.elapsed_ms, s.first, s.end)).collect();
    assert_eq!(
        seen,
        [
            (20, true, false),
            (40, false, false),
            (60, false, false),
            (80, false, false),
            (100, false, true),
            (100, false, true),
            (100, false, true)
        ]
    );
    assert!(!player.is_pressing());
}

#[test]
fn keys_wait_for_one_another_and_the_queue_is_bounded() {
    let (start, mut player) = (Instant::now(), Player::default());
    for _ in 0..QUEUE_MAX + 9 {
        player.play(Digit::from_char('1').unwrap(), 40, start);
    }
    let (mut now, mut firsts) = (start, 0);
    while let Some(due) = player.poll_timeout() {
        now = now.max(due);
        while let Some(step) = player.step(now) {
            firsts += usize::from(step.first);
        }
    }
    assert_eq!(firsts, QUEUE_MAX + 1, "one was already being played when the queue filled");
}
