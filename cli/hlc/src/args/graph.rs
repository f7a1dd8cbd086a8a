//! What `hlc graph` is told.

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(crate) struct Graph {
    /// Only this and what it is joined to: a name, or a kind and a name such as `workload.grafana`
    #[arg(long, value_name = "NAME")]
    pub(crate) focus: Option<String>,

    /// What to write [default: mermaid; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<GraphEmit>,
}

/// What a drawing is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphEmit {
    /// A flowchart of Mermaid
    Mermaid,
    /// A graph of Graphviz
    Dot,
    /// A picture that needs nothing else
    Svg,
    /// One JSON document
    Json,
}
