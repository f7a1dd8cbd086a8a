//! What `hlc diff` is told, and which dangers are meant.

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Diff {
    /// Show what a publication would change, object by object and field by field
    ///
    /// What is dangerous is named with the reason and a way out: storage or a namespace that goes, a field that cannot be changed,
    /// an older image, a host that opens (docs/diff.md). Values of Secrets are never shown. Nothing is fetched and nothing written.
    Workloads(DiffWorkloads),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DiffWorkloads {
    /// Only these workloads, as they are now or were then
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// What to compare with: a branch, a folder, or what Git takes for a commit or tree (HEAD~1, HEAD:app) [default: the branch for
    /// manifests of the homelab's repository, as its remote has it]
    ///
    /// Where that holds a homelab instead of manifests, it is what that means.
    #[arg(long, value_name = "BRANCH|DIR|REV")]
    pub(crate) against: Option<String>,

    /// Show objects that come or go with all they hold, and long values uncut
    #[arg(long)]
    pub(crate) whole: bool,

    /// What to write [default: text; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<DiffEmit>,

    #[command(flatten)]
    pub(crate) danger: DangerOptions,

    /// Exit with 1 when there is a danger that is not accepted
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,

    /// Exit with 2 when something changes
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// What is dangerous, and what of it is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct DangerOptions {
    /// Accept a danger: a code (HLC1070), or that of one object (HLC1070:PersistentVolumeClaim/web/data); may be repeated
    #[arg(long, value_name = "CODE[:OBJECT]")]
    pub(crate) accept: Vec<hlc_diff::Acceptance>,

    /// The share of all objects that may be removed at once without being a danger, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = hlc_diff::MAX_REMOVED, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) max_removed: u8,
}

/// What a comparison writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffEmit {
    /// For people; with --format concise, one line for each field
    Text,
    /// One JSON document
    Json,
    /// A comment for a pull request, at most 64000 bytes
    Markdown,
}

/// What makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A danger that is not accepted
    Danger,
}
