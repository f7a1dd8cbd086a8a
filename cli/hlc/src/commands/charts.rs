//! `hlc lock`, `hlc fetch`, `hlc vendor`, `hlc outdated`: the commands that go out for charts.

mod explain;
mod lock;
mod logins;
mod outdated;

use std::env;
use std::fs;
use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use hlc_chart::Lock;
use hlc_charts::{
    AtHand, Brought, Client, FetchError, Mirror, Mirrors, Policy, Sources, Vendor, Vendored, Want, bring,
};
use hlc_delivery::{DiskInputs, OverlayInputs, Project};
use hlc_diag::{Diagnostic, Sources as Texts, Span};
use hlc_model::{Charts, Compilation};

use crate::args::{Args, Lock as LockOptions, Net};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::project;

pub(crate) fn lock(args: &Args, options: &LockOptions, console: &Console) -> Result<Exit, Failure> {
    lock::run(&Shop::open(args)?, args, options, console)
}

pub(crate) fn outdated(args: &Args, net: &Net, console: &Console) -> Result<Exit, Failure> {
    outdated::run(&Shop::open(args)?, net, console)
}

pub(crate) fn fetch(args: &Args, net: &Net, console: &Console) -> Result<Exit, Failure> {
    let shop = Shop::open(args)?;
    let Some(brought) = shop.bring_locked(net, console)? else { return Ok(Exit::Failed) };
    let came = brought.iter().filter(|(_, brought)| brought.came).count();
    console.say(&format!("fetched {came}, {} at hand", brought.len() - came));
    Ok(Exit::Success)
}

pub(crate) fn vendor(args: &Args, net: &Net, console: &Console) -> Result<Exit, Failure> {
    let shop = Shop::open(args)?;
    let Some(brought) = shop.bring_locked(net, console)? else { return Ok(Exit::Failed) };
    let files: Vec<Vendored> = brought.into_iter().map(|(want, brought)| vendored(&want, brought)).collect();
    let report = Vendor::new(&shop.project.folder).keep(&files).map_err(|error| {
        Failure::new(format!("cannot write to `{}`: {error}", shop.project.folder.join("vendor").display()))
    })?;
    let mut parts = vec![format!("wrote {}", count(report.written.len(), "file"))];
    if !report.removed.is_empty() {
        parts.push(format!("removed {}", report.removed.len()));
    }
    parts.push(format!("{} unchanged", report.unchanged));
    console.say(&format!("{} in vendor/", parts.join(", ")));
    Ok(Exit::Success)
}

fn vendored(want: &Want, brought: Brought) -> Vendored {
    match want {
        Want::Chart { source, .. } => {
            Vendored { stem: format!("{}-{}", source.name, source.version), extension: "tgz", bytes: brought.bytes }
        }
        Want::Manifests { url, .. } => {
            let name = url.split(['?', '#']).next().unwrap_or(url).rsplit('/').next().unwrap_or_default();
            let stem = name.trim_end_matches(".yaml").trim_end_matches(".yml");
            let stem = if stem.is_empty() { "manifests" } else { stem };
            Vendored { stem: stem.to_owned(), extension: "yaml", bytes: brought.bytes }
        }
    }
}

/// `1 file`, `2 files`
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A lock file as it is on disk.
struct LockFile {
    text: String,
    /// What it says, or why that cannot be known.
    lock: Result<Lock, Box<Diagnostic>>,
    /// What findings about it point into.
    texts: Texts,
}

/// A homelab with what is needed to bring its charts.
struct Shop {
    project: Project,
    compilation: ManuallyDrop<Compilation>,
    at_hand: AtHand,
    lock_path: PathBuf,
}

impl Shop {
    fn open(args: &Args) -> Result<Self, Failure> {
        let project = project::find(args)?;
        // Nothing is rendered for it, and no archive looked into: it says what is wanted.
        let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
        let compilation = ManuallyDrop::new(hlc_model::compile(&disk, &project.root));
        let at_hand = project::at_hand(args, &project)?;
        let lock_path = project.folder.join(hlc_chart::lock::path(&project.root));
        Ok(Self { project, compilation, at_hand, lock_path })
    }

    /// What the homelab wants, with another lock file beside it.
    fn charts_with(&self, lock: &str) -> Result<Charts, Failure> {
        let disk =
            DiskInputs::new(&self.project.folder).map_err(|error| Failure::open(&self.project.folder, &error))?;
        let mut inputs = OverlayInputs::new(&disk);
        inputs.insert(self.lock_name(), lock);
        Ok(hlc_model::compile(&inputs, &self.project.root).charts)
    }

