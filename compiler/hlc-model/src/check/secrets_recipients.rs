//! The SOPS file is encrypted for whom `.sops.yaml` says.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_sops::{RecipientKind, SopsFile};

use super::{Check, Facts};
use crate::concept::SecretsFile;

pub(super) const CHECK: Check = Check { codes: &[&SECRETS_RECIPIENTS], run };

/// Recipients that `.sops.yaml` does not have, or has besides.
pub(crate) static SECRETS_RECIPIENTS: Code = Code {
    id: "HLC0706",
    name: "secrets-recipients",
    severity: Severity::Warning,
    summary: "the SOPS file is encrypted for others than `.sops.yaml` says",
    explain: "`.sops.yaml` says who should be able to read the file, the file itself who can. After a change of `.sops.yaml` run `sops updatekeys \
              FILE`. Whoever could read the file keeps its data key: when somebody must be kept out, change the secrets too. Recipients \
              of age and OpenPGP are compared; keys in clouds and vaults are not.",
    bad: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/others.sops.yaml\" }\ncloudflare \
          token=(secret)TOKEN",
    good: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\ncloudflare \
           token=(secret)TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some((node, secrets)) = facts.secrets() else { return };
    let (Ok(file), Some(config)) = (&secrets.file, &secrets.config) else { return };
    match config {
        Ok(config) => compare(node, file, config, found),
        Err(error) => found.push(
            Diagnostic::new(&SECRETS_RECIPIENTS, error.span, format!("`.sops.yaml` cannot be used: {}", error.fault))
                .note("sops would refuse it too, so that no file can be encrypted"),
        ),
    }
}

fn compare(node: &SecretsFile, file: &SopsFile, config: &hlc_sops::Config, found: &mut Vec<Diagnostic>) {
    let path = &node.path.value;
    let Some(rule) = config.rule_for(path) else {
        if !config.rules.is_empty() {
            found.push(
                Diagnostic::new(&SECRETS_RECIPIENTS, node.path.span, format!("no rule of `.sops.yaml` fits `{path}`"))
                    .help("add a rule with a `path_regex` that matches it, so that sops knows whom to encrypt it for"),
            );
        }
        return;
    };
    let comparable = |kind: RecipientKind| matches!(kind, RecipientKind::Age | RecipientKind::Pgp);
    let wanted: BTreeSet<(RecipientKind, &str)> =
        rule.recipients().map(|(kind, name)| (*kind, name.as_str())).collect();
    let actual: BTreeSet<(RecipientKind, &str)> = file
        .metadata
        .recipients()
        .filter(|recipient| comparable(recipient.kind))
        .map(|recipient| (recipient.kind, recipient.name.as_str()))
        .collect();
    let help = format!("run `sops updatekeys {path}`, or correct `.sops.yaml`");
    for recipient in file.metadata.recipients().filter(|recipient| comparable(recipient.kind)) {
        if !wanted.contains(&(recipient.kind, recipient.name.as_str())) {
            found.push(
                Diagnostic::new(
                    &SECRETS_RECIPIENTS,
                    recipient.span,
                    format!("the SOPS file can be read by `{}`, which `.sops.yaml` does not name", recipient.name),
                )
                .label(rule.span, "this rule holds for the file")
                .help(help.clone()),
            );
        }
    }
    for (_, name) in wanted.difference(&actual) {
        found.push(
            Diagnostic::new(
                &SECRETS_RECIPIENTS,
                rule.span,
                format!("the SOPS file cannot be read by `{name}`, which `.sops.yaml` names for it"),
            )
            .label(node.path.span, "the SOPS file")
            .help(help.clone()),
        );
    }
}
