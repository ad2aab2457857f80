//! Somebody else answers a call that rings: by an INVITE of theirs, or by a phone that is called.

use super::*;

const PICKER: LegId = LegId(40);
const OTHER: LegId = LegId(41);

fn here(leg: LegId, party: Party, offer: Option<&str>) -> Picker {
    Picker::Here(Box::new(Caller {
        leg,
        party,
        peer: peer(5),
        offer: offer.map(sdp),
    }))
}

fn at_phone() -> Picker {
    Picker::At {
        who: cleo(None),
        branches: vec![branch(PICKER, cleo(Some(4)), 5)],
    }
}

fn pick_up(scene: &mut Scene, picker: Picker) -> bool {
    scene.call.pick_up(picker, scene.now, &mut scene.commands)
}

fn receive_offer(leg: LegId) -> Command {
    Command::Media(Media::ReceiveOffer {
        call: CALL,
        leg,
        peer: peer(5),
        offer: sdp("offer of picker"),
    })
}

/// Cleo has dialled the code while it rings at Ben.
fn picking() -> Scene {
    let mut scene = Scene::ringing();
    assert!(pick_up(&mut scene, here(PICKER, cleo(Some(4)), Some("offer of picker"))));
    scene.expect([receive_offer(PICKER), answer_offer(PICKER, CALLER)]);
    scene
}

/// Her audio is there: the phones stop, the caller is answered.
fn arrives(scene: &mut Scene) {
    scene.news(PICKER, News::OfferAnswered { answer: sdp("answer") });
    scene.expect([
        Command::Answer {
            leg: PICKER,
            sdp: sdp("answer"),
        },
        hang_up_because(DESK, Cause::COMPLETED_ELSEWHERE),
        close(DESK),
        hang_up_because(WEB, Cause::COMPLETED_ELSEWHERE),
        close(WEB),
        answer_offer(CALLER, PICKER),
    ]);
}

fn introduced() -> [Command; 2] {
    [
        Command::Identify {
            leg: CALLER,
            party: cleo(Some(4)),
        },
        Command::Identify {
            leg: PICKER,
            party: anna(),
        },
    ]
}

fn bridged() -> [Command; 2] {
    [hear(CALLER, Source::Leg(PICKER)), hear(PICKER, Source::Leg(CALLER))]
}

fn caller_is_up(scene: &mut Scene) {
    scene.news(CALLER, News::OfferAnswered { answer: sdp("answer") });
    let answer = Command::Answer {
        leg: CALLER,
        sdp: sdp("answer"),
    };
    scene.expect([answer, answered(Some(4))].into_iter().chain(introduced()).chain(bridged()));
}

#[test]
fn the_phones_stop_once_the_colleagues_audio_is_up_and_both_learn_whom_they_talk_to() {
    let mut scene = picking();
    arrives(&mut scene);
    caller_is_up(&mut scene);
    for leg in [DESK, WEB] {
        scene.closed(leg);
    }
    scene.left(PICKER, HangUp::Bye);
    scene.expect([close(PICKER), hang_up(CALLER), close(CALLER)]);
    scene.closed(PICKER);
    scene.closed(CALLER);
    let legs = [(CALLER, Side::Caller), (PICKER, Side::Called)];
    scene.expect_end(Outcome::Answered, "called party hung up", &legs);
}

#[test]
fn a_phone_that_is_called_for_it_is_one_of_them() {
    let mut scene = Scene::ringing();
    assert!(pick_up(&mut scene, at_phone()));
    scene.expect([make_offer(PICKER, 5, Some(CALLER))]);
    scene.news(PICKER, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(PICKER, anna(), cleo(None))]);
    scene.news(PICKER, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(PICKER)]);
    let direction = Direction::SendRecv;
    scene.news(PICKER, News::AnswerAccepted { direction });
    let stops = [DESK, WEB].map(|leg| [hang_up_because(leg, Cause::COMPLETED_ELSEWHERE), close(leg)]);
    scene.expect(stops.into_iter().flatten().chain([answer_offer(CALLER, PICKER)]));
    caller_is_up(&mut scene);
}

#[test]
fn a_phone_that_answers_first_has_it_and_the_colleague_is_refused() {
    let mut scene = picking();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([
        accept(DESK),
        refuse(PICKER, 480, "somebody else was faster"),
        close(PICKER),
        hang_up_because(WEB, Cause::COMPLETED_ELSEWHERE),
        close(WEB),
        answer_offer(CALLER, DESK),
    ]);
}

