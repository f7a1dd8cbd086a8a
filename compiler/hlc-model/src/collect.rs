//! From syntax trees to the model: decodes every node of every file.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_kube::Lookup;
use hlc_schema::decode::{Allowance, Defaultable, bases_of_defaults, check_default, unknown_top_level};
use hlc_schema::{Base, Cx, Inherited, Node, NodeDecl, ScopeId, Source};
use hlc_syntax as syntax;

use crate::concept::{
    self, Authentik, Cloudflare, Component, DataBlock, Hetzner, Homelab, Platform, Proxmox, SecretStore, Talos,
};
use crate::concept::{ForwardAuthApp, Source as IdentitySource};
use crate::expand::Expanded;
use crate::load::Loaded;
use crate::model::Model;
use crate::runs::in_runs;
use crate::workload::{Chart, Endpoint, Namespace, Oidc, Route, Secret, Workload};

pub(crate) static CODES: &[&Code] = &[&HOMELAB_COUNT, &EDITION];

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

/// The model, with what decoding found.
pub(crate) struct Collected {
    pub(crate) model: Model,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) names: Vec<hlc_schema::NameUse>,
    pub(crate) allowed: Vec<Allowance>,
}

/// Decodes every file whose shape is certain.
pub(crate) fn collect(loaded: &Loaded, expanded: &Expanded) -> Collected {
    let mut cx = Cx::new(concept::NODES, object_kind);
    cx.names.extend(expanded.names.iter().cloned());
    cx.allowed.extend(expanded.allowed.iter().cloned());
    cx.unexpanded.clone_from(&expanded.unexpanded);
    let mut model = Model::default();
    model.faults.unread = !loaded.is_read();
    let nodes: Vec<syntax::Node<'_>> = expanded
        .documents(&loaded.documents)
        .filter(|document| !loaded.broken.contains(&document.file()))
        .flat_map(syntax::Document::nodes)
        .collect();
    // The homelab comes first, since workloads start from its defaults.
    let (homelabs, others): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|node| node.name() == Homelab::decl().name);
    let (workloads, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|node| node.name() == Workload::decl().name);
    let mut defaults = Defaults::find(&homelabs, &mut cx);
    if cx.diagnostics.iter().any(Diagnostic::is_error) {
        model.faults.kinds.insert(Homelab::decl().name);
    }
    defaults.find_identity(&others, &mut model, &mut cx);
    for node in homelabs.iter().chain(&others) {
        let before = (cx.diagnostics.len(), cx.left_out);
        let kind = collect_node(*node, loaded, &mut model, &defaults, &mut cx);
        let faulty = cx.diagnostics.iter().skip(before.0).any(Diagnostic::is_error)
            || cx.left_out > before.1
            || loaded.holds_spoiled(node.span());
        match kind {
            Some(decl) if faulty => {
                model.faults.kinds.insert(decl.name);
            }
            Some(_) => {}
            None => model.faults.unread = true,
        }
    }
    collect_workloads(&workloads, loaded, &mut model, &defaults, &mut cx);
    report_count(loaded, &homelabs, &model, &mut cx);
    if let Some(homelab) = &model.homelab {
        check_edition(homelab, &mut cx);
    }
    model.secret_uses = cx.secrets;
    Collected { model, diagnostics: cx.diagnostics, names: cx.names, allowed: cx.allowed }
}

/// The kind of object that a word which is none is probably meant to be: `deployment`, `Services`.
fn object_kind(word: &str) -> Option<&'static str> {
    match hlc_kube::lookup(word, None) {
        Lookup::Unknown { suggestion } => suggestion.filter(|kind| {
            let word = word.to_ascii_lowercase();
            let kind = kind.to_ascii_lowercase();
            word == kind || word.strip_suffix('s') == Some(kind.as_str())
        }),
        Lookup::Found(_) | Lookup::Ambiguous(_) => None,
    }
}

