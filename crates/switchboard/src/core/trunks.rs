//! Lines of trunks and the world: their registrations as SIP requests, and whose calls come in by which of them.

mod entries;
mod messages;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::Rng as _;
use sip::agent::{Header, Mirror, RequestId};
use sip::message::{Registration, Request};
use sip::{Flow, Transport};

pub(super) use self::entries::Trunks;
use self::entries::{Entry, Open};
pub(super) use self::messages::credentials;
use self::messages::{question, registration};
use super::{Core, LiveEvent, Output};
use crate::directory::{Account, Directory, Trunk};
use crate::trunks::{CheckId, Line, LineId, LineMeasure, LineReport, News, Terms, Want};

/// Contacts of a registrar that are kept: of one account there are few.
const CONTACTS_MAX: usize = 16;
/// How long a provider may take for a response; then another server has its turn.
const RESPONSE_MAX: Duration = Duration::from_secs(6);
/// A registration that lasts longer is not asked for, whatever the provider wants.
const EXPIRES_MAX_S: u32 = 86_400;
/// Lines at most, of all trunks together.
pub const LINES_MAX: usize = 512;
/// Connections of a line at most: one, and for a moment another one to a better server.
pub const LINE_CONNECTIONS_MAX: usize = 2;

/// What a request of ours was for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Registration {
        flow: Flow,
        expires: Duration,
    },
    Farewell,
    Sign {
        flow: Flow,
    },
    /// For the test of a trunk.
    Check {
        check: CheckId,
        flow: Flow,
    },
}

/// The response to a request of ours.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) headers: Vec<Header>,
    pub(super) seen_as: Option<SocketAddr>,
    pub(super) round_trip: Option<Duration>,
    pub(super) mirror: Option<Box<Mirror>>,
}

impl Core {
    /// Trunks may have come, gone or changed: what has changed begins anew, everything else goes on.
    pub(super) fn trunks_changed(&mut self, old: &Directory, now: Instant) {
        let new = self.directory.shared();
        for trunk in old.trunks.iter().filter(|trunk| !new.trunks.contains(trunk)) {
            self.end_check(trunk.id, now);
            for account in 0..lines_of(trunk) {
                self.close_line(LineId { trunk: trunk.id, account }, trunk, now);
            }
        }
        for trunk in new.trunks.iter().filter(|trunk| !old.trunks.contains(trunk)) {
            for account in 0..lines_of(trunk) {
                self.open_line(LineId { trunk: trunk.id, account }, trunk, now);
            }
        }
    }

    pub(super) fn open_line(&mut self, id: LineId, trunk: &Trunk, now: Instant) {
        if self.trunks.len() >= LINES_MAX {
            self.refused += 1;
            return tracing::warn!(%id, "there are too many trunk accounts: this one is not used");
        }
        let terms = Terms {
            host: trunk.place.host.clone(),
            expires: account_of(trunk, id).and_then(|account| account.expires),
            ping_every: trunk.ping_every,
        };
        let entry = Entry {
            line: Line::new(terms, self.random.random(), now),
            series: self.agent.open_series(),
            routes: Vec::new(),
            measure: None,
            told: None,
            due: None,
            open: Vec::new(),
        };
        self.trunks.lines.insert(id, entry);
        self.attend_to(id, now);
    }

    fn close_line(&mut self, id: LineId, trunk: &Trunk, now: Instant) {
        let Some(entry) = self.trunks.lines.remove(&id) else { return };
        if let Some(due) = entry.due {
            self.trunks.deadlines.remove(&(due, id));
        }
        if let (Some(flow), Some(account)) = (entry.line.flow(), account_of(trunk, id))
            && account.expires.is_some()
        {
            let request = self
                .agent
                .request(registration(trunk, account, flow, Duration::ZERO, Some(entry.series)), now);
            self.trunks.requests.insert(request, (id, Asked::Farewell));
        }
        self.agent.close_series(entry.series);
        for Open { flow, .. } in entry.open {
            self.agent.set_contact_address(flow, None);
            self.flows.displace(flow);
        }
        self.tell(LiveEvent::LineClosed { line: id });
    }

