//! Secrets in the SOPS file are encrypted.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_sops::KeyState;

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&SECRET_PLAIN], run };

/// A value that is not encrypted.
pub(crate) static SECRET_PLAIN: Code = Code {
    id: "HLC0705",
    name: "secret-not-encrypted",
    severity: Severity::Error,
    summary: "a value in the SOPS file that is not encrypted",
    explain: "The file's own rule says that this value is encrypted, and it stands there in plain text: it was added with an editor and not \
              with `sops`. If it is a real secret and was committed, it is in your Git history: change it where it was issued. Values that \
              are no secrets can be kept in plain text under a key that ends in `_unencrypted`.",
    bad: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/plain.sops.yaml\" }\ncloudflare \
          token=(secret)TOKEN",
    good: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\ncloudflare \
           token=(secret)TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some((node, secrets)) = facts.secrets() else { return };
    let Ok(file) = &secrets.file else { return };
    for key in file.keys.iter().filter(|key| key.state == KeyState::PlainAgainstRule) {
        found.push(
            Diagnostic::new(&SECRET_PLAIN, key.key_span, format!("the value of `{}` is not encrypted", key.name))
                .note("if it was committed, it is in your Git history: change it where it was issued")
                .help(format!(
                    "take the line out of `{}` and set it again with `hlc secrets set {}`",
                    node.path.value, key.name
                )),
        );
    }
}