/// Reads one node from the top of a file; its declaration, if it has one.
fn collect_node<'a>(
    node: syntax::Node<'a>,
    loaded: &Loaded,
    model: &mut Model,
    defaults: &Defaults<'a>,
    cx: &mut Cx<'a>,
) -> Option<&'static NodeDecl> {
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
    } else if name == Hetzner::decl().name {
        let scope = cx.open_scope();
        let hetzner = cx.within(scope, defaults.of_others(model), |cx| Hetzner::decode(source, cx));
        model.hetzner.extend(hetzner.map(|hetzner| (scope, hetzner)));
    } else if name == Authentik::decl().name {
        let scope = cx.open_scope();
        let authentik = cx.within(scope, defaults.of_others(model), |cx| Authentik::decode(source, cx));
        model.authentik.extend(authentik.map(|authentik| (scope, authentik)));
    } else if name == Cloudflare::decl().name {
        model.cloudflare.extend(Cloudflare::decode(source, cx));
    } else if name == Proxmox::decl().name {
        model.proxmox.extend(Proxmox::decode(source, cx));
    } else if name == Talos::decl().name {
        let scope = cx.open_scope();
        model.talos.extend(cx.scoped(scope, |cx| Talos::decode(source, cx)));
    } else if name == Platform::decl().name {
        let scope = cx.open_scope();
        let platform = cx.within(scope, defaults.of_others(model), |cx| Platform::decode(source, cx));
        for addon in platform.into_iter().flat_map(|platform| platform.addon) {
            let spoiled = loaded.holds_spoiled(addon.parts.span);
            if addon.faulty || spoiled {
                model.faults.tainted.insert(addon.scope);
            }
            if spoiled {
                model.faults.spoiled.insert(addon.scope);
            }
            model.addons.push(addon);
        }
    } else if name == Component::decl().name {
        let scope = cx.open_scope();
        cx.within(scope, Inherited::default(), |cx| Component::decode(source, cx));
    } else if cx.unexpanded.contains(&node.name_span()) {
        return None;
    } else {
        let known: Vec<_> = concept::TOP_LEVEL.iter().map(|decl| decl().name).collect();
        let diagnostic = unknown_top_level(&known, node, cx);
        cx.report(diagnostic);
    }
    concept::TOP_LEVEL.iter().map(|decl| decl()).find(|decl| decl.name == name)
}

/// A workload that was read.
struct Read {
    scope: ScopeId,
    workload: Option<Workload>,
    /// A part of it could not be read.
    tainted: bool,
    /// A syntax error stands in it.
    spoiled: bool,
    /// A mistake stands in it, which may be why something else seems to be missing.
    faulty: bool,
}

