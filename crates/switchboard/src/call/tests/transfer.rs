//! Blind transfer: it works, it fails, somebody leaves.

use super::*;

fn refer(branches: Vec<Branch>) -> News {
    let called = cleo(None);
    News::Referred {
        request: Some(RequestId(9)),
        to: Handover::Number(Plan::Ring {
            called,
            branches,
            pace: Pace::default(),
        }),
    }
}

/// Ben hands Anna over to Cleo, whose phone has just been called.
fn transferring() -> Scene {
    let mut scene = Scene::talking();
    scene.news(DESK, refer(vec![branch(TARGET, cleo(Some(4)), 4)]));
    scene.expect([
        respond(9, Cause::ACCEPTED),
        make_offer(TARGET, 4, Some(CALLER)),
        hear(DESK, Source::Nothing),
        hear(CALLER, Source::RingBack),
    ]);
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(TARGET, anna(), cleo(None))]);
    scene
}

fn target_answers(scene: &mut Scene) {
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(TARGET)]);
    let direction = Direction::SendRecv;
    scene.news(TARGET, News::AnswerAccepted { direction });
}

fn transferred() -> Command {
    Command::Journal(JournalEntry::Transferred {
        call: CALL,
        by: ben(Some(2)),
        to: cleo(Some(4)),
    })
}

#[test]
fn the_transferee_is_connected_and_the_transferor_let_go() {
    let mut scene = transferring();
    scene.news(TARGET, News::Rang);
    let ringing = Cause {
        status: 180,
        text: "Ringing",
    };
    scene.expect([notify(DESK, ringing)]);
    target_answers(&mut scene);
    scene.expect([
        notify(DESK, Cause::OK),
        told(cleo(Some(4)), TransferEnd::Connected),
        hang_up(DESK),
        close(DESK),
        identify(CALLER, cleo(Some(4))),
        transferred(),
        hear(CALLER, Source::Leg(TARGET)),
        hear(TARGET, Source::Leg(CALLER)),
    ]);
    scene.closed(DESK);
    scene.left(TARGET, HangUp::Bye);
    scene.expect([close(TARGET), hang_up(CALLER), close(CALLER)]);
    scene.closed(TARGET);
    scene.closed(CALLER);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called), (TARGET, Side::Called)];
    scene.expect_end(Outcome::Answered, "called party hung up", &legs);
}

#[test]
fn a_failed_transfer_gives_the_talk_back() {
    let mut scene = transferring();
    scene.news(TARGET, News::Refused { status: 486 });
    let busy = Cause { status: 486, text: "busy" };
    scene.expect([
        close(TARGET),
        notify(DESK, busy),
        told(cleo(None), TransferEnd::Busy),
        hear(DESK, Source::Leg(CALLER)),
        hear(CALLER, Source::Leg(DESK)),
    ]);
}

#[test]
fn a_transfer_that_nobody_answers_gives_the_talk_back_with_hold_still_in_force() {
    let mut scene = Scene::talking();
    scene.renegotiate(DESK, CALLER, Direction::SendOnly);
    scene.take();
    scene.news(DESK, refer(vec![branch(TARGET, cleo(Some(4)), 4)]));
    scene.take();
    let until = scene.call.deadline().unwrap() - scene.now;
    scene.after(until);
    let cause = Cause {
        status: 480,
        text: "nobody answered",
    };
    scene.expect([
        close(TARGET),
        notify(DESK, cause),
        told(cleo(None), TransferEnd::NoAnswer),
        hear(CALLER, Source::Music),
    ]);
}

#[test]
fn a_transferor_who_hangs_up_at_once_does_not_stop_the_transfer() {
    let mut scene = transferring();
    scene.left(DESK, HangUp::Bye);
    scene.expect([close(DESK)]);
    scene.closed(DESK);
    target_answers(&mut scene);
    scene.expect([
        told(cleo(Some(4)), TransferEnd::Connected),
        identify(CALLER, cleo(Some(4))),
        transferred(),
        hear(CALLER, Source::Leg(TARGET)),
        hear(TARGET, Source::Leg(CALLER)),
    ]);
}

/// Ben has left, and Cleo is busy.
fn returning() -> Scene {
    let mut scene = transferring();
    scene.left(DESK, HangUp::Bye);
    scene.closed(DESK);
    scene.take();
    scene.news(TARGET, News::Refused { status: 486 });
    scene.expect([
        close(TARGET),
        told(cleo(None), TransferEnd::Busy),
        Command::Return {
            to: ben(Some(2)),
            party: anna(),
        },
    ]);
    scene.closed(TARGET);
    scene
}

