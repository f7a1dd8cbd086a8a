//! What all resolvers of a compilation stand on, on whichever core.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hlc_diag::Sources;

use super::target::{self, Index};
use crate::inputs::Inputs;
use crate::model::Model;

/// The names that paths can begin with, the door to the outside, and the files that findings can point into.
pub(crate) struct Ground<'m> {
    pub(super) model: &'m Model,
    pub(super) index: Index<'m>,
    pub(super) inputs: &'m dyn Inputs,
    sources: Mutex<Sources>,
}

impl<'m> Ground<'m> {
    pub(crate) fn new(model: &'m Model, inputs: &'m dyn Inputs, sources: Sources) -> Self {
        Self { model, index: target::index(model), inputs, sources: Mutex::new(sources) }
    }

    pub(super) fn sources(&self) -> MutexGuard<'_, Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out the files.
    pub(crate) fn into_sources(self) -> Sources {
        self.sources.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
