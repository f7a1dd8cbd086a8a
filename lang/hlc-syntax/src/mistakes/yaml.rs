//! Kubernetes manifests pasted where KDL is expected.

use hlc_diag::{Code, Diagnostic, Severity};

use super::habits;
use crate::tree::Document;

/// The text is YAML.
pub(crate) static YAML: Code = Code {
    id: "HLC0209",
    name: "pasted-yaml",
    severity: Severity::Error,
    summary: "a Kubernetes manifest in YAML where KDL is expected",
    explain: "hlc reads KDL. `hlc import yaml FILE` writes the KDL of a manifest, or of a folder of them, with nothing lost; \
              `hlc import values FILE` does the same for the values of a chart. Of one manifest one finding is reported, not \
              one per line.",
    bad: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: \"1\"",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" }\n}",
};

/// Puts one finding in the place of all that a manifest gave. True when nothing but YAML follows up to the file's end.
pub(crate) fn fold(doc: &Document, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let keys = |name: &str| {
        let is_key = |found: &&Diagnostic| *found.code == habits::COLON && doc.slice(found.primary.span) == name;
        diagnostics.iter().find(is_key).map(|found| found.primary.span)
    };
    let (Some(version), Some(kind)) = (keys("apiVersion:"), keys("kind:")) else { return false };
    let first = if kind.start < version.start { kind } else { version };
    let text = doc.text();
    let (start, end) = region(text, first.start as usize);
    diagnostics.retain(|found| !(start..end).contains(&(found.primary.span.start as usize)));
    diagnostics.push(
        Diagnostic::new(&YAML, first, "this is a Kubernetes manifest in YAML, not KDL")
            .here("the manifest begins here")
            .help("keep it in a file of its own and run `hlc import yaml FILE`: it writes the same in KDL")
            .note("what follows is not looked at"),
    );
    end == text.len()
}

/// From the comments above the manifest to the first line that is indented less, or closes a block of KDL.
fn region(text: &str, key: usize) -> (usize, usize) {
    let before = text.get(..key).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let indent = indent_of(text.get(line..).unwrap_or_default());
    let mut start = line;
    for above in text.get(..line).unwrap_or_default().split_inclusive('\n').rev() {
        let trimmed = above.trim();
        if !(trimmed.is_empty() || trimmed.starts_with('#') || trimmed == "---") {
            break;
        }
        start -= above.len();
    }
    let mut end = line;
    for below in text.get(line..).unwrap_or_default().split_inclusive('\n') {
        let trimmed = below.trim();
        let outside = indent_of(below) < indent || (trimmed.starts_with('}') && indent_of(below) <= indent);
        if !trimmed.is_empty() && outside {
            break;
        }
        end += below.len();
    }
    (start, end)
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
