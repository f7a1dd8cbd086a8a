//! From syntax trees to the model: decodes every node of every file.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::decode::{check_default, unknown_top_level};
use hlc_schema::{Cx, Node, NodeDecl, ScopeId, Source};
use hlc_syntax as syntax;

use crate::concept::{self, DataBlock, Homelab, Platform, SecretStore};
use crate::load::Loaded;
use crate::model::Model;
use crate::workload::{Chart, Endpoint, Namespace, Route, Secret, Workload};

pub(crate) static CODES: &[&Code] = &[&HOMELAB_COUNT, &EDITION, &DEFAULTS];

/// No homelab, or more than one.
pub(crate) static HOMELAB_COUNT: Code = Code {
    id: "HLC0304",
    name: "homelab-count",
    severity: Severity::Error,
    summary: "not exactly one `homelab`",
    explain: "The root file holds one `homelab` node; included files hold none.",
    bad: "homelab \"home\" domain=\"example.net\"\nhomelab \"second\" domain=\"example.org\"",
    good: "homelab \"home\" domain=\"example.net\"",
};

/// An edition this hlc does not know.
pub(crate) static EDITION: Code = Code {
    id: "HLC0305",
    name: "edition",
    severity: Severity::Error,
    summary: "an edition of the language that this hlc does not know",
    explain: "The edition says which rules a homelab was written for. This hlc knows edition 1.",
    bad: "homelab \"home\" edition=\"2\" domain=\"example.net\"",
    good: "homelab \"home\" edition=\"1\" domain=\"example.net\"",
};

/// A node that has no defaults.
pub(crate) static DEFAULTS: Code = Code {
    id: "HLC0306",
    name: "defaults",
    severity: Severity::Error,
    summary: "a node that `defaults` cannot hold",
    explain: "`defaults` holds the building blocks of workloads, without names: what is written there is what each block of \
              that name starts from.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    defaults { network cidr=\"10.0.0.0/8\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    defaults { chart deliver=\"argocd\" }\n}",
};

/// The model, with what decoding found.
pub(crate) struct Collected {
    pub(crate) model: Model,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) names: Vec<hlc_schema::NameUse>,
}

/// Decodes every file whose shape is certain.
pub(crate) fn collect(loaded: &Loaded) -> Collected {
    let mut cx = Cx::new(concept::NODES);
    let incomplete = !loaded.broken.is_empty() || !loaded.spoiled.is_empty();
    let mut model = Model { incomplete, ..Model::default() };
    let nodes: Vec<syntax::Node<'_>> = loaded
        .documents
        .iter()
        .filter(|document| !loaded.broken.contains(&document.file()))
        .flat_map(syntax::Document::nodes)
        .collect();
    let homelabs: Vec<_> = nodes.iter().copied().filter(|node| node.name() == Homelab::decl().name).collect();
    report_count(loaded, &homelabs, &mut cx);
    let defaults = Defaults::find(&homelabs, &mut cx);
    let mut scopes = 0;
    for node in &nodes {
        collect_node(*node, loaded, &mut model, &defaults, &mut scopes, &mut cx);
    }
    if let Some(homelab) = &model.homelab {
        check_edition(homelab, &mut cx);
    }
    model.incomplete |= cx.diagnostics.iter().any(Diagnostic::is_error);
    Collected { model, diagnostics: cx.diagnostics, names: cx.names }
}

fn collect_node<'a>(
    node: syntax::Node<'a>,
    loaded: &Loaded,
    model: &mut Model,
    defaults: &Defaults<'a>,
    scopes: &mut u32,
    cx: &mut Cx<'a>,
) {
    let name = node.name();
    let source = Source::Node(node);
    if name == Homelab::decl().name {
        if model.homelab.is_none() {
            model.homelab = Homelab::decode(source, cx);
        }
    } else if name == DataBlock::decl().name {
        model.data.extend(DataBlock::decode(source, cx));
    } else if name == SecretStore::decl().name {
        model.stores.extend(SecretStore::decode(source, cx));
    } else if name == Platform::decl().name {
        // Addons have names of their own kind and no local ones yet, so the platform is one scope.
        *scopes += 1;
        let scope = ScopeId(*scopes);
        let platform = cx.within(scope, Vec::new(), |cx| Platform::decode(source, cx));
        for addon in platform.into_iter().flat_map(|platform| platform.addon) {
            let namespace = addon.namespace.value;
            model.gateways.extend(addon.gateway.into_iter().map(|gateway| (scope, gateway, namespace.clone())));
            model.deliveries.extend(addon.delivery.map(|delivery| (scope, delivery, namespace)));
        }
    } else if name == Workload::decl().name {
        *scopes += 1;
        let scope = ScopeId(*scopes);
        let before = cx.diagnostics.len();
        let workload = cx.within(scope, defaults.of_workload(node), |cx| Workload::decode(source, cx));
        if cx.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            model.tainted.insert(scope);
        }
        if loaded.holds_spoiled(node.span()) {
            model.tainted.insert(scope);
            model.spoiled.insert(scope);
        }
        model.workloads.extend(workload.map(|workload| (scope, workload)));
    } else {
        let known: Vec<_> = concept::TOP_LEVEL.iter().map(|decl| decl().name).collect();
        let diagnostic = unknown_top_level(&known, node, cx);
        cx.report(diagnostic);
    }
}

