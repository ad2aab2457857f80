//! What members see of their team's calls.

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
