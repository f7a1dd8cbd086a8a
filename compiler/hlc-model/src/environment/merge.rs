//! One node with the words of an `override` over it.

use std::collections::BTreeSet;

use hlc_diag::{Diagnostic, Span};
use hlc_schema::FieldKind;
use hlc_schema::decode::{is_allow, is_object_name};
use hlc_schema::suggest::nearest;
use hlc_syntax::{Entry, Node};

use super::address::name_of;
use super::{Rebuild, Target, UNKNOWN_ADDRESS, twice};
use crate::expand::Inside;

/// Deeper than this a block is replaced whole: nothing that can be read nests so deep.
const MAX_DEPTH: usize = 128;

/// What a child of an `override` does.
enum Change<'a> {
    /// It takes the place of everything of its name.
    Replace,
    /// It stands beside everything of its name.
    Beside,
    /// It changes this child.
    Into(Node<'a>),
    /// It changes a child that is not there, which has been reported.
    Nowhere,
}

impl<'a> Rebuild<'a, '_> {
    /// Copies a node, with everything that the other one says in place of its own words.
    pub(super) fn merge(
        &mut self,
        target: &mut Target<'a>,
        (node, by): (Node<'a>, Node<'a>),
        inside: Inside,
        at: Span,
        depth: usize,
    ) {
        if let Some(first) = self.met.insert((target.file, node.index()), at) {
            self.diagnostics.push(twice(at, first));
        }
        let key = |entry: &Entry<'a>| entry.key().map(|key| key.text.into_owned());
        let mut replaced: BTreeSet<String> = by.props().filter_map(|entry| key(&entry)).collect();
        let mut merged: Vec<(Node<'a>, Node<'a>)> = Vec::new();
        let mut added: Vec<Node<'a>> = Vec::new();
        for child in by.children() {
            match self.change(node, child, inside, depth) {
                Change::Replace => {
                    replaced.insert(child.name().into_owned());
                    added.push(child);
                }
                Change::Beside => added.push(child),
                Change::Into(own) => {
                    merged.push((own, child));
                }
                Change::Nowhere => {}
            }
        }
        let part = target.part_of(node);
        target.builder.open(node, &part);
        // The values of the `override` itself are its address.
        let values: Vec<Entry<'a>> = if depth == 0 { Vec::new() } else { by.args().collect() };
        let own = node.entries().filter(|entry| match key(entry) {
            Some(key) => !replaced.contains(&key),
            None => values.is_empty(),
        });
        // Arguments first, as they are read.
        for entry in own {
            target.builder.entry(entry, &part, None);
        }
        let by_part = target.part_of(by);
        for entry in values.into_iter().chain(by.props()) {
            target.builder.entry(entry, &by_part, None);
        }
        if by.has_block() {
            target.builder.with_block();
        }
        for child in node.children() {
            if let Some((_, change)) = merged.iter().find(|(own, _)| *own == child) {
                if let Some(edit) = self.edit(target.file, child) {
                    self.diagnostics.push(twice(change.name_span(), edit.at()));
                }
                self.merge(target, (child, *change), inside.of(child), change.name_span(), depth + 1);
            } else if !replaced.contains(child.name().as_ref()) {
                self.copy(target, vec![child]);
            }
        }
        added.into_iter().for_each(|child| target.copy_all(child));
        target.builder.close();
    }

    /// What a child of an `override` does to a node.
    fn change(&mut self, node: Node<'a>, child: Node<'a>, inside: Inside, depth: usize) -> Change<'a> {
        if is_allow(child) {
            return Change::Beside;
        }
        let name = child.name();
        let mut own = node.children().filter(|own| own.name() == name);
        if depth >= MAX_DEPTH {
            return Change::Replace;
        }
        let Inside::Node(decl) = inside else {
            return own.find(|own| is_base(*own) && is_map(child)).map_or(Change::Replace, Change::Into);
        };
        let kind = decl.field(&name).map(|field| field.kind);
        let named = match kind {
            Some(FieldKind::Blocks(_)) => true,
            None => decl.holds_objects() && is_object_name(&name),
            Some(_) => false,
        };
        if named {
            let Some(wanted) = name_of(child) else { return Change::Replace };
            return match own.find(|own| name_of(*own).as_deref() == Some(&*wanted)) {
                Some(own) => Change::Into(own),
                None => {
                    let parent = std::iter::successors(Some(child), |node| node.parent());
                    let top = parent.filter_map(name_of).nth(1).unwrap_or_default();
                    self.unknown.push((super::kind_of(&top), nothing_to_change(node, child, &wanted)));
                    Change::Nowhere
                }
            };
        }
        match kind {
            Some(FieldKind::Block(_)) => own.next().map_or(Change::Replace, Change::Into),
            Some(FieldKind::Free) => {
                own.find(|own| is_base(*own) && is_map(child)).map_or(Change::Replace, Change::Into)
            }
            _ => Change::Replace,
        }
    }
}

fn nothing_to_change(node: Node<'_>, child: Node<'_>, wanted: &str) -> Diagnostic {
    let names: Vec<String> = node.children().filter(|own| own.name() == child.name()).filter_map(name_of).collect();
    let message = format!("there is no {} `{wanted}` to change", child.name());
    let diagnostic = Diagnostic::new(&UNKNOWN_ADDRESS, child.header_span(), message);
    match nearest(wanted, names.iter().map(String::as_str)) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help("what only one environment has stands in a file that only its root includes"),
    }
}

/// True for data that holds named entries.
fn is_map(node: Node<'_>) -> bool {
    let entries = node.props().next().is_some() || node.has_block();
    let dashed = node.children().any(|child| child.name() == "-" && child.name_is_bare());
    node.annotation().is_none() && entries && !dashed && node.args().next().is_none()
}

/// True for data that named entries can be merged over.
fn is_base(node: Node<'_>) -> bool {
    let is_map = |entry: Entry<'_>| {
        entry.annotation().is_some_and(|annotation| matches!(annotation.text.as_ref(), "ref" | "file" | "yaml"))
    };
    let dashed = node.children().any(|child| child.name() == "-" && child.name_is_bare());
    let holds = node.props().next().is_some() || node.has_block() || node.args().next().is_some();
    node.annotation().is_none() && holds && !dashed && node.args().all(is_map)
}