#[test]
fn of_two_colleagues_the_first_whose_audio_is_up_has_it() {
    let mut scene = picking();
    assert!(pick_up(&mut scene, here(OTHER, ben(Some(9)), Some("offer of picker"))));
    scene.expect([receive_offer(OTHER), answer_offer(OTHER, CALLER)]);
    scene.news(PICKER, News::OfferAnswered { answer: sdp("answer") });
    let commands = scene.take();
    assert_eq!(commands[1..3], [refuse(OTHER, 480, "somebody else was faster"), close(OTHER)]);
    scene.closed(OTHER);
    assert!(!scene.call.knows(OTHER));
}

#[test]
fn a_colleague_who_leaves_or_fails_before_leaves_it_ringing() {
    let failures = [
        (News::HungUp { how: HangUp::Cancel }, None),
        (News::HungUp { how: HangUp::FlowLost }, None),
        (
            News::OfferRefused {
                reason: control::Refusal::NotAcceptable,
            },
            Some(refuse(PICKER, 488, "no audio format in common")),
        ),
        (News::Removed, Some(refuse(PICKER, 403, "this phone was removed"))),
    ];
    for (news, refused) in failures {
        let mut scene = picking();
        scene.news(PICKER, news);
        scene.expect(refused.into_iter().chain([close(PICKER)]));
        scene.closed(PICKER);
        assert!(!scene.call.knows(PICKER) && scene.call.knows(DESK) && scene.call.rung().is_some());
        scene.left(CALLER, HangUp::Cancel);
        scene.take();
    }
    let mut scene = picking();
    scene.after(ANSWERING_MAX);
    scene.expect([refuse(PICKER, 500, "the audio inside farend did not answer"), close(PICKER)]);
    assert!(scene.call.rung().is_some());
}

#[test]
fn when_the_phones_have_refused_the_colleague_is_waited_for() {
    for (arrives, outcome) in [(true, None), (false, Some(Outcome::Busy))] {
        let mut scene = picking();
        for leg in [DESK, WEB] {
            scene.news(leg, News::Refused { status: 486 });
            scene.expect([close(leg)]);
            scene.closed(leg);
        }
        assert!(scene.call.rung().is_some());
        if arrives {
            scene.news(PICKER, News::OfferAnswered { answer: sdp("answer") });
            let answer = Command::Answer {
                leg: PICKER,
                sdp: sdp("answer"),
            };
            scene.expect([answer, answer_offer(CALLER, PICKER)]);
        } else {
            scene.left(PICKER, HangUp::Cancel);
            scene.expect([close(PICKER), refuse(CALLER, 486, "busy"), close(CALLER)]);
            scene.closed(PICKER);
            scene.closed(CALLER);
        }
        if let Some(outcome) = outcome {
            scene.expect_end(outcome, "busy", &[]);
        }
    }
}

#[test]
fn it_rings_on_at_the_last_moment_until_the_colleague_is_there_or_not() {
    let mut scene = Scene::ringing();
    scene.after(RING_MAX - Duration::from_secs(1));
    scene.expect([]);
    assert!(pick_up(&mut scene, here(PICKER, cleo(Some(4)), Some("offer of picker"))));
    scene.take();
    scene.after(Duration::from_secs(2));
    scene.expect([]);
    arrives(&mut scene);
    caller_is_up(&mut scene);
}

#[test]
fn a_caller_who_gives_up_ends_it_for_the_colleague_too() {
    let mut scene = picking();
    scene.left(CALLER, HangUp::Cancel);
    scene.expect([
        refuse(PICKER, 487, "the call is over"),
        close(PICKER),
        hang_up(DESK),
        close(DESK),
        hang_up(WEB),
        close(WEB),
        close(CALLER),
    ]);
    for leg in [PICKER, DESK, WEB, CALLER] {
        scene.closed(leg);
    }
    scene.expect_end(Outcome::Cancelled, "caller gave up", &[]);
}

#[test]
fn a_colleague_who_hangs_up_before_the_caller_is_up_ends_the_call() {
    let mut scene = picking();
    arrives(&mut scene);
    scene.left(PICKER, HangUp::Bye);
    scene.expect([refuse(CALLER, 480, "the other party hung up"), close(CALLER), close(PICKER)]);
}

#[test]
fn what_does_not_ring_cannot_be_picked_up_and_not_by_any_number_at_once() {
    let mut scene = Scene::talking();
    assert!(!pick_up(&mut scene, at_phone()));
    scene.expect([]);
    let mut scene = Scene::ringing();
    for number in 0..8 {
        assert!(pick_up(&mut scene, here(LegId(50 + number), cleo(Some(4)), None)));
    }
    scene.take();
    assert!(!pick_up(&mut scene, here(PICKER, cleo(Some(4)), None)));
    scene.expect([]);
    scene.call.end(Cause::STOPPING, scene.now, &mut scene.commands);
    let refused = |command: &Command| matches!(command, Command::Refuse { .. });
    assert_eq!(
        scene.take().iter().filter(|command| refused(command)).count(),
        9,
        "the caller as well"
    );
}
