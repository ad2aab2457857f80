//! The results, beside the targets of this stage, where we want to end, and what peers need for the same work on a machine like the one
//! the targets were set on (measured once, with one harness: two cores).

use std::io::Write as _;
use std::time::Duration;

use media::audio::codec::Codec;

use crate::conference::{ConferenceFigures, Parties};
use crate::figures::Samples;
use crate::media_load::Kind;
use crate::sipp::Outcome;

/// What one kind of calls costs.
pub(crate) struct MediaFigures {
    pub(crate) cpu_ms_per_call_minute: f64,
    /// Of it for evidence: what is counted of each packet of a relayed call, the watch, the flight recorder, the doctor.
    pub(crate) evidence_ms_per_call_minute: f64,
    pub(crate) latency_us: Option<Samples>,
    pub(crate) kib_per_call: f64,
    pub(crate) heard_percent: f64,
}

struct Row {
    what: String,
    unit: &'static str,
    result: Option<f64>,
    /// Not to be exceeded now, and in the end.
    target: Option<f64>,
    goal: Option<f64>,
    peers: &'static str,
}

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    remarks: Vec<String>,
    has_failures: bool,
}

impl Table {
    /// Whether something of the load did not come to its end.
    pub(crate) fn has_failures(&self) -> bool {
        self.has_failures
    }

    fn row(&mut self, what: String, unit: &'static str, result: Option<f64>, targets: (Option<f64>, Option<f64>), peers: &'static str) {
        self.rows.push(Row {
            what,
            unit,
            result,
            target: targets.0,
            goal: targets.1,
            peers,
        });
    }

    pub(crate) fn registrations(&mut self, cpu: Duration, count: usize, outcome: &Outcome) {
        let each = cpu.as_secs_f64() * 1e6 / count as f64;
        let peers = "Kamailio 92, RustPBX 181, Asterisk 330, FreeSWITCH 3,970";
        self.row(
            "registration with digest, CPU".to_owned(),
            "µs",
            Some(each),
            (Some(100.0), Some(60.0)),
            peers,
        );
        self.failures("registrations", count, outcome);
    }

    pub(crate) fn calls_in_turn(&mut self, per_second: u32, cpu: Duration, count: usize, outcome: &Outcome, setup_ms: &Samples) {
        let each = cpu.as_secs_f64() * 1e6 / count as f64;
        let (targets, peers) = if per_second == 50 {
            (
                (Some(600.0), Some(500.0)),
                "Kamailio + rtpengine 1,180, Asterisk 2,630, RustPBX 5,850, FreeSWITCH 9,460",
            )
        } else {
            ((Some(600.0), Some(500.0)), "")
        };
        self.row(
            format!("call with its media ports, {per_second}/s, CPU"),
            "µs",
            Some(each),
            targets,
            peers,
        );
        let (p50, p99) = if per_second == 50 {
            (
                "Kamailio 1.5, Asterisk 2.7, FreeSWITCH 27, RustPBX 107",
                "Kamailio 3.2, Asterisk 3.4, FreeSWITCH 38, RustPBX 115",
            )
        } else {
            ("", "")
        };
        self.row(
            format!("set-up, {per_second}/s, p50"),
            "ms",
            setup_ms.percentile(50.0),
            (None, None),
            p50,
        );
        let target = (per_second == 200).then_some(4.0);
        self.row(
            format!("set-up, {per_second}/s, p99"),
            "ms",
            setup_ms.percentile(99.0),
            (target, None),
            p99,
        );
        self.failures(&format!("calls at {per_second}/s"), count, outcome);
    }

