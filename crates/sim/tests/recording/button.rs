//! The button.

use switchboard::core::{Input, RecordingTrouble};

use super::*;

const RECORDED: [Channel; 2] = [Channel::Own, Channel::Others];

/// By the button.
fn on(may_end: bool) -> RecordingState {
    RecordingState::On {
        is_by_rule: false,
        may_end,
    }
}

#[test]
fn both_are_told_and_only_then_they_are_recorded() {
    let mut world = world();
    let call = talk(&mut world);
    assert_eq!(state(&world, ANNA), RecordingState::Off);
    world.media_delay_ms_max = 0;
    let wish = Action::Record { call, is_on: true };
    assert_eq!(world.control(ANNA, wish.clone()), Ok(Some(call)));
    assert_eq!(
        (state(&world, ANNA), state(&world, BEN)),
        (
            RecordingState::Announcing { may_end: true },
            RecordingState::Announcing { may_end: false }
        )
    );
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![]),
        "nobody has heard it to the end"
    );
    assert_eq!(told(&world), [[Prompt::Recorded], [Prompt::Recorded]]);
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Anna", "Ben", false)], "{}", world.trace());
    assert_eq!(world.recordings[0].0.call, call);
    assert_eq!(world.recordings[0].0.rule, None);
    assert_eq!(channels(&world), RECORDED);
    assert_eq!((state(&world, ANNA), state(&world, BEN)), (on(true), on(false)));
    assert_eq!(world.control(ANNA, wish), Ok(Some(call)), "it is recorded already");
    assert_nothing_left(&mut world);
}

#[test]
fn it_is_ended_by_the_button_and_both_are_told() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, BEN, call);
    assert_eq!(channels(&world), [Channel::Others, Channel::Own], "it was Anna who called");
    let off = Action::Record { call, is_on: false };
    assert!(
        matches!(world.control(ANNA, off.clone()), Err(Objection::Refused(_))),
        "it is Ben's"
    );
    assert_eq!(world.control(BEN, off.clone()), Ok(Some(call)));
    assert_eq!((channels(&world), state(&world, BEN)), (vec![], RecordingState::Off));
    assert_eq!(recordings(&world), [("Ben", "Anna", true)]);
    assert_eq!(
        told(&world),
        [[Prompt::Recorded, Prompt::NotRecorded], [Prompt::Recorded, Prompt::NotRecorded]]
    );
    assert_eq!(world.control(BEN, off), Ok(Some(call)), "it is off already");
    record(&mut world, ANNA, call);
    assert_eq!(recordings(&world), [("Ben", "Anna", true), ("Anna", "Ben", false)]);
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_changes_their_mind_while_it_is_announced_is_never_recorded() {
    let mut world = world();
    let call = talk(&mut world);
    for is_on in [true, false] {
        assert_eq!(world.control(ANNA, Action::Record { call, is_on }), Ok(Some(call)));
    }
    world.run_ms(10_000);
    assert_eq!(recordings(&world), []);
    assert_eq!(
        told(&world),
        [[Prompt::Recorded, Prompt::NotRecorded], [Prompt::Recorded, Prompt::NotRecorded]]
    );
    assert_nothing_left(&mut world);
}

#[test]
fn a_tone_or_nothing_may_be_all_that_is_told() {
    for (announced, expected) in [(Announced::Tone, vec![Sound::RecordingTone]), (Announced::Silently, vec![])] {
        let mut world = world();
        world.change(|directory| directory.recordings.announced = announced);
        let call = talk(&mut world);
        record(&mut world, ANNA, call);
        assert_eq!(channels(&world), RECORDED);
        let (seen_by_ben, objection) = if announced == Announced::Silently {
            (RecordingState::Off, "this call cannot be recorded now")
        } else {
            (on(false), "somebody else records this call")
        };
        assert_eq!((state(&world, ANNA), state(&world, BEN)), (on(true), seen_by_ben));
        let wish = world.control(BEN, Action::Record { call, is_on: true });
        assert_eq!(wish, Err(Objection::Refused(objection)));
        assert_eq!(world.control(ANNA, Action::Record { call, is_on: false }), Ok(Some(call)));
        for leg in world.media.legs() {
            assert_eq!(sounds(&world, leg), expected, "{announced:?}");
        }
        assert_nothing_left(&mut world);
    }
}

#[test]
fn only_who_may_records_and_only_a_talk() {
    let mut world = world();
    dial(&mut world, "103-desk", "101");
    let call = world.calls_of(ANNA)[0].call;
    let wish = Action::Record { call, is_on: true };
    assert_eq!(world.control(ANNA, wish.clone()), Err(Objection::NotNow), "it rings");
    lift(&mut world, "101-desk");
    assert!(matches!(world.control(CLEO, wish.clone()), Err(Objection::Refused(_))));
    assert_eq!(world.control(BEN, wish), Err(Objection::NoSuchCall));
    dial(&mut world, "102-desk", "*43");
    let call = world.calls_of(BEN)[0].call;
    let echo = world.control(BEN, Action::Record { call, is_on: true });
    assert_eq!(echo, Err(Objection::NotNow), "nobody is there");
    assert_nothing_left(&mut world);
}

