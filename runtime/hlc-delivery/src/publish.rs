//! Puts what the compiler made onto a branch of the homelab's repository, through the user's `git`.
//!
//! Nothing is checked out: the new tree is made of Git's own objects beside the working copy and its index, and no branch here
//! moves. What counts is one push, which the remote takes or refuses as a whole. A process that is killed at any moment leaves the
//! remote's branch at the old commit or at the new one, and here at most objects that `git gc` clears away.

mod decide;
mod error;
mod git;

use std::path::Path;

use hlc_kube::OutputTree;
use hlc_model::Inputs;

use decide::{Decision, decide};
pub use error::PublishError;
use git::{Entries, Entry, Git, Pushed};

use crate::git::{GitError, Repository};
use crate::older::GitInputs;
use crate::{made_from, remote};

/// How often a branch that moves meanwhile is followed.
const ATTEMPTS: usize = 3;

/// Where to publish, and what is let pass.
#[derive(Clone, Copy, Debug)]
pub struct PublishOptions<'a> {
    /// The folder of the project.
    pub project: &'a Path,
    /// The output folder, which is no source.
    pub out: &'a str,
    /// The homelab's repository, as Argo CD reads it.
    pub url: &'a str,
    /// The branch for manifests.
    pub branch: &'a str,
    /// The remote to push to; without it, the one with that URL.
    pub remote: Option<&'a str>,
    /// Replace files that hlc did not make.
    pub overwrite: bool,
    /// Publish sources that are not committed.
    pub dirty: bool,
    /// Publish though the branch was made of later sources.
    pub older: bool,
    /// Push nothing.
    pub dry_run: bool,
    /// Environment variables that git must not see.
    pub hidden: &'a [&'a str],
}

/// What a publication did, or would do. Paths are ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The remote.
    pub remote: String,
    /// The commit that the branch is at now; `None` when it stayed where it was.
    pub commit: Option<String>,
    /// True when the branch is new.
    pub first: bool,
    /// Files that were not there.
    pub added: Vec<String>,
    /// Files with another content.
    pub changed: Vec<String>,
    /// Files of an earlier publication that go.
    pub removed: Vec<String>,
    /// Among the changed: files that somebody had edited, and files of others that were given up.
    pub overwritten: Vec<String>,
    /// Files of an earlier publication that somebody edited and that are no longer made: they stay.
    pub abandoned: Vec<String>,
    /// Number of files that hlc did not make; they stay.
    pub others: usize,
    /// True when the branch is as it should be.
    pub unchanged: bool,
}

/// Publishes a tree.
///
/// Before anything replaces what a commit of the branch holds, `may_replace` is asked with that commit's id; it is in this
/// repository by then.
///
/// # Errors
/// See [`PublishError`]. The branch is as it was, or as somebody else left it.
pub fn publish(
    tree: &OutputTree,
    options: PublishOptions<'_>,
    may_replace: &mut dyn FnMut(&str) -> bool,
) -> Result<Published, PublishError> {
    let Target { git, remote, reference } = target(options)?;
    let source = source(&git, options)?;
    for _ in 0..ATTEMPTS {
        let head = git.remote_head(&remote, &reference)?;
        if let Some(head) = &head {
            bring(&git, head, &remote, &reference)?;
            if !options.older {
                is_newer(&git, head, &source.commit)?;
            }
        }
        let old = head.as_deref().map_or(Ok(Entries::new()), |head| git.entries(head))?;
        let decision = decide(&git, old, tree, options.branch, options.overwrite)?;
        let unchanged = decision.is_nothing();
        if let Some(head) = head.as_deref().filter(|_| !unchanged)
            && !may_replace(head)
        {
            return Err(PublishError::Kept(head.to_owned()));
        }
        let mut published = report(&decision, &remote, head.is_none(), unchanged);
        if unchanged || options.dry_run {
            return Ok(published);
        }
        let made = make(&git, decision)?;
        let commit = git.commit(&made, head.as_deref(), &message(&published, &source))?;
        if let Pushed::Done = git.push(&remote, &commit, &reference)? {
            published.commit = Some(commit);
            return Ok(published);
        }
    }
    Err(PublishError::Moving { reference, attempts: ATTEMPTS })
}

/// A branch as its remote has it.
pub struct RemoteBranch {
    /// The commit that it is at.
    pub head: String,
    /// The files there.
    pub files: Box<dyn Inputs + Send>,
}

/// Reads the branch as its remote has it now; `None` when it is not there yet.
///
/// # Errors
/// See [`PublishError`].
pub fn read_remote(options: PublishOptions<'_>) -> Result<Option<RemoteBranch>, PublishError> {
    let Target { git, remote, reference } = target(options)?;
    let Some(head) = git.remote_head(&remote, &reference)? else { return Ok(None) };
    bring(&git, &head, &remote, &reference)?;
    let unread = |error: GitError| PublishError::Refused { command: "cat-file".to_owned(), said: error.to_string() };
    let repository = Repository::around(options.project).map_err(unread)?;
    let repository = repository.ok_or_else(|| PublishError::NoRepository(options.project.to_owned()))?;
    let files = repository.files(&head).map_err(unread)?;
    let reader = repository.fetching_reader(options.hidden).map_err(unread)?;
    Ok(Some(RemoteBranch { head, files: Box::new(GitInputs::new(files, reader)) }))
}

