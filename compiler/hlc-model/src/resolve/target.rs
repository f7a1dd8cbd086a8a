//! What paths can name, and what each answers.

use std::collections::BTreeMap;

use hlc_diag::{Diagnostic, Span};
use hlc_plan::Address;
use hlc_schema::free::FreeKind;
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{AttrDecl, Data, Def, Deferred, Free, Node, NodeDecl, RefPath, Scalar, ScopeId, Spanned, Text};

use super::codes::{AMBIGUOUS, UNKNOWN_FIELD, UNKNOWN_REFERENCE};
use super::{Place, Resolver};
use crate::concept::{DataBlock, Homelab, NODES};
use crate::model::Model;

/// Something a path can name. Implemented beside the node's declaration, for the node and what it has to know of where it
/// stands.
pub(crate) trait Referable: Sync {
    /// The node's declaration; its `attributes` are what can be asked.
    fn declaration(&self) -> &'static NodeDecl;

    /// The answer to a question; `None` when it has none, which has been reported then.
    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data>;
}

impl<T: Referable> Referable for &T {
    fn declaration(&self) -> &'static NodeDecl {
        (**self).declaration()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        (**self).answer(ask)
    }
}

/// A question to a [`Referable`].
pub(crate) struct Ask<'a, 'm> {
    /// Resolves what the answer itself refers to.
    pub(crate) resolver: &'a Resolver<'m>,
    /// The path that asks.
    pub(crate) path: &'a RefPath,
    /// What is asked: the path behind the name.
    pub(crate) field: &'a str,
    /// Where the answer goes.
    pub(super) place: Place,
    /// How deep in data the answer goes.
    pub(super) depth: usize,
}

impl Ask<'_, '_> {
    /// Answers with text.
    pub(crate) fn text(&self, text: impl Into<Text>) -> Option<Data> {
        Some(Data::string(text, self.path.span))
    }

    /// Answers with a typed value.
    pub(crate) fn scalar<T: Scalar>(&self, value: &T) -> Option<Data> {
        Some(Data::new(value.to_value(), self.path.span))
    }

    /// Answers with a typed value that may not have been given.
    pub(crate) fn given<T: Scalar>(&self, value: Option<&Spanned<T>>, declared: Span) -> Option<Data> {
        match value {
            Some(value) => self.scalar(&value.value),
            None => self.not_given(declared),
        }
    }

    /// Answers with what a planned resource will have once it exists.
    pub(crate) fn output(&self, address: &Address, name: &str) -> Option<Data> {
        Some(Data::deferred(Deferred::output(address.as_str(), name), self.path.span))
    }

    /// Reports that the node cannot be asked for this.
    pub(crate) fn unknown(&self, decl: &'static NodeDecl) -> Option<Data> {
        self.resolver.no_field(self.path, decl, self.field)
    }

    /// Reports that the node was not given what is asked for.
    pub(crate) fn not_given(&self, declared: Span) -> Option<Data> {
        self.resolver.report(
            Diagnostic::new(&UNKNOWN_FIELD, self.path.span, format!("`{}` is not given", self.path.text))
                .label(declared, format!("this has no `{}`", self.field))
                .help(format!("add `{}=…` there", self.field)),
        );
        None
    }
}

/// Something that has a name.
pub(super) struct Candidate<'m> {
    span: Span,
    scope: ScopeId,
    target: Box<dyn Referable + 'm>,
}

/// Everything that paths can name, by kind and name.
#[derive(Default)]
pub(crate) struct Index<'m> {
    by_name: BTreeMap<(&'static str, &'m str), Vec<Candidate<'m>>>,
}

impl<'m> Index<'m> {
    /// Adds something that paths can name.
    pub(crate) fn add<T>(&mut self, name: &'m Def<T>, scope: ScopeId, target: impl Referable + 'm) {
        let candidate = Candidate { span: name.span, scope, target: Box::new(target) };
        let kind = candidate.target.declaration().name;
        self.by_name.entry((kind, name.name.as_str())).or_default().push(candidate);
    }
}

/// The kinds of node that paths can begin with.
fn referable() -> impl Iterator<Item = &'static NodeDecl> {
    let can_be_asked = |decl: &&NodeDecl| !decl.attributes.is_empty() || decl.name == DataBlock::decl().name;
    NODES.iter().map(|decl| decl()).filter(can_be_asked)
}

