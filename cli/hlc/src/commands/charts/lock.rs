//! `hlc lock`

use std::collections::BTreeSet;

use hlc_chart::lock::{LockedChart, LockedManifests, LockedRelease};
use hlc_chart::manifest::objects;
use hlc_chart::render::{RenderFailure, RenderRequest, Renderer as _};
use hlc_chart::surface::surface;
use hlc_chart::{ChartSource, Lock};
use hlc_charts::{Brought, Helm, Want};
use hlc_diag::Span;
use hlc_model::WantedRelease;
use hlc_model::charts::api_versions as api_versions_of;

use super::{LockFile, Shop, count};
use crate::args::{Args, Lock as Options};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// How often all is rendered before what the charts define has to stay the same.
const ROUNDS: usize = 4;

/// Where what has no place of its own stands.
const NAMESPACE: &str = "default";

pub(super) fn run(shop: &Shop, args: &Args, options: &Options, console: &Console) -> Result<Exit, Failure> {
    if console.refuses_but(&shop.compilation, &|found| hlc_model::charts::is_mended_by_lock(found)) {
        return Ok(Exit::Failed);
    }
    let name = shop.lock_name();
    let (old_text, old) = match shop.read_lock()? {
        Some(LockFile { text, lock: Ok(lock), .. }) => (text, lock),
        Some(LockFile { text, lock: Err(found), texts }) => {
            console.findings_as_message(&texts, &[*found]);
            console
                .say(&format!("warning: nothing of {name} can be kept: everything is locked as it is published now"));
            (text, Lock::default())
        }
        None => (String::new(), Lock::default()),
    };
    let wants = wants(shop, &old, &options.update)?;
    let Some(brought) = shop.bring(&wants, &options.net, console)? else { return Ok(Exit::Failed) };
    let Some(lock) = assemble(shop, args, &wants, &brought, console)? else { return Ok(Exit::Failed) };
    let text = lock.write();
    let changes = changes(&old, &lock);
    if text == old_text {
        console.say(&format!("{name} is up to date: {}", summary(&lock)));
        return Ok(Exit::Success);
    }
    for change in &changes {
        console.say(change);
    }
    if options.check {
        console.say(&format!("{name} is out of date: run `hlc lock`"));
        return Ok(Exit::Failed);
    }
    hlc_charts::replace(&shop.lock_path, text.as_bytes())
        .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", shop.lock_path.display())))?;
    console.say(&format!("wrote {name}: {}", summary(&lock)));
    Ok(Exit::Success)
}

/// What the homelab wants, with what is locked of it, unless that is to be taken anew.
fn wants(shop: &Shop, old: &Lock, update: &[String]) -> Result<Vec<Want>, Failure> {
    let charts = &shop.compilation.charts;
    let sources: Vec<&ChartSource> = charts.sources().into_iter().collect();
    let urls: BTreeSet<&str> = charts.manifests.iter().map(|wanted| wanted.url.as_str()).collect();
    for name in update {
        let known: Vec<&str> = sources.iter().map(|source| source.name.as_str()).chain(urls.iter().copied()).collect();
        if !known.contains(&name.as_str()) {
            return Err(Failure::new(format!("the homelab names no chart and no URL `{name}`")).names(name, &known));
        }
    }
    let is_updated = |name: &str| update.iter().any(|update| update == name);
    let of_charts = sources.into_iter().map(|source| {
        // What lies in the project is what it is.
        let kept = old.chart(source).filter(|_| !is_updated(&source.name) && source.folder().is_none());
        Want::Chart { source: source.clone(), locked: kept.map(|kept| (kept.digest, kept.dependencies.clone())) }
    });
    let of_urls = urls.into_iter().map(|url| Want::Manifests {
        url: url.to_owned(),
        locked: old.manifests(url).filter(|_| !is_updated(url)).map(|kept| kept.digest),
    });
    Ok(of_charts.chain(of_urls).collect())
}

/// The lock file of what was brought, releases rendered; `None` after saying what went wrong.
fn assemble(
    shop: &Shop,
    args: &Args,
    wants: &[Want],
    brought: &[Brought],
    console: &Console,
) -> Result<Option<Lock>, Failure> {
    // Of the objects only what they say is kept, not where.
    let nowhere = Span::new(hlc_diag::FileId::new(0), 0, 0);
    let mut lock = Lock::default();
    let mut failed = false;
    for (want, brought) in wants.iter().zip(brought) {
        match want {
            Want::Chart { source, .. } => lock.charts.push(LockedChart {
                source: source.clone(),
                digest: brought.digest(),
                kube_version: brought.chart.as_ref().and_then(|chart| chart.metadata.kube_version.clone()),
                dependencies: brought.dependencies(),
                span: None,
            }),
            Want::Manifests { url, .. } => {
                let found = String::from_utf8_lossy(&brought.bytes);
                match objects(&found, nowhere) {
                    Ok(found) => lock.manifests.push(LockedManifests {
                        url: url.clone(),
                        digest: brought.digest(),
                        objects: surface(&found, NAMESPACE),
                        span: None,
                    }),
                    Err(error) => {
                        failed = true;
                        console.failure(
                            &Failure::new(format!("what stands at {url} are no Kubernetes objects: {}", error.message))
                                .help("see whether the URL is right"),
                        );
                    }
                }
            }
        }
    }
    let releases: Vec<&WantedRelease> =
        shop.compilation.charts.releases.iter().filter(|release| release.made).collect();
    let helm = Helm::new(project::helm(args), shop.at_hand.clone());
    // What charts define is told to all of them, and can change what they render, so that it is asked for again until it stays.
    let mut api_versions = shop.compilation.charts.lock.as_ref().map(api_versions_of).unwrap_or_default();
    api_versions.extend(api_versions_of(&lock));
    for _ in 0..ROUNDS {
        lock.releases.clear();
        failed |= render(shop, &helm, &releases, &api_versions, &mut lock, console);
        let now = api_versions_of(&lock);
        if failed || now == api_versions {
            break;
        }
        api_versions = now;
    }
    Ok((!failed).then_some(lock))
}

