//! Applications name routes that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;
use hlc_schema::suggest::{list_names, nearest};

use super::identity_example;
use crate::check::{Check, Facts};
use crate::concept::EdgeRoute;
use crate::workload::Route;

pub(in crate::check) const CHECK: Check = Check { codes: &[&OIDC_ROUTE], run };

/// A route that nothing has.
pub(crate) static OIDC_ROUTE: Code = Code {
    id: "HLC0911",
    name: "oidc-route",
    severity: Severity::Error,
    summary: "an application on a route that nothing has",
    explain: "`route` names the route that leads to the application: one of its workload, else one of another workload \
              or of the edge. Redirects that are paths are on its host.",
    bad: identity_example!(
        "oidc \"wiki\" route=\"wikki\" client-id=\"wiki\" client-secret=(secret)S { \
         redirects \"https://wiki.example.org/callback\"; }"
    ),
    good: identity_example!(
        "oidc \"wiki\" client-id=\"wiki\" client-secret=(secret)S { redirects \"https://wiki.example.org/callback\"; }"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let faults = &facts.model.faults;
    if faults.may_hide(Route::decl()) || faults.may_hide(EdgeRoute::decl()) {
        return;
    }
    let mut names: Vec<&str> = facts.model.routes().collect();
    names.sort_unstable();
    names.dedup();
    for (_, oidc) in facts.model.oidc() {
        let Some(route) = oidc.route.as_ref().filter(|route| !names.contains(&route.value.as_str())) else { continue };
        let diagnostic = Diagnostic::new(&OIDC_ROUTE, route.span, format!("there is no route `{}`", route.value));
        found.push(match nearest(&route.value, names.iter().copied()) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                route.span,
                format!("\"{meant}\""),
            ),
            None if names.is_empty() => diagnostic.help("none is declared; `hlc explain route` shows how"),
            None => diagnostic.help(format!("there is {}", list_names(&names, "and"))),
        });
    }
}