/// True for a kind of node that paths can begin with.
pub(super) fn is_referable(kind: &str) -> bool {
    referable().any(|decl| decl.name == kind)
}

/// Everything that paths can name.
pub(super) fn index(model: &Model) -> Index<'_> {
    let mut index = Index::default();
    model.name_all(&mut index);
    index
}

impl<'m> Resolver<'m> {
    /// The node that a path names, and the rest of the path.
    pub(super) fn find<'s>(&'s self, path: &'s RefPath, scope: ScopeId) -> Option<(&'s (dyn Referable + 'm), String)> {
        let (kind, rest) = path.text.split_once('.')?;
        if kind == Homelab::decl().name {
            return Some((self.model.homelab.as_ref()?, rest.to_owned()));
        }
        if !is_referable(kind) {
            let mut kinds: Vec<_> = referable().map(|decl| decl.name).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let diagnostic =
                Diagnostic::new(&UNKNOWN_REFERENCE, path.span, format!("`{kind}` is nothing that can be referred to"));
            self.report(match nearest(kind, kinds.iter().copied()) {
                Some(meant) => diagnostic.help(format!("did you mean `{meant}.{rest}`?")),
                None => diagnostic.help(format!("a path begins with {}", list_names(&kinds, "or"))),
            });
            return None;
        }
        // A name may hold dots, so every part of the path that ends at one can be it; the longest that is a name is meant.
        let dots = rest.char_indices().rev().filter(|(_, c)| *c == '.').map(|(at, _)| at);
        let named: Vec<(usize, &Vec<Candidate<'m>>)> = std::iter::once(rest.len())
            .chain(dots)
            .filter_map(|end| Some((end, self.ground.index.by_name.get(&(kind, rest.get(..end)?))?)))
            .collect();
        // The workload's own names come first, then those of the whole homelab, then those of other workloads; data of
        // other workloads is theirs alone.
        let within = |visible: &dyn Fn(&Candidate<'m>) -> bool| {
            named.iter().find_map(|(end, candidates)| {
                let visible: Vec<_> = candidates.iter().filter(|candidate| visible(candidate)).collect();
                (!visible.is_empty()).then_some((*end, visible))
            })
        };
        let found = within(&|candidate| candidate.scope == scope)
            .or_else(|| within(&|candidate| candidate.scope == ScopeId::default()))
            .or_else(|| within(&|candidate| candidate.target.declaration().name != DataBlock::decl().name));
        let (end, candidates) = found.unwrap_or_default();
        match candidates.as_slice() {
            [] => {
                self.report_unknown(path, kind, rest, scope);
                None
            }
            [only] => Some((only.target.as_ref(), rest.get(end + 1..).unwrap_or("").to_owned())),
            [first, second, ..] => {
                if first.scope == second.scope {
                    return None; // one name declared twice in one place: reported as such
                }
                let name = rest.get(..end).unwrap_or(rest);
                self.report(
                    Diagnostic::new(&AMBIGUOUS, path.span, format!("several workloads have a {kind} `{name}`"))
                        .label(first.span, "one is here")
                        .label(second.span, "another is here")
                        .help("rename one of them"),
                );
                None
            }
        }
    }

    fn report_unknown(&self, path: &RefPath, kind: &str, rest: &str, scope: ScopeId) {
        if referable().any(|decl| decl.name == kind && self.model.faults.may_hide(decl)) {
            return; // it may be declared in what could not be read
        }
        let name = rest.split('.').next().unwrap_or(rest);
        let diagnostic = Diagnostic::new(&UNKNOWN_REFERENCE, path.span, format!("there is no {kind} `{name}`"));
        let diagnostic = self.model.say_removed(kind, name, diagnostic);
        let of_kind = || self.ground.index.by_name.iter().filter(|((candidate, _), _)| *candidate == kind);
        let names: Vec<&str> = of_kind().map(|((_, name), _)| *name).collect();
        self.report(match nearest(name, names.iter().copied()) {
            Some(meant) => {
                let right = path.text.replacen(&format!("{kind}.{name}"), &format!("{kind}.{meant}"), 1);
                let declared = of_kind()
                    .filter(|((_, name), _)| *name == meant)
                    .flat_map(|(_, candidates)| candidates)
                    .min_by_key(|candidate| (candidate.scope != scope, candidate.span));
                let diagnostic = match declared {
                    Some(candidate) => diagnostic.label(candidate.span, "declared here"),
                    None => diagnostic,
                };
                diagnostic.help(format!("did you mean `{right}`?")).suggest(
                    format!("write `{right}`"),
                    path.span,
                    right,
                )
            }
            None if names.is_empty() => diagnostic.help(format!("none is declared; `hlc explain {kind}` shows how")),
            None => diagnostic.help(format!("there is {}", list_names(&names, "and"))),
        });
    }

    /// What data of this name holds at the end of a path of keys.
    pub(crate) fn data_at(&self, block: &DataBlock, scope: ScopeId, ask: &Ask<'_, '_>) -> Option<Data> {
        let (part, rest) = descend(&block.value, ask.field);
        let part = self.free(part, scope, ask.place, ask.depth)?;
        self.step_into(ask.path, block, part, rest)
    }

    /// Follows keys into data. A key may hold dots, so the longest that fits is meant.
    fn step_into(&self, path: &RefPath, block: &DataBlock, whole: Data, keys: &str) -> Option<Data> {
        let mut data = whole;
        let mut rest = keys;
        while !rest.is_empty() {
            let fits = |key: &str| rest == key || rest.strip_prefix(key).is_some_and(|tail| tail.starts_with('.'));
            let key = data
                .as_map()
                .and_then(|map| map.iter().map(|(key, _)| key).filter(|key| fits(key)).max_by_key(|key| key.len()));
            let Some(key) = key.map(str::to_owned) else {
                let wanted = rest.split('.').next().unwrap_or(rest);
                let names: Vec<&str> =
                    data.as_map().into_iter().flat_map(|map| map.iter().map(|(key, _)| key)).collect();
                let diagnostic = Diagnostic::new(
                    &UNKNOWN_FIELD,
                    path.span,
                    format!("data `{}` has no `{wanted}` there", block.name.name),
                )
                .label(block.name.span, "declared here");
                self.report(match nearest(wanted, names.iter().copied()) {
                    Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                    None if names.is_empty() => diagnostic.help(format!("it is {}", data.describe())),
                    None => diagnostic.help(format!("there is {}", list_names(&names, "and"))),
                });
                return None;
            };
            rest = rest.get(key.len()..).unwrap_or("").trim_start_matches('.');
            data = data.as_map_mut()?.remove(&key)?.value;
        }
        Some(data)
    }

    fn no_field(&self, path: &RefPath, decl: &'static NodeDecl, field: &str) -> Option<Data> {
        let names: Vec<&str> = decl.attributes.iter().map(|AttrDecl { name, .. }| *name).collect();
        let message = if field.is_empty() {
            format!("`{}` does not say what it wants to know", path.text)
        } else {
            format!("{} has no `{field}`", with_article(decl.name))
        };
        let diagnostic = Diagnostic::new(&UNKNOWN_FIELD, path.span, message);
        self.report(match nearest(field, names.iter().copied()) {
            Some(meant) => {
                let right =
                    path.text.strip_suffix(field).map_or_else(|| meant.to_owned(), |head| format!("{head}{meant}"));
                diagnostic.help(format!("did you mean `{right}`?")).suggest(
                    format!("write `{right}`"),
                    path.span,
                    right,
                )
            }
            None => diagnostic.help(format!("it can be asked for {}", list_names(&names, "or"))),
        });
        None
    }
}

/// Follows keys through maps as far as they are written out, so that only the part that is asked for is resolved.
fn descend<'f, 'k>(whole: &'f Free, keys: &'k str) -> (&'f Free, &'k str) {
    let (mut part, mut rest) = (whole, keys);
    while let FreeKind::Map { bases, entries } = &part.kind {
        let fits = |key: &str| rest == key || rest.strip_prefix(key).is_some_and(|tail| tail.starts_with('.'));
        let entry = entries.iter().filter(|entry| fits(&entry.key)).max_by_key(|entry| entry.key.len());
        let Some(entry) = entry.filter(|_| bases.is_empty() && !rest.is_empty()) else { break };
        rest = rest.get(entry.key.len()..).unwrap_or("").trim_start_matches('.');
        part = &entry.value;
    }
    (part, rest)
}

/// "a network", "an endpoint".
fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
