//! What `hlc secrets` is told.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// List the secrets by name, and where each is used
    ///
    /// Needs no key.
    List,

    /// Check that every secret is there and can be read
    ///
    /// With an age key at hand the file is opened: its checksum is verified, and values that are empty or placeholders are
    /// reported. Exits with 1 when something is wrong.
    Check,

    /// Set a secret
    ///
    /// The value is asked for, or read from stdin without its last line break. It becomes text. Comments, order and every other
    /// byte of the file stay.
    Set {
        /// Its name; a key inside others with dots, if it is there already
        #[arg(value_name = "NAME")]
        name: String,
    },

    /// Remove a secret
    Unset {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
