//! What was found out, for people and for programs.

use std::fmt;

use doctor::nat::{Destination, Evidence, Origin, Reach, Reason, Verdict, verdict};
use serde_json::{Value, json};

use crate::resolve::Unresolved;

/// What is said about both address families. The first is what is asked for; the other one goes with it.
pub(super) struct Report<'a> {
    findings: Vec<Finding>,
    unresolved: &'a [Unresolved],
}

struct Finding {
    family: &'static str,
    evidence: Evidence,
    verdict: Verdict,
}

impl<'a> Report<'a> {
    /// IPv4 comes first, unless there is no way by it. `None` when neither was asked.
    pub(super) fn new(ipv4: Option<Evidence>, ipv6: Option<Evidence>, unresolved: &'a [Unresolved]) -> Option<Self> {
        let finding = |family, evidence: Option<Evidence>| {
            let evidence = evidence?;
            let verdict = verdict(&evidence);
            Some(Finding { family, evidence, verdict })
        };
        let both = [finding("IPv4", ipv4), finding("IPv6", ipv6)];
        let (mut findings, mut without_way): (Vec<_>, Vec<_>) = both
            .into_iter()
            .flatten()
            .partition(|finding| finding.verdict.reason != Reason::NoRoute);
        if findings.is_empty() {
            without_way.truncate(1);
            findings = without_way;
        }
        (!findings.is_empty()).then_some(Self { findings, unresolved })
    }

    /// The keys of one verdict; beside IPv4's those of IPv6 under `ipv6`, where both were asked.
    pub(super) fn json(&self) -> Value {
        let mut verdicts = self.findings.iter().map(|finding| as_json(&finding.verdict));
        let mut value = verdicts.next().unwrap_or_default();
        if let Some(other) = verdicts.next() {
            value["ipv6"] = other;
        }
        value
    }
}

fn as_json(verdict: &Verdict) -> Value {
    json!({
        "outcome": verdict.outcome().to_string(),
        "rfc3489_type": verdict.nat_type().to_string(),
        "mapping": verdict.mapping.to_string(),
        "filtering": verdict.filtering.to_string(),
        "port_preserved": verdict.port_preserved,
        "public_addresses": verdict.public_addresses,
        "hairpin": verdict.hairpin,
        "confidence": verdict.confidence.to_string(),
        "sentence": verdict.to_string(),
    })
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if self.findings.len() > 1 {
                write!(f, "{}: ", finding.family)?;
            }
            finding.fmt(f)?;
        }
        self.unresolved.iter().try_for_each(|error| writeln!(f, "\nNot asked: {error}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = &self.verdict;
        let ports = match verdict.port_preserved {
            Some(true) => ", ports preserved",
            Some(false) => ", ports changed",
            None => "",
        };
        let hairpin = match verdict.hairpin {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        writeln!(f, "{verdict}\n")?;
        writeln!(f, "Outcome     {} (confidence: {})", verdict.outcome(), verdict.confidence)?;
        writeln!(f, "Type        {}", verdict.nat_type())?;
        writeln!(f, "Mapping     {}{ports}", verdict.mapping)?;
        writeln!(f, "Filtering   {}", verdict.filtering)?;
        writeln!(f, "Hairpin     {hairpin}\n")?;
        let shown = self.evidence.destinations.iter().filter(is_worth_a_line);
        let lines: Vec<[String; 4]> = shown.map(line).collect();
        let heading = ["Asked", "Sees us as", "Answers", "Round trip"].map(ToOwned::to_owned);
        let width = |column: usize| lines.iter().chain([&heading]).map(|line| line[column].len()).max().unwrap_or(0);
        let (asked, sees, answers) = (width(0), width(1), width(2));
        for [address, seen, count, time] in [&heading].into_iter().chain(&lines) {
            writeln!(f, "{address:asked$}  {seen:sees$}  {count:answers$}  {time}")?;
        }
        Ok(())
    }
}

/// That a guess has led nowhere says nothing.
fn is_worth_a_line(destination: &&Destination) -> bool {
    destination.origin != Origin::Guessed || destination.count.answered > 0
}

fn line(destination: &Destination) -> [String; 4] {
    let seen: Vec<String> = destination.publics.iter().map(ToString::to_string).collect();
    let time = match (destination.round_trip, destination.reach) {
        (Some(time), _) if time.as_micros() < 10_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        (Some(time), _) => format!("{} ms", time.as_millis()),
        (None, Reach::Unknown) => "silent".to_owned(),
        (None, Reach::ByTcp) => "silent, answers TCP".to_owned(),
        (None, Reach::Refused) => "refuses".to_owned(),
        (None, Reach::NoRoute) => "no route".to_owned(),
    };
    [
        destination.address.to_string(),
        if seen.is_empty() { "-".to_owned() } else { seen.join(" ") },
        format!("{} of {}", destination.count.answered, destination.count.asked),
        time,
    ]
}
