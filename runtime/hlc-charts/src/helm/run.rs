//! Running `helm template`.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hlc_chart::manifest::RenderError;
use hlc_chart::render::{RenderFailure, RenderRequest};
use hlc_chart::{Archive, Limits};

use super::program::Program;

/// The variables that tell Helm where the user's things are.
pub(super) const FOLDERS: [&str; 7] = [
    "HOME",
    "HELM_CACHE_HOME",
    "HELM_CONFIG_HOME",
    "HELM_DATA_HOME",
    "HELM_PLUGINS",
    "HELM_REPOSITORY_CACHE",
    "TMPDIR",
];
/// The variable that tells Helm where the user's clusters are. It names a file that is not there: with one that cannot be read, such as a
/// folder, Helm 3.14 renders into the namespace `default`, whatever `--namespace` says.
pub(super) const CLUSTERS: &str = "KUBECONFIG";
/// What a chart may render at most, in bytes.
const LIMIT: usize = 256 << 20;
/// How much of what Helm says of a failure is read, in bytes.
const SAID: usize = 1 << 20;

/// Renders a release; the manifest that Helm writes.
///
/// Helm gets a folder of its own with the archive and the values, and no variable but those that name it: no home with plugins
/// and repositories, no cluster, nothing secret.
pub(super) fn template(
    program: &Program,
    request: &RenderRequest,
    archive: &[u8],
    patience: Duration,
) -> Result<String, RenderFailure> {
    let other = |error: io::Error| RenderFailure::Other(format!("`helm` cannot be run: {error}"));
    let refused = |message: String| RenderFailure::Refused(RenderError { at: None, message });
    // Helm unpacks it in memory as well; what is refused here never gets there.
    Archive::read(archive, &Limits::default()).map_err(|error| refused(format!("its archive is refused: {error}")))?;
    let folder = tempfile::Builder::new().prefix("hlc-render-").tempdir().map_err(other)?;
    let [chart, values, own] = ["chart.tgz", "values.yaml", "own"].map(|name| folder.path().join(name));
    fs::write(&chart, archive).map_err(other)?;
    fs::write(&values, &request.values).map_err(other)?;
    fs::create_dir(&own).map_err(other)?;
    let mut command = Command::new(&program.path);
    command.arg("template").arg(&request.release).arg(&chart);
    command.arg("--namespace").arg(&request.namespace).arg("--values").arg(&values);
    if let Some(version) = &request.capabilities.kubernetes {
        command.arg("--kube-version").arg(version);
    }
    for version in &request.capabilities.api_versions {
        command.arg("--api-versions").arg(version);
    }
    if request.include_crds {
        command.arg("--include-crds");
    }
    command.env_clear().current_dir(folder.path());
    for name in FOLDERS {
        command.env(name, &own);
    }
    command.env(CLUSTERS, own.join("none"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(other)?;
    let Some(ended) = watch(child, patience).map_err(other)? else {
        return Err(refused(format!("`helm template` did not end within {} s", patience.as_secs())));
    };
    if !ended.success {
        let said = without(&String::from_utf8_lossy(&ended.stderr), folder.path());
        return Err(RenderFailure::Refused(RenderError::from_helm(&said)));
    }
    if ended.stdout.len() >= LIMIT {
        return Err(refused(format!("it renders more than {LIMIT} bytes")));
    }
    String::from_utf8(ended.stdout).map_err(|_| refused("it renders something else than text".to_owned()))
}

/// A process that has ended.
struct Ended {
    success: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Waits for a process and reads what it writes; `None` when it took too long and was ended.
fn watch(mut child: Child, patience: Duration) -> io::Result<Option<Ended>> {
    let stdout = child.stdout.take().map(|out| reader(out, LIMIT));
    let stderr = child.stderr.take().map(|err| reader(err, SAID));
    let until = Instant::now() + patience;
    let mut wait = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= until {
            // It may have ended just now.
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(wait);
        wait = (wait * 2).min(Duration::from_millis(5));
    };
    Ok(Some(Ended { success: status.success(), stdout: finish(stdout)?, stderr: finish(stderr)? }))
}

type Reader = JoinHandle<io::Result<Vec<u8>>>;

/// Reads a pipe to its end and keeps so much of it.
fn reader(mut pipe: impl Read + Send + 'static, limit: usize) -> Reader {
    thread::spawn(move || {
        let mut kept = Vec::new();
        (&mut pipe).take(limit as u64).read_to_end(&mut kept)?;
        io::copy(&mut pipe, &mut io::sink())?;
        Ok(kept)
    })
}

fn finish(reader: Option<Reader>) -> io::Result<Vec<u8>> {
    let Some(reader) = reader else { return Ok(Vec::new()) };
    reader.join().unwrap_or_else(|_| Err(io::Error::other("what it wrote could not be read")))
}

/// A text without the names of places that only exist while Helm runs.
fn without(text: &str, folder: &Path) -> String {
    let folder = folder.display().to_string();
    text.replace(&format!("{folder}/chart.tgz"), "the chart").replace(&format!("{folder}/"), "")
}
