//! Two calls become one: of two talks, and of a talk and a call that rings.

use super::*;

const OTHER_CALL: CallId = CallId(2);
/// Cleo's phone, by which she calls Ben.
const SECOND: LegId = LegId(40);

/// Anna talks to Cleo, to whom Ben has handed her over.
fn talking_to_cleo() -> Scene {
    let mut scene = Scene::talking();
    let branches = vec![branch(TARGET, cleo(Some(4)), 4)];
    let (called, pace) = (cleo(None), Pace::default());
    scene.news(
        DESK,
        News::Referred {
            request: None,
            to: Handover::Number(Plan::Ring { called, branches, pace }),
        },
    );
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    let direction = Direction::SendRecv;
    scene.news(TARGET, News::AnswerAccepted { direction });
    scene.closed(DESK);
    scene.take();
    scene
}

/// Cleo calls Ben, whose desk phone rings; she talks to Anna as well.
fn cleo_calls() -> Scene {
    let now = testing::start();
    let mut commands = Vec::new();
    let caller = Caller {
        leg: SECOND,
        party: cleo(Some(4)),
        peer: peer(4),
        offer: Some(sdp("offer of caller")),
    };
    let phones = (vec![branch(DESK, ben(Some(2)), 2)], Pace::default());
    let call = Call::ring(CALL, caller, ben(None), phones, RING_MAX, now, &mut commands);
    let mut scene = Scene { call, now, commands };
    let direction = Direction::SendRecv;
    scene.news(SECOND, News::OfferReceived { direction });
    scene.news(DESK, News::OfferMade { offer: sdp("offer") });
    scene.take();
    scene
}

fn join(leg: LegId) -> Command {
    let call = OTHER_CALL;
    Command::Media(Media::Join { leg, call })
}

fn transferred(by: Party, to: Party) -> Command {
    Command::Journal(JournalEntry::Transferred { call: CALL, by, to })
}

impl Scene {
    fn release(&mut self, leg: LegId, to: &Party) -> Option<Joiner> {
        self.call.release(leg, OTHER_CALL, to, self.now, &mut self.commands)
    }

    fn release_both(&mut self, leg: LegId) -> Option<[Joiner; 2]> {
        self.call.release_both(leg, OTHER_CALL, self.now, &mut self.commands)
    }
}

/// Cleo has told us to connect Anna with Ben, whom she calls.
fn handed_over() -> Scene {
    let mut old = talking_to_cleo();
    let joiners = old.release_both(TARGET).unwrap();
    old.expect([
        hear(TARGET, Source::Nothing),
        join(TARGET),
        hear(CALLER, Source::Nothing),
        join(CALLER),
        Command::Journal(JournalEntry::Ended {
            call: CALL,
            outcome: Outcome::Answered,
            reason: "connected with another call",
            legs: vec![(DESK, Side::Called, Box::default())],
        }),
    ]);
    assert!(old.call.is_over());
    let mut scene = cleo_calls();
    scene.call.hand_over(joiners, Some(RequestId(9)), scene.now, &mut scene.commands);
    scene.expect([
        respond(9, Cause::ACCEPTED),
        refuse(SECOND, 487, "the call is over"),
        close(SECOND),
        identify(TARGET, anna()),
        identify(CALLER, cleo(Some(4))),
        hear(CALLER, Source::RingBack),
        hear(DESK, Source::Leg(CALLER)),
    ]);
    scene.closed(SECOND);
    scene
}

fn by_cleo(end: TransferEnd, to: Party) -> Command {
    Command::Transferred {
        user: UserId(3),
        party: anna(),
        to,
        end,
    }
}