fn report_count(loaded: &Loaded, homelabs: &[syntax::Node<'_>], cx: &mut Cx<'_>) {
    if let [first, second, ..] = homelabs {
        cx.report(
            Diagnostic::new(&HOMELAB_COUNT, second.header_span(), "there is a second `homelab`")
                .label(first.header_span(), "the first is here")
                .help("keep one; another environment has a root file of its own"),
        );
    } else if homelabs.is_empty()
        && loaded.broken.is_empty()
        && let Some(root) = loaded.documents.first()
    {
        cx.report(
            Diagnostic::new(&HOMELAB_COUNT, hlc_diag::Span::new(root.file(), 0, 0), "the root file has no `homelab`")
                .help("begin it with `homelab \"home\" edition=\"1\" domain=\"example.net\" { … }`"),
        );
    }
}

fn check_edition(homelab: &Homelab, cx: &mut Cx<'_>) {
    let Some(edition) = homelab.edition.as_ref().filter(|edition| edition.value != "1") else { return };
    let newer = edition.value.parse::<u64>().is_ok_and(|number| number > 1);
    let message = format!("this hlc knows edition 1, not `{}`", edition.value);
    cx.report(Diagnostic::new(&EDITION, edition.span, message).help(if newer {
        "install a newer hlc"
    } else {
        "write `edition=\"1\"`"
    }));
}

/// The `defaults` nodes of a homelab and its categories.
struct Defaults<'a> {
    homelab: Vec<syntax::Node<'a>>,
    categories: Vec<(String, Vec<syntax::Node<'a>>)>,
}

impl<'a> Defaults<'a> {
    /// Finds them, and reports what is wrong inside.
    fn find(homelabs: &[syntax::Node<'a>], cx: &mut Cx<'a>) -> Self {
        let members = |parent: syntax::Node<'a>| -> Vec<syntax::Node<'a>> {
            parent.children().filter(|child| child.name() == "defaults").flat_map(hlc_syntax::Node::children).collect()
        };
        let homelab: Vec<_> = homelabs.iter().copied().flat_map(members).collect();
        let categories: Vec<(String, Vec<_>)> = homelabs
            .iter()
            .flat_map(|homelab| homelab.children().filter(|child| child.name() == "category"))
            .map(|category| (argument(category).unwrap_or_default(), members(category)))
            .collect();
        for member in homelab.iter().chain(categories.iter().flat_map(|(_, members)| members)) {
            check_member(*member, cx);
        }
        Self { homelab, categories }
    }

    /// What a workload's blocks start from: its category's defaults before the homelab's.
    fn of_workload(&self, workload: syntax::Node<'a>) -> Vec<syntax::Node<'a>> {
        let property = workload.props().find(|entry| entry.key().is_some_and(|key| key.text == "category"));
        let child =
            || workload.children().find(|child| child.name() == "category").and_then(|child| child.args().next());
        let category = property.or_else(child).and_then(text);
        let own =
            self.categories.iter().filter(|(name, _)| Some(name) == category.as_ref()).flat_map(|(_, members)| members);
        own.chain(&self.homelab).copied().collect()
    }
}

fn argument(node: syntax::Node<'_>) -> Option<String> {
    node.args().next().and_then(text)
}

fn text(entry: syntax::Entry<'_>) -> Option<String> {
    match entry.value() {
        syntax::Value::String(text) => Some(text.into_owned()),
        syntax::Value::Number(_) | syntax::Value::Bool(_) | syntax::Value::Null => None,
    }
}

/// The blocks that have defaults, with how each is checked.
type Member = (fn() -> &'static NodeDecl, for<'a> fn(syntax::Node<'a>, &mut Cx<'a>));
const MEMBERS: &[Member] = &[
    (Namespace::decl, check_default::<Namespace>),
    (Chart::decl, check_default::<Chart>),
    (Secret::decl, check_default::<Secret>),
    (Route::decl, check_default::<Route>),
    (Endpoint::decl, check_default::<Endpoint>),
];

/// The declarations behind [`MEMBERS`].
pub(crate) fn default_members() -> impl Iterator<Item = &'static NodeDecl> {
    MEMBERS.iter().map(|(decl, _)| decl())
}

fn check_member<'a>(node: syntax::Node<'a>, cx: &mut Cx<'a>) {
    if let Some((_, check)) = MEMBERS.iter().find(|(decl, _)| decl().name == node.name()) {
        check(node, cx);
        if let Some(argument) = node.args().next() {
            cx.report(
                Diagnostic::new(&DEFAULTS, argument.span(), format!("defaults of `{}` have no name", node.name()))
                    .help("remove it: defaults hold for every block of this kind"),
            );
        }
        return;
    }
    let names: Vec<_> = default_members().map(|decl| decl.name).collect();
    let mut diagnostic = Diagnostic::new(&DEFAULTS, node.name_span(), format!("`{}` has no defaults", node.name()))
        .help(format!("`defaults` can hold {}", hlc_schema::suggest::list_names(&names, "and")));
    if let Some(meant) = hlc_schema::suggest::nearest(&node.name(), names.iter().copied()) {
        diagnostic = diagnostic.suggest(format!("write `{meant}`"), node.name_span(), meant);
    }
    cx.report(diagnostic);
}
