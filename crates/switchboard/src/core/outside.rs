//! Calls to and from the world: which trunks a call is offered to, and where one that comes in goes.

use std::time::{Duration, Instant};

use model::control::{Peer, Srtp};
use model::{CallId, LegId, TrunkId, UserId};
use numbers::Dialled;
use sip::agent::{Credentials, DialogId};
use sip::message::Request;
use sip::{Flow, Transport};

use super::admission::{Asked, Wanted};
use super::calls::Signalling;
use super::replacing::NO_SUCH_DIALOG;
use super::trunks::credentials;
use super::{Core, LiveEvent, Party};
use crate::call::{Branch, Cause, Failing, Pace, Plan, Reserve};
use crate::dialplan::{Denial, Outside, Way, caller_number, lead_in};
use crate::directory::Trunk;
use crate::trunks::LineId;

impl Core {
    /// A call to the world: one leg for each way that a trunk has, each the reserve of the one before it.
    pub(super) fn plan_outside(&mut self, call: CallId, asked: &Asked, outside: &Outside, now: Instant) -> Plan {
        let number = match &outside.dialled {
            Dialled::World(number) => number.to_string(),
            Dialled::Emergency(digits) => (*digits).to_owned(),
            Dialled::Service { digits, .. } => digits.clone(),
            Dialled::Internal(_) | Dialled::Unknown(_) => String::new(),
        };
        let called = Party {
            user: None,
            device: None,
            number,
            name: String::new(),
        };
        let counted = self.guard.counted(call);
        let is_forwarded = !asked.through.is_empty();
        if let Err(cause) = self.admit(call, (asked.responsible, is_forwarded), outside, now) {
            return Plan::Refuse { called, cause };
        }
        let ways = self.ways_outside(call, &called, outside);
        let Some(branch) = Branch::of(called.clone(), Duration::ZERO, ways) else {
            self.guard.withdraw(call, counted);
            let cause = Cause {
                status: 503,
                text: "no trunk is connected to its provider",
            };
            return Plan::Refuse { called, cause };
        };
        Plan::Ring {
            called,
            branches: vec![branch],
            pace: Pace::default(),
        }
    }

    /// A leg to be for each way to a number of the world, as far as its trunk is up.
    pub(super) fn ways_outside(&mut self, call: CallId, called: &Party, outside: &Outside) -> Vec<Reserve> {
        let directory = self.directory.shared();
        let mut ways = Vec::new();
        for way in &outside.ways {
            if let Some(trunk) = directory.trunks.iter().find(|trunk| trunk.id == way.trunk) {
                self.legs_by(call, called, trunk, way, &mut ways);
            }
        }
        ways
    }

    /// Whether the guard lets the call go out; an alarm otherwise.
    pub(super) fn admit(
        &mut self,
        call: CallId,
        (responsible, is_forwarded): (Option<UserId>, bool),
        outside: &Outside,
        now: Instant,
    ) -> Result<(), Cause> {
        let (Some(user), Some(plan)) = (responsible, &self.directory.directory().plan) else {
            return Ok(());
        };
        let admitted = self
            .guard
            .admit((user, call), (outside.class, is_forwarded), &plan.limits, self.clock, now);
        admitted.map_err(|suspicion| {
            if suspicion.is_alarming() {
                self.tell(LiveEvent::Suspected { user, suspicion });
            }
            Cause {
                status: 403,
                text: suspicion.text(),
            }
        })
    }

