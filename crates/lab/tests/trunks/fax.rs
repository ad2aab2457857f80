//! Fax machines and modems: a call begins with whatever codec, goes over to G.711 in the middle, and then every bit counts.

use std::net::SocketAddr;
use std::thread;

use lab::fax::{Fax, G722, Heard, PCMA, PCMU, Wish};
use lab::net::addresses::{DESK_PHONE, ITSP, SERVER, WORLD};
use lab::process::report;
use lab::provider::WORLD_NUMBER;
use lab::server::{SIP_PORT, SIP_SECRET};
use lab::world::in_namespaces;

use super::company::{ACCOUNT, Company};

/// Packets of 20 ms: ten seconds.
const LONG: usize = 500;
const SHORT: usize = 50;

#[test]
fn a_fax_goes_through_bit_by_bit_and_t38_is_refused() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        company.line_once_up(trunk);
        let at = |ip| SocketAddr::from((ip, SIP_PORT));
        let place = company.provider.world().leave();
        let mut gateway = Fax::on(place, at(WORLD), at(ITSP), WORLD_NUMBER, None).unwrap();
        let desk = company.network.desk_phone();
        let mut machine = Fax::on(desk, at(DESK_PHONE), at(SERVER), "101-desk", Some(SIP_SECRET)).unwrap();
        machine.register().unwrap();

        sent_from_the_office(&mut machine, &mut gateway);
        sent_to_the_office(&mut machine, &mut gateway);
    });
}

/// The carrier's gateway recognises the fax, and asks for T.38 first.
fn sent_from_the_office(machine: &mut Fax, gateway: &mut Fax) {
    let dial = |machine: &mut Fax| machine.dial("sip:030123456@farend").unwrap();
    while_attending(machine, gateway, "called", Fax::is_talking, dial);
    assert_eq!((machine.sends(), gateway.sends()), (Some(G722), Some(G722)));
    assert_bit_exact(machine, gateway, SHORT, G722);

    assert_eq!(gateway.wish(Wish::T38).unwrap().0, 488);
    assert_eq!(machine.wish(Wish::T38).unwrap().0, 488);
    let narrow = |gateway: &mut Fax| gateway.wish(Wish::G711(PCMA)).unwrap();
    let (status, _) = while_attending(gateway, machine, "asked for G.711", |machine| machine.times_asked() == 1, narrow);
    assert_eq!((status, machine.sends(), gateway.sends()), (200, Some(PCMA), Some(PCMA)));
    assert_bit_exact(machine, gateway, LONG, PCMA);

    let (status, lines) = machine.wish(Wish::AudioAndT38).unwrap();
    assert_eq!(status, 200);
    assert!(
        matches!(&lines[..], [audio, image] if audio.starts_with("m=audio 3") && image == "m=image 0 udptl t38"),
        "{lines:?}"
    );
    assert_bit_exact(machine, gateway, SHORT, PCMA);
    let hang_up = |machine: &mut Fax| machine.hang_up().unwrap();
    while_attending(machine, gateway, "left", |gateway| !gateway.is_talking(), hang_up);
}

/// The machine in the office recognises the fax, and everything is the other way round, in the other law.
fn sent_to_the_office(machine: &mut Fax, gateway: &mut Fax) {
    let dial = |gateway: &mut Fax| gateway.dial(&format!("sip:+{ACCOUNT}101@{ITSP}")).unwrap();
    while_attending(gateway, machine, "called", Fax::is_talking, dial);
    assert_eq!(machine.wish(Wish::T38).unwrap().0, 488);
    let narrow = |machine: &mut Fax| machine.wish(Wish::G711(PCMU)).unwrap();
    let (status, _) = while_attending(machine, gateway, "asked for G.711", |gateway| gateway.times_asked() == 1, narrow);
    assert_eq!((status, machine.sends(), gateway.sends()), (200, Some(PCMU), Some(PCMU)));
    assert_bit_exact(machine, gateway, LONG, PCMU);
    let hang_up = |gateway: &mut Fax| gateway.hang_up().unwrap();
    while_attending(gateway, machine, "left", |machine| !machine.is_talking(), hang_up);
}

/// One does something while the other one attends to whatever comes, until something is true of it.
fn while_attending<T>(
    acting: &mut Fax,
    attending: &mut Fax,
    what: &str,
    is_true: impl Fn(&Fax) -> bool + Send,
    act: impl FnOnce(&mut Fax) -> T,
) -> T {
    thread::scope(|scope| {
        let attends = scope.spawn(move || attending.attend_until(what, is_true));
        let outcome = act(acting);
        attends.join().unwrap();
        outcome
    })
}

/// Both whistle at once, and every packet of either arrives at the other one as it was.
fn assert_bit_exact(machine: &mut Fax, gateway: &mut Fax, packets: usize, payload_type: u8) {
    let [machine, gateway]: [Heard; 2] = thread::scope(|scope| {
        let other = scope.spawn(|| gateway.whistle(packets, 0xFA_2000 + u32::from(payload_type)).unwrap());
        let one = machine.whistle(packets, 0xFA_1000 + u32::from(payload_type)).unwrap();
        [one, other.join().unwrap()]
    });
    report(&format!(
        "payload type {payload_type}: {} of {packets} packets at the machine, {} at the gateway",
        machine.received.len(),
        gateway.received.len()
    ));
    assert_eq!(machine.payload_types, [payload_type]);
    assert_eq!(gateway.payload_types, [payload_type]);
    assert!(
        machine.received == gateway.sent,
        "what the gateway has whistled is not what the machine has heard"
    );
    assert!(
        gateway.received == machine.sent,
        "what the machine has whistled is not what the gateway has heard"
    );
}
