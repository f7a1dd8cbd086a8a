//! Open files of an editor.

use std::collections::BTreeMap;
use std::sync::Arc;

use hlc_chart::render::{Archives, Memory, Renderer};
use hlc_model::{Branch, DirEntry, InputError, Inputs};

/// Lays texts over another source: a path that has one is read from it, whether or not the file exists beneath.
pub struct OverlayInputs<'a> {
    beneath: &'a dyn Inputs,
    texts: BTreeMap<String, Arc<str>>,
}

impl<'a> OverlayInputs<'a> {
    /// No text over `beneath` yet.
    #[must_use]
    pub fn new(beneath: &'a dyn Inputs) -> Self {
        Self { beneath, texts: BTreeMap::new() }
    }

    /// Lays a text over a path, from the project's root with `/`.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) {
        self.texts.insert(path.into(), text.into());
    }
}

impl Inputs for OverlayInputs<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        self.texts.get(path).map_or_else(|| self.beneath.read(path), |text| Ok(text.clone()))
    }

    fn archives(&self) -> Option<&dyn Archives> {
        self.beneath.archives()
    }

    fn renderer(&self) -> Option<&dyn Renderer> {
        self.beneath.renderer()
    }

    fn memory(&self) -> Option<&dyn Memory> {
        self.beneath.memory()
    }

    fn written(&self, path: &str) -> Option<Arc<str>> {
        self.beneath.written(path)
    }

    fn published(&self, branch: Branch<'_>, path: &str) -> Option<Arc<str>> {
        self.beneath.published(branch, path)
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut laid: Vec<DirEntry> = self
            .texts
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((dir, _)) => DirEntry::Dir(dir.to_owned()),
                None => DirEntry::File(rest.to_owned()),
            })
            .collect();
        match self.beneath.list(folder) {
            Ok(found) => laid.extend(found),
            // A folder that only has unsaved files in it.
            Err(InputError::NotFound) if !laid.is_empty() => {}
            Err(error) => return Err(error),
        }
        laid.sort();
        laid.dedup();
        Ok(laid)
    }
}
