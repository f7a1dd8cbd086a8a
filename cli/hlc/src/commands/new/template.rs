//! What a new workload begins with.

use hlc_diag::FileId;
use hlc_model::concept::field_order;
use hlc_syntax::{is_bare_identifier, quote};

use crate::args::NewWorkload;
use crate::failure::Failure;

/// What runs in the workload.
pub(super) enum Content {
    /// A chart: repository, name, version.
    Chart(String, String, String),
    /// A container: image and port.
    App(String, u16),
    /// Nothing yet.
    Nothing,
}

impl Content {
    /// What the options say.
    pub(super) fn of(options: &NewWorkload) -> Result<Self, Failure> {
        if let Some(chart) = &options.chart {
            let parts = chart.rsplit_once('@').and_then(|(path, version)| {
                let (repo, name) = path.rsplit_once('/')?;
                (repo.contains("://") && !name.is_empty() && !version.is_empty()).then_some((repo, name, version))
            });
            let (repo, name, version) = parts.ok_or_else(|| {
                Failure::new(format!("`{chart}` is no chart"))
                    .help("write REPO/NAME@VERSION, such as `https://charts.example.net/grafana@10.7.0`")
            })?;
            return Ok(Self::Chart(repo.to_owned(), name.to_owned(), version.to_owned()));
        }
        if let Some(app) = &options.app {
            let parts = app.rsplit_once(':').and_then(|(image, port)| Some((image, port.parse().ok()?)));
            let (image, port) = parts.filter(|(image, port)| !image.is_empty() && *port > 0).ok_or_else(|| {
                Failure::new(format!("`{app}` names no image and port"))
                    .help("write IMAGE:PORT, such as `traefik/whoami:v1.11:80`")
            })?;
            return Ok(Self::App(image.to_owned(), port));
        }
        Ok(Self::Nothing)
    }

    /// What to do next when there are no findings.
    pub(super) fn next(&self) -> &'static str {
        match self {
            Self::Chart(..) => "next: give the chart its `values`, then `hlc build workloads`",
            Self::App(..) => "next: `hlc build workloads`; `hlc explain app` says what else an app can have",
            Self::Nothing => "next: `hlc explain workload` says what it can hold",
        }
    }
}

/// A name or text in quotes, as names are written throughout, also where KDL needs none.
pub(super) fn quoted(text: &str) -> String {
    if is_bare_identifier(text) { format!("\"{text}\"") } else { quote(text) }
}

/// The text of the file, as `hlc fmt` lays it out.
pub(super) fn text(category: &str, name: &str, content: &Content) -> Result<String, Failure> {
    let own = quoted(name);
    let body = match content {
        Content::Chart(repo, chart, version) => {
            let release = if chart == name { String::new() } else { format!(" release={own}") };
            format!("\nchart {}{release} version={} repo={}\n", quoted(chart), quoted(version), quoted(repo))
        }
        Content::App(image, port) => {
            format!("\napp {own} image={} {{\nport \"http\" {port}\n}}\nroute {own} app={own}\n", quoted(image))
        }
        Content::Nothing => String::new(),
    };
    let text = format!("workload {own} category={} {{\nnamespace {own}\n{body}}}\n", quoted(category));
    let document = hlc_syntax::parse(FileId::new(0), text.into()).document;
    hlc_syntax::format_in_order(&document, field_order())
        .map_err(|_| Failure::new("what was given cannot be written as KDL").help("give plain names and versions"))
}
