//! All lines, and the ways that are open to them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;

use model::TrunkId;
use sip::Flow;
use sip::agent::{RequestId, SeriesId};

use super::Asked;
use crate::directory::Trunk;
use crate::trunks::{Line, LineId, LineMeasure, LineReport, Trying};

/// See the module.
#[derive(Debug, Default)]
pub(in crate::core) struct Trunks {
    pub(super) lines: BTreeMap<LineId, Entry>,
    /// Requests under way: a few for each line.
    pub(super) requests: BTreeMap<RequestId, (LineId, Asked)>,
    pub(super) deadlines: BTreeSet<(Instant, LineId)>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: Line,
    /// Its registrations.
    pub(super) series: SeriesId,
    /// The routes of calls, as the registrar has told them.
    pub(super) routes: Vec<String>,
    /// What its provider has answered last.
    pub(super) measure: Option<LineMeasure>,
    /// As watchers know it.
    pub(super) told: Option<LineReport>,
    /// As it stands in `deadlines`.
    pub(super) due: Option<Instant>,
    /// The ways that are open: one, and for a moment another one to a better server.
    pub(super) open: Vec<Open>,
}

/// A way to a provider's server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) flow: Flow,
    /// The address that the server sees us at.
    pub(super) seen_as: Option<SocketAddr>,
}

impl Trunks {
    pub(in crate::core) fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, _)| *due)
    }

    pub(in crate::core) fn len(&self) -> usize {
        self.lines.len()
    }

    /// A way out by this line, else by another one of the same trunk.
    pub(in crate::core) fn way_of(&self, own: LineId) -> Option<(LineId, Flow)> {
        let trunk = own.trunk;
        let others = LineId { trunk, account: 0 }..=LineId { trunk, account: u16::MAX };
        let lines = [own].into_iter().chain(self.lines.range(others).map(|(id, _)| *id));
        lines.into_iter().find_map(|line| Some((line, self.lines.get(&line)?.line.flow()?)))
    }

    /// By which flow calls go out by a line now.
    pub(in crate::core) fn flow_of(&self, line: LineId) -> Option<Flow> {
        self.lines.get(&line)?.line.flow()
    }

    /// Whether another server is being asked while a line uses this one.
    pub(in crate::core) fn is_moving(&self, line: LineId) -> bool {
        self.lines.get(&line).is_some_and(|entry| entry.line.is_moving())
    }

    /// The way that a line would take next if its server fell silent, as far as it is known before it is open. `None` where it is of the other
    /// address family: a call is described before it goes.
    pub(in crate::core) fn next_way_of(&self, line: LineId) -> Option<Flow> {
        let line = &self.lines.get(&line)?.line;
        let (flow, next) = (line.flow()?, line.next_server()?);
        let is_alike = next.address.ip().to_canonical().is_ipv4() == flow.peer.ip().to_canonical().is_ipv4();
        is_alike.then_some(Flow {
            transport: next.transport,
            peer: next.address,
            ..flow
        })
    }

    /// The routes of calls by a line, as its registrar has told them.
    pub(in crate::core) fn routes_of(&self, line: LineId) -> Vec<String> {
        self.lines.get(&line).map(|entry| entry.routes.clone()).unwrap_or_default()
    }

    pub(in crate::core) fn line(&self, line: LineId) -> Option<&Line> {
        self.lines.get(&line).map(|entry| &entry.line)
    }

    /// See [`Line::try_now`]; what the line wants then is still to be granted. `None`: there is no such line.
    pub(in crate::core) fn try_now(&mut self, line: LineId, now: Instant) -> Option<Trying> {
        self.lines.get_mut(&line).map(|entry| entry.line.try_now(now))
    }

    /// What the providers of a trunk's lines have answered last.
    pub(in crate::core) fn measures(&self, trunk: TrunkId) -> Vec<LineMeasure> {
        let lines = LineId { trunk, account: 0 }..=LineId { trunk, account: u16::MAX };
        self.lines.range(lines).filter_map(|(_, entry)| entry.measure.clone()).collect()
    }

    /// Lines that have this way open: none, mostly, for phones come and go all the time.
    pub(super) fn users_of(&self, flow: Flow) -> Vec<LineId> {
        let uses = |entry: &Entry| entry.open.iter().any(|open| open.flow == flow);
        let lines = self.lines.iter().filter(|(_, entry)| uses(entry));
        lines.map(|(id, _)| *id).collect()
    }

    /// Whether this flow leads to the line's provider.
    pub(super) fn is_provider(&self, id: LineId, trunk: &Trunk, flow: Flow) -> bool {
        let Some(Entry { line, .. }) = self.lines.get(&id) else {
            return false;
        };
        let ip = flow.peer.ip().to_canonical();
        line.flow() == Some(flow)
            || line.servers().iter().any(|server| server.address.ip().to_canonical() == ip)
            || trunk.networks.iter().any(|network| network.contains(ip))
    }

    /// Brings `deadlines` up to date.
    pub(super) fn schedule(&mut self, id: LineId) {
        let Some(entry) = self.lines.get_mut(&id) else { return };
        let due = entry.line.deadline();
        if entry.due != due {
            if let Some(due) = std::mem::replace(&mut entry.due, due) {
                self.deadlines.remove(&(due, id));
            }
            self.deadlines.extend(due.map(|due| (due, id)));
        }
    }
}
