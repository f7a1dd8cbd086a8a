//! What was made before: the manifests of a branch, a folder or a commit, or the homelab of an older commit.

mod commit;
mod folder;
mod inputs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hlc_diff::{Files, is_compared};
use hlc_model::Inputs;

use crate::git::{GitError, Reader, Repository};
use crate::{DiskInputs, Project, remote};
use commit::Commit;
pub(crate) use inputs::GitInputs;

/// Which one is meant.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// A branch, a folder or anything that git takes for a commit or a tree.
    Named(&'a str),
    /// The branch of manifests of the homelab's repository: as its remote has it, else the local one.
    Manifests {
        /// The repository's address.
        url: &'a str,
        /// The branch.
        branch: &'a str,
    },
}

/// What was made before.
pub struct Older {
    /// `branch origin/main-manifests`, `folder app`, `commit HEAD~1`
    pub name: String,
    /// The commit, if it is of one.
    pub commit: Option<String>,
    /// When that was made, in seconds since 1970.
    pub committed: Option<i64>,
    /// The commit of the homelab that it was made from, as the commit says (`Source-Commit: ID`).
    pub source: Option<String>,
    /// When anything was last fetched; only of a remote's branch.
    pub fetched: Option<SystemTime>,
    /// What it holds.
    pub content: Content,
}

/// What an older thing holds.
pub enum Content {
    /// Manifests.
    Manifests(Files),
    /// The sources of a homelab, and the name of its root file: manifests are what these mean.
    Homelab(Box<dyn Inputs>, String),
}

