//! What goes wrong with people, their networks, computers and phones.

use doctor::evidence::{Permission, PhoneTransport};
use doctor::finding::{Fault, Subject};
use rand::Rng;
use rand::rngs::SmallRng;
use sim::nat::Named;

use super::super::company::*;
use super::super::draw::{desk, is, pick};
use super::{checked_place, network_subject, outside_place};

/// Faults of desk phones, and of what is set up for people.
pub(super) fn desk_or_person(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let person = random.random_range(0..company.workers.len());
    match fault {
        Fault::H2MobileNoRoute => {
            let worker = &mut company.workers[person];
            (worker.mobile, worker.has_mobile_route) = (Some("+491701234567".to_owned()), false);
            return Some(person_subject(company, person));
        }
        Fault::N4InternalSbc => {
            company.workers[person].internal_sbc = Some("deviceAtHomeInternalSbc".to_owned());
            return Some(person_subject(company, person));
        }
        _ => {}
    }
    let needs_outside = matches!(fault, Fault::H1PhonePlain | Fault::H1PhoneUnreachable | Fault::RhAlgHome);
    if needs_outside && company.office.is_closed {
        return None;
    }
    let index = company.desks.len();
    let is_outside = needs_outside || (company.office.is_cloud());
    let mut broken = desk(random, &company.workers[person].extension, 20 + index, is_outside);
    match fault {
        // Off for a while; while it starts again there is nothing to say.
        Fault::F1PhoneOffline => {
            broken.is_off = true;
            company.workers[person].controls = Some(broken.device);
        }
        Fault::H1PhonePlain => broken.transport = pick(random, &[PhoneTransport::Udp, PhoneTransport::Tcp]),
        Fault::H1PhoneUnreachable => broken.unreachable_ms = Some(random.random_range(40_000..600_000)),
        // Nobody can rewrite what is encrypted, so this one is not.
        Fault::RhAlgHome => {
            broken.transport = PhoneTransport::Udp;
            broken.is_behind_alg = true;
        }
        Fault::RkNoDisplay => broken.refuses_texts = true,
        _ => broken.is_stuck = true,
    }
    let subject = Subject::Phone { device: broken.device };
    company.desks.push(broken);
    Some(subject)
}

fn person_subject(company: &Company, person: usize) -> Subject {
    Subject::Person {
        extension: company.workers[person].extension.clone(),
    }
}

/// Faults of networks and lines.
pub(super) fn network(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let at = match fault {
        Fault::P1LanByRouter => return lan_by_router(company, random),
        Fault::P2VpnPoor => {
            if company.office.is_cloud() {
                return None;
            }
            company.office.has_vpn = true;
            checked_place(company, Where::Vpn, random)
        }
        _ => outside_place(company, random)?,
    };
    let answering = answering(company);
    let is_probed = company.office.is_cloud() || company.office.is_udp_forwarded;
    let place = &mut company.workers[at.0].places[at.1];
    // Without ways tried it is not known what audio has left; and two interfaces whose addresses are hidden look like one with a symmetric NAT.
    place.has_tried_ways = true;
    let behind_nat = |place: &mut Place| {
        place.nics.truncate(1);
        place.nics[0].address = v4(192, 168, 178, 77);
    };
    match fault {
        Fault::F2BrowserUnfit => unfit(&mut place.computer, random),
        Fault::P2VpnPoor | Fault::P3LinePoor => spoil(&mut place.line, random),
        // Two servers have to answer, and three where two are not enough.
        Fault::RjSymmetric => {
            if answering + if is_probed { 3 } else { 0 } < 2 {
                return None;
            }
            behind_nat(place);
            let kinds = [Kind::Named(Named::Symmetric), Kind::Named(Named::CarrierSymmetric), Kind::Trap];
            place.nat = pick(random, if is_probed { &kinds } else { &kinds[..2] });
        }
        // Two have to answer anywhere, or else nobody knows whether these servers do: the guide's test takes two.
        Fault::RjUdpBlocked => {
            if answering < 2 {
                return None;
            }
            behind_nat(place);
            place.nat = Kind::Named(Named::UdpBlocked);
        }
        _ => {
            behind_nat(place);
            place.is_walled = true;
        }
    }
    Some(network_subject(company, at))
}

/// Configured servers that answer a check: the first two are asked.
pub(super) fn answering(company: &Company) -> usize {
    company.stun.iter().take(2).filter(|host| host.life == Life::Alive).count()
}

/// Somebody in the office opens the page by its public name, which leads to the router.
fn lan_by_router(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    let office = &mut company.office;
    if office.is_cloud() || office.is_dns_split || office.host.is_none() || office.web().is_wan {
        return None;
    }
    let web = office.web;
    office.uplinks[web].hairpin = true;
    Some({
        let at = checked_place(company, Where::Hairpin, random);
        network_subject(company, at)
    })
}

fn unfit(computer: &mut Computer, random: &mut SmallRng) {
    if is(random, 3) {
        computer.is_insecure = true;
    } else {
        computer.missing = vec![pick(random, &["RTCPeerConnection", "getUserMedia"]).to_owned()];
    }
}

/// Bad enough that everybody hears it.
fn spoil(line: &mut Line, random: &mut SmallRng) {
    match random.random_range(0..3) {
        0 => line.loss_there = random.random_range(9.0..30.0),
        1 => line.jitter_ms = random.random_range(120.0..300.0),
        _ => line.round_trip_ms = random.random_range(700.0..1_500.0),
    }
}

/// Faults of sound cards, headsets and permissions.
pub(super) fn sound(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let at = if company.office.is_cloud() || (!company.office.is_closed && is(random, 2)) {
        outside_place(company, random)?
    } else {
        checked_place(company, Where::Lan, random)
    };
    let computer = &mut company.workers[at.0].places[at.1].computer;
    match fault {
        Fault::RlNoMicrophone => computer.microphones = 0,
        Fault::RlMicrophoneDenied => computer.permission = pick(random, &[Permission::Denied, Permission::Blocked]),
        Fault::RlMicrophoneMuted => computer.is_muted = true,
        // A microphone that nobody speaks into is silent, too.
        Fault::RlMicrophoneSilent => (computer.peak_dbfs, computer.has_spoken) = (random.random_range(-127..-80), true),
        Fault::RlNoSpeaker if is(random, 2) => (computer.speakers, computer.tells_speakers) = (0, true),
        Fault::RlNoSpeaker => computer.play_error = Some("NotAllowedError".to_owned()),
        // Only the person can say so.
        Fault::RlSpeakerUnheard => (computer.is_inaudible, computer.has_answered) = (true, true),
        _ => computer.headset = Some(pick(random, &[Buttons::Broken, Buttons::Taken])),
    }
    Some(network_subject(company, at))
}
