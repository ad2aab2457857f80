//! From the INVITE to the talk, and all ways in which it does not come to that.

use super::*;

#[test]
fn both_phones_ring_and_the_caller_hears_it_once() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Rang);
    scene.expect([Command::Ring { leg: CALLER }]);
    scene.news(WEB, News::Rang);
    scene.expect([]);
    let users = scene.call.users();
    assert!(users.contains(&(UserId(1), UserState::OnACall)));
    assert!(users.contains(&(UserId(2), UserState::Ringing)));
}

#[test]
fn the_first_to_answer_wins_and_the_other_is_told() {
    let scene = Scene::talking();
    assert_eq!(scene.call.peer_of(CALLER).map(|(leg, _)| leg), Some(DESK));
    assert_eq!(scene.call.deadline(), None);
}

#[test]
fn a_phone_is_called_only_once_its_offer_is_made() {
    let mut scene = Scene::started(Some("offer"));
    scene.take();
    scene.left(CALLER, HangUp::Cancel);
    scene.expect([close(DESK), close(WEB), close(CALLER)]);
    scene.news(DESK, News::OfferMade { offer: sdp("late") });
    for leg in [WEB, CALLER, DESK] {
        scene.closed(leg);
    }
    scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
}

#[test]
fn cancel_before_answer_frees_all_legs() {
    let mut scene = Scene::ringing();
    scene.left(CALLER, HangUp::Cancel);
    scene.expect([hang_up(DESK), close(DESK), hang_up(WEB), close(WEB), close(CALLER)]);
    scene.news(DESK, News::Rang);
    scene.news(
        DESK,
        News::Answered {
            sdp: Some(sdp("too late")),
        },
    );
    for leg in [DESK, WEB, CALLER] {
        scene.closed(leg);
    }
    scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
}

#[test]
fn the_call_ends_although_media_never_tells_its_last_figures() {
    let mut scene = Scene::ringing();
    scene.left(CALLER, HangUp::FlowLost);
    scene.take();
    assert_eq!(scene.call.deadline(), Some(scene.now + FIGURES_MAX));
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Cancelled, "caller's connection was lost", &[]);
}

#[test]
fn cancel_racing_the_answer_hangs_up_the_one_who_lifted() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    scene.left(CALLER, HangUp::Cancel);
    scene.expect([hang_up(DESK), close(DESK), close(CALLER)]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.news(CALLER, News::OfferAnswered { answer: sdp("late") });
    for leg in [DESK, WEB, CALLER] {
        scene.closed(leg);
    }
    scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
}

#[test]
fn the_called_party_may_hang_up_before_the_caller_hears_of_the_answer() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    scene.left(DESK, HangUp::Bye);
    scene.expect([refuse(CALLER, 480, "the other party hung up"), close(CALLER), close(DESK)]);
    for leg in [DESK, WEB, CALLER] {
        scene.closed(leg);
    }
    scene.expect_end(Outcome::Failed, "called party hung up at once", &[]);
}

#[test]
fn nobody_answers() {
    let mut scene = Scene::ringing();
    assert_eq!(scene.call.deadline(), Some(scene.now + RING_MAX));
    scene.after(RING_MAX - Duration::from_millis(1));
    scene.expect([]);
    scene.after(Duration::from_millis(1));
    scene.expect([
        hang_up(DESK),
        close(DESK),
        hang_up(WEB),
        close(WEB),
        refuse(CALLER, 480, "nobody answered"),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::NoAnswer, "nobody answered", &[]);
}

/// Both phones refuse; what the caller is told and the journal keeps.
fn both_refuse(first: u16, second: u16) -> (u16, Outcome) {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Refused { status: first });
    scene.expect([close(DESK)]);
    scene.news(WEB, News::Refused { status: second });
    let status = match scene.take().as_slice() {
        [closed, Command::Refuse { cause, .. }, other] if (closed, other) == (&close(WEB), &close(CALLER)) => cause.status,
        other => panic!("{other:?}"),
    };
    scene.after(FIGURES_MAX);
    match scene.take().as_slice() {
        [Command::Journal(JournalEntry::Ended { outcome, .. })] => (status, *outcome),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_weightiest_refusal_counts() {
    assert_eq!(both_refuse(486, 486), (486, Outcome::Busy));
    assert_eq!(both_refuse(486, 408), (486, Outcome::Busy));
    assert_eq!(both_refuse(480, 488), (488, Outcome::Failed));
    assert_eq!(both_refuse(480, 408), (480, Outcome::NoAnswer));
    assert_eq!(both_refuse(408, 503), (480, Outcome::Failed));
    assert_eq!(both_refuse(486, 603), (603, Outcome::Refused));
}

#[test]
fn declining_on_one_phone_silences_all() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Refused { status: 603 });
    scene.expect([
        close(DESK),
        hang_up_because(WEB, Cause::DECLINED_ELSEWHERE),
        close(WEB),
        refuse(CALLER, 603, "declined"),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Refused, "declined", &[]);
}

#[test]
fn an_offer_without_common_codec_is_refused() {
    let mut scene = Scene::started(Some("offer"));
    scene.take();
    let reason = control::Refusal::NotAcceptable;
    scene.news(CALLER, News::OfferRefused { reason });
    scene.expect([
        close(DESK),
        close(WEB),
        refuse(CALLER, 488, "no audio format in common"),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Failed, "no audio format in common", &[]);
}

#[test]
fn an_answer_that_makes_no_sense_ends_the_call() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    let reason = control::Refusal::Malformed;
    scene.news(DESK, News::AnswerRefused { reason });
    let cause = Cause {
        status: 400,
        text: "the session description makes no sense",
    };
    scene.expect([
        Command::Refuse { leg: CALLER, cause },
        close(CALLER),
        hang_up_because(DESK, cause),
        close(DESK),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Failed, cause.text, &[]);
}

#[test]
fn one_phone_with_an_answer_without_audio_does_not_stop_the_others() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Answered { sdp: None });
    scene.expect([hang_up_because(DESK, Cause::NO_ANSWER_IN_OK), close(DESK)]);
    scene.news(WEB, News::Rang);
    scene.expect([Command::Ring { leg: CALLER }]);
}

