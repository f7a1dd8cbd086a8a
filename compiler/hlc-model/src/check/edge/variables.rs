//! Every variable that Compose puts in has a value.

use hlc_diag::{Code, Diagnostic, Severity};

use super::edge_example;
use crate::check::{Check, Facts};
use crate::concept::EnvFile;

pub(in crate::check) const CHECK: Check = Check { codes: &[&VARIABLE], run };

/// A variable without a value.
pub(crate) static VARIABLE: Code = Code {
    id: "HLC0865",
    name: "compose-variable",
    severity: Severity::Error,
    summary: "a variable in a Compose file that has no value",
    explain: "Compose puts an empty text in the place of `${NAME}` when nothing gives it a value, and warns where nobody reads it. \
              It takes values from the file `.env` beside it; `${NAME:-default}` needs none.",
    bad: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKNE (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n        }\n    }\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for edge in &facts.edges {
        let Some(compose) = &edge.bundle().compose else { continue };
        let env = edge.bundle().env_file.iter().find(|file| file.path.value == ".env");
        let Some(env) = env else {
            // A service that reads the file is reported as such; without one, every variable is without a value.
            let reported = edge.compose.services.values().flat_map(|service| &service.env_files);
            if let (false, Some((name, span))) =
                (reported.into_iter().any(|file| file.path == ".env"), edge.compose.variables.iter().next())
            {
                found.push(
                    Diagnostic::new(&VARIABLE, *span, format!("`${{{name}}}` has no value: there is no file `.env`"))
                        .label(compose.head, "read as this Compose file")
                        .help(format!("declare it in the bundle: `env-file \".env\" {{ {name} (secret)NAME }}`")),
                );
            }
            continue;
        };
        for (name, span) in &edge.compose.variables {
            let sets = |file: &&EnvFile| file.variables.iter().any(|variable| variable.key == *name);
            if sets(&env) {
                continue;
            }
            let diagnostic = Diagnostic::new(&VARIABLE, *span, format!("`${{{name}}}` has no value"))
                .label(env.path.span, format!("this file does not set `{name}`"))
                .help(format!("add it there, or write a default: `${{{name}:-…}}`"));
            // What looks as if it were set, and is for the inside of containers alone.
            found.push(match edge.bundle().env_file.iter().find(sets) {
                Some(file) => diagnostic
                    .label(file.path.span, format!("this one sets `{name}`, but Compose itself reads `.env` alone")),
                None => diagnostic,
            });
        }
    }
}
