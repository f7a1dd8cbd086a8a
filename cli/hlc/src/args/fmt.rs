//! What `hlc fmt` is told.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Fmt {
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,

    /// Convert files from KDL 1, and lay those out
    ///
    /// Comments and meaning stay. What is KDL 2 already stays as it is; a file that cannot be converted is left alone, and
    /// the place that stands in the way goes to stderr.
    #[arg(long)]
    pub(crate) from_v1: bool,

    /// Files, folders, or `-` for stdin to stdout [default: the files of the project]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}
