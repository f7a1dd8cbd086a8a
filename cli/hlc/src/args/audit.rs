//! What `hlc audit` is told.

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// Exit with 1 when there is something of this kind, or of this severity or a graver one; may be given several times
    #[arg(long, value_enum, value_name = "KIND|LEVEL")]
    pub(crate) fail_on: Vec<AuditFailOn>,

    /// List everything, not the gravest of each section only
    #[arg(long)]
    pub(crate) all: bool,
}

/// What an audit fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFailOn {
    /// Anything that is not allowed
    Hint,
    /// Warnings, and what the homelab calls errors
    Warning,
    /// What the homelab calls errors
    Error,
    /// Hosts without a login, ports besides those of the web
    Exposure,
    /// Pods that reach into their node
    HostAccess,
    /// Roles and bindings that give more than can be told
    Rights,
    /// What may read every Secret of a namespace
    Secrets,
    /// Images without a digest
    Images,
    /// Charts and manifests that are rendered elsewhere
    NotLookedInto,
    /// An `allow` that nothing needs
    Allow,
}
