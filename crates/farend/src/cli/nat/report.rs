//! What was found out, for people and for programs.

use std::fmt;

use doctor::nat::lifetime::Lifetime;
use doctor::nat::{Destination, Evidence, Origin, Reach, Reason, Verdict, verdict};
use serde_json::{Value, json};

use crate::nat::{Behaviour, Family, MappingLifetime, alg};
use crate::resolve::Unresolved;

/// What is said about both address families. The first is what is asked for; the other one goes with it.
pub(super) struct Report<'a> {
    findings: Vec<Finding>,
    unresolved: &'a [Unresolved],
    alg: Option<alg::Found>,
}

struct Finding {
    family: Family,
    evidence: Evidence,
    verdict: Verdict,
    lifetime: Option<Lifetime>,
}

impl<'a> Report<'a> {
    /// IPv4 comes first, unless there is no way by it.
    pub(super) fn new(evidence: impl Iterator<Item = (Family, Option<Evidence>)>, unresolved: &'a [Unresolved]) -> Self {
        let finding = |(family, evidence): (Family, Option<Evidence>)| {
            let evidence = evidence?;
            let verdict = verdict(&evidence);
            Some(Finding {
                family,
                evidence,
                verdict,
                lifetime: None,
            })
        };
        let (mut findings, mut without_way): (Vec<_>, Vec<_>) = evidence
            .filter_map(finding)
            .partition(|finding| finding.verdict.reason != Reason::NoRoute);
        if findings.is_empty() {
            without_way.truncate(1);
            findings = without_way;
        }
        Self {
            findings,
            unresolved,
            alg: None,
        }
    }

    /// Whether nobody was asked.
    pub(super) fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.alg.is_none()
    }

    /// Whether a router rewrites SIP.
    pub(super) fn add_alg(&mut self, found: alg::Found) {
        self.alg = Some(found);
    }

    /// Those that something is said about.
    pub(super) fn families(&self) -> Vec<Family> {
        self.findings.iter().map(|finding| finding.family).collect()
    }

    /// What was found out about each of [`Report::families`].
    pub(super) fn add_lifetimes(&mut self, found: &[Option<Lifetime>]) {
        for (finding, found) in self.findings.iter_mut().zip(found) {
            finding.lifetime = *found;
        }
    }

    /// The keys of one verdict; beside IPv4's those of IPv6 under `ipv6`, where both were asked.
    pub(super) fn json(&self) -> Value {
        let mut findings = self.findings.iter().map(Finding::json);
        let mut value = findings.next().unwrap_or_else(|| json!({}));
        if let Some(other) = findings.next() {
            value["ipv6"] = other;
        }
        if let Some(alg) = &self.alg {
            value["sip_alg"] = json!(alg);
        }
        value
    }
}

impl Finding {
    fn json(&self) -> Value {
        let mut value = json!(Behaviour::from(&self.verdict));
        if let Some(lifetime) = self.lifetime {
            value["mapping_lifetime"] = json!(MappingLifetime::from(lifetime));
        }
        value
    }
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
        if let Some(alg) = &self.alg {
            let after = if self.findings.is_empty() { "" } else { "\n" };
            write!(f, "{after}{alg}")?;
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
        writeln!(f, "Hairpin     {hairpin}")?;
        if let Some(lifetime) = &self.lifetime {
            writeln!(f, "Lifetime    {lifetime}")?;
        }
        writeln!(f)?;
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
