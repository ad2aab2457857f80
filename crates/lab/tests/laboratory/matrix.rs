//! The first promise: if the page loads, audio works. Every home with every office, with a real browser and a real desk phone.
//!
//! One office per test. Browser, server and phone run on while routers are exchanged; each cell signs in anew.

use lab::process::report;
use lab::world::in_namespaces;
use lab::{Home, Lab, Nat, Office};

use crate::stage::Stage;
use crate::table::Column;

/// The rows of the matrix.
pub(crate) const HOMES: [Home; 9] = [
    Home::Lan,
    Home::Behind(Nat::FullCone),
    Home::Behind(Nat::AddressRestricted),
    Home::Behind(Nat::PortRestricted),
    Home::Behind(Nat::Remapping),
    Home::Behind(Nat::Symmetric),
    Home::Carrier(Nat::PortRestricted),
    Home::Carrier(Nat::Symmetric),
    Home::Behind(Nat::UdpBlocked),
];

/// Its columns.
pub(crate) const OFFICES: [Office; 8] = [
    Office::Behind(Nat::FullCone),
    Office::Behind(Nat::AddressRestricted),
    Office::Behind(Nat::PortRestricted),
    Office::Behind(Nat::Remapping),
    Office::Behind(Nat::Symmetric),
    Office::Behind(Nat::UdpBlocked),
    Office::StunOverSecondRouter,
    Office::ServerWithWan,
];

#[test]
fn every_home_has_audio_with_a_full_cone_office() {
    every_home_has_audio_with(Nat::FullCone.into());
}

#[test]
fn every_home_has_audio_with_an_address_restricted_office() {
    every_home_has_audio_with(Nat::AddressRestricted.into());
}

#[test]
fn every_home_has_audio_with_a_port_restricted_office() {
    every_home_has_audio_with(Nat::PortRestricted.into());
}

#[test]
fn every_home_has_audio_with_a_remapping_office() {
    every_home_has_audio_with(Nat::Remapping.into());
}

#[test]
fn every_home_has_audio_with_a_symmetric_office() {
    every_home_has_audio_with(Nat::Symmetric.into());
}

#[test]
fn every_home_has_audio_with_an_office_without_udp() {
    every_home_has_audio_with(Nat::UdpBlocked.into());
}

#[test]
fn every_home_has_audio_with_stun_routed_over_a_second_router() {
    every_home_has_audio_with(Office::StunOverSecondRouter);
}

#[test]
fn every_home_has_audio_with_a_server_that_has_a_wan_interface() {
    every_home_has_audio_with(Office::ServerWithWan);
}

fn every_home_has_audio_with(office: Office) {
    in_namespaces(|folder| {
        let network = Lab::new().office(office).start(folder).unwrap();
        let mut stage = Stage::set(network);
        let cells = HOMES.into_iter().map(|home| stage.play(home)).collect();
        let column = Column { office, cells };
        report(&column.to_string());
        column.keep(folder).unwrap();
        let broken = column.broken();
        assert!(
            broken.is_empty(),
            "{} of {} cells:\n{}",
            broken.len(),
            HOMES.len(),
            broken.join("\n")
        );
    });
}
