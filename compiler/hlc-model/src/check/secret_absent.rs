//! Secrets that are named are in the SOPS file.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Edit, FileId, Fix, Severity, Span};
use hlc_schema::suggest::nearest;
use hlc_schema::{Node as _, SecretKey};
use hlc_sops::SopsFile;

use super::{Check, Facts};
use crate::concept::{OptionalSecret, SecretsFile};
use crate::control::node_around;

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
    for Lacking { uses, meant } in by_node(facts, absent(facts, node, file)) {
        let Some((used, others)) = uses.split_first() else { continue };
        let name = used.name.as_str();
        let diagnostic = Diagnostic::new(&SECRET_ABSENT, used.span, format!("the SOPS file holds no `{name}`"));
        let diagnostic =
            others.iter().fold(diagnostic, |found, other| found.label(other.span, "and it is needed here"));
        found.push(match meant {
            Some(meant) => {
                let at = file.key(meant).map_or(node.path.span, |key| key.key_span);
                let written =
                    |used: &SecretKey| if used.by_path { format!("secret.{meant}") } else { format!("\"{meant}\"") };
                let edits = uses.iter().map(|used| Edit { span: used.span, text: written(used) }).collect();
                let mut diagnostic =
                    diagnostic.label(at, format!("`{meant}` is here")).help(format!("did you mean `{meant}`?"));
                diagnostic.fixes.push(Fix { title: format!("write `{meant}`"), edits, safe: false });
                diagnostic
            }
            None => diagnostic.label(node.path.span, "this file").help(format!(
                "set it with `hlc secrets set {name}`, or declare that it may be absent: `optional \"{name}\"` inside `secrets`"
            )),
        });
    }
}

/// The uses of an absent secret in one node.
#[derive(Default)]
struct Lacking<'m> {
    uses: Vec<&'m SecretKey>,
    meant: Option<&'m str>,
}

/// The uses of each absent secret by the nodes they stand in, in the order of the first of them.
fn by_node<'m>(facts: &Facts<'_>, absent: impl Iterator<Item = (&'m SecretKey, Option<&'m str>)>) -> Vec<Lacking<'m>> {
    let mut of_file: BTreeMap<(FileId, &str), Lacking<'m>> = BTreeMap::new();
    for (used, meant) in absent {
        let lacking = of_file.entry((used.span.file, &used.name)).or_default();
        lacking.uses.push(used);
        lacking.meant = meant;
    }
    let mut found = Vec::new();
    for ((file, _), Lacking { uses, meant }) in of_file {
        // A tree is only needed to tell the nodes of several apart.
        let document = if uses.len() > 1 { facts.resolver.document(file) } else { None };
        let mut nodes: BTreeMap<Span, Vec<&SecretKey>> = BTreeMap::new();
        for used in uses {
            let node = document.as_ref().and_then(|document| node_around(used.span, document));
            nodes.entry(node.unwrap_or(used.span)).or_default().push(used);
        }
        found.extend(nodes.into_values().map(|uses| Lacking { uses, meant }));
    }
    found.sort_by_key(|lacking| lacking.uses.first().map(|used| used.span));
    found
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
