//! Secrets are named only where there is a file that holds them.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::SecretsFile;

pub(super) const CHECK: Check = Check { codes: &[&SECRETS_UNDECLARED], run };

/// A secret without a file that could hold it.
pub(crate) static SECRETS_UNDECLARED: Code = Code {
    id: "HLC0701",
    name: "secrets-undeclared",
    severity: Severity::Error,
    summary: "a secret is named, and no SOPS file is declared",
    explain: "`(secret)NAME` is the name of a value in the homelab's SOPS file. Say which file that is: `secrets \
              \"secrets/bootstrap.sops.yaml\"` inside `homelab`. To make one, write `.sops.yaml` with a rule for its path, then `sops \
              secrets/bootstrap.sops.yaml`.",
    bad: "homelab \"home\" domain=\"example.net\"\ncloudflare token=(secret)TOKEN",
    good: "homelab \"home\" domain=\"example.net\" {\n    secrets \"secrets/example.sops.yaml\"\n}\ncloudflare \
           token=(secret)TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.model.secrets.is_some() || facts.model.faults.may_hide(SecretsFile::decl()) {
        return;
    }
    let mut uses = facts.secret_uses();
    let Some(first) = uses.next() else { return };
    let mut diagnostic = Diagnostic::new(
        &SECRETS_UNDECLARED,
        first.span,
        format!("the secret `{}` is named, but the homelab has no SOPS file", first.name),
    );
    if let more @ 1.. = uses.count() {
        diagnostic =
            diagnostic.note(format!("so are secrets in {more} more place{}", if more == 1 { "" } else { "s" }));
    }
    if let Some(homelab) = &facts.model.homelab {
        diagnostic = diagnostic.label(homelab.name.span, "declare the file in this `homelab`");
    }
    found.push(diagnostic.help("write `secrets \"secrets/bootstrap.sops.yaml\"` inside `homelab { … }`"));
}