/// Where a publication goes.
struct Target<'a> {
    git: Git<'a>,
    remote: String,
    reference: String,
}

fn target(options: PublishOptions<'_>) -> Result<Target<'_>, PublishError> {
    let git = Git::new(options.project, options.hidden);
    let inside = git.ask(&["rev-parse", "--git-dir"])?;
    if !inside.status.success() {
        let said = String::from_utf8_lossy(&inside.stderr);
        return Err(if said.contains("not a git repository") {
            PublishError::NoRepository(options.project.to_owned())
        } else {
            PublishError::Refused { command: "rev-parse".to_owned(), said: said.trim().to_owned() }
        });
    }
    let reference = format!("refs/heads/{}", options.branch);
    if !git.ask(&["check-ref-format", &reference])?.status.success() {
        return Err(PublishError::BadBranch(options.branch.to_owned()));
    }
    let remote = chosen(&git, options)?;
    Ok(Target { git, remote, reference })
}

/// Brings a commit of a remote's branch here, if it is not here yet.
fn bring(git: &Git<'_>, head: &str, remote: &str, reference: &str) -> Result<(), PublishError> {
    let is_here = git.ask(&["cat-file", "-e", &format!("{head}^{{tree}}")])?.status.success();
    if is_here { Ok(()) } else { git.fetch(remote, reference) }
}

/// The sources.
struct Source {
    commit: String,
    /// True when some of it is not committed.
    dirty: bool,
}

fn source(git: &Git<'_>, options: PublishOptions<'_>) -> Result<Source, PublishError> {
    let head = git.ask(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    if !head.status.success() {
        return Err(PublishError::NothingCommitted);
    }
    let commit = String::from_utf8_lossy(&head.stdout).trim_end().to_owned();
    let except = format!(":(exclude){}", options.out);
    let status = git.run(&["status", "--porcelain", "--untracked-files=all", "--", ".", &except])?;
    let changes: Vec<String> = status.lines().filter_map(|line| line.get(3..)).map(str::to_owned).collect();
    let dirty = !changes.is_empty();
    if dirty && !options.dirty && !options.dry_run {
        return Err(PublishError::Dirty(changes));
    }
    Ok(Source { commit, dirty })
}

/// The remote to push to.
fn chosen(git: &Git<'_>, options: PublishOptions<'_>) -> Result<String, PublishError> {
    let remotes = remote::remotes(&git.ask(&remote::ASK)?.stdout);
    let found = match options.remote {
        Some(named) => remotes.iter().find(|remote| remote.name == named),
        None => remote::at(options.url, &remotes),
    };
    found.map(|remote| remote.name.clone()).ok_or_else(|| PublishError::NoRemote {
        wanted: options.remote.unwrap_or(options.url).to_owned(),
        remotes: remotes.into_iter().map(|remote| remote.name).collect(),
    })
}

/// Refuses when the branch was made of sources that came after these.
fn is_newer(git: &Git<'_>, head: &str, source: &str) -> Result<(), PublishError> {
    let message = git.run(&["show", "--no-patch", "--no-show-signature", "--format=%B", head])?;
    let Some(published) = made_from::read(&message).filter(|id| *id != source) else { return Ok(()) };
    // A commit that is not here tells nothing.
    if git.ask(&["merge-base", "--is-ancestor", source, published])?.status.success() {
        return Err(PublishError::Older { ours: source.to_owned(), published: published.to_owned() });
    }
    Ok(())
}

fn report(decision: &Decision, remote: &str, first: bool, unchanged: bool) -> Published {
    Published {
        remote: remote.to_owned(),
        commit: None,
        first,
        added: decision.added.clone(),
        changed: decision.changed.clone(),
        removed: decision.removed.clone(),
        overwritten: decision.overwritten.clone(),
        abandoned: decision.abandoned.clone(),
        others: decision.others,
        unchanged,
    }
}

/// Makes the tree that was decided.
fn make(git: &Git<'_>, decision: Decision) -> Result<String, PublishError> {
    let Decision { kept: mut entries, write, .. } = decision;
    let texts: Vec<&str> = write.values().map(String::as_str).collect();
    let ids = git.keep(&texts)?;
    let new = write
        .keys()
        .zip(ids)
        .map(|(path, id)| (path.clone().into_bytes(), Entry { mode: decide::FILE.to_owned(), id }));
    entries.extend(new);
    git.tree(&entries)
}

fn message(published: &Published, source: &Source) -> String {
    let short = source.commit.get(..12).unwrap_or(&source.commit);
    let Published { added, changed, removed, .. } = published;
    let dirty = if source.dirty { "\nSome of the sources were not committed.\n" } else { "" };
    format!(
        "Publish {short}\n\n{} added, {} changed, {} removed.\n{dirty}\n{}\n",
        added.len(),
        changed.len(),
        removed.len(),
        made_from::line(&source.commit)
    )
}
