//! What checks look at: the model, the plan, and what both say about each namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use hlc_diag::{Diagnostic, Span};
use hlc_kube::Lookup;
use hlc_plan::PlannedObject;
use hlc_schema::{Data, ScopeId, SecretKey};

use crate::charts::Charts;
use crate::concept::SecretsFile;
use crate::control::Control;
use crate::lower::Unit;
use crate::model::Model;
use crate::reach::dns::Dns;
use crate::relations::{Relation, relations};
use crate::resolve::Resolver;
use crate::secrets::Secrets;
use crate::workload::{Workload, workload_namespace};

mod namespace;
mod pods;

pub(crate) use namespace::NamespaceFacts;
pub(crate) use pods::{containers, pod_template};

/// What one check looks at: what is known of the homelab, and a resolver of its own.
pub struct Facts<'f> {
    known: &'f Known<'f>,
    pub(crate) resolver: &'f Resolver<'f>,
}

impl<'f> Deref for Facts<'f> {
    type Target = Known<'f>;

    fn deref(&self) -> &Known<'f> {
        self.known
    }
}

impl<'f> Facts<'f> {
    pub(super) fn new(known: &'f Known<'f>, resolver: &'f Resolver<'f>) -> Self {
        Self { known, resolver }
    }

    /// True for a name that is declared a second time, or stands in the same use of a component as one: what follows from that is
    /// not reported again.
    pub(crate) fn is_repeated(&self, name: Span) -> bool {
        self.repeated.contains(&name) || self.repeated.contains(&self.resolver.outermost(name))
    }
}

/// What is known of the homelab, for all checks at once.
pub struct Known<'m> {
    pub(crate) model: &'m Model,
    pub(crate) units: &'m [Unit<'m>],
    pub(crate) charts: &'m Charts,
    by_scope: BTreeMap<ScopeId, &'m Unit<'m>>,
    /// Bundles on servers with their Compose files.
    pub(crate) edges: Vec<super::edge::EdgeFacts<'m>>,
    /// What needs what.
    relations: Vec<Relation<'m>>,
    /// Workloads of which a part could not be made.
    failed: BTreeSet<ScopeId>,
    /// Secrets that stand where none may, which has been reported.
    leaked: BTreeSet<Span>,
    /// Workloads with an object that Kubernetes would refuse: what else seems wrong with them may follow from that.
    refused: BTreeSet<ScopeId>,
    namespaces: BTreeMap<&'m str, NamespaceFacts<'m>>,
    /// Which record answers for a host.
    dns: Dns,
    /// What belongs to no namespace.
    cluster: NamespaceFacts<'m>,
    /// The CustomResourceDefinitions that are written out, by group and kind.
    definitions: BTreeMap<(&'m str, &'m str), &'m PlannedObject>,
    /// Names that are declared a second time, and the uses of components that they stand in.
    repeated: BTreeSet<Span>,
    sound: Vec<Sound<'m>>,
}

/// A workload or addon that hlc makes, without any mistake inside found so far.
struct Sound<'m> {
    scope: ScopeId,
    workload: &'m Workload,
    planned: &'m [PlannedObject],
    /// Its objects in its own namespace.
    objects: Vec<&'m PlannedObject>,
}

/// A workload with what it becomes.
pub(crate) struct WorkloadFacts<'f, 'm> {
    pub(crate) workload: &'m Workload,
    pub(crate) scope: ScopeId,
    /// Every object it makes.
    pub(crate) planned: &'m [PlannedObject],
    /// Its objects in its own namespace.
    pub(crate) objects: &'f [&'m PlannedObject],
    /// Everything in its namespace, from whichever workload.
    pub(crate) namespace: &'f NamespaceFacts<'m>,
}

