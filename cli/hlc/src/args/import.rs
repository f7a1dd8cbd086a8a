//! What `hlc import` is told.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Write the values of a chart as a `values` block
    ///
    /// Values keep their meaning and their order; comments are not carried over.
    Values {
        /// A YAML file, or `-` for stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,

        #[command(flatten)]
        target: ImportTarget,
    },

    /// Write a workload from Kubernetes objects
    ///
    /// Every object is kept; building it again gives the same bytes. Within a project, what is exactly a `route`, `secret` or
    /// `namespace` block becomes one. Comments are not carried over (docs/migrating.md).
    Yaml(ImportYaml),

    /// core/STACK ADDRESS ID: take over an object that exists as a resource of a stack
    #[command(external_subcommand)]
    Resource(Vec<String>),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportYaml {
    /// A YAML file of any number of documents, a folder of them, or `-` for stdin
    #[arg(value_name = "FILE|DIR")]
    pub(crate) path: PathBuf,

    /// The workload's name [default: the file's or folder's]
    ///
    /// Without a name, a folder that holds nothing but folders becomes one workload for each of them.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The workload's category
    #[arg(long, value_name = "NAME", default_value = "apps")]
    pub(crate) category: String,

    #[command(flatten)]
    pub(crate) target: ImportTarget,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportTarget {
    /// Write into this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the file if it is there
    #[arg(long, requires = "out")]
    pub(crate) overwrite: bool,
}
