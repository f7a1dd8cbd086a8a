//! What `hlc trace` is told.

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(crate) struct Trace {
    /// A host, an address out of the browser, or the name of a route
    #[arg(value_name = "HOST")]
    pub(crate) host: String,

    /// Only the way from there
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) from: Option<TraceFrom>,

    /// What to write [default: text; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<TraceEmit>,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFrom {
    /// Anywhere
    Internet,
    /// The networks of the homelab
    Lan,
}

/// What a trace writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceEmit {
    /// A line for each hop
    Text,
    /// One JSON document
    Json,
    /// A flowchart of Mermaid
    Mermaid,
    /// A picture that needs nothing else
    Svg,
}
