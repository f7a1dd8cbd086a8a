//! One Authentik.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use crate::check::{Check, Facts};
use crate::concept::Authentik;

pub(in crate::check) const CHECK: Check = Check { codes: &[&SERVER], run };

/// None, or more than one.
pub(crate) static SERVER: Code = Code {
    id: "HLC0920",
    name: "authentik-count",
    severity: Severity::Error,
    summary: "not exactly one `authentik` for what needs one",
    explain: "Applications of workloads belong to the homelab's `authentik`. There is one: a second would leave open \
              which of the two is meant.",
    bad: "authentik url=\"https://auth.example.net\" token=(secret)A\nauthentik url=\"https://login.example.net\" \
          token=(secret)A",
    good: "authentik url=\"https://auth.example.net\" token=(secret)A",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut heads: Vec<_> = facts.model.authentik.iter().map(|(_, authentik)| authentik.head).collect();
    heads.sort();
    if let [first, second, ..] = heads.as_slice() {
        found.push(
            Diagnostic::new(&SERVER, *second, "there is a second `authentik`")
                .label(*first, "the first is here")
                .help("keep one of the two"),
        );
    }
    let hidden = facts.model.faults.unread || facts.model.faults.kinds.contains(Authentik::decl().name);
    if let Some((_, oidc)) = facts.model.oidc().min_by_key(|(_, oidc)| oidc.head)
        && heads.is_empty()
        && !hidden
    {
        let message = format!("there is no `authentik` that `{}` could belong to", oidc.name.name);
        found.push(Diagnostic::new(&SERVER, oidc.head, message).help("declare it; `hlc explain authentik` shows how"));
    }
}
