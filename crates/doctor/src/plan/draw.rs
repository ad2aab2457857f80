//! A plan as SVG: no script, no font, nothing from elsewhere.

use std::fmt::Write;

use super::layout::{BAR, GAP, INSIDE, Layout, PAD, PAGE_HEIGHT, PAGE_WIDTH, Placed, ROUTERS, TOP, as_f32};
use super::markdown::date;
use super::text::{fit, wrap, xml};
use super::words::{Words, counted};
use super::{Edge, Node, NodeKind, Plan};
use crate::finding::Severity;

/// Findings that are written below the plan; the others are counted.
const REMARKS_MAX: usize = 6;
const REMARK_LINES_MAX: usize = 2;
const REMARK_STEP: f32 = 19.0;
const REMARK: f32 = 13.5;
/// Where a finding's sentence begins, right of its rule.
const REMARK_X: f32 = 92.0;
/// Labels of edges.
const EDGE: f32 = 11.5;

/// Light by itself and on paper, dark where the screen is. Colours stand in full with each class: not every program that shows SVG knows variables.
const STYLE: &str = "\
.paper{fill:#fff}text{font-family:Helvetica,Arial,'Liberation Sans',sans-serif;fill:#17212b}\
.title{font-size:26px;font-weight:700}.label{font-size:14px;font-weight:700}.line{font-size:12.5px}.remark{font-size:13.5px}.rule{font-weight:700}\
.soft{fill:#566575}.edgelabel{font-size:11.5px;fill:#566575}\
.box{fill:#f5f7f9;stroke:#b4c0cb;stroke-width:1.5}.frame{fill:none;stroke:#b4c0cb;stroke-width:1.5;stroke-dasharray:6 5}\
.bar{fill:#e3ecf5;stroke:#1f5f99;stroke-width:1.5}.bartext{font-size:18px;font-weight:700;fill:#1f5f99;letter-spacing:3px}\
.tab{fill:#1f5f99}.way{fill:none;stroke:#8b9aa9;stroke-width:1.6}\
.bad .box{fill:#fdeceb;stroke:#c01f1f;stroke-width:2.5}.bad .tab,.mark,.red{fill:#c01f1f}.bad .label{fill:#c01f1f}\
.bad.way{stroke:#c01f1f;stroke-width:2.8}.marktext{font-size:13px;font-weight:700;fill:#fff}\
@media screen and (prefers-color-scheme:dark){\
.paper{fill:#12171c}text{fill:#e8edf2}.soft,.edgelabel{fill:#a3b1be}.box{fill:#1d242b;stroke:#3b4854}.frame{stroke:#3b4854}\
.bar{fill:#182531;stroke:#7db7ea}.bartext,.tab{fill:#7db7ea}.way{stroke:#71818f}\
.bad .box{fill:#3a1d1f;stroke:#ff7b72}.bad .tab,.mark,.red,.bad .label{fill:#ff7b72}.bad.way{stroke:#ff7b72}.marktext{fill:#12171c}}";

pub(super) fn svg(plan: &Plan) -> String {
    let words = Words::of(plan.language);
    let layout = Layout::of(plan);
    let mut body = String::new();
    frame(&mut body, words, &layout);
    // Red ways lie above the others, where they share a part.
    for is_culprit in [false, true] {
        for edge in plan.edges.iter().filter(|edge| edge.is_culprit == is_culprit) {
            way(&mut body, edge, plan, &layout);
        }
    }
    for node in &plan.nodes {
        if let Some(placed) = layout.placed.get(&node.id) {
            draw_node(&mut body, node, placed);
        }
    }
    let end = remarks(&mut body, plan, words, layout.bottom + 46.0);
    let height = (end + 24.0).max(PAGE_HEIGHT);
    let (title, taken_at) = (xml(words.title), date(plan.taken_at));
    let looked_at = format!("{} {taken_at}", words.looked_at);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {PAGE_WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"plan-title plan-desc\" \
         lang=\"{lang}\" preserveAspectRatio=\"xMidYMin meet\">\n\
         <title id=\"plan-title\">{title}, {looked_at}</title>\n<desc id=\"plan-desc\">{desc}</desc>\n<style>{STYLE}</style>\n\
         <rect width=\"{PAGE_WIDTH}\" height=\"{height:.0}\" class=\"paper\"/>\n\
         <text class=\"title\" x=\"{x}\" y=\"48\">{title}</text>\n<text class=\"line soft\" x=\"{x}\" y=\"72\">{looked_at}</text>\n{body}</svg>\n",
        lang = plan.language.code(),
        desc = xml(&description(plan, words)),
        x = INSIDE.x - 16.0,
    )
}

