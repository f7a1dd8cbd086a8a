//! Findings about what is said of findings.

use hlc_diag::{Code, Diagnostic, Severity, Sources, Span};
use hlc_schema::Spanned;
use hlc_schema::suggest::nearest;

use super::FindingRule;

pub(crate) static CODES: &[&Code] = &[&UNKNOWN_CODE, &MISSING_REASON, &NOT_TO_JUDGE, &UNUSED_ALLOW, &FINDING_TWICE];

/// A code that no finding has.
pub(crate) static UNKNOWN_CODE: Code = Code {
    id: "HLC0360",
    name: "unknown-code",
    severity: Severity::Error,
    summary: "a kind of finding that there is not",
    explain: "`allow` and `finding` name a kind of finding by its code (`HLC0875`) or its name (`open-ssh`). `hlc explain` lists \
              them all.",
    bad: "homelab \"home\" domain=\"example.net\" { finding \"open-shs\" severity=\"error\" }",
    good: "homelab \"home\" domain=\"example.net\" { finding \"open-ssh\" severity=\"error\" }",
};

/// An allowed finding without a reason.
pub(crate) static MISSING_REASON: Code = Code {
    id: "HLC0361",
    name: "missing-reason",
    severity: Severity::Error,
    summary: "a finding that is allowed without a reason",
    explain: "Whoever reads this later has to know whether it still holds. `reason` says why it is right as it is.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"ssh\" tcp=22 { allow \"open-ssh\" } }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"ssh\" tcp=22 { allow \"open-ssh\" \
           reason=\"the addresses at home change every day\" } }\n}",
};

/// A finding that cannot be allowed.
pub(crate) static NOT_TO_JUDGE: Code = Code {
    id: "HLC0362",
    name: "not-to-judge",
    severity: Severity::Error,
    summary: "a finding that cannot be allowed, or be less than an error",
    explain: "What cannot be read, named or made would be missing from the output without a word, a secret in a manifest is \
              one no more, and what an API refuses stays refused. Such findings are mended, not allowed. The page of each says whether it is one of them.",
    bad: "homelab \"home\" domain=\"example.net\" { finding \"secret-in-manifest\" severity=\"off\" }",
    good: "homelab \"home\" domain=\"example.net\" { finding \"open-ssh\" severity=\"off\" }",
};

/// An `allow` that nothing needs.
pub(crate) static UNUSED_ALLOW: Code = Code {
    id: "HLC0363",
    name: "unused-allow",
    severity: Severity::Warning,
    summary: "a finding is allowed that is not there",
    explain: "Nothing of this kind is found in the node that the `allow` stands in. It may have been mended, or the `allow` stands \
              elsewhere than the finding: that is where the finding's place is, as `hlc check` shows it. One that is kept would \
              hide the next mistake of its kind. It is not reported while errors keep checks from running.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"web\" tcp=443 { allow \"open-ssh\" \
          reason=\"only for now\" } }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    firewall \"edge\" { allow \"web\" tcp=443 }\n}",
};

/// Two words about one kind of finding.
pub(crate) static FINDING_TWICE: Code = Code {
    id: "HLC0364",
    name: "finding-twice",
    severity: Severity::Error,
    summary: "a homelab says twice how bad a kind of finding is",
    explain: "Of two only one could hold, and their order means nothing.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    finding \"open-ssh\" severity=\"error\"\n    finding \"HLC0875\" \
          severity=\"off\"\n}",
    good: "homelab \"home\" domain=\"example.net\" { finding \"open-ssh\" severity=\"error\" }",
};

pub(super) fn unknown(written: &Spanned<String>, all: &[&'static Code]) -> Diagnostic {
    let found = Diagnostic::new(&UNKNOWN_CODE, written.span, format!("there is no finding `{}`", written.value));
    match nearest(&written.value, all.iter().flat_map(|code| [code.name, code.id])) {
        Some(meant) => found.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            written.span,
            format!("\"{meant}\""),
        ),
        None => found.help("`hlc explain` lists them all"),
    }
}

pub(super) fn twice(rule: &FindingRule) -> Diagnostic {
    let message = format!("how bad `{}` is was said already", rule.code.value);
    Diagnostic::new(&FINDING_TWICE, rule.code.span, message).help("keep one of the two")
}

/// The whole line of a node that stands alone on it, else the node with what ends it.
pub(super) fn line(node: Span, sources: &Sources) -> Span {
    let Some(file) = sources.get(node.file) else { return node };
    let text = file.text();
    let before = text.get(..node.start as usize).unwrap_or("");
    let after = text.get(node.end as usize..).unwrap_or("");
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let ending = after.trim_start_matches([' ', '\t', ';']);
    let gap = after.len() - ending.len();
    let alone = before.trim_end_matches([' ', '\t']).ends_with('\n') && ending.starts_with('\n');
    let number = |length: usize| u32::try_from(length).unwrap_or(0);
    if alone {
        Span { start: node.start - number(indent), end: node.end + number(gap) + 1, ..node }
    } else {
        Span { end: node.end + number(gap), ..node }
    }
}