impl<'m> Known<'m> {
    /// Gathers it, and reports objects that Kubernetes would refuse.
    pub(super) fn gather(
        model: &'m Model,
        resolver: &Resolver<'m>,
        units: &'m [Unit<'m>],
        charts: &'m Charts,
        control: &Control,
        found: &mut Vec<Diagnostic>,
    ) -> Self {
        let repeated = found
            .iter()
            .filter(|found| found.code == &crate::names::DUPLICATE_NAME)
            .flat_map(|found| [found.primary.span, resolver.outermost(found.primary.span)])
            .collect();
        let edges = super::edge::gather(model, resolver, found);
        let by_scope = units.iter().map(|unit| (unit.scope, unit)).collect();
        let relations = relations(model, resolver, units);
        let mut facts = Self {
            model,
            units,
            charts,
            by_scope,
            edges,
            relations,
            failed: resolver.failed(),
            leaked: resolver.leaked(),
            refused: BTreeSet::new(),
            namespaces: BTreeMap::new(),
            dns: Dns::of(resolver),
            cluster: NamespaceFacts::default(),
            definitions: BTreeMap::new(),
            repeated,
            sound: Vec::new(),
        };
        facts.definitions = facts.objects().filter_map(|object| Some((defined(object)?, object))).collect();
        for unit in units {
            let mut findings = unit.faults.clone();
            findings.extend(unit.planned.objects.iter().flat_map(|object| facts.validate_custom(object)));
            if findings.iter().any(|found| resolver.stands(found, control)) {
                facts.refused.insert(unit.scope);
            }
            found.extend(findings);
        }
        for object in facts.objects() {
            let namespace = match object.namespace.as_deref() {
                Some(namespace) => facts.namespaces.entry(namespace).or_default(),
                None => &mut facts.cluster,
            };
            namespace.objects.push(object);
            namespace.by_name.insert((&object.kind, &object.name), object);
        }
        let mut open: BTreeSet<&str> = BTreeSet::new();
        let mut made: BTreeSet<&str> = BTreeSet::new();
        let mut all_written = !model.faults.unread;
        for (scope, workload) in model.units().filter(|(_, workload)| workload.existing || workload.is_made()) {
            let name = workload_namespace(workload);
            let unsure = workload.existing || !facts.is_sound(scope);
            let namespace = facts.namespaces.entry(name).or_default();
            namespace.take_secrets(workload);
            namespace.unsure |= unsure;
            if unsure || makes_more(charts, scope, workload) {
                open.insert(name);
                all_written = false;
            }
            if !workload.existing && workload.namespace.is_made(workload) && !workload.namespace.is_initial() {
                made.insert(name);
            }
        }
        for (name, namespace) in &mut facts.namespaces {
            namespace.closed = made.contains(name) && !open.contains(name) && !model.faults.unread;
        }
        facts.cluster.closed = all_written;
        facts.sound = facts.look_for_sound();
        facts
    }

    fn look_for_sound(&self) -> Vec<Sound<'m>> {
        let mut surfaces: BTreeMap<ScopeId, Vec<&'m PlannedObject>> = BTreeMap::new();
        for (scope, object) in &self.charts.surfaces {
            surfaces.entry(*scope).or_default().push(object);
        }
        let sound = self.model.units().filter(|(scope, workload)| workload.is_made() && self.is_sound(*scope));
        sound
            .filter_map(|(scope, workload)| {
                let namespace = workload_namespace(workload);
                let planned = self.by_scope.get(&scope)?.planned.objects.as_slice();
                let surface = surfaces.get(&scope).into_iter().flatten().copied();
                let objects = planned
                    .iter()
                    .chain(surface)
                    .filter(|object| object.namespace.as_deref() == Some(namespace))
                    .collect();
                Some(Sound { scope, workload, planned, objects })
            })
            .collect()
    }

    /// True when everything in the workload could be read and made, and no object of it is refused.
    fn is_sound(&self, scope: ScopeId) -> bool {
        self.model.is_whole(scope) && self.is_made(scope) && !self.refused.contains(&scope)
    }

    /// True when everything in the workload could be made.
    pub(crate) fn is_made(&self, scope: ScopeId) -> bool {
        !self.failed.contains(&scope)
    }

    /// Every use of a secret in a place that takes one.
    pub(crate) fn secret_uses(&self) -> impl Iterator<Item = &'m SecretKey> {
        let uses = self.model.secret_uses.iter().filter(|used| !used.refused).map(|used| &used.key);
        uses.filter(|key| !self.leaked.contains(&key.span))
    }

    /// The SOPS file, with the node that names it.
    pub(crate) fn secrets(&self) -> Option<(&'m SecretsFile, &'m Secrets)> {
        Some((self.model.homelab.as_ref()?.secrets.as_ref()?, self.model.secrets.as_ref()?))
    }

    /// True when something is not looked at because of its mistakes.
    pub(super) fn hold_back(&self) -> bool {
        let faults = &self.model.faults;
        faults.unread || !faults.kinds.is_empty() || self.model.units().any(|(scope, _)| !self.is_sound(scope))
    }

    /// Workloads and addons that hlc makes, without any mistake inside found so far.
    pub(crate) fn sound_workloads<'f>(&'f self) -> impl Iterator<Item = WorkloadFacts<'f, 'm>> {
        self.sound.iter().filter_map(|Sound { scope, workload, planned, objects }| {
            let namespace = self.namespaces.get(workload_namespace(workload))?;
            Some(WorkloadFacts { workload, scope: *scope, planned, objects, namespace })
        })
    }

    /// Which record answers for a host.
    pub(crate) fn dns(&self) -> &Dns {
        &self.dns
    }

    /// What needs what.
    pub(crate) fn relations(&self) -> &[Relation<'m>] {
        &self.relations
    }

    /// The definition of a custom object's kind, where it is written out.
    pub(crate) fn definition(&self, object: &PlannedObject) -> Option<&'m PlannedObject> {
        let (group, _) = object.api_version.split_once('/')?;
        self.definitions.get(&(group, object.kind.as_str())).copied()
    }

    /// What is wrong with a custom object by the definition of its kind.
    fn validate_custom(&self, object: &PlannedObject) -> Vec<Diagnostic> {
        let Some(definition) = self.definition(object) else { return Vec::new() };
        let (_, version) = object.api_version.split_once('/').unwrap_or_default();
        let versions = definition.body.at(&["spec", "versions"]).and_then(Data::as_list).unwrap_or_default();
        let meant = versions.iter().find(|listed| listed.get("name").and_then(Data::as_str) == Some(version));
        match meant.and_then(|version| version.at(&["schema", "openAPIV3Schema"])) {
            Some(schema) => hlc_kube::validate_custom(&object.kind, schema, definition.origin, &object.body),
            None => Vec::new(),
        }
    }

    /// What is known of a namespace; `None` when nothing stands in it.
    pub(crate) fn namespace(&self, name: &str) -> Option<&NamespaceFacts<'m>> {
        self.namespaces.get(name)
    }

    /// What is known of the objects that belong to no namespace. Closed when nothing here could make more than is written.
    pub(crate) fn cluster(&self) -> &NamespaceFacts<'m> {
        &self.cluster
    }

    /// Every planned object.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &'m PlannedObject> + use<'m> {
        let planned = self.units.iter().filter(|unit| !unit.idle).flat_map(|unit| &unit.planned.objects);
        planned.chain(self.charts.surfaces.iter().map(|(_, object)| object))
    }
}

