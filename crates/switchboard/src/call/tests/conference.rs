//! Conferences: the door, the lobby, how the journal is told, and late words of media.

use model::Prompt;

use super::*;
use crate::call::conference::{Newcomer, Pin};
use crate::core::{Attendance, MemberDeed, Objection};
use crate::directory::{Room, RoomId};

const ONE: LegId = LegId(40);
const TWO: LegId = LegId(41);
const THREE: LegId = LegId(42);
const STORY: CallId = CallId(140);

fn room() -> Room {
    Room {
        id: RoomId(1),
        name: "Meeting room".to_owned(),
        extension: "800".to_owned(),
        pin: Some("2468".to_owned()),
        hosts: vec![UserId(1)],
        waits_for_host: false,
        has_tones: true,
        members_max: 3,
    }
}

fn venue() -> Party {
    Party {
        user: None,
        device: None,
        number: "800".to_owned(),
        name: "Meeting room".to_owned(),
    }
}

fn stranger() -> Party {
    Party {
        user: None,
        device: None,
        number: "+49305550100".to_owned(),
        name: String::new(),
    }
}

/// By which call the journal knows whoever has this leg.
fn story(leg: LegId) -> CallId {
    CallId(STORY.0 + leg.0 - ONE.0)
}

fn empty() -> Scene {
    let (now, commands) = (testing::start(), Vec::new());
    let call = Call::meet(CALL, &room(), RING_MAX);
    Scene { call, now, commands }
}

/// Somebody calls; their INVITE is being answered.
fn calls(scene: &mut Scene, leg: LegId, party: Party, room: Room) {
    calls_and(scene, leg, party, room, []);
}

/// The same, which changes something for others.
fn calls_and(scene: &mut Scene, leg: LegId, party: Party, room: Room, others: impl IntoIterator<Item = Command>) {
    let newcomer = Newcomer {
        is_host: party.user.is_some_and(|user| room.hosts.contains(&user)),
        pin: room.pin.clone().filter(|_| party.user.is_none()).map(Pin),
        caller: Caller {
            leg,
            party: party.clone(),
            peer: peer(9),
            offer: Some(sdp("offer")),
        },
        story: story(leg),
    };
    scene.call.enter(room, newcomer, scene.now, &mut scene.commands);
    let begun = [
        Command::Journal(JournalEntry::Started {
            call: story(leg),
            caller: party,
            called: venue(),
        }),
        Command::Media(Media::ReceiveOffer {
            call: CALL,
            leg,
            peer: peer(9),
            offer: sdp("offer"),
        }),
        answer_offer(leg, None),
    ];
    scene.expect(begun.into_iter().chain(others));
}

/// Their audio is up: what they hear first.
fn is_up(scene: &mut Scene, leg: LegId, hears: impl IntoIterator<Item = Command>) {
    scene.news(leg, News::OfferAnswered { answer: sdp("answer") });
    let answered = [
        Command::Answer { leg, sdp: sdp("answer") },
        Command::Journal(JournalEntry::Answered {
            call: story(leg),
            device: None,
        }),
    ];
    scene.expect(answered.into_iter().chain(hears));
}

fn in_conference(leg: LegId, is_muted: bool) -> Command {
    hear(leg, Source::Conference { is_muted })
}

fn chime(leg: LegId, chime: control::Chime) -> Command {
    Command::Media(Media::Chime { leg, chime })
}

fn tell(leg: LegId, prompt: Prompt) -> Command {
    Command::Tell { leg, prompt }
}

/// The first one is asked for the PIN.
fn asked() -> [Command; 2] {
    [hear(ONE, Source::Prompt), tell(ONE, Prompt::EnterPin)]
}

fn comes(scene: &mut Scene, leg: LegId, party: Party) {
    calls(scene, leg, party, room());
    scene.news(leg, News::OfferAnswered { answer: sdp("answer") });
    scene.take();
}

fn ended(leg: LegId, outcome: Outcome, reason: &'static str, has_figures: bool) -> Command {
    let legs = has_figures.then(|| (leg, Side::Caller, Box::default()));
    Command::Journal(JournalEntry::Ended {
        call: story(leg),
        outcome,
        reason,
        legs: legs.into_iter().collect(),
    })
}

