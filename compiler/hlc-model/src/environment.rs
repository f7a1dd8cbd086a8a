//! Environments: what the root file's `homelab` changes about the files that it includes.
//!
//! `override` and `without` are applied to the trees, behind components and before anything is decoded, so that every check
//! sees the result and a finding about a changed value stands at the `override`.

mod address;
mod merge;

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;
use hlc_syntax::{Builder, Document, Node, Nodes, Part};

use crate::concept::{Homelab, Override, Without};
use crate::expand::{Expanded, Inside, descendants};
use crate::load::Loaded;
use address::{Found, Places};

pub(crate) static CODES: &[&Code] = &[&UNKNOWN_ADDRESS, &CHANGED_TWICE];

/// An address that names nothing.
pub(crate) static UNKNOWN_ADDRESS: Code = Code {
    id: "HLC0340",
    name: "unknown-address",
    severity: Severity::Error,
    summary: "an address that names no node",
    explain: "`override` and `without` name nodes of the included files by kind and name, from the outside in, such as \
              `workload.grafana/chart.grafana`. They change what is there and add nothing: what only one environment has stands in \
              a file that only its root includes.",
    bad: "homelab \"staging\" domain=\"example.net\" { without \"data.big\" }\ndata \"bit\" { a 1 }",
    good: "homelab \"staging\" domain=\"example.net\" { without \"data.bit\" }\ndata \"bit\" { a 1 }",
};

/// Two changes of one node.
pub(crate) static CHANGED_TWICE: Code = Code {
    id: "HLC0341",
    name: "changed-twice",
    severity: Severity::Error,
    summary: "a node that an environment changes twice",
    explain: "Each node is changed in one place, so that nobody has to know which of two comes last; and what is left out is not \
              changed.",
    bad: "homelab \"staging\" domain=\"example.net\" {\n    override \"data.d\" a=2\n    override \"data.d\" a=3\n}\ndata \"d\" { a \
          1 }",
    good: "homelab \"staging\" domain=\"example.net\" {\n    override \"data.d\" a=3\n}\ndata \"d\" { a 1 }",
};

/// Something that an environment leaves out.
#[derive(Clone, Debug)]
pub(crate) struct Removed {
    pub(crate) kind: String,
    pub(crate) name: String,
    /// The address in the `without`.
    pub(crate) at: Span,
}

/// What is done about a node.
#[derive(Clone, Copy)]
enum Edit<'a> {
    Remove(Span),
    Override { by: Node<'a>, inside: Inside, at: Span },
}

impl Edit<'_> {
    fn at(self) -> Span {
        match self {
            Self::Remove(at) | Self::Override { at, .. } => at,
        }
    }
}

/// Edits by the number of the file and of the node in it.
type Edits<'a> = BTreeMap<(usize, usize), Edit<'a>>;

/// What changing the trees gives besides.
pub(crate) struct Applied {
    /// What is left out.
    pub(crate) removed: Vec<Removed>,
    /// Addresses of nothing, each with the kind of node that it begins with: they may be addresses of what could not be read.
    pub(crate) unknown: Vec<(String, Diagnostic)>,
}

/// Applies what the `homelab` changes.
pub(crate) fn apply(loaded: &Loaded, expanded: &mut Expanded) -> Applied {
    let mut diagnostics = Vec::new();
    let mut removed = Vec::new();
    let mut unknown = Vec::new();
    let made = {
        let documents: Vec<&Document> = expanded.documents(&loaded.documents).collect();
        let sound = |document: &Document| !loaded.broken.contains(&document.file());
        let places = Places::new(documents.iter().enumerate().filter(|(_, document)| sound(document)));
        // What seems not to be there may stand in what could not be read.
        let may_report = loaded.is_read() && expanded.unexpanded.is_empty();
        let mut edits = Edits::new();
        let homelabs = documents.iter().filter(|document| sound(document)).flat_map(|document| document.nodes());
        for change in homelabs.filter(|node| node.name() == Homelab::decl().name).flat_map(Node::children) {
            let (is_override, is_without) =
                (change.name() == Override::decl().name, change.name() == Without::decl().name);
            let addresses = change.args().take(if is_override { 1 } else { usize::MAX });
            for entry in addresses.filter(|_| is_override || is_without) {
                let Some(address) = crate::expand::text(entry) else { continue };
                let at = entry.value_span();
                match places.find(&address, at) {
                    Ok(found) => {
                        let edit = if is_override {
                            Edit::Override { by: change, inside: found.inside, at }
                        } else {
                            removed.extend(named(found.node, at));
                            Edit::Remove(at)
                        };
                        note(&mut edits, &found, edit, &mut diagnostics);
                    }
                    Err(found) if may_report => unknown.push((kind_of(&address), *found)),
                    Err(_) => {}
                }
            }
        }
        if edits.is_empty() {
            Vec::new()
        } else {
            let files: Vec<usize> = (0..documents.len()).filter(|file| is_edited(&edits, *file)).collect();
            let mut rebuild =
                Rebuild { edits: &edits, met: BTreeMap::new(), unknown: &mut unknown, diagnostics: &mut diagnostics };
            let document = |file: usize| Some((file, rebuild.document(file, documents.get(file)?)));
            let made = files.into_iter().filter_map(document).collect::<Vec<_>>();
            rebuild.report_unmet();
            made
        }
    };
    for (file, document) in made {
        expanded.replace(file, document);
    }
    expanded.diagnostics.extend(diagnostics);
    Applied { removed, unknown }
}

