//! Every name is declared once, and every name that is used is declared.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Code, Diagnostic, Severity, Sources, Span};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{NameUse, Scope, ScopeId};

use crate::model::Model;

pub(crate) static CODES: &[&Code] = &[&DUPLICATE_NAME, &UNKNOWN_NAME];

/// A name declared twice.
pub(crate) static DUPLICATE_NAME: Code = Code {
    id: "HLC0310",
    name: "duplicate-name",
    severity: Severity::Error,
    summary: "two things of one kind have one name",
    explain: "References go by name, so each name of a kind is declared once: networks, gateways, categories and workloads in \
              the whole homelab; routes, endpoints, secrets and data in their workload.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n    network \"lan\" \
          cidr=\"10.0.0.0/8\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n    network \"vpn\" \
           cidr=\"10.0.0.0/8\"\n}",
};

/// A name that nothing has.
pub(crate) static UNKNOWN_NAME: Code = Code {
    id: "HLC0311",
    name: "unknown-name",
    severity: Severity::Error,
    summary: "a name that nothing of the wanted kind has",
    explain: "The field refers to something by its name, and nothing of that kind is declared under it in any included file.",
    bad: "homelab \"home\" domain=\"example.net\"\nworkload \"web\" category=\"aps\" { namespace \"web\" }",
    good: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" { namespace \
           \"web\" }",
};

/// Where a declaration is visible from.
fn home(name: &NameUse) -> ScopeId {
    match name.unique {
        Scope::Homelab => ScopeId::default(),
        Scope::Local => name.scope,
    }
}

/// True when a node of this name may stand in what could not be read.
fn hidden(kind: &str, model: &Model) -> bool {
    let decls = crate::docs::named(kind);
    decls.is_empty() || decls.into_iter().any(|decl| model.faults.may_hide(decl))
}

/// Reports names declared twice, and names that are used but not declared, unless the declaration may stand in what could
/// not be read. Of two uses of a component that declare the same, one name is reported.
pub(crate) fn check(names: &[NameUse], model: &Model, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut uses: BTreeSet<(Span, Span)> = BTreeSet::new();
    let mut declared: BTreeMap<(&str, ScopeId, &str), Span> = BTreeMap::new();
    let mut declarations: Vec<&NameUse> = names.iter().filter(|name| name.declares).collect();
    declarations.sort_by_key(|name| name.span);
    for name in declarations {
        if let Some(first) = declared.get(&(name.kind, home(name), name.name.as_str())) {
            let (again, before) = (sources.outermost(name.span), sources.outermost(*first));
            if again != before && !uses.insert((again, before)) {
                continue;
            }
            found.push(
                Diagnostic::new(
                    &DUPLICATE_NAME,
                    name.span,
                    format!("there is already a {} `{}`", name.kind, name.name),
                )
                .here("declared again")
                .label(*first, "first declared here")
                .help("rename one of the two"),
            );
        } else {
            declared.insert((name.kind, home(name), name.name.as_str()), name.span);
        }
    }
    for name in names.iter().filter(|name| !name.declares) {
        let visible = |scope: ScopeId| scope == ScopeId::default() || scope == name.scope;
        let known = [ScopeId::default(), name.scope]
            .iter()
            .any(|scope| declared.contains_key(&(name.kind, *scope, name.name.as_str())));
        if known || hidden(name.kind, model) {
            continue;
        }
        let candidates: Vec<&str> = declared
            .keys()
            .filter(|(kind, scope, _)| *kind == name.kind && visible(*scope))
            .map(|(_, _, candidate)| *candidate)
            .collect();
        let mut diagnostic =
            Diagnostic::new(&UNKNOWN_NAME, name.span, format!("there is no {} `{}`", name.kind, name.name));
        if let Some(meant) = nearest(&name.name, candidates.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                name.span,
                format!("\"{meant}\""),
            );
            if let Some((_, span)) =
                declared.iter().find(|((kind, _, candidate), _)| *kind == name.kind && *candidate == meant)
            {
                diagnostic = diagnostic.label(*span, "declared here");
            }
        } else if candidates.is_empty() {
            diagnostic = diagnostic.help(format!("none is declared; `hlc explain {}` shows how", name.kind));
        } else {
            diagnostic = diagnostic.help(format!("there is {}", list_names(&candidates, "and")));
        }
        found.push(model.say_removed(name.kind, &name.name, diagnostic));
    }
    found
}
