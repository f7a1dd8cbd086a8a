//! What the homelab is compared with.

use std::time::{SystemTime, UNIX_EPOCH};

use hlc_delivery::{Content, GitError, Older, OlderError, Project, Wanted, read_older};
use hlc_diff::render::Against;
use hlc_diff::{Exposure, Files};
use hlc_model::reach::Reach;
use hlc_model::{Inputs, Model};
use hlc_schema::suggest::nearest;

use crate::args::Args;
use crate::failure::Failure;
use crate::project;

/// What was made before.
pub(in crate::commands) struct Before {
    pub(in crate::commands) against: Against,
    pub(in crate::commands) files: Files,
    /// What answered from outside, if the sources of then are known.
    pub(in crate::commands) exposure: Option<Exposure>,
    /// What has to be known about it.
    pub(in crate::commands) notes: Vec<String>,
}

/// Finds what was made before.
pub(in crate::commands) struct Finder<'a> {
    args: &'a Args,
    project: &'a Project,
    /// In seconds since 1970.
    now: u64,
}

impl<'a> Finder<'a> {
    pub(in crate::commands) fn new(args: &'a Args, project: &'a Project) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { args, project, now }
    }

    /// What a user names, or what was published last.
    pub(in crate::commands) fn find(&self, model: &Model, named: Option<&str>) -> Result<Before, Failure> {
        let repository = model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref());
        let wanted = match (named, repository) {
            (Some(name), _) => Wanted::Named(name),
            (None, Some(repository)) => {
                Wanted::Manifests { url: repository.url.value.as_str(), branch: &repository.manifests.value }
            }
            (None, None) => {
                return Err(Failure::new("the homelab names no branch for manifests to compare with")
                    .help("add `repository` to `homelab`, or say --against with a branch, a folder or a commit"));
            }
        };
        match read_older(self.project, wanted)? {
            Some(older) => self.before(older),
            None => {
                let branch = repository.map_or("", |repository| &repository.manifests.value);
                let note =
                    format!("there is no branch `{branch}` yet, here or fetched from a remote: everything is new");
                let against = Against { name: "nothing".to_owned(), ..Against::default() };
                let exposure = Some(Exposure::default());
                Ok(Before { against, files: Files::new(), exposure, notes: vec![note] })
            }
        }
    }

    fn before(&self, older: Older) -> Result<Before, Failure> {
        let mut notes = Vec::new();
        if let Some(fetched) = older.fetched.and_then(|time| time.duration_since(UNIX_EPOCH).ok()) {
            let age = self.now.saturating_sub(fetched.as_secs());
            if age >= DAY {
                notes.push(format!("it was fetched {}; `git fetch` brings it up to date", ago(age)));
            }
        }
        let age = older.committed.map(|time| ago(self.now.saturating_sub(u64::try_from(time).unwrap_or(0))));
        let against = Against { name: older.name, commit: older.commit, committed: older.committed, age };
        let (files, exposure) = match older.content {
            Content::Manifests(files) => {
                let source = older.source.as_deref();
                (files, source.and_then(|source| self.exposure(source)))
            }
            Content::Homelab(files, root) => {
                let (files, exposure) = self.homelab(files.as_ref(), &root, &against)?;
                (files, Some(exposure))
            }
        };
        Ok(Before { against, files, exposure, notes })
    }

    /// What the homelab of then means.
    fn homelab(&self, files: &dyn Inputs, root: &str, against: &Against) -> Result<(Files, Exposure), Failure> {
        let inputs = project::with_last(self.args, self.project, files);
        let (compilation, reach) = hlc_model::compile_reach(&inputs, root);
        let Some(plan) = &compilation.plan else {
            return Err(Failure::new(format!(
                "the homelab of {against} has errors, so that it means nothing to compare with"
            ))
            .help("name another commit, or the manifests that were made of it"));
        };
        let tree = hlc_kube::output_tree(plan);
        let files = tree.iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
        Ok((files, old_exposure(&reach)))
    }

    /// What answered from outside when the manifests were made; `None` where the commit that they name is not here. Charts
    /// have no hosts of their own, so that none has to be at hand.
    fn exposure(&self, source: &str) -> Option<Exposure> {
        let older = read_older(self.project, Wanted::Named(source)).ok().flatten()?;
        let Content::Homelab(files, root) = older.content else { return None };
        let (_, reach) = hlc_model::compile_reach(files.as_ref(), &root);
        Some(old_exposure(&reach))
    }
}

/// Places of an older homelab lead nowhere in this one.
fn old_exposure(reach: &Reach) -> Exposure {
    let mut exposure = reach.exposure();
    exposure.hosts.values_mut().for_each(|host| host.origin = None);
    exposure
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `3 days ago`
fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

impl From<OlderError> for Failure {
    fn from(error: OlderError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            OlderError::NoRepository(_) => failure.help("name a folder of manifests with --against"),
            OlderError::Unknown { name, branches } => match nearest(&name, branches.iter().map(String::as_str)) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`git fetch` brings branches that only the remote has"),
            },
            OlderError::Ambiguous(name) => {
                failure.help(format!("write `./{name}` for the folder, `refs/heads/{name}` for the branch"))
            }
            OlderError::Git(GitError::Absent(_)) => failure.help("install Git, or name a folder with --against"),
            OlderError::Git(GitError::Refused { .. } | GitError::Broken { .. }) | OlderError::Folder { .. } => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let ages = [0, 59, 60, 7199, 7200, 86_400, 1_000_000].map(ago);
        assert_eq!(
            ages,
            ["just now", "just now", "1 minute ago", "1 hour ago", "2 hours ago", "1 day ago", "11 days ago"]
        );
    }
}
