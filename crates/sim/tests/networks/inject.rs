//! What goes wrong: each fault is done to the company itself, not to what anybody sees of it.
//!
//! A fault is only done where it can be seen at all: what the injector asks for, or brings about, is just that. What it cannot bring about without
//! making another company of it makes it return `None`.

mod calls;
mod office;
mod people;

use doctor::finding::{Fault, Subject};
use rand::Rng;
use rand::rngs::SmallRng;

use super::company::*;
use super::draw::{is, place, settled_names};
use super::measure::seen_as;

/// A fault, and whom it hurts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    pub fault: Fault,
    pub subject: Subject,
}

/// Breaks one thing.
pub fn inject(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Truth> {
    use Fault as F;
    let subject = match fault {
        F::F1PhoneOffline
        | F::H1PhonePlain
        | F::H1PhoneUnreachable
        | F::RhAlgHome
        | F::RkNoDisplay
        | F::RkStuck
        | F::H2MobileNoRoute
        | F::N4InternalSbc => people::desk_or_person(company, fault, random),
        F::F2BrowserUnfit | F::P1LanByRouter | F::P2VpnPoor | F::P3LinePoor | F::RjSymmetric | F::RjUdpBlocked | F::RjNoWay => {
            people::network(company, fault, random)
        }
        F::RlNoMicrophone
        | F::RlMicrophoneDenied
        | F::RlMicrophoneMuted
        | F::RlMicrophoneSilent
        | F::RlNoSpeaker
        | F::RlSpeakerUnheard
        | F::RlHeadsetButtons => people::sound(company, fault, random),
        F::P3CertificateUntrusted | F::P3CertificateExpiring | F::P3CertificateName | F::P3ClockWrong => {
            office::papers(company, fault, random)
        }
        F::N1ForwardElsewhere | F::N1ForwardMissing | F::N1ForwardUnproven | F::RcUnneededForward => {
            office::forward(company, fault, random)
        }
        F::RaNoRoute
        | F::RaCarrierNat
        | F::RbWebOnWan
        | F::RePublicAddressDiffers
        | F::ReTrunkLeavesElsewhere
        | F::RiOwnStunElsewhere
        | F::RhAlgOffice
        | F::RgSymmetric => office::routers(company, fault, random),
        F::N2StunServerDead
        | F::N3OwnStunDead
        | F::RdStunMissing
        | F::RfStunNoDns
        | F::RfStunNoRoute
        | F::RfStunRefused
        | F::RfStunSilent => office::stun(company, fault, random),
        F::RlCallMicrophone
        | F::RlCallSilentPeer
        | F::RlCallOutput
        | F::RjCallLost
        | F::RgCallLost
        | F::ReCallWrongAddress
        | F::H1CallUndecryptable
        | F::F2CallUndecodable => calls::call(company, fault, random),
    }?;
    Some(Truth { fault, subject })
}

/// Which faults make another company of it, and so have to come first.
pub fn is_early(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::RaCarrierNat | Fault::N1ForwardUnproven | Fault::RbWebOnWan | Fault::RePublicAddressDiffers
    )
}