/// Why there is nothing older to compare with.
#[derive(Debug, thiserror::Error)]
pub enum OlderError {
    /// The project is in no repository.
    #[error("`{}` is in no Git repository", .0.display())]
    NoRepository(PathBuf),
    /// Nothing is called so.
    #[error("there is no branch, folder or commit `{name}`")]
    Unknown {
        /// As it was written.
        name: String,
        /// The branches that there are.
        branches: Vec<String>,
    },
    /// A folder and something of git are called so.
    #[error("`{0}` is a folder and a name in Git")]
    Ambiguous(String),
    /// git has no answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A folder cannot be read.
    #[error("cannot read `{}`: {error}", .path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Reads what was made before. `None` when the branch of manifests is not there yet, and nothing has been published.
///
/// # Errors
/// See [`OlderError`].
pub fn read_older(project: &Project, wanted: Wanted<'_>) -> Result<Option<Older>, OlderError> {
    match wanted {
        Wanted::Named(name) => named(project, name).map(Some),
        Wanted::Manifests { url, branch } => manifests(project, url, branch),
    }
}

fn named(project: &Project, name: &str) -> Result<Older, OlderError> {
    let folder = Some(PathBuf::from(name)).filter(|path| path.is_dir());
    // A name with a dot or a slash before it is a path to everybody.
    let is_path = ["./", "../", "/"].iter().any(|start| name.starts_with(start)) || matches!(name, "." | "..");
    if let Some(path) = folder.as_ref().filter(|_| is_path) {
        return in_folder(project, path);
    }
    let repository = match Repository::around(&project.folder) {
        Ok(repository) => repository,
        // A folder needs no git.
        Err(GitError::Absent(_)) if folder.is_some() => None,
        Err(error) => return Err(error.into()),
    };
    let Some(repository) = repository else {
        return folder.map_or(Err(OlderError::NoRepository(project.folder.clone())), |path| in_folder(project, &path));
    };
    let mut reader = repository.reader()?;
    let mut found = Commit::find(&mut reader, name)?.map(|commit| (commit, name.to_owned()));
    if found.is_none() {
        for remote in repository.remotes()? {
            let tracking = format!("{}/{name}", remote.name);
            if let Some(commit) = Commit::find(&mut reader, &format!("refs/remotes/{tracking}"))? {
                found = Some((commit, tracking));
                break;
            }
        }
    }
    match (found, folder) {
        (Some(_), Some(_)) => Err(OlderError::Ambiguous(name.to_owned())),
        (Some((commit, name)), None) => in_git(project, &repository, reader, commit, name),
        (None, Some(path)) => in_folder(project, &path),
        (None, None) => Err(OlderError::Unknown { name: name.to_owned(), branches: repository.branches()? }),
    }
}

fn manifests(project: &Project, url: &str, branch: &str) -> Result<Option<Older>, OlderError> {
    let Some(Tip { repository, reader, commit, name, fetched }) = tip(project, url, branch)? else { return Ok(None) };
    let mut older = in_git(project, &repository, reader, commit, name)?;
    if fetched {
        older.fetched = repository.common.join("FETCH_HEAD").metadata().and_then(|about| about.modified()).ok();
    }
    Ok(Some(older))
}

/// The files of the branch of manifests, each read when it is asked for; `None` when the branch is not there yet.
///
/// # Errors
/// See [`OlderError`].
pub fn read_published(
    project: &Project,
    url: &str,
    branch: &str,
) -> Result<Option<Box<dyn Inputs + Send>>, OlderError> {
    let Some(Tip { repository, reader, commit, .. }) = tip(project, url, branch)? else { return Ok(None) };
    Ok(Some(Box::new(GitInputs::new(repository.files(&commit.tree)?, reader))))
}

/// The newest commit of a branch that is here.
struct Tip {
    repository: Repository,
    reader: Reader,
    commit: Commit,
    name: String,
    /// True for a remote's branch.
    fetched: bool,
}

/// The branch as its remote has it, as it was fetched last, else the local one.
fn tip(project: &Project, url: &str, branch: &str) -> Result<Option<Tip>, OlderError> {
    let repository = Repository::around(&project.folder)?;
    let repository = repository.ok_or_else(|| OlderError::NoRepository(project.folder.clone()))?;
    let mut reader = repository.reader()?;
    let all = repository.remotes()?;
    let remote = remote::likely(url, &all).map(|remote| &remote.name);
    let tracking =
        remote.map(|remote| (format!("refs/remotes/{remote}/{branch}"), format!("branch {remote}/{branch}")));
    let local = (format!("refs/heads/{branch}"), format!("branch {branch}"));
    let remotes = usize::from(tracking.is_some());
    for (index, (reference, name)) in tracking.into_iter().chain([local]).enumerate() {
        if let Some(commit) = Commit::find(&mut reader, &reference)? {
            return Ok(Some(Tip { repository, reader, commit, name, fetched: index < remotes }));
        }
    }
    Ok(None)
}

/// What a commit or a tree holds: a homelab where this one is, or manifests.
fn in_git(
    project: &Project,
    repository: &Repository,
    mut reader: Reader,
    commit: Commit,
    name: String,
) -> Result<Older, OlderError> {
    let files = repository.files(&commit.tree)?;
    let root = format!("{}{}", repository.prefix, project.root);
    let content = if files.contains_key(&root) {
        let below = files
            .into_iter()
            .filter_map(|(path, id)| path.strip_prefix(&repository.prefix).map(str::to_owned).map(|path| (path, id)));
        let inputs = GitInputs::new(below.collect(), reader);
        Content::Homelab(Box::new(inputs), project.root.clone())
    } else {
        Content::Manifests(blobs(&mut reader, files)?)
    };
    let is_said = ["branch ", "commit "].iter().any(|word| name.starts_with(word));
    let name = if is_said { name } else { format!("`{name}`") };
    let Commit { id, time, source, .. } = commit;
    Ok(Older { name, commit: id, committed: time, source, fetched: None, content })
}

fn blobs(reader: &mut Reader, files: BTreeMap<String, String>) -> Result<Files, GitError> {
    let mut texts = Files::new();
    for (path, id) in files.into_iter().filter(|(path, _)| is_compared(path)) {
        if let Some(object) = reader.read(&id)? {
            texts.insert(path, object.bytes);
        }
    }
    Ok(texts)
}

fn in_folder(project: &Project, path: &Path) -> Result<Older, OlderError> {
    let unreadable = |error| OlderError::Folder { path: path.to_owned(), error };
    let content = if path.join(&project.root).is_file() {
        let inputs = DiskInputs::new(path).map_err(unreadable)?;
        Content::Homelab(Box::new(inputs), project.root.clone())
    } else {
        Content::Manifests(folder::read(path).map_err(unreadable)?)
    };
    let name = format!("folder `{}`", path.display());
    Ok(Older { name, commit: None, committed: None, source: None, fetched: None, content })
}
