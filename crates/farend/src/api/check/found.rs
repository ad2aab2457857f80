//! What a browser has found, described for clients. It is read as [`doctor::evidence::Check`]; a test proves that both are the same. What a stranger's
//! page may say is bounded here.

use doctor::evidence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::problem::{Fields, Problem};
use super::echo::Way;

/// Characters of any text.
const TEXT_CHARS_MAX: usize = 200;
/// ICE candidates.
const CANDIDATES_MAX: usize = 64;
/// STUN servers that were asked.
const SERVERS_MAX: usize = 16;
/// Tests of ways.
const WAYS_MAX: usize = 8;
/// Names of what a browser lacks.
const MISSING_MAX: usize = 32;

/// One run of the check page. Whatever was not tried, or was not finished, is absent or null.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Check)]
pub(in crate::api) struct Found {
    /// In milliseconds since 1970; the server's own time counts.
    #[serde(default)]
    at: i64,
    took_ms: u32,
    browser: Browser,
    page: Option<Reached>,
    websocket: Option<Reached>,
    gathering: Option<Gathering>,
    ways: Vec<WayTest>,
    bandwidth: Option<Bandwidth>,
    permission: Option<Permission>,
    microphone: Option<Microphone>,
    speaker: Option<Speaker>,
    headset: Option<Headset>,
    /// By how much the browser's clock is behind the server's.
    clock_behind_ms: Option<i64>,
}

/// What it ran in.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckBrowser)]
pub(in crate::api) struct Browser {
    #[schema(example = "Chromium 130")]
    name: String,
    system: String,
    /// What the app needs and this browser lacks.
    missing: Vec<String>,
    /// Not in a secure context, so that there is no microphone.
    is_insecure: bool,
}

/// Something that was reached, or not.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckReached)]
pub(in crate::api) struct Reached {
    is_reached: bool,
    took_ms: u32,
    error: Option<String>,
}

/// The candidate test.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckGathering)]
pub(in crate::api) struct Gathering {
    servers: Vec<String>,
    candidates: Vec<Candidate>,
    is_complete: bool,
    took_ms: u32,
}

/// An ICE candidate.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckCandidate)]
pub(in crate::api) struct Candidate {
    kind: CandidateKind,
    protocol: Protocol,
    /// Null where the browser hides it.
    address: Option<String>,
    port: u16,
    /// Address and port of its base.
    related: Option<String>,
    related_port: Option<u16>,
    /// Which server has seen it, as URL.
    server: Option<String>,
    /// `wifi`, `ethernet`, `cellular`, `vpn` …
    network: Option<String>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckCandidateKind)]
pub(in crate::api) enum CandidateKind {
    Host,
    ServerReflexive,
    PeerReflexive,
    Relay,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckProtocol)]
pub(in crate::api) enum Protocol {
    Udp,
    Tcp,
}

/// Audio there and back by one way alone.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckWayTest)]
pub(in crate::api) struct WayTest {
    way: Way,
    is_connected: bool,
    took_ms: u32,
    echo: Option<Echo>,
}

/// What came back of the tone.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckEchoFound)]
pub(in crate::api) struct Echo {
    is_heard: bool,
    lasted_ms: u32,
    round_trip_ms: f32,
    jitter_ms: f32,
    /// 0 to 100.
    loss_there_percent: f32,
    /// 0 to 100.
    loss_back_percent: f32,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckBandwidth)]
pub(in crate::api) struct Bandwidth {
    up_kbit: u32,
    down_kbit: u32,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckPermission)]
pub(in crate::api) enum Permission {
    Granted,
    Denied,
    Unanswered,
    /// The system keeps it from the browser, or another program has it.
    Blocked,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckMicrophone)]
pub(in crate::api) struct Microphone {
    devices: u32,
    label: String,
    /// The loudest moment; null when it was not measured.
    peak_dbfs: Option<i8>,
    has_spoken: bool,
    is_muted: bool,
    has_ended: bool,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckSpeaker)]
