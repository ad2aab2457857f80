//! A parked call: how it gets there, who comes, and who leaves.

use super::*;

const TAKER: LegId = LegId(40);
const RINGS_BACK_AFTER: Duration = Duration::from_secs(90);
/// As long as a phone rings.
const RINGING: Duration = Duration::from_secs(30);

/// Ben has parked Anna by REFER.
fn parked() -> Scene {
    let mut scene = Scene::talking();
    let slot = Slot {
        number: 3,
        rings_back_after: RINGS_BACK_AFTER,
    };
    let request = Some(RequestId(9));
    let to = Handover::Slot(slot);
    scene.news(DESK, News::Referred { request, to });
    let cause = Cause {
        status: 200,
        text: "Parked in slot 3",
    };
    scene.expect([
        respond(9, Cause::ACCEPTED),
        Command::NotifyRefer {
            leg: DESK,
            cause: Cause::OK,
        },
        hang_up_because(DESK, cause),
        close(DESK),
        hear(CALLER, Source::Music),
    ]);
    scene.closed(DESK);
    scene
}

fn take(scene: &mut Scene, party: Party) {
    let picker = Picker::Here(Box::new(Caller {
        leg: TAKER,
        party,
        peer: peer(5),
        offer: Some(sdp("offer of taker")),
    }));
    assert!(scene.call.pick_up(picker, scene.now, &mut scene.commands));
    scene.take();
    scene.news(TAKER, News::OfferAnswered { answer: sdp("answer") });
}

fn taken() -> [Command; 4] {
    [
        Command::Answer {
            leg: TAKER,
            sdp: sdp("answer"),
        },
        hear(TAKER, Source::Leg(CALLER)),
        hear(CALLER, Source::Leg(TAKER)),
        Command::Identify { leg: TAKER, party: anna() },
    ]
}

fn ring_back() -> Command {
    Command::RingBack {
        party: anna(),
        to: ben(Some(2)),
    }
}

/// Its phones ring, as the core has found them.
fn rings_back(scene: &mut Scene) {
    let branches = vec![branch(TAKER, ben(Some(2)), 2)];
    let from = person(1, Some(1), "101", "Parked: Anna");
    scene.call.ring_back(&from, ben(None), branches, scene.now, &mut scene.commands);
    scene.expect([make_offer(TAKER, 2, Some(CALLER))]);
    scene.news(TAKER, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(TAKER, from, ben(None))]);
}

#[test]
fn whoever_takes_it_talks_and_is_introduced() {
    let mut scene = parked();
    let view = scene.call.parked().unwrap();
    assert_eq!((view.slot, view.party, view.by), (3, &anna(), &ben(Some(2))));
    take(&mut scene, cleo(Some(4)));
    scene.expect(taken().into_iter().chain([
        Command::Identify {
            leg: CALLER,
            party: cleo(Some(4)),
        },
        Command::Journal(JournalEntry::Transferred {
            call: CALL,
            by: ben(Some(2)),
            to: cleo(Some(4)),
        }),
    ]));
    assert!(scene.call.parked().is_none());
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER), hang_up(TAKER), close(TAKER)]);
    scene.closed(CALLER);
    scene.closed(TAKER);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called), (TAKER, Side::Called)];
    scene.expect_end(Outcome::Answered, "caller hung up", &legs);
}

#[test]
fn whoever_takes_back_their_own_is_no_news_to_the_other_party() {
    let mut scene = parked();
    take(&mut scene, ben(Some(3)));
    scene.expect(taken());
}

#[test]
fn it_rings_back_again_and_again() {
    let mut scene = parked();
    assert_eq!(scene.call.deadline(), Some(scene.now + RINGS_BACK_AFTER));
    scene.after(RINGS_BACK_AFTER);
    scene.expect([ring_back()]);
    rings_back(&mut scene);
    scene.after(RINGING);
    scene.expect([hang_up(TAKER), close(TAKER)]);
    scene.closed(TAKER);
    assert!(scene.call.parked().is_some());
    scene.after(RINGS_BACK_AFTER);
    scene.expect([ring_back()]);
    rings_back(&mut scene);
    scene.news(TAKER, News::Refused { status: 603 });
    scene.expect([close(TAKER)]);
    scene.closed(TAKER);
    // Nobody could be called: later, then.
    scene.after(RINGING + RINGS_BACK_AFTER);
    scene.expect([ring_back()]);
    scene.after(RINGING + RINGS_BACK_AFTER);
    scene.expect([ring_back()]);
    rings_back(&mut scene);
    scene.news(TAKER, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(TAKER)]);
    let direction = Direction::SendRecv;
    scene.news(TAKER, News::AnswerAccepted { direction });
    let [_, bridged @ ..] = taken();
    scene.expect(bridged);
}

#[test]
fn whoever_waits_may_hold_and_leave_but_hand_nobody_over() {
    let mut scene = parked();
    scene.renegotiate(CALLER, None, Direction::SendOnly);
    scene.expect([hear(CALLER, Source::Nothing)]);
    scene.renegotiate(CALLER, None, Direction::SendRecv);
    scene.expect([hear(CALLER, Source::Music)]);
    let to = Handover::Slot(Slot {
        number: 4,
        rings_back_after: RINGS_BACK_AFTER,
    });
    let request = Some(RequestId(8));
    scene.news(CALLER, News::Referred { request, to });
    scene.expect([respond(8, Cause::NOBODY_TO_TRANSFER)]);
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER)]);
    scene.closed(CALLER);
    scene.expect_end(Outcome::Answered, "caller hung up", &[(CALLER, Side::Caller), (DESK, Side::Called)]);
}

#[test]
fn a_party_that_is_lost_stops_the_phones_that_ring_back() {
    for news in [
        News::Removed,
        News::MediaFailed {
            reason: Failure::IceFailed,
        },
        News::HungUp { how: HangUp::FlowLost },
    ] {
        let mut scene = parked();
        scene.after(RINGS_BACK_AFTER);
        scene.take();
        rings_back(&mut scene);
        scene.news(CALLER, news);
        let commands = scene.take();
        assert_eq!(commands[..2], [hang_up(TAKER), close(TAKER)]);
        assert_eq!(commands.last(), Some(&close(CALLER)));
        assert!(scene.call.parked().is_none());
    }
}

#[test]
fn a_reply_that_comes_too_late_rings_nobody() {
    let mut scene = parked();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER)]);
    let branches = vec![branch(TAKER, ben(Some(2)), 2)];
    scene.call.ring_back(&anna(), ben(None), branches, scene.now, &mut scene.commands);
    scene.expect([]);
    assert!(!scene.call.knows(TAKER));
}
