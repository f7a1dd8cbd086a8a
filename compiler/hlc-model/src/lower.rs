//! From model to plan.

use hlc_diag::{Diagnostic, Span};
use hlc_plan::{Address, PlannedObject, PlannedResource, PlannedWorkload, Rendered};
use hlc_schema::{Data, DataValue, FreeBlock, Map, ScopeId};

use crate::charts::{Charts, frozen_file};
use crate::resolve::Resolver;
use crate::workload::{Workload, lower_objects, lower_openbao, workload_namespace};

/// What lowering one workload carries along.
pub(crate) struct Lower<'m> {
    /// Resolves references and takes findings.
    pub(crate) resolver: &'m Resolver<'m>,
    /// The releases of charts, with their values.
    pub(crate) charts: &'m Charts,
    /// The workload.
    pub(crate) workload: &'m Workload,
    /// Its scope, for names.
    pub(crate) scope: ScopeId,
    /// What carries its objects into the cluster.
    pub(crate) carrier: Carrier,
}

/// A workload or addon with what it becomes.
pub(crate) struct Unit<'m> {
    /// Its scope, for names.
    pub(crate) scope: ScopeId,
    /// As it is written.
    pub(crate) source: &'m Workload,
    /// What carries it into the cluster.
    pub(crate) carrier: Carrier,
    /// True when it is switched off: made only to be checked.
    pub(crate) idle: bool,
    /// Its objects.
    pub(crate) planned: PlannedWorkload,
    /// What is wrong with them by the schemas of their kinds.
    pub(crate) faults: Vec<Diagnostic>,
    /// What else `hlc apply` installs for it: charts, manifests.
    pub(crate) installed: Vec<PlannedResource>,
}

/// What carries objects into the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Argo CD, from files.
    ArgoCd,
    /// `hlc apply`.
    Apply,
}

/// Every workload and addon that nothing else makes, ordered by carrier and name.
pub(crate) fn units<'m>(resolver: &Resolver<'m>, charts: &Charts) -> Vec<Unit<'m>> {
    let model = resolver.model;
    let workloads = model.workloads().map(|(scope, workload)| (scope, workload, Carrier::ArgoCd));
    let addons = model.addons().map(|(scope, addon)| (scope, addon, Carrier::Apply));
    let named: Vec<_> = workloads
        .chain(addons)
        .filter(|(scope, workload, _)| !workload.existing && !model.faults.spoiled.contains(scope))
        .collect();
    let made = resolver.each(&named, |resolver, &(scope, workload, carrier)| {
        let (planned, installed) = Lower { resolver, charts, workload, scope, carrier }.all();
        // Here, while the objects are at hand to the core that has made them.
        let faults = planned.objects.iter().flat_map(judged).collect();
        (planned, faults, installed)
    });
    let mut units: Vec<Unit<'m>> = named
        .into_iter()
        .zip(made)
        .map(|((scope, source, carrier), (planned, faults, installed))| Unit {
            scope,
            source,
            carrier,
            idle: !source.is_made(),
            planned,
            faults,
            installed,
        })
        .collect();
    units.sort_by(|a, b| (a.carrier as u8, &a.planned.name).cmp(&(b.carrier as u8, &b.planned.name)));
    units
}

/// What the schema of its kind says of an object.
fn judged(object: &PlannedObject) -> Vec<Diagnostic> {
    let faults = hlc_kube::validate(&object.api_version, &object.kind, &object.body);
    match &object.rendered {
        Some(rendered) => faults.into_iter().map(|fault| of_chart(fault, object, rendered)).collect(),
        None => faults,
    }
}

/// A finding about an object that a chart renders, with the release and the template. Nothing in the homelab's text can be replaced
/// to mend that one.
fn of_chart(mut found: Diagnostic, object: &PlannedObject, rendered: &Rendered) -> Diagnostic {
    let (kind, name) = (&object.kind, &object.name);
    // A `patch` or `labels` is the homelab's own.
    let is_written = found.primary.span != object.origin;
    if !is_written {
        found.fixes.clear();
    }
    let found =
        found.note(format!("release `{}` renders {kind} `{name}` from `{}`", rendered.release, rendered.template));
    if is_written {
        return found;
    }
    found.help(format!("look for a value of the chart that changes it, or write `patch \"{kind}/{name}\" {{ … }}`"))
}