    /// The legs that a call may have by a trunk: encrypted where that can be, and plain where that may be.
    pub(super) fn legs_by(&mut self, call: CallId, called: &Party, trunk: &Trunk, way: &Way, reserves: &mut Vec<Reserve>) {
        let own = LineId {
            trunk: trunk.id,
            account: way.account,
        };
        let Some((line, flow)) = self.trunks.way_of(own) else { return };
        let modes: &[(Srtp, Failing)] = match (trunk.srtp, flow.transport) {
            (Srtp::Required, _) => &[(Srtp::Required, Failing::NotCarried)],
            // Keys would travel in the open otherwise (RFC 4568 section 7).
            (Srtp::Accepted, Transport::Tls) => &[(Srtp::Required, Failing::NotCarried), (Srtp::Accepted, Failing::Unsuitable)],
            (Srtp::Accepted | Srtp::Never, _) => &[(Srtp::Never, Failing::NotCarried)],
        };
        let direct = modes.iter().map(|(srtp, after)| (flow, *srtp, *after, None));
        // Where the call shall go when the server is silent; by then its line has moved there.
        let detour = self
            .trunks
            .next_way_of(line)
            .map(|next| (next, modes[0].0, Failing::Silent, Some(flow)));
        for (flow, srtp, after, instead_of) in direct.chain(detour) {
            let signalling = Signalling::PlannedOutside {
                target: format!("sip:{}@{}", way.number, trunk.domain),
                identity: way.identity.clone(),
                instead_of,
            };
            let leg: LegId = self.calls.add_leg(call, called, flow, signalling);
            self.calls.assign(leg, line);
            reserves.push(Reserve {
                leg,
                peer: peer(trunk.id, flow, srtp),
                after,
            });
        }
    }

    /// A provider calls: one of our numbers, and nothing else.
    pub(super) fn called_from_outside(&mut self, dialog: DialogId, flow: Flow, line: LineId, message: &Request, now: Instant) {
        if let Some(cause) = self.obstacle(flow, false) {
            return self.refuse(dialog, cause, now);
        }
        // No provider has a call of ours to replace (RFC 3891 section 3).
        if message.header("Replaces").is_some() {
            return self.refuse(dialog, NO_SUCH_DIALOG, now);
        }
        let directory = self.directory.shared();
        let (Some(plan), Some(trunk)) = (&directory.plan, directory.trunks.iter().find(|trunk| trunk.id == line.trunk)) else {
            return self.refuse(dialog, Denial::NoSuchNumber.cause(), now);
        };
        let inside = called_numbers(message).find_map(|number| lead_in(plan, trunk, &number));
        let Some(inside) = inside else {
            let called = called_numbers(message).next().unwrap_or_default();
            tracing::info!(trunk = %trunk.id, "a call from outside for a number that leads nowhere");
            tracing::debug!(called, "the number");
            return self.refuse(dialog, Denial::NoSuchNumber.cause(), now);
        };
        let (number, name) = caller(message);
        let caller = Party {
            user: None,
            device: None,
            number: caller_number(&plan.here, trunk, &number),
            name,
        };
        let wanted = Wanted {
            dialog,
            flow,
            line: Some(line),
            caller,
            is_of_place: false,
            dialled: &inside,
            message,
        };
        self.start_call(wanted, now);
    }

    /// How media reaches a provider.
    pub(super) fn peer_outside(&self, line: LineId, flow: Flow) -> Option<Peer> {
        let trunk = self.directory.directory().trunks.iter().find(|trunk| trunk.id == line.trunk)?;
        Some(peer(trunk.id, flow, trunk.srtp))
    }

    /// What answers a provider's challenges.
    pub(super) fn credentials_of(&self, line: LineId) -> Option<Credentials> {
        let trunk = self.directory.directory().trunks.iter().find(|trunk| trunk.id == line.trunk)?;
        trunk.accounts.get(usize::from(line.account)).map(credentials)
    }
}

fn peer(trunk: TrunkId, flow: Flow, srtp: Srtp) -> Peer {
    Peer::Phone {
        local: flow.local.ip(),
        signalling: flow.peer.ip(),
        srtp,
        trunk: Some(trunk),
    }
}

/// What may be the number called, likeliest first: providers put the account into the Request-URI and the number into `To`, or
/// the other way round, or into `P-Called-Party-ID` (RFC 3455).
fn called_numbers(message: &Request) -> impl Iterator<Item = String> {
    let named = message.header("P-Called-Party-ID").map(str::to_owned);
    [message.request_user(), named, message.to_user()].into_iter().flatten()
}

/// Number and name of who calls: what the provider asserts (RFC 3325), else what `From` says.
fn caller(message: &Request) -> (String, String) {
    let from = message.from();
    let asserted = message.asserted();
    let is_hidden = message
        .headers("Privacy")
        .any(|value| value.split(';').any(|token| token.trim().eq_ignore_ascii_case("id")));
    if is_hidden {
        return ("anonymous".to_owned(), String::new());
    }
    let who = asserted.unwrap_or(from);
    (who.uri, who.display)
}
