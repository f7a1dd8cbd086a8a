//! The commands that carry out what Kubernetes does not run: `hlc plan`, `apply`, `destroy`, `refresh`, `import`, `state`, `output`,
//! `rehearse`.

pub(crate) mod apply;
pub(crate) mod destroy;
mod ground;
pub(crate) mod import;
pub(crate) mod output;
pub(crate) mod plan;
mod problems;
mod provider;
pub(crate) mod refresh;
pub(crate) mod rehearse;
mod report;
mod runtime;
pub(crate) mod state;
mod work;
