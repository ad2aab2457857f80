//! Where people are, as clients see it.

use doctor::evidence::{self, Locality, MediaWay};
use doctor::finding::{Severity, Subject};
use model::Language;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::doctor::Report;
use crate::doctor::told::{id, moment};

/// A round trip up to here is good, and up to the second one fair, in milliseconds (ITU-T G.114: 150 and 400 one way).
const GOOD_MS: f32 = 300.0;
const FAIR_MS: f32 = 800.0;

/// A person in one network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct UserNetwork {
    extension: String,
    name: String,
    /// By which the server sees them.
    #[schema(required, example = "203.0.113.7")]
    address: Option<String>,
    locality: Place,
    /// The host of the page's address.
    page_host: String,
    #[serde(with = "time::serde::rfc3339")]
    seen_at: OffsetDateTime,
    /// How the media of their last call went; null before there was one.
    #[schema(required)]
    way: Option<Way>,
    /// Of that media.
    #[schema(required)]
    round_trip_ms: Option<f32>,
    verdict: Verdict,
    /// In words.
    #[schema(example = "TCP, 180 ms")]
    sentence: String,
    /// The last check of a browser there; null without one.
    #[schema(required)]
    check: Option<LastCheck>,
    /// Of findings about this network.
    findings: Vec<String>,
}

/// Where a network is, seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Locality)]
enum Place {
    Lan,
    /// Behind a tunnel that ends at the office.
    Vpn,
    /// At the office, though by the router's public address.
    Hairpin,
    Internet,
    Unknown,
}

/// How media goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NetworkWay)]
enum Way {
    Udp,
    Tcp,
    /// By our relay inside TLS.
    Relay,
}

/// How good it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NetworkVerdict)]
enum Verdict {
    Good,
    Fair,
    Poor,
    Unknown,
}

/// A check of a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NetworkCheck)]
struct LastCheck {
    /// For `/check/results`; null where it is not kept.
    #[schema(required)]
    id: Option<u64>,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    verdict: Verdict,
}

impl UserNetwork {
    /// All that a report knows.
    pub(super) fn all(report: &Report, language: Language) -> Vec<Self> {
        let networks = report.evidence.networks.iter();
        networks.map(|network| Self::of(network, report, language)).collect()
    }

    fn of(network: &evidence::UserNetwork, report: &Report, language: Language) -> Self {
        let address = network.address.map(|address| address.to_string());
        let about: Vec<_> = report.open.iter().filter(|kept| is_about(&kept.finding.subject, network)).collect();
        let worst = about.iter().map(|kept| kept.finding.severity).max();
        let way = network.way.and_then(Way::of);
        let verdict = Verdict::of(worst, network, way);
        Self {
            extension: network.extension.clone(),
            name: network.name.clone(),
            address,
            locality: network.locality.into(),
            page_host: network.page_host.clone(),
            seen_at: moment(network.seen_at),
            way,
            round_trip_ms: network.round_trip_ms,
            verdict,
            sentence: sentence(verdict, way, network.round_trip_ms, language),
            check: network.check.as_ref().map(|check| LastCheck {
                id: network.address.and_then(|address| report.check_of(&network.extension, address)),
                at: moment(check.at),
                verdict,
            }),
            findings: about.iter().map(|kept| id(&kept.finding)).collect(),
        }
    }
}

fn is_about(subject: &Subject, network: &evidence::UserNetwork) -> bool {
    match subject {
        Subject::Network { extension, address } => {
            *extension == network.extension && network.address.is_some_and(|known| known.to_string() == *address)
        }
        Subject::Server | Subject::Trunk { .. } | Subject::Person { .. } | Subject::Phone { .. } | Subject::Call { .. } => false,
    }
}

impl Verdict {
    fn of(worst: Option<Severity>, network: &evidence::UserNetwork, way: Option<Way>) -> Self {
        match (worst, network.round_trip_ms.filter(|_| way.is_some())) {
            (Some(Severity::Problem), _) => Self::Poor,
            (Some(Severity::Warning), _) => Self::Fair,
            (Some(Severity::Note) | None, Some(round_trip)) if round_trip > FAIR_MS => Self::Poor,
            (Some(Severity::Note) | None, Some(round_trip)) if round_trip > GOOD_MS => Self::Fair,
            (Some(Severity::Note) | None, Some(_)) => Self::Good,
            (Some(Severity::Note) | None, None) if network.check.is_some() || way.is_some() => Self::Good,
            (Some(Severity::Note) | None, None) => Self::Unknown,
        }
    }
}

