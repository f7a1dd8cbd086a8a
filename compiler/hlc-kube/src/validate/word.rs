//! A word that is not one of those a field takes.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;
use hlc_schema::suggest::{list_names, nearest};

use super::show;
use super::walk::Walk;

/// A word that is not one of those a field takes.
pub(super) static UNKNOWN_WORD: Code = Code {
    id: "HLC0504",
    name: "unknown-object-word",
    severity: Severity::Error,
    summary: "a field has a word that it does not take",
    explain: "Some fields take one of a few words only, written exactly so: `ClusterIP`, not `clusterip`. The API server \
              refuses any other. A word that differs in case alone is put right by `hlc check --fix`.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec type=loadbalancer {
            ports { - name=http port=80 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec type=LoadBalancer {
            ports { - name=http port=80 }
        }
    }
}"#,
};

pub(super) fn unknown(walk: &Walk<'_>, words: &[&'static str], data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if words.contains(&text) {
        return None;
    }
    let shown: Vec<_> = words.iter().filter(|word| !word.is_empty()).collect();
    let finding = Diagnostic::new(&UNKNOWN_WORD, data.span, format!("`{}` does not take `{text}`", walk.path()))
        .help(format!("it takes {}", list_names(&shown, "or")));
    if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        let finding = finding.here(format!("it is written `{word}`"));
        return Some(show::replace(finding, data.span, text, &show::kdl_text(word)));
    }
    Some(match nearest(text, words.iter().copied()) {
        Some(word) => {
            let finding = finding.here(format!("did you mean `{word}`?"));
            show::suggest(finding, data.span, text, &show::kdl_text(word))
        }
        None => finding.here("not one of its words"),
    })
}
