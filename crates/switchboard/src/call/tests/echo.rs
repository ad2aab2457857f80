//! Echo calls: one leg, our tone, and what came back.

use model::control::{Direction, Heard};

use super::*;

/// A call to the echo by a trunk that may try twice, with its offer made.
fn calling() -> Scene {
    let now = testing::start();
    let mut commands = Vec::new();
    let branch = Branch {
        after: Duration::ZERO,
        reserves: vec![Reserve {
            leg: WEB,
            peer: peer(3),
            after: Failing::Unsuitable,
        }],
        ..branch(DESK, ben(None), 2)
    };
    let call = Call::echo(CALL, anna(), branch, now, &mut commands);
    let mut scene = Scene { call, now, commands };
    scene.expect([started(ben(None)), make_offer(DESK, 2, None)]);
    scene.news(DESK, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(DESK, anna(), ben(None))]);
    scene
}

fn answered() -> Scene {
    let mut scene = calling();
    scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
    scene.expect([accept(DESK)]);
    let direction = Direction::SendRecv;
    scene.news(DESK, News::AnswerAccepted { direction });
    scene.expect([
        Command::Journal(JournalEntry::Answered { call: CALL, device: None }),
        hear(DESK, Source::Probe),
    ]);
    scene
}

fn listened(scene: &mut Scene, sound_ms: u32, tone_ms: u32) {
    let heard = Heard { sound_ms, tone_ms };
    scene.news(DESK, News::Listened { heard });
}

/// How it is told to have ended.
fn echoed(scene: &mut Scene, leg: LegId) -> (EchoEnd, Heard) {
    scene.closed(leg);
    let told = scene.take().into_iter().find_map(|command| match command {
        Command::Echoed(echoed) => Some((echoed.end, echoed.heard)),
        _ => None,
    });
    assert!(scene.call.is_over());
    told.expect("it was told")
}

#[test]
fn a_second_of_our_own_tone_is_enough() {
    let mut scene = answered();
    listened(&mut scene, 900, 800);
    scene.expect([]);
    listened(&mut scene, 1_100, 1_000);
    scene.expect([hang_up(DESK), close(DESK)]);
    assert_eq!(echoed(&mut scene, DESK).0, EchoEnd::Answered);
}

#[test]
fn what_is_not_our_tone_is_listened_to_for_six_seconds() {
    let mut scene = answered();
    let answered_at = scene.now;
    listened(&mut scene, 3_000, 40);
    scene.now = scene.call.deadline().unwrap();
    assert_eq!(scene.now - answered_at, Duration::from_secs(6));
    scene.call.handle_timeout(scene.now, &mut scene.commands);
    scene.expect([hang_up(DESK), close(DESK)]);
    let heard = Heard {
        sound_ms: 3_000,
        tone_ms: 40,
    };
    assert_eq!(echoed(&mut scene, DESK), (EchoEnd::Answered, heard));
}

#[test]
fn nobody_is_rung_for_longer_than_fifteen_seconds() {
    let mut scene = calling();
    let begun = scene.now;
    scene.news(DESK, News::Rang);
    scene.now = scene.call.deadline().unwrap();
    assert_eq!(scene.now - begun, Duration::from_secs(15));
    scene.call.handle_timeout(scene.now, &mut scene.commands);
    scene.expect([hang_up(DESK), close(DESK)]);
    assert_eq!(echoed(&mut scene, DESK).0, EchoEnd::Unanswered);
}

#[test]
fn a_refusal_is_told_after_the_other_way_has_failed_too() {
    let mut scene = calling();
    scene.news(DESK, News::Refused { status: 488 });
    scene.expect([close(DESK), make_offer(WEB, 3, None)]);
    scene.closed(DESK);
    scene.news(WEB, News::OfferMade { offer: sdp("offer") });
    scene.expect([invite(WEB, anna(), ben(None))]);
    scene.news(WEB, News::Refused { status: 486 });
    scene.expect([close(WEB)]);
    assert_eq!(echoed(&mut scene, WEB).0, EchoEnd::Refused { status: 486 });
}

#[test]
fn an_echo_that_hangs_up_has_answered_all_the_same() {
    let mut scene = answered();
    scene.left(DESK, HangUp::Bye);
    scene.expect([close(DESK)]);
    assert_eq!(echoed(&mut scene, DESK).0, EchoEnd::Answered);
}