impl Way {
    fn of(way: MediaWay) -> Option<Self> {
        match way {
            MediaWay::Udp => Some(Self::Udp),
            MediaWay::Tcp => Some(Self::Tcp),
            MediaWay::Relay => Some(Self::Relay),
            MediaWay::Rtp => None,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Relay => "TLS",
        }
    }
}

/// "Fine by UDP", "TCP, 180 ms".
fn sentence(verdict: Verdict, way: Option<Way>, round_trip_ms: Option<f32>, language: Language) -> String {
    let pick = |english: &'static str, german: &'static str| match language {
        Language::English => english,
        Language::German => german,
    };
    match (way, verdict, round_trip_ms) {
        (None, Verdict::Unknown, _) => pick("no call from there yet", "noch kein Gespräch von dort").to_owned(),
        (None, Verdict::Good, _) => pick("fine", "in Ordnung").to_owned(),
        (None, Verdict::Fair, _) => pick("works, but not well", "geht, aber nicht gut").to_owned(),
        (None, Verdict::Poor, _) => pick("something is wrong", "da stimmt etwas nicht").to_owned(),
        (Some(Way::Udp), Verdict::Good, _) => pick("fine by UDP", "in Ordnung, über UDP").to_owned(),
        (Some(way), _, Some(round_trip)) => format!("{}, {round_trip:.0} ms", way.text()),
        (Some(way), _, None) => format!("{} {}", pick("by", "über"), way.text()),
    }
}

impl From<Locality> for Place {
    fn from(locality: Locality) -> Self {
        match locality {
            Locality::Lan => Self::Lan,
            Locality::Vpn => Self::Vpn,
            Locality::Hairpin => Self::Hairpin,
            Locality::Internet => Self::Internet,
            Locality::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use doctor::evidence::{Evidence, UnixMs};
    use doctor::finding::{Confidence, Culprit, Fault, Finding};

    use super::*;
    use crate::store::Kept;

    fn report(way: Option<MediaWay>, round_trip_ms: Option<f32>, severity: Option<Severity>) -> Report {
        let network = evidence::UserNetwork {
            extension: "101".to_owned(),
            address: Some("203.0.113.7".parse().unwrap()),
            way,
            round_trip_ms,
            ..evidence::UserNetwork::default()
        };
        let kept = |severity| Kept {
            row: 1,
            finding: Finding {
                fault: Fault::RjUdpBlocked,
                subject: Subject::Network {
                    extension: "101".to_owned(),
                    address: "203.0.113.7".to_owned(),
                },
                severity,
                culprit: Culprit::HomeRouter,
                confidence: Confidence::High,
                evidence: Vec::new(),
            },
            since: UnixMs(1),
            last_seen_at: UnixMs(1),
            cleared_at: None,
        };
        Report {
            evidence: Arc::new(Evidence {
                networks: vec![network],
                ..Evidence::default()
            }),
            open: severity.map(kept).into_iter().collect(),
            ..Report::default()
        }
    }

    #[test]
    fn a_network_is_as_good_as_its_way_and_what_was_found_there() {
        for (way, round_trip, severity, verdict, english, german) in [
            (
                None,
                None,
                None,
                Verdict::Unknown,
                "no call from there yet",
                "noch kein Gespräch von dort",
            ),
            (
                Some(MediaWay::Udp),
                Some(20.0),
                None,
                Verdict::Good,
                "fine by UDP",
                "in Ordnung, über UDP",
            ),
            (Some(MediaWay::Tcp), Some(180.4), None, Verdict::Good, "TCP, 180 ms", "TCP, 180 ms"),
            (
                Some(MediaWay::Tcp),
                Some(180.4),
                Some(Severity::Note),
                Verdict::Good,
                "TCP, 180 ms",
                "TCP, 180 ms",
            ),
            (Some(MediaWay::Udp), Some(301.0), None, Verdict::Fair, "UDP, 301 ms", "UDP, 301 ms"),
            (
                Some(MediaWay::Relay),
                Some(801.0),
                None,
                Verdict::Poor,
                "TLS, 801 ms",
                "TLS, 801 ms",
            ),
            (
                Some(MediaWay::Tcp),
                None,
                Some(Severity::Problem),
                Verdict::Poor,
                "by TCP",
                "über TCP",
            ),
            (
                None,
                None,
                Some(Severity::Problem),
                Verdict::Poor,
                "something is wrong",
                "da stimmt etwas nicht",
            ),
        ] {
            let report = report(way, round_trip, severity);
            let [told] = &UserNetwork::all(&report, Language::English)[..] else {
                panic!("one")
            };
            assert_eq!((told.verdict, told.sentence.as_str()), (verdict, english));
            assert_eq!(UserNetwork::all(&report, Language::German)[0].sentence, german);
            assert_eq!(told.findings.len(), usize::from(severity.is_some()));
        }
    }
}
