//! What stands in an `extra` is nothing that its resource has a property for.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedStack;
use hlc_schema::Data;

use crate::resolve::Resolver;

/// An `extra` with a field that hlc sets.
pub(crate) static EXTRA_KNOWN: Code = Code {
    id: "HLC0434",
    name: "extra-known",
    severity: Severity::Warning,
    summary: "an `extra` with a field that the block itself has a word for",
    explain: "`extra` is sent along for fields of a vendor's API that hlc does not know. Of those that it knows, listed in \
              docs/resources.md, it sends its own value, so that one in `extra` says nothing.",
    bad: "cloudflare token=(secret)TOKEN {\n    zone \"example.net\" { A \"www\" to=\"203.0.113.10\" ttl=\"5m\" { extra { ttl 60 } } }\n}",
    good: "cloudflare token=(secret)TOKEN {\n    zone \"example.net\" { A \"www\" to=\"203.0.113.10\" ttl=\"5m\" { extra { tags { - \
           \"owner:me\" } } } }\n}",
};

/// The property of resources that holds it.
const EXTRA: &str = "extra";

/// Reports each such field once, however many resources are made of its block.
pub(super) fn check(resolver: &Resolver<'_>, stacks: &[PlannedStack]) {
    let mut found: BTreeMap<Span, Diagnostic> = BTreeMap::new();
    for resource in stacks.iter().flat_map(|stack| &stack.resources) {
        let extra = resource.properties.get(EXTRA).and_then(Data::as_map);
        for (key, entry) in extra.into_iter().flat_map(hlc_schema::Map::iter) {
            if !resource.kind.properties.iter().any(|property| property.name == key && property.name != EXTRA) {
                continue;
            }
            let message = format!("hlc sets `{key}` of this {} itself", resource.kind.name);
            found.entry(entry.key_span).or_insert_with(|| {
                Diagnostic::new(&EXTRA_KNOWN, entry.key_span, message)
                    .here("this is not sent")
                    .label(resource.origin, "of this block")
                    .help("say it with a field of the block (`hlc explain` has them), and remove it here")
            });
        }
    }
    for finding in found.into_values() {
        resolver.report(finding);
    }
}
