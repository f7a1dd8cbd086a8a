//! A project's files together with its charts.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use hlc_chart::render::{Archives, Memory, Renderer};
use hlc_model::{Branch, DirEntry, InputError, Inputs};

use crate::at_hand::AtHand;
use crate::helm::Helm;

/// Lays charts at hand and Helm over the files of a project.
pub struct WithCharts<'i> {
    beneath: &'i dyn Inputs,
    archives: Option<AtHand>,
    memory: Option<AtHand>,
    renderer: Option<Helm>,
    written: Option<PathBuf>,
    publisher: Option<Box<Publisher<'i>>>,
    /// What it opened, once it was asked.
    published: OnceLock<Option<Box<dyn Inputs + Send>>>,
}

/// Opens the files of a branch of manifests.
type Publisher<'i> = dyn Fn(Branch<'_>) -> Option<Box<dyn Inputs + Send>> + Sync + 'i;

impl<'i> WithCharts<'i> {
    /// The files alone.
    #[must_use]
    pub fn new(beneath: &'i dyn Inputs) -> Self {
        Self {
            beneath,
            archives: None,
            memory: None,
            renderer: None,
            written: None,
            publisher: None,
            published: OnceLock::new(),
        }
    }

    /// With the archives at hand, and what is remembered of them.
    #[must_use]
    pub fn archives(mut self, at_hand: AtHand) -> Self {
        self.archives = Some(at_hand.clone());
        self.memory(at_hand)
    }

    /// With what is remembered of archives.
    #[must_use]
    pub fn memory(mut self, at_hand: AtHand) -> Self {
        self.memory = Some(at_hand);
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

    /// With somebody who opens the homelab's branch of manifests, when something of it is wanted.
    #[must_use]
    pub fn published(mut self, publisher: impl Fn(Branch<'_>) -> Option<Box<dyn Inputs + Send>> + Sync + 'i) -> Self {
        self.publisher = Some(Box::new(publisher));
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

    fn memory(&self) -> Option<&dyn Memory> {
        self.memory.as_ref().map(|at_hand| at_hand as &dyn Memory)
    }

    fn written(&self, path: &str) -> Option<Arc<str>> {
        let folder = self.written.as_ref()?;
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        // What cannot be read has not been written by a build.
        plain.then(|| fs::read_to_string(folder.join(path)).ok().map(Arc::from))?
    }

    /// A homelab has one branch of manifests.
    fn published(&self, branch: Branch<'_>, path: &str) -> Option<Arc<str>> {
        let publisher = self.publisher.as_ref()?;
        self.published.get_or_init(|| publisher(branch)).as_ref()?.read(path).ok()
    }
}
