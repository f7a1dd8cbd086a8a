//! Workloads and platform belong to one cluster.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&SEVERAL_CLUSTERS], run };

/// A second cluster beside workloads.
pub(crate) static SEVERAL_CLUSTERS: Code = Code {
    id: "HLC0359",
    name: "several-clusters",
    severity: Severity::Error,
    summary: "a second cluster in a homelab whose workloads name none",
    explain: "Workloads and the platform do not say yet which cluster they belong to, so a homelab that has any has one cluster. A \
              second one gets a root file of its own, which includes what both share.",
    bad: "talos \"one\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.10\" {\n    image \"base\"\n    machine \"a\" ip=\"192.168.1.11\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}\ntalos \"two\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.20\" {\n    image \"base\"\n    machine \"b\" ip=\"192.168.1.21\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "talos \"one\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.10\" {\n    image \"base\"\n    machine \"a\" ip=\"192.168.1.11\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut clusters: Vec<_> = facts.model.talos.iter().map(|cluster| &cluster.name).collect();
    clusters.sort_by_key(|name| name.span);
    let [first, second, ..] = clusters.as_slice() else { return };
    let in_cluster = facts.model.units().any(|(_, unit)| !unit.existing);
    if in_cluster && first.name != second.name {
        found.push(
            Diagnostic::new(&SEVERAL_CLUSTERS, second.span, format!("`{}` is a second cluster", second.name))
                .label(first.span, "workloads and platform are of this one")
                .help("give it a root file of its own, with a `homelab` that includes what both share"),
        );
    }
}