fn press(scene: &mut Scene, leg: LegId, keys: &str) {
    for key in keys.chars() {
        let digit = control::Digit::from_char(key).unwrap();
        scene.news(leg, News::Keyed { digit });
    }
}

fn presence(scene: &Scene) -> Vec<(LegId, Attendance)> {
    let view = scene.call.conference_view().expect("a conference");
    view.members.iter().map(|member| (member.leg, member.presence)).collect()
}

#[test]
fn one_of_us_comes_in_at_once_and_the_journal_is_told_with_the_last_figures() {
    let mut scene = empty();
    calls(&mut scene, ONE, anna(), room());
    assert_eq!(presence(&scene), [], "she is not there yet");
    let first = [
        in_conference(ONE, false),
        chime(ONE, control::Chime::Entered),
        tell(ONE, Prompt::FirstInConference),
    ];
    is_up(&mut scene, ONE, first);
    assert_eq!(presence(&scene), [(ONE, Attendance::Present)]);
    calls(&mut scene, TWO, ben(Some(2)), room());
    is_up(&mut scene, TWO, [in_conference(TWO, false), chime(ONE, control::Chime::Entered)]);
    scene.left(ONE, HangUp::Bye);
    scene.expect([close(ONE), chime(TWO, control::Chime::Left)]);
    scene.closed(ONE);
    scene.expect([ended(ONE, Outcome::Answered, "caller hung up", true)]);
    scene.left(TWO, HangUp::FlowLost);
    scene.expect([close(TWO)]);
    assert!(!scene.call.is_over(), "the last figures are on their way");
    scene.closed(TWO);
    scene.expect([ended(TWO, Outcome::Answered, "caller's connection was lost", true)]);
    assert!(scene.call.is_over());
}

#[test]
fn a_stranger_is_asked_for_the_pin_and_comes_in_with_it() {
    let mut scene = empty();
    calls(&mut scene, ONE, stranger(), room());
    is_up(&mut scene, ONE, asked());
    press(&mut scene, ONE, "2");
    scene.expect([hear(ONE, Source::Nothing)]);
    // The same key in signalling counts once.
    scene.news(
        ONE,
        News::Pressed {
            digit: control::Digit::from_char('2').unwrap(),
            duration_ms: 100,
        },
    );
    press(&mut scene, ONE, "468");
    assert_eq!(presence(&scene), [], "nobody sees who has not shown the PIN");
    press(&mut scene, ONE, "#");
    let first = [
        in_conference(ONE, false),
        chime(ONE, control::Chime::Entered),
        tell(ONE, Prompt::FirstInConference),
    ];
    scene.expect(first);
    // Keys are nothing to the others.
    press(&mut scene, ONE, "5");
    scene.left(ONE, HangUp::Bye);
    scene.take();
    scene.closed(ONE);
    scene.take();
}

#[test]
fn after_three_wrong_pins_a_stranger_is_hung_up() {
    let mut scene = empty();
    calls(&mut scene, ONE, stranger(), room());
    is_up(&mut scene, ONE, asked());
    for (index, wrong) in ["1111#", "#", "12345678901234"].into_iter().enumerate() {
        press(&mut scene, ONE, wrong);
        let silence = (wrong.len() > 1).then(|| hear(ONE, Source::Nothing));
        let told = [Command::WrongPin, hear(ONE, Source::Rejection), tell(ONE, Prompt::WrongPin)];
        scene.expect(silence.into_iter().chain(told));
        // Whoever types on meanwhile is not heard.
        press(&mut scene, ONE, "2468#");
        match index {
            0 => scene.after(Duration::from_secs(3)),
            _ => scene.news(ONE, News::Played),
        }
        if index < 2 {
            scene.expect(asked());
        }
    }
    scene.expect([hang_up(ONE), close(ONE)]);
    scene.closed(ONE);
    scene.expect([ended(ONE, Outcome::Answered, "the PIN was wrong", true)]);
    assert!(scene.call.is_over());
}

