//! What `hlc publish` is told.

use clap::Subcommand;

use super::DangerOptions;

#[derive(Debug, Subcommand)]
pub(crate) enum Publish {
    /// Push the Kubernetes objects of workloads to the branch that Argo CD reads
    ///
    /// The branch for manifests of the homelab's `repository`, as one commit that names the commit of the sources, made by your `git`
    /// with its configuration, login and signing. Working copy and index stay as they are, nothing is ever forced, and without a
    /// difference there is no commit. Files that hlc did not make are left alone (docs/publishing.md).
    Workloads(PublishWorkloads),
}

#[derive(Debug, clap::Args)]
pub(crate) struct PublishWorkloads {
    /// Say what would change, and push nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// The remote to push to [default: the one with the URL of `repository`]
    #[arg(long, value_name = "NAME")]
    pub(crate) remote: Option<String>,

    /// Publish sources that are not committed too; the commit says so
    #[arg(long)]
    pub(crate) allow_dirty: bool,

    /// Publish though the branch was made of later sources
    #[arg(long)]
    pub(crate) allow_older: bool,

    /// Replace files that hlc did not make
    #[arg(long)]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) danger: DangerOptions,
}
