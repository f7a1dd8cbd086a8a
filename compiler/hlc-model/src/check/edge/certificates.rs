//! The names that routes use are in Traefik's static configuration.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;
use hlc_schema::suggest::{list_names, nearest};

use super::edge_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&TRAEFIK_NAME], run };

/// A name that Traefik does not know.
pub(crate) static TRAEFIK_NAME: Code = Code {
    id: "HLC0869",
    name: "traefik-name",
    severity: Severity::Error,
    summary: "a name that Traefik's static configuration does not have",
    explain: "Routes name an entry point and a resolver of certificates. Traefik refuses a router whose entry point it does not \
              know, and answers with a certificate of its own where it does not know the resolver.",
    bad: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n            traefik \
         \"dynamic/routes.yml\" static=\"traefik.yml\" certificates=\"letsencrpyt\"\n        }\n    }\n}"
    ),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n            traefik \
         \"dynamic/routes.yml\" static=\"traefik.yml\" certificates=\"letsencrypt\"\n        }\n    }\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for edge in &facts.edges {
        let Some(traefik) = &edge.bundle().traefik else { continue };
        let Some(file) = &traefik.static_file else { continue };
        let path = edge.bundle().source(&file.value);
        let refused = |reason: String| {
            Diagnostic::new(&TRAEFIK_NAME, file.span, format!("`{path}` cannot be read: {reason}"))
                .help("the file's path starts at the bundle's folder")
        };
        let data = facts.resolver.source(&path, file.span).and_then(|(id, text)| {
            hlc_kube::data_from_yaml_file(&text, id).map_err(|error| format!("it is no YAML: {error}"))
        });
        let data = match data {
            Ok(data) => data,
            Err(reason) => {
                found.push(refused(reason));
                continue;
            }
        };
        let mut look = |key: &str, what: &str, name: &str, span: Span| {
            let names = keys(&data, key);
            if !names.contains(&name) {
                found.push(unknown(what, name, span, &path, &names));
            }
        };
        let certificates = &traefik.certificates;
        look("certificatesResolvers", "resolver of certificates", &certificates.value, certificates.span);
        if let Some(entry_point) = &traefik.entry_point {
            look("entryPoints", "entry point", &entry_point.value, entry_point.span);
        } else {
            look("entryPoints", "entry point", "websecure", file.span);
        }
    }
}

fn keys<'d>(data: &'d Data, key: &str) -> Vec<&'d str> {
    data.get(key).and_then(Data::as_map).into_iter().flat_map(|map| map.iter().map(|(key, _)| key)).collect()
}

fn unknown(what: &str, name: &str, span: Span, path: &str, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(&TRAEFIK_NAME, span, format!("`{path}` has no {what} `{name}`"));
    match nearest(name, names.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            span,
            format!("\"{meant}\""),
        ),
        None if names.is_empty() => diagnostic.help("it has none at all"),
        None => diagnostic.help(format!("it has {}", list_names(names, "and"))),
    }
}
