//! A call that is dialled in the app, and what the app does to calls: exact commands.

use super::*;

const OWN: LegId = LegId(40);
const LIFT_MAX: Duration = Duration::from_secs(30);

/// Anna dials 102 in the app; her phone has just been called.
fn lifting() -> Scene {
    let now = testing::start();
    let mut commands = Vec::new();
    let branches = vec![branch(OWN, anna(), 1)];
    let to = (ben(None), "102".to_owned());
    let call = Call::lift(CALL, anna(), branches, to, RING_MAX, now, &mut commands);
    let mut scene = Scene { call, now, commands };
    scene.expect([make_offer(OWN, 1, None)]);
    scene.news(OWN, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(OWN, ben(None), anna())]);
    scene
}

/// Her phone is up.
fn lifted() -> Scene {
    let mut scene = lifting();
    scene.news(OWN, News::Rang);
    scene.news(OWN, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(OWN)]);
    let direction = Direction::SendRecv;
    scene.news(OWN, News::AnswerAccepted { direction });
    scene.expect([Command::Dial {
        leg: OWN,
        number: "102".to_owned(),
    }]);
    scene
}

fn dialling() -> Scene {
    let mut scene = lifted();
    let plan = Plan::Ring {
        called: ben(None),
        branches: vec![branch(DESK, ben(Some(2)), 2)],
        pace: Pace::default(),
    };
    scene.news(OWN, News::Planned { plan });
    scene.expect([started(ben(None)), hear(OWN, Source::RingBack), make_offer(DESK, 2, Some(OWN))]);
    scene.news(DESK, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(DESK, anna(), ben(None))]);
    scene.news(DESK, News::Rang);
    scene
}

/// There has been no call that the journal could tell of.
#[track_caller]
fn expect_unmade(mut scene: Scene) {
    assert!(!scene.call.is_over(), "the leg's last word is waited for");
    scene.closed(OWN);
    scene.expect([]);
    assert!(scene.call.is_over() && scene.call.deadline().is_none());
}

#[test]
fn the_phone_comes_first_and_then_the_number() {
    let mut scene = dialling();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK)]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.expect([answered(Some(2)), hear(OWN, Source::Leg(DESK)), hear(DESK, Source::Leg(OWN))]);
    scene.left(OWN, HangUp::Asked);
    scene.expect([hang_up(OWN), close(OWN), hang_up(DESK), close(DESK)]);
    scene.closed(OWN);
    scene.closed(DESK);
    scene.expect_end(Outcome::Answered, "caller hung up", &[(OWN, Side::Caller), (DESK, Side::Called)]);
}

#[test]
fn a_phone_that_is_not_lifted_calls_nobody() {
    let mut scene = lifting();
    scene.news(OWN, News::Refused { status: 486 });
    scene.expect([close(OWN)]);
    expect_unmade(scene);

    let mut scene = lifting();
    scene.after(LIFT_MAX);
    scene.expect([hang_up(OWN), close(OWN)]);
    expect_unmade(scene);

    let mut scene = lifting();
    scene.left(OWN, HangUp::Asked);
    scene.expect([hang_up(OWN), close(OWN)]);
    expect_unmade(scene);

    let mut scene = lifting();
    scene.news(OWN, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(OWN)]);
    scene.after(ANSWERING_MAX);
    scene.expect([hang_up_because(OWN, Cause::MEDIA_SILENT), close(OWN)]);
    expect_unmade(scene);

    let mut scene = lifting();
    scene.call.end(Cause::STOPPING, scene.now, &mut scene.commands);
    scene.expect([hang_up_because(OWN, Cause::STOPPING), close(OWN)]);
    scene.after(FIGURES_MAX);
    assert!(scene.call.is_over(), "a last word that never comes is not waited for");
}