/// What is written as files.
pub(crate) fn workloads(units: Vec<Unit<'_>>) -> Vec<PlannedWorkload> {
    let written = units.into_iter().filter(|unit| unit.carrier == Carrier::ArgoCd && !unit.idle);
    written.map(|unit| unit.planned).collect()
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

    /// What the workload becomes: its objects, and what else `hlc apply` installs for it.
    fn all(&self) -> (PlannedWorkload, Vec<PlannedResource>) {
        let workload = self.workload;
        let before = self.resolver.errors();
        let mut objects = lower_objects(self);
        objects.extend(workload.namespace.lower(self));
        objects.extend(workload.app.iter().flat_map(|app| app.lower(self)));
        objects.extend(workload.database.iter().filter_map(|database| database.lower(self)));
        objects.extend(workload.monitor.iter().filter_map(|monitor| monitor.lower(self)));
        objects.extend(workload.dashboard.iter().filter_map(|dashboard| dashboard.lower(self)));
        let installed = match self.carrier {
            Carrier::ArgoCd => {
                objects.extend(workload.chart.iter().flat_map(|chart| chart.lower(self)));
                workload.manifests.iter().for_each(|manifests| manifests.refuse(self));
                Vec::new()
            }
            Carrier::Apply => crate::stack::platform::installed(self),
        };
        objects.extend(workload.secret.iter().filter_map(|secret| secret.lower(self)));
        objects.extend(workload.route.iter().filter_map(|route| route.lower(self)));
        objects.extend(workload.gateway.iter().filter_map(|gateway| gateway.lower(self)));
        objects.extend(workload.issuer.iter().filter_map(|issuer| issuer.lower(self)));
        objects.extend(workload.certificate.iter().filter_map(|certificate| certificate.lower(self)));
        objects.extend(workload.addresses.iter().filter_map(|addresses| addresses.lower(self)));
        objects.extend(workload.l2_policy.iter().filter_map(|policy| policy.lower(self)));
        objects.extend(workload.delivery.iter().filter_map(|delivery| delivery.lower(self)));
        objects.extend(lower_openbao(self, &objects));
        objects.sort_by(|a, b| {
            (&a.kind, &a.name, &a.namespace, &a.api_version).cmp(&(&b.kind, &b.name, &b.namespace, &b.api_version))
        });
        let application = crate::concept::application(self, &objects);
        if self.resolver.errors() > before {
            self.resolver.fail(self.scope);
        }
        let name = &workload.name.name;
        let planned = PlannedWorkload {
            name: name.clone(),
            folder: name.clone(),
            namespace: self.namespace().to_owned(),
            origin: workload.name.span,
            application,
            objects,
            files: self.frozen(),
        };
        (planned, installed)
    }

    /// What the frozen fields of its releases were rendered from, as files.
    fn frozen(&self) -> Vec<(String, String)> {
        let charts = self.workload.chart.iter();
        let releases = charts.flat_map(|chart| chart.releases().into_iter().map(move |release| (chart, release)));
        let brought = releases.filter_map(|(chart, release)| self.charts.brought(self.scope, chart, &release));
        brought.filter_map(|(wanted, brought)| Some((frozen_file(&wanted.name), brought.mark.clone()?))).collect()
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
        address: match lower.carrier {
            Carrier::ArgoCd => Address::object(&lower.workload.name.name, kind, &name_text),
            Carrier::Apply => {
                crate::stack::platform::object_address(api_version, kind, namespace_text.as_deref(), &name_text)
            }
        },
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: name_text,
        namespace: namespace_text,
        body: Data::new(DataValue::Map(body), origin),
        origin: name_span,
        rendered: None,
    }
}