    // --- What lines hear -----------------------------------------------------------------------------------------------------------------

    pub(super) fn line_hears(&mut self, id: LineId, news: News, now: Instant) {
        if let News::Connected(flow) = news
            && flow.transport.is_reliable()
            && !self.flows.open(flow, None, None)
        {
            self.refused += 1;
        }
        if let Some(entry) = self.trunks.lines.get_mut(&id) {
            match news {
                News::Connected(flow) if entry.open.iter().all(|open| open.flow != flow) => entry.open.push(Open { flow, seen_as: None }),
                News::Closed(flow) => entry.open.retain(|open| open.flow != flow),
                News::Connected(_)
                | News::Located { .. }
                | News::NotLocated(_)
                | News::NotConnected(_)
                | News::Registered { .. }
                | News::NotRegistered { .. }
                | News::Pinged { .. }
                | News::Unanswered(_) => {}
            }
            entry.line.handle(news, now);
            self.attend_to(id, now);
        } else if let News::Connected(flow) = news {
            // Its trunk has gone meanwhile.
            self.flows.displace(flow);
        }
    }

    pub(super) fn lines_time_out(&mut self, now: Instant) {
        let due = self.trunks.deadlines.iter().take_while(|(due, _)| *due <= now);
        for id in due.map(|(_, id)| *id).collect::<Vec<_>>() {
            if let Some(entry) = self.trunks.lines.get_mut(&id) {
                entry.line.handle_timeout(now);
            }
            self.attend_to(id, now);
        }
    }

    pub(super) fn lines_lose(&mut self, flow: Flow, now: Instant) {
        for id in self.trunks.users_of(flow) {
            self.line_hears(id, News::Closed(flow), now);
        }
    }

    /// The response to a request of ours; 408 when nothing came back.
    pub(super) fn line_responded(&mut self, request: RequestId, response: &Response, now: Instant) {
        let Some((id, asked)) = self.trunks.requests.remove(&request) else {
            return;
        };
        let flow = match asked {
            Asked::Farewell => return,
            Asked::Registration { flow, .. } | Asked::Sign { flow } | Asked::Check { flow, .. } => flow,
        };
        let told = Registration::read(&response.headers);
        let is_listing = matches!(asked, Asked::Registration { .. }) && (200..300).contains(&response.status);
        self.measure_line(id, flow, is_listing.then_some(&told), response);
        if let Asked::Check { check, flow } = asked {
            return self.check_answered(id.trunk, check, flow, response, now);
        }
        let status = response.status;
        let news = match asked {
            Asked::Farewell | Asked::Check { .. } => return,
            Asked::Sign { flow } => News::Pinged {
                flow,
                status: (status != 408).then_some(status),
            },
            Asked::Registration { flow, expires } => match status {
                200..=299 => News::Registered {
                    flow,
                    expires: self.registered(id, flow, &told).unwrap_or(expires),
                },
                // As long as the provider wants it, then.
                423 if told.min_expires_s.is_some_and(|least| Duration::from_secs(least.into()) > expires) => {
                    let least = told.min_expires_s.unwrap_or_default().min(EXPIRES_MAX_S);
                    return self.register_line(id, flow, Duration::from_secs(least.into()), now);
                }
                _ => News::NotRegistered {
                    flow,
                    status,
                    reason: response.reason.clone(),
                    retry_after: seconds_of(&response.headers, "Retry-After"),
                },
            },
        };
        let granted = match news {
            News::Registered { expires, .. } => Some(expires),
            _ => None,
        };
        let is_refused = matches!(news, News::NotRegistered { .. });
        self.line_hears(id, news, now);
        if let Some(granted) = granted {
            self.check_registered((id, flow), &told, granted, response, now);
        }
        if let Some(seen_as) = response.seen_as.filter(|_| !is_refused) {
            self.line_seen(id, flow, seen_as, now);
        }
        self.line_moved(id, now);
    }

