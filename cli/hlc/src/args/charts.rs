//! What the commands about charts are told.

use hlc_charts::Mirror;

#[derive(Debug, clap::Args)]
pub(crate) struct Lock {
    /// Take what is published now of this chart or URL, even if it is not what was locked
    #[arg(long, value_name = "NAME")]
    pub(crate) update: Vec<String>,

    /// Write nothing; say what would change, and exit with 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,

    #[command(flatten)]
    pub(crate) net: Net,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Net {
    /// Ask another place for everything below a URL; may be given several times
    ///
    /// Beside those of HLC_MIRRORS, which are separated by blanks. hlc.lock keeps the URLs of the homelab.
    #[arg(long, value_name = "URL=URL")]
    pub(crate) mirror: Vec<Mirror>,
}
