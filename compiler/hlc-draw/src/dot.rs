//! The language of Graphviz (<https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write as _;

use crate::{Drawing, Node, Place, State};

pub(crate) fn write(drawing: &Drawing) -> String {
    let mut out = String::from("digraph {\n");
    let _ = writeln!(out, "  label={}; labelloc=t; rankdir=LR; fontname=\"sans-serif\";", quoted(&drawing.title));
    out.push_str("  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (number, (group, nodes)) in drawing.grouped().into_iter().enumerate() {
        let indent = if group.is_some() { "    " } else { "  " };
        if let Some(group) = group {
            // Only a subgraph whose name begins so gets a frame.
            let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(&group.label));
        }
        for (_, node) in nodes {
            let _ = writeln!(out, "{indent}{} [{}];", quoted(&node.id), self::node(node));
        }
        if group.is_some() {
            out.push_str("  }\n");
        }
    }
    for arrow in drawing.arrows() {
        let edge = arrow.edge;
        let mut attributes = Vec::new();
        attributes.extend(edge.label.as_ref().map(|label| format!("label={}", quoted(label))));
        attributes.extend(tip(edge.tip.as_deref(), edge.place.as_ref()));
        attributes.extend(style(edge.state).map(str::to_owned));
        let _ = write!(out, "  {} -> {}", quoted(&edge.from), quoted(&edge.to));
        let _ = if attributes.is_empty() { writeln!(out, ";") } else { writeln!(out, " [{}];", attributes.join(", ")) };
    }
    out.push_str("}\n");
    out
}

fn node(node: &Node) -> String {
    let lines: Vec<&str> = std::iter::once(&node.label).chain(&node.details).map(String::as_str).collect();
    let mut attributes = vec![format!("label={}", quoted(&lines.join("\n")))];
    attributes.extend(tip(node.tip.as_deref(), node.place.as_ref()));
    attributes.extend(style(node.state).map(str::to_owned));
    attributes.join(", ")
}

fn tip(tip: Option<&str>, place: Option<&Place>) -> Option<String> {
    crate::svg::tip(tip, place).map(|text| format!("tooltip={}", quoted(&text)))
}

const fn style(state: State) -> Option<&'static str> {
    match state {
        State::Ok => None,
        State::Focus => Some("penwidth=2, color=\"#0969da\""),
        State::Faint => Some("style=dashed"),
        State::Broken => Some("penwidth=2, color=\"#cf222e\", fontcolor=\"#cf222e\""),
    }
}

/// A quoted string. In labels `\n` breaks the line, and a backslash is written twice.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            letter if letter.is_control() => quoted.push(' '),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
