//! What the values of a chart ask of machines, where the chart is not rendered here.
//!
//! Charts take `resources`, `nodeSelector`, `affinity` and `tolerations` beside each other and hand them to their pods (Helm's own
//! scaffold, `helm create`). What is known of such pods is judged like that of others.

use hlc_diag::{Diagnostic, Severity};
use hlc_schema::Data;

use super::machines::Node;
use super::{device, items, named, no_such_machine, not_tolerated, too_large};
use crate::check::Facts;
use crate::lower::Unit;
use crate::workload::Chart;

/// Judges the values of every chart whose pods are not known.
pub(super) fn judge(facts: &Facts<'_>, nodes: &[Node<'_>], found: &mut Vec<Diagnostic>) {
    for unit in facts.units.iter().filter(|unit| !unit.idle) {
        for chart in &unit.source.chart {
            found.extend(of_chart(facts, unit, chart, nodes));
        }
    }
}

fn of_chart(facts: &Facts<'_>, unit: &Unit<'_>, chart: &Chart, nodes: &[Node<'_>]) -> Vec<Diagnostic> {
    let rendered = |name: &str| {
        let mut of_release = unit.planned.objects.iter().filter_map(|object| object.rendered.as_ref());
        of_release.any(|rendered| rendered.release == name)
    };
    let mut found: Vec<Diagnostic> = Vec::new();
    for release in chart.releases().iter().filter(|release| !rendered(release.name)) {
        let Some(values) = facts.charts.values(unit.scope, chart, release) else { continue };
        for pod in pods(values) {
            for mut finding in of_pod(&format!("chart `{}`", chart.name.value), &pod, nodes) {
                // What the chart does with them is only likely.
                finding.severity = Severity::Warning;
                // Releases of one chart share its values.
                if !found.iter().any(|one| (one.code.id, one.primary.span) == (finding.code.id, finding.primary.span)) {
                    found.push(finding);
                }
            }
        }
    }
    found
}

fn of_pod(of: &str, pod: &Data, nodes: &[Node<'_>]) -> Vec<Diagnostic> {
    let named = named(pod);
    let lost = no_such_machine(&named, nodes);
    // Without a device it may be for every machine that takes it, as those of a DaemonSet are.
    let kept_off = device(pod).filter(|_| lost.is_none()).and_then(|_| not_tolerated(of, pod, &named, nodes));
    too_large(of, pod, nodes).into_iter().chain(lost).chain(kept_off).collect()
}

/// The pods that values speak of, as far as they do: maps with `resources` of a container.
fn pods(values: &Data) -> Vec<Data> {
    let mut pods = Vec::new();
    let everywhere: Vec<Data> =
        values.get("global").into_iter().flat_map(|all| items(all, "tolerations")).cloned().collect();
    let mut open = vec![(values, everywhere)];
    while let Some((data, mut tolerations)) = open.pop() {
        // What a chart tolerates as a whole its parts may tolerate too.
        tolerations.extend(items(data, "tolerations").cloned());
        if let Some(resources) = data.get("resources").filter(|it| it.get("requests").or(it.get("limits")).is_some()) {
            let at = resources.span;
            let container = Data::map([("resources", resources.clone())], at);
            let own = ["nodeSelector", "affinity"].into_iter().filter_map(|key| Some((key, data.get(key)?.clone())));
            let of_pod =
                [("containers", Data::list(vec![container], at)), ("tolerations", Data::list(tolerations.clone(), at))];
            pods.push(Data::map(of_pod.into_iter().chain(own), at));
        }
        let maps = data.as_map().into_iter().flat_map(hlc_schema::Map::iter).map(|(_, entry)| &entry.value);
        open.extend(maps.filter(|value| value.as_map().is_some()).map(|value| (value, tolerations.clone())));
    }
    pods
}
