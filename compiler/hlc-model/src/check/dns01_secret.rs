//! Issuers read tokens from Secrets that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::suggest::{list_names, nearest};

use super::secret_keys::known_secrets;
use super::{Check, Facts};
use crate::concept::Dns01;

pub(super) const CHECK: Check = Check { codes: &[&NO_TOKEN], run };

/// An issuer's token that is in no Secret.
pub(crate) static NO_TOKEN: Code = Code {
    id: "HLC0843",
    name: "dns01-secret",
    severity: Severity::Error,
    summary: "an issuer reads a token that no Secret holds",
    explain: "Without the token no record can be made, and certificates run out while cert-manager tries on. The Secret lies in the \
              namespace of the addon and holds the key that is named. Nothing is said where an `(existing)` workload may make it.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" {\n        issuer \
          \"le\" { acme \"https://acme.example.net/directory\" email=\"admin@example.net\" { dns01 \"cloudflare\" secret=\"token\" \
          key=\"TOKEN\" } }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" {\n        issuer \
           \"le\" { acme \"https://acme.example.net/directory\" email=\"admin@example.net\" { dns01 \"cloudflare\" secret=\"token\" \
           key=\"TOKEN\" } }\n        bootstrap-secret \"token\" { key \"TOKEN\" \"0000\" }\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for unit in facts.sound_workloads() {
        let acme = unit.workload.issuer.iter().filter_map(|issuer| issuer.acme.as_ref());
        for dns01 in acme.flat_map(|acme| &acme.dns01) {
            let known = known_secrets(unit.namespace);
            match known.iter().find(|secret| secret.name == dns01.secret.value) {
                None if unit.namespace.unsure => {}
                None => found.push(no_secret(dns01, &known.iter().map(|secret| secret.name).collect::<Vec<_>>())),
                Some(secret) => {
                    let (key, keys) = (dns01.key.value.as_str(), secret.keys.as_ref());
                    let Some(keys) = keys.filter(|keys| !keys.contains(&key)) else { continue };
                    let message = format!("the Secret `{}` has no key `{key}`", secret.name);
                    let held = if keys.is_empty() { "no keys".to_owned() } else { list_names(keys, "and") };
                    let diagnostic = Diagnostic::new(&NO_TOKEN, dns01.key.span, message)
                        .label(secret.span, format!("it has {held}"));
                    found.push(match nearest(key, keys.iter().copied()) {
                        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                        None => diagnostic.help("add the key there, or read another"),
                    });
                }
            }
        }
    }
}

fn no_secret(dns01: &Dns01, known: &[&str]) -> Diagnostic {
    let name = &dns01.secret.value;
    let message = format!("nothing makes the Secret `{name}` with the token of this issuer");
    let diagnostic = Diagnostic::new(&NO_TOKEN, dns01.secret.span, message);
    match nearest(name, known.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help(format!(
            "declare it in the addon: `bootstrap-secret \"{name}\" {{ key \"{}\" (secret)NAME }}`",
            dns01.key.value.as_str()
        )),
    }
}
