//! `hlc publish workloads`

use std::sync::OnceLock;

use hlc_delivery::{Project, PublishOptions, Published, RemoteBranch, publish, read_remote};
use hlc_diff::render::{self, Report};
use hlc_diff::{Folders, Question, compare, dangers};
use hlc_model::reach::Reach;
use hlc_model::{Branch, Compilation};
use hlc_plan::Plan;

use super::diff::older::Finder;
use crate::args::{Args, DangerOptions, PublishWorkloads};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// What opens secrets: git and what it runs need none of it.
const HIDDEN: &[&str] = &["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"];

/// Files named one by one before they are counted.
const SHOWN: usize = 20;

/// How often a branch that moves meanwhile is read again.
const ATTEMPTS: usize = 3;

pub(crate) fn run(args: &Args, options: &PublishWorkloads, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    for attempt in 0..ATTEMPTS {
        if let Some(exit) = once(args, options, &project, console, attempt == 0)? {
            return Ok(exit);
        }
    }
    Err(Failure::new(format!("somebody else published {ATTEMPTS} times meanwhile"))
        .help("nothing was published: see who else publishes, and try again"))
}

/// Compiles and publishes; nothing when the branch moved on after frozen values had been read from it.
fn once(
    args: &Args,
    options: &PublishWorkloads,
    project: &Project,
    console: &Console,
    first: bool,
) -> Result<Option<Exit>, Failure> {
    let out = hlc_delivery::out_name(&project.root);
    // What is frozen is kept as it is published now, not as it was when somebody fetched last.
    let read = OnceLock::new();
    let compiled = project::compile_reach_as_published(args, project, |branch| {
        let (head, files) = match read_remote(target(branch, project, &out, options)) {
            Ok(Some(RemoteBranch { head, files })) => (Ok(Some(head)), Some(files)),
            Ok(None) => (Ok(None), None),
            Err(error) => (Err(error), None),
        };
        let _ = read.set(head);
        files
    })?;
    let (compilation, reach) = &*compiled;
    if first && console.refuses(compilation) {
        return Ok(Some(Exit::Failed));
    }
    let read = read.into_inner().transpose()?;
    let plain =
        compilation.diagnostics.iter().filter(|found| hlc_model::check::PLAINTEXT.contains(&found.code)).count();
    if plain > 0 {
        let what = if plain == 1 { "a Secret holds its value" } else { "Secrets hold their values" };
        return Err(Failure::new(format!("{what} in plain text, and would be published with it"))
            .help("do what the findings above say, or `allow` them with the reason why this is no secret"));
    }
    let plan = compilation.plan.as_ref().ok_or_else(Failure::no_plan)?;
    let repository = compilation.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref());
    let repository = repository.ok_or_else(|| {
        Failure::new("the homelab names no repository to publish to")
            .help("add `repository \"https://…\" branch=… manifests=…` to `homelab`")
    })?;
    let branch = Branch { url: repository.url.value.as_str(), name: &repository.manifests.value };
    let review = Review { args, project, compilation, reach, plan, danger: &options.danger, console };
    let (mut refused, mut moved) = (None, false);
    let published = publish(&hlc_kube::output_tree(plan), target(branch, project, &out, options), &mut |head| {
        moved = read.as_ref().is_some_and(|read| read.as_deref() != Some(head));
        if moved {
            return false;
        }
        match review.may_replace(head) {
            Ok(()) => true,
            Err(why) => {
                refused = Some(why);
                false
            }
        }
    });
    if moved {
        return Ok(None);
    }
    if let Some(why) = refused {
        return Err(why);
    }
    let published = published?;
    say(&published, &repository.manifests.value, options.dry_run, console);
    Ok(Some(Exit::Success))
}

/// What is asked of a publication.
fn target<'a>(
    branch: Branch<'a>,
    project: &'a Project,
    out: &'a str,
    options: &'a PublishWorkloads,
) -> PublishOptions<'a> {
    PublishOptions {
        project: &project.folder,
        out,
        url: branch.url,
        branch: branch.name,
        remote: options.remote.as_deref(),
        overwrite: options.overwrite,
        dirty: options.allow_dirty,
        older: options.allow_older,
        dry_run: options.dry_run,
        hidden: HIDDEN,
    }
}

/// Judges what would replace the manifests that are published.
struct Review<'a> {
    args: &'a Args,
    project: &'a Project,
    compilation: &'a Compilation,
    reach: &'a Reach,
    plan: &'a Plan,
    danger: &'a DangerOptions,
    console: &'a Console,
}

impl Review<'_> {
    /// Shows what is dangerous, and refuses what nobody has accepted.
    fn may_replace(&self, head: &str) -> Result<(), Failure> {
        let before = Finder::new(self.args, self.project).find(&self.compilation.model, Some(head))?;
        let changes = compare(&before.files, self.plan, &Folders::All);
        let after = self.reach.exposure();
        let max_removed = self.danger.max_removed;
        let dangers =
            dangers(&Question { changes: &changes, before: before.exposure.as_ref(), after: &after, max_removed });
        let report = Report {
            changes: &changes,
            dangers: &dangers,
            accepted: &self.danger.accept,
            sources: &self.compilation.sources,
            against: &before.against,
            whole: false,
        };
        self.console.message(|out| render::human_dangers(out, &report));
        match report.open_dangers().count() {
            0 => Ok(()),
            open => {
                let dangers = if open == 1 { "a danger stands".to_owned() } else { format!("{open} dangers stand") };
                Err(Failure::new(format!("{dangers} that nobody has accepted: nothing was published"))
                    .help("mend what is not meant, and say --accept for what is; `hlc diff workloads` shows everything that changes"))
            }
        }
    }
}

fn say(published: &Published, branch: &str, dry_run: bool, console: &Console) {
    let Published { added, changed, removed, .. } = published;
    let marked =
        |mark: char, paths: &[String]| paths.iter().map(move |path| format!("{mark} {path}")).collect::<Vec<_>>();
    let lines: Vec<String> = [marked('+', added), marked('~', changed), marked('-', removed)].concat();
    for line in lines.iter().take(SHOWN) {
        console.say(line);
    }
    if lines.len() > SHOWN {
        console.say(&format!("… and {} more", lines.len() - SHOWN));
    }
    for path in &published.overwritten {
        console.say(&format!("warning: {path} was not as hlc had left it, and is replaced"));
    }
    for path in &published.abandoned {
        console.say(&format!("warning: {path} is no longer made, but has been edited: it stays, and is yours now"));
    }
    if published.others > 0 {
        let (noun, verb) = if published.others == 1 { ("file", "stays") } else { ("files", "stay") };
        console.say(&format!("note: {} {noun} that hlc did not make {verb}", published.others));
    }
    let place = format!("{branch} of {}", published.remote);
    let counts = format!("{} added, {} changed, {} removed", added.len(), changed.len(), removed.len());
    console.say(&match &published.commit {
        _ if published.unchanged => format!("nothing to publish: {place} is as it should be"),
        Some(commit) => format!("published {} to {place}: {counts}", commit.get(..12).unwrap_or(commit)),
        None if dry_run => format!("nothing was pushed; to {place} would go: {counts}"),
        None => counts,
    });
}
