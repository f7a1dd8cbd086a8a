//! Why something could not be had.

use hlc_chart::{ChartError, Digest};
use hlc_net::NetError;
use thiserror::Error;

/// Why a chart or a file could not be had. Texts are lower case, without a full stop, and name the thing.
#[derive(Debug, Error)]
pub enum FetchError {
    /// No answer.
    #[error("{0}")]
    Net(#[from] NetError),
    /// An answer that says no.
    #[error("{url} answers {status}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// An answer that says: not you.
    #[error("{url} answers {status}: {}", if *.with_login { "it does not take the login" } else { "it wants a login" })]
    Login {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// True when there was one.
        with_login: bool,
    },
    /// The repository lists no such chart.
    #[error("the repository {repo} has no chart `{name}`")]
    NoChart {
        /// The repository.
        repo: String,
        /// The chart.
        name: String,
        /// The names that it has.
        known: Vec<String>,
    },
    /// The repository lists no such version.
    #[error("the repository {repo} has no version `{version}` of `{name}`")]
    NoVersion {
        /// The repository.
        repo: String,
        /// The chart.
        name: String,
        /// The version.
        version: String,
        /// The versions that it has, the newest first.
        known: Vec<String>,
    },
    /// Something else than what was expected.
    #[error("{url} is {what}")]
    Malformed {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        what: String,
    },
    /// Other bytes than those that are announced or locked.
    #[error("{what} is not what {expected_by}: expected {expected}, found {found}")]
    Digest {
        /// What was fetched.
        what: String,
        /// Who says what it should be, as `the lock file says`.
        expected_by: &'static str,
        /// That digest.
        expected: Digest,
        /// The digest of what came.
        found: Digest,
    },
    /// The tag of a registry stands for something else than it did.
    #[error("the tag of {what} was moved: locked {expected}, now {found}")]
    MovedTag {
        /// The chart.
        what: String,
        /// The locked digest.
        expected: Digest,
        /// The one that the tag leads to.
        found: Digest,
    },
    /// An archive that is no chart, or an unsafe one.
    #[error("the archive of {what} is refused: {error}")]
    Archive {
        /// The chart.
        what: String,
        /// Why.
        error: ChartError,
    },
    /// An archive or a folder that holds another chart.
    #[error("{what} holds {found}")]
    OtherChart {
        /// `the archive of web 1.0.0`
        what: String,
        /// What is in it.
        found: String,
    },
    /// A chart that another needs could not be had.
    #[error("{what} needs the chart {name} {version}: {reason}")]
    Dependency {
        /// The chart.
        what: String,
        /// The name of the one it needs.
        name: String,
        /// Its version or range.
        version: String,
        /// Why it could not be had.
        reason: String,
    },
    /// The disk.
    #[error("{what}: {error}")]
    Io {
        /// The file or folder.
        what: String,
        /// Why.
        error: std::io::Error,
    },
}
