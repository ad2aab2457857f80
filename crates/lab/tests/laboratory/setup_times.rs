//! Calls wait for no server on the internet: with STUN servers and name servers dead they are set up as fast as ever.

use std::time::Duration;

use lab::baresip::Setup;
use lab::net::addresses::{OFFICE_PUBLIC, PBX};
use lab::process::report;
use lab::world::in_namespaces;
use lab::{Lab, Nat, wait};

use crate::stage::{DESK_PHONE, Stage};

/// A call takes so much longer at most when something is dead.
const LONGER_MAX: Duration = Duration::from_millis(100);
/// The shortest time of so many calls counts: a wait for a dead server makes every call longer, a busy machine some of them.
const CALLS: usize = 5;
const SOON: Duration = Duration::from_secs(10);

/// How long a call took.
#[derive(Clone, Copy, Debug)]
struct Times {
    to_answer: Duration,
    from_answer_to_sound: Duration,
}

#[test]
fn set_up_waits_for_no_dead_server_behind_port_restricted_routers() {
    set_up_waits_for_no_dead_server(Nat::PortRestricted);
}

#[test]
fn set_up_waits_for_no_dead_server_behind_a_symmetric_router_of_the_office() {
    set_up_waits_for_no_dead_server(Nat::Symmetric);
}

fn set_up_waits_for_no_dead_server(office: Nat) {
    in_namespaces(|folder| {
        let mut stage = Stage::set(Lab::new().office(office).start(folder).unwrap());
        stage.exchange_phone(ANSWERING);
        Stage::sign_in_at(&stage.at_home, PBX);
        let usual = shortest(&stage, "usually");
        stage.network.names().set_silent(true);
        let mut others = vec![("with the name server dead", shortest(&stage, "with the name server dead"))];
        stage.network.names().set_silent(false);
        stage.network.stun_one().kill();
        stage.network.stun_two().kill();
        others.push(("with the STUN servers dead", shortest(&stage, "with the STUN servers dead")));
        stage.network.names().set_silent(true);
        stage.server.kill();
        stage.server.restart().unwrap();
        stage.exchange_phone(ANSWERING);
        Stage::sign_in_at(&stage.at_home, &OFFICE_PUBLIC.to_string());
        others.push((
            "since the start",
            shortest(&stage, "with all of them dead since the server's start"),
        ));
        for (trouble, times) in others {
            let limits = (usual.to_answer + LONGER_MAX, usual.from_answer_to_sound + LONGER_MAX);
            assert!(times.to_answer <= limits.0, "{trouble}: {times:?}, usually {usual:?}");
            assert!(times.from_answer_to_sound <= limits.1, "{trouble}: {times:?}, usually {usual:?}");
        }
    });
}

const ANSWERING: Setup = Setup {
    answers: true,
    ..DESK_PHONE
};

/// The shortest times of some calls.
fn shortest(stage: &Stage, when: &str) -> Times {
    let times: Vec<Times> = (0..CALLS).map(|_| call(stage)).collect();
    let sorted = |of: fn(&Times) -> Duration| {
        let mut times: Vec<Duration> = times.iter().map(of).collect();
        times.sort_unstable();
        times
    };
    let (to_answer, to_sound) = (sorted(|times| times.to_answer), sorted(|times| times.from_answer_to_sound));
    report(&format!(
        "{when}: to the answer {to_answer:.0?}, from there to the first sound {to_sound:.0?}"
    ));
    Times {
        to_answer: to_answer[0],
        from_answer_to_sound: to_sound[0],
    }
}

fn call(stage: &Stage) -> Times {
    let browser = &stage.at_home;
    stage.phone.forget_events();
    browser.dial("102").unwrap();
    browser.wait_until_talking();
    let from_answer_to_sound = wait::until("the page hears a first sound", SOON, || browser.first_sound().unwrap());
    let to_answer = browser.answered().unwrap().unwrap();
    stage.hang_up(browser);
    Times {
        to_answer,
        from_answer_to_sound,
    }
}
