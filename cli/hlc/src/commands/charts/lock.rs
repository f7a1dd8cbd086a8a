//! `hlc lock`

use std::collections::BTreeSet;

use hlc_chart::lock::{LockedChart, LockedManifests, LockedRelease};
use hlc_chart::manifest::objects;
use hlc_chart::render::{RenderFailure, RenderRequest, Renderer as _};
use hlc_chart::surface::surface;
use hlc_chart::{ChartSource, Lock};
use hlc_charts::{Brought, Helm, Want};
use hlc_diag::{Diagnostic, Span};
use hlc_model::charts::is_mended_by_lock;
use hlc_model::{Charts, WantedRelease};

use super::{LockFile, Shop, count};
use crate::args::{Args, Lock as Options};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// Where what has no place of its own stands.
const NAMESPACE: &str = "default";
/// Charts that install the kinds that other charts look for settle in two rounds.
const ROUNDS: usize = 5;

pub(super) fn run(shop: &Shop, args: &Args, options: &Options, console: &Console) -> Result<Exit, Failure> {
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
    let Some(mut pinned) = pin(&wants, &brought, console) else { return Ok(Exit::Failed) };
    let hard = |found: &&Diagnostic| found.is_error() && !is_mended_by_lock(found);
    let errors = shop.compilation.diagnostics.iter().filter(hard).count();
    if errors > 0 {
        // What could not be read may want what seems to be wanted no more.
        console.say(&format!("the homelab has {}: nothing is dropped from {name}", count(errors, "error")));
        keep(&mut pinned, &old);
    }
    let Some((lock, text)) = settle(shop, args, &pinned, (&old, &old_text), console)? else { return Ok(Exit::Failed) };
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

/// Takes over what another lock file has besides.
fn keep(lock: &mut Lock, old: &Lock) {
    let charts = old.charts.iter().filter(|chart| lock.chart(&chart.source).is_none());
    let charts: Vec<LockedChart> = charts.cloned().collect();
    let manifests = old.manifests.iter().filter(|manifests| lock.manifests(&manifests.url).is_none());
    let manifests: Vec<LockedManifests> = manifests.cloned().collect();
    lock.charts.extend(charts);
    lock.manifests.extend(manifests);
    lock.releases.clone_from(&old.releases);
}

/// Of the objects only what they say is kept, not where.
fn nowhere() -> Span {
    Span::new(hlc_diag::FileId::new(0), 0, 0)
}

/// The lock file of what was brought, without releases; `None` after saying what went wrong.
fn pin(wants: &[Want], brought: &[Brought], console: &Console) -> Option<Lock> {
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
                match objects(&found, nowhere()) {
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
    (!failed).then_some(lock)
}

/// The lock file with its releases, and its text; `None` after saying what went wrong.
///
/// What a release is rendered from depends on the custom kinds that the lock file knows, and these on what releases render: so it
/// is done again with the new lock file until that changes no more.
fn settle(
    shop: &Shop,
    args: &Args,
    pinned: &Lock,
    (old, old_text): (&Lock, &str),
    console: &Console,
) -> Result<Option<(Lock, String)>, Failure> {
    let helm = Helm::new(project::settings(args).helm, shop.at_hand.clone());
    let mut text = old_text.to_owned();
    let mut lock = pinned.clone();
    for round in 0..ROUNDS {
        let charts = if round == 0 { None } else { Some(shop.charts_with(&text)?) };
        let charts = charts.as_ref().unwrap_or(&shop.compilation.charts);
        let Some(releases) = render(shop, charts, (pinned, old), &helm, console) else { return Ok(None) };
        let besides = |kept: &&LockedRelease| {
            !releases.iter().any(|release| (&release.owner, &release.name) == (&kept.owner, &kept.name))
        };
        let besides: Vec<LockedRelease> = pinned.releases.iter().filter(besides).cloned().collect();
        lock = Lock { releases: [releases, besides].concat(), ..pinned.clone() };
        let written = lock.write();
        if written == text {
            break;
        }
        text = written;
    }
    Ok(Some((lock, text)))
}

/// Renders what the homelab releases; `None` after saying what went wrong.
fn render(
    shop: &Shop,
    charts: &Charts,
    (lock, old): (&Lock, &Lock),
    helm: &Helm,
    console: &Console,
) -> Option<Vec<LockedRelease>> {
    let mut locked = Vec::new();
    let mut failed = false;
    let releases: Vec<&WantedRelease> = charts.releases.iter().filter(|release| release.made).collect();
    let requests: Vec<RenderRequest> = releases
        .iter()
        .filter_map(|release| lock.chart(&release.source).map(|chart| release.request(chart.digest)))
        .collect();
    let mut no_renderer = false;
    for ((release, request), answer) in releases.iter().zip(&requests).zip(helm.render(&requests)) {
        let failure = match answer {
            Ok(rendering) => match rendering.objects.objects(nowhere()) {
                Some(found) => {
                    let new = LockedRelease {
                        owner: release.owner.clone(),
                        name: release.name.clone(),
                        inputs: request.digest(),
                        objects: surface(&found, &release.namespace),
                        span: None,
                    };
                    let before = old.release(&release.owner, &release.name);
                    let stays = before.filter(|before| is_only_made_up(before, &new, request, helm));
                    locked.push(stays.cloned().unwrap_or(new));
                    continue;
                }
                None => Failure::new(format!("{}: what the cache kept of it cannot be read", what(shop, release)))
                    .help("remove the cache"),
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
    (!failed).then_some(locked)
}

/// True when a release is locked otherwise only because its chart makes up names or labels anew each time.
fn is_only_made_up(before: &LockedRelease, new: &LockedRelease, request: &RenderRequest, helm: &Helm) -> bool {
    let text = |release: &LockedRelease| Lock { releases: vec![release.clone()], ..Lock::default() }.write();
    if before.inputs != new.inputs || text(before) == text(new) {
        return false;
    }
    let twice = RenderRequest { twice: true, ..request.clone() };
    helm.render(&[twice]).pop().is_some_and(|answer| answer.is_ok_and(|rendering| rendering.again.is_some()))
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
            // Source: Helm, `chart requires kubeVersion: … which is incompatible with Kubernetes …`
            let help = if error.message.starts_with("chart requires kubeVersion") {
                "take a version of the chart that knows this Kubernetes; `kube-version` on the chart names another one. Nothing was locked"
            } else {
                "see what the chart wants of its values; nothing was locked"
            };
            Failure::new(format!("{what} cannot be rendered{at}: {}", error.message)).help(help)
        }
        RenderFailure::Unavailable(_) | RenderFailure::NotNow => {
            Failure::new(format!("{what} cannot be rendered: its archive has gone from the cache"))
                .help("run `hlc lock` again")
        }
        RenderFailure::NoObjects(error) => Failure::new(format!("{what}: {error}")),
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