/// Faults of which a company has one at most, because each of them says the same thing otherwise: how routers stand, where the port leads, what the
/// certificate is, what becomes of STUN. (What becomes of several at once stands in [`super::score::is_hidden`].)
pub fn is_either_or(a: Fault, b: Fault) -> bool {
    use Fault as F;
    let groups: [&[Fault]; 8] = [
        // A server that is not configured is not dead; and a provider has a server of its own, or has none.
        &[F::RdStunMissing, F::N2StunServerDead, F::N3OwnStunDead],
        &[F::N3OwnStunDead, F::ReTrunkLeavesElsewhere, F::RiOwnStunElsewhere],
        // Whether a router turns packets back cannot be told of a symmetric one.
        &[F::N1ForwardMissing, F::RgSymmetric],
        &[
            F::RaCarrierNat,
            F::RbWebOnWan,
            F::RePublicAddressDiffers,
            F::ReTrunkLeavesElsewhere,
            F::RiOwnStunElsewhere,
            F::RgSymmetric,
        ],
        &[
            F::N1ForwardElsewhere,
            F::N1ForwardMissing,
            F::N1ForwardUnproven,
            F::RaCarrierNat,
            F::RbWebOnWan,
            F::RePublicAddressDiffers,
        ],
        &[F::P3CertificateUntrusted, F::P3CertificateExpiring, F::P3CertificateName],
        &[
            F::RfStunNoDns,
            F::RfStunNoRoute,
            F::RfStunRefused,
            F::RfStunSilent,
            F::RdStunMissing,
        ],
        // What the ALG does is judged against a public address that STUN tells.
        &[
            F::RhAlgOffice,
            F::RaNoRoute,
            F::RdStunMissing,
            F::RfStunNoDns,
            F::RfStunNoRoute,
            F::RfStunRefused,
            F::RfStunSilent,
            F::ReTrunkLeavesElsewhere,
            F::RiOwnStunElsewhere,
        ],
    ];
    groups.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// What a company with this fault has besides, because the one cannot be without the other: what a router can rewrite is not encrypted.
pub fn companions(truth: &Truth) -> Option<Truth> {
    (truth.fault == Fault::RhAlgHome).then(|| Truth {
        fault: Fault::H1PhonePlain,
        subject: truth.subject.clone(),
    })
}

/// Somebody's computer out on the internet, which has run a check; `None` where nobody comes from there.
pub fn outside_place(company: &mut Company, random: &mut SmallRng) -> Option<(usize, usize)> {
    (!company.office.is_closed).then(|| checked_place(company, Where::Internet, random))
}

/// Somebody's computer in such a network, which has run a check.
pub fn checked_place(company: &mut Company, at: Where, random: &mut SmallRng) -> (usize, usize) {
    let person = random.random_range(0..company.workers.len());
    let known = company.workers[person]
        .places
        .iter()
        .position(|place| place.at == at && place.nat.passes_udp() && !place.nat.is_symmetric());
    let index = known.filter(|_| !is(random, 4)).or_else(|| {
        let number = u8::try_from(company.workers[person].places.len()).expect("few");
        // In the office people have one network.
        if at != Where::Internet && known.is_some() {
            return known;
        }
        let person_number = u8::try_from(person).expect("few");
        company.workers[person].places.push(place(random, at, person_number, number));
        None
    });
    let index = index.unwrap_or(company.workers[person].places.len() - 1);
    let place = &mut company.workers[person].places[index];
    if place.nat.is_symmetric() || !place.nat.passes_udp() {
        place.nat = Kind::Named(sim::nat::Named::PortRestricted);
    }
    // What was seen days ago tells nothing of today.
    (place.is_checked, place.seen_at) = (true, ago(random.random_range(5_000..20 * HOUR_MS)));
    company.office.certificate.names = settled_names(&company.office, &company.office.certificate);
    (person, index)
}

/// The subject of what is about a network.
pub fn network_subject(company: &Company, (person, index): (usize, usize)) -> Subject {
    let worker = &company.workers[person];
    Subject::Network {
        extension: worker.extension.clone(),
        address: seen_as(company, &worker.places[index]).to_string(),
    }
}

/// Whether what is so can be seen in the end: another fault may have taken away what it is seen by. A symmetric NAT takes two servers that answer, and
/// three where the first two are treated alike; blocked UDP takes two configured ones that would
/// have answered: one alone may be dead, and our own probes are silent wherever UDP is not forwarded.
pub fn is_observable(company: &Company, truth: &Truth) -> bool {
    let Subject::Network { .. } = &truth.subject else { return true };
    let probes = if company.office.is_cloud() || company.office.is_udp_forwarded {
        3
    } else {
        0
    };
    let servers = people::answering(company) + probes;
    match truth.fault {
        Fault::RjSymmetric => servers >= if probes > 0 { 3 } else { 2 },
        Fault::RjUdpBlocked => people::answering(company) >= 2,
        _ => true,
    }
}