    pub(crate) fn media(&mut self, kind: Kind, figures: &MediaFigures) {
        let name = kind.name();
        let (targets, peers) = match kind {
            Kind::RtpRtp => (
                (Some(85.0), Some(60.0)),
                "bare sockets 74, rtpengine 80, RustPBX and Asterisk 195, FreeSWITCH 301",
            ),
            Kind::BrowserRtp => (
                (Some(110.0), Some(65.0)),
                "bare 74, rtpengine 108, RustPBX 189, Asterisk 320, FreeSWITCH 328, Janus 528",
            ),
            Kind::BrowserOpusPcmu => (
                (Some(900.0), Some(330.0)),
                "RTP only: RustPBX 938, FreeSWITCH 1,158, Asterisk 1,188, rtpengine 1,429",
            ),
            Kind::Room => ((None, None), ""),
        };
        self.row(
            format!("{name}, CPU per call-minute"),
            "ms",
            Some(figures.cpu_ms_per_call_minute),
            targets,
            peers,
        );
        if figures.latency_us.is_some() {
            self.row(
                format!("{name}, of it for evidence"),
                "%",
                Some(100.0 * figures.evidence_ms_per_call_minute / figures.cpu_ms_per_call_minute),
                (Some(3.0), None),
                "",
            );
        }
        if let Some(latency_us) = &figures.latency_us {
            let peers = "rtpengine 46, Asterisk 71, Janus 81, RustPBX 82, FreeSWITCH 12,000";
            self.row(
                format!("{name}, added latency p50"),
                "µs",
                latency_us.percentile(50.0),
                (None, None),
                peers,
            );
            let peers = "RustPBX 168, rtpengine 174, Asterisk 292, Janus 886, FreeSWITCH 23,000";
            self.row(
                format!("{name}, added latency p99"),
                "µs",
                latency_us.percentile(99.0),
                (Some(300.0), None),
                peers,
            );
        }
        let (targets, peers) = match kind {
            Kind::Room => ((None, None), ""),
            Kind::RtpRtp => ((None, None), "rtpengine 46, Asterisk 442, RustPBX 586, FreeSWITCH 782"),
            Kind::BrowserRtp | Kind::BrowserOpusPcmu => (
                (Some(250.0), Some(100.0)),
                "Janus 193, rtpengine 259, RustPBX 639, FreeSWITCH 953, Asterisk 1,380",
            ),
        };
        self.row(
            format!("{name}, memory per call"),
            "KiB",
            Some(figures.kib_per_call),
            targets,
            peers,
        );
        // Transcoded streams start and end with the jitter buffer.
        self.heard(name, figures.heard_percent);
    }

    /// A conference room of the server's.
    pub(crate) fn room(&mut self, parties: usize, figures: &MediaFigures) {
        let name = format!("room of {parties} in the server, PCMU");
        let cpu = Some(figures.cpu_ms_per_call_minute);
        self.row(format!("{name}, CPU per party-minute"), "ms", cpu, (Some(40.0), Some(40.0)), "");
        let memory = Some(figures.kib_per_call);
        self.row(format!("{name}, memory per party"), "KiB", memory, (None, None), "");
        self.heard(&name, figures.heard_percent);
    }

    pub(crate) fn conference(&mut self, kind: Parties, parties: usize, figures: &ConferenceFigures) {
        let name = format!("conference of {parties}, {}", kind.name());
        let (target, peers) = match kind {
            Parties::Phones if parties == 10 => (Some(40.0), "Asterisk 120, FreeSWITCH 264"),
            Parties::Phones => (Some(40.0), ""),
            Parties::Browsers => (None, ""),
        };
        self.row(
            format!("{name}, CPU per party-minute"),
            "ms",
            Some(figures.cpu_ms_per_party_minute),
            (target, target),
            peers,
        );
        // In real time on one core, with room for others.
        self.row(
            format!("{name}, of a core"),
            "%",
            Some(figures.core_percent),
            (Some(100.0), None),
            "",
        );
        self.heard(&name, figures.heard_percent);
    }

    pub(crate) fn recording(&mut self, codec: Codec, cpu_ms_per_minute: f64, kib_per_minute: f64) {
        let name = format!("recording of a call, {} on both sides", codec.name());
        self.row(format!("{name}, CPU per minute"), "ms", Some(cpu_ms_per_minute), (None, None), "");
        self.row(format!("{name}, per minute"), "KiB", Some(kib_per_minute), (None, None), "");
    }

    /// Something beside the figures.
    pub(crate) fn remark(&mut self, text: String) {
        self.remarks.push(text);
    }

    fn heard(&mut self, name: &str, percent: f64) {
        if percent < 99.0 {
            self.has_failures |= percent < 95.0;
            self.remarks.push(format!("{name}: only {percent:.1} % of the packets came out"));
        }
    }

    fn failures(&mut self, what: &str, count: usize, outcome: &Outcome) {
        if outcome.failed > 0 {
            self.has_failures = true;
            self.remarks
                .push(format!("{} of {count} {what} failed: {}", outcome.failed, outcome.complaint));
        }
    }

    /// Writes it all to standard output.
    pub(crate) fn print(&self, conditions: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{conditions}\n")?;
        writeln!(
            out,
            "{:<54} {:>9}     {:>7} {:>7} {:>6}  peers",
            "", "farend", "target", "goal", "ratio"
        )?;
        for row in &self.rows {
            let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), number);
            let ratio = row.result.zip(row.target).map(|(result, target)| result / target);
            let missed = if ratio.is_some_and(|ratio| ratio > 1.0) { " MISSED" } else { "" };
            let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
            let (result, target, goal) = (figure(row.result), figure(row.target), figure(row.goal));
            writeln!(
                out,
                "{:<54} {result:>9} {:<3} {target:>7} {goal:>7} {ratio:>6}{missed}  {}",
                row.what, row.unit, row.peers
            )?;
        }
        writeln!(out)?;
        for remark in &self.remarks {
            writeln!(out, "{remark}")?;
        }
        Ok(())
    }
}

fn number(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}
