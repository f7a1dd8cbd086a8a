//! Talos and Kubernetes fit each other.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
use crate::concept::Talos;

pub(super) const CHECK: Check = Check { codes: &[&TALOS_VERSION], run };

/// A version of Kubernetes that Talos does not run.
pub(crate) static TALOS_VERSION: Code = Code {
    id: "HLC0809",
    name: "talos-version",
    severity: Severity::Error,
    summary: "versions of Talos and Kubernetes that do not fit",
    explain: "Each release of Talos runs six releases of Kubernetes: Talos 1.12 those from 1.30 to 1.35. The machine configs \
              that hlc makes are for Talos 1.10 and later.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.36.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
};

/// The releases of Kubernetes that a release of Talos runs: the newest came out with it, and five before that
/// (`pkg/machinery/compatibility`; holds from 1.10 to 1.14).
fn supported(talos_minor: u32) -> (u32, u32) {
    (talos_minor + 18, talos_minor + 23)
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    found.extend(facts.model.talos.iter().filter_map(fit));
}

fn fit(talos: &Talos) -> Option<Diagnostic> {
    let (version, kubernetes) = (&talos.version, &talos.kubernetes_version);
    if version.value.major != 1 || !version.value.is_at_least(1, 10) {
        let message = format!("hlc makes no machine configs for Talos {}", version.value.as_str());
        return Some(Diagnostic::new(&TALOS_VERSION, version.span, message).here("1.10 is the first it knows"));
    }
    let (oldest, newest) = supported(version.value.minor);
    if kubernetes.value.major == 1 && (oldest..=newest).contains(&kubernetes.value.minor) {
        return None;
    }
    let message = format!("Talos {} does not run Kubernetes {}", version.value.as_str(), kubernetes.value.as_str());
    Some(
        Diagnostic::new(&TALOS_VERSION, kubernetes.span, message)
            .here(format!("it runs 1.{oldest} to 1.{newest}"))
            .label(version.span, "the version of Talos"),
    )
}
