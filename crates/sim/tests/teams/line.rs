//! What members see of their team's calls.

use model::control::Source;
use model::{CallId, UserId};
use switchboard::core::{Action, Objection};
use switchboard::directory::Rings;

use super::*;

#[test]
fn members_see_who_is_on_the_line_and_who_is_held() {
    use model::control::Direction;
    let mut sales = team(SALES, 2, Order::All);
    sales.members[1].rings = false;
    let mut world = world(people(4), [sales]);
    call(&mut world, desk(103), "201");
    assert_rings(&world, &[desk(101)]);
    let other = || "103".to_owned();
    assert_eq!(line(&world, SALES), [(CallState::Ringing, None, other())]);
    talk(&mut world, desk(101));
    assert_eq!(line(&world, SALES), [(CallState::Talking, Some(1), other())]);
    for (phone, direction, state) in [
        (desk(101), Direction::SendOnly, CallState::Holding),
        (desk(101), Direction::SendRecv, CallState::Talking),
        (desk(103), Direction::SendOnly, CallState::Held),
        (desk(103), Direction::SendRecv, CallState::Talking),
    ] {
        world.act(Act::Offer(phone, direction));
        world.run_ms(500);
        assert_eq!(line(&world, SALES), [(state, Some(1), other())], "{}", world.trace());
    }
    // A member's own call is not the team's.
    call(&mut world, desk(102), "104");
    assert_eq!(line(&world, SALES).len(), 1);
    world.act(Act::Refer {
        phone: desk(101),
        to: "<sip:104@farend>",
    });
    world.run_ms(500);
    assert_eq!(line(&world, SALES), [(CallState::Dialling, Some(1), other())]);
    talk(&mut world, desk(104));
    world.run_ms(500);
    world.act(Act::HangUp(desk(102)));
    talk_on(&mut world);
    assert_nothing_left(&mut world);
}

/// Whoever has been called twice lifts the second call as well.
fn talk_on(world: &mut World) {
    world.act(Act::Answer(desk(104)));
    world.run_ms(1_000);
    assert_eq!(line(world, SALES), [], "whoever has it now is not in the team: {}", world.trace());
}

#[test]
fn a_call_may_be_handed_over_to_a_team() {
    let sales = Team {
        overflow: overflow(10, "105"),
        ..team(SALES, 2, Order::InTurn { turn_s: 5 })
    };
    for answers in [true, false] {
        let mut world = world(people(5), [sales.clone()]);
        call(&mut world, desk(103), "104");
        talk(&mut world, desk(104));
        world.act(Act::Refer {
            phone: desk(104),
            to: "<sip:201@farend>",
        });
        world.run_ms(500);
        assert_rings(&world, &[desk(101)]);
        assert_eq!(line(&world, SALES), [(CallState::Ringing, None, "103".to_owned())]);
        world.run_ms(5_000);
        assert_rings(&world, &[desk(102)]);
        if answers {
            talk(&mut world, desk(102));
            assert_eq!(line(&world, SALES), [(CallState::Talking, Some(2), "103".to_owned())]);
        } else {
            world.run_ms(5_000);
            assert_rings(&world, &[desk(105)]);
            talk(&mut world, desk(105));
            assert_eq!(line(&world, SALES), []);
        }
        assert!(
            !world.phone(desk(104)).talks() && world.phone(desk(103)).talks(),
            "{}",
            world.trace()
        );
        assert_nothing_left(&mut world);
    }
}

/// Somebody wants something done with the only call on a line.
#[track_caller]
fn want(world: &mut World, user: u64, action: impl FnOnce(CallId) -> Action) {
    let call = lines(world)[&SALES][0].call;
    let result = world.control(UserId(user), action(call));
    assert_eq!(result, Ok(Some(call)), "{}", world.trace());
}