/// Reads the workloads, on all cores: nothing in one of them depends on another.
fn collect_workloads<'a>(
    nodes: &[syntax::Node<'a>],
    loaded: &Loaded,
    model: &mut Model,
    defaults: &Defaults<'a>,
    cx: &mut Cx<'a>,
) {
    let scoped: Vec<_> = nodes.iter().map(|node| (cx.open_scope(), *node)).collect();
    let (read_before, start): (&Model, &Cx<'a>) = (model, cx);
    let runs = in_runs(&scoped, |scoped| {
        let mut cx = start.apart();
        let read = |&(scope, node): &(ScopeId, syntax::Node<'a>)| {
            let before = (cx.diagnostics.len(), cx.withheld, cx.left_out);
            let inherited = defaults.of_workload(node, read_before);
            let workload = cx.within(scope, inherited, |cx| Workload::decode(Source::Node(node), cx));
            let wrong = cx.left_out > before.2 || cx.diagnostics.iter().skip(before.0).any(Diagnostic::is_error);
            let spoiled = loaded.holds_spoiled(node.span());
            let tainted = wrong || spoiled || cx.withheld > before.1;
            Read { scope, workload, tainted, spoiled, faulty: wrong || spoiled }
        };
        let read: Vec<Read> = scoped.iter().map(read).collect();
        (read, cx)
    });
    for (read, apart) in runs {
        cx.join(apart);
        for Read { scope, workload, tainted, spoiled, faulty } in read {
            model.faults.tainted.extend(tainted.then_some(scope));
            model.faults.spoiled.extend(spoiled.then_some(scope));
            model.faults.kinds.extend(faulty.then_some(Workload::decl().name));
            model.workloads.extend(workload.map(|workload| (scope, workload)));
        }
    }
}

fn report_count(loaded: &Loaded, homelabs: &[syntax::Node<'_>], model: &Model, cx: &mut Cx<'_>) {
    if let [first, second, ..] = homelabs {
        cx.report(
            Diagnostic::new(&HOMELAB_COUNT, second.header_span(), "there is a second `homelab`")
                .label(first.header_span(), "the first is here")
                .help("keep one; another environment has a root file of its own"),
        );
    } else if homelabs.is_empty()
        && !model.faults.unread
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

/// The `defaults` nodes of a homelab, its categories and its Authentik: what nodes elsewhere start from.
struct Defaults<'a> {
    homelab: Vec<Base<'a>>,
    identity: Vec<Base<'a>>,
    categories: Vec<(String, Vec<Base<'a>>)>,
}

impl<'a> Defaults<'a> {
    /// Finds them, and reports what is wrong inside.
    fn find(homelabs: &[syntax::Node<'a>], cx: &mut Cx<'a>) -> Self {
        let of = |parent: syntax::Node<'a>, cx: &mut Cx<'a>| {
            bases_of_defaults(parent.children().filter(|child| child.name() == "defaults"), MEMBERS, cx)
        };
        let homelab = homelabs.iter().flat_map(|homelab| of(*homelab, cx)).collect();
        let categories = homelabs
            .iter()
            .flat_map(|homelab| homelab.children().filter(|child| child.name() == "category"))
            .map(|category| (argument(category).unwrap_or_default(), of(category, cx)))
            .collect();
        Self { homelab, identity: Vec::new(), categories }
    }

    /// Finds those of `authentik`, which hold for the applications of workloads too.
    fn find_identity(&mut self, others: &[syntax::Node<'a>], model: &mut Model, cx: &mut Cx<'a>) {
        let before = cx.diagnostics.len();
        for node in others.iter().filter(|node| node.name() == Authentik::decl().name) {
            let defaults = node.children().filter(|child| child.name() == "defaults");
            self.identity.extend(bases_of_defaults(defaults, IDENTITY_MEMBERS, cx));
        }
        if cx.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            model.faults.kinds.insert(Authentik::decl().name);
        }
    }

    /// What a workload's blocks start from: its category's defaults before the homelab's.
    fn of_workload(&self, workload: syntax::Node<'a>, model: &Model) -> Inherited<'a> {
        let property = workload.props().find(|entry| entry.key().is_some_and(|key| key.text == "category"));
        let child =
            || workload.children().find(|child| child.name() == "category").and_then(|child| child.args().next());
        let category = property.or_else(child).and_then(text);
        let own = self.categories.iter().filter(|(name, _)| Some(name) == category.as_ref());
        let own = own.flat_map(|(_, bases)| bases.iter().cloned()).collect();
        self.with(own, model)
    }

    /// What everything else starts from: the homelab's defaults.
    fn of_others(&self, model: &Model) -> Inherited<'a> {
        self.with(Vec::new(), model)
    }

    fn with(&self, mut nearer: Vec<Base<'a>>, model: &Model) -> Inherited<'a> {
        nearer.extend(self.homelab.iter().chain(&self.identity).cloned());
        let mut unsure = Vec::new();
        if model.homelab.is_none() || model.faults.kinds.contains(Homelab::decl().name) {
            unsure.extend(default_members());
        }
        if model.faults.unread || model.faults.kinds.contains(Authentik::decl().name) {
            unsure.extend(IDENTITY_MEMBERS.iter().map(|(decl, _)| decl()));
        }
        Inherited::new(nearer, unsure)
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

/// The nodes that defaults of the homelab and of categories are for.
const MEMBERS: &[Defaultable] = &[
    (Namespace::decl, check_default::<Namespace>),
    (Chart::decl, check_default::<Chart>),
    (Secret::decl, check_default::<Secret>),
    (Route::decl, check_default::<Route>),
    (Endpoint::decl, check_default::<Endpoint>),
];

/// The nodes that defaults of `authentik` are for.
const IDENTITY_MEMBERS: &[Defaultable] = &[
    (Oidc::decl, check_default::<Oidc>),
    (ForwardAuthApp::decl, check_default::<ForwardAuthApp>),
    (IdentitySource::decl, check_default::<IdentitySource>),
];

/// The declarations behind [`IDENTITY_MEMBERS`].
pub(crate) fn identity_defaultable() -> &'static [&'static NodeDecl] {
    static LIST: std::sync::LazyLock<Vec<&'static NodeDecl>> =
        std::sync::LazyLock::new(|| IDENTITY_MEMBERS.iter().map(|(decl, _)| decl()).collect());
    &LIST
}

/// The declarations behind [`MEMBERS`].
pub(crate) fn default_members() -> impl Iterator<Item = &'static NodeDecl> {
    MEMBERS.iter().map(|(decl, _)| decl())
}

#[cfg(test)]
mod tests {
    use crate::{MemoryInputs, compile};

    #[test]
    fn every_secret_is_noted_once_also_where_it_is_refused() {
        let text = r#"homelab "home" domain=(secret)DOMAIN {
    category "apps"
    defaults { chart version=(secret)VERSION }
}
data "x" { token (secret)TOKEN }
workload "web" category="apps" {
    namespace "web"
    chart "one" repo="https://charts.example.net"
    chart "two" repo="https://charts.example.net"
}"#;
        let mut inputs = MemoryInputs::default();
        inputs.insert("homelab.kdl", text);
        let compilation = compile(&inputs, "homelab.kdl");
        let names: Vec<_> = compilation.model.secret_uses.iter().map(|used| used.key.name.as_str()).collect();
        assert_eq!(names, ["DOMAIN", "VERSION", "TOKEN"]);
    }
}
