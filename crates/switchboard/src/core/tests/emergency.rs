//! Calls for help, and who is told of them.

use model::CallId;

use super::trunks::{FIRST, Scene, company, provider};
use super::*;

const PLACE: &str = "Main Street 1, second floor";

/// Anna and Ben, of whom only Anna has told where she is.
fn located() -> Directory {
    let mut company = company();
    company.users[0].calling.location = Some(PLACE.to_owned());
    company
}

fn told(scene: &Scene) -> Vec<&Output> {
    let concerns_it = |output: &&Output| {
        matches!(
            output,
            Output::Journal(JournalEntry::Started { .. } | JournalEntry::Emergency { .. } | JournalEntry::Ended { .. })
                | Output::Event(LiveEvent::EmergencyCalled { .. })
        )
    };
    scene.bench.outputs.iter().filter(concerns_it).collect()
}

fn alarm(call: CallId, trunk: Option<&str>) -> LiveEvent {
    LiveEvent::EmergencyCalled {
        call,
        user: Some(UserId(1)),
        name: Some("Anna".to_owned()),
        extension: Some("101".to_owned()),
        dialled: "112",
        location: Some(PLACE.to_owned()),
        trunk: trunk.map(str::to_owned),
    }
}

#[test]
fn an_emergency_call_is_told_at_once_with_the_place() {
    for dialled in ["112", "+49-112", "*31*112"] {
        let mut scene = Scene::of(located());
        scene.bench.invite(wss(2), "101-web", dialled);
        let told = told(&scene);
        let [
            Output::Journal(JournalEntry::Started { call, .. }),
            Output::Journal(JournalEntry::Emergency { call: same, location }),
            Output::Event(event),
        ] = &told[..]
        else {
            panic!("{dialled}: {told:?}")
        };
        assert_eq!((call, location.as_deref()), (same, Some(PLACE)));
        assert_eq!(*event, alarm(*call, Some("two")));
    }
}

#[test]
fn where_nobody_has_told_the_place_there_is_none() {
    let mut scene = Scene::of(located());
    scene.bench.invite(wss(3), "102-web", "110");
    let told = told(&scene);
    let [
        _,
        Output::Journal(JournalEntry::Emergency { location: None, .. }),
        Output::Event(event),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert!(
        matches!(
            event,
            LiveEvent::EmergencyCalled {
                user: Some(UserId(2)),
                dialled: "110",
                location: None,
                ..
            }
        ),
        "{event:?}"
    );
}

#[test]
fn a_call_for_help_that_no_trunk_takes_is_told_as_well() {
    let mut company = located();
    company.trunks.clear();
    let mut scene = Scene::of(company);
    scene.bench.invite(wss(2), "101-web", "112");
    let told = told(&scene);
    let [
        Output::Journal(JournalEntry::Started { call, .. }),
        Output::Journal(JournalEntry::Emergency { .. }),
        Output::Event(event),
        Output::Journal(JournalEntry::Ended { .. }),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(*event, alarm(*call, None));
}

#[test]
fn who_hands_a_call_over_to_an_emergency_number_calls_for_help() {
    let mut scene = Scene::of(located());
    let (_, mut anna) = scene.answer_the_world("4989123450101", wss(2));
    scene.bench.outputs.clear();
    let messages = scene.within(&mut anna, "REFER", "Refer-To: <sip:112@farend>\r\n", "");
    assert!(
        messages.iter().any(|message| message.starts_with("INVITE sip:112@two.example.com")),
        "{messages:?}"
    );
    let told = told(&scene);
    let [Output::Journal(JournalEntry::Emergency { call, location }), Output::Event(event)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(location.as_deref(), Some(PLACE));
    assert_eq!(*event, alarm(*call, Some("two")));
}

#[test]
fn nothing_else_is_a_call_for_help() {
    for dialled in ["102", "*43", "030556677", "116117", "999"] {
        let mut scene = Scene::of(located());
        scene.bench.invite(wss(2), "101-web", dialled);
        let alarms = |output: &&Output| matches!(output, Output::Event(LiveEvent::EmergencyCalled { .. }));
        assert_eq!(scene.bench.outputs.iter().filter(alarms).count(), 0, "{dialled}");
    }
    let mut scene = Scene::of(located());
    trunks::incoming(&mut scene, provider(FIRST), "112");
    assert!(told(&scene).is_empty(), "the world does not call for our help");
}

#[test]
fn a_call_for_help_into_a_conference_that_no_trunk_takes_is_told_as_well() {
    let mut company = located();
    company.trunks.clear();
    let mut scene = Scene::of(company);
    scene.talk((wss(2), "101-web"), "102", wss(3));
    scene.bench.outputs.clear();
    let call = *scene.bench.core.calls.calls.keys().next().unwrap();
    let number = "112".to_owned();
    assert!(scene.control(UserId(1), Action::Invite { call, number }).is_err());
    let told = told(&scene);
    let [
        Output::Journal(JournalEntry::Started { call, .. }),
        Output::Journal(JournalEntry::Emergency { .. }),
        Output::Event(event),
        Output::Journal(JournalEntry::Ended { .. }),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(*event, alarm(*call, None));
}
