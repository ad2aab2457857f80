//! Calls whose provider's server is silent: the line moves to the next server, and they follow as soon as that one has taken it (RFC 3263 section
//! 4.3). Only then is it known at which address the new server sees us, and that it believes us.
//!
//! ```text
//!  INVITE ──silence──► the line asks the next server ──► that one registers us ──► INVITE there
//!                                    └─────────── it takes too long ─────────────► the next trunk
//! ```

use std::time::{Duration, Instant};

use model::{CallId, LegId};
use sip::Flow;
use sip::agent::DialogId;

use super::calls::Signalling;
use super::{Core, Party};
use crate::call::News;
use crate::trunks::{self, LineId};

/// How long a call waits for its line. Bounds, with the calls that there may be, how many wait.
const MOVE_MAX: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Detours {
    waiting: Vec<Waiting>,
}

/// An INVITE that is ready to go.
#[derive(Debug)]
struct Waiting {
    ids: (CallId, LegId),
    line: LineId,
    /// Where there was silence.
    silent: Flow,
    from: Party,
    to: Party,
    offer: String,
    until: Instant,
}

impl Detours {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.iter().map(|waiting| waiting.until).min()
    }
}

impl Core {
    /// Nothing has come back to our INVITE.
    pub(super) fn server_is_silent(&mut self, dialog: DialogId, now: Instant) {
        let entry = self.calls.dialogs.get(&dialog).and_then(|leg| self.calls.legs.get(leg));
        if let Some((line, flow)) = entry.and_then(|entry| Some((entry.line?, entry.flow))) {
            self.line_hears(line, trunks::News::Unanswered(flow), now);
        }
    }

    /// Sends an INVITE; one that makes a detour waits until its line has moved.
    pub(super) fn invite_or_wait(&mut self, ids: (CallId, LegId), from: Party, to: Party, offer: String, now: Instant) {
        let Some((line, silent)) = self.detour_of(ids.1) else {
            return self.invite(ids, &from, &to, offer, now);
        };
        // Where the line stays, the server has spoken after all: there is nothing to wait for.
        let stays = self.trunks.flow_of(line) == Some(silent) && !self.trunks.is_moving(line);
        let until = if stays { now } else { now + MOVE_MAX };
        self.detours.waiting.push(Waiting {
            ids,
            line,
            silent,
            from,
            to,
            offer,
            until,
        });
        self.line_moved(line, now);
    }

    fn detour_of(&self, leg: LegId) -> Option<(LineId, Flow)> {
        let entry = self.calls.legs.get(&leg)?;
        match &entry.signalling {
            Signalling::PlannedOutside { instead_of, .. } => entry.line.zip(*instead_of),
            Signalling::Planned { .. } | Signalling::Dialog(_) | Signalling::Done => None,
        }
    }

    /// A line may have another way than before: who has waited for it goes.
    pub(super) fn line_moved(&mut self, line: LineId, now: Instant) {
        let Some(flow) = self.trunks.flow_of(line) else { return };
        let goes = |waiting: &mut Waiting| waiting.line == line && waiting.silent != flow;
        for Waiting { ids, from, to, offer, .. } in self.detours.waiting.extract_if(.., goes).collect::<Vec<_>>() {
            self.calls.redirect(ids.1, flow);
            self.invite(ids, &from, &to, offer, now);
        }
    }

    pub(super) fn detours_time_out(&mut self, now: Instant) {
        let is_over = |waiting: &mut Waiting| waiting.until <= now;
        for Waiting { ids, .. } in self.detours.waiting.extract_if(.., is_over).collect::<Vec<_>>() {
            self.deliver(ids.1, News::Refused { status: 408 }, now);
        }
    }
}