/// What people hear who do not see it.
fn description(plan: &Plan, words: &Words) -> String {
    let sentence = |node: &Node| {
        let lines: Vec<&str> = [node.label.as_str()]
            .into_iter()
            .chain(node.lines.iter().map(String::as_str))
            .collect();
        let culprit = if node.is_culprit {
            format!(" ({})", words.culprit)
        } else {
            String::new()
        };
        format!("{}{culprit}.", lines.join(", "))
    };
    let nodes = plan.nodes.iter().filter(|node| node.kind != NodeKind::Internet).map(sentence);
    let remarks = plan.remarks.iter().map(|remark| format!("{}: {}", remark.rule, remark.sentence));
    [words.description.to_owned()]
        .into_iter()
        .chain(nodes)
        .chain(remarks)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Around what is the company's own.
fn frame(out: &mut String, words: &Words, layout: &Layout) {
    let (x, y) = (INSIDE.x - 16.0, TOP - GAP);
    let (width, height) = (ROUTERS.x + ROUTERS.width + 16.0 - x, layout.bottom - y);
    let _ = writeln!(
        out,
        "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height:.1}\" rx=\"10\"/>\n\
         <text class=\"line soft\" x=\"{x}\" y=\"{:.1}\">{}</text>",
        y - 7.0,
        xml(words.office_frame)
    );
}

/// A line with right angles from box to box.
fn way(out: &mut String, edge: &Edge, plan: &Plan, layout: &Layout) {
    let (Some(from), Some(to)) = (layout.placed.get(&edge.from), layout.placed.get(&edge.to)) else {
        return;
    };
    let kind = |id: &str| plan.nodes.iter().find(|node| node.id == id).map(|node| node.kind);
    let start = from.right();
    let (path, label_at) = match (kind(&edge.from), kind(&edge.to)) {
        (Some(NodeKind::Internet), _) => match to.gutter {
            Some(gutter) => {
                let bend = to.x - 13.0;
                (format!("M{start} {gutter:.1}H{bend}V{:.1}H{}", to.middle(), to.x), None)
            }
            None => (format!("M{start} {:.1}H{}", to.middle(), to.x), None),
        },
        // By an interface of its own, beneath the routers.
        (Some(NodeKind::Server), Some(NodeKind::Internet)) => {
            let (x, y) = (from.x + from.width / 2.0, layout.bottom - GAP);
            let room = BAR.x - x - 60.0;
            (
                format!("M{x} {:.1}V{y:.1}H{}", from.y + from.height, BAR.x),
                Some((x + 12.0, y - 6.0, room)),
            )
        }
        (_, Some(NodeKind::Internet)) => (format!("M{start} {:.1}H{}", from.middle(), to.x), None),
        (_, _) => {
            let bend = start + 23.0;
            let label_at = (bend + 6.0, to.middle() - 6.0, to.x - bend - 10.0);
            (
                format!("M{start} {:.1}H{bend}V{:.1}H{}", from.middle(), to.middle(), to.x),
                Some(label_at),
            )
        }
    };
    let bad = if edge.is_culprit { " bad" } else { "" };
    let _ = writeln!(out, "<path class=\"way{bad}\" d=\"{path}\"/>");
    if let Some((x, y, room)) = label_at.filter(|_| !edge.label.is_empty()) {
        let _ = writeln!(
            out,
            "<text class=\"edgelabel\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            xml(&fit(&edge.label, room, EDGE, false))
        );
    }
}

fn draw_node(out: &mut String, node: &Node, placed: &Placed) {
    let Placed { x, y, width, height, .. } = *placed;
    if node.kind == NodeKind::Internet {
        let (middle_x, middle_y) = (x + width / 2.0 + 6.0, placed.middle());
        let _ = writeln!(
            out,
            "<rect class=\"bar\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height:.1}\" rx=\"10\"/>\n\
             <text class=\"bartext\" text-anchor=\"middle\" transform=\"translate({middle_x} {middle_y:.1}) rotate(-90)\">{}</text>",
            xml(&node.label)
        );
        return;
    }
    let class = if node.is_culprit { " class=\"bad\"" } else { "" };
    let _ = writeln!(
        out,
        "<g{class}><rect class=\"box\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height:.1}\" rx=\"7\"/>\
         <rect class=\"tab\" x=\"{x}\" y=\"{:.1}\" width=\"4\" height=\"{:.1}\" rx=\"2\"/>",
        y + 7.0,
        height - 14.0
    );
    let labels = placed.label.iter().map(|line| ("label", line));
    let lines = placed.lines.iter().map(|line| ("line", line));
    for ((class, line), baseline) in labels.chain(lines).zip(placed.baselines()) {
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{baseline:.1}\">{}</text>",
            x + PAD,
            xml(line)
        );
    }
    if node.is_culprit {
        // Not by colour alone.
        let (mark_x, mark_y) = (x + width - 16.0, y + 16.0);
        let _ = writeln!(
            out,
            "<circle class=\"mark\" cx=\"{mark_x:.1}\" cy=\"{mark_y:.1}\" r=\"9\"/>\
             <text class=\"marktext\" text-anchor=\"middle\" x=\"{mark_x:.1}\" y=\"{:.1}\">!</text>",
            mark_y + 4.6
        );
    }
    out.push_str("</g>\n");
}

/// What is wrong, below the plan; where that ends.
fn remarks(out: &mut String, plan: &Plan, words: &Words, top: f32) -> f32 {
    let x = INSIDE.x - 16.0;
    let mut y = top;
    let mut say = |class: &str, x: f32, y: f32, text: &str| {
        let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", xml(text));
    };
    if plan.remarks.is_empty() {
        // Nor is anything known to be right, before anything is known.
        if plan.nodes.len() > NODES_UNKNOWN {
            say("remark", x, y, words.no_findings);
        }
        return y;
    }
    for remark in plan.remarks.iter().take(REMARKS_MAX) {
        let class = if remark.severity == Severity::Note {
            "remark rule"
        } else {
            "remark rule red"
        };
        say(class, x, y, &remark.rule);
        let room = PAGE_WIDTH - REMARK_X - x;
        let lines = wrap(&remark.sentence, room, REMARK, false, REMARK_LINES_MAX);
        for (index, line) in lines.iter().enumerate() {
            say("remark", REMARK_X, y + REMARK_STEP * as_f32(index), line);
        }
        y += REMARK_STEP * as_f32(lines.len().max(1)) + 5.0;
    }
    if plan.remarks.len() > REMARKS_MAX {
        say(
            "remark soft",
            REMARK_X,
            y,
            &counted(words.more_findings, plan.remarks.len() - REMARKS_MAX),
        );
        y += REMARK_STEP;
    }
    y - REMARK_STEP
}

/// Server, router and internet are drawn when nothing is known of them.
const NODES_UNKNOWN: usize = 3;
