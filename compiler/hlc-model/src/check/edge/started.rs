//! Every service of a Compose file is started by the commands of its bundle.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{EdgeFacts, edge_example};
use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&NEVER_STARTED], run };

/// A service that nothing starts.
pub(crate) static NEVER_STARTED: Code = Code {
    id: "HLC0866",
    name: "never-started",
    severity: Severity::Warning,
    summary: "a service that the script of its bundle never starts",
    explain: "The script that the bundle runs starts services by their names, and this one is not among them: it is declared, and \
              never runs. `docker compose up` without names starts all of them. A service that is meant to be started by hand has \
              a profile.",
    bad: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n            run \"bash \
         /etc/edge/start-traefik.sh\"\n        }\n    }\n}"
    ),
    good: edge_example!(
        "compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN (secret)EDGE_TOKEN }\n            run \"bash \
         /etc/edge/start-all.sh\"\n        }\n    }\n}"
    ),
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for edge in &facts.edges {
        let scripts = scripts(edge, facts);
        let code: Vec<&str> = scripts.iter().flat_map(|script| script.lines()).map(without_comment).collect();
        let starts = code.iter().any(|line| line.contains("compose") || line.contains("docker"));
        if !starts || code.iter().any(|line| starts_all(line)) {
            continue;
        }
        for (name, service) in &edge.compose.services {
            if !code.iter().any(|line| has_word(line, name)) {
                let run = edge.bundle().run.first().map(|run| run.command.span);
                let diagnostic =
                    Diagnostic::new(&NEVER_STARTED, service.name, format!("nothing starts the service `{name}`"))
                        .help("start it in the script, or remove it from the Compose file");
                found.push(match run {
                    Some(span) => diagnostic.label(span, "the script of this command does not name it"),
                    None => diagnostic,
                });
            }
        }
    }
}

/// The texts of the scripts in the bundle that its commands name.
fn scripts(edge: &EdgeFacts<'_>, facts: &Facts<'_>) -> Vec<String> {
    let folder = format!("{}/", edge.bundle().to.value.trim_end_matches('/'));
    let commands = edge.bundle().run.iter().flat_map(|run| run.command.value.split_whitespace());
    let paths = commands.filter_map(|word| word.strip_prefix(&folder));
    paths.filter_map(|path| Some(facts.resolver.text(&edge.bundle().source(path)).ok()?.to_string())).collect()
}

fn without_comment(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') { "" } else { line }
}

/// `docker compose up -d` and nothing behind it but options.
fn starts_all(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("compose") else { return false };
    let mut words = rest.split_whitespace().skip_while(|word| *word != "up");
    words.next().is_some() && words.all(|word| word.starts_with('-'))
}

/// True when the line has this word, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    line.split(|c: char| !is_part(c)).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_starts() {
        assert!(starts_all("docker compose up -d --wait"));
        assert!(starts_all("docker compose -f x.yml up -d"));
        assert!(!starts_all("docker compose up -d traefik"));
        assert!(!starts_all("docker compose version"));
        assert!(has_word("docker compose up -d traefik", "traefik"));
        assert!(!has_word("start netbird-agent2", "netbird-agent"));
        assert!(has_word("start \"netbird-agent\";", "netbird-agent"));
        assert_eq!(without_comment("  # start web"), "");
    }
}
