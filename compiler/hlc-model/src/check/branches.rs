//! Source and manifests live on different branches.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&SAME_BRANCH], run };

/// Manifests on the branch of their source.
pub(crate) static SAME_BRANCH: Code = Code {
    id: "HLC0619",
    name: "same-branch",
    severity: Severity::Error,
    summary: "the manifests branch is the source branch",
    explain: "The tree of the manifests branch is replaced as a whole: it would replace the source.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://git.example.net/home.git\" branch=\"main\" \
          manifests=\"main\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://git.example.net/home.git\" branch=\"main\" \
           manifests=\"main-manifests\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(repository) = facts.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref()) else { return };
    if repository.branch.value == repository.manifests.value {
        found.push(
            Diagnostic::new(
                &SAME_BRANCH,
                repository.manifests.span,
                format!("manifests cannot go to the source branch `{}`", repository.branch.value),
            )
            .label(repository.branch.span, "the source is on this branch")
            .help(format!("write `manifests=\"{}-manifests\"`", repository.branch.value)),
        );
    }
}