    /// Keeps what an answer has shown, for administrators.
    fn measure_line(&mut self, id: LineId, flow: Flow, listed: Option<&Registration>, response: &Response) {
        let ours = listed.map(|_| self.contact_of(id, flow));
        let (Some(round_trip), Some(mirror), Some(entry)) = (response.round_trip, &response.mirror, self.trunks.lines.get_mut(&id)) else {
            return;
        };
        let contacts = |told: &Registration| told.contacts.iter().take(CONTACTS_MAX).map(|contact| contact.uri.clone()).collect();
        let before = entry.measure.take().filter(|measure| measure.flow == flow);
        let measure = LineMeasure {
            flow,
            round_trip,
            mirror: Mirror::clone(mirror),
            contacts: ours.zip(listed.map(contacts)).or_else(|| before?.contacts),
        };
        entry.measure = Some(measure.clone());
        let measure = Box::new(measure);
        self.tell(LiveEvent::LineMeasured { line: id, measure });
    }

    /// What a registrar has told us. How long the registration lasts.
    fn registered(&mut self, id: LineId, flow: Flow, told: &Registration) -> Option<Duration> {
        let contact = self.contact_of(id, flow);
        let entry = self.trunks.lines.get_mut(&id)?;
        entry.routes.clone_from(&told.service_routes);
        let granted = told.granted_s(&contact).or(told.expires_s).filter(|seconds| *seconds > 0)?;
        Some(Duration::from_secs(granted.into()))
    }

    /// The provider sees us at this address: our `Contact` is there, too. A registration with another one is made good at once.
    fn line_seen(&mut self, id: LineId, flow: Flow, seen_as: SocketAddr, now: Instant) {
        let Some(entry) = self.trunks.lines.get_mut(&id) else { return };
        let Some(open) = entry.open.iter_mut().find(|open| open.flow == flow) else {
            return;
        };
        let is_elsewhere = seen_as != flow.local;
        if open.seen_as.replace(seen_as) != Some(seen_as) {
            self.agent.set_contact_address(flow, is_elsewhere.then_some(seen_as));
            if is_elsewhere && entry.line.flow() == Some(flow) {
                entry.line.renew(now);
            }
            self.attend_to(id, now);
        }
    }

    /// A provider has refused a call. Over UDP it may have forgotten our registration while it goes on answering OPTIONS; from the called party's
    /// own refusals that cannot be told apart, so one registration too many is the price.
    pub(super) fn line_refused_call(&mut self, id: LineId, status: u16, now: Instant) {
        if let Some(entry) = self.trunks.lines.get_mut(&id)
            && matches!(status, 401 | 403 | 404 | 407 | 480)
        {
            entry.line.doubt(now);
            self.attend_to(id, now);
        }
    }

    // --- What lines want -----------------------------------------------------------------------------------------------------------------

    /// Carries out what a line wants, then brings everything that depends on it up to date.
    pub(super) fn attend_to(&mut self, id: LineId, now: Instant) {
        let directory = self.directory.shared();
        let Some(trunk) = directory.trunks.iter().find(|trunk| trunk.id == id.trunk) else {
            return;
        };
        while let Some(want) = self.trunks.lines.get_mut(&id).and_then(|entry| entry.line.poll_want()) {
            self.grant(id, trunk, want, now);
        }
        self.trunks.schedule(id);
        let Some(entry) = self.trunks.lines.get_mut(&id) else { return };
        let Entry { line, open, .. } = entry;
        for Open { flow, .. } in open.extract_if(.., |open| !line.uses(open.flow)) {
            self.agent.set_contact_address(flow, None);
            self.flows.displace(flow);
        }
        let used = open.iter().find(|open| line.flow() == Some(open.flow));
        let seen_as = used.and_then(|open| open.seen_as);
        let report = LineReport {
            state: entry.line.state(),
            trouble: entry.line.trouble().cloned(),
            seen_as,
        };
        if entry.told.as_ref() != Some(&report) {
            entry.told = Some(report.clone());
            self.tell(LiveEvent::Line { line: id, report });
        }
        self.check_sees(id, now);
    }