#[test]
fn silent_media_does_not_keep_a_call_alive() {
    let mut scene = Scene::ringing();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.take();
    scene.after(ANSWERING_MAX);
    scene.expect([
        Command::Refuse {
            leg: CALLER,
            cause: Cause::MEDIA_SILENT,
        },
        close(CALLER),
        hang_up_because(DESK, Cause::MEDIA_SILENT),
        close(DESK),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Failed, Cause::MEDIA_SILENT.text, &[]);
}

#[test]
fn a_delayed_offer_is_answered_with_ours_and_the_ack_brings_the_answer() {
    let mut scene = Scene::started(None);
    scene.expect([started(ben(None)), make_offer(DESK, 2, None), make_offer(WEB, 3, None)]);
    scene.news(DESK, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(DESK, anna(), ben(None))]);
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK), close(WEB), make_offer(CALLER, 1, Some(DESK))]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.news(CALLER, News::OfferMade { offer: sdp("ours") });
    scene.expect([Command::Answer {
        leg: CALLER,
        sdp: sdp("ours"),
    }]);
    scene.news(CALLER, News::Confirmed { sdp: Some(sdp("answer")) });
    scene.expect([accept(CALLER)]);
    scene.news(CALLER, News::AnswerAccepted { direction });
    scene.expect([answered(Some(2)), hear(CALLER, Source::Leg(DESK)), hear(DESK, Source::Leg(CALLER))]);
}

#[test]
fn a_delayed_offer_that_is_never_answered_ends_with_the_ack() {
    let mut scene = Scene::started(None);
    scene.take();
    scene.news(DESK, News::OfferMade { offer: sdp("offer") });
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.news(CALLER, News::OfferMade { offer: sdp("ours") });
    scene.take();
    scene.news(CALLER, News::Confirmed { sdp: None });
    scene.expect([
        hang_up_because(CALLER, Cause::NO_ANSWER_IN_ACK),
        close(CALLER),
        hang_up_because(DESK, Cause::NO_ANSWER_IN_ACK),
        close(DESK),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Failed, Cause::NO_ANSWER_IN_ACK.text, &[]);
}

#[test]
fn changes_of_media_have_to_wait_until_the_call_is_answered() {
    let mut scene = Scene::ringing();
    let (request, offer) = (RequestId(5), Some(sdp("update")));
    scene.news(CALLER, reoffered(request, offer));
    scene.expect([respond(5, Cause::PENDING)]);
}

fn echo() -> Scene {
    let now = testing::start();
    let mut commands = Vec::new();
    let caller = Caller {
        leg: CALLER,
        party: anna(),
        peer: peer(1),
        offer: Some(sdp("offer")),
    };
    let called = Party {
        user: None,
        device: None,
        number: "*43".to_owned(),
        name: "Echo test".to_owned(),
    };
    let call = Call::serve(CALL, caller, called, Service::EchoTest, Duration::ZERO, now, &mut commands);
    let mut scene = Scene { call, now, commands };
    let commands = scene.take();
    assert!(matches!(
        commands[..],
        [
            Command::Journal(_),
            Command::Media(Media::ReceiveOffer { .. }),
            Command::Media(Media::AnswerOffer { leg: CALLER, toward: None })
        ]
    ));
    scene
}

#[test]
fn the_echo_test_lets_people_hear_themselves() {
    let mut scene = echo();
    let direction = Direction::SendRecv;
    scene.news(CALLER, News::OfferReceived { direction });
    scene.news(CALLER, News::OfferAnswered { answer: sdp("answer") });
    scene.expect([
        Command::Answer {
            leg: CALLER,
            sdp: sdp("answer"),
        },
        answered(None),
        hear(CALLER, Source::Echo),
    ]);
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER)]);
    scene.closed(CALLER);
    scene.expect_end(Outcome::Answered, "caller hung up", &[(CALLER, Side::Caller)]);
}

#[test]
fn a_feature_code_that_media_cannot_serve_is_refused() {
    let mut scene = echo();
    let reason = control::Refusal::Full;
    scene.news(CALLER, News::OfferRefused { reason });
    scene.news(CALLER, News::OfferRefused { reason });
    scene.expect([refuse(CALLER, 503, "no room for more audio"), close(CALLER)]);
    scene.closed(CALLER);
    scene.expect_end(Outcome::Failed, "no room for more audio", &[]);
}
