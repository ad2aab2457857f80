//! What people change by their phones' keys.

use model::control::Source;
use switchboard::core::{Action, Setting};

use super::*;

/// Anna's phone dials this, and hears that.
#[track_caller]
fn hears(world: &mut World, dialled: &'static str, source: Source) {
    call(world, desk(101), dialled);
    let heard: Vec<Source> = world.heard().into_iter().map(|(_, source)| source).collect();
    assert_eq!(heard, [source], "{dialled}: {}", world.trace());
    world.run_ms(3_000);
    assert!(!world.phone(desk(101)).talks(), "it is hung up: {}", world.trace());
}

#[test]
fn codes_change_what_becomes_of_calls() {
    let mut world = world(people(3));
    let forward = |when, to: Option<&str>| Setting::Forward {
        when,
        to: to.map(str::to_owned),
    };
    let unanswered = When::NoAnswer { after_s: 20 };
    for (dialled, setting) in [
        ("*21102", forward(When::Always, Some("102"))),
        ("*21*102#", forward(When::Always, Some("102"))),
        ("*21", forward(When::Always, None)),
        ("*67103", forward(When::Busy, Some("103"))),
        ("*61102", forward(unanswered, Some("102"))),
        ("*61", forward(unanswered, None)),
        ("*62102", forward(When::Unreachable, Some("102"))),
        ("*26", Setting::DoNotDisturb(true)),
        ("*77", Setting::RejectAnonymous(true)),
    ] {
        hears(&mut world, dialled, Source::Confirmation);
        assert_eq!(std::mem::take(&mut world.settled), [(UserId(1), setting)], "{dialled}");
    }
    assert_nothing_left(&mut world);
}

#[test]
fn once_more_switches_off_again_and_the_time_to_ring_is_kept() {
    let mut company = people(3);
    let reaching = &mut company.users[0].reaching;
    reaching.do_not_disturb.is_on = true;
    reaching.rejects_anonymous = true;
    reaching.forwards = vec![rule(When::NoAnswer { after_s: 7 }, "102")];
    let mut world = world(company);
    for (dialled, setting) in [
        ("*26", Setting::DoNotDisturb(false)),
        ("*77", Setting::RejectAnonymous(false)),
        (
            "*61103",
            Setting::Forward {
                when: When::NoAnswer { after_s: 7 },
                to: Some("103".to_owned()),
            },
        ),
    ] {
        hears(&mut world, dialled, Source::Confirmation);
        assert_eq!(std::mem::take(&mut world.settled), [(UserId(1), setting)], "{dialled}");
    }
    assert_nothing_left(&mut world);
}

#[test]
fn what_leads_nowhere_is_not_set() {
    let mut world = world(people(3));
    for dialled in ["*21101", "*21999", "*67*26", "*62030556677"] {
        hears(&mut world, dialled, Source::Rejection);
    }
    assert_eq!(world.settled, []);
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_changes_the_settings_of_others_by_handing_a_call_over() {
    let mut world = world(people(3));
    call(&mut world, desk(103), "101");
    talk(&mut world, desk(101));
    world.act(Act::Refer {
        phone: desk(101),
        to: "<sip:*26@farend>",
    });
    world.run_ms(2_000);
    assert!(world.phone(desk(103)).talks(), "{}", world.trace());
    assert_eq!(world.settled, []);
    assert_nothing_left(&mut world);
}

#[test]
fn a_code_may_be_dialled_in_the_app() {
    let mut world = world(people(3));
    let device = world.phone(desk(101)).device;
    let number = "*21102".to_owned();
    assert!(world.control(UserId(1), Action::Dial { device, number }).is_ok());
    world.run_ms(10_000);
    assert_eq!(world.settled.len(), 1, "{}", world.trace());
    assert_nothing_left(&mut world);
}
