//! Shared phones: who may do what there, and what comes of wrong PINs.

use std::time::Duration;

use model::control::{Command, Direction, Event as Report, Source};

use super::trunks::{Scene, company};
use super::*;
use crate::call::{Handover, Mover, Plan};
use crate::directory::LogOn;

const PLACE: &str = "Main Street 1, second floor";
const SECOND: Duration = Duration::from_secs(1);
const DESK: u8 = 5;

/// Anna, who has told where she works, shares her desk phone.
fn shared() -> Directory {
    let mut company = company();
    company.users[0].calling.location = Some(PLACE.to_owned());
    company.devices[1].shared = Some(LogOn::Everybody);
    company.features.push(("*9419".to_owned(), Feature::DeskShare));
    company
}

/// Anna's and Ben's browsers are on; the desk phone is registered.
fn office(company: Directory) -> Scene {
    let mut scene = Scene::of(company);
    at_desk(&mut scene.bench);
    scene
}

fn at_desk(bench: &mut Bench) {
    bench.open(udp(DESK), ANNA_DESK);
    bench.register(udp(DESK), "101-desk", "Contact: <sip:101-desk@10.0.0.5>\r\nAllow: INVITE\r\n");
    bench.outputs.clear();
}

/// The final refusal of what was dialled at the desk phone, with its words.
fn refused(bench: &mut Bench, number: &str) -> Option<String> {
    bench.outputs.clear();
    bench.invite(udp(DESK), "101-desk", number);
    let refusal = bench.messages().into_iter().find(|message| message.starts_with("SIP/2.0 4"))?;
    header(&refusal, "Reason").map(str::to_owned)
}

#[test]
fn a_vacated_phone_calls_for_help_and_nobody_else() {
    let mut scene = office(shared());
    assert_eq!(scene.bench.core.person_at(ANNA_DESK), None);
    for number in ["102", "030556677", "*43", "999"] {
        let words =
            "SIP;cause=403;text=\"nobody is logged on at this phone: log on by its code, usually *9419, or call an emergency number\"";
        assert_eq!(refused(&mut scene.bench, number).as_deref(), Some(words), "{number}");
    }
    scene.bench.invite(udp(DESK), "101-desk", "112");
    let journal: Vec<&JournalEntry> = scene.bench.outputs.iter().filter_map(journaled).collect();
    let [JournalEntry::Started { caller, .. }, JournalEntry::Emergency { location, .. }] = journal[..] else {
        panic!("{journal:?}")
    };
    assert_eq!((caller.user, caller.device, caller.number.as_str()), (None, Some(ANNA_DESK), "101"));
    assert_eq!(location.as_deref(), Some(PLACE));
    // It really goes out.
    let leg = offered(&scene.bench);
    scene.bench.handle(Input::Media(Report::OfferMade {
        leg,
        offer: "v=0\r\n".to_owned(),
    }));
    let invite = scene.sent("INVITE sip:112@");
    assert!(invite.contains("@two.example.com"), "{invite}");
    assert!(
        scene.bench.core.dialled_last(UserId(1)).is_err(),
        "whose phone it is has not dialled it"
    );
}

fn journaled(output: &Output) -> Option<&JournalEntry> {
    match output {
        Output::Journal(entry) => Some(entry),
        _ => None,
    }
}

/// The leg that media was asked to make an offer for.
fn offered(bench: &Bench) -> model::LegId {
    let offer = |output: &Output| match output {
        Output::Media {
            command: Command::MakeOffer { leg, .. },
            ..
        } => Some(*leg),
        _ => None,
    };
    bench.outputs.iter().find_map(offer).expect("somebody is called")
}

#[test]
fn a_phone_of_nobody_calls_for_help_as_what_it_is() {
    for (shared_with, words) in [
        (
            Some(LogOn::Everybody),
            "nobody is logged on at this phone: log on by its code, usually *9419, or call an emergency number",
        ),
        (None, "this phone belongs to nobody: it can call emergency numbers alone"),
    ] {
        let mut company = shared();
        (company.devices[1].user, company.devices[1].shared) = (None, shared_with);
        company.devices[1].label = "Lobby".to_owned();
        let mut scene = office(company);
        let refusal = format!("SIP;cause=403;text=\"{words}\"");
        assert_eq!(refused(&mut scene.bench, "102"), Some(refusal));
        scene.bench.invite(udp(DESK), "101-desk", "112");
        let told = scene.bench.outputs.iter().find_map(|output| match output {
            Output::Event(LiveEvent::EmergencyCalled {
                user,
                name,
                location,
                trunk,
                ..
            }) => Some((*user, name.clone(), location.clone(), trunk.clone())),
            _ => None,
        });
        let expected = (None, Some("Lobby".to_owned()), None, Some("two".to_owned()));
        assert_eq!(told, Some(expected));
        offered(&scene.bench);
    }
}