#[test]
fn who_goes_leaves_the_other_one_hung_up_and_the_call_over() {
    let mut old = talking_to_cleo();
    let joiner = old.release(TARGET, &ben(Some(2))).unwrap();
    assert_eq!(joiner.id(), TARGET);
    old.expect([
        transferred(anna(), ben(Some(2))),
        hear(TARGET, Source::Nothing),
        join(TARGET),
        hang_up(CALLER),
        close(CALLER),
    ]);
    assert!(!old.call.knows(TARGET), "it is the other call's");
    old.closed(CALLER);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called)];
    old.expect_end(Outcome::Answered, "connected with another call", &legs);
}

#[test]
fn who_comes_takes_the_transferors_place_and_both_learn_whom_they_talk_to() {
    let mut old = talking_to_cleo();
    let joiner = old.release(TARGET, &ben(Some(2))).unwrap();
    old.take();
    let mut scene = Scene::talking();
    scene.call.admit(joiner, CALLER, Some(RequestId(9)), scene.now, &mut scene.commands);
    scene.expect([
        respond(9, Cause::ACCEPTED),
        identify(TARGET, ben(Some(2))),
        notify(CALLER, Cause::OK),
        Command::Transferred {
            user: UserId(1),
            party: ben(Some(2)),
            to: cleo(Some(4)),
            end: TransferEnd::Connected,
        },
        hang_up(CALLER),
        close(CALLER),
        identify(DESK, cleo(Some(4))),
        transferred(anna(), cleo(Some(4))),
        hear(DESK, Source::Leg(TARGET)),
        hear(TARGET, Source::Leg(DESK)),
    ]);
    // What media was asked for before it set out comes after it has arrived.
    scene.renegotiate(TARGET, DESK, Direction::SendOnly);
    scene.expect([hear(TARGET, Source::Nothing), hear(DESK, Source::Music)]);
    scene.closed(CALLER);
    scene.left(DESK, HangUp::Bye);
    scene.take();
    scene.closed(TARGET);
    scene.closed(DESK);
    let legs = [(CALLER, Side::Caller), (TARGET, Side::Caller), (DESK, Side::Called)];
    scene.expect_end(Outcome::Answered, "called party hung up", &legs);
}

#[test]
fn whoever_was_on_hold_is_on_hold_no_more_and_whoever_holds_still_does() {
    let mut old = talking_to_cleo();
    old.renegotiate(TARGET, CALLER, Direction::SendOnly);
    let joiner = old.release(TARGET, &ben(Some(2))).unwrap();
    old.take();
    let mut scene = Scene::talking();
    scene.renegotiate(CALLER, DESK, Direction::SendOnly);
    scene.expect([hear(CALLER, Source::Nothing), hear(DESK, Source::Music)]);
    scene.call.admit(joiner, CALLER, None, scene.now, &mut scene.commands);
    let heard: Vec<Command> = scene
        .take()
        .into_iter()
        .filter(|command| matches!(command, Command::Media(Media::Hear { .. })))
        .collect();
    // Cleo holds: Ben, whom Anna has held, goes on hearing music.
    assert_eq!(heard, []);
    scene.renegotiate(TARGET, DESK, Direction::SendRecv);
    scene.expect([hear(TARGET, Source::Leg(DESK)), hear(DESK, Source::Leg(TARGET))]);
}

#[test]
fn nobody_goes_unless_two_talk_and_nothing_else_is_under_way() {
    let mut ringing = Scene::ringing();
    assert!(ringing.release(CALLER, &cleo(None)).is_none() && ringing.release_both(DESK).is_none());
    ringing.expect([]);
    ringing.left(CALLER, HangUp::Cancel);
    ringing.take();
    let mut talking = Scene::talking();
    assert!(talking.release(TARGET, &cleo(None)).is_none(), "not in this call");
    talking.expect([]);
    assert_eq!(talking.call.peer_of(DESK).map(|(leg, _)| leg), Some(CALLER), "they talk on");
    talking.left(DESK, HangUp::Bye);
    talking.take();
    assert!(talking.release(CALLER, &cleo(None)).is_none());
}