#[test]
fn nothing_is_recorded_while_somebody_holds() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    world.act(Act::Offer("102-desk", Direction::SendOnly));
    world.run_ms(500);
    assert_eq!(channels(&world), [], "{}", world.trace());
    assert_eq!(state(&world, ANNA), on(true));
    world.act(Act::Offer("102-desk", Direction::SendRecv));
    world.run_ms(500);
    assert_eq!((channels(&world), recordings(&world).len()), (RECORDED.to_vec(), 1));
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_put_on_hold_while_being_told_is_told_once_more() {
    let mut world = world();
    world.media_delay_ms_max = 300;
    let call = talk(&mut world);
    assert_eq!(world.control(ANNA, Action::Record { call, is_on: true }), Ok(Some(call)));
    assert_eq!(world.control(BEN, Action::Hold { call }), Ok(Some(call)));
    let once = vec![Prompt::Recorded];
    let twice = vec![Prompt::Recorded; 2];
    assert_eq!(
        told(&world),
        [twice.clone(), once],
        "whoever holds would not hear it: {}",
        world.trace()
    );
    assert!(world.heard().iter().any(|(_, source)| *source == Source::Music));
    world.run_ms(5_000);
    assert_eq!(
        (recordings(&world).len(), channels(&world)),
        (1, vec![]),
        "it runs, but nobody is heard"
    );
    assert_eq!(world.control(BEN, Action::Resume { call }), Ok(Some(call)));
    assert_eq!(
        (channels(&world), told(&world)),
        (vec![Channel::Own], vec![twice; 2]),
        "Ben is told before he is recorded"
    );
    world.run_ms(5_000);
    assert_eq!(channels(&world), RECORDED);
    assert_nothing_left(&mut world);
}

#[test]
fn who_holds_by_their_phone_is_told_and_recorded_when_they_resume() {
    for holds_first in [true, false] {
        let mut world = world();
        let call = talk(&mut world);
        let hold = Act::Offer("102-desk", Direction::SendOnly);
        if holds_first {
            world.act(hold);
            world.run_ms(500);
        }
        assert_eq!(world.control(ANNA, Action::Record { call, is_on: true }), Ok(Some(call)));
        if !holds_first {
            world.act(hold);
        }
        // Longer than anybody is waited for.
        world.run_ms(10_000);
        assert_eq!((recordings(&world).len(), channels(&world)), (1, vec![]), "{}", world.trace());
        world.act(Act::Offer("102-desk", Direction::SendRecv));
        world.run_ms(1_000);
        assert_eq!(channels(&world), [Channel::Own], "he is being told: {}", world.trace());
        world.run_ms(4_000);
        assert_eq!(channels(&world), RECORDED);
        assert_eq!(told(&world)[1].len(), if holds_first { 1 } else { 2 });
        assert_nothing_left(&mut world);
    }
}

#[test]
fn whoever_cannot_be_told_within_eight_seconds_is_recorded_all_the_same() {
    let mut world = world();
    let call = talk(&mut world);
    // Media says nothing of what it has played.
    world.media.tells_nothing_of_sounds = true;
    assert_eq!(world.control(ANNA, Action::Record { call, is_on: true }), Ok(Some(call)));
    world.run_ms(7_900);
    assert_eq!(
        (recordings(&world), state(&world, ANNA)),
        (vec![], RecordingState::Announcing { may_end: true })
    );
    world.run_ms(200);
    assert_eq!((recordings(&world).len(), channels(&world)), (1, RECORDED.to_vec()));
    assert_nothing_left(&mut world);
}

#[test]
fn a_disk_that_is_full_ends_the_recording_and_not_the_call() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    let (recording, trouble) = (world.recordings[0].0.recording, RecordingTrouble::DiskFull);
    world.input(Input::RecordingStopped { recording, trouble });
    assert_eq!((channels(&world), recordings(&world)), (vec![], vec![("Anna", "Ben", true)]));
    assert_eq!(
        (state(&world, ANNA), state(&world, BEN)),
        (RecordingState::Stopped(trouble), RecordingState::Stopped(trouble))
    );
    // The word may come twice, or too late.
    world.input(Input::RecordingStopped { recording, trouble });
    record(&mut world, ANNA, call);
    assert_eq!(
        (recordings(&world).len(), channels(&world)),
        (2, RECORDED.to_vec()),
        "it is tried again"
    );
    assert_nothing_left(&mut world);
}

#[test]
fn it_ends_with_the_call_whoever_hangs_up_and_whenever() {
    for (phone, after_ms) in [("101-desk", 0), ("102-desk", 0), ("101-desk", 5_000), ("102-desk", 5_000)] {
        let mut world = world();
        world.media_delay_ms_max = 300;
        let call = talk(&mut world);
        assert_eq!(world.control(ANNA, Action::Record { call, is_on: true }), Ok(Some(call)));
        world.run_ms(after_ms);
        world.act(Act::HangUp(phone));
        world.run_ms(1_000);
        let expected = usize::from(after_ms > 0);
        assert_eq!(
            recordings(&world).iter().filter(|(_, _, ended)| *ended).count(),
            expected,
            "{}",
            world.trace()
        );
        assert_nothing_left(&mut world);
        assert_eq!(recordings(&world).len(), expected);
    }
}
