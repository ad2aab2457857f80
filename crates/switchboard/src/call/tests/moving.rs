//! A running call moves to another phone: it arrives, it does not, somebody leaves on the way.

use super::*;
use crate::call::moving::RINGING_MAX as MOVE_RING_MAX;

fn to_phone(to: Party, by: Mover, request: Option<u64>) -> News {
    let branches = vec![branch(TARGET, to.clone(), 4)];
    News::Referred {
        request: request.map(RequestId),
        to: Handover::Phone(Move { to, branches, by }),
    }
}

/// Ben's call goes from his desk to another phone of his, which has just been called.
fn moving(by: Mover) -> Scene {
    let mut scene = Scene::talking();
    let request = match by {
        Mover::Transfer => Some(9),
        Mover::App | Mover::Code | Mover::Colleague => None,
    };
    let to = match by {
        Mover::Colleague => cleo(Some(4)),
        Mover::App | Mover::Code | Mover::Transfer => ben(Some(4)),
    };
    scene.news(DESK, to_phone(to.clone(), by, request));
    let accepted = request.map(|request| respond(request, Cause::ACCEPTED));
    scene.expect(accepted.into_iter().chain([make_offer(TARGET, 4, Some(CALLER))]));
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(TARGET, anna(), to)]);
    scene
}

fn lifts(scene: &mut Scene) {
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(TARGET)]);
}

fn arrives(scene: &mut Scene) {
    let direction = Direction::SendRecv;
    scene.news(TARGET, News::AnswerAccepted { direction });
}

fn bridged() -> [Command; 2] {
    [hear(TARGET, Source::Leg(CALLER)), hear(CALLER, Source::Leg(TARGET))]
}

fn moved() -> [Command; 2] {
    [hang_up_because(DESK, Cause::MOVED), close(DESK)]
}

#[test]
fn the_new_phone_takes_the_old_ones_place_in_one_step() {
    let mut scene = moving(Mover::App);
    scene.news(TARGET, News::Rang);
    lifts(&mut scene);
    arrives(&mut scene);
    scene.expect(bridged().into_iter().chain(moved()));
    scene.closed(DESK);
    scene.left(TARGET, HangUp::Bye);
    scene.expect([close(TARGET), hang_up(CALLER), close(CALLER)]);
    scene.closed(TARGET);
    scene.closed(CALLER);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called), (TARGET, Side::Called)];
    scene.expect_end(Outcome::Answered, "called party hung up", &legs);
}

#[test]
fn the_two_talk_on_while_it_rings() {
    let mut scene = moving(Mover::App);
    scene.renegotiate(DESK, CALLER, Direction::SendOnly);
    scene.expect([hear(DESK, Source::Nothing), hear(CALLER, Source::Music)]);
    scene.renegotiate(CALLER, DESK, Direction::SendRecv);
    scene.news(
        CALLER,
        News::Pressed {
            digit: control::Digit::from_char('5').unwrap(),
            duration_ms: 160,
        },
    );
    assert!(matches!(
        scene.take().as_slice(),
        [Command::Media(Media::SendDigit { leg: DESK, .. })]
    ));
    // Whoever was on hold talks again: it is the old phone that held.
    lifts(&mut scene);
    arrives(&mut scene);
    scene.expect(bridged().into_iter().chain(moved()));
}

#[test]
fn whom_the_other_party_holds_hears_music_at_the_new_phone_as_well() {
    let mut scene = moving(Mover::App);
    scene.renegotiate(CALLER, DESK, Direction::SendOnly);
    scene.take();
    lifts(&mut scene);
    arrives(&mut scene);
    scene.expect([hear(TARGET, Source::Music)].into_iter().chain(moved()));
}