#[test]
fn who_is_not_answered_hears_the_busy_tone_and_is_hung_up() {
    let mut scene = dialling();
    scene.news(DESK, News::Refused { status: 486 });
    scene.expect([close(DESK), hear(OWN, Source::Busy)]);
    scene.after(FAREWELL_MAX);
    scene.expect([hang_up(OWN), close(OWN)]);
    scene.closed(DESK);
    scene.closed(OWN);
    scene.expect_end(Outcome::Busy, "busy", &[(OWN, Side::Caller)]);

    let mut scene = dialling();
    scene.after(RING_MAX);
    scene.expect([hang_up(DESK), close(DESK), hear(OWN, Source::Busy)]);
    scene.left(OWN, HangUp::Bye);
    scene.expect([close(OWN)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::NoAnswer, "nobody answered", &[]);

    let mut scene = lifted();
    let cause = Cause {
        status: 403,
        text: "such numbers may not be called",
    };
    let plan = Plan::Refuse { called: ben(None), cause };
    scene.news(OWN, News::Planned { plan });
    scene.expect([started(ben(None)), hear(OWN, Source::Busy)]);
    scene.after(FAREWELL_MAX);
    scene.expect([hang_up(OWN), close(OWN)]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Failed, cause.text, &[]);
}

#[test]
fn who_hangs_up_before_the_answer_gives_up() {
    for (how, parting) in [(HangUp::Bye, None), (HangUp::Asked, Some(hang_up(OWN)))] {
        let mut scene = dialling();
        scene.left(OWN, how);
        scene.expect([hang_up(DESK), close(DESK)].into_iter().chain(parting).chain([close(OWN)]));
        scene.after(FIGURES_MAX);
        scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
    }
}

#[test]
fn what_can_be_heard_before_the_answer_is_heard() {
    let mut scene = dialling();
    scene.news(DESK, News::Previewed { answer: sdp("answer") });
    scene.expect([accept(DESK)]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.expect([hear(OWN, Source::Leg(DESK)), hear(DESK, Source::Leg(OWN))]);
    // Hold and resume in the middle of it.
    scene.renegotiate(OWN, None, Direction::SendOnly);
    scene.expect([hear(OWN, Source::Nothing)]);
    scene.renegotiate(OWN, None, Direction::SendRecv);
    scene.expect([hear(OWN, Source::Leg(DESK))]);
    scene.news(
        OWN,
        News::Referred {
            request: Some(RequestId(3)),
            to: Handover::Number(Plan::Ring {
                called: cleo(None),
                branches: Vec::new(),
                pace: Pace::default(),
            }),
        },
    );
    scene.expect([respond(3, Cause::PENDING)]);
}

#[test]
fn a_feature_code_is_served_at_the_phone() {
    let mut scene = lifted();
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
    scene.news(OWN, News::Planned { plan });
    scene.expect([started(called), answered(None), hear(OWN, Source::Music)]);
}

#[test]
fn the_app_holds_for_a_phone_that_does_not_know() {
    let mut scene = Scene::talking();
    scene.news(DESK, News::Parked { is_on: true });
    scene.expect([hear(DESK, Source::Nothing), hear(CALLER, Source::Music)]);
    // A second time changes nothing; the phone's own hold and its end are the end of both.
    scene.news(DESK, News::Parked { is_on: true });
    scene.expect([]);
    scene.renegotiate(DESK, CALLER, Direction::SendOnly);
    scene.expect([]);
    scene.renegotiate(DESK, CALLER, Direction::SendRecv);
    scene.expect([hear(DESK, Source::Leg(CALLER)), hear(CALLER, Source::Leg(DESK))]);
    scene.news(DESK, News::Parked { is_on: true });
    scene.take();
    // Another codec is no word about the hold.
    scene.renegotiate(DESK, CALLER, Direction::SendRecv);
    scene.expect([]);
    scene.news(DESK, News::Parked { is_on: false });
    scene.expect([hear(DESK, Source::Leg(CALLER)), hear(CALLER, Source::Leg(DESK))]);
}

#[test]
fn a_phone_is_called_once_more_to_answer_by_itself() {
    let mut scene = Scene::ringing();
    let again = LegId(50);
    let is_called = scene
        .call
        .call_again(DeviceId(2), vec![branch(again, ben(Some(2)), 2)], scene.now, &mut scene.commands);
    assert!(is_called);
    scene.expect([
        hang_up_because(DESK, Cause::COMPLETED_ELSEWHERE),
        close(DESK),
        make_offer(again, 2, Some(CALLER)),
    ]);
    scene.news(again, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(again, anna(), ben(None))]);
    scene.news(again, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([
        accept(again),
        hang_up_because(WEB, Cause::COMPLETED_ELSEWHERE),
        close(WEB),
        answer_offer(CALLER, again),
    ]);
    let late = scene
        .call
        .call_again(DeviceId(3), vec![branch(WEB, ben(Some(3)), 3)], scene.now, &mut scene.commands);
    assert!(!late, "somebody has answered");
}

#[test]
fn who_declines_in_the_app_is_not_rung_any_more() {
    let mut scene = Scene::ringing();
    scene.left(WEB, HangUp::Asked);
    scene.expect([
        hang_up_because(DESK, Cause::DECLINED_ELSEWHERE),
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
fn a_caller_who_gives_up_in_the_app_is_refused_at_their_phone() {
    let mut scene = Scene::ringing();
    scene.left(CALLER, HangUp::Asked);
    scene.expect([
        hang_up(DESK),
        close(DESK),
        hang_up(WEB),
        close(WEB),
        refuse(CALLER, 487, "the call is over"),
        close(CALLER),
    ]);
    scene.after(FIGURES_MAX);
    scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
}
