//! The machines of a cluster as Kubernetes sees them.

use hlc_diag::Span;
use hlc_schema::free::FreeKind;
use hlc_schema::{Data, DataValue, Free, Node as _, ScopeId};

use crate::check::Facts;
use crate::check::pod_references::items;
use crate::concept::{Machine, Role, Talos};
use crate::resolve::Place;
use crate::stack::talos::Cluster;

/// The label and the taint of control planes.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// A machine as a node.
pub(in crate::check) struct Node<'m> {
    pub(in crate::check) machine: &'m Machine,
    labels: Vec<(String, String)>,
    pub(in crate::check) taints: Vec<Taint>,
    /// False when a patch may give it labels that hlc does not see.
    pub(in crate::check) all_labels: bool,
}

/// What keeps pods off a machine.
pub(in crate::check) struct Taint {
    pub(in crate::check) key: String,
    pub(in crate::check) value: String,
    pub(in crate::check) effect: String,
    pub(in crate::check) span: Span,
}

impl Taint {
    /// True when what holds `tolerations` puts up with it: a pod's spec, values of a chart (Kubernetes, "Taints and Tolerations").
    pub(in crate::check) fn is_tolerated_by(&self, holder: &Data) -> bool {
        items(holder, "tolerations").any(|toleration| {
            let text = |field| toleration.get(field).and_then(Data::as_str).filter(|text| !text.is_empty());
            let exists = text("operator") == Some("Exists");
            let key = match text("key") {
                None => exists,
                Some(key) => key == self.key,
            };
            let value = exists || text("value").unwrap_or_default() == self.value;
            key && value && text("effect").is_none_or(|effect| effect == self.effect)
        })
    }

    /// True for the one that keeps pods off control planes.
    pub(in crate::check) fn is_of_control_plane(&self) -> bool {
        self.key == CONTROL_PLANE
    }
}

impl Node<'_> {
    pub(in crate::check) fn name(&self) -> &str {
        &self.machine.name.name
    }

    pub(in crate::check) fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == key).map(|(_, value)| value.as_str())
    }
}

/// The nodes of the one cluster; `None` when there is none or several, or something about machines could not be read.
pub(in crate::check) fn nodes<'m>(facts: &Facts<'m>) -> Option<Vec<Node<'m>>> {
    let mut clusters = Cluster::all(facts.model);
    let (cluster, None) = (clusters.next()?, clusters.next()) else { return None };
    let faults = &facts.model.faults;
    if facts.model.talos.len() > 1 || faults.may_hide(Machine::decl()) || faults.may_hide(Talos::decl()) {
        return None;
    }
    cluster.machines.iter().map(|machine| node(facts, &cluster, machine)).collect()
}

fn node<'m>(facts: &Facts<'m>, cluster: &Cluster<'m>, machine: &'m Machine) -> Option<Node<'m>> {
    let is_control_plane = machine.role.value == Role::ControlPlane;
    let arch = cluster.image(machine).and_then(|image| image.arch).map_or("amd64", |arch| arch.value.word());
    // Kubernetes, "Well-Known Labels, Annotations and Taints".
    let given = [
        ("kubernetes.io/hostname", machine.name.name.as_str()),
        ("kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", arch),
        ("beta.kubernetes.io/arch", arch),
    ];
    let mut labels: Vec<(String, String)> = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let mut taints = Vec::new();
    if is_control_plane {
        labels.push((CONTROL_PLANE.to_owned(), String::new()));
        if !mentions(machine, &["allowSchedulingOnControlPlanes"]) {
            // Talos, `cluster.allowSchedulingOnControlPlanes`.
            taints.push(Taint {
                key: CONTROL_PLANE.to_owned(),
                value: String::new(),
                effect: "NoSchedule".to_owned(),
                span: machine.role.span,
            });
        }
    }
    let texts = |block: &Option<hlc_schema::FreeBlock>| {
        let Some(block) = block else { return Some(Vec::new()) };
        let data = facts.resolver.data(&block.value, ScopeId::default(), Place::Plan)?;
        let DataValue::Map(map) = data.value else { return None };
        let text = |data: &Data| Some((data.as_str()?.to_owned(), data.span));
        map.into_entries().map(|(key, entry)| Some((key, text(&entry.value)?))).collect::<Option<Vec<_>>>()
    };
    labels.extend(texts(&machine.labels)?.into_iter().map(|(key, (value, _))| (key.to_string(), value)));
    for (key, (text, span)) in texts(&machine.taints)? {
        let (value, effect) = text.rsplit_once(':').unwrap_or(("", &text));
        if effect != "PreferNoSchedule" {
            taints.push(Taint { key: key.to_string(), value: value.to_owned(), effect: effect.to_owned(), span });
        }
    }
    let all_labels = !mentions(machine, &["nodeLabels", "nodeTaints"]);
    Some(Node { machine, labels, taints, all_labels })
}

/// True when a patch of a machine may have one of the keys, at whatever depth.
fn mentions(machine: &Machine, keys: &[&str]) -> bool {
    machine.patch.0.iter().flatten().any(|block| has_key(&block.value, keys))
}

fn has_key(free: &Free, keys: &[&str]) -> bool {
    let FreeKind::Map { entries, bases } = &free.kind else { return false };
    !bases.is_empty() || entries.iter().any(|entry| keys.contains(&entry.key.as_str()) || has_key(&entry.value, keys))
}