#[test]
fn a_phone_that_does_not_take_it_changes_nothing() {
    for status in [486, 480, 603, 503] {
        let mut scene = moving(Mover::App);
        scene.news(TARGET, News::Refused { status });
        scene.expect([close(TARGET)]);
        assert_eq!(scene.call.peer_of(DESK).map(|(leg, _)| leg), Some(CALLER), "they talk on");
    }
    let mut scene = moving(Mover::App);
    scene.after(MOVE_RING_MAX);
    scene.expect([hang_up(TARGET), close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some() && scene.call.deadline().is_none());
}

#[test]
fn a_phone_that_lifts_and_is_gone_changes_nothing() {
    let mut scene = moving(Mover::App);
    lifts(&mut scene);
    scene.left(TARGET, HangUp::Bye);
    scene.expect([close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some());

    let mut scene = moving(Mover::App);
    lifts(&mut scene);
    scene.news(TARGET, News::Removed);
    scene.expect([hang_up_because(TARGET, Cause::DEVICE_REMOVED), close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some());

    let mut scene = moving(Mover::App);
    lifts(&mut scene);
    scene.after(ANSWERING_MAX);
    scene.expect([hang_up_because(TARGET, Cause::MEDIA_SILENT), close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some());
}

#[test]
fn who_hangs_up_while_the_new_phone_rings_means_the_call() {
    for (how, parting) in [(HangUp::Bye, None), (HangUp::Asked, Some(hang_up(DESK)))] {
        let mut scene = moving(Mover::App);
        scene.left(DESK, how);
        let stopped = [hang_up(TARGET), close(TARGET)].into_iter();
        scene.expect(stopped.chain(parting).chain([close(DESK), hang_up(CALLER), close(CALLER)]));
        scene.after(FIGURES_MAX);
        scene.expect_end(Outcome::Answered, "called party hung up", &[]);
    }
}

#[test]
fn who_hangs_up_the_old_phone_once_the_new_one_is_lifted_keeps_the_call() {
    let mut scene = moving(Mover::App);
    lifts(&mut scene);
    scene.left(DESK, HangUp::Bye);
    scene.expect([close(DESK), hear(CALLER, Source::RingBack)]);
    arrives(&mut scene);
    scene.expect([hear(CALLER, Source::Leg(TARGET)), hear(TARGET, Source::Leg(CALLER))]);
}

#[test]
fn an_old_phone_that_is_lost_leaves_the_call_to_the_one_that_rings() {
    for lost in [
        News::HungUp { how: HangUp::FlowLost },
        News::MediaFailed {
            reason: Failure::IceFailed,
        },
    ] {
        let mut scene = moving(Mover::App);
        let because = match &lost {
            News::MediaFailed { reason } => Some(hang_up_because(DESK, Cause::failed_media(*reason))),
            _ => None,
        };
        scene.news(DESK, lost);
        scene.expect(because.into_iter().chain([close(DESK), hear(CALLER, Source::RingBack)]));
        lifts(&mut scene);
        arrives(&mut scene);
        scene.expect([hear(CALLER, Source::Leg(TARGET)), hear(TARGET, Source::Leg(CALLER))]);
    }
}

#[test]
fn the_other_party_who_hangs_up_ends_everything() {
    let mut scene = moving(Mover::App);
    scene.left(CALLER, HangUp::Bye);
    scene.expect([hang_up(TARGET), close(TARGET), hang_up(DESK), close(DESK), close(CALLER)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "caller hung up", &[]);

    let mut scene = moving(Mover::App);
    lifts(&mut scene);
    let reason = Failure::DtlsFailed;
    scene.news(CALLER, News::MediaFailed { reason });
    let because = Cause::failed_media(reason);
    scene.expect([
        hang_up(TARGET),
        close(TARGET),
        hang_up(DESK),
        close(DESK),
        hang_up_because(CALLER, because),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, because.text, &[]);
}

#[test]
fn one_move_at_a_time_and_no_transfer_meanwhile() {
    let mut scene = moving(Mover::App);
    scene.news(DESK, to_phone(ben(Some(5)), Mover::Transfer, Some(11)));
    scene.expect([respond(11, Cause::PENDING)]);
    let plan = Plan::Ring {
        called: cleo(None),
        branches: Vec::new(),
        pace: Pace::default(),
    };
    for leg in [DESK, CALLER] {
        let to = Handover::Number(plan.clone());
        let request = Some(RequestId(12));
        scene.news(leg, News::Referred { request, to });
        scene.expect([respond(12, Cause::PENDING)]);
    }
    // From the app there is nobody who waits for a response.
    scene.news(DESK, to_phone(ben(Some(5)), Mover::App, None));
    scene.expect([]);
    lifts(&mut scene);
    arrives(&mut scene);
    scene.expect(bridged().into_iter().chain(moved()));
}

#[test]
fn a_phone_that_sends_its_call_away_is_told_how_it_goes_and_may_leave_at_once() {
    let mut scene = moving(Mover::Transfer);
    scene.news(TARGET, News::Rang);
    scene.expect([notify(DESK, Cause::RINGING)]);
    lifts(&mut scene);
    arrives(&mut scene);
    scene.expect(bridged().into_iter().chain([notify(DESK, Cause::OK)]).chain(moved()));

    let mut scene = moving(Mover::Transfer);
    scene.news(TARGET, News::Refused { status: 486 });
    let busy = Cause { status: 486, text: "busy" };
    scene.expect([close(TARGET), notify(DESK, busy)]);

    let mut scene = moving(Mover::Transfer);
    scene.left(DESK, HangUp::Bye);
    scene.expect([close(DESK), hear(CALLER, Source::RingBack)]);
    scene.news(TARGET, News::Refused { status: 486 });
    scene.expect([close(TARGET), hear(CALLER, Source::Busy)]);
    scene.after(FAREWELL_MAX);
    scene.expect([hang_up(CALLER), close(CALLER)]);
}

#[test]
fn a_colleague_takes_the_call_and_the_other_party_learns_of_it() {
    let mut scene = moving(Mover::Colleague);
    lifts(&mut scene);
    arrives(&mut scene);
    let transferred = Command::Journal(JournalEntry::Transferred {
        call: CALL,
        by: ben(Some(2)),
        to: cleo(Some(4)),
    });
    let told = [identify(CALLER, cleo(Some(4))), transferred];
    scene.expect(
        bridged()
            .into_iter()
            .chain(told)
            .chain([hang_up_because(DESK, Cause::TAKEN), close(DESK)]),
    );
}

/// Ben dials the code at another phone of his.
fn pulling(offer: Option<&str>) -> Scene {
    let mut scene = Scene::talking();
    let caller = Caller {
        leg: TARGET,
        party: ben(Some(4)),
        peer: peer(4),
        offer: offer.map(sdp),
    };
    let to = Handover::Here(Box::new(caller));
    scene.news(DESK, News::Referred { request: None, to });
    scene
}

#[test]
fn a_phone_that_calls_for_the_call_is_answered_toward_the_other_party() {
    let mut scene = pulling(Some("their offer"));
    scene.expect([
        Command::Media(Media::ReceiveOffer {
            call: CALL,
            leg: TARGET,
            peer: peer(4),
            offer: sdp("their offer"),
        }),
        answer_offer(TARGET, CALLER),
    ]);
    let direction = Direction::SendRecv;
    scene.news(TARGET, News::OfferReceived { direction });
    scene.news(TARGET, News::OfferAnswered { answer: sdp("answer") });
    let answered = Command::Answer {
        leg: TARGET,
        sdp: sdp("answer"),
    };
    let arrived = bridged().into_iter().chain([identify(TARGET, anna())]).chain(moved());
    scene.expect([answered].into_iter().chain(arrived));
    scene.closed(DESK);
    scene.left(TARGET, HangUp::Bye);
    scene.expect([close(TARGET), hang_up(CALLER), close(CALLER)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "called party hung up", &[(DESK, Side::Called)]);
}

#[test]
fn a_phone_that_calls_for_the_call_without_an_offer_gets_ours() {
    let mut scene = pulling(None);
    scene.expect([make_offer(TARGET, 4, Some(CALLER))]);
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.expect([Command::Answer {
        leg: TARGET,
        sdp: sdp("offer"),
    }]);
    scene.news(TARGET, News::Confirmed { sdp: Some(sdp("answer")) });
    scene.expect([accept(TARGET)]);
    arrives(&mut scene);
    scene.expect(bridged().into_iter().chain([identify(TARGET, anna())]).chain(moved()));
}

#[test]
fn a_phone_that_calls_for_the_call_in_vain_leaves_it_where_it_is() {
    let mut scene = pulling(Some("video only"));
    scene.take();
    let reason = control::Refusal::NotAcceptable;
    scene.news(TARGET, News::OfferRefused { reason });
    scene.expect([refuse(TARGET, 488, "no audio format in common"), close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some());

    let mut scene = pulling(Some("their offer"));
    scene.take();
    scene.left(TARGET, HangUp::Cancel);
    scene.expect([close(TARGET)]);
    assert!(scene.call.peer_of(DESK).is_some());
}

#[test]
fn the_server_can_end_a_call_that_moves() {
    let mut scene = moving(Mover::App);
    scene.call.end(Cause::STOPPING, scene.now, &mut scene.commands);
    let ended = [DESK, CALLER, TARGET].map(|leg| [hang_up_because(leg, Cause::STOPPING), close(leg)]);
    scene.expect(ended.into_iter().flatten());
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, Cause::STOPPING.text, &[]);
}
