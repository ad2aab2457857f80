//! The sentences of a trunk's test.

use std::net::SocketAddr;
use std::time::Duration;

use sip::Transport;

use super::{ACCOUNTS_MAX, CERTIFICATE_DAYS_MIN, Finding, Judgement, Opening, Security, StepState};
use crate::call::{EchoEnd, Echoed, TONE_MS_MIN};
use crate::trunks::{Located, Records, Server, Trouble};

/// Contacts of a registrar that are told.
const CONTACTS_MAX: usize = 4;
/// Of what a provider makes us say, in characters.
const WORDS_MAX: usize = 100;

/// Values by name.
type Values = Vec<(&'static str, String)>;

impl Finding {
    /// With its values in their order.
    #[must_use]
    pub fn new(code: &'static str, text: impl Into<String>, values: Values) -> Self {
        Self {
            code,
            text: text.into(),
            values,
        }
    }

    /// What a line's trouble is called here: the same.
    #[must_use]
    pub fn of(trouble: &Trouble) -> Self {
        let values = match trouble {
            Trouble::UnknownName { host } | Trouble::NameServerSilent { host } => vec![("host", host.clone())],
            Trouble::NoRoute { server }
            | Trouble::ConnectionRefused { server }
            | Trouble::Silent { server }
            | Trouble::ConnectionLost { server } => vec![("server", server.to_string())],
            Trouble::Tls { server, why } => vec![("server", server.to_string()), ("reason", why.clone())],
            Trouble::WrongPassword { status, reason } | Trouble::Refused { status, reason } => answered(*status, reason),
            Trouble::Unable { server, status, reason } => [vec![("server", server.to_string())], answered(*status, reason)].concat(),
        };
        Self::new(trouble.code(), trouble.to_string(), values)
    }

    /// A step that ends with it.
    #[must_use]
    pub fn judged(self, state: StepState) -> Judgement {
        Judgement { state, finding: self }
    }
}

fn answered(status: u16, reason: &str) -> Values {
    vec![("status", status.to_string()), ("reason", cut(reason))]
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect()
}

fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}

fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
        Transport::Wss => "WebSocket",
    }
}

fn named(server: &Server) -> String {
    format!("{} {}", transport(server.transport), server.address)
}

/// A step was not over in time.
pub(super) fn too_slow(time_max: Duration) -> Finding {
    let seconds = time_max.as_secs().to_string();
    let text = format!("there was no result within {seconds} s");
    Finding::new("too_slow", text, vec![("seconds", seconds)])
}

pub(super) fn name_found(host: &str, located: &Located) -> Finding {
    let servers: Vec<String> = located.servers.iter().map(named).collect();
    let servers = servers.join(", ");
    let (records, how) = match located.records {
        Records::Address => ("address", "is an address"),
        Records::Host => ("A", "leads by its address records (A, AAAA)"),
        Records::Service => ("SRV", "leads by its SRV records"),
        Records::Pointer => ("NAPTR", "leads by its NAPTR and SRV records"),
    };
    let values = vec![
        ("host", host.to_owned()),
        ("records", records.to_owned()),
        ("servers", servers.clone()),
    ];
    Finding::new("name_found", format!("{host} {how}: {servers}"), values)
}

pub(super) fn no_server() -> Finding {
    let text = "no server of the provider is known, so there is nothing to connect to: first the name has to be found";
    Finding::new("no_server", text, Vec::new())
}

fn opening(server: &Server, opening: &Opening) -> Values {
    let mut values = vec![("server", named(server)), ("local", opening.local.to_string())];
    if let Some(Security {
        version,
        names,
        ends_on,
        days_left,
    }) = &opening.security
    {
        values.extend([
            ("tls", version.clone()),
            ("names", names.join(", ")),
            ("ends_on", ends_on.clone()),
            ("days", days_left.to_string()),
        ]);
    }
    values
}

