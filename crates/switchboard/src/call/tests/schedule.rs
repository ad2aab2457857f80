//! Who rings when: delays, turns, and where a call goes that nobody answers.

use model::TrunkId;
use model::control::Srtp;

use super::*;
use crate::call::fork::REACTION_MAX;

const TURN: Duration = Duration::from_secs(15);
const OVERFLOW: Duration = Duration::from_secs(40);
const MS: Duration = Duration::from_millis(1);

fn later(leg: LegId, party: Party, address: u8, after_s: u64) -> Branch {
    Branch {
        after: Duration::from_secs(after_s),
        ..branch(leg, party, address)
    }
}

/// Ben's mobile, by a trunk.
fn mobile(after_s: u64) -> Branch {
    Branch {
        peer: Peer::Phone {
            local: [192, 0, 2, 1].into(),
            signalling: [192, 0, 2, 2].into(),
            srtp: Srtp::Never,
            trunk: Some(TrunkId(1)),
        },
        ..later(TARGET, ben(None), 9, after_s)
    }
}

/// Anna's call has begun; what that commands has been looked at but for the phones.
fn called(branches: Vec<Branch>, pace: Pace) -> Scene {
    let mut scene = Scene::rung(Some("offer"), branches, pace);
    assert_eq!(scene.commands.remove(0), started(ben(None)));
    assert!(matches!(scene.commands.remove(0), Command::Media(Media::ReceiveOffer { .. })));
    scene
}

impl Scene {
    /// The phone has been called.
    fn invited(&mut self, leg: LegId) {
        self.news(leg, News::OfferMade { offer: sdp("offer") });
        assert!(matches!(&self.take()[..], [Command::Invite { leg: called, .. }] if *called == leg));
    }

    /// The phone has been called, and rings.
    fn rings(&mut self, leg: LegId) {
        self.invited(leg);
        self.news(leg, News::Rang);
    }

    fn refuses(&mut self, leg: LegId, status: u16) {
        self.news(leg, News::Refused { status });
    }

    fn turn(&mut self, turn: Turn) {
        self.call.turn(turn, self.now, &mut self.commands);
    }
}

fn next(lack: Lack) -> Command {
    Command::Next { lack }
}

fn offered(leg: LegId, address: u8) -> Command {
    make_offer(leg, address, Some(CALLER))
}

#[test]
fn a_phone_rings_after_its_delay_and_media_knows_nothing_of_it_before() {
    let mut scene = called(
        vec![later(WEB, ben(Some(3)), 3, 10), branch(DESK, ben(Some(2)), 2)],
        Pace::default(),
    );
    scene.expect([offered(DESK, 2)]);
    assert!(scene.call.knows(WEB), "its leg is not forgotten");
    assert_eq!(
        scene.call.users(),
        [(UserId(1), UserState::OnACall), (UserId(2), UserState::Ringing)]
    );
    assert_eq!(scene.call.deadline(), Some(scene.now + Duration::from_secs(10)));
    scene.after(Duration::from_secs(10) - MS);
    scene.expect([]);
    scene.after(MS);
    scene.expect([offered(WEB, 3)]);
    assert_eq!(
        scene.call.deadline(),
        Some(scene.now + RING_MAX - Duration::from_secs(10)),
        "the time to ring counts from the beginning"
    );
}

#[test]
fn a_phone_whose_time_has_not_come_never_hears_of_a_call_that_is_answered() {
    let branches = vec![branch(DESK, ben(Some(2)), 2), later(WEB, ben(Some(3)), 3, 10)];
    let mut scene = called(branches, Pace::default());
    scene.expect([offered(DESK, 2)]);
    scene.invited(DESK);
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK), answer_offer(CALLER, DESK)]);
    assert!(!scene.call.knows(WEB));
}

#[test]
fn a_phone_that_is_removed_before_its_time_does_not_ring() {
    let branches = vec![branch(DESK, ben(Some(2)), 2), later(WEB, ben(Some(3)), 3, 10)];
    let mut scene = called(branches, Pace::default());
    scene.expect([offered(DESK, 2)]);
    scene.news(WEB, News::Removed);
    scene.after(Duration::from_secs(10));
    scene.expect([]);
    assert!(!scene.call.knows(WEB));
}

#[test]
fn when_all_have_refused_the_next_ones_ring_at_once() {
    let branches = vec![
        branch(DESK, ben(Some(2)), 2),
        later(WEB, ben(Some(3)), 3, 10),
        later(TARGET, ben(Some(4)), 4, 20),
    ];
    let mut scene = called(branches, Pace::default());
    scene.expect([offered(DESK, 2)]);
    scene.refuses(DESK, 486);
    scene.expect([close(DESK), offered(WEB, 3)]);
    scene.closed(DESK);
    scene.after(Duration::from_secs(20) - MS);
    scene.expect([]);
    scene.after(MS);
    scene.expect([offered(TARGET, 4)]);
}

