//! A secret store says what its software needs to know.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::{SecretStore, StoreKind};

pub(super) const CHECK: Check = Check { codes: &[&STORE_FIELD], run };

/// A store that lacks what its software needs.
pub(crate) static STORE_FIELD: Code = Code {
    id: "HLC0625",
    name: "store-field",
    severity: Severity::Error,
    summary: "a secret store that lacks what its kind needs",
    explain: "Infisical's operator logs in with an `identity` and the token of a `service-account`, and reads the secrets of one \
              `project` and `environment`. OpenBao needs none of them.",
    bad: "homelab \"home\" domain=\"example.net\"\nsecret-store \"s\" kind=\"infisical\" host=\"http://s.example.net\" {\n    \
          identity \"id\"\n    project \"home\"\n    service-account \"operator\" namespace=\"infisical\"\n}",
    good: "homelab \"home\" domain=\"example.net\"\nsecret-store \"s\" kind=\"openbao\" host=\"http://s.example.net\"",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.faults.may_hide(SecretStore::decl()) {
        return; // what a store seems to lack may be what could not be read
    }
    for store in facts.model.stores().filter(|store| store.kind.value == StoreKind::Infisical) {
        let given = [
            ("identity", store.identity.is_some()),
            ("project", store.project.is_some()),
            ("environment", store.environment.is_some()),
            ("service-account", store.service_account.is_some()),
        ];
        for (field, _) in given.iter().filter(|(_, given)| !given) {
            found.push(
                Diagnostic::new(
                    &STORE_FIELD,
                    store.name.span,
                    format!("the store `{}` has no `{field}`", store.name.name),
                )
                .label(store.kind.span, "Infisical needs it")
                .help(format!("add `{field} …`; `hlc explain secret-store` shows an example")),
            );
        }
    }
}
