//! Addresses of nodes: `workload.grafana/chart.grafana`.

use hlc_diag::{Diagnostic, Span};
use hlc_schema::Node as _;
use hlc_schema::suggest::{list_names, nearest};
use hlc_syntax::{Document, Node};

use super::UNKNOWN_ADDRESS;
use crate::concept::Homelab;
use crate::expand::{Inside, text};

/// A node that an address names.
pub(super) struct Found<'a> {
    pub(super) file: usize,
    pub(super) node: Node<'a>,
    /// What may stand in it.
    pub(super) inside: Inside,
}

/// Everything that an address can begin with.
pub(super) struct Places<'a> {
    top: Vec<(usize, Node<'a>)>,
}

/// The first value of a node, if it is a text.
pub(super) fn name_of(node: Node<'_>) -> Option<String> {
    text(node.args().next()?)
}

impl<'a> Places<'a> {
    pub(super) fn new<'d>(documents: impl Iterator<Item = (usize, &'d &'a Document)>) -> Self
    where
        'a: 'd,
    {
        let nodes = |(file, document): (usize, &&'a Document)| {
            document.nodes().map(move |node| (file, node)).collect::<Vec<_>>()
        };
        let is_there = |(_, node): &(usize, Node<'a>)| node.name() != Homelab::decl().name;
        Self { top: documents.flat_map(nodes).filter(is_there).collect() }
    }

    /// The node of an address.
    pub(super) fn find(&self, address: &str, at: Span) -> Result<Found<'a>, Box<Diagnostic>> {
        let mut segments = address.split('/');
        let first = segments.next().unwrap_or("");
        let mut done = String::new();
        let (file, node) = step(self.top.iter().copied(), first, &done, at)?;
        let mut found = Found { file, node, inside: Inside::Top.of(node) };
        done.push_str(first);
        for segment in segments {
            let (_, node) = step(found.node.children().map(|node| (file, node)), segment, &done, at)?;
            found = Found { file, node, inside: found.inside.of(node) };
            done = format!("{done}/{segment}");
        }
        Ok(found)
    }
}

/// The node that one segment of an address names.
fn step<'a>(
    nodes: impl Iterator<Item = (usize, Node<'a>)> + Clone,
    segment: &str,
    done: &str,
    at: Span,
) -> Result<(usize, Node<'a>), Box<Diagnostic>> {
    let (kind, name) = segment.split_once('.').map_or((segment, None), |(kind, name)| (kind, Some(name)));
    let fits = |(_, node): &(usize, Node<'_>)| {
        node.name() == kind && name.is_none_or(|name| name_of(*node).as_deref() == Some(name))
    };
    let mut fitting = nodes.clone().filter(fits);
    let place = if done.is_empty() { "the included files have".to_owned() } else { format!("`{done}` has") };
    let Some(first) = fitting.next() else {
        let names: Vec<String> = nodes
            .map(|(_, node)| match name_of(node) {
                Some(name) => format!("{}.{name}", node.name()),
                None => node.name().into_owned(),
            })
            .collect();
        let diagnostic = Diagnostic::new(&UNKNOWN_ADDRESS, at, format!("{place} no `{segment}`"));
        let same_kind: Vec<&str> =
            names.iter().map(String::as_str).filter(|other| other.split('.').next() == Some(kind)).collect();
        return Err(Box::new(match nearest(segment, names.iter().map(String::as_str)) {
            Some(meant) => {
                let right = if done.is_empty() { meant.to_owned() } else { format!("{done}/{meant}") };
                diagnostic.help(format!("did you mean `{right}`?"))
            }
            None if same_kind.is_empty() => {
                diagnostic.help("an address is `KIND.NAME`, with `/` between a node and one in it")
            }
            None => diagnostic.help(format!("there is {}", list_names(&same_kind, "and"))),
        }));
    };
    if name.is_none() && fitting.next().is_some() {
        return Err(Box::new(
            Diagnostic::new(&UNKNOWN_ADDRESS, at, format!("{place} several `{segment}`"))
                .help(format!("say which: `{segment}.NAME`")),
        ));
    }
    Ok(first)
}
