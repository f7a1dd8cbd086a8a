//! What `hlc build` is told.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Build {
    /// Write the Kubernetes objects of workloads, one file each
    ///
    /// The whole homelab is checked first; nothing is written while an error stands. Files that hlc did not make are left
    /// alone (docs/output.md).
    Workloads(Workloads),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Workloads {
    /// Only these workloads; the files of others stay as they are
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// The output folder [default: app beside homelab.kdl, app-staging beside staging.kdl]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// What to write: files into the folder, or the plan or the objects to stdout
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Emit::Files)]
    pub(crate) emit: Emit,

    /// Replace files that hlc did not make
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// What a build writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    /// One YAML file per object, into the output folder
    Files,
    /// The plan as JSON, to stdout
    Plan,
    /// The objects as YAML documents, to stdout
    Objects,
}
