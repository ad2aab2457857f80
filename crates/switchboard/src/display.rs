//! What shared phones show: whose number they have, or "Cancel mobility", or that nobody is logged on. Each phone is told in the way that it
//! understands, until it has said that it has got it.
//!
//! ```text
//!                      other text wanted, or registered anew
//!        ┌──────────────────────────────────────────────────────────────┐
//!        ▼                                                              │
//!       Due ──────────► Sent ──── 2xx ────────────────────────────────► Idle
//!        ▲               │ │                                            ▲
//!        └─ back-off ────┘ └── refused: the next way; after the last ───┘
//!          (408, 5xx)
//! ```

mod label;
mod message;
mod snom;
mod yealink;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use model::DeviceId;
use sip::Flow;
use sip::agent::{Body, Header, RequestId};

use crate::core::PhoneDisplay;

/// The first pause after a text that was not acknowledged; each further one doubles.
const BACKOFF_MIN: Duration = Duration::from_secs(4);
/// The longest pause. A phone that registers again is tried at once.
const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// A phone that has failed so often to take a text shows something else: once may be an accident.
const OUTDATED_AFTER: u32 = 2;

/// What a shared phone is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Showing {
    /// Whose number it has.
    Person { name: String, extension: String },
    /// Whose number is with their browser, and comes back by the code.
    Mobile,
    /// Nobody is logged on.
    Nobody,
}

/// A way to tell a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Snom,
    Yealink,
    Message,
    Label,
}

/// A request that changes what a phone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Body,
}

/// Where a phone is, and what it has told about itself in its REGISTER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) flow: Flow,
    pub(crate) target: String,
    pub(crate) call_id: String,
    pub(crate) user_agent: String,
    /// The methods of its `Allow`; `None` where it tells none.
    pub(crate) allow: Option<String>,
}

/// All shared phones. See the module.
#[derive(Debug, Default)]
pub(crate) struct Displays {
    phones: BTreeMap<DeviceId, Display>,
    due: BTreeSet<(Instant, DeviceId)>,
    requests: BTreeMap<RequestId, DeviceId>,
}

#[derive(Debug)]
struct Display {
    wanted: Showing,
    /// What it has said that it has got.
    shown: Option<Showing>,
    reach: Option<Reach>,
    /// Not refused yet, best first.
    ways: Vec<Way>,
    failures: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle,
    Due { at: Instant },
    Sent { request: RequestId, showing: Showing },
}

impl Showing {
    /// In one line.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Person { name, extension } if extension.is_empty() => name.clone(),
            Self::Person { name, extension } => format!("{name} ({extension})"),
            Self::Mobile => "Cancel mobility".to_owned(),
            Self::Nobody => "Nobody is logged on".to_owned(),
        }
    }

    /// What the code for desk share does there, in words for a key; `None`: nothing that one would want a key for.
    fn key(&self) -> Option<&'static str> {
        match self {
            Self::Person { .. } => None,
            Self::Mobile => Some("Cancel mobility"),
            Self::Nobody => Some("Log on"),
        }
    }
}

impl Way {
    fn notice(self, showing: &Showing, code: Option<&str>) -> Option<Notice> {
        match self {
            Self::Snom => Some(snom::notice(showing, code)),
            Self::Yealink => Some(yealink::notice(showing, code)),
            Self::Message => Some(message::notice(showing, code)),
            Self::Label => label::NOTICE,
        }
    }
}

impl Displays {
    /// Shared phones are these. Tells which are none any more.
    pub(crate) fn retain(&mut self, is_shared: impl Fn(DeviceId) -> bool) -> Vec<DeviceId> {
        let gone: Vec<DeviceId> = self.phones.keys().copied().filter(|device| !is_shared(*device)).collect();
        for device in &gone {
            self.set(*device, State::Idle);
            self.phones.remove(device);
        }
        gone
    }

    /// A phone is to show this.
    pub(crate) fn want(&mut self, device: DeviceId, wanted: Showing, now: Instant) {
        let display = self.phones.entry(device).or_insert_with(|| Display::of(wanted.clone()));
        display.wanted = wanted;
        // While something is on its way, its answer brings this one about.
        if !matches!(display.state, State::Sent { .. }) {
            display.failures = 0;
            self.look_at(device, now);
        }
    }

    /// A phone has registered.
    pub(crate) fn registered(&mut self, device: DeviceId, reach: Reach, now: Instant) {
        let Some(display) = self.phones.get_mut(&device) else { return };
        let is_new = display.reach.as_ref() != Some(&reach);
        if is_new {
            (display.ways, display.shown, display.failures) = (ways(&reach), None, 0);
            display.reach = Some(reach);
            self.set(device, State::Idle);
        }
        if self
            .phones
            .get(&device)
            .is_some_and(|display| !matches!(display.state, State::Sent { .. }))
        {
            self.look_at(device, now);
        }
    }

    /// A phone is registered no more.
    pub(crate) fn gone(&mut self, device: DeviceId) {
        if let Some(display) = self.phones.get_mut(&device) {
            (display.reach, display.shown) = (None, None);
            self.set(device, State::Idle);
        }
    }