    /// The lock file's name.
    fn lock_name(&self) -> String {
        hlc_chart::lock::path(&self.project.root)
    }

    /// The lock file; `None` when there is none.
    fn read_lock(&self) -> Result<Option<LockFile>, Failure> {
        let text = match fs::read_to_string(&self.lock_path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::open(&self.lock_path, &error)),
        };
        let mut texts = Texts::default();
        let file = texts.add(self.lock_name(), text.as_str());
        let lock = Lock::read(file, text.as_str().into());
        Ok(Some(LockFile { text, lock, texts }))
    }

    /// Brings everything that the lock file names; `None` after saying what could not be had.
    fn bring_locked(&self, net: &Net, console: &Console) -> Result<Option<Vec<(Want, Brought)>>, Failure> {
        let name = self.lock_name();
        let lock = match self.read_lock()? {
            Some(LockFile { lock: Ok(lock), .. }) => lock,
            Some(LockFile { lock: Err(found), texts, .. }) => {
                console.findings_as_message(&texts, &[*found]);
                return Ok(None);
            }
            None => return Err(Failure::new(format!("there is no {name}")).help("`hlc lock` makes it")),
        };
        let unlocked: Vec<String> = self
            .compilation
            .charts
            .sources()
            .into_iter()
            .filter(|source| lock.chart(source).is_none())
            .map(ToString::to_string)
            .collect();
        if !unlocked.is_empty() {
            return Err(Failure::new(format!("{name} does not have {}", unlocked.join(", "))).help("run `hlc lock`"));
        }
        let charts = lock.charts.iter().map(|chart| Want::Chart {
            source: chart.source.clone(),
            locked: Some((chart.digest, chart.dependencies.clone())),
        });
        let manifests = lock
            .manifests
            .iter()
            .map(|manifests| Want::Manifests { url: manifests.url.clone(), locked: Some(manifests.digest) });
        let wants: Vec<Want> = charts.chain(manifests).collect();
        let brought = self.bring(&wants, net, console)?;
        Ok(brought.map(|brought| wants.into_iter().zip(brought).collect()))
    }

    /// Brings what is wanted; `None` after saying what could not be had.
    fn bring(&self, wants: &[Want], net: &Net, console: &Console) -> Result<Option<Vec<Brought>>, Failure> {
        self.at_hand.store().tidy();
        let sources = Arc::new(self.sources(net)?);
        let watch: Arc<dyn hlc_charts::Watch> = Arc::new(Bars::new());
        let answers = runtime()?.block_on(bring(&sources, &self.at_hand, wants, &watch));
        let mut brought = Vec::new();
        let mut failed = false;
        for (want, answer) in wants.iter().zip(answers) {
            match answer {
                Ok(one) => brought.push(one),
                Err(error) => {
                    failed = true;
                    console.failure(&self.explain(want, &error));
                }
            }
        }
        Ok((!failed).then_some(brought))
    }

    fn explain(&self, want: &Want, error: &FetchError) -> Failure {
        let place = self.place(want).map(|span| self.compilation.sources.locate(span).to_string());
        explain::failure(want, place.as_deref(), error, &self.lock_name())
    }

    /// Where the homelab first names what is wanted.
    fn place(&self, want: &Want) -> Option<Span> {
        let charts = &self.compilation.charts;
        match want {
            Want::Chart { source, .. } => {
                let releases = charts.releases.iter().filter(|release| release.made && release.source == *source);
                releases.map(|release| release.chart_span).min()
            }
            Want::Manifests { url, .. } => {
                charts.manifests.iter().filter(|wanted| wanted.url == *url).map(|wanted| wanted.span).min()
            }
        }
    }

    fn sources(&self, net: &Net) -> Result<Sources, Failure> {
        let client = Client::new(concat!("hlc/", env!("CARGO_PKG_VERSION")), Policy::default())
            .map_err(|reason| Failure::new(reason.to_string()))?;
        let logins = logins::find(&self.project, &self.compilation)?;
        Ok(Sources::new(client, mirrors(net)?, logins, &self.project.folder))
    }
}

/// The mirrors of the arguments and of the environment.
fn mirrors(net: &Net) -> Result<Mirrors, Failure> {
    let text = env::var("HLC_MIRRORS").unwrap_or_default();
    let named = text.split_whitespace().map(|mirror| {
        mirror
            .parse::<Mirror>()
            .map_err(|error| Failure::new(format!("`{mirror}` in HLC_MIRRORS is no mirror: {error}")))
    });
    // Those of the arguments are the nearer ones: of two for one URL the last counts.
    named.chain(net.mirror.iter().cloned().map(Ok)).collect()
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot set up what network connections need: {error}")))
}
