//! The network plan (R-a), drawn by itself from what was measured: who is where, what stands between, and whose doing a fault is.
//!
//! ```text
//!   Evidence, findings ──► Plan (nodes, edges, remarks) ──► svg()       self-contained, for screens and A4 paper
//!                                                      └──► markdown()  for a ticket
//! ```
//!
//! Nothing is drawn that nobody has seen: a router that is not known says so. What is red is so by a finding's culprit and subject.

mod build;
mod culprit;
mod draw;
mod layout;
mod markdown;
mod text;
mod words;

use model::Language;
use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, UnixMs};
use crate::finding::{Finding, Severity};
use crate::words::explain;
use words::Words;

/// More networks of people than these are counted, not drawn.
pub const NETWORKS_MAX: usize = 12;
/// More STUN servers, and more trunks, than these are counted, not drawn.
pub const SERVERS_MAX: usize = 5;
/// More routers than these are left out.
pub const ROUTERS_MAX: usize = 4;

/// A network plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The language of all texts in it.
    #[serde(skip)]
    pub language: Language,
    /// Of when it is.
    pub taken_at: UnixMs,
    /// What there is, from the office outwards.
    pub nodes: Vec<Node>,
    /// What leads to what.
    pub edges: Vec<Edge>,
    /// What is wrong, the worst first.
    pub remarks: Vec<Remark>,
}

/// Something in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Stable as long as it is the same thing.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// What people call it.
    pub label: String,
    /// What is known of it, line by line.
    pub lines: Vec<String>,
    /// A fault is its doing.
    pub is_culprit: bool,
}

/// What stands in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// People in the office's own network.
    Office,
    /// People whose tunnel ends at the office.
    Vpn,
    /// Desk phones in the office.
    Phones,
    /// The server.
    Server,
    /// A router of the office.
    Router,
    /// All that is outside.
    Internet,
    /// A STUN server.
    StunServer,
    /// A provider's line.
    Trunk,
    /// Where somebody is, outside.
    Network,
}

/// A way between two nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// A node's id.
    pub from: String,
    /// Another one's.
    pub to: String,
    /// By what it goes; may be empty.
    pub label: String,
    /// A fault is on it.
    pub is_culprit: bool,
}

/// A finding below the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// It, in one sentence.
    pub sentence: String,
}

impl Plan {
    /// Draws up the plan of what is known. The same evidence and findings give the same plan.
    #[must_use]
    pub fn of(evidence: &Evidence, findings: &[Finding], language: Language) -> Self {
        let (mut nodes, mut edges) = build::build(evidence, findings, Words::of(language));
        culprit::mark(evidence, findings, &mut nodes, &mut edges);
        let remark = |finding: &Finding| Remark {
            rule: finding.fault.rule().id().to_owned(),
            severity: finding.severity,
            sentence: explain(finding, language).sentence,
        };
        Self {
            language,
            taken_at: evidence.taken_at,
            nodes,
            edges,
            remarks: findings.iter().map(remark).collect(),
        }
    }

    /// As a picture: one SVG with all that it needs, for white paper (A4, landscape) and for dark screens.
    #[must_use]
    pub fn svg(&self) -> String {
        draw::svg(self)
    }

    /// As text for a ticket: what is wrong, and a table of what there is.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::markdown(self)
    }
}

#[cfg(test)]
mod tests;