    /// When [`Displays::next`] wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// What is to be sent now; [`Displays::sent`] is to follow. `code`: the code for desk share.
    pub(crate) fn next(&mut self, code: Option<&str>, now: Instant) -> Option<(DeviceId, Reach, Notice)> {
        while let Some((_, device)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            let display = &self.phones[&device];
            let notice = display.ways.first().and_then(|way| way.notice(&display.wanted, code));
            if let (Some(notice), Some(reach)) = (notice, &display.reach) {
                return Some((device, reach.clone(), notice));
            }
            self.set(device, State::Idle);
        }
        None
    }

    /// It was sent as this request.
    pub(crate) fn sent(&mut self, device: DeviceId, request: RequestId) {
        if let Some(showing) = self.phones.get(&device).map(|display| display.wanted.clone()) {
            self.set(device, State::Sent { request, showing });
        }
    }

    /// What has become of a request: which phone it was for; `None` when it was none of these.
    pub(crate) fn answered(&mut self, request: RequestId, status: u16, now: Instant) -> Option<DeviceId> {
        let device = self.requests.get(&request).copied()?;
        let Some(display) = self.phones.get_mut(&device) else {
            return Some(device);
        };
        let State::Sent { showing, .. } = std::mem::replace(&mut display.state, State::Idle) else {
            return Some(device);
        };
        self.requests.remove(&request);
        match status {
            200..=299 => {
                (display.shown, display.failures) = (Some(showing), 0);
                self.look_at(device, now);
            }
            // It may not have got it, or has no time.
            408 | 500 | 502..=599 => {
                let at = now + backoff(display.failures);
                display.failures = display.failures.saturating_add(1);
                self.set(device, State::Due { at });
            }
            // It cannot do that.
            _ => {
                display.ways.remove(0);
                display.failures = 0;
                self.look_at(device, now);
            }
        }
        Some(device)
    }

    /// What is known of a phone's display.
    pub(crate) fn state(&self, device: DeviceId) -> PhoneDisplay {
        let display = self.phones.get(&device).filter(|display| display.reach.is_some());
        display.map_or(PhoneDisplay::Unknown, Display::seen)
    }

    /// Has a phone told at once, if it does not show what it should.
    fn look_at(&mut self, device: DeviceId, now: Instant) {
        let Some(display) = self.phones.get(&device) else { return };
        let is_done = display.shown.as_ref() == Some(&display.wanted) || display.reach.is_none() || display.ways.is_empty();
        self.set(device, if is_done { State::Idle } else { State::Due { at: now } });
    }

    fn set(&mut self, device: DeviceId, state: State) {
        let Some(display) = self.phones.get_mut(&device) else { return };
        match &state {
            State::Due { at } => drop(self.due.insert((*at, device))),
            State::Sent { request, .. } => drop(self.requests.insert(*request, device)),
            State::Idle => {}
        }
        match std::mem::replace(&mut display.state, state) {
            State::Due { at } if !matches!(display.state, State::Due { at: new } if new == at) => drop(self.due.remove(&(at, device))),
            State::Sent { request, .. } => drop(self.requests.remove(&request)),
            State::Idle | State::Due { .. } => {}
        }
    }
}

impl Display {
    fn of(wanted: Showing) -> Self {
        Self {
            wanted,
            shown: None,
            reach: None,
            ways: Vec::new(),
            failures: 0,
            state: State::Idle,
        }
    }

    fn seen(&self) -> PhoneDisplay {
        match (&self.shown, &self.wanted, self.ways.first()) {
            (_, _, None | Some(Way::Label)) => PhoneDisplay::Refused,
            (Some(Showing::Person { .. }), Showing::Mobile, Some(_)) if self.failures >= OUTDATED_AFTER => PhoneDisplay::Outdated,
            (Some(_), _, Some(_)) => PhoneDisplay::Shown,
            (None, _, Some(_)) => PhoneDisplay::Unknown,
        }
    }
}

fn backoff(failures: u32) -> Duration {
    BACKOFF_MIN.saturating_mul(1 << failures.min(16)).min(BACKOFF_MAX)
}

/// How a phone can be told, best first. One that does not tell its methods may know any.
fn ways(reach: &Reach) -> Vec<Way> {
    let allows = |wanted: &str| {
        let methods = reach.allow.as_deref();
        methods.is_none_or(|methods| methods.split(',').any(|method| method.trim().eq_ignore_ascii_case(wanted)))
    };
    let agent = reach.user_agent.to_ascii_lowercase();
    let own = match (snom::is_made_by(&agent), yealink::is_made_by(&agent)) {
        (true, _) => Some(Way::Snom),
        (false, true) => Some(Way::Yealink),
        (false, false) => None,
    };
    let own = own.filter(|_| allows("NOTIFY"));
    let message = allows("MESSAGE").then_some(Way::Message);
    own.into_iter().chain(message).chain([Way::Label]).collect()
}

/// Text as XML wants it, without characters that XML cannot have.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