pub(super) fn connected(server: &Server, way: &Opening) -> Finding {
    let (server_name, local) = (named(server), way.local);
    let text = match (&way.security, server.transport) {
        (
            Some(Security {
                version, ends_on, names, ..
            }),
            _,
        ) => format!(
            "connected to {server_name} from {local} with {version}; the certificate for {} is good until {ends_on}",
            names.join(", ")
        ),
        (None, Transport::Udp) => format!("there is a way to {server_name}, from {local}"),
        (None, Transport::Tcp | Transport::Tls | Transport::Wss) => format!("connected to {server_name} from {local}"),
    };
    Finding::new("connected", text, opening(server, way))
}

pub(super) fn certificate_ends(server: &Server, way: &Opening) -> Finding {
    let Security { ends_on, days_left, .. } = way.security.clone().unwrap_or_default();
    let text = if days_left < 0 {
        format!(
            "connected to {}, but its certificate has expired on {ends_on}: it is only believed because it is pinned; tell the provider",
            named(server)
        )
    } else {
        format!(
            "connected to {}, but its certificate ends on {ends_on}, in {days_left} days (warned from {CERTIFICATE_DAYS_MIN} days on): ask the \
             provider whether it will be renewed in time",
            named(server)
        )
    };
    let code = if days_left < 0 { "certificate_expired" } else { "certificate_ends" };
    Finding::new(code, text, opening(server, way))
}

pub(crate) fn options_answered(server: SocketAddr, status: u16, reason: &str, round_trip: Duration) -> Finding {
    let (reason, ms) = (cut(reason), milliseconds(round_trip));
    let text = format!("{server} answers {status} {reason} after {ms} ms");
    let values = [
        vec![("server", server.to_string())],
        answered(status, &reason),
        vec![("round_trip_ms", ms)],
    ]
    .concat();
    Finding::new("options_answered", text, values)
}

pub(crate) fn no_way() -> Finding {
    let text = "OPTIONS goes over the trunk's own connection, and that is not up now: what is wrong stands at the registration";
    Finding::new("no_way", text, Vec::new())
}

pub(super) fn too_many_accounts() -> Finding {
    let text = format!("only the first {ACCOUNTS_MAX} accounts are tested at once; how the others are stands at their lines");
    Finding::new("too_many_accounts", text, vec![("accounts", ACCOUNTS_MAX.to_string())])
}

pub(crate) fn does_not_register() -> Finding {
    let text = "this trunk does not register: the provider knows us by our address";
    Finding::new("does_not_register", text, Vec::new())
}

/// A refusal of late, which is not tried again yet.
pub(crate) fn refused_lately(trouble: &Trouble, wait: Duration) -> Finding {
    let Finding { code, text, mut values } = Finding::of(trouble);
    let seconds = (wait.as_secs() + 1).to_string();
    let text = format!(
        "{text}; that was less than a minute ago, and not asked again, so that the provider does not lock us out: try again in {seconds} s"
    );
    values.push(("wait_seconds", seconds));
    Finding::new(code, text, values)
}

/// What a registrar has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) server: SocketAddr,
    pub(crate) expires: Duration,
    /// The contacts that it holds.
    pub(crate) contacts: Vec<String>,
    /// The address that it sees us at.
    pub(crate) seen_as: Option<SocketAddr>,
    pub(crate) round_trip: Option<Duration>,
}

pub(crate) fn registered(granted: &Granted) -> Finding {
    let Granted {
        server,
        expires,
        contacts,
        seen_as,
        round_trip,
    } = granted;
    let seconds = expires.as_secs().to_string();
    let mut values = vec![("server", server.to_string()), ("expires_seconds", seconds.clone())];
    let mut text = format!("registered at {server} for {seconds} s");
    if let Some(seen_as) = seen_as {
        text += &format!("; it sees us at {seen_as}");
        values.push(("seen_as", seen_as.to_string()));
    }
    if !contacts.is_empty() {
        let shown: Vec<String> = contacts.iter().take(CONTACTS_MAX).map(|contact| cut(contact)).collect();
        let shown = shown.join(", ");
        text += &format!("; it holds {}: {shown}", contacts.len());
        values.push(("contacts", shown));
    }
    if let Some(round_trip) = round_trip {
        values.push(("round_trip_ms", milliseconds(*round_trip)));
    }
    Finding::new("registered", text, values)
}