/// The kind of node that an address begins with.
fn kind_of(address: &str) -> String {
    address.split(['.', '/']).next().unwrap_or("").to_owned()
}

fn is_edited(edits: &Edits<'_>, file: usize) -> bool {
    edits.range((file, 0)..(file + 1, 0)).next().is_some()
}

/// Notes an edit; two of one node are a contradiction.
fn note<'a>(edits: &mut Edits<'a>, found: &Found<'a>, edit: Edit<'a>, diagnostics: &mut Vec<Diagnostic>) {
    let key = (found.file, found.node.index());
    match edits.get(&key) {
        Some(first) => diagnostics.push(twice(edit.at(), first.at())),
        None => drop(edits.insert(key, edit)),
    }
}

fn twice(second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&CHANGED_TWICE, second, "this node is changed twice")
        .here("changed again")
        .label(first, "first changed here")
        .help("keep one, with everything that is to change")
}

/// Every name that a removed node may declare.
fn named(node: Node<'_>, at: Span) -> impl Iterator<Item = Removed> {
    descendants(node).filter_map(move |node| {
        let name = crate::expand::text(node.args().next()?)?;
        Some(Removed { kind: node.name().into_owned(), name, at })
    })
}

/// Builds files anew.
struct Rebuild<'a, 'e> {
    edits: &'e Edits<'a>,
    /// Nodes that have been changed, with the change.
    met: BTreeMap<(usize, usize), Span>,
    unknown: &'e mut Vec<(String, Diagnostic)>,
    diagnostics: &'e mut Vec<Diagnostic>,
}

/// One file in the making.
struct Target<'a> {
    builder: Builder,
    file: usize,
    /// The file that is changed.
    part: Part,
    /// Parts of files with changes, by the number of their file id.
    changes: BTreeMap<hlc_diag::FileId, Part>,
    document: &'a Document,
}

impl<'a> Target<'a> {
    /// Copies a node with everything in it.
    fn copy_all(&mut self, node: Node<'a>) {
        let mut open: Vec<Nodes<'a>> = Vec::new();
        self.open(node);
        open.push(node.children());
        while let Some(nodes) = open.last_mut() {
            match nodes.next() {
                Some(node) => {
                    self.open(node);
                    open.push(node.children());
                }
                None => {
                    open.pop();
                    self.builder.close();
                }
            }
        }
    }

    /// Opens a node with its entries.
    fn open(&mut self, node: Node<'a>) {
        let part = self.part_of(node);
        self.builder.open(node, &part);
        node.entries().for_each(|entry| self.builder.entry(entry, &part, None));
    }

    /// The part that a node belongs to: the file, or the one with the change.
    fn part_of(&mut self, node: Node<'a>) -> Part {
        if std::ptr::eq(node.document(), self.document) {
            return self.part.clone();
        }
        let document = node.document();
        let builder = &mut self.builder;
        self.changes.entry(document.file()).or_insert_with(|| builder.part(document, document.file())).clone()
    }
}

impl<'a> Rebuild<'a, '_> {
    fn document(&mut self, file: usize, document: &'a Document) -> Document {
        let mut builder = Builder::new(document);
        let part = builder.part(document, document.file());
        let mut target = Target { builder, file, part, changes: BTreeMap::new(), document };
        self.copy(&mut target, document.nodes().collect());
        target.builder.finish()
    }

    /// Copies nodes, with the edits that are meant for them and for what they hold.
    fn copy(&mut self, target: &mut Target<'a>, nodes: Vec<Node<'a>>) {
        let mut open = vec![(nodes.into_iter(), false)];
        while let Some((nodes, closes)) = open.last_mut() {
            let Some(node) = nodes.next() else {
                if *closes {
                    target.builder.close();
                }
                open.pop();
                continue;
            };
            match self.edit(target.file, node) {
                Some(Edit::Remove(_)) => {}
                Some(Edit::Override { by, inside, at }) => self.merge(target, (node, by), inside, at, 0),
                None => {
                    target.open(node);
                    open.push((node.children().collect::<Vec<_>>().into_iter(), true));
                }
            }
        }
    }

    /// Reports changes of nodes that were never met, since something around them is gone.
    fn report_unmet(&mut self) {
        for (key, edit) in self.edits {
            if matches!(edit, Edit::Override { .. }) && !self.met.contains_key(key) {
                self.diagnostics.push(
                    Diagnostic::new(&CHANGED_TWICE, edit.at(), "nothing is left of this to change")
                        .help("another `override` replaces what it stands in, or a `without` leaves it out"),
                );
            }
        }
    }

    /// What is done about a node.
    fn edit(&self, file: usize, node: Node<'a>) -> Option<Edit<'a>> {
        self.edits.get(&(file, node.index())).copied()
    }
}
