//! From model to plan.

use hlc_diag::Span;
use hlc_plan::{Address, Plan, PlannedObject, PlannedWorkload};
use hlc_schema::{Data, DataValue, FreeBlock, Map, ScopeId};

use crate::resolve::Resolver;
use crate::workload::{Workload, lower_objects, lower_openbao, workload_namespace};

/// What lowering one workload carries along.
pub(crate) struct Lower<'m> {
    /// Resolves references and takes findings.
    pub(crate) resolver: &'m Resolver<'m>,
    /// The workload.
    pub(crate) workload: &'m Workload,
    /// Its scope, for names.
    pub(crate) scope: ScopeId,
}

/// What became of the model.
pub(crate) struct Lowered {
    /// What should exist.
    pub(crate) plan: Plan,
    /// The scope of each workload in the plan.
    pub(crate) scopes: Vec<ScopeId>,
    /// Workloads that are switched off: made only to be checked.
    pub(crate) idle: Vec<(ScopeId, PlannedWorkload)>,
}

/// Lowers the whole homelab; workloads are ordered by name.
pub(crate) fn plan(resolver: &Resolver<'_>) -> Lowered {
    let faults = &resolver.model.faults;
    let lowered = |wanted: fn(&Workload) -> bool| {
        let workloads = resolver.model.workloads();
        let made = workloads.filter(|(scope, workload)| wanted(workload) && !faults.spoiled.contains(scope));
        let mut made: Vec<(ScopeId, PlannedWorkload)> =
            made.map(|(scope, workload)| (scope, Lower { resolver, workload, scope }.workload())).collect();
        made.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        made
    };
    let (scopes, workloads) = lowered(Workload::is_made).into_iter().unzip();
    let idle = lowered(|workload| !workload.existing && !workload.is_made());
    Lowered { plan: Plan { workloads, stacks: crate::stack::lower(resolver) }, scopes, idle }
}

impl<'m> Lower<'m> {
    /// True when everything written in the workload could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.resolver.model.is_whole(self.scope)
    }

    /// The name of the workload's namespace.
    pub(crate) fn namespace(&self) -> &'m str {
        workload_namespace(self.workload)
    }

    fn workload(&self) -> PlannedWorkload {
        let workload = self.workload;
        let before = self.resolver.errors();
        let mut objects = lower_objects(self);
        objects.extend(workload.namespace.lower(self));
        objects.extend(workload.app.iter().flat_map(|app| app.lower(self)));
        objects.extend(workload.database.iter().filter_map(|database| database.lower(self)));
        objects.extend(workload.monitor.iter().filter_map(|monitor| monitor.lower(self)));
        objects.extend(workload.dashboard.iter().filter_map(|dashboard| dashboard.lower(self)));
        objects.extend(workload.chart.iter().flat_map(|chart| chart.lower(self)));
        objects.extend(workload.secret.iter().filter_map(|secret| secret.lower(self)));
        objects.extend(workload.route.iter().filter_map(|route| route.lower(self)));
        objects.extend(lower_openbao(self, &objects));
        objects.sort_by(|a, b| {
            (&a.kind, &a.name, &a.namespace, &a.api_version).cmp(&(&b.kind, &b.name, &b.namespace, &b.api_version))
        });
        if self.resolver.errors() > before {
            self.resolver.fail(self.scope);
        }
        PlannedWorkload { name: workload.name.name.clone(), folder: workload.name.name.clone(), objects }
    }

    /// Begins an object that a building block makes, in the workload's namespace unless the kind is cluster-scoped.
    pub(crate) fn object(&self, api_version: &str, kind: &str, name: &str, origin: Span) -> ObjectBuilder<'_, 'm> {
        let cluster_scoped =
            matches!(hlc_kube::lookup(kind, Some(api_version)), hlc_kube::Lookup::Found(info) if !info.namespaced);
        ObjectBuilder {
            lower: self,
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            name: Data::string(name, origin),
            namespace: (!cluster_scoped).then(|| Data::string(self.namespace(), origin)),
            metadata: Map::new(),
            fields: Map::new(),
            origin,
        }
    }
}

/// An object in the making.
pub(crate) struct ObjectBuilder<'l, 'm> {
    lower: &'l Lower<'m>,
    api_version: String,
    kind: String,
    name: Data,
    namespace: Option<Data>,
    metadata: Map,
    fields: Map,
    origin: Span,
}

impl ObjectBuilder<'_, '_> {
    /// Puts it into another namespace.
    pub(crate) fn namespace(&mut self, namespace: &str) {
        self.namespace = Some(Data::string(namespace, self.origin));
    }

    /// Sets `metadata.KEY`.
    pub(crate) fn metadata(&mut self, key: &str, value: Data) {
        self.metadata.insert(key, self.origin, value);
    }

    /// Sets a field beside `metadata`.
    pub(crate) fn field(&mut self, key: &str, value: Data) {
        self.fields.insert(key, self.origin, value);
    }

    /// The object with the fields that hlc has no word for; `None` after reporting.
    pub(crate) fn finish_with(self, extra: Option<&FreeBlock>) -> Option<PlannedObject> {
        let lower = self.lower;
        let mut object = self.finish();
        if let Some(extra) = extra {
            crate::workload::merge_extra(&mut object, extra, lower)?;
        }
        Some(object)
    }

    /// The object.
    pub(crate) fn finish(self) -> PlannedObject {
        let Self { lower, api_version, kind, name, namespace, metadata, fields, origin } = self;
        assemble(lower, &api_version, &kind, name, namespace, metadata, fields, origin)
    }
}

/// Puts an object together: the one place where identity and body meet.
#[expect(clippy::too_many_arguments, reason = "the parts of an object, each once")]
pub(crate) fn assemble(
    lower: &Lower<'_>,
    api_version: &str,
    kind: &str,
    name: Data,
    namespace: Option<Data>,
    mut metadata: Map,
    fields: Map,
    origin: Span,
) -> PlannedObject {
    let text = |data: &Data| data.as_str().unwrap_or_default().to_owned();
    let (name_text, namespace_text) = (text(&name), namespace.as_ref().map(text));
    let name_span = name.span;
    metadata.insert("name", name_span, name);
    if let Some(namespace) = namespace {
        metadata.insert("namespace", namespace.span, namespace);
    }
    let mut body = Map::new();
    body.insert("apiVersion", origin, Data::string(api_version, origin));
    body.insert("kind", origin, Data::string(kind, origin));
    body.insert("metadata", origin, Data::new(DataValue::Map(metadata), origin));
    for (key, entry) in fields.into_entries() {
        body.insert(key, entry.key_span, entry.value);
    }
    PlannedObject {
        address: Address::object(&lower.workload.name.name, kind, &name_text),
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: name_text,
        namespace: namespace_text,
        body: Data::new(DataValue::Map(body), origin),
        origin: name_span,
    }
}
