//! Routes of the edge lead to services that run on it.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Spanned;
use hlc_schema::suggest::{list_names, nearest};

use super::edge_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&EDGE_SERVICE], run };

/// A route to a service that does not run.
pub(crate) static EDGE_SERVICE: Code = Code {
    id: "HLC0864",
    name: "edge-service",
    severity: Severity::Error,
    summary: "a route of the edge to a service that its Compose file does not have",
    explain: "Traefik reaches a service on the edge by its name in the Compose file. Under another name nothing answers.",
    bad: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n    route \
         \"web\" service=\"wep\" port=80 auth=\"none\"\n}"
    ),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n    route \
         \"web\" service=\"web\" port=80 auth=\"none\"\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (scope, hetzner) in &facts.model.hetzner {
        let edges: Vec<_> = facts.edges.iter().filter(|edge| edge.scope == *scope).collect();
        // Services of a bundle without a Compose file, or with one that cannot be read, are not known.
        let bundles = hetzner.server.iter().map(|server| server.bundle.len()).sum::<usize>();
        if edges.is_empty() || edges.len() < bundles {
            continue;
        }
        let names: Vec<&str> = edges.iter().flat_map(|edge| edge.compose.services.keys().map(String::as_str)).collect();
        let routes = hetzner
            .route
            .iter()
            .flat_map(|route| std::iter::once(&route.service).chain(route.rule.iter().map(|rule| &rule.service)));
        let asked = edges.iter().filter_map(|edge| edge.bundle().traefik.as_ref()?.forward_auth.as_ref());
        for service in routes.chain(asked.map(|auth| &auth.service)) {
            if !names.contains(&service.value.as_str()) {
                found.push(unknown(service, &names));
            }
        }
    }
}

fn unknown(service: &Spanned<String>, names: &[&str]) -> Diagnostic {
    let message = format!("no service on the edge is called `{}`", service.value);
    let diagnostic = Diagnostic::new(&EDGE_SERVICE, service.span, message);
    match nearest(&service.value, names.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            service.span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(format!("its Compose file has {}", list_names(names, "and"))),
    }
}
