//! Simulated calls: everything that can go wrong is noticed in time, and what is as it should be makes no trouble in ten hours.

mod world;

use std::time::Duration;

use model::LegId;

use self::world::{Injection, Style, World, start};
use super::*;

/// What the acceptance of this asks for, and a report that comes a moment late.
const NOTICED_MAX: Duration = Duration::from_secs(3);

/// What is raised first after the injection, and after how long.
fn first_after(injection: Injection, kinds: [PeerKind; 2], seed: u64) -> Option<(Duration, Silence)> {
    let mut world = World::new(kinds, [Style::Continuous; 2], seed);
    let early = world.run(Duration::from_millis(8_000 + seed * 37 % 1_000));
    assert_eq!(early, [], "seed {seed}");
    world.inject(injection);
    let news = world.run(Duration::from_secs(20));
    news.iter().find_map(|(after, news)| match news {
        News::Raised(silence) => Some((*after, *silence)),
        News::Ended(_) => None,
    })
}

#[test]
fn every_fault_is_noticed_within_three_seconds_in_its_direction_and_stage() {
    use PeerKind::{Browser, Phone, Trunk};
    let (a, b) = (LegId(1), LegId(2));
    let from_a = |stage| Silence {
        from: Some(a),
        to: Some(b),
        stage,
    };
    let to_a = |stage| Silence {
        from: Some(b),
        to: Some(a),
        stage,
    };
    let cases = [
        (Injection::MicrophoneMuted, [Browser, Phone], from_a(Stage::Microphone)),
        (Injection::MicrophoneEnded, [Browser, Trunk], from_a(Stage::Microphone)),
        (Injection::MicrophoneZero, [Browser, Browser], from_a(Stage::Microphone)),
        (Injection::DroppedIn, [Browser, Phone], from_a(Stage::NetworkIn)),
        (Injection::DroppedIn, [Phone, Browser], from_a(Stage::NetworkIn)),
        (Injection::DroppedIn, [Trunk, Phone], from_a(Stage::NetworkIn)),
        (Injection::DroppedOut, [Browser, Phone], to_a(Stage::NetworkOut)),
        (Injection::DroppedOutForGood, [Browser, Phone], to_a(Stage::NetworkOut)),
        (Injection::DroppedOutForGood, [Browser, Browser], to_a(Stage::NetworkOut)),
        (Injection::WrongAddress, [Phone, Browser], from_a(Stage::WrongAddress)),
        (Injection::WrongAddress, [Trunk, Browser], from_a(Stage::WrongAddress)),
        (Injection::Undecryptable, [Phone, Browser], from_a(Stage::Decryption)),
        (Injection::Undecryptable, [Browser, Phone], from_a(Stage::Decryption)),
        (Injection::Undecodable, [Phone, Browser], from_a(Stage::Decoding)),
        (Injection::Silent, [Browser, Phone], from_a(Stage::Sender)),
        (Injection::DigitalSilence, [Phone, Browser], from_a(Stage::SilentAudio)),
        (Injection::OutputLost, [Browser, Phone], to_a(Stage::Output)),
    ];
    for (injection, kinds, expected) in cases {
        for seed in 0..100 {
            let found = first_after(injection, kinds, seed);
            let (after, silence) = found.unwrap_or_else(|| panic!("{injection:?} of {kinds:?}, seed {seed}: unnoticed"));
            assert_eq!(silence, expected, "{injection:?} of {kinds:?}, seed {seed}");
            assert!(after <= NOTICED_MAX, "{injection:?} of {kinds:?}, seed {seed}: {after:?}");
        }
    }
}

/// A phone that falls silent cannot be told from a network that does before its next report: that corrects the stage.
#[test]
fn a_phone_that_falls_silent_is_noticed_at_once_and_named_with_its_next_report() {
    for seed in 0..100 {
        let mut world = World::new([PeerKind::Phone, PeerKind::Browser], [Style::Continuous; 2], seed);
        world.run(Duration::from_secs(20));
        world.inject(Injection::Silent);
        let news = world.run(Duration::from_secs(20));
        let raised: Vec<_> = news
            .iter()
            .filter_map(|(after, news)| match news {
                News::Raised(silence) => Some((*after, silence.stage)),
                News::Ended(_) => None,
            })
            .collect();
        assert!(raised[0].0 <= NOTICED_MAX, "seed {seed}: {raised:?}");
        assert_eq!(
            raised.last().map(|(_, stage)| *stage),
            Some(Stage::Sender),
            "seed {seed}: {raised:?}"
        );
        assert!(raised.len() <= 2, "seed {seed}: {raised:?}");
    }
}

