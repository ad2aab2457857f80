//! Talking, holding, changing media, hanging up.

use super::*;

#[test]
fn a_server_that_stops_hangs_up_wherever_the_call_is() {
    let stopping = Cause::STOPPING;
    let mut talking = Scene::talking();
    talking.call.end(stopping, talking.now, &mut talking.commands);
    talking.expect([
        hang_up_because(CALLER, stopping),
        close(CALLER),
        hang_up_because(DESK, stopping),
        close(DESK),
    ]);
    talking.closed(CALLER);
    talking.closed(DESK);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called)];
    talking.expect_end(Outcome::Answered, stopping.text, &legs);

    let mut ringing = Scene::ringing();
    ringing.call.end(stopping, ringing.now, &mut ringing.commands);
    ringing.expect([
        hang_up_because(DESK, stopping),
        close(DESK),
        hang_up_because(WEB, stopping),
        close(WEB),
        refuse(CALLER, stopping.status, stopping.text),
        close(CALLER),
    ]);
    for leg in [CALLER, DESK, WEB] {
        ringing.closed(leg);
    }
    ringing.expect_end(Outcome::Failed, stopping.text, &[]);
}

#[test]
fn either_side_may_hang_up() {
    let mut scene = Scene::talking();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER), hang_up(DESK), close(DESK)]);
    scene.closed(DESK);
    scene.closed(CALLER);
    let legs = [(CALLER, Side::Caller), (DESK, Side::Called)];
    scene.expect_end(Outcome::Answered, "caller hung up", &legs);

    let mut scene = Scene::talking();
    scene.left(DESK, HangUp::FlowLost);
    scene.expect([close(DESK), hang_up(CALLER), close(CALLER)]);
    scene.closed(CALLER);
    scene.closed(DESK);
    scene.expect_end(Outcome::Answered, "called party's connection was lost", &legs);
}

#[test]
fn hold_brings_music_and_resume_brings_the_voice_back() {
    let mut scene = Scene::talking();
    scene.renegotiate(DESK, CALLER, Direction::SendOnly);
    scene.expect([hear(DESK, Source::Nothing), hear(CALLER, Source::Music)]);
    scene.renegotiate(DESK, CALLER, Direction::SendRecv);
    scene.expect([hear(DESK, Source::Leg(CALLER)), hear(CALLER, Source::Leg(DESK))]);
}

#[test]
fn both_may_hold_and_resume_in_any_order() {
    let mut scene = Scene::talking();
    scene.renegotiate(CALLER, DESK, Direction::Inactive);
    scene.expect([hear(CALLER, Source::Nothing), hear(DESK, Source::Music)]);
    scene.renegotiate(DESK, CALLER, Direction::SendOnly);
    scene.expect([hear(DESK, Source::Nothing)]);
    scene.renegotiate(CALLER, DESK, Direction::SendRecv);
    scene.expect([hear(CALLER, Source::Music)]);
    scene.renegotiate(DESK, CALLER, Direction::SendRecv);
    scene.expect([hear(DESK, Source::Leg(CALLER)), hear(CALLER, Source::Leg(DESK))]);
}

#[test]
fn a_change_that_media_refuses_leaves_the_talk_as_it_was() {
    let mut scene = Scene::talking();
    let (request, offer) = (RequestId(5), Some(sdp("video only")));
    scene.news(CALLER, reoffered(request, offer));
    scene.take();
    let reason = control::Refusal::NotAcceptable;
    scene.news(CALLER, News::OfferRefused { reason });
    let cause = Cause {
        status: 488,
        text: "no audio format in common",
    };
    scene.expect([respond(5, cause)]);
    scene.renegotiate(CALLER, DESK, Direction::SendRecv);
}

#[test]
fn a_second_change_has_to_wait_for_the_first() {
    let mut scene = Scene::talking();
    let offer = Some(sdp("one"));
    let request = RequestId(5);
    scene.news(CALLER, reoffered(request, offer));
    scene.take();
    let offer = Some(sdp("two"));
    let request = RequestId(6);
    scene.news(CALLER, reoffered(request, offer));
    scene.expect([respond(6, Cause::PENDING)]);
}

#[test]
fn media_that_never_answers_a_change_is_not_waited_for() {
    let mut scene = Scene::talking();
    let (request, offer) = (RequestId(5), Some(sdp("one")));
    scene.news(CALLER, reoffered(request, offer));
    scene.take();
    scene.after(Duration::from_secs(5));
    scene.expect([respond(5, Cause::MEDIA_SILENT)]);
    assert_eq!(scene.call.deadline(), None);
    scene.news(CALLER, News::OfferAnswered { answer: sdp("late") });
    scene.expect([]);
}

#[test]
fn a_change_without_offer_gets_ours() {
    let mut scene = Scene::talking();
    let request = RequestId(5);
    scene.news(DESK, reoffered(request, None));
    scene.expect([make_offer(DESK, 2, Some(CALLER))]);
    scene.news(DESK, News::OfferMade { offer: sdp("ours") });
    scene.expect([Command::Respond {
        request,
        cause: Cause::OK,
        sdp: Some(sdp("ours")),
    }]);
    scene.news(DESK, News::Confirmed { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK)]);
    let direction = Direction::Inactive;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.expect([hear(DESK, Source::Nothing), hear(CALLER, Source::Music)]);
}