#[test]
fn with_nobody_to_ring_at_once_the_first_ones_do_not_wait() {
    let branches = vec![
        later(TARGET, ben(Some(4)), 4, 20),
        later(DESK, ben(Some(2)), 2, 10),
        later(WEB, ben(Some(3)), 3, 10),
    ];
    let mut scene = called(branches, Pace::default());
    scene.expect([offered(DESK, 2), offered(WEB, 3)]);
    assert_eq!(scene.call.deadline(), Some(scene.now + Duration::from_secs(20)));
}

#[test]
fn who_declines_does_so_for_phones_that_do_not_ring_yet() {
    let branches = vec![branch(DESK, ben(Some(2)), 2), later(WEB, ben(Some(3)), 3, 10), mobile(20)];
    let mut scene = called(branches, Pace::default());
    scene.take();
    scene.refuses(DESK, 603);
    scene.expect([close(DESK), refuse(CALLER, 603, "declined"), close(CALLER)]);
    assert!(!scene.call.knows(WEB) && !scene.call.knows(TARGET));
}

#[test]
fn a_mobile_rings_and_its_network_is_not_heard() {
    let mut scene = called(vec![mobile(0)], Pace::default());
    scene.take();
    scene.invited(TARGET);
    scene.news(TARGET, News::Previewed { answer: sdp("answer") });
    scene.expect([accept(TARGET)]);
    let direction = Direction::SendRecv;
    scene.news(TARGET, News::AnswerAccepted { direction });
    scene.expect([Command::Ring { leg: CALLER }]);
}

#[test]
fn what_a_provider_says_of_a_mobile_is_not_said_of_the_extension() {
    for (status, told, text) in [
        (404, 480, "no phone could be reached"),
        (503, 480, "no phone could be reached"),
        (480, 480, "nobody answered"),
        (486, 486, "busy"),
    ] {
        let mut scene = called(vec![mobile(0)], Pace::default());
        scene.take();
        scene.invited(TARGET);
        scene.refuses(TARGET, status);
        scene.expect([close(TARGET), refuse(CALLER, told, text), close(CALLER)]);
    }
}

/// Ben and Cleo are a team and ring at once.
fn team(pace: Pace) -> Scene {
    let branches = vec![branch(DESK, ben(Some(2)), 2), branch(TARGET, cleo(Some(4)), 4)];
    let mut scene = called(branches, Pace { is_team: true, ..pace });
    scene.expect([offered(DESK, 2), offered(TARGET, 4), Command::Ring { leg: CALLER }]);
    scene.rings(DESK);
    scene.rings(TARGET);
    scene.expect([]);
    scene
}

#[test]
fn who_declines_in_a_team_does_so_for_themselves() {
    let mut scene = team(Pace::default());
    scene.refuses(DESK, 603);
    scene.expect([close(DESK)]);
    scene.refuses(TARGET, 603);
    scene.expect([close(TARGET), refuse(CALLER, 480, "nobody answered"), close(CALLER)]);
}

#[test]
fn a_team_hands_its_call_on_when_nobody_answers_in_time() {
    let overflow = Some(OVERFLOW);
    let mut scene = team(Pace {
        overflow,
        goes_on: true,
        ..Pace::default()
    });
    scene.after(OVERFLOW - MS);
    scene.expect([]);
    scene.after(MS);
    scene.expect([next(Lack::Overflow)]);
    scene.turn(Turn::Divert {
        branches: vec![branch(WEB, ben(Some(3)), 3)],
        pace: Pace::default(),
    });
    scene.expect([hang_up(DESK), close(DESK), hang_up(TARGET), close(TARGET), offered(WEB, 3)]);
    assert_eq!(
        scene.call.deadline(),
        Some(scene.now + RING_MAX),
        "whoever has it now has their own time"
    );
    scene.rings(WEB);
    scene.expect([]);
    scene.after(RING_MAX);
    scene.expect([hang_up(WEB), close(WEB), refuse(CALLER, 480, "nobody answered"), close(CALLER)]);
}

