//! The SOPS file can be read, and is guarded.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
use crate::concept::SecretsFile;
use crate::inputs::InputError;
use crate::load::describe;
use crate::secrets::SecretsFault;

pub(super) const CHECK: Check = Check { codes: &[&SECRETS_FILE], run };

/// A SOPS file that cannot be used.
pub(crate) static SECRETS_FILE: Code = Code {
    id: "HLC0702",
    name: "secrets-file",
    severity: Severity::Error,
    summary: "the SOPS file is missing, is none, or is damaged",
    explain: "The file that `secrets` names is read for the names of its values; its values stay encrypted. It has to be YAML or JSON as `sops` \
              writes it, with its `sops` block and the checksum (`mac`) in it. A file without a `sops` block is not encrypted: if \
              it holds real secrets and was committed, they are in your Git history, and have to be changed where they were issued.",
    bad: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/not-encrypted.yaml\" }",
    good: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some((node, secrets)) = facts.secrets() else { return };
    match &secrets.file {
        Err(fault) => found.push(refused(node, fault)),
        Ok(file) if file.metadata.mac.is_none() => found.push(
            Diagnostic::new(
                &SECRETS_FILE,
                file.metadata.key_span,
                "the SOPS file has no checksum (`mac`) over its values",
            )
            .label(node.path.span, "named here")
            .note("nothing tells whether a value was removed or put back; `sops` refuses such a file too")
            .help("restore the file from version control, or write its values anew with `sops`"),
        ),
        Ok(_) => {}
    }
}

fn refused(node: &SecretsFile, fault: &SecretsFault) -> Diagnostic {
    let path = &node.path;
    let at_path = |reason: &str| {
        Diagnostic::new(&SECRETS_FILE, path.span, format!("the SOPS file `{}` cannot be read: {reason}", path.value))
    };
    match fault {
        SecretsFault::Path(fault) => {
            at_path(fault).help("paths start at the folder of the root file, such as `secrets/bootstrap.sops.yaml`")
        }
        SecretsFault::Unreadable(InputError::NotFound) => at_path("there is no such file")
            .help(format!("make it with `sops {}`, once `.sops.yaml` has a rule for it", path.value)),
        SecretsFault::Unreadable(error) => at_path(&describe(error)),
        SecretsFault::Malformed(error) if error.fault == hlc_sops::Fault::NotEncrypted => Diagnostic::new(
            &SECRETS_FILE,
            path.span,
            format!("`{}` is not encrypted: it has no `sops` block", path.value),
        )
        .note("if it was committed with real secrets, they are in your Git history: change them where they were issued")
        .help(format!("encrypt it: `sops encrypt --in-place {}`", path.value)),
        SecretsFault::Malformed(error) => {
            Diagnostic::new(&SECRETS_FILE, error.span, format!("this is no SOPS file: {}", error.fault))
                .label(path.span, "named here")
                .help("restore the file from version control, or mend it with `sops edit`")
        }
    }
}