#[test]
fn a_guest_who_calls_for_help_is_where_the_phone_stands() {
    let mut scene = office(shared());
    log_on(&mut scene.bench, "*9419102*1234", |bench, ticket| {
        bench.handle(Input::PinChecked { ticket, is_right: true });
    });
    assert_eq!(scene.bench.core.person_at(ANNA_DESK), Some(UserId(2)));
    scene.bench.outputs.clear();
    scene.bench.invite(udp(DESK), "101-desk", "112");
    let told = scene.bench.outputs.iter().any(|output| {
        matches!(output, Output::Event(LiveEvent::EmergencyCalled { user: Some(UserId(2)), location: Some(place), .. }) if place == PLACE)
    });
    assert!(told, "{:?}", scene.bench.outputs);
}

/// The code is dialled, and the call answered; then the shell is asked, if it is.
fn log_on(bench: &mut Bench, number: &str, answer: impl FnOnce(&mut Bench, Ticket)) {
    bench.outputs.clear();
    bench.invite(udp(DESK), "101-desk", number);
    let received = |output: &Output| match output {
        Output::Media {
            command: Command::ReceiveOffer { leg, .. },
            ..
        } => Some(*leg),
        _ => None,
    };
    let leg = bench.outputs.iter().find_map(received).expect("the call is taken");
    let direction = Direction::SendRecv;
    bench.handle(Input::Media(Report::OfferReceived { leg, direction }));
    let answered = "v=0\r\n".to_owned();
    bench.handle(Input::Media(Report::OfferAnswered { leg, answer: answered }));
    let asked = bench.outputs.iter().find_map(|output| match output {
        Output::CheckPin { ticket, .. } => Some(*ticket),
        _ => None,
    });
    if let Some(ticket) = asked {
        answer(bench, ticket);
    }
}

/// What the one who has dialled hears in the end.
fn verdict(bench: &Bench) -> Option<Source> {
    let hears = |output: &Output| match output {
        Output::Media {
            command: Command::Hear { source, .. },
            ..
        } => Some(*source),
        _ => None,
    };
    bench.outputs.iter().filter_map(hears).next_back()
}

#[test]
fn a_pin_is_the_shells_to_check_and_it_has_three_seconds() {
    let mut scene = office(shared());
    let bench = &mut scene.bench;
    log_on(bench, "*9419102*1234", |bench, _| {
        let asked = bench
            .outputs
            .iter()
            .any(|output| matches!(output, Output::CheckPin { user: UserId(2), pin, .. } if pin == "1234"));
        assert!(asked, "{:?}", bench.outputs);
    });
    bench.after(2 * SECOND);
    assert_eq!(verdict(bench), None);
    bench.after(SECOND);
    assert_eq!(verdict(bench), Some(Source::Rejection));
    // A late word changes nothing.
    let late = Ticket(1);
    bench.handle(Input::PinChecked {
        ticket: late,
        is_right: true,
    });
    assert_eq!(bench.core.person_at(ANNA_DESK), None);
    bench.after(5 * SECOND);
    assert_eq!(bench.core.figures().calls, 0);
    // A shell that does not answer makes nobody a suspect.
    for _ in 0..6 {
        log_on(bench, "*9419102*1234", |_, _| {});
        bench.after(9 * SECOND);
    }
    log_on(bench, "*9419102*1234", |bench, ticket| {
        bench.handle(Input::PinChecked { ticket, is_right: true });
    });
    assert_eq!(verdict(bench), Some(Source::Confirmation));
    assert_eq!(bench.core.person_at(ANNA_DESK), Some(UserId(2)));
}

#[test]
fn whoever_hangs_up_after_a_right_pin_is_logged_on_all_the_same() {
    let mut scene = office(shared());
    let bench = &mut scene.bench;
    log_on(bench, "*9419102*1234", |bench, ticket| {
        bench.handle(Input::EndCalls);
        bench.handle(Input::PinChecked { ticket, is_right: true });
    });
    assert_eq!(bench.core.person_at(ANNA_DESK), Some(UserId(2)));
    bench.after(10 * SECOND);
    assert_eq!((bench.core.figures().calls, bench.core.seating_fault()), (0, None));
}

