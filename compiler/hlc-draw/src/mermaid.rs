//! Flowcharts of Mermaid (<https://mermaid.js.org/syntax/flowchart.html>).

use std::fmt::Write as _;

use crate::{Drawing, Node, State};

/// The states that need a style of their own. Colours are those of the SVG in the light; text is dark in both.
const STYLES: [(State, &str); 3] = [
    (State::Focus, "fill:#ddf4ff,stroke:#0969da,stroke-width:2px,color:#1f2328"),
    (State::Faint, "stroke-dasharray:4 3"),
    (State::Broken, "fill:#ffebe9,stroke:#cf222e,stroke-width:2px,color:#1f2328"),
];

pub(crate) fn write(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart LR\n");
    for (number, (group, nodes)) in drawing.grouped().into_iter().enumerate() {
        if let Some(group) = group {
            let _ = writeln!(out, "  subgraph g{number}[\"{}\"]", text(&group.label));
        }
        let indent = if group.is_some() { "    " } else { "  " };
        for (at, node) in nodes {
            let _ = writeln!(out, "{indent}{}", self::node(at, node));
        }
        if group.is_some() {
            out.push_str("  end\n");
        }
    }
    let arrows = drawing.arrows();
    for arrow in &arrows {
        let label = arrow.edge.label.as_ref().map(|label| format!("|\"{}\"|", text(label))).unwrap_or_default();
        let line = match arrow.edge.state {
            State::Ok | State::Focus => "-->",
            State::Faint => "-.->",
            State::Broken => "--x",
        };
        let _ = writeln!(out, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    for (at, _) in arrows.iter().enumerate().filter(|(_, arrow)| arrow.edge.state == State::Broken) {
        let _ = writeln!(out, "  linkStyle {at} stroke:#cf222e,stroke-width:2px");
    }
    for (state, style) in STYLES {
        if drawing.nodes.iter().any(|node| node.state == state) {
            let _ = writeln!(out, "  classDef {} {style}", state.class());
        }
    }
    out
}

fn node(at: usize, node: &Node) -> String {
    let lines: Vec<String> = std::iter::once(&node.label).chain(&node.details).map(|line| text(line)).collect();
    let class = if node.state == State::Ok { String::new() } else { format!(":::{}", node.state.class()) };
    format!("n{at}[\"{}\"]{class}", lines.join("<br/>"))
}

/// Text in quotes. Mermaid reads Markdown and HTML in it, and has entities of its own: `#quot;`, `#35;`.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '#' | '&' | '<' | '>' | '`' | '*' | '_' | '\\' | ';' => {
                let _ = write!(escaped, "#{};", letter as u32);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