/// Renders every release and keeps what it makes; true when one cannot be.
fn render(
    shop: &Shop,
    helm: &Helm,
    releases: &[&WantedRelease],
    api_versions: &BTreeSet<String>,
    lock: &mut Lock,
    console: &Console,
) -> bool {
    let nowhere = Span::new(hlc_diag::FileId::new(0), 0, 0);
    let mut failed = false;
    let told = |release: &&WantedRelease| {
        let mut request = release.request(lock.chart(&release.source)?.digest);
        request.capabilities.api_versions.clone_from(api_versions);
        Some(request)
    };
    let requests: Vec<RenderRequest> = releases.iter().filter_map(told).collect();
    let mut no_renderer = false;
    for ((release, request), answer) in releases.iter().zip(&requests).zip(helm.render(&requests)) {
        let failure = match answer {
            Ok(rendering) => match objects(&rendering.manifest, nowhere) {
                Ok(found) => {
                    lock.releases.push(LockedRelease {
                        owner: release.owner.clone(),
                        name: release.name.clone(),
                        inputs: request.digest(),
                        objects: surface(&found, &release.namespace),
                        span: None,
                    });
                    continue;
                }
                Err(error) => Failure::new(format!("{}: {error}", what(shop, release))),
            },
            // One word about it is enough.
            Err(RenderFailure::NoRenderer { .. }) if no_renderer => continue,
            Err(failure) => {
                no_renderer |= matches!(failure, RenderFailure::NoRenderer { .. });
                explain(shop, release, failure)
            }
        };
        failed = true;
        console.failure(&failure);
    }
    failed
}

/// `release "web" of chart web 1.0.0 (workloads/web.kdl:3:5)`
fn what(shop: &Shop, release: &WantedRelease) -> String {
    let place = shop.compilation.sources.locate(release.span);
    format!("release `{}` of chart {} ({place})", release.name, release.source)
}

fn explain(shop: &Shop, release: &WantedRelease, failure: RenderFailure) -> Failure {
    let what = what(shop, release);
    match failure {
        RenderFailure::NoRenderer { reason, help } => {
            Failure::new(format!("charts cannot be rendered: {reason}")).help(help)
        }
        RenderFailure::Refused(error) => {
            let at = error.at.as_ref().map(|at| format!(" at {at} of the chart")).unwrap_or_default();
            Failure::new(format!("{what} cannot be rendered{at}: {}", error.message))
                .help("see what the chart wants of its values; nothing was locked")
        }
        RenderFailure::Unavailable(_) | RenderFailure::NotNow => {
            Failure::new(format!("{what} cannot be rendered: its archive has gone from the cache"))
                .help("run `hlc lock` again")
        }
        RenderFailure::Other(reason) => Failure::new(format!("{what} cannot be rendered: {reason}")),
    }
}

/// What is another one now, a line each.
fn changes(old: &Lock, new: &Lock) -> Vec<String> {
    let mut lines = Vec::new();
    for chart in &new.charts {
        match old.chart(&chart.source) {
            None => lines.push(format!("+ {} {}", chart.source, chart.digest)),
            Some(before) if before.digest != chart.digest => {
                lines.push(format!("~ {} {} was {}", chart.source, chart.digest, before.digest));
            }
            Some(_) => {}
        }
    }
    for manifests in &new.manifests {
        match old.manifests(&manifests.url) {
            None => lines.push(format!("+ {} {}", manifests.url, manifests.digest)),
            Some(before) if before.digest != manifests.digest => {
                lines.push(format!("~ {} {} was {}", manifests.url, manifests.digest, before.digest));
            }
            Some(_) => {}
        }
    }
    let gone = old.charts.iter().filter(|chart| new.chart(&chart.source).is_none());
    lines.extend(gone.map(|chart| format!("- {}", chart.source)));
    let gone = old.manifests.iter().filter(|manifests| new.manifests(&manifests.url).is_none());
    lines.extend(gone.map(|manifests| format!("- {}", manifests.url)));
    let changed = new.releases.iter().filter(|release| {
        old.release(&release.owner, &release.name).is_none_or(|before| before.inputs != release.inputs)
    });
    let changed = changed.count();
    if changed > 0 {
        lines.push(format!("rendered from other inputs: {}", count(changed, "release")));
    }
    lines
}

fn summary(lock: &Lock) -> String {
    let mut parts = vec![count(lock.charts.len(), "chart"), count(lock.releases.len(), "release")];
    if !lock.manifests.is_empty() {
        parts.push(format!("{} of manifests", count(lock.manifests.len(), "file")));
    }
    parts.join(", ")
}
