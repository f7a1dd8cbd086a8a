//! Secrets in properties that may be shown.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::{PlannedResource, PlannedStack, Secrecy};
use hlc_schema::{Data, DataValue};

use crate::resolve::Resolver;

/// A secret that would be shown.
pub(crate) static SHOWN_SECRET: Code = Code {
    id: "HLC0351",
    name: "shown-secret",
    severity: Severity::Error,
    summary: "a secret where everybody could read it",
    explain: "What becomes a DNS record, a label or a name is shown: by `hlc apply` when it changes, and by the service that it \
              is sent to. A secret may only stand where a service keeps it: in a password, a client secret, a file of \
              variables.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=(fmt)\"key={secret.KEY}\"; } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=\"key=public\"; } }",
};

/// Reports every secret in a property that may be shown.
pub(super) fn check(resolver: &Resolver<'_>, stacks: &[PlannedStack]) {
    // Several resources may take a value from one place.
    let mut seen = BTreeSet::new();
    for resource in stacks.iter().flat_map(|stack| &stack.resources) {
        let open = |name: &str| resource.kind.property(name).is_none_or(|property| property.secrecy == Secrecy::Open);
        for (name, entry) in resource.properties.iter().filter(|(name, _)| open(name)) {
            report(resolver, resource, name, &entry.value, &mut seen);
        }
    }
}

fn report(
    resolver: &Resolver<'_>,
    resource: &PlannedResource,
    property: &str,
    data: &Data,
    seen: &mut BTreeSet<hlc_diag::Span>,
) {
    match &data.value {
        DataValue::Deferred(later) => {
            let Some(secret) = later.parts().find(|part| super::is_secret(part)) else { return };
            if seen.insert(data.span) {
                let message = format!("`{secret}` would be shown");
                resolver.report(
                    Diagnostic::new(&SHOWN_SECRET, data.span, message)
                        .here(format!("this becomes `{property}` of a {}, which is no secret", resource.kind.name))
                        .help("write something else here that everybody may read"),
                );
            }
        }
        DataValue::List(items) => items.iter().for_each(|item| report(resolver, resource, property, item, seen)),
        DataValue::Map(map) => {
            map.iter().for_each(|(_, entry)| report(resolver, resource, property, &entry.value, seen));
        }
        DataValue::Null | DataValue::Bool(_) | DataValue::Integer(_) | DataValue::Float(_) | DataValue::String(_) => {}
    }
}