fn ring_again(scene: &mut Scene, branches: Vec<Branch>) {
    let pace = Pace::default();
    let (now, mut commands) = (scene.now, Vec::new());
    scene.call.turn(Turn::Divert { branches, pace }, now, &mut commands);
    scene.commands.extend(commands);
}

/// Ben's browser rings for Anna, who has come back.
fn rings_again() -> Scene {
    let mut scene = returning();
    ring_again(&mut scene, vec![branch(WEB, ben(Some(3)), 3)]);
    scene.expect([make_offer(WEB, 3, Some(CALLER))]);
    scene.news(WEB, News::OfferMade { offer: sdp("offer") });
    let shown = Party {
        name: "Returned from 103: Anna".to_owned(),
        ..anna()
    };
    scene.expect([invite(WEB, shown, ben(Some(2)))]);
    scene
}

#[test]
fn a_transferee_whom_nobody_takes_comes_back_to_a_transferor_who_has_left() {
    let mut scene = rings_again();
    scene.news(WEB, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(WEB)]);
    let direction = Direction::SendRecv;
    scene.news(WEB, News::AnswerAccepted { direction });
    // For Anna and for the journal it is Ben all the time, and Ben knows how it has ended.
    scene.expect([hear(CALLER, Source::Leg(WEB)), hear(WEB, Source::Leg(CALLER))]);
    scene.left(WEB, HangUp::Bye);
    scene.take();
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "called party hung up", &[(DESK, Side::Called)]);
}

#[test]
fn who_comes_back_in_vain_hears_busy_and_is_hung_up() {
    let mut scene = rings_again();
    scene.news(WEB, News::Refused { status: 480 });
    scene.expect([close(WEB), hear(CALLER, Source::Busy)]);
    scene.after(FAREWELL_MAX);
    scene.expect([hang_up(CALLER), close(CALLER)]);
    for leg in [CALLER, WEB] {
        scene.closed(leg);
    }
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called)];
    scene.expect_end(Outcome::Answered, "the transfer failed and the transferor had left", &legs);
}

#[test]
fn without_a_phone_to_come_back_to_the_transferee_hears_busy_at_once() {
    let mut scene = returning();
    ring_again(&mut scene, Vec::new());
    scene.expect([hear(CALLER, Source::Busy)]);
}

#[test]
fn nobody_comes_back_to_the_one_who_was_the_target() {
    let mut scene = Scene::talking();
    let mut to_themselves = refer(vec![branch(TARGET, ben(Some(4)), 4)]);
    if let News::Referred {
        to: Handover::Number(Plan::Ring { called, .. }),
        ..
    } = &mut to_themselves
    {
        *called = ben(None);
    }
    scene.news(DESK, to_themselves);
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.left(DESK, HangUp::Bye);
    scene.take();
    scene.news(TARGET, News::Refused { status: 486 });
    scene.expect([close(TARGET), told(ben(None), TransferEnd::Busy), hear(CALLER, Source::Busy)]);
}

