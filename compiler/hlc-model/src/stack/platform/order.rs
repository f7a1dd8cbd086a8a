//! The order in which the platform is put into the cluster: each thing after what it needs.
//!
//! Nothing is written down by hand. A thing waits for its namespace, for what brings its kind, for what its fields name. Later
//! the lock will know what each chart brings; until then `brought` does.

use std::collections::{BTreeMap, BTreeSet};

use hlc_plan::{Address, Kind as _, PlannedObject, PlannedResource};
use hlc_schema::Data;

use super::object::is_builtin;
use super::reference::{self, Reference};
use super::{Manifests, Object, Release, Secret, brought};
use crate::workload::{Workload, workload_namespace};

/// A resource of the platform and what it is made of.
pub(super) struct Part<'m> {
    /// The workload or addon it belongs to.
    pub(super) unit: &'m Workload,
    /// The object, if it is one.
    pub(super) object: Option<&'m PlannedObject>,
    pub(super) resource: PlannedResource,
}

impl Part<'_> {
    fn text(&self, property: &str) -> Option<&str> {
        self.resource.properties.get(property).and_then(Data::as_str)
    }

    fn is(&self, kind: &'static hlc_plan::KindDecl) -> bool {
        std::ptr::eq(self.resource.kind, kind)
    }
}

/// The resources with what each comes after.
pub(super) fn derive(mut parts: Vec<Part<'_>>) -> Vec<PlannedResource> {
    let waits: Vec<BTreeSet<Address>> = {
        let index = Index::of(&parts);
        parts.iter().map(|part| index.needs(part)).collect()
    };
    for (part, waits) in parts.iter_mut().zip(waits) {
        part.resource.depends_on.extend(waits);
    }
    parts.into_iter().map(|part| part.resource).collect()
}

/// Where things are, by what others call them.
struct Index<'p> {
    parts: &'p [Part<'p>],
    objects: BTreeMap<(&'p str, Option<&'p str>, &'p str), &'p Address>,
    /// What makes the Secret of a namespace and name.
    secrets: BTreeMap<(&'p str, &'p str), &'p Address>,
}

impl<'p> Index<'p> {
    fn of(parts: &'p [Part<'p>]) -> Self {
        let mut index = Self { parts, objects: BTreeMap::new(), secrets: BTreeMap::new() };
        for part in parts {
            let address = &part.resource.address;
            if let Some(object) = part.object {
                let namespace = object.namespace.as_deref();
                index.objects.insert((&object.kind, namespace, &object.name), address);
                let made = match object.kind.as_str() {
                    "Secret" => Some(object.name.as_str()),
                    "Certificate" => object.body.at(&["spec", "secretName"]).and_then(Data::as_str),
                    _ => None,
                };
                if let (Some(made), Some(namespace)) = (made, namespace) {
                    index.secrets.insert((namespace, made), address);
                }
            } else if part.is(Secret::decl())
                && let (Some(namespace), Some(name)) = (part.text("namespace"), part.text("name"))
            {
                index.secrets.insert((namespace, name), address);
            }
        }
        index
    }

    /// Everything that has to be there before a part.
    fn needs(&self, part: &Part<'_>) -> BTreeSet<Address> {
        let mut needs: BTreeSet<&Address> = BTreeSet::new();
        if let Some(namespace) = part.text("namespace") {
            needs.extend(self.objects.get(&("Namespace", None, namespace)));
        }
        if let Some(object) = part.object {
            needs.extend(self.bringers(part.unit, object));
            let mut named = Vec::new();
            reference::collect(&object.body, &mut named);
            needs.extend(named.iter().filter_map(|reference| self.meant(part.unit, object, reference)));
            if let Some(class) = object.body.at(&["spec", "gatewayClassName"]).and_then(Data::as_str) {
                needs.extend(self.installed(|other| brought::brings_class(&other.resource, class)));
            }
        }
        if part.is(Release::decl()) {
            let own = |other: &Part<'_>| other.is(Secret::decl()) && std::ptr::eq(other.unit, part.unit);
            needs.extend(self.parts.iter().filter(|other| own(other)).map(|other| &other.resource.address));
            for group in brought::wanted_groups().filter(|group| brought::wants(&part.resource, group)) {
                needs.extend(self.installed(|other| brought::brings(&other.resource, group)));
            }
            needs.extend(self.installed(|other| brought::brings_network(&other.resource) && !wanted(part, other)));
        }
        needs.into_iter().filter(|address| **address != part.resource.address).cloned().collect()
    }

    /// Releases and manifests that fit.
    fn installed(&self, fits: impl Fn(&Part<'_>) -> bool) -> Vec<&'p Address> {
        let installed = self.parts.iter().filter(|part| part.is(Release::decl()) || part.is(Manifests::decl()));
        installed.filter(|part| fits(part)).map(|part| &part.resource.address).collect()
    }

    /// What brings the kind of an object: a definition that is written out, what is known to hold it, or else what stands in
    /// the same addon.
    fn bringers(&self, unit: &Workload, object: &PlannedObject) -> Vec<&'p Address> {
        if is_builtin(object) {
            return Vec::new();
        }
        let group = object.api_version.split_once('/').map_or("", |(group, _)| group);
        let defines = |part: &&Part<'_>| {
            part.is(Object::decl())
                && part.object.is_some_and(|definition| {
                    let says = |path: &[&str]| definition.body.at(path).and_then(Data::as_str);
                    definition.kind == "CustomResourceDefinition"
                        && says(&["spec", "group"]) == Some(group)
                        && says(&["spec", "names", "kind"]) == Some(&object.kind)
                })
        };
        let defined: Vec<_> = self.parts.iter().filter(defines).map(|part| &part.resource.address).collect();
        if !defined.is_empty() {
            return defined;
        }
        let known = self.installed(|part| brought::brings(&part.resource, group));
        if known.is_empty() { self.installed(|part| std::ptr::eq(part.unit, unit)) } else { known }
    }

    /// What makes the object that another names.
    fn meant(&self, unit: &Workload, object: &PlannedObject, reference: &Reference<'_>) -> Option<&'p Address> {
        // A cluster-wide object names what is in the namespace of its controller, which is the addon's.
        let own = object.namespace.as_deref().unwrap_or_else(|| workload_namespace(unit));
        let namespace = reference.namespace.unwrap_or(own);
        if reference.kind == "Secret" {
            return self.secrets.get(&(namespace, reference.name)).copied();
        }
        let within = self.objects.get(&(reference.kind, Some(namespace), reference.name));
        within.or_else(|| self.objects.get(&(reference.kind, None, reference.name))).copied()
    }
}

/// True when a release looks for kinds that the part brings.
fn wanted(part: &Part<'_>, release: &Part<'_>) -> bool {
    brought::wanted_groups()
        .any(|group| brought::wants(&release.resource, group) && brought::brings(&part.resource, group))
}
