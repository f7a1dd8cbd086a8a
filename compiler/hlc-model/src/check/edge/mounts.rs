//! Every file that Compose mounts from the project lies there.

use hlc_diag::{Code, Diagnostic, Severity};

use super::edge_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&MOUNT], run };

/// A mounted file that is not there.
pub(crate) static MOUNT: Code = Code {
    id: "HLC0874",
    name: "mount-missing",
    severity: Severity::Error,
    summary: "a file that a service mounts and that is not there",
    explain: "Docker makes an empty folder in the place of a file that it is to mount and does not find. The service then starts \
              without its configuration.",
    bad: edge_example!("compose \"mounts.yml\"\n        }\n    }\n}"),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for edge in &facts.edges {
        let Some(compose) = &edge.bundle().compose else { continue };
        for (name, service) in &edge.compose.services {
            for (path, span) in service.mounts.iter().filter(|(path, _)| !edge.holds(path, facts.resolver)) {
                let place = edge.bundle().source(path);
                found.push(
                    Diagnostic::new(&MOUNT, *span, format!("service `{name}` mounts `{path}`, which is not there"))
                        .label(compose.head, "read as this Compose file")
                        .help(format!("put it at `{place}`; what the service writes itself belongs in a named volume")),
                );
            }
        }
    }
}