#[test]
fn hanging_up_during_a_change_answers_it() {
    let mut scene = Scene::talking();
    let (request, offer) = (RequestId(5), Some(sdp("one")));
    scene.news(DESK, reoffered(request, offer));
    scene.take();
    scene.left(CALLER, HangUp::Bye);
    scene.expect([close(CALLER), respond(5, Cause::TERMINATED), hang_up(DESK), close(DESK)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "caller hung up", &[]);
}

#[test]
fn media_that_fails_ends_the_call_with_a_reason_for_both() {
    let mut scene = Scene::talking();
    let reason = Failure::IceFailed;
    scene.news(CALLER, News::MediaFailed { reason });
    let cause = Cause {
        status: 503,
        text: "no way for the audio was found",
    };
    scene.expect([
        hang_up_because(CALLER, cause),
        close(CALLER),
        hang_up_because(DESK, cause),
        close(DESK),
    ]);
    scene.closed(CALLER);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, cause.text, &[(CALLER, Side::Caller)]);
}

#[test]
fn a_removed_device_leaves_its_call() {
    let mut scene = Scene::talking();
    scene.news(DESK, News::Removed);
    scene.expect([
        hang_up_because(DESK, Cause::DEVICE_REMOVED),
        close(DESK),
        hang_up_because(CALLER, Cause::DEVICE_REMOVED),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Answered, "this phone was removed", &[]);
}

#[test]
fn keys_go_to_the_other_side() {
    let mut scene = Scene::talking();
    let digit = control::Digit::from_char('5').unwrap();
    scene.news(CALLER, News::Pressed { digit, duration_ms: 160 });
    scene.expect([Command::Media(Media::SendDigit {
        leg: DESK,
        digit,
        duration_ms: 160,
    })]);
}

#[test]
fn late_news_for_a_leg_that_is_gone_disturbs_nobody() {
    let mut scene = Scene::talking();
    scene.news(WEB, News::OfferMade { offer: sdp("late") });
    scene.news(WEB, News::MediaFailed { reason: Failure::Unknown });
    scene.closed(WEB);
    scene.expect([]);
}

#[test]
fn legs_that_media_has_lost_are_not_waited_for() {
    let mut scene = Scene::talking();
    scene.closed(DESK);
    let lost = Cause {
        status: 503,
        text: "the audio was lost inside farend",
    };
    scene.expect([
        hang_up_because(DESK, lost),
        close(DESK),
        hang_up_because(CALLER, lost),
        close(CALLER),
    ]);
    let reason = Failure::Unknown;
    scene.news(DESK, News::MediaFailed { reason });
    scene.closed(CALLER);
    scene.expect_end(Outcome::Answered, lost.text, &[(CALLER, Side::Caller)]);
}

fn narrow_offer(leg: LegId, toward: LegId) -> Command {
    Command::Media(Media::NarrowOffer { leg, toward })
}

#[test]
fn who_takes_g711_alone_takes_the_other_one_along() {
    let mut scene = Scene::talking();
    scene.news(DESK, News::Narrowed);
    scene.expect([narrow_offer(CALLER, DESK)]);
    // Once is enough, and nobody else may negotiate meanwhile.
    scene.news(DESK, News::Narrowed);
    let request = RequestId(8);
    scene.news(CALLER, reoffered(request, Some(sdp("another offer"))));
    scene.expect([respond(8, Cause::PENDING)]);
    scene.news(CALLER, News::OfferMade { offer: sdp("narrow") });
    scene.expect([Command::Reoffer {
        leg: CALLER,
        offer: sdp("narrow"),
    }]);
    scene.news(
        CALLER,
        News::Reanswered {
            answer: Some(sdp("answer")),
        },
    );
    scene.expect([accept(CALLER)]);
    let direction = Direction::SendRecv;
    scene.news(CALLER, News::AnswerAccepted { direction });
    scene.expect([]);
    scene.renegotiate(CALLER, DESK, Direction::SendRecv);
    scene.expect([]);
}

#[test]
fn who_refuses_another_codec_talks_on() {
    let drop_offer = Command::Media(Media::RejectOffer { leg: CALLER });
    let refused = News::AnswerRefused {
        reason: control::Refusal::NotAcceptable,
    };
    for (news, expected, last) in [
        (News::ReofferRefused, drop_offer.clone(), None),
        (News::Reanswered { answer: None }, drop_offer, None),
        (
            News::Reanswered {
                answer: Some(sdp("answer")),
            },
            accept(CALLER),
            Some(refused),
        ),
    ] {
        let mut scene = Scene::talking();
        scene.news(DESK, News::Narrowed);
        scene.news(CALLER, News::OfferMade { offer: sdp("narrow") });
        scene.take();
        scene.news(CALLER, news);
        scene.expect([expected]);
        if let Some(last) = last {
            scene.news(CALLER, last);
        }
        scene.expect([]);
        scene.renegotiate(CALLER, DESK, Direction::SendRecv);
        scene.expect([]);
    }
}

#[test]
fn who_holds_or_negotiates_is_not_asked_for_another_codec() {
    let mut scene = Scene::talking();
    scene.renegotiate(CALLER, DESK, Direction::SendOnly);
    scene.take();
    scene.news(DESK, News::Narrowed);
    scene.expect([]);
    let mut scene = Scene::talking();
    scene.news(CALLER, reoffered(RequestId(8), Some(sdp("offer"))));
    scene.take();
    scene.news(DESK, News::Narrowed);
    scene.expect([]);
}
