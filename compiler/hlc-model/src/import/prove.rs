//! Does a workload, as it would be written, give its objects again?

use std::sync::Arc;

use hlc_plan::PlannedObject;

use super::{Object, string};
use crate::{DirEntry, InputError, Inputs, MemoryInputs, Model};

/// The homelab that the workload is to become part of.
pub(super) struct Project<'a> {
    beneath: Option<&'a dyn Inputs>,
    root: &'a str,
    /// The root file's text.
    text: Arc<str>,
    /// What is declared there.
    pub(super) model: Model,
}

impl<'a> Project<'a> {
    /// The given project, or one that has nothing but the category.
    pub(super) fn new(given: Option<(&'a dyn Inputs, &'a str)>, category: &str) -> Self {
        let read = given.and_then(|(inputs, root)| Some((inputs, root, inputs.read(root).ok()?)));
        let (beneath, root, text) = match read {
            Some((inputs, root, text)) => (Some(inputs), root, text),
            None => {
                let text = format!("homelab \"import\" domain=\"example.net\" {{ category {} }}\n", string(category));
                (None, "homelab.kdl", Arc::from(text))
            }
        };
        let mut project = Self { beneath, root, text, model: Model::default() };
        project.model = crate::compile(&project.with(""), root).model;
        project
    }

    fn with(&self, more: &str) -> WithMore<'_> {
        WithMore { project: self, text: Arc::from(format!("{}\n{more}", self.text)) }
    }

    /// What the workload `name`, written like this, becomes in the homelab, whatever the checks have to say.
    pub(super) fn made(&self, workload: &str, name: &str) -> Made {
        let (_, plan) = crate::lowered(&self.with(workload), self.root);
        let mut workloads = plan.workloads.into_iter().filter(|workload| workload.name == name);
        let (Some(made), None) = (workloads.next(), workloads.next()) else { return Made { objects: Vec::new() } };
        Made { objects: made.objects }
    }
}

/// The objects of a workload.
pub(super) struct Made {
    objects: Vec<PlannedObject>,
}

impl Made {
    /// True when exactly this object is among them, once.
    pub(super) fn gives(&self, object: &Object) -> bool {
        let mut alike = self.objects.iter().filter(|made| made.kind == object.kind && made.name == object.name);
        let (Some(one), None) = (alike.next(), alike.next()) else { return false };
        hlc_kube::to_yaml(&one.body) == hlc_kube::to_yaml(&object.body)
    }
}

/// The project with more text behind its root file's own.
struct WithMore<'a> {
    project: &'a Project<'a>,
    text: Arc<str>,
}

impl Inputs for WithMore<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        match self.project.beneath {
            _ if path == self.project.root => Ok(self.text.clone()),
            Some(beneath) => beneath.read(path),
            None => MemoryInputs::default().read(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        self.project.beneath.map_or_else(|| MemoryInputs::default().list(folder), |beneath| beneath.list(folder))
    }
}