#[test]
fn silence_at_the_door_is_no_guess_and_the_last_key_is_not_needed() {
    let mut scene = empty();
    calls(&mut scene, ONE, stranger(), room());
    is_up(&mut scene, ONE, asked());
    scene.after(Duration::from_secs(10));
    scene.expect([hear(ONE, Source::Rejection)]);
    scene.after(Duration::from_millis(1_500));
    scene.expect(asked());
    press(&mut scene, ONE, "2468");
    scene.take();
    scene.after(Duration::from_secs(10));
    let first = [
        in_conference(ONE, false),
        chime(ONE, control::Chime::Entered),
        tell(ONE, Prompt::FirstInConference),
    ];
    scene.expect(first);
}

#[test]
fn strangers_at_the_door_take_nobodys_place_and_find_none_where_there_is_none() {
    let mut scene = empty();
    for (leg, party) in [(ONE, anna()), (TWO, ben(Some(2)))] {
        comes(&mut scene, leg, party);
    }
    comes(&mut scene, THREE, stranger());
    assert!(scene.call.has_room_for(false));
    comes(&mut scene, LegId(43), cleo(Some(4)));
    assert!(!scene.call.has_room_for(false) && scene.call.has_room_for(true));
    press(&mut scene, THREE, "2468#");
    let full = Cause::ROOM_FULL;
    scene.expect([hear(THREE, Source::Nothing), hang_up_because(THREE, full), close(THREE)]);
    for index in 0..16 {
        assert!(scene.call.has_room_for(true), "the {index}th");
        comes(&mut scene, LegId(50 + index), stranger());
    }
    assert!(!scene.call.has_room_for(true));
}

#[test]
fn words_of_media_for_somebody_who_has_left_come_too_late() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    calls(&mut scene, TWO, ben(Some(2)), room());
    scene.left(TWO, HangUp::Cancel);
    scene.expect([close(TWO)]);
    let reason = Failure::IceFailed;
    for late in [
        News::OfferAnswered { answer: sdp("answer") },
        News::MediaFailed { reason },
        News::HungUp { how: HangUp::Bye },
    ] {
        scene.news(TWO, late);
        scene.expect([]);
    }
    scene.closed(TWO);
    scene.expect([ended(TWO, Outcome::Cancelled, "caller hung up", false)]);
    scene.closed(TWO);
    scene.expect([]);
    assert_eq!(presence(&scene), [(ONE, Attendance::Present)]);
}

#[test]
fn figures_that_never_come_are_not_waited_for() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    comes(&mut scene, TWO, ben(Some(2)));
    scene.left(ONE, HangUp::Bye);
    scene.take();
    assert_eq!(scene.call.deadline(), Some(scene.now + FIGURES_MAX));
    scene.after(FIGURES_MAX);
    scene.expect([ended(ONE, Outcome::Answered, "caller hung up", false)]);
    assert_eq!(scene.call.deadline(), None);
    // They come after all.
    scene.closed(ONE);
    scene.expect([]);
}

#[test]
fn audio_that_never_comes_up_or_breaks_is_that_members_affair() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    calls(&mut scene, TWO, ben(Some(2)), room());
    scene.after(ANSWERING_MAX);
    scene.expect([refuse(TWO, 500, "the audio inside farend did not answer"), close(TWO)]);
    scene.closed(TWO);
    scene.expect([ended(TWO, Outcome::Failed, "the audio inside farend did not answer", false)]);
    comes(&mut scene, THREE, cleo(Some(3)));
    let reason = Failure::IceFailed;
    scene.news(THREE, News::MediaFailed { reason });
    let cause = Cause {
        status: 503,
        text: "no way for the audio was found",
    };
    scene.expect([hang_up_because(THREE, cause), close(THREE), chime(ONE, control::Chime::Left)]);
    assert_eq!(presence(&scene), [(ONE, Attendance::Present)]);
}

#[test]
fn who_is_muted_or_holds_hears_and_is_heard_as_they_should() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    comes(&mut scene, TWO, ben(Some(2)));
    let mute = |scene: &mut Scene, by, is_on| {
        let deed = MemberDeed::Mute { is_on };
        scene.call.do_to_member(by, TWO, deed, scene.now, &mut scene.commands)
    };
    assert_eq!(mute(&mut scene, ONE, true), Ok(()), "she leads");
    scene.expect([in_conference(TWO, true)]);
    assert_eq!(mute(&mut scene, TWO, true), Ok(()));
    scene.expect([]);
    scene.renegotiate(TWO, None, Direction::SendOnly);
    scene.expect([hear(TWO, Source::Nothing)]);
    assert_eq!(presence(&scene)[1], (TWO, Attendance::Away));
    scene.renegotiate(TWO, None, Direction::SendRecv);
    scene.expect([in_conference(TWO, true)]);
    assert_eq!(
        mute(&mut scene, LegId(99), false),
        Err(Objection::Refused("only who leads the conference may do this"))
    );
}

