//! Every file of variables that Compose reads is made by somebody.

use hlc_diag::{Code, Diagnostic, Severity};

use super::edge_example;
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&ENV_FILE], run };

/// A file of variables that nobody makes.
pub(crate) static ENV_FILE: Code = Code {
    id: "HLC0863",
    name: "env-file-missing",
    severity: Severity::Error,
    summary: "a file of variables that Compose reads and nobody makes",
    explain: "Compose does not start a service whose `env_file` is missing. Files of variables hold secrets, so they are no part of \
              a repository; hlc makes those that the bundle declares.",
    bad: edge_example!("compose \"docker-compose.yml\"\n        }\n    }\n}"),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for edge in &facts.edges {
        let Some(compose) = &edge.bundle().compose else { continue };
        for (name, service) in &edge.compose.services {
            for file in service.env_files.iter().filter(|file| file.required) {
                if !edge.holds(&file.path, facts.resolver) {
                    let path = &file.path;
                    found.push(
                        Diagnostic::new(
                            &ENV_FILE,
                            file.span,
                            format!("service `{name}` reads `{path}`, which nobody makes"),
                        )
                        .label(compose.head, "read as this Compose file")
                        .help(format!("declare it in the bundle: `env-file \"{path}\" {{ NAME value }}`")),
                    );
                }
            }
        }
    }
}