pub(super) fn no_echo_number() -> Finding {
    let text = "no call was made: write a number that answers with an echo, the provider's own or one of ours with an echo test";
    Finding::new("no_echo_number", text, Vec::new())
}

pub(crate) fn no_country() -> Finding {
    let text = "no call was made: say in the number plan where you are, so that the number can be understood";
    Finding::new("no_country", text, Vec::new())
}

pub(crate) fn no_such_number(number: &str) -> Finding {
    let text = format!("no call was made: {number} is no number that this provider could be given, or one of emergency");
    Finding::new("no_such_number", text, vec![("number", cut(number))])
}

pub(crate) fn no_line() -> Finding {
    Finding::new(
        "no_line",
        "no call was made: the trunk is not connected to its provider",
        Vec::new(),
    )
}

/// The company's limits against fraud.
pub(crate) fn limited(why: &str) -> Finding {
    Finding::new("limited", format!("no call was made: {why}"), vec![("reason", why.to_owned())])
}

/// What has become of an echo call.
pub(crate) fn echoed(number: &str, echoed: &Echoed) -> Judgement {
    let received = echoed.report.as_ref().map(|report| report.received).unwrap_or_default();
    let sent = echoed.report.as_ref().map_or(0, |report| report.sent.packets);
    let mut values = vec![
        ("number", cut(number)),
        ("sent_packets", sent.to_string()),
        ("received_packets", received.packets.to_string()),
        ("lost_packets", received.lost.to_string()),
    ];
    let packets = format!("{} packets received, {} lost", received.packets, received.lost);
    let (code, text, state) = match echoed.end {
        EchoEnd::Answered if echoed.heard.tone_ms >= TONE_MS_MIN => (
            "echo_heard",
            format!("{number} answers, and our own tone comes back: there is sound both ways ({packets})"),
            StepState::Passed,
        ),
        EchoEnd::Answered if echoed.heard.sound_ms > 0 => (
            "echo_not_ours",
            format!(
                "{number} answers and something is heard, but not our tone ({packets}): a person or an announcement, or our sound does not get there"
            ),
            StepState::Failed,
        ),
        EchoEnd::Answered => (
            "echo_silent",
            format!("{number} answers and nothing is heard ({packets}): look at STUN and at the router, for sound takes its own way"),
            StepState::Failed,
        ),
        EchoEnd::Unanswered => ("echo_unanswered", format!("{number} has not answered in time"), StepState::Failed),
        EchoEnd::Refused { status } => {
            values.push(("status", status.to_string()));
            (
                "echo_refused",
                format!("the provider refuses the call to {number} with {status}"),
                StepState::Failed,
            )
        }
        EchoEnd::Broken(cause) => {
            values.push(("reason", cause.text.to_owned()));
            (
                "echo_broken",
                format!("the call to {number} broke off: {}", cause.text),
                StepState::Failed,
            )
        }
    };
    Finding::new(code, text, values).judged(state)
}

/// The trunk is switched off, or is not there.
pub(crate) fn trunk_off() -> Finding {
    Finding::new("trunk_off", "this trunk is switched off: switch it on first", Vec::new())
}

/// Somebody has changed or removed the trunk meanwhile.
pub(crate) fn trunk_changed() -> Finding {
    Finding::new("trunk_changed", "the trunk has been changed meanwhile: test it again", Vec::new())
}

/// Too many tests at once.
pub(crate) fn too_many_tests() -> Finding {
    Finding::new(
        "too_many_tests",
        "too many trunks are being tested: test this one afterwards",
        Vec::new(),
    )
}