impl<'m> WorkloadFacts<'_, 'm> {
    /// Its objects of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'m PlannedObject> {
        self.objects.iter().copied().filter(move |object| object.kind == kind)
    }

    /// Its objects that make pods, with the template of these.
    pub(crate) fn pod_templates(&self) -> impl Iterator<Item = (&'m PlannedObject, &'m Data)> {
        self.objects.iter().filter_map(|object| Some((*object, pod_template(object)?)))
    }
}

/// The group and kind that a CustomResourceDefinition is of.
fn defined(object: &PlannedObject) -> Option<(&str, &str)> {
    let says = |path: &[&str]| object.body.at(path).and_then(Data::as_str);
    let is_definition = object.kind == "CustomResourceDefinition";
    is_definition.then_some((says(&["spec", "group"])?, says(&["spec", "names", "kind"])?))
}

/// True when more may come of a workload than is written in it: by a chart of which not everything is known, by somebody else's manifests, by an operator.
fn makes_more(charts: &Charts, scope: ScopeId, workload: &Workload) -> bool {
    !charts.knows(scope, workload) || !workload.manifests.is_empty() || has_custom_objects(workload)
}

/// True when a controller that hlc does not know may make further objects of what is written in the workload: a database
/// operator its Services and Secrets. Routes and gateways make none in the namespace.
fn has_custom_objects(workload: &Workload) -> bool {
    // CloudNativePG makes Services and Secrets for a `database`.
    if !workload.database.is_empty() {
        return true;
    }
    workload.objects.iter().any(|object| may_make_others(&object.kind.value, None))
}

/// True for a kind whose controller may make Services, Secrets or claims. Definitions, routes and what Prometheus reads make
/// none.
pub(crate) fn may_make_others(kind: &str, api_version: Option<&str>) -> bool {
    if api_version.is_some_and(|version| version.starts_with("monitoring.coreos.com/"))
        && matches!(kind, "ServiceMonitor" | "PodMonitor" | "PrometheusRule" | "Probe" | "ScrapeConfig")
    {
        return false;
    }
    match hlc_kube::lookup(kind, api_version) {
        Lookup::Found(info) => !info.has_schema() && !info.api_version.starts_with("gateway.networking.k8s.io/"),
        Lookup::Ambiguous(_) | Lookup::Unknown { .. } => true,
    }
}