pub(in crate::api) struct Speaker {
    devices: Option<u32>,
    label: String,
    /// What the person says; null when they were not asked, or did not answer.
    is_heard: Option<bool>,
    is_recording_heard: Option<bool>,
    error: Option<String>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckHeadset)]
pub(in crate::api) struct Headset {
    name: String,
    state: HeadsetState,
    is_integrated: bool,
    owner: HeadsetOwner,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckHeadsetState)]
pub(in crate::api) enum HeadsetState {
    Works,
    Silent,
    Unopened,
    Untried,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckHeadsetOwner)]
pub(in crate::api) enum HeadsetOwner {
    Unknown,
    OtherTab,
}

/// Refuses what no honest page would send.
pub(super) fn bounded(check: &evidence::Check) -> Result<(), Problem> {
    let mut fields = Fields::default();
    let lengths = [
        ("browser.missing", check.browser.missing.len(), MISSING_MAX),
        ("ways", check.ways.len(), WAYS_MAX),
        (
            "gathering.servers",
            check.gathering.as_ref().map_or(0, |g| g.servers.len()),
            SERVERS_MAX,
        ),
        (
            "gathering.candidates",
            check.gathering.as_ref().map_or(0, |g| g.candidates.len()),
            CANDIDATES_MAX,
        ),
    ];
    for (field, length, max) in lengths {
        if length > max {
            fields.note(field, format!("there may be {max} at most"));
        }
    }
    for (field, text) in texts(check) {
        if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
            fields.note(field, format!("texts have {TEXT_CHARS_MAX} characters at most, on one line"));
        }
    }
    for echo in check.ways.iter().filter_map(|test| test.echo) {
        let percents = [echo.loss_there_percent, echo.loss_back_percent];
        let times = [echo.round_trip_ms, echo.jitter_ms];
        let is_right =
            percents.iter().all(|percent| (0.0..=100.0).contains(percent)) && times.iter().all(|ms| (0.0..=600_000.0).contains(ms));
        if !is_right {
            fields.note("ways.echo", "times are milliseconds, losses are 0 to 100");
        }
    }
    fields.finish()
}

/// Every text of a check.
fn texts(check: &evidence::Check) -> Vec<(&'static str, &str)> {
    let mut texts = vec![
        ("browser.name", check.browser.name.as_str()),
        ("browser.system", &check.browser.system),
    ];
    texts.extend(check.browser.missing.iter().map(|text| ("browser.missing", text.as_str())));
    let errors = [("page.error", &check.page), ("websocket.error", &check.websocket)];
    texts.extend(
        errors
            .iter()
            .filter_map(|(field, reached)| Some((*field, reached.as_ref()?.error.as_deref()?))),
    );
    if let Some(gathering) = &check.gathering {
        texts.extend(gathering.servers.iter().map(|text| ("gathering.servers", text.as_str())));
        for candidate in &gathering.candidates {
            let parts = [&candidate.server, &candidate.network];
            texts.extend(parts.into_iter().flatten().map(|text| ("gathering.candidates", text.as_str())));
        }
    }
    if let Some(microphone) = &check.microphone {
        texts.push(("microphone.label", &microphone.label));
    }
    if let Some(speaker) = &check.speaker {
        texts.push(("speaker.label", &speaker.label));
        texts.extend(speaker.error.as_deref().map(|text| ("speaker.error", text)));
    }
    texts.extend(check.headset.iter().map(|headset| ("headset.name", headset.name.as_str())));
    texts
}

