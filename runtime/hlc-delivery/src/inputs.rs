//! What the compiler reads.

mod disk;
mod overlay;
mod project;

pub use disk::{DiskInputs, FILE_LIMIT};
pub use overlay::OverlayInputs;
pub use project::{Project, ROOT_FILE, find_project, open_project, out_name};
