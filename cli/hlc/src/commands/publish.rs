//! `hlc publish workloads`

use hlc_delivery::{PublishOptions, Published, publish};

use crate::args::{Args, PublishWorkloads};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// What opens secrets: git and what it runs need none of it.
const HIDDEN: &[&str] = &["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"];

/// Files named one by one before they are counted.
const SHOWN: usize = 20;

pub(crate) fn run(args: &Args, options: &PublishWorkloads, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compilation = project::compile(args, &project)?;
    if console.refuses(&compilation) {
        return Ok(Exit::Failed);
    }
    let plain =
        compilation.diagnostics.iter().filter(|found| hlc_model::check::PLAINTEXT.contains(&found.code)).count();
    if plain > 0 {
        let what = if plain == 1 { "a Secret holds its value" } else { "Secrets hold their values" };
        return Err(Failure::new(format!("{what} in plain text, and would be published with it"))
            .help("do what the findings above say, or `allow` them with the reason why this is no secret"));
    }
    let plan = compilation.plan.as_ref().ok_or_else(|| {
        Failure::new("the compiler found no error and yet made no plan")
            .help("this is a mistake in hlc: please report it")
    })?;
    let repository = compilation.model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref());
    let repository = repository.ok_or_else(|| {
        Failure::new("the homelab names no repository to publish to")
            .help("add `repository \"https://…\" branch=… manifests=…` to `homelab`")
    })?;
    let published = publish(
        &hlc_kube::output_tree(plan),
        PublishOptions {
            project: &project.folder,
            out: &hlc_delivery::out_name(&project.root),
            url: repository.url.value.as_str(),
            branch: &repository.manifests.value,
            remote: options.remote.as_deref(),
            overwrite: options.overwrite,
            dirty: options.allow_dirty,
            older: options.allow_older,
            dry_run: options.dry_run,
            hidden: HIDDEN,
        },
    )?;
    say(&published, &repository.manifests.value, options.dry_run, console);
    Ok(Exit::Success)
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
