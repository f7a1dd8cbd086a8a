//! States have a place that can be.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::{Check, Facts};
use crate::concept::{StateKind, StatePlace};

pub(super) const CHECK: Check = Check { codes: &[&STATE], run };

/// A place of states that lacks something, or cannot be.
pub(crate) static STATE: Code = Code {
    id: "HLC1180",
    name: "state",
    severity: Severity::Error,
    summary: "a place for states that lacks something, or cannot be",
    explain: "`state \"local\"` is a folder and has a `path` at most. `state \"s3\"` is a bucket: it needs `bucket`, and either both keys or \
              neither. States hold addresses of everything that was made, and are encrypted only where they hold secrets; so they are \
              neither sent over plain http nor kept in the output folder, which is published.",
    bad: "homelab \"home\" domain=\"example.net\" { state \"s3\" region=\"eu-central-1\"; }",
    good: "homelab \"home\" domain=\"example.net\" { state \"s3\" bucket=\"hlc-states\" region=\"eu-central-1\"; }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(state) = facts.model.homelab.as_ref().and_then(|homelab| homelab.state.as_ref()) else { return };
    match state.kind.value {
        StateKind::Local => local(state, found),
        StateKind::S3 => s3(state, found),
    }
}

fn local(state: &StatePlace, found: &mut Vec<Diagnostic>) {
    for (name, span) in fields_of_s3(state) {
        found.push(
            Diagnostic::new(&STATE, span, format!("a folder has no `{name}`"))
                .label(state.kind.span, "states are kept in a folder")
                .help("leave it out, or write `state \"s3\"`"),
        );
    }
    let Some(path) = &state.path else { return };
    if let Some((fault, help)) = path_fault(&path.value) {
        found.push(
            Diagnostic::new(&STATE, path.span, format!("states cannot be kept in `{}`: {fault}", path.value))
                .help(help),
        );
    }
}

/// Why a path cannot be, and the way out.
fn path_fault(path: &str) -> Option<(&'static str, &'static str)> {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    if path.is_empty() {
        Some(("it is empty", "leave `path` out: `.hlc/state` goes without saying"))
    } else if path.starts_with('~') {
        Some((
            "`~` stands for no folder here",
            "write the path from the root file's folder, or one that begins with `/`",
        ))
    } else if !path.starts_with('/') && parts.next() == Some("app") {
        Some((
            "it is in the output folder, which is replaced as a whole and published",
            "take a folder beside it: `.hlc/state`",
        ))
    } else {
        None
    }
}

fn fields_of_s3(state: &StatePlace) -> impl Iterator<Item = (&'static str, Span)> {
    let texts = [("bucket", &state.bucket), ("region", &state.region), ("prefix", &state.prefix)];
    let texts = texts.into_iter().filter_map(|(name, field)| Some((name, field.as_ref()?.span)));
    let keys = [("access-key", &state.access_key), ("secret-key", &state.secret_key)];
    let keys = keys.into_iter().filter_map(|(name, field)| Some((name, field.as_ref()?.span)));
    texts.chain(state.endpoint.as_ref().map(|endpoint| ("endpoint", endpoint.span))).chain(keys)
}

fn s3(state: &StatePlace, found: &mut Vec<Diagnostic>) {
    if let Some(path) = &state.path {
        found.push(
            Diagnostic::new(&STATE, path.span, "a bucket has no `path`")
                .label(state.kind.span, "states are kept in a bucket")
                .help("write `prefix` for a folder in the bucket, or `state \"local\"` for one on this machine"),
        );
    }
    match &state.bucket {
        None => found.push(
            Diagnostic::new(&STATE, state.head, "nothing says which bucket the states are kept in")
                .help("add `bucket=\"NAME\"`"),
        ),
        Some(bucket) => {
            if let Some(fault) = bucket_fault(&bucket.value) {
                found.push(
                    Diagnostic::new(&STATE, bucket.span, format!("`{}` is no bucket's name: {fault}", bucket.value))
                        .help("write the name alone; `endpoint` says where its server is, `prefix` a folder in it"),
                );
            }
        }
    }
    if let Some(prefix) = &state.prefix
        && prefix.value.trim_matches('/').split('/').any(|part| matches!(part, "" | "." | ".."))
    {
        found.push(
            Diagnostic::new(&STATE, prefix.span, format!("`{}` is no folder in a bucket", prefix.value))
                .help("write names with `/` between them, such as `homelab/states`; or leave `prefix` out"),
        );
    }
    if let Some(endpoint) = &state.endpoint
        && endpoint.value.is_overheard()
    {
        found.push(
            Diagnostic::new(&STATE, endpoint.span, "states would go through the network in plain text").help(
                "write `https://`; `http://` is for a server on this machine only, such as `http://localhost:9000`",
            ),
        );
    }
    let lacks = match (&state.access_key, &state.secret_key) {
        (Some(there), None) => Some((there, "secret-key")),
        (None, Some(there)) => Some((there, "access-key")),
        (Some(_), Some(_)) | (None, None) => None,
    };
    if let Some((there, lacking)) = lacks {
        found.push(Diagnostic::new(&STATE, there.span, format!("a key is two: `{lacking}` is missing")).help(format!(
            "add `{lacking}=(secret)NAME`; without both, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY count"
        )));
    }
}

/// Names of buckets (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html), as far as all servers agree.
fn bucket_fault(name: &str) -> Option<&'static str> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if !(3..=63).contains(&name.len()) {
        Some("it has to be 3 to 63 letters long")
    } else if !name.chars().all(|letter| is_letter(letter) || matches!(letter, '.' | '-')) {
        Some("it is made of lower-case letters, digits, `-` and `.`")
    } else if !name.starts_with(is_letter) || !name.ends_with(is_letter) {
        Some("it begins and ends with a letter or digit")
    } else {
        None
    }
}
