//! A project's files together with its charts.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use hlc_chart::render::{Archives, Renderer};
use hlc_model::{DirEntry, InputError, Inputs};

use crate::at_hand::AtHand;
use crate::helm::Helm;

/// Lays charts at hand and Helm over the files of a project.
pub struct WithCharts<'i> {
    beneath: &'i dyn Inputs,
    archives: Option<AtHand>,
    renderer: Option<Helm>,
    written: Option<PathBuf>,
}

impl<'i> WithCharts<'i> {
    /// The files alone.
    #[must_use]
    pub fn new(beneath: &'i dyn Inputs) -> Self {
        Self { beneath, archives: None, renderer: None, written: None }
    }

    /// With the archives at hand.
    #[must_use]
    pub fn archives(mut self, at_hand: AtHand) -> Self {
        self.archives = Some(at_hand);
        self
    }

    /// With somebody who renders.
    #[must_use]
    pub fn renderer(mut self, helm: Helm) -> Self {
        self.renderer = Some(helm);
        self
    }

    /// With the folder that the last build was written to.
    #[must_use]
    pub fn written(mut self, folder: PathBuf) -> Self {
        self.written = Some(folder);
        self
    }
}

impl Inputs for WithCharts<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        self.beneath.read(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        self.beneath.list(folder)
    }

    fn archives(&self) -> Option<&dyn Archives> {
        self.archives.as_ref().map(|archives| archives as &dyn Archives)
    }

    fn renderer(&self) -> Option<&dyn Renderer> {
        self.renderer.as_ref().map(|helm| helm as &dyn Renderer)
    }

    fn written(&self, path: &str) -> Option<Arc<str>> {
        let folder = self.written.as_ref()?;
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        // What cannot be read has not been written by a build.
        plain.then(|| fs::read_to_string(folder.join(path)).ok().map(Arc::from))?
    }
}
