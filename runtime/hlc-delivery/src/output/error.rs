//! Why a tree could not be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Something that stands where a file of the tree should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// Its path from the output folder.
    pub path: String,
    /// What it is.
    pub what: &'static str,
    /// True when `overwrite` gets past it.
    pub replaceable: bool,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.what)
    }
}

/// Why a tree could not be written. The output folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output folder is the project's, or the project is inside it.
    #[error("the output folder `{}` holds the project itself", .0.display())]
    HoldsProject(PathBuf),
    /// The output path is there and is no folder.
    #[error("the output folder `{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The output path is a link to nothing.
    #[error("the output folder `{}` is a link that leads nowhere", .0.display())]
    DanglingLink(PathBuf),
    /// Files of others stand where the tree has files.
    #[error("not made by hlc, and in the way: {}", list(.0))]
    InTheWay(Vec<Obstacle>),
    /// The list of hlc's own files cannot be read.
    #[error("`{}` is damaged: {}", .0.display(), .1)]
    DamagedManifest(PathBuf, String),
    /// The list of hlc's own files is of a later version.
    #[error("`{}` was written by a newer hlc (version {} of the file)", .0.display(), .1)]
    NewerManifest(PathBuf, u64),
    /// A path of the tree cannot be a file in a folder.
    #[error("`{0}` cannot be written: it is no plain path inside the output folder")]
    BadPath(String),
    /// A folder or file of another user, or another file system, is inside the output folder.
    #[error("`{}` cannot be kept: {}", .0.display(), .1)]
    CannotKeep(PathBuf, &'static str),
    /// The file system refuses to exchange the folder, for example because it is a mount point.
    #[error("`{}` cannot be replaced as a whole: {}", .0.display(), .1)]
    CannotExchange(PathBuf, io::Error),
    /// A leftover beside the output folder that is not hlc's.
    #[error("`{}` is in the way of building the new files", .0.display())]
    StagingTaken(PathBuf),
    /// The system refused.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    Io {
        /// What was tried: "write" …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl WriteError {
    /// For `map_err`: the system refused to do `action` on `path`.
    pub(super) fn io<E: Into<io::Error>>(action: &'static str, path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source: source.into() }
    }
}

fn list(obstacles: &[Obstacle]) -> String {
    const SHOWN: usize = 5;
    let mut text = obstacles.iter().take(SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if obstacles.len() > SHOWN {
        text.push_str(&format!(" and {} more", obstacles.len() - SHOWN));
    }
    text
}
