//! Secrets that are kept are used.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_sops::KeyState;

use super::secret_absent::absent;
use super::{Check, Facts};
use crate::workload::ClientType;

pub(super) const CHECK: Check = Check { codes: &[&SECRET_UNUSED], run };

/// A secret that nothing names.
pub(crate) static SECRET_UNUSED: Code = Code {
    id: "HLC0704",
    name: "secret-unused",
    severity: Severity::Warning,
    summary: "a secret that nothing names",
    explain: "No `(secret)` in the homelab names this key of the SOPS file, or this `optional` secret. A secret that is kept without need can \
              still leak: revoke it where it was issued and remove it with `hlc secrets unset NAME`. If a name changed, change it in \
              both places.",
    bad: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/spare.sops.yaml\" }\ncloudflare \
          token=(secret)TOKEN",
    good: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\ncloudflare \
           token=(secret)TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some((node, secrets)) = facts.secrets() else { return };
    let Ok(file) = &secrets.file else { return };
    // What could not be read may use any of them.
    if facts.model.faults.unread || !facts.model.faults.kinds.is_empty() {
        return;
    }
    // A client that lacks its secret is reported, and will use one.
    if facts
        .model
        .oidc()
        .any(|(_, oidc)| oidc.client_type() == ClientType::Confidential && oidc.client_secret.is_none())
    {
        return;
    }
    // So is a name that there is not; without anything alike, any of those that seem unused may be meant by it.
    if absent(facts, node, file).any(|(_, meant)| meant.is_none()) {
        return;
    }
    let mut used: BTreeSet<&str> = facts.model.secret_uses.iter().map(|used| used.key.name.as_str()).collect();
    // Who wrote another name meant this one, and has been told so.
    used.extend(absent(facts, node, file).filter_map(|(_, meant)| meant));
    let is_used = |name: &str| used.contains(name);
    for key in file.keys.iter().filter(|key| !is_used(&key.name)) {
        // What the file's rule leaves plain is no secret: the head of a Kubernetes object, a note. What is plain against the
        // rule has to go in any case.
        if matches!(key.state, KeyState::Encrypted(_) | KeyState::Empty) {
            found.push(
                Diagnostic::new(&SECRET_UNUSED, key.key_span, format!("nothing names the secret `{}`", key.name)).help(
                    format!("remove it with `hlc secrets unset {}`, or name it: `(secret){}`", key.name, key.name),
                ),
            );
        }
    }
    for optional in node.optional.iter().filter(|optional| !is_used(&optional.name.value)) {
        if file.key(&optional.name.value).is_none() {
            let message = format!("nothing names the optional secret `{}`", optional.name.value);
            found.push(Diagnostic::new(&SECRET_UNUSED, optional.name.span, message).help("remove this line"));
        }
    }
}
