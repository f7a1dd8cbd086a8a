//! Secrets in properties that may be shown.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::{PlannedStack, Secrecy};

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
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=(fmt)\"key={secret.TOKEN}\"; } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=\"key=public\"; } }",
};

/// Reports every secret in a property that may be shown.
pub(super) fn check(resolver: &Resolver<'_>, stacks: &[PlannedStack]) {
    // Several resources may take a value from one place.
    let mut seen = BTreeSet::new();
    for resource in stacks.iter().flat_map(|stack| &stack.resources) {
        let open = |name: &str| resource.kind.property(name).is_none_or(|property| property.secrecy == Secrecy::Open);
        for (name, entry) in resource.properties.iter().filter(|(name, _)| open(name)) {
            super::each_later(&entry.value, &mut |later, at| {
                let Some(secret) = later.parts().find(|part| super::is_secret(part)) else { return };
                if seen.insert(at) {
                    resolver.report(
                        Diagnostic::new(&SHOWN_SECRET, at, format!("`{secret}` would be shown"))
                            .here(format!("this becomes `{name}` of a {}, which is no secret", resource.kind.name))
                            .help("write something here that everybody may read"),
                    );
                }
            });
        }
    }
}