    fn grant(&mut self, id: LineId, trunk: &Trunk, want: Want, now: Instant) {
        let account = account_of(trunk, id);
        match (want, account) {
            (Want::Locate, _) => self.outputs.push_back(Output::Locate {
                line: id,
                place: trunk.place.clone(),
            }),
            (Want::Connect(server), _) => self.outputs.push_back(Output::ConnectLine {
                line: id,
                server,
                trust: trunk.trust.clone(),
                from: trunk.place.from,
            }),
            (Want::Register { flow, expires }, _) => self.register_line(id, flow, expires, now),
            (Want::Unregister { flow }, Some(account)) => {
                let series = self.trunks.lines.get(&id).map(|entry| entry.series);
                let request = self.agent.request(registration(trunk, account, flow, Duration::ZERO, series), now);
                self.trunks.requests.insert(request, (id, Asked::Farewell));
            }
            (Want::Unregister { .. }, None) => {}
            (Want::Ping { flow }, _) => {
                let request = self.agent.request(question(trunk, flow), now);
                self.trunks.requests.insert(request, (id, Asked::Sign { flow }));
            }
        }
    }

    /// OPTIONS for a test of the trunk.
    pub(super) fn question_for_check(&mut self, trunk: &Trunk, line: LineId, flow: Flow, check: CheckId, now: Instant) {
        let request = self.agent.request(question(trunk, flow), now);
        self.trunks.requests.insert(request, (line, Asked::Check { check, flow }));
    }

    fn register_line(&mut self, id: LineId, flow: Flow, expires: Duration, now: Instant) {
        let directory = self.directory.shared();
        let trunk = directory.trunks.iter().find(|trunk| trunk.id == id.trunk);
        let account = trunk.and_then(|trunk| account_of(trunk, id));
        if let (Some(trunk), Some(account), Some(entry)) = (trunk, account, self.trunks.lines.get(&id)) {
            let request = self
                .agent
                .request(registration(trunk, account, flow, expires, Some(entry.series)), now);
            self.trunks.requests.insert(request, (id, Asked::Registration { flow, expires }));
        }
    }

    /// Our `Contact` as a registrar knows it.
    fn contact_of(&self, id: LineId, flow: Flow) -> String {
        self.agent.contact_uri(flow, &self.contact_user_of(id).unwrap_or_default())
    }

    pub(super) fn contact_user_of(&self, id: LineId) -> Option<String> {
        let trunk = self.directory.directory().trunks.iter().find(|trunk| trunk.id == id.trunk)?;
        Some(account_of(trunk, id)?.contact_user().to_owned())
    }

    // --- Who calls in --------------------------------------------------------------------------------------------------------------------

    /// The line that a request came in by, if its sender is a provider. The account that is addressed decides where several are at one.
    /// A phone of ours may be at the same address: over its own flow it is a phone.
    pub(super) fn line_behind(&self, flow: Flow, message: &Request) -> Option<LineId> {
        if flow.transport == Transport::Wss {
            return None;
        }
        let directory = self.directory.directory();
        let trunks = directory.trunks.iter();
        let lines = trunks.flat_map(|trunk| (0..lines_of(trunk)).map(move |account| (LineId { trunk: trunk.id, account }, trunk)));
        let mut believed = lines.filter(|(id, trunk)| self.trunks.is_provider(*id, trunk, flow)).peekable();
        let first = believed.peek().map(|(id, _)| *id)?;
        if self.registrar.is_registered_over(flow) {
            return None;
        }
        let addressed = message.request_user().unwrap_or_default();
        let exact = believed.find(|(id, trunk)| account_of(trunk, *id).is_some_and(|account| account.contact_user() == addressed));
        Some(exact.map_or(first, |(id, _)| id))
    }
}

/// How many lines a trunk has.
fn lines_of(trunk: &Trunk) -> u16 {
    u16::try_from(trunk.accounts.len().max(1)).unwrap_or(u16::MAX)
}

fn account_of(trunk: &Trunk, line: LineId) -> Option<&Account> {
    trunk.accounts.get(usize::from(line.account))
}

fn seconds_of(headers: &[Header], name: &str) -> Option<Duration> {
    let (_, value) = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
    Some(Duration::from_secs(digits.parse::<u32>().ok()?.into()))
}