/// Phones tell by RTCP alone, every five seconds, give or take half; and a report may be lost.
#[test]
fn a_phone_that_hears_nothing_is_noticed_with_its_next_report() {
    for seed in 0..100 {
        let (after, silence) = first_after(Injection::DroppedOut, [PeerKind::Phone, PeerKind::Browser], seed).expect("noticed");
        assert_eq!((silence.stage, silence.to), (Stage::NetworkOut, Some(LegId(1))), "seed {seed}");
        assert!(after <= Duration::from_millis(17_000), "seed {seed}: {after:?}");
    }
}

#[test]
fn a_phone_that_never_says_anything_is_noticed_within_three_seconds_of_the_answer() {
    for (kind, injection) in [
        (PeerKind::Phone, Injection::DroppedIn),
        (PeerKind::Trunk, Injection::WrongAddress),
        (PeerKind::Phone, Injection::DigitalSilence),
    ] {
        for seed in 0..50 {
            let mut world = World::new([kind, PeerKind::Phone], [Style::Continuous; 2], seed);
            world.inject(injection);
            let news = world.run(Duration::from_secs(4));
            assert!(
                matches!(news[..], [(after, News::Raised(_))] if after <= NOTICED_MAX),
                "{injection:?}, seed {seed}: {news:?}"
            );
        }
    }
}

#[test]
fn what_comes_back_ends_the_trouble() {
    for injection in [
        Injection::MicrophoneMuted,
        Injection::DroppedIn,
        Injection::DroppedOut,
        Injection::Undecryptable,
        Injection::OutputLost,
    ] {
        let mut world = World::new([PeerKind::Browser, PeerKind::Phone], [Style::Continuous; 2], 7);
        world.run(Duration::from_secs(5));
        world.inject(injection);
        let raised = world.run(Duration::from_secs(5));
        world.inject(Injection::None);
        let ended = world.run(Duration::from_secs(3));
        assert!(matches!(raised[..], [(_, News::Raised(_))]), "{injection:?}: {raised:?}");
        assert!(
            matches!(ended[..], [(after, News::Ended(_))] if after <= Duration::from_secs(2)),
            "{injection:?}: {ended:?}"
        );
    }
}

/// Holds, mutes, re-INVITEs, transfers, ICE restarts, stumbling networks, 2 % of loss; phones that suppress silence in three ways.
#[test]
fn ten_hours_of_healthy_calls_raise_no_alarm() {
    use PeerKind::{Browser, Phone, Trunk};
    let styles = [Style::Continuous, Style::ComfortNoise, Style::Stops, Style::Discontinuous];
    let kinds = [[Browser, Phone], [Browser, Browser], [Phone, Trunk], [Trunk, Browser]];
    let mut minutes = 0;
    for seed in 0..120_u64 {
        let index = |by: u64| usize::try_from(seed / by % 4).unwrap();
        // Browsers of ours do not stop without a word.
        let of = |kind, style| match (kind, style) {
            (Browser, Style::Stops | Style::ComfortNoise) => Style::Discontinuous,
            (_, style) => style,
        };
        let [a, b] = kinds[index(1)];
        let mut world = World::new([a, b], [of(a, styles[index(4)]), of(b, styles[index(16)])], seed);
        for _ in 0..5 {
            assert_eq!(
                world.run_eventfully(Duration::from_secs(60)),
                [],
                "seed {seed} after {minutes} minutes"
            );
            minutes += 1;
        }
    }
    assert_eq!(minutes, 600);
}

#[test]
fn who_is_muted_in_the_app_or_on_hold_is_silent_without_trouble() {
    for injection in [Injection::MutedInApp, Injection::OnHold] {
        let mut world = World::new([PeerKind::Browser, PeerKind::Phone], [Style::Continuous; 2], 3);
        world.run(Duration::from_secs(5));
        world.inject(injection);
        assert_eq!(world.run(Duration::from_secs(60)), [], "{injection:?}");
    }
}

#[test]
fn what_has_left_is_in_no_trouble_and_makes_room() {
    let mut watch = Watch::default();
    let now = start();
    let part = |leg| Part {
        leg: LegId(leg),
        kind: PeerKind::Phone,
        is_talking: true,
        with: None,
    };
    let mut report = LegReport::default();
    report.expected.from_peer = true;
    let legs = u64::try_from(LEGS_MAX).unwrap();
    for leg in 1..=legs + 1 {
        watch.measured(part(leg), &report, now);
    }
    assert_eq!(watch.legs.len(), LEGS_MAX);
    let later = now + Duration::from_secs(2);
    let silence = Silence {
        from: Some(LegId(1)),
        to: None,
        stage: Stage::NetworkIn,
    };
    assert_eq!(watch.measured(part(1), &report, later), [News::Raised(silence)]);
    assert_eq!(watch.measured(part(1), &report, later), [], "told once");
    assert_eq!(watch.left(LegId(1)), [News::Ended(silence)]);
    assert_eq!(watch.left(LegId(1)), []);
    watch.measured(part(legs + 1), &report, now);
    assert_eq!(watch.legs.len(), LEGS_MAX);
}
