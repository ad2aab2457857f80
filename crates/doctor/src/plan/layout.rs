//! Where everything stands on the sheet.
//!
//! ```text
//!   people, phones ──┐             ┌── router ──┐ I ├── STUN    ─── provider
//!                    ├── server ───┤            │ n │
//!   VPN            ──┘             └── router ──┘ t ├── network ─── network
//!                        └──── WAN ─────────────┘ . ├── …
//! ```
//!
//! Lines run between boxes only: to the second column outside through the gap above its row.

use std::collections::BTreeMap;

use super::text::wrap;
use super::{Node, NodeKind, Plan};

/// A4, landscape, in the picture's unit.
pub(super) const PAGE_WIDTH: f32 = 1_400.0;
pub(super) const PAGE_HEIGHT: f32 = 990.0;
/// Sizes of text.
pub(super) const LABEL: f32 = 14.0;
pub(super) const LINE: f32 = 12.5;
/// From one line to the next.
const LABEL_STEP: f32 = 18.0;
const LINE_STEP: f32 = 16.0;
/// Between a box and its text.
pub(super) const PAD: f32 = 10.0;
/// Beside the label, where the mark of a culprit stands.
const MARK: f32 = 22.0;
/// Between boxes of a column; lines and their labels run there.
pub(super) const GAP: f32 = 18.0;
/// Where the content begins.
pub(super) const TOP: f32 = 118.0;
const LABEL_LINES_MAX: usize = 2;
const LINE_LINES_MAX: usize = 2;

/// A column: where it begins, and how wide it is.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) width: f32,
}

pub(super) const INSIDE: Column = Column { x: 40.0, width: 206.0 };
pub(super) const MIDDLE: Column = Column { x: 292.0, width: 224.0 };
pub(super) const ROUTERS: Column = Column { x: 614.0, width: 236.0 };
pub(super) const BAR: Column = Column { x: 906.0, width: 46.0 };
pub(super) const OUTSIDE: [Column; 2] = [Column { x: 984.0, width: 188.0 }, Column { x: 1_198.0, width: 184.0 }];

/// A node's place.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) label: Vec<String>,
    pub(super) lines: Vec<String>,
    /// Where a line to it leaves the bar, when not on its own level.
    pub(super) gutter: Option<f32>,
}

impl Placed {
    pub(super) fn middle(&self) -> f32 {
        self.y + self.height / 2.0
    }

    pub(super) fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Base lines of label and lines.
    pub(super) fn baselines(&self) -> impl Iterator<Item = f32> + '_ {
        let first = self.y + PAD + LABEL - 2.0;
        let labels = (0..self.label.len()).map(move |index| first + LABEL_STEP * as_f32(index));
        let after = first + LABEL_STEP * as_f32(self.label.len()) - 1.0;
        labels.chain((0..self.lines.len()).map(move |index| after + LINE_STEP * as_f32(index)))
    }
}

/// All places, and where the content ends.
pub(super) struct Layout {
    pub(super) placed: BTreeMap<String, Placed>,
    pub(super) bottom: f32,
}

impl Layout {
    pub(super) fn of(plan: &Plan) -> Self {
        let of = |kinds: &[NodeKind]| plan.nodes.iter().filter(|node| kinds.contains(&node.kind)).collect::<Vec<_>>();
        let inside = stacked(&of(&[NodeKind::Office, NodeKind::Vpn, NodeKind::Phones]), INSIDE);
        let middle = stacked(&of(&[NodeKind::Server]), MIDDLE);
        let routers = stacked(&of(&[NodeKind::Router]), ROUTERS);
        let outside = paired(&of(&[NodeKind::StunServer, NodeKind::Trunk, NodeKind::Network]));
        let columns = [inside, middle, routers, outside];
        let height = |column: &[(String, Placed)]| column.iter().map(|(_, placed)| placed.y + placed.height).fold(0.0, f32::max);
        let tallest = columns.iter().map(|column| height(column)).fold(0.0, f32::max);
        let mut placed = BTreeMap::new();
        for column in columns {
            let down = TOP + (tallest - height(&column)) / 2.0;
            for (id, mut node) in column {
                node.y += down;
                node.gutter = node.gutter.map(|gutter| gutter + down);
                placed.insert(id, node);
            }
        }
        // Room for a line beneath the routers.
        let bottom = TOP + tallest + 2.0 * GAP;
        for node in plan.nodes.iter().filter(|node| node.kind == NodeKind::Internet) {
            let bar = Placed {
                x: BAR.x,
                y: TOP - GAP,
                width: BAR.width,
                height: bottom - TOP + GAP,
                label: vec![node.label.clone()],
                lines: Vec::new(),
                gutter: None,
            };
            placed.insert(node.id.clone(), bar);
        }
        Self { placed, bottom }
    }
}

/// A node's box at the top of its column.
fn boxed(node: &Node, column: Column) -> Placed {
    let room = column.width - 2.0 * PAD;
    let label = wrap(&node.label, room - MARK, LABEL, true, LABEL_LINES_MAX);
    let lines: Vec<String> = node
        .lines
        .iter()
        .flat_map(|line| wrap(line, room, LINE, false, LINE_LINES_MAX))
        .collect();
    Placed {
        x: column.x,
        y: 0.0,
        width: column.width,
        height: 2.0 * PAD + LABEL_STEP * as_f32(label.len()) + LINE_STEP * as_f32(lines.len()) - 4.0,
        label,
        lines,
        gutter: None,
    }
}

/// One below the other.
fn stacked(nodes: &[&Node], column: Column) -> Vec<(String, Placed)> {
    let mut y = 0.0;
    let place = |node: &&Node| {
        let placed = Placed { y, ..boxed(node, column) };
        y += placed.height + GAP;
        (node.id.clone(), placed)
    };
    nodes.iter().map(place).collect()
}

/// Two by two, servers and people in rows of their own; lines to the second of a row run above it.
fn paired(nodes: &[&Node]) -> Vec<(String, Placed)> {
    let is_person = |node: &&&Node| node.kind == NodeKind::Network;
    let (people, servers): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(is_person);
    let mut all = Vec::new();
    let mut y = 0.0;
    for row in servers.chunks(2).chain(people.chunks(2)) {
        let boxes: Vec<Placed> = row.iter().zip(OUTSIDE).map(|(node, column)| boxed(node, column)).collect();
        let height = boxes.iter().map(|placed| placed.height).fold(0.0, f32::max);
        for (index, (node, placed)) in row.iter().zip(boxes).enumerate() {
            let gutter = (index > 0).then_some(y - GAP / 2.0);
            all.push((node.id.clone(), Placed { y, gutter, ..placed }));
        }
        y += height + GAP;
    }
    all
}

#[allow(clippy::cast_precision_loss, reason = "a few lines")]
pub(super) fn as_f32(count: usize) -> f32 {
    count as f32
}
