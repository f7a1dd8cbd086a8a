//! What `hlc export` is told.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Write the values that a release of a chart is given
    ///
    /// References are resolved, and the release's values merged over those of its chart. The whole homelab is checked first;
    /// nothing is written while an error stands.
    Values {
        /// A workload or addon; with several releases, also which one
        #[arg(value_name = "WORKLOAD[/RELEASE]")]
        name: String,
    },

    /// Write what a `data` block holds
    ///
    /// References are resolved. The whole homelab is checked first; nothing is written while an error stands.
    Data {
        /// Its name; behind that of the workload, if it stands in one
        #[arg(value_name = "[WORKLOAD/]NAME")]
        name: String,
    },
}
