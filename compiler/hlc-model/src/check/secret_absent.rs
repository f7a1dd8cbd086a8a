//! Secrets that are named are in the SOPS file.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::suggest::nearest;
use hlc_schema::{Node as _, SecretKey};
use hlc_sops::SopsFile;

use super::{Check, Facts};
use crate::concept::{OptionalSecret, SecretsFile};

pub(super) const CHECK: Check = Check { codes: &[&SECRET_ABSENT], run };

/// A secret that the file does not hold.
pub(crate) static SECRET_ABSENT: Code = Code {
    id: "HLC0703",
    name: "secret-absent",
    severity: Severity::Error,
    summary: "a secret that the SOPS file does not hold",
    explain: "`(secret)NAME` is a key of the SOPS file; a key inside others is written with dots. Set it with `hlc secrets set NAME` or `sops \
              edit`. A secret that may be absent, because its value is only known later, is declared: `optional \"NAME\" \
              hint=\"…\"` inside `secrets`.",
    bad: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\ncloudflare \
          token=(secret)ABSENT_TOKEN",
    good: "homelab \"home\" domain=\"example.net\" {\n    secrets \"secrets/example.sops.yaml\" { optional \"ABSENT_TOKEN\" \
           }\n}\ncloudflare token=(secret)ABSENT_TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some((node, secrets)) = facts.secrets() else { return };
    let Ok(file) = &secrets.file else { return };
    if facts.model.faults.may_hide(OptionalSecret::decl()) {
        return; // it may be declared optional in what could not be read
    }
    for (used, meant) in absent(facts, node, file) {
        let name = used.name.as_str();
        let diagnostic = Diagnostic::new(&SECRET_ABSENT, used.span, format!("the SOPS file holds no `{name}`"));
        found.push(match meant {
            Some(meant) => {
                let at = file.key(meant).map_or(node.path.span, |key| key.key_span);
                diagnostic.label(at, format!("`{meant}` is here")).help(format!("did you mean `{meant}`?")).suggest(
                    format!("write `{meant}`"),
                    used.span,
                    format!("\"{meant}\""),
                )
            }
            None => diagnostic.label(node.path.span, "this file").help(format!(
                "set it with `hlc secrets set {name}`, or declare that it may be absent: `optional \"{name}\"` inside `secrets`"
            )),
        });
    }
}

/// The uses of secrets that are absent, each with the name that is probably meant.
pub(super) fn absent<'m>(
    facts: &Facts<'m>,
    node: &'m SecretsFile,
    file: &'m SopsFile,
) -> impl Iterator<Item = (&'m SecretKey, Option<&'m str>)> {
    let optional = || node.optional.iter().map(|optional| optional.name.value.as_str());
    let uses = facts.secret_uses();
    let absent = uses.filter(move |used| file.key(&used.name).is_none() && optional().all(|name| name != used.name));
    absent.map(move |used| {
        let known = file.keys.iter().map(|key| key.name.as_str()).chain(optional());
        (used, nearest(&used.name, known))
    })
}