#[test]
fn the_time_to_ring_ends_with_the_overflow_even_where_that_is_set_later() {
    let overflow = Some(RING_MAX + OVERFLOW);
    let mut scene = team(Pace {
        overflow,
        goes_on: true,
        ..Pace::default()
    });
    scene.after(RING_MAX);
    scene.expect([next(Lack::Overflow)]);
    scene.turn(Turn::Nobody);
    scene.expect([]);
    scene.after(Duration::ZERO);
    scene.expect([
        hang_up(DESK),
        close(DESK),
        hang_up(TARGET),
        close(TARGET),
        refuse(CALLER, 480, "nobody answered"),
        close(CALLER),
    ]);
}

#[test]
fn a_team_goes_on_ringing_when_its_overflow_leads_nowhere() {
    let overflow = Some(OVERFLOW);
    let mut scene = team(Pace {
        overflow,
        goes_on: true,
        ..Pace::default()
    });
    scene.after(OVERFLOW);
    scene.expect([next(Lack::Overflow)]);
    scene.turn(Turn::Nobody);
    scene.expect([]);
    scene.refuses(DESK, 486);
    scene.expect([close(DESK)]);
    scene.refuses(TARGET, 480);
    scene.expect([close(TARGET), refuse(CALLER, 486, "busy"), close(CALLER)]);
}

#[test]
fn a_team_that_has_refused_hands_its_call_on_at_once_and_be_it_to_a_feature_code() {
    let overflow = Some(OVERFLOW);
    let mut scene = team(Pace {
        overflow,
        goes_on: true,
        ..Pace::default()
    });
    scene.refuses(DESK, 486);
    scene.refuses(TARGET, 486);
    scene.expect([close(DESK), close(TARGET), next(Lack::Overflow)]);
    scene.turn(Turn::Serve { feature: Service::Music });
    scene.expect([answer_offer(CALLER, None)]);
    let direction = Direction::SendRecv;
    scene.news(CALLER, News::OfferReceived { direction });
    scene.news(CALLER, News::OfferAnswered { answer: sdp("answer") });
    scene.expect([
        Command::Answer {
            leg: CALLER,
            sdp: sdp("answer"),
        },
        answered(None),
        hear(CALLER, Source::Music),
    ]);
}

/// Ben has the first turn.
fn first_turn() -> Scene {
    let pace = Pace {
        is_team: true,
        turn: Some(TURN),
        overflow: None,
        goes_on: false,
    };
    let mut scene = called(vec![branch(DESK, ben(Some(2)), 2)], pace);
    scene.expect([offered(DESK, 2), Command::Ring { leg: CALLER }]);
    scene
}

fn cleos_turn() -> Turn {
    Turn::Ring {
        branches: vec![branch(TARGET, cleo(Some(4)), 4)],
        turn: TURN,
    }
}

#[test]
fn one_member_rings_after_the_other() {
    let mut scene = first_turn();
    scene.rings(DESK);
    scene.expect([]);
    scene.after(TURN - MS);
    scene.expect([]);
    scene.after(MS);
    scene.expect([next(Lack::TurnOver)]);
    scene.turn(cleos_turn());
    scene.expect([hang_up(DESK), close(DESK), offered(TARGET, 4)]);
    scene.rings(TARGET);
    scene.expect([]);
    scene.after(TURN);
    scene.expect([next(Lack::TurnOver)]);
    scene.turn(Turn::Stay { turn: TURN });
    scene.expect([]);
    scene.after(TURN);
    scene.expect([next(Lack::TurnOver)]);
    scene.turn(Turn::Nobody);
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(TARGET), answer_offer(CALLER, TARGET)]);
}

#[test]
fn a_phone_that_does_not_react_loses_its_turn() {
    let mut scene = first_turn();
    scene.invited(DESK);
    scene.after(REACTION_MAX - MS);
    scene.expect([]);
    scene.after(MS);
    scene.expect([next(Lack::Refusal)]);
    scene.turn(cleos_turn());
    scene.expect([hang_up(DESK), close(DESK), offered(TARGET, 4)]);
    scene.refuses(TARGET, 486);
    scene.expect([close(TARGET), next(Lack::Refusal)]);
    scene.turn(Turn::Nobody);
    scene.expect([refuse(CALLER, 486, "busy"), close(CALLER)]);
    scene.turn(cleos_turn());
    scene.expect([]);
}

#[test]
fn the_phones_of_a_turn_ring_after_their_delays() {
    let mut scene = first_turn();
    scene.refuses(DESK, 486);
    scene.expect([close(DESK), next(Lack::Refusal)]);
    let branches = vec![branch(TARGET, cleo(Some(4)), 4), later(WEB, cleo(Some(5)), 5, 10)];
    scene.turn(Turn::Ring { branches, turn: TURN });
    scene.expect([offered(TARGET, 4)]);
    scene.rings(TARGET);
    scene.after(Duration::from_secs(10));
    scene.expect([offered(WEB, 5)]);
}

