//! Recorded calls that change.

use super::*;

#[test]
fn it_goes_on_when_its_person_moves_to_another_phone() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    let to = world.phone("101-web").device;
    assert_eq!(world.control(ANNA, Action::Move { call, to }), Ok(Some(call)));
    world.run_ms(500);
    lift(&mut world, "101-web");
    assert_eq!(
        (channels(&world), recordings(&world).len()),
        (vec![Channel::Others, Channel::Own], 1),
        "{}",
        world.trace()
    );
    assert_eq!(told(&world)[1], [], "she knows");
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_handed_over_to_somebody_goes_on_being_recorded_for() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(500);
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Anna", "Ben", false)]),
        "she hears it ring"
    );
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(channels(&world), [Channel::Own, Channel::Others], "{}", world.trace());
    assert_eq!(told(&world)[1], [Prompt::Recorded], "Cleo has been told");
    assert_eq!(recordings(&world).len(), 1);
    assert_nothing_left(&mut world);
}

#[test]
fn it_ends_when_its_person_hands_the_other_one_over() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, BEN, call);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(500);
    lift(&mut world, "103-desk");
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Ben", "Anna", true)]),
        "{}",
        world.trace()
    );
    assert_eq!(state(&world, ANNA), RecordingState::Off);
    assert_nothing_left(&mut world);
}

#[test]
fn it_comes_along_into_the_other_call_of_an_attended_transfer() {
    let mut world = world();
    let first = talk(&mut world);
    // Ben holds Anna and asks Cleo, who is recorded for Anna's sake only once they talk.
    record(&mut world, ANNA, first);
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    let calls: Vec<CallId> = world.calls_of(BEN).iter().map(|call| call.call).collect();
    let [call, with] = calls[..] else { panic!("{calls:?}") };
    assert!(world.control(BEN, Action::Connect { call, with }).is_ok());
    world.run_ms(5_000);
    assert_eq!(channels(&world), [Channel::Own, Channel::Others], "{}", world.trace());
    assert_eq!(recordings(&world), [("Anna", "Ben", false)]);
    assert_eq!(told(&world)[1], [Prompt::Recorded]);
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_recorded_is_so_in_the_call_that_they_are_taken_to() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    lift(&mut world, "102-desk");
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    world.change(|directory| directory.users[2].may_record = true);
    let calls: Vec<CallId> = world.calls_of(BEN).iter().map(|call| call.call).collect();
    let [call, with] = calls[..] else { panic!("{calls:?}") };
    record(&mut world, CLEO, with);
    assert!(world.control(BEN, Action::Connect { call, with }).is_ok());
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Cleo", "Ben", false)], "{}", world.trace());
    assert_eq!(channels(&world), [Channel::Others, Channel::Own]);
    assert_eq!(told(&world)[0], [Prompt::Recorded], "Anna is told");
    assert_nothing_left(&mut world);
}

#[test]
fn a_parked_call_is_recorded_on_when_it_is_taken_back() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, BEN, call);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:*70@farend>",
    });
    world.run_ms(500);
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Ben", "Anna", false)]),
        "{}",
        world.trace()
    );
    dial(&mut world, "102-web", "*70");
    world.run_ms(5_000);
    assert_eq!(
        (channels(&world), recordings(&world).len()),
        (vec![Channel::Others, Channel::Own], 1),
        "{}",
        world.trace()
    );
    assert_eq!(told(&world)[1], [Prompt::Recorded], "he is told, where he takes it back");
    assert_nothing_left(&mut world);
}

#[test]
fn it_ends_when_somebody_else_takes_what_its_person_has_parked() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, BEN, call);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:*70@farend>",
    });
    world.run_ms(500);
    dial(&mut world, "103-desk", "*70");
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Ben", "Anna", true)]),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}

#[test]
fn who_waits_in_a_slot_is_recorded_with_whoever_takes_them() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:*70@farend>",
    });
    world.run_ms(500);
    assert_eq!(channels(&world), [], "the music is not recorded");
    dial(&mut world, "103-desk", "*70");
    world.run_ms(5_000);
    assert_eq!(
        (channels(&world), recordings(&world).len()),
        (vec![Channel::Own, Channel::Others], 1),
        "{}",
        world.trace()
    );
    assert_eq!(told(&world)[1], [Prompt::Recorded]);
    assert_nothing_left(&mut world);
}

#[test]
fn in_a_conference_all_but_its_person_are_the_others() {
    let mut world = world();
    let call = talk(&mut world);
    record(&mut world, ANNA, call);
    let number = "103".to_owned();
    assert_eq!(world.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    world.run_ms(500);
    assert_eq!(channels(&world), [Channel::Own, Channel::Others]);
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(
        channels(&world),
        [Channel::Own, Channel::Others, Channel::Others],
        "{}",
        world.trace()
    );
    assert_eq!(told(&world)[2], [Prompt::Recorded]);
    // Whom nobody hears is not recorded.
    let member = world.media.legs()[1];
    let deed = switchboard::core::MemberDeed::Mute { is_on: true };
    assert_eq!(world.control(ANNA, Action::Member { call, member, deed }), Ok(Some(call)));
    assert_eq!(channels(&world), [Channel::Own, Channel::Others]);
    let deed = switchboard::core::MemberDeed::Mute { is_on: false };
    assert_eq!(world.control(ANNA, Action::Member { call, member, deed }), Ok(Some(call)));
    assert_eq!(channels(&world).len(), 3);
    // Two are left, and talk on.
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    assert_eq!(
        (channels(&world), recordings(&world).len()),
        (vec![Channel::Own, Channel::Others], 1),
        "{}",
        world.trace()
    );
    world.act(Act::HangUp("101-desk"));
    world.run_ms(500);
    assert_eq!(recordings(&world), [("Anna", "Ben", true)]);
    assert_nothing_left(&mut world);
}

#[test]
fn in_a_conference_it_ends_when_its_person_leaves() {
    let mut world = world();
    let call = talk(&mut world);
    let number = "103".to_owned();
    assert_eq!(world.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    world.run_ms(500);
    lift(&mut world, "103-desk");
    record(&mut world, BEN, call);
    assert_eq!(
        channels(&world),
        [Channel::Others, Channel::Own, Channel::Others],
        "{}",
        world.trace()
    );
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Ben", "Anna", true)]),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}

#[test]
fn in_a_conference_nobody_is_awaited_whose_phone_only_rings() {
    let mut world = world();
    let call = talk(&mut world);
    let number = "103".to_owned();
    assert_eq!(world.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    world.run_ms(500);
    lift(&mut world, "103-desk");
    record(&mut world, BEN, call);
    let number = "102".to_owned();
    assert_eq!(world.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    world.run_ms(500);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    assert!(world.calls_of(BEN).iter().any(|own| own.call == call), "his other phone rings");
    assert_eq!(
        (channels(&world), recordings(&world)),
        (vec![], vec![("Ben", "Anna", true)]),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}
