//! What paths can name, and what each answers.

use std::collections::BTreeMap;

use hlc_diag::{Diagnostic, Span};
use hlc_schema::free::FreeKind;
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{AttrDecl, Data, DataValue, Free, Node, NodeDecl, RefPath, Scalar, ScopeId};

use super::codes::{AMBIGUOUS, UNKNOWN_FIELD, UNKNOWN_REFERENCE};
use super::{Place, Resolver};
use crate::concept::{DataBlock, Gateway, Homelab, Network};
use crate::model::Model;
use crate::workload::{Endpoint, Route, Secret, Workload, workload_namespace};

/// Something a path names.
#[derive(Clone, Copy)]
pub(super) enum Target<'m> {
    Homelab(&'m Homelab),
    Network(&'m Network),
    Gateway(&'m Gateway, &'m str),
    Endpoint(&'m Endpoint, &'m Workload),
    Route(&'m Route, ScopeId),
    Secret(&'m Secret),
    Data(&'m DataBlock, ScopeId),
}

/// Something that has a name.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'m> {
    span: Span,
    scope: ScopeId,
    target: Target<'m>,
}

/// Everything that paths can name, by kind and name.
pub(super) type Index<'m> = BTreeMap<(&'static str, &'m str), Vec<Candidate<'m>>>;

/// The kinds of node that paths can begin with.
const REFERABLE: &[fn() -> &'static NodeDecl] =
    &[Homelab::decl, Network::decl, Gateway::decl, Endpoint::decl, Route::decl, Secret::decl, DataBlock::decl];

/// True for a kind of node that paths can begin with.
pub(super) fn is_referable(kind: &str) -> bool {
    REFERABLE.iter().any(|decl| decl().name == kind)
}

/// Everything that paths can name.
pub(super) fn index(model: &Model) -> Index<'_> {
    let mut index = Index::new();
    let mut add = |kind: &'static NodeDecl, name, span, scope, target| {
        index.entry((kind.name, name)).or_default().push(Candidate { span, scope, target });
    };
    let global = ScopeId::default();
    for network in model.homelab.iter().flat_map(|homelab| &homelab.network) {
        add(Network::decl(), network.name.name.as_str(), network.name.span, global, Target::Network(network));
    }
    for (_, gateway, namespace) in &model.gateways {
        add(Gateway::decl(), &gateway.name.name, gateway.name.span, global, Target::Gateway(gateway, namespace));
    }
    for data in model.shared_data() {
        add(DataBlock::decl(), &data.name.name, data.name.span, global, Target::Data(data, global));
    }
    for (scope, workload) in model.workloads() {
        for endpoint in &workload.endpoint {
            add(Endpoint::decl(), &endpoint.name.name, endpoint.name.span, scope, Target::Endpoint(endpoint, workload));
        }
        for route in &workload.route {
            add(Route::decl(), &route.name.name, route.name.span, scope, Target::Route(route, scope));
        }
        for secret in &workload.secret {
            add(Secret::decl(), &secret.name.name, secret.name.span, scope, Target::Secret(secret));
        }
        for data in &workload.data {
            add(DataBlock::decl(), &data.name.name, data.name.span, scope, Target::Data(data, scope));
        }
    }
    index
}

impl<'m> Resolver<'m> {
    /// The node that a path names, and the rest of the path.
    pub(super) fn find(&self, path: &RefPath, scope: ScopeId) -> Option<(Target<'m>, String)> {
        let (kind, rest) = path.text.split_once('.')?;
        if kind == Homelab::decl().name {
            return Some((Target::Homelab(self.model.homelab.as_ref()?), rest.to_owned()));
        }
        if !is_referable(kind) {
            let kinds: Vec<_> = REFERABLE.iter().map(|decl| decl().name).collect();
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
            .filter_map(|end| Some((end, self.index.get(&(kind, rest.get(..end)?))?)))
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
            .or_else(|| within(&|candidate| !matches!(candidate.target, Target::Data(..))));
        let (end, candidates) = found.unwrap_or_default();
        match candidates.as_slice() {
            [] => {
                self.report_unknown(path, kind, rest, scope);
                None
            }
            [only] => Some((only.target, rest.get(end + 1..).unwrap_or("").to_owned())),
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
        let hidden = REFERABLE.iter().map(|decl| decl()).find(|decl| decl.name == kind);
        if hidden.is_some_and(|decl| self.model.faults.may_hide(decl)) {
            return; // it may be declared in what could not be read
        }
        let name = rest.split('.').next().unwrap_or(rest);
        let diagnostic = Diagnostic::new(&UNKNOWN_REFERENCE, path.span, format!("there is no {kind} `{name}`"));
        let of_kind = || self.index.iter().filter(|((candidate, _), _)| *candidate == kind);
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

    /// The answer of a node to a question.
    pub(super) fn answer(&self, path: &RefPath, target: Target<'m>, field: &str, depth: usize) -> Option<Data> {
        let at = path.span;
        let text = |text: String| Some(Data::string(text, at));
        let scalar = |value: DataValue| Some(Data::new(value, at));
        match (target, field) {
            (Target::Homelab(homelab), "name") => text(homelab.name.name.clone()),
            (Target::Homelab(homelab), "domain") => text(homelab.domain.value.as_str().to_owned()),
            (Target::Homelab(_), _) => self.no_field(path, Homelab::decl(), field),
            (Target::Network(network), "cidr") => scalar(network.cidr.value.to_value()),
            (Target::Network(network), "gateway") => match network.gateway {
                Some(gateway) => scalar(gateway.value.to_value()),
                None => self.not_given(path, network.name.span, "gateway"),
            },
            (Target::Network(_), _) => self.no_field(path, Network::decl(), field),
            (Target::Gateway(gateway, _), "name") => text(gateway.name.name.clone()),
            (Target::Gateway(_, namespace), "namespace") => text(namespace.to_owned()),
            (Target::Gateway(gateway, _), "ip") => match &gateway.ip {
                Some(ip) => scalar(self.value(ip, ScopeId::default())?.value.to_value()),
                None => self.not_given(path, gateway.name.span, "ip"),
            },
            (Target::Gateway(..), _) => self.no_field(path, Gateway::decl(), field),
            (Target::Endpoint(endpoint, workload), "url") => text(endpoint.url(workload_namespace(workload))),
            (Target::Endpoint(endpoint, workload), "host") => text(endpoint.host(workload_namespace(workload))),
            (Target::Endpoint(endpoint, _), "service") => text(endpoint.service.value.clone()),
            (Target::Endpoint(endpoint, _), "port") => scalar(endpoint.port.value.to_value()),
            (Target::Endpoint(..), _) => self.no_field(path, Endpoint::decl(), field),
            (Target::Route(route, scope), "host" | "url") => {
                let hosts = route.hosts(self, scope)?;
                let host = hosts.first()?.value.as_str();
                text(if field == "url" { format!("https://{host}") } else { host.to_owned() })
            }
            (Target::Route(..), _) => self.no_field(path, Route::decl(), field),
            (Target::Secret(secret), "name") => text(secret.name.name.clone()),
            (Target::Secret(_), _) => self.no_field(path, Secret::decl(), field),
            (Target::Data(data, scope), keys) => {
                let (part, rest) = descend(&data.value, keys);
                let part = self.free(part, scope, Place::Manifest, depth)?;
                self.step_into(path, data, part, rest)
            }
        }
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

    fn not_given(&self, path: &RefPath, declared: Span, field: &str) -> Option<Data> {
        self.report(
            Diagnostic::new(&UNKNOWN_FIELD, path.span, format!("`{}` is not given", path.text))
                .label(declared, format!("this has no `{field}`"))
                .help(format!("add `{field}=…` there")),
        );
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