#[test]
fn the_code_does_nothing_at_a_phone_that_is_not_shared() {
    let mut company = shared();
    company.devices[1].shared = None;
    let mut scene = office(company);
    let words = "SIP;cause=403;text=\"this phone is not shared: nobody logs on at it\"";
    assert_eq!(refused(&mut scene.bench, "*9419102*1234").as_deref(), Some(words));
}

#[test]
fn who_may_not_use_a_phone_is_told_nothing_else_than_a_wrong_pin() {
    let mut company = shared();
    company.devices[1].shared = Some(LogOn::People([UserId(1)].into()));
    let mut scene = office(company);
    log_on(&mut scene.bench, "*9419102*1234", |_, _| panic!("nobody has to look"));
    scene.bench.after(3 * SECOND);
    assert_eq!(verdict(&scene.bench), Some(Source::Rejection));
}

#[test]
fn cancel_mobility_in_the_app_gives_its_registrations_up() {
    let mut scene = office(shared());
    let bench = &mut scene.bench;
    let (ticket, user) = (Ticket(7), UserId(1));
    bench.handle(Input::Control {
        ticket,
        user,
        action: Action::CancelMobility,
    });
    let done = |output: &Output| {
        matches!(
            output,
            Output::Controlled {
                ticket: Ticket(7),
                result: Ok(None)
            }
        )
    };
    assert!(bench.outputs.iter().any(done));
    let remembered = bench.outputs.iter().any(|output| {
        matches!(output, Output::Remember(Remembered::Person(seat)) if seat.user == user && !seat.is_mobile && seat.given_up.len() == 1)
    });
    assert!(remembered, "{:?}", bench.outputs);
    assert_eq!(bench.core.person_at(ANNA_DESK), Some(user));
    bench.outputs.clear();
    bench.register(wss(2), "101-web", "Contact: <sip:101-web@10.0.0.2;transport=ws>\r\n");
    let refusal = bench.messages().pop().unwrap();
    assert!(refusal.starts_with("SIP/2.0 403 "), "{refusal}");
    assert_eq!(
        header(&refusal, "Reason"),
        Some("SIP;cause=403;text=\"your number is at your desk phone\"")
    );
    // It may say goodbye, and it is not cut off.
    bench.register(wss(2), "101-web", "Contact: *\r\nExpires: 0\r\n");
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
    for (user, action, objection) in [
        (UserId(2), Action::CancelMobility, Objection::NoSuchDevice),
        (UserId(2), Action::LogOff, Objection::NoSuchDevice),
    ] {
        bench.outputs.clear();
        bench.handle(Input::Control { ticket, user, action });
        let told = bench.outputs.iter().find_map(|output| match output {
            Output::Controlled { result, .. } => Some(*result),
            _ => None,
        });
        assert_eq!(told, Some(Err(objection)));
    }
    bench.handle(Input::Control {
        ticket,
        user: UserId(1),
        action: Action::LogOff,
    });
    assert_eq!((bench.core.person_at(ANNA_DESK), bench.core.seating_fault()), (None, None));
}

#[test]
fn a_phone_keeps_its_registration_when_its_owner_changes_and_loses_its_browser_with_the_device() {
    let mut scene = office(shared());
    let mut changed = shared();
    changed.devices[1].user = Some(UserId(2));
    scene.bench.handle(Input::Directory(Arc::new(changed)));
    assert_eq!(scene.bench.core.figures().registrations, 3);
    // Ben's browser is on: the phone is vacated until that is deleted.
    assert_eq!(scene.bench.core.person_at(ANNA_DESK), None);
    let mut changed = shared();
    changed.devices[1].user = Some(UserId(2));
    changed.devices.remove(2);
    scene.bench.handle(Input::Directory(Arc::new(changed)));
    assert_eq!(scene.bench.core.person_at(ANNA_DESK), Some(UserId(2)));
    assert_eq!(scene.bench.core.seating_fault(), None);
}

#[test]
fn who_calls_for_help_at_a_phone_of_nobody_hands_nobody_on() {
    let mut scene = office(shared());
    scene.bench.invite(udp(DESK), "101-desk", "112");
    let caller = scene.bench.outputs.iter().find_map(|output| match output {
        Output::Media {
            command: Command::ReceiveOffer { leg, .. },
            ..
        } => Some(*leg),
        _ => None,
    });
    let now = scene.bench.now;
    let to = scene
        .bench
        .core
        .plan_transfer(caller.unwrap(), "<sip:102@farend>", Mover::Transfer, now);
    assert!(
        matches!(to, Handover::Number(Plan::Refuse { cause, .. }) if cause.status == 403),
        "{to:?}"
    );
}