#[test]
fn a_call_that_is_handed_over_to_a_team_goes_from_member_to_member() {
    let mut scene = Scene::talking();
    scene.news(
        DESK,
        News::Referred {
            request: Some(RequestId(9)),
            to: Handover::Number(Plan::Ring {
                called: cleo(None),
                branches: vec![branch(TARGET, cleo(Some(4)), 4)],
                pace: Pace {
                    is_team: true,
                    turn: Some(TURN),
                    overflow: Some(OVERFLOW),
                    goes_on: true,
                },
            }),
        },
    );
    scene.take();
    scene.refuses(TARGET, 486);
    scene.expect([close(TARGET), next(Lack::Refusal)]);
    scene.turn(Turn::Ring {
        branches: vec![branch(WEB, cleo(Some(5)), 5)],
        turn: TURN,
    });
    scene.expect([offered(WEB, 5)]);
    scene.closed(TARGET);
    scene.refuses(WEB, 480);
    scene.expect([close(WEB), next(Lack::Refusal)]);
    scene.turn(Turn::Serve { feature: Service::Music });
    scene.expect([
        Command::NotifyRefer {
            leg: DESK,
            cause: Cause::OK,
        },
        hang_up(DESK),
        close(DESK),
        Command::Identify {
            leg: CALLER,
            party: cleo(None),
        },
        Command::Journal(JournalEntry::Transferred {
            call: CALL,
            by: ben(Some(2)),
            to: cleo(None),
        }),
        hear(CALLER, Source::Music),
    ]);
}

/// Ben's phone has been called; he has rules for calls that he does not answer.
fn forwarding(overflow: Option<Duration>) -> Scene {
    let pace = Pace {
        overflow,
        goes_on: true,
        ..Pace::default()
    };
    let mut scene = called(vec![branch(DESK, ben(Some(2)), 2)], pace);
    scene.expect([offered(DESK, 2)]);
    scene.invited(DESK);
    scene
}

fn to_cleo() -> Turn {
    Turn::Divert {
        branches: vec![branch(TARGET, cleo(Some(4)), 4)],
        pace: Pace::default(),
    }
}

#[test]
fn a_call_that_somebody_declines_goes_on_and_that_they_have_declined_is_forgotten() {
    let mut scene = forwarding(None);
    scene.refuses(DESK, 603);
    scene.expect([close(DESK), next(Lack::Busy)]);
    scene.turn(to_cleo());
    scene.expect([offered(TARGET, 4)]);
    scene.invited(TARGET);
    scene.refuses(TARGET, 408);
    scene.expect([close(TARGET), refuse(CALLER, 480, "nobody answered"), close(CALLER)]);
}

#[test]
fn how_phones_refuse_says_which_rules_are_asked_for_and_without_any_the_caller_is_told() {
    for (status, lack, told, text) in [
        (408, Lack::Unreachable, 480, "no phone could be reached"),
        (480, Lack::Overflow, 480, "nobody answered"),
        (486, Lack::Busy, 486, "busy"),
        (488, Lack::Unreachable, 488, "the phones cannot take this call"),
    ] {
        let mut scene = forwarding(Some(OVERFLOW));
        scene.refuses(DESK, status);
        scene.expect([close(DESK), next(lack)]);
        scene.turn(Turn::Nobody);
        scene.expect([refuse(CALLER, told, text), close(CALLER)]);
    }
}

#[test]
fn a_rule_that_leads_nowhere_in_the_end_leaves_the_others() {
    let mut scene = forwarding(Some(OVERFLOW));
    scene.after(OVERFLOW);
    scene.expect([next(Lack::Overflow)]);
    scene.turn(Turn::Nobody);
    scene.expect([]);
    scene.refuses(DESK, 486);
    scene.expect([close(DESK), next(Lack::Busy)]);
}

#[test]
fn who_has_heard_one_phone_before_its_answer_hears_the_next_one_ring() {
    let mut scene = forwarding(Some(OVERFLOW));
    scene.news(DESK, News::Previewed { answer: sdp("early") });
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.news(CALLER, News::OfferReceived { direction });
    scene.news(CALLER, News::OfferAnswered { answer: sdp("early") });
    assert!(scene.take().contains(&hear(CALLER, Source::Leg(DESK))));
    scene.after(OVERFLOW);
    scene.expect([next(Lack::Overflow)]);
    scene.turn(to_cleo());
    scene.expect([hang_up(DESK), close(DESK), offered(TARGET, 4), hear(CALLER, Source::RingBack)]);
}