#[test]
fn who_comes_in_vain_is_hung_up() {
    let mut old = talking_to_cleo();
    let joiner = old.release(TARGET, &ben(None)).unwrap();
    old.take();
    let mut scene = Scene::ringing();
    scene.call.admit(joiner, CALLER, None, scene.now, &mut scene.commands);
    scene.expect([hang_up(TARGET), close(TARGET)]);
    assert!(scene.call.called_by(CALLER).is_some(), "it rings on");

    let mut old = talking_to_cleo();
    let joiners = old.release_both(TARGET).unwrap();
    old.take();
    let mut scene = talking_to_cleo();
    scene.call.hand_over(joiners, None, scene.now, &mut scene.commands);
    scene.expect([hang_up(TARGET), close(TARGET), hang_up(CALLER), close(CALLER)]);
}

#[test]
fn who_is_handed_over_while_it_rings_waits_and_talks_as_soon_as_it_is_answered() {
    let mut scene = handed_over();
    scene.news(DESK, News::Rang);
    scene.expect([notify(TARGET, Cause::RINGING)]);
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK)]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.expect([
        answered(Some(2)),
        identify(DESK, anna()),
        notify(TARGET, Cause::OK),
        by_cleo(TransferEnd::Connected, ben(Some(2))),
        hang_up(TARGET),
        close(TARGET),
        identify(CALLER, ben(Some(2))),
        transferred(cleo(Some(4)), ben(Some(2))),
        hear(CALLER, Source::Leg(DESK)),
    ]);
    scene.left(CALLER, HangUp::Bye);
    scene.take();
    for leg in [TARGET, CALLER, DESK] {
        scene.closed(leg);
    }
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called), (TARGET, Side::Called)];
    scene.expect_end(Outcome::Answered, "caller hung up", &legs);
}

#[test]
fn a_target_that_does_not_answer_gives_the_talk_back_in_the_new_call() {
    let mut scene = handed_over();
    scene.news(DESK, News::Refused { status: 486 });
    scene.expect([
        close(DESK),
        notify(TARGET, Cause::BUSY),
        by_cleo(TransferEnd::Busy, ben(None)),
        answered(anna().device.map(|device| device.0)),
        Command::Record(JournalEntry::Transferred {
            call: CALL,
            by: ben(None),
            to: anna(),
        }),
        hear(TARGET, Source::Leg(CALLER)),
        hear(CALLER, Source::Leg(TARGET)),
    ]);
    assert_eq!(scene.call.peer_of(TARGET).map(|(leg, _)| leg), Some(CALLER));
}

#[test]
fn who_hands_over_while_it_rings_may_leave_and_is_called_when_nobody_answers() {
    let mut scene = handed_over();
    scene.left(TARGET, HangUp::Bye);
    scene.expect([close(TARGET)]);
    scene.news(DESK, News::Refused { status: 480 });
    scene.expect([
        close(DESK),
        by_cleo(TransferEnd::NoAnswer, ben(None)),
        Command::Return {
            to: cleo(Some(4)),
            party: anna(),
        },
    ]);
    let (branches, pace) = (Vec::new(), Pace::default());
    scene.call.turn(Turn::Divert { branches, pace }, scene.now, &mut scene.commands);
    scene.expect([hear(CALLER, Source::Busy)]);
    scene.after(FAREWELL_MAX);
    scene.take();
    scene.after(FIGURES_MAX);
    let reason = "the transfer failed and the transferor had left";
    scene.expect_end(Outcome::Failed, reason, &[]);
}

#[test]
fn who_is_handed_over_while_it_rings_may_give_up() {
    let mut scene = handed_over();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([
        hang_up(DESK),
        close(DESK),
        notify(TARGET, Cause::TERMINATED),
        by_cleo(TransferEnd::PartyLeft, ben(None)),
        hang_up(TARGET),
        close(TARGET),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Cancelled, "caller hung up", &[]);
}
