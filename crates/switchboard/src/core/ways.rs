//! What is known of the way to each desk phone: from its REGISTER, from what its answers repeat, and from their absence.
//!
//! ```text
//!  phone: Via, Contact 192.168.1.20 ──► ALG: 198.51.100.7 ──► we see 198.51.100.7 everywhere, but perhaps in the Call-ID
//!  we: OPTIONS, To: 192.168.1.20 ─────► ALG: not its address ──► phone
//!  we: To: 198.51.100.7? ◄── ALG: that is an address of inside ◄── phone: To: 192.168.1.20, as it has to
//! ```
//!
//! The public address in a REGISTER alone is no sign of a rewriting router: a phone may have it from STUN, or from an earlier answer of ours.
//! The question is: no phone may answer it with another address than ours.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use model::DeviceId;
use sip::Flow;
use sip::message::{Contacts, Request, UriParts};

use super::{Core, Echo, LiveEvent, Named, PhoneWay};
use crate::directory::DeviceKind;

/// By desk phone, as long as it is registered. One way for each: of the contact that has registered last.
#[derive(Debug, Default)]
pub(super) struct Ways(BTreeMap<DeviceId, PhoneWay>);

impl Ways {
    /// How a phone has registered last.
    pub(super) fn flow(&self, device: DeviceId) -> Option<Flow> {
        self.0.get(&device).map(|way| way.flow)
    }

    /// Whether the phone names another address as its own than the one it comes from.
    pub(super) fn is_translated(&self, device: DeviceId, flow: Flow) -> bool {
        let way = self.0.get(&device).filter(|way| way.flow == flow);
        way.is_some_and(|way| others(&way.named, flow).next().is_some())
    }

    /// An address of inside that a router which rewrites SIP would not let pass: it has let pass no other.
    pub(super) fn hidden(&self, device: DeviceId, flow: Flow) -> Option<IpAddr> {
        let way = self.0.get(&device).filter(|way| way.flow == flow)?;
        let source = Some(flow.peer.ip().to_canonical());
        let is_rewritten_perhaps = way.named.contact == source || way.named.via == source;
        // An address of our own would be rewritten by our own router.
        let ours = flow.local.ip().to_canonical();
        others(&way.named, flow).find(|hidden| is_rewritten_perhaps && hidden.is_ipv4() && *hidden != ours)
    }
}

/// Addresses that are named as the phone's own, and that it does not come from.
fn others(named: &Named, flow: Flow) -> impl Iterator<Item = IpAddr> {
    let source = flow.peer.ip().to_canonical();
    let all = [named.call_id, named.via, named.contact].into_iter().flatten();
    all.filter(move |address| *address != source && !address.is_unspecified() && !address.is_loopback())
}

impl Core {
    /// A device has registered by this message.
    pub(super) fn came_by(&mut self, device: DeviceId, flow: Flow, message: &Request, now: Instant) {
        let kind = self.directory.device(device).map(|device| device.kind);
        let is_here = self.registrar.contacts(device).iter().any(|binding| binding.flow == flow);
        if kind != Some(DeviceKind::DeskPhone) || !is_here {
            return;
        }
        let (named, before) = (named(message), self.ways.0.get(&device));
        let echo = before.filter(|way| (way.flow, way.named) == (flow, named)).and_then(|way| way.echo);
        self.pings.registered(device, flow, now);
        let unanswered_since = self.pings.silent_since(device, flow);
        let way = PhoneWay {
            flow,
            named,
            echo,
            unanswered_since,
            display: self.displays.state(device),
        };
        self.way_is(device, way);
    }

    /// What a question that named `named` has come back with. Tells whether a router has rewritten it.
    pub(super) fn echoed(&mut self, device: DeviceId, flow: Flow, named: IpAddr, answer: &str) -> bool {
        let Some(way) = self.ways.0.get(&device).filter(|way| way.flow == flow) else {
            return false;
        };
        let instead = UriParts::split(answer).and_then(|parts| address(parts.host));
        // What else a phone may make of it is no router's doing.
        let instead = instead.filter(|instead| *instead == flow.peer.ip().to_canonical());
        let echo = instead.map(|instead| Echo { named, instead });
        let way = PhoneWay { echo, ..way.clone() };
        self.way_is(device, way);
        echo.is_some()
    }

    /// A phone may have begun to answer, or ceased to; or what it shows is something else.
    pub(super) fn signs_changed(&mut self, device: DeviceId) {
        if let Some(way) = self.ways.0.get(&device) {
            let unanswered_since = self.pings.silent_since(device, way.flow);
            let way = PhoneWay {
                unanswered_since,
                display: self.displays.state(device),
                ..way.clone()
            };
            self.way_is(device, way);
        }
    }

    /// It is not registered any more.
    pub(super) fn way_ends(&mut self, device: DeviceId) {
        self.ways.0.remove(&device);
    }

    fn way_is(&mut self, device: DeviceId, way: PhoneWay) {
        if self.ways.0.get(&device) != Some(&way) {
            self.ways.0.insert(device, way.clone());
            self.tell(LiveEvent::PhoneWay {
                device,
                way: Box::new(way),
            });
        }
    }
}

fn named(message: &Request) -> Named {
    let contact = match message.contacts() {
        Ok(Contacts::List(contacts)) => contacts.first().and_then(|contact| address(UriParts::split(&contact.uri)?.host)),
        Ok(Contacts::None | Contacts::All) | Err(_) => None,
    };
    Named {
        via: message.sent_by_host().and_then(address),
        contact,
        call_id: message.call_id().rsplit_once('@').and_then(|(_, host)| address(host)),
    }
}

fn address(host: &str) -> Option<IpAddr> {
    let address: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
    Some(address.to_canonical())
}
