//! What `hlc new` is told.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// Write the file of a new workload
    ///
    /// It becomes workloads/CATEGORY/NAME.kdl. The category is declared in the root file when it is not yet, and the whole
    /// homelab is checked then. A file that is there already is left alone.
    Workload(NewWorkload),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewWorkload {
    /// The workload's category and name
    #[arg(value_name = "CATEGORY/NAME")]
    pub(crate) name: String,

    /// A Helm chart that it is made of, such as https://charts.example.net/grafana@10.7.0
    #[arg(long, value_name = "REPO/NAME@VERSION", conflicts_with = "app")]
    pub(crate) chart: Option<String>,

    /// The container that it is made of, with its port, such as traefik/whoami:v1.11:80
    #[arg(long, value_name = "IMAGE:PORT")]
    pub(crate) app: Option<String>,
}
