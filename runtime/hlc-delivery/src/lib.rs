//! Brings projects from the disk to the compiler, and what it makes back to the disk.
//!
//! - [`find_project`] and [`DiskInputs`] read; [`OverlayInputs`] lays an editor's open files over another source.
//! - [`rewrite`] replaces one source file.
//! - [`read_older`] reads what was made before, through the user's `git`, to be compared with.
//! - [`write_tree`] writes a tree so that a reader finds the old one or the new one, and touches nobody else's files.
//!   The rules for users are in `docs/output.md`.
//! - [`publish`] writes it as a branch of the homelab's repository, in one push (`docs/publishing.md`).
//!
//! Architecture invariants:
//! - Nothing here prints, asks, reads the environment or looks at the clock; only the caller knows the user.
//! - A file that the manifest does not list is never changed and never removed unless [`WriteOptions::overwrite`] says so.
//! - Reading never leaves the project's folder and never opens anything but regular files and folders.
//!
//! Start reading at [`write_tree`], then `output/stage.rs`.

mod git;
mod inputs;
mod made_from;
mod older;
mod output;
mod publish;
mod remote;
mod rewrite;

pub use git::GitError;
pub use inputs::{DiskInputs, FILE_LIMIT, OverlayInputs, Project, ROOT_FILE, find_project, open_project, out_name};
pub use older::{Content, Older, OlderError, Wanted, read_older, read_published};
pub use output::{Obstacle, Scope, WriteError, WriteOptions, WriteReport, write_tree};
pub use publish::{PublishError, PublishOptions, Published, RemoteBranch, publish, read_remote};
pub use rewrite::rewrite;

#[doc(hidden)]
pub use output::write_tree_stepwise;
