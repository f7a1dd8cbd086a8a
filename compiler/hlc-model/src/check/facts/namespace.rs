//! What is known of one namespace.

use foldhash::HashMap;
use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::pods::pod_template;
use crate::workload::{BootstrapSecret, Secret, Workload};

/// What is known of a namespace.
#[derive(Default)]
pub(crate) struct NamespaceFacts<'m> {
    pub(super) objects: Vec<&'m PlannedObject>,
    pub(super) by_name: HashMap<(&'m str, &'m str), &'m PlannedObject>,
    /// Secrets that come from a store.
    pub(crate) secrets: Vec<&'m Secret>,
    /// Secrets that are put into the cluster before any store is.
    pub(crate) bootstrap_secrets: Vec<&'m BootstrapSecret>,
    /// True when something in it could not be read, or is made by something else.
    pub(crate) unsure: bool,
    /// True when everything in it is written down here, so that what is not there is really missing.
    pub(crate) closed: bool,
}

impl<'m> NamespaceFacts<'m> {
    pub(super) fn take_secrets(&mut self, workload: &'m Workload) {
        self.secrets.extend(&workload.secret);
        self.bootstrap_secrets.extend(&workload.bootstrap_secret);
    }

    /// The objects of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'m PlannedObject> {
        self.objects.iter().copied().filter(move |object| object.kind == kind)
    }

    /// The object of a kind and name.
    pub(crate) fn object(&self, kind: &str, name: &str) -> Option<&'m PlannedObject> {
        self.by_name.get(&(kind, name)).copied()
    }

    /// Objects that make pods, with the template of these.
    pub(crate) fn pod_templates(&self) -> impl Iterator<Item = (&'m PlannedObject, &'m Data)> {
        self.objects.iter().filter_map(|object| Some((*object, pod_template(object)?)))
    }
}
