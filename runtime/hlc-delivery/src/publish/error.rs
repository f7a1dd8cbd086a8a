//! Why nothing was published.

use std::io;
use std::path::PathBuf;

use crate::WriteError;

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no git, or it broke off.
    #[error("cannot run `git`: {0}")]
    NoGit(io::Error),
    /// The project is in no repository.
    #[error("`{}` is in no Git repository", .0.display())]
    NoRepository(PathBuf),
    /// Nothing names the sources.
    #[error("nothing is committed in this repository, so that no commit names the sources")]
    NothingCommitted,
    /// No remote is the homelab's repository.
    #[error("no remote of this repository is `{wanted}`")]
    NoRemote {
        /// A URL or name.
        wanted: String,
        /// The names that there are.
        remotes: Vec<String>,
    },
    /// Git takes no branch of this name.
    #[error("`{0}` cannot be the name of a branch")]
    BadBranch(String),
    /// Sources are not committed.
    #[error("not committed: {}", list(.0))]
    Dirty(Vec<String>),
    /// The branch was made of later sources.
    #[error("the branch was made of {published}, which came after {ours}", ours = short(.ours), published = short(.published))]
    Older {
        /// The commit of the sources here.
        ours: String,
        /// The one that the branch was made of.
        published: String,
    },
    /// What is there may not be replaced.
    #[error("{} stays as it is", short(.0))]
    Kept(String),
    /// The branch does not look as hlc left it.
    #[error(transparent)]
    Tree(#[from] WriteError),
    /// The remote refuses the user.
    #[error("`{remote}` lets nobody in: {said}")]
    Login {
        /// The remote.
        remote: String,
        /// git's words.
        said: String,
    },
    /// The remote's host shows another key than it did, or one that nobody has looked at.
    #[error("`{remote}` is not known to be the host that it was: {said}")]
    HostKey {
        /// The remote.
        remote: String,
        /// The words of git and ssh.
        said: String,
    },
    /// The remote does not answer.
    #[error("cannot reach `{remote}`: {said}")]
    Unreachable {
        /// The remote.
        remote: String,
        /// git's words.
        said: String,
    },
    /// The remote refuses the commit.
    #[error("the remote does not let `{reference}` be written: {said}")]
    Protected {
        /// The branch.
        reference: String,
        /// Its words.
        said: String,
    },
    /// Somebody else was faster each time.
    #[error("somebody else wrote `{reference}` {attempts} times meanwhile")]
    Moving {
        /// The branch.
        reference: String,
        /// How often it was tried.
        attempts: usize,
    },
    /// git does not know whose commit it is.
    #[error("git does not know who publishes: {said}")]
    Nobody {
        /// git's words.
        said: String,
    },
    /// The user signs commits, and this one could not be signed.
    #[error("cannot sign the commit: {said}")]
    Unsigned {
        /// The words of git, or of what signs for it.
        said: String,
    },
    /// git refuses something else.
    #[error("`git {command}` failed: {said}")]
    Refused {
        /// What was asked.
        command: String,
        /// git's words.
        said: String,
    },
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn list(paths: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = paths.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = paths.len().checked_sub(SHOWN) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