#[test]
fn who_hangs_up_while_they_come_back_ends_everything() {
    let mut scene = rings_again();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([hang_up(WEB), close(WEB), close(CALLER)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "caller hung up", &[(DESK, Side::Called)]);
}

#[test]
fn a_transfer_that_is_ended_from_our_side_is_told_of_once() {
    let mut scene = transferring();
    let (now, mut commands) = (scene.now, Vec::new());
    scene.call.end(Cause::STOPPING, now, &mut commands);
    let told: Vec<_> = commands
        .iter()
        .filter(|command| matches!(command, Command::Transferred { .. }))
        .collect();
    assert_eq!(told, [&super::told(cleo(None), TransferEnd::Failed)]);
}

#[test]
fn a_transferee_who_hangs_up_ends_everything() {
    let mut scene = transferring();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([
        hang_up(TARGET),
        close(TARGET),
        notify(DESK, Cause::TERMINATED),
        told(cleo(None), TransferEnd::PartyLeft),
        hang_up(DESK),
        close(DESK),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "caller hung up", &[]);
}

#[test]
fn a_target_that_lifts_and_leaves_fails_the_transfer() {
    let mut scene = transferring();
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    scene.left(TARGET, HangUp::Bye);
    scene.expect([
        close(TARGET),
        notify(DESK, Cause::LEFT),
        told(cleo(Some(4)), TransferEnd::Failed),
        hear(DESK, Source::Leg(CALLER)),
        hear(CALLER, Source::Leg(DESK)),
    ]);
}

#[test]
fn a_target_whose_audio_never_comes_up_fails_the_transfer() {
    let mut scene = transferring();
    scene.news(TARGET, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    scene.after(ANSWERING_MAX);
    scene.expect([
        hang_up_because(TARGET, Cause::MEDIA_SILENT),
        close(TARGET),
        notify(DESK, Cause::MEDIA_SILENT),
        told(cleo(Some(4)), TransferEnd::Failed),
        hear(DESK, Source::Leg(CALLER)),
        hear(CALLER, Source::Leg(DESK)),
    ]);
}

#[test]
fn the_caller_may_hand_over_too() {
    let mut scene = Scene::talking();
    scene.news(CALLER, refer(vec![branch(TARGET, cleo(Some(4)), 4)]));
    scene.take();
    scene.news(TARGET, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(TARGET, ben(Some(2)), cleo(None))]);
    target_answers(&mut scene);
    scene.take();
    scene.left(TARGET, HangUp::Bye);
    scene.take();
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "caller hung up", &[]);
}

#[test]
fn a_transfer_can_lead_to_a_feature_code() {
    let mut scene = Scene::talking();
    let called = Party {
        user: None,
        device: None,
        number: "*44".to_owned(),
        name: "Music".to_owned(),
    };
    let plan = Plan::Serve {
        called: called.clone(),
        feature: Service::Music,
    };
    scene.news(
        DESK,
        News::Referred {
            request: Some(RequestId(9)),
            to: Handover::Number(plan),
        },
    );
    scene.expect([
        respond(9, Cause::ACCEPTED),
        notify(DESK, Cause::OK),
        told(called.clone(), TransferEnd::Connected),
        hang_up(DESK),
        close(DESK),
        identify(CALLER, called.clone()),
        Command::Journal(JournalEntry::Transferred {
            call: CALL,
            by: ben(Some(2)),
            to: called,
        }),
        hear(CALLER, Source::Music),
    ]);
}

#[test]
fn a_target_that_does_not_exist_refuses_the_transfer() {
    let mut scene = Scene::talking();
    let cause = Cause {
        status: 404,
        text: "nobody has this number",
    };
    let plan = Plan::Refuse { called: cleo(None), cause };
    scene.news(
        DESK,
        News::Referred {
            request: Some(RequestId(9)),
            to: Handover::Number(plan),
        },
    );
    scene.expect([respond(9, cause)]);
}

#[test]
fn only_one_transfer_at_a_time() {
    let mut scene = transferring();
    for leg in [DESK, CALLER] {
        scene.news(leg, refer(vec![]));
        scene.expect([respond(9, Cause::PENDING)]);
    }
}

#[test]
fn holding_goes_on_during_a_transfer() {
    let mut scene = transferring();
    scene.renegotiate(CALLER, None, Direction::SendOnly);
    scene.expect([hear(CALLER, Source::Nothing)]);
    scene.renegotiate(CALLER, None, Direction::SendRecv);
    scene.expect([hear(CALLER, Source::RingBack)]);
}

#[test]
fn the_journal_keeps_the_figures_of_the_first_legs_of_a_call_that_is_handed_on_for_ever() {
    let mut scene = Scene::talking();
    let mut transferor = DESK;
    for target in (100..).map(LegId).take(REPORTS_MAX + 4) {
        scene.news(transferor, refer(vec![branch(target, cleo(Some(4)), 4)]));
        let direction = Direction::SendRecv;
        scene.news(target, News::OfferMade { offer: sdp("offer") });
        scene.news(target, News::Answered { sdp: Some(sdp("answer")) });
        scene.news(target, News::AnswerAccepted { direction });
        scene.closed(transferor);
        transferor = target;
    }
    scene.left(CALLER, HangUp::Bye);
    scene.take();
    scene.after(FIGURES_MAX);
    match scene.take().as_slice() {
        [Command::Journal(JournalEntry::Ended { legs, .. })] => assert_eq!(legs.len(), REPORTS_MAX),
        other => panic!("{other:?}"),
    }
}

#[test]
fn legs_that_media_never_closes_are_forgotten_at_a_limit() {
    let mut scene = Scene::talking();
    for target in (100..).map(LegId).take(CLOSING_MAX + 10) {
        scene.news(DESK, refer(vec![branch(target, cleo(Some(4)), 4)]));
        scene.news(target, News::OfferMade { offer: sdp("offer") });
        scene.news(target, News::Refused { status: 486 });
    }
    scene.take();
    assert_eq!(scene.call.closing.len(), CLOSING_MAX);
    assert!(scene.call.knows(DESK) && !scene.call.knows(LegId(100)));
}