#[test]
fn a_held_call_goes_from_member_to_member_and_stays_on_the_line() {
    let mut world = world(people(4), [team(SALES, 3, Order::All)]);
    call(&mut world, desk(104), "201");
    let views = |world: &World| world.calls_of(UserId(2)).iter().map(|view| view.team).collect::<Vec<_>>();
    assert_eq!(views(&world), [Some(SALES)], "a member is told which team is called");
    talk(&mut world, desk(101));
    for (from, to) in [(1_u64, 2_u64), (2, 3)] {
        want(&mut world, from, |call| Action::Hold { call });
        let device = world.phone(desk(100 + to)).device;
        want(&mut world, to, |call| Action::TakeHeld { call, device });
        world.run_ms(3_000);
        assert!(
            world.phone(desk(100 + to)).talks() && !world.phone(desk(100 + from)).talks(),
            "{}",
            world.trace()
        );
        assert_eq!(line(&world, SALES), [(CallState::Talking, Some(to), "104".to_owned())]);
    }
    world.act(Act::HangUp(desk(104)));
    assert_nothing_left(&mut world);
}

#[test]
fn who_calls_their_own_team_and_holds_is_not_taken_away() {
    let mut world = world(people(3), [team(SALES, 3, Order::All)]);
    call(&mut world, desk(101), "201");
    talk(&mut world, desk(102));
    assert_eq!(line(&world, SALES), [(CallState::Talking, Some(2), "101".to_owned())]);
    want(&mut world, 1, |call| Action::Hold { call });
    assert_eq!(line(&world, SALES), [(CallState::Held, Some(2), "101".to_owned())]);
    let call = lines(&world)[&SALES][0].call;
    let device = world.phone(desk(103)).device;
    let taken = world.control(UserId(3), Action::TakeHeld { call, device });
    assert_eq!(taken, Err(Objection::NotNow));
    world.act(Act::HangUp(desk(101)));
    assert_nothing_left(&mut world);
}

#[test]
fn a_caller_who_has_handed_themselves_over_sees_the_member_who_answers_on_the_line() {
    let mut world = world(people(5), [team(SALES, 2, Order::All)]);
    call(&mut world, desk(104), "105");
    talk(&mut world, desk(105));
    world.act(Act::Refer {
        phone: desk(104),
        to: "<sip:201@farend>",
    });
    world.run_ms(500);
    talk(&mut world, desk(102));
    assert_eq!(line(&world, SALES), [(CallState::Talking, Some(2), "105".to_owned())]);
    world.act(Act::HangUp(desk(105)));
    assert_nothing_left(&mut world);
}

#[test]
fn who_dials_a_team_in_the_app_hears_the_music_that_it_overflows_to() {
    let sales = Team {
        overflow: overflow(5, "*44"),
        ..team(SALES, 1, Order::All)
    };
    let mut world = world(people(2), [sales]);
    let device = world.phone(desk(102)).device;
    let dialled = world.control(
        UserId(2),
        Action::Dial {
            device,
            number: "201".to_owned(),
        },
    );
    assert!(dialled.is_ok());
    world.run_ms(30_000);
    assert!(world.phone(desk(102)).talks(), "{}", world.trace());
    assert_eq!(
        world.heard().into_iter().map(|(_, source)| source).collect::<Vec<_>>(),
        [Source::Music]
    );
    world.act(Act::HangUp(desk(102)));
    assert_nothing_left(&mut world);
}

#[test]
fn a_member_whose_phone_is_silent_has_their_whole_turn() {
    let mut company = people(3);
    company.devices[0].rings = Rings::WhenAnswered;
    let mut world = world(company, [team(SALES, 2, Order::InTurn { turn_s: 20 })]);
    call(&mut world, desk(103), "201");
    world.run_ms(15_000);
    assert_rings(&world, &[]);
    let device = world.phone(desk(101)).device;
    want(&mut world, 1, |call| Action::Answer { call, device });
    world.run_ms(2_000);
    assert!(world.phone(desk(101)).talks(), "{}", world.trace());
    world.act(Act::HangUp(desk(103)));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_returns_to_who_has_handed_it_over_is_on_the_line_no_more() {
    let mut world = world(people(4), [team(SALES, 1, Order::InTurn { turn_s: 5 })]);
    call(&mut world, desk(103), "104");
    talk(&mut world, desk(104));
    world.act(Act::Refer {
        phone: desk(104),
        to: "<sip:201@farend>",
    });
    world.run_ms(500);
    world.act(Act::HangUp(desk(104)));
    world.run_ms(500);
    assert_eq!(line(&world, SALES).len(), 1, "{}", world.trace());
    world.run_ms(30_000);
    assert_rings(&world, &[desk(104)]);
    assert_eq!(line(&world, SALES), [], "{}", world.trace());
    assert_nothing_left(&mut world);
}
