//! Ways as a drawing: what is the same on several ways is one box.

use hlc_diag::{Sources, Span};
use hlc_draw::{Drawing, Edge, Group, Node, Place, State as Drawn};
use hlc_model::reach::{Hop, HopKind, State, View, Way};

use super::{Shown, line};

/// How long a line of small print gets before a finding goes on in the next.
const LINE: usize = 40;

pub(super) fn of(sources: &Sources, hosts: &[Shown<'_>]) -> Drawing {
    let names: Vec<&str> = hosts.iter().map(|shown| shown.host.name.as_str()).collect();
    let mut drawing = Drawing { title: format!("The way to {}", names.join(" and ")), ..Drawing::default() };
    for way in hosts.iter().flat_map(|shown| &shown.ways) {
        add(&mut drawing, sources, way);
    }
    for group in GROUPS {
        if drawing.nodes.iter().any(|node| node.group.as_deref() == Some(group.0)) {
            drawing.groups.push(Group { id: group.0.to_owned(), label: group.1.to_owned() });
        }
    }
    drawing
}

/// Where hops stand.
const GROUPS: &[(&str, &str)] = &[("dns", "DNS"), ("edge", "edge"), ("cluster", "cluster"), ("login", "Authentik")];

fn add(drawing: &mut Drawing, sources: &Sources, way: &Way) {
    let (start, label) = match way.view {
        View::Internet => ("from:internet", "the internet"),
        View::Lan => ("from:lan", "the LAN"),
    };
    let details = vec![way.guard.to_string()];
    put(
        drawing,
        Node { id: start.to_owned(), label: label.to_owned(), details, state: Drawn::Focus, ..Node::default() },
    );
    let mut ids: Vec<String> = Vec::new();
    for hop in &way.hops {
        let before = hop.after.and_then(|after| way.hops.get(after));
        let node = node(sources, hop, before);
        let from = hop.after.and_then(|after| ids.get(after)).map_or(start, String::as_str).to_owned();
        let to = node.id.clone();
        let label = match hop.kind {
            HopKind::Middleware | HopKind::Login => Some("asks".to_owned()),
            HopKind::Certificate => Some("shows".to_owned()),
            HopKind::Client => Some("logs in with".to_owned()),
            HopKind::Record
            | HopKind::Address
            | HopKind::Firewall
            | HopKind::Router
            | HopKind::Gateway
            | HopKind::Listener
            | HopKind::Route
            | HopKind::Service
            | HopKind::Pods
            | HopKind::Redirect => None,
        };
        let edge = Edge { from, to, label, ..Edge::default() };
        if !drawing.edges.contains(&edge) {
            drawing.edges.push(edge);
        }
        ids.push(node.id.clone());
        put(drawing, node);
    }
}

/// Adds a box; of one that is there already the graver state stays.
fn put(drawing: &mut Drawing, node: Node) {
    match drawing.nodes.iter_mut().find(|known| known.id == node.id) {
        Some(known) if node.state == Drawn::Broken => *known = node,
        Some(_) => {}
        None => drawing.nodes.push(node),
    }
}

fn node(sources: &Sources, hop: &Hop, before: Option<&Hop>) -> Node {
    let at_edge = before.is_some_and(|before| before.kind == HopKind::Router);
    let group = match hop.kind {
        HopKind::Record | HopKind::Address => "dns",
        HopKind::Firewall | HopKind::Router | HopKind::Middleware => "edge",
        HopKind::Certificate | HopKind::Service if at_edge => "edge",
        HopKind::Certificate
        | HopKind::Gateway
        | HopKind::Listener
        | HopKind::Route
        | HopKind::Service
        | HopKind::Pods => "cluster",
        HopKind::Login | HopKind::Client | HopKind::Redirect => "login",
    };
    let mut details = wrapped(&match hop.detail.as_str() {
        "" => hop.kind.word().to_owned(),
        detail => format!("{}: {detail}", hop.kind.word()),
    });
    details.extend(hop.span.map(|span| line(sources, span)));
    let state = match &hop.state {
        State::Ok => Drawn::Ok,
        State::Unknown(reason) => {
            details.extend(wrapped(reason));
            Drawn::Faint
        }
        State::Broken { code, message, .. } => {
            details.extend(wrapped(&format!("{}: {message}", code.id)));
            Drawn::Broken
        }
    };
    let finding = if let State::Broken { span, .. } = &hop.state { Some(*span) } else { None };
    let place = finding.or(hop.span).and_then(|span| place(sources, span));
    let tip = Some(format!("{} {}: {}", hop.kind.word(), hop.name, hop.detail));
    Node {
        id: format!("{group}:{}:{}", hop.kind.word(), hop.name),
        group: Some(group.to_owned()),
        label: hop.name.clone(),
        details,
        tip,
        state,
        place,
    }
}

fn place(sources: &Sources, span: Span) -> Option<Place> {
    let file = sources.get(span.file)?;
    let line = usize::try_from(file.position(span.start).line).ok()?;
    Some(Place { path: file.path().to_owned(), line })
}

/// A sentence in several lines.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
