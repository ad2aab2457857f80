//! What is heard in a menu, and what keys do.

use model::AnnouncementId;
use model::control::Source;
use sim::Want;
use switchboard::core::CallState;

use super::*;

#[test]
fn a_key_during_the_greeting_leads_to_somebody_and_they_talk() {
    let mut world = world(vec![with_keys(menu(1), &[('2', number("102"))])]);
    call(&mut world, "101-desk", "501");
    assert!(world.phone("101-desk").talks(), "the menu answers");
    assert_eq!(world.media.plays(only_leg(&world)), [prompt(Prompt::Welcome)]);
    press(&mut world, "101-desk", "2");
    assert_rings(&world, &["102-desk"]);
    let caller = world.media.legs()[0];
    assert_eq!(world.media.hears(caller), Some(Source::RingBack));
    assert_eq!(world.media.plays(caller), []);
    let seen = world.calls_of(ANNA);
    assert_eq!((seen[0].state, seen[0].other.number.as_str()), (CallState::Dialling, "102"));
    world.act(Act::Answer("102-desk"));
    world.run_ms(500);
    assert_talk(&world, ["101-desk", "102-desk"]);
    assert!(
        world.phone("101-desk").identified.last().unwrap().contains("Ben"),
        "{}",
        world.trace()
    );
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    assert_eq!(
        stories(&world),
        ["101 to 501, answered, 501 to 102: Answered", "101 to 102, answered at 3: Answered"],
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}

#[test]
fn keys_in_the_audio_and_by_info_are_understood_and_one_counts_once() {
    for by_info in [true, false] {
        let keys = [('1', Choice::Again), ('2', number("102")), ('3', number("103"))];
        let mut world = world(vec![with_keys(menu(1), &keys)]);
        call(&mut world, "101-desk", "501");
        let ways: [fn(&mut World, char); 2] = [
            |world, key| press(world, "101-desk", &key.to_string()),
            |world, key| key_in_audio(world, 0, key),
        ];
        let (first, second) = if by_info { (0, 1) } else { (1, 0) };
        ways[first](&mut world, '1');
        ways[second](&mut world, '1');
        assert_says(&world, &[Prompt::Welcome, Prompt::Welcome]);
        ways[first](&mut world, '2');
        ways[second](&mut world, '3');
        assert_rings(&world, &["102-desk"]);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn an_extension_may_be_dialled_in_place_of_a_key() {
    let keys = [('1', number("103"))];
    let extensions = Menu {
        takes_extensions: true,
        ..with_keys(menu(1), &keys)
    };
    let company = || world(vec![extensions.clone()]);
    let mut world = company();
    call(&mut world, "101-desk", "501");
    assert_says(&world, &[Prompt::Welcome, Prompt::DialExtension]);
    press(&mut world, "101-desk", "102");
    assert_rings(&world, &["102-desk"]);
    assert_nothing_left(&mut world);
    // A key that extensions begin with counts after a while, or with `#`.
    for hurries in [true, false] {
        let mut world = company();
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "1");
        assert_rings(&world, &[]);
        if hurries {
            press(&mut world, "101-desk", "#");
        } else {
            world.run_ms(2_600);
        }
        assert_rings(&world, &["103-desk"]);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn what_means_nothing_is_said_to_be_impossible_and_the_menu_begins_again() {
    let mut world = world(vec![with_keys(menu(1), &[('1', number("102"))])]);
    call(&mut world, "101-desk", "501");
    press(&mut world, "101-desk", "9");
    assert_says(&world, &[Prompt::Welcome, Prompt::TryAgain]);
    world.run_ms(1_500);
    assert_says(&world, &[Prompt::Welcome, Prompt::TryAgain, Prompt::Welcome]);
    assert_nothing_left(&mut world);
}

#[test]
fn who_presses_nothing_hears_the_greeting_as_often_as_it_is_set() {
    let silent = Menu {
        plays_max: 2,
        waits_s: 3,
        otherwise: number("103"),
        ..with_keys(menu(1), &[('1', number("102"))])
    };
    let mut world = world(vec![silent]);
    call(&mut world, "101-desk", "501");
    world.run_ms(4_300);
    assert_says(&world, &[Prompt::Welcome, Prompt::Welcome]);
    assert_rings(&world, &[]);
    world.run_ms(4_500);
    assert_rings(&world, &["103-desk"]);
    // What happens at the end happens once: then it is over.
    world.act(Act::HangUp("103-desk"));
    world.run_ms(5_000);
    assert_says(&world, &[Prompt::Welcome, Prompt::Welcome, Prompt::NobodyAnswers, Prompt::Goodbye]);
    assert!(!world.phone("101-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn an_announcement_is_heard_and_that_is_all() {
    let announcement = Menu {
        greeting: Some(AnnouncementId(7)),
        plays_max: 3,
        ..menu(1)
    };
    let mut world = world(vec![announcement]);
    call(&mut world, "101-desk", "501");
    press(&mut world, "101-desk", "5");
    assert_eq!(said(&world), [Sound::Announcement(AnnouncementId(7))], "there is nothing to press");
    world.run_ms(3_000);
    assert_eq!(said(&world)[1..], [prompt(Prompt::Goodbye)]);
    assert!(!world.phone("101-desk").talks(), "{}", world.trace());
    assert_eq!(stories(&world), ["101 to 501, answered: Answered"]);
    assert_nothing_left(&mut world);
}

#[test]
fn announcements_behind_keys_lead_back_to_the_menu() {
    let keys = [('1', Choice::Hear(AnnouncementId(3))), ('9', Choice::HangUp)];
    let mut world = world(vec![with_keys(menu(1), &keys)]);
    call(&mut world, "101-desk", "501");
    for _ in 0..4 {
        press(&mut world, "101-desk", "1");
        world.run_ms(1_600);
    }
    let heard: Vec<Sound> = [prompt(Prompt::Welcome), Sound::Announcement(AnnouncementId(3))].repeat(4);
    assert_eq!(said(&world)[..8], heard, "whoever presses something is not sent away");
    press(&mut world, "101-desk", "9");
    world.run_ms(2_000);
    assert_eq!(said(&world).last(), Some(&prompt(Prompt::Goodbye)));
    assert_nothing_left(&mut world);
}

#[test]
fn keys_of_the_app_count_and_a_hold_disturbs_nothing() {
    let mut world = world(vec![with_keys(menu(1), &[('2', number("102"))])]);
    call(&mut world, "101-desk", "501");
    world.act(Act::Offer("101-desk", model::control::Direction::SendOnly));
    world.run_ms(200);
    world.act(Act::Offer("101-desk", model::control::Direction::SendRecv));
    world.run_ms(200);
    assert!(world.want(ANNA, Want::Keys("2")).is_ok());
    world.run_ms(300);
    assert_rings(&world, &["102-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn menus_speak_their_language() {
    let german = Menu {
        language: Some(model::Language::German),
        ..menu(1)
    };
    let mut world = world(vec![german]);
    call(&mut world, "101-desk", "501");
    let language = model::Language::German;
    let prompt = Prompt::Welcome;
    assert_eq!(said(&world), [Sound::Prompt { prompt, language }]);
    assert_nothing_left(&mut world);
}
