//! SVG that needs nothing else.
//!
//! Colours stand in classes twice, for light and dark; readers that know no media queries show the light ones. Fonts are
//! named by their generic family, and boxes are as wide as the widest of those needs.

use std::fmt::Write as _;

use crate::layout::{FIRST, FURTHER, INSIDE, LABEL, Layout, MARGIN, Rect, SMALL, layout, written};
use crate::text::xml;
use crate::{Drawing, Node, Place, State};

/// Sizes are in the style, so that one place has all of them.
const STYLE: &str = "
text{font-family:sans-serif;fill:#1f2328}
.title{font-size:16px;font-weight:bold}
.name{font-size:11px;font-weight:bold;fill:#59636e}
.label{font-size:13px;font-weight:bold}
.small{font-size:11px;fill:#59636e}
.word{font-size:11px;fill:#59636e;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.back{fill:#ffffff}
.frame{fill:#f6f8fa;stroke:#d1d9e0}
.box{fill:#ffffff;stroke:#818b98}
.line{fill:none;stroke:#818b98;stroke-width:1.4px}
.head{fill:#818b98}
.box.focus{fill:#ddf4ff;stroke:#0969da;stroke-width:2px}
.line.focus{stroke:#0969da;stroke-width:2px}
.head.focus{fill:#0969da}
.box.faint{stroke-dasharray:4 3}
.line.faint{stroke-dasharray:4 3}
.box.broken{fill:#ffebe9;stroke:#cf222e;stroke-width:2px}
.line.broken{stroke:#cf222e;stroke-width:2px}
.head.broken{fill:#cf222e}
.word.broken{fill:#cf222e}
.cross{fill:none;stroke:#cf222e;stroke-width:2.5px}
g:hover>.line{stroke-width:3px}
@media(prefers-color-scheme:dark){
text{fill:#f0f6fc}
.name,.small,.word{fill:#9198a1}
.word{stroke:#0d1117}
.back{fill:#0d1117}
.frame{fill:#151b23;stroke:#3d444d}
.box{fill:#212830;stroke:#656c76}
.line{stroke:#656c76}
.head{fill:#656c76}
.box.focus{fill:#121d2f;stroke:#4493f8}
.line.focus{stroke:#4493f8}
.head.focus{fill:#4493f8}
.box.broken{fill:#3c1618;stroke:#f85149}
.line.broken,.cross{stroke:#f85149}
.head.broken,.word.broken{fill:#f85149}
}
";

/// What is shown to who points at something: its own words, and where it was written.
pub(crate) fn tip(tip: Option<&str>, place: Option<&Place>) -> Option<String> {
    match (tip, place) {
        (Some(tip), Some(place)) => Some(format!("{tip}\n{place}")),
        (Some(tip), None) => Some(tip.to_owned()),
        (None, Some(place)) => Some(place.to_string()),
        (None, None) => None,
    }
}

pub(crate) fn write(drawing: &Drawing) -> String {
    let layout = layout(drawing);
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let title = xml(&drawing.title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n<defs>\n"
    );
    for state in [State::Ok, State::Focus, State::Faint, State::Broken] {
        let class = state.class();
        let _ = writeln!(
            out,
            "<marker id=\"head-{class}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" \
             markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head {class}\" \
             d=\"M0 1L10 5L0 9z\"/></marker>"
        );
    }
    let _ = writeln!(out, "</defs>\n<rect class=\"back\" width=\"{width}\" height=\"{height}\"/>");
    let _ = writeln!(out, "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.1}\">{title}</text>", MARGIN + 14.0);
    draw(&layout, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Frames below lines, broken lines above the others, boxes and words above them all.
fn draw(layout: &Layout<'_>, out: &mut String) {
    for (rect, name) in &layout.frames {
        let _ = writeln!(out, "<rect class=\"frame\" {} rx=\"8\"/>", area(*rect));
        let (x, y) = (rect.x + INSIDE, rect.y + 16.0);
        let _ = writeln!(out, "<text class=\"name\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", xml(name));
    }
    let is_broken = |state: State| state == State::Broken;
    let (broken, sound): (Vec<_>, Vec<_>) = layout.lines.iter().partition(|line| is_broken(line.edge.state));
    for line in sound.into_iter().chain(broken) {
        let edge = line.edge;
        let words = [edge.label.as_deref(), edge.tip.as_deref()];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        let words = (!words.is_empty()).then(|| words.join("\n"));
        let class = edge.state.class();
        let _ = write!(out, "<g>{}", titled(tip(words.as_deref(), edge.place.as_ref())));
        let _ = write!(out, "<path class=\"line {class}\" d=\"{}\" marker-end=\"url(#head-{class})\"/>", line.path);
        if is_broken(edge.state) {
            cross(line.middle, out);
        }
        out.push_str("</g>\n");
    }
    for (rect, node) in &layout.boxes {
        draw_box(*rect, node, out);
    }
    for label in &layout.labels {
        let anchor = if label.ends { " text-anchor=\"end\"" } else { "" };
        let class = if is_broken(label.state) { "word broken" } else { "word" };
        let (x, y, text) = (label.x, label.y, xml(&label.text));
        let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\"{anchor}>{text}</text>");
    }
}

fn draw_box(rect: Rect, node: &Node, out: &mut String) {
    let class = node.state.class();
    let _ = write!(out, "<g>{}", titled(tip(node.tip.as_deref(), node.place.as_ref())));
    let _ = write!(out, "<rect class=\"box {class}\" {} rx=\"5\"/>", area(rect));
    let x = rect.x + INSIDE;
    let mut y = rect.y + FIRST / 2.0 + f64::from(LABEL) * 0.36;
    for (number, line) in written(node).enumerate() {
        let class = if number == 0 { "label" } else { "small" };
        let _ = write!(out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", xml(&line));
        y += if number == 0 { f64::from(SMALL) * 0.3 + FURTHER * 0.85 } else { FURTHER };
    }
    if node.state == State::Broken {
        cross((rect.x + rect.width, rect.y), out);
    }
    out.push_str("</g>\n");
}

fn cross((x, y): (f64, f64), out: &mut String) {
    const ARM: f64 = 5.0;
    let (left, right, up, down) = (x - ARM, x + ARM, y - ARM, y + ARM);
    let _ = write!(
        out,
        "<path class=\"cross\" d=\"M{left:.1} {up:.1}L{right:.1} {down:.1}M{left:.1} {down:.1}L{right:.1} {up:.1}\"/>"
    );
}

fn titled(text: Option<String>) -> String {
    text.map(|text| format!("<title>{}</title>", xml(&text))).unwrap_or_default()
}

fn area(rect: Rect) -> String {
    format!("x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"", rect.x, rect.y, rect.width, rect.height)
}