impl Found {
    /// For clients, as it is kept.
    pub(super) fn of(check: &evidence::Check) -> Option<Self> {
        serde_json::from_value(serde_json::to_value(check).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use doctor::evidence::UnixMs;
    use serde_json::{Value, json};

    use super::*;

    /// A check with everything in it.
    fn whole() -> Value {
        json!({
            "at": 1_700_000_000_000_i64, "took_ms": 14_000,
            "browser": { "name": "Chromium 130", "system": "Linux", "missing": ["WebHID"], "is_insecure": false },
            "page": { "is_reached": true, "took_ms": 80, "error": null },
            "websocket": { "is_reached": false, "took_ms": 8_000, "error": "closed" },
            "gathering": {
                "servers": ["stun:pbx.example.com:8802"],
                "candidates": [{
                    "kind": "server_reflexive", "protocol": "udp", "address": "198.51.100.7", "port": 50_000,
                    "related": "192.168.1.50:50000", "related_port": 50_000, "server": "stun:pbx.example.com:8802", "network": "wifi"
                }],
                "is_complete": true, "took_ms": 300
            },
            "ways": [{
                "way": "tls", "is_connected": true, "took_ms": 400,
                "echo": {
                    "is_heard": true, "lasted_ms": 10_000, "round_trip_ms": 40.5, "jitter_ms": 2.5,
                    "loss_there_percent": 0.5, "loss_back_percent": 0.0
                }
            }],
            "bandwidth": { "up_kbit": 10_000, "down_kbit": 50_000 },
            "permission": "granted",
            "microphone": {
                "devices": 2, "label": "Headset", "peak_dbfs": -20, "has_spoken": true, "is_muted": false, "has_ended": false
            },
            "speaker": { "devices": 1, "label": "Headset", "is_heard": true, "is_recording_heard": null, "error": null },
            "headset": { "name": "Jabra", "state": "works", "is_integrated": true, "owner": "other_tab" },
            "clock_behind_ms": -12
        })
    }

    fn check() -> evidence::Check {
        serde_json::from_value(whole()).unwrap()
    }

    #[test]
    fn the_description_is_what_is_read_to_the_last_field() {
        assert_eq!(check().at, UnixMs(1_700_000_000_000));
        assert_eq!(serde_json::to_value(check()).unwrap(), whole());
        assert_eq!(serde_json::to_value(Found::of(&check()).unwrap()).unwrap(), whole());
        let nothing = serde_json::to_value(evidence::Check::default()).unwrap();
        assert_eq!(
            serde_json::to_value(Found::of(&evidence::Check::default()).unwrap()).unwrap(),
            nothing
        );
    }

    #[test]
    fn an_honest_check_is_let_through_up_to_every_bound() {
        assert_eq!(bounded(&check()), Ok(()));
        let mut full = check();
        let gathering = full.gathering.as_mut().unwrap();
        gathering.candidates = vec![gathering.candidates[0].clone(); CANDIDATES_MAX];
        gathering.servers = vec!["x".repeat(TEXT_CHARS_MAX); SERVERS_MAX];
        full.ways = vec![full.ways[0].clone(); WAYS_MAX];
        full.browser.missing = vec![String::new(); MISSING_MAX];
        assert_eq!(bounded(&full), Ok(()));
        let spoilers: [fn(&mut evidence::Check); 9] = [
            |check| {
                let candidates = self::check().gathering.unwrap().candidates;
                check.gathering.as_mut().unwrap().candidates.extend(candidates);
            },
            |check| check.gathering.as_mut().unwrap().servers.push(String::new()),
            |check| check.ways.extend(self::check().ways),
            |check| check.browser.missing.push(String::new()),
            |check| check.microphone.as_mut().unwrap().label = "x".repeat(TEXT_CHARS_MAX + 1),
            |check| check.headset.as_mut().unwrap().name = "two\nlines".to_owned(),
            |check| check.ways[0].echo.as_mut().unwrap().loss_back_percent = 101.0,
            |check| check.ways[0].echo.as_mut().unwrap().round_trip_ms = f32::INFINITY,
            |check| check.ways[0].echo.as_mut().unwrap().jitter_ms = f32::NAN,
        ];
        for spoil in spoilers {
            let mut spoilt = full.clone();
            spoil(&mut spoilt);
            assert!(bounded(&spoilt).is_err());
        }
    }
}
