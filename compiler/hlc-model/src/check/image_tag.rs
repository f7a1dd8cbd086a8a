//! Images stay what they are.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Map;

use super::{Check, Facts, containers};

pub(super) const CHECK: Check = Check { codes: &[&FLOATING_TAG], run };

/// An image that is another one tomorrow.
pub(crate) static FLOATING_TAG: Code = Code {
    id: "HLC0650",
    name: "floating-tag",
    severity: Severity::Hint,
    summary: "an image without a tag, or with the tag `latest`",
    explain: "Which image that is depends on the day a node pulls it: a restart can bring another version, two nodes can run two, and \
              there is no way back to the one before. Nothing is broken today, so this is a hint. A tag that says a version is better, \
              a digest (`@sha256:…`) never changes. In the values of a chart it is a `tag` that is `latest`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"ghcr.io/example/web\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"ghcr.io/example/web:1.2.3\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        for (_, template) in workload.pod_templates() {
            let images =
                template.get("spec").into_iter().flat_map(containers).filter_map(|container| container.get("image"));
            for image in images {
                let Some(text) = image.as_str() else { continue };
                let (message, here) = match tag(text) {
                    Some("latest") => {
                        (format!("`{text}` is another image whenever there is a newer one"), "`latest` moves")
                    }
                    None if !text.contains('@') => {
                        (format!("`{text}` has no tag"), "without one it is `latest`, which moves")
                    }
                    _ => continue,
                };
                found.push(
                    Diagnostic::new(&FLOATING_TAG, image.span, message)
                        .here(here)
                        .help("write the version as tag, or the digest: `NAME@sha256:…`"),
                );
            }
        }
    }
    in_values(facts, found);
}

/// What a chart is given as the tag of an image: `tag` beside `repository`, as most charts have it.
fn in_values(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut moving: BTreeSet<Span> = BTreeSet::new();
    for unit in facts.units.iter().filter(|unit| !unit.idle) {
        for chart in &unit.source.chart {
            for release in chart.releases() {
                let Some(values) = facts.charts.values(unit.scope, chart, &release) else { continue };
                let mut open = vec![values];
                while let Some(data) = open.pop() {
                    let tag = data.get("tag").filter(|tag| tag.as_str() == Some("latest"));
                    moving.extend(tag.filter(|_| data.get("digest").is_none()).map(|tag| tag.span));
                    open.extend(data.as_map().into_iter().flat_map(Map::iter).map(|(_, entry)| &entry.value));
                    open.extend(data.as_list().into_iter().flatten());
                }
            }
        }
    }
    found.extend(moving.into_iter().map(|tag| {
        Diagnostic::new(&FLOATING_TAG, tag, "the tag `latest` is another image whenever there is a newer one")
            .here("`latest` moves")
            .help("write the version, or leave `tag` out where the chart has one of its own")
    }));
}

/// The tag of an image, unless a digest says more exactly which it is.
fn tag(image: &str) -> Option<&str> {
    if image.contains('@') {
        return None;
    }
    let name = image.rsplit('/').next()?;
    name.split_once(':').map(|(_, tag)| tag)
}