#[test]
fn the_lobby_follows_the_last_host() {
    let waiting = || Room {
        waits_for_host: true,
        ..room()
    };
    let mut scene = empty();
    calls(&mut scene, ONE, ben(Some(2)), waiting());
    is_up(&mut scene, ONE, [hear(ONE, Source::Music), tell(ONE, Prompt::WaitForHost)]);
    calls(&mut scene, TWO, anna(), waiting());
    is_up(
        &mut scene,
        TWO,
        [
            in_conference(ONE, false),
            in_conference(TWO, false),
            chime(ONE, control::Chime::Entered),
        ],
    );
    scene.left(TWO, HangUp::Bye);
    scene.expect([close(TWO), hear(ONE, Source::Music), tell(ONE, Prompt::WaitForHost)]);
    scene.closed(TWO);
    scene.expect([ended(TWO, Outcome::Answered, "caller hung up", true)]);
    let nobody = Room {
        hosts: Vec::new(),
        ..waiting()
    };
    // Nobody leads the room any more: there is nobody to wait for.
    let entered = chime(ONE, control::Chime::Entered);
    let ben_comes_in = [in_conference(ONE, false), entered.clone(), tell(ONE, Prompt::FirstInConference)];
    calls_and(&mut scene, THREE, cleo(Some(3)), nobody, ben_comes_in);
    is_up(&mut scene, THREE, [in_conference(THREE, false), entered]);
}

#[test]
fn a_transfer_out_of_a_conference_is_refused() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    let to = Handover::Number(Plan::Refuse {
        called: ben(None),
        cause: Cause::BUSY,
    });
    let request = Some(RequestId(5));
    scene.news(ONE, News::Referred { request, to });
    scene.expect([respond(5, Cause::NOBODY_TO_TRANSFER)]);
    assert_eq!(scene.call.peer_of(ONE), None);
}

#[test]
fn whoever_is_removed_hears_so_and_is_hung_up() {
    for is_played in [true, false] {
        let mut scene = empty();
        comes(&mut scene, ONE, anna());
        comes(&mut scene, TWO, ben(Some(2)));
        assert_eq!(
            scene
                .call
                .do_to_member(ONE, TWO, MemberDeed::Remove, scene.now, &mut scene.commands),
            Ok(())
        );
        let told = [
            hear(TWO, Source::Nothing),
            chime(ONE, control::Chime::Left),
            tell(TWO, Prompt::Removed),
        ];
        scene.expect(told);
        assert_eq!(presence(&scene), [(ONE, Attendance::Present)]);
        let again = scene
            .call
            .do_to_member(ONE, TWO, MemberDeed::Remove, scene.now, &mut scene.commands);
        assert_eq!(again, Err(Objection::NotNow));
        if is_played {
            scene.news(TWO, News::Played);
        } else {
            scene.after(Duration::from_millis(4_999));
            scene.expect([]);
            scene.after(Duration::from_millis(1));
        }
        scene.expect([hang_up(TWO), close(TWO)]);
        scene.closed(TWO);
        scene.expect([ended(TWO, Outcome::Answered, "removed from the conference", true)]);
    }
}

#[test]
fn whoever_is_removed_and_hears_nothing_is_hung_up_at_once() {
    let mut scene = empty();
    comes(&mut scene, ONE, anna());
    calls(&mut scene, TWO, ben(Some(2)), room());
    assert_eq!(
        scene
            .call
            .do_to_member(ONE, TWO, MemberDeed::Remove, scene.now, &mut scene.commands),
        Ok(())
    );
    assert!(!scene.take().contains(&tell(TWO, Prompt::Removed)));
    assert!(scene.call.legs().all(|leg| leg.id != TWO));
}
