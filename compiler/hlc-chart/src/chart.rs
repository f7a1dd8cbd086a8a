//! A chart: what it is, what it is made of, and its subcharts.

use hlc_diag::{FileId, Span};
use hlc_kube::documents_as_helm;
use hlc_schema::{Data, DataValue};

use crate::archive::{Archive, ArchiveError, Limits};

/// A chart, read from its archive.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What `Chart.yaml` says.
    pub metadata: Metadata,
    /// What `values.yaml` says; `None` without one, or when it cannot be read.
    pub values: Option<Data>,
    /// The text of `values.schema.json`.
    pub schema: Option<String>,
    /// Templates, partials included, by their path in the chart.
    pub templates: Vec<(String, String)>,
    /// Files in `crds/`, by their path in the chart.
    pub crds: Vec<(String, String)>,
    /// Other files with template actions in them, by their path in the chart: what `tpl` may be given.
    pub files: Vec<(String, String)>,
    /// The charts in `charts/`.
    pub subcharts: Vec<Self>,
}

/// What `Chart.yaml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The chart's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of what it installs.
    pub app_version: Option<String>,
    /// The versions of Kubernetes that it takes, as a range of semantic versions.
    pub kube_version: Option<String>,
    /// True for a chart that has nothing but definitions for others.
    pub library: bool,
    /// Charts that it brings along.
    pub dependencies: Vec<Dependency>,
}

/// A chart that another one brings along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Its version, or a range of versions.
    pub version: String,
    /// Where it is had from.
    pub repository: String,
    /// Paths in the parent's values, of which the first that is a boolean switches it on or off.
    pub condition: Vec<String>,
    /// Keys of `tags` in the values that switch it on or off together with others.
    pub tags: Vec<String>,
    /// What it is called instead.
    pub alias: Option<String>,
    /// Values of it that the parent takes over, by the path in the subchart and the path in the parent.
    pub import_values: Vec<ImportedValues>,
}

/// Values of a subchart that its parent takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedValues {
    /// Where they are in the subchart: `exports.NAME`, or any other path.
    pub child: String,
    /// Where they come to be in the parent; empty for its top.
    pub parent: String,
}

impl Dependency {
    /// The name under which the parent's values hold its values.
    #[must_use]
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// Why an archive is no chart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// It is refused as an archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It has no `Chart.yaml`, or one that cannot be read.
    #[error("its `{file}` {reason}")]
    Metadata {
        /// The file.
        file: String,
        /// What is wrong, to be read behind its name.
        reason: String,
    },
    /// Charts in charts in charts.
    #[error("its charts lie more than {0} levels deep")]
    Depth(usize),
}

/// Charts hold charts that hold charts; deeper than this nobody means it.
const DEPTH: usize = 8;
/// How much all the archives within archives may hold, in bytes.
const NESTED: u64 = 200 << 20;

impl Chart {
    /// Reads a chart from the bytes of its archive.
    ///
    /// # Errors
    /// See [`ChartError`].
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ChartError> {
        Self::of(&Archive::read(bytes, limits)?, limits)
    }

    /// Reads a chart from its files.
    ///
    /// # Errors
    /// See [`ChartError`].
    pub fn of(archive: &Archive, limits: &Limits) -> Result<Self, ChartError> {
        Reader { limits, left: NESTED }.chart(archive, "", DEPTH)
    }

    /// The subchart that a dependency brings along: by name, and by version where several have the name.
    #[must_use]
    pub fn subchart(&self, dependency: &Dependency) -> Option<&Self> {
        let mut named = self.subcharts.iter().filter(|chart| chart.metadata.name == dependency.name);
        let exact = named.clone().find(|chart| chart.metadata.version == dependency.version);
        exact.or_else(|| named.next())
    }

    /// True when a template of it or of its subcharts calls a function whose answer is another one each time.
    #[must_use]
    pub fn may_be_random(&self) -> bool {
        // Source: Sprig, "Date", "String", "Cryptographic and Security" functions; `htpasswd` and `bcrypt` salt.
        const RANDOM: [&str; 16] = [
            "randAlpha",
            "randNumeric",
            "randAscii",
            "randBytes",
            "randInt",
            "shuffle",
            "uuidv4",
            "genPrivateKey",
            "genCA",
            "genSelfSignedCert",
            "genSignedCert",
            "htpasswd",
            "bcrypt",
            "encryptAES",
            "now",
            "ago",
        ];
        let calls = |text: &str| RANDOM.iter().any(|name| calls(text, name));
        let mut templates = self.templates.iter().filter(|(path, _)| !path.ends_with("/NOTES.txt"));
        templates.any(|(_, text)| calls(text)) || self.subcharts.iter().any(Self::may_be_random)
    }
}

/// True when an action of a template holds the word, not only as the end of a longer one. Comments count as actions: what is
/// rendered once too often only takes time.
fn calls(text: &str, name: &str) -> bool {
    let mut actions = text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default());
    let is_begun = |action: &str, at: usize| {
        let before = action.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| matches!(c, ' ' | '(' | '|' | '-' | '\t' | '\n' | '='))
    };
    actions.any(|action| action.match_indices(name).any(|(at, _)| is_begun(action, at)))
}

struct Reader<'l> {
    limits: &'l Limits,
    /// Bytes that archives within archives may still hold.
    left: u64,
}

impl Reader<'_> {
    fn chart(&mut self, archive: &Archive, at: &str, depth: usize) -> Result<Chart, ChartError> {
        let metadata = metadata(archive, at)?;
        let text = |path: &str| archive.text(path);
        let below = |folder: &str| {
            let files =
                archive.files().filter(|(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
            files.filter_map(|(path, _)| Some((path.to_owned(), text(path)?.to_owned()))).collect::<Vec<_>>()
        };
        let values = text("values.yaml").and_then(yaml);
        let schema = text("values.schema.json").map(str::to_owned);
        let templates = below("templates");
        let crds = below("crds");
        let is_other = |path: &str| {
            let known = ["templates/", "crds/", "charts/"].iter().any(|folder| path.starts_with(folder));
            !known && !matches!(path, "values.yaml" | "Chart.yaml" | "values.schema.json") && !path.ends_with(".md")
        };
        let files = archive.files().filter(|(path, _)| is_other(path));
        let files = files
            .filter_map(|(path, _)| Some((path.to_owned(), text(path).filter(|text| text.contains("{{"))?.to_owned())))
            .collect();
        let subcharts = self.subcharts(archive, at, depth)?;
        Ok(Chart { metadata, values, schema, templates, crds, files, subcharts })
    }

    /// The charts in `charts/`: folders and archives, but for those that Helm leaves out by their first character
    /// (helm/pkg/chart/loader, `load.go`: `_` and `.`).
    fn subcharts(&mut self, archive: &Archive, at: &str, depth: usize) -> Result<Vec<Chart>, ChartError> {
        let mut folders: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        for (path, bytes) in archive.files() {
            let Some(rest) = path.strip_prefix("charts/") else { continue };
            if rest.starts_with(['_', '.']) {
                continue;
            }
            let inner = match rest.split_once('/') {
                Some((folder, _)) if folders.contains(&folder) => continue,
                Some((folder, _)) => {
                    folders.push(folder);
                    archive.below(&format!("charts/{folder}"))
                }
                None if rest.ends_with(".tgz") => {
                    let inner = Archive::read(
                        bytes,
                        &Limits { unpacked: self.left.min(self.limits.unpacked), ..*self.limits },
                    )?;
                    let size: u64 = inner.files().map(|(_, bytes)| bytes.len() as u64).sum();
                    self.left = self.left.saturating_sub(size);
                    inner
                }
                None => continue,
            };
            // A folder of other things is no chart.
            if inner.get("Chart.yaml").is_none() {
                continue;
            }
            if depth == 0 {
                return Err(ChartError::Depth(DEPTH));
            }
            let place = format!("{at}charts/{}/", inner.folder);
            found.push(self.chart(&inner, &place, depth - 1)?);
        }
        Ok(found)
    }
}

/// The first document of a YAML text as Helm reads it; `None` when it cannot be read.
fn yaml(text: &str) -> Option<Data> {
    let nowhere = Span::new(FileId::new(0), 0, 0);
    let mut documents = documents_as_helm(text, nowhere).ok()?.into_iter();
    Some(documents.next().unwrap_or_else(|| Data::new(DataValue::Null, nowhere)))
}

fn metadata(archive: &Archive, at: &str) -> Result<Metadata, ChartError> {
    let fail = |reason: &str| ChartError::Metadata { file: format!("{at}Chart.yaml"), reason: reason.to_owned() };
    if archive.get("Chart.yaml").is_none() {
        return Err(fail("is missing"));
    }
    let data = archive.text("Chart.yaml").and_then(yaml).ok_or_else(|| fail("is no YAML"))?;
    let name = text(&data, "name").ok_or_else(|| fail("has no `name`"))?;
    let version = text(&data, "version").ok_or_else(|| fail("has no `version`"))?;
    // Charts of apiVersion v1 keep them in a file of their own.
    let requirements = archive.text("requirements.yaml").and_then(yaml);
    let listed = data.get("dependencies").or_else(|| requirements.as_ref()?.get("dependencies"));
    let dependencies = listed.and_then(Data::as_list).unwrap_or_default().iter().filter_map(dependency).collect();
    Ok(Metadata {
        name,
        version,
        app_version: text(&data, "appVersion"),
        kube_version: text(&data, "kubeVersion"),
        library: text(&data, "type").as_deref() == Some("library"),
        dependencies,
    })
}

/// A scalar as text: versions are sometimes written as numbers.
fn text(data: &Data, key: &str) -> Option<String> {
    let text = match &data.get(key)?.value {
        DataValue::String(text) => text.as_str().to_owned(),
        DataValue::Integer(number) => number.to_string(),
        DataValue::Float(number) => number.to_string(),
        DataValue::Null | DataValue::Bool(_) | DataValue::List(_) | DataValue::Map(_) | DataValue::Deferred(_) => {
            return None;
        }
    };
    (!text.is_empty()).then_some(text)
}

fn dependency(data: &Data) -> Option<Dependency> {
    let texts = |key: &str| {
        let items = data.get(key).and_then(Data::as_list).unwrap_or_default();
        items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect::<Vec<_>>()
    };
    let condition = text(data, "condition").unwrap_or_default();
    let imported = data.get("import-values").and_then(Data::as_list).unwrap_or_default();
    Some(Dependency {
        name: text(data, "name")?,
        version: text(data, "version").unwrap_or_default(),
        repository: text(data, "repository").unwrap_or_default(),
        condition: condition.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect(),
        tags: texts("tags"),
        alias: text(data, "alias"),
        import_values: imported
            .iter()
            .filter_map(|item| match item.as_str() {
                Some(name) => Some(ImportedValues { child: format!("exports.{name}"), parent: String::new() }),
                None => Some(ImportedValues {
                    child: text(item, "child")?,
                    parent: text(item, "parent").filter(|parent| parent != ".").unwrap_or_default(),
                }),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn archive(files: &[(&str, &str)]) -> Archive {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())));
        Archive::of("web", files)
    }

    fn read(files: &[(&str, &str)]) -> Result<Chart, ChartError> {
        Chart::of(&archive(files), &Limits::default())
    }

    #[test]
    fn everything_of_a_chart() {
        let chart = read(&[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.10\nkubeVersion: '>=1.20'\ndependencies:\n- {name: db, version: 1.x, \
                 alias: store, condition: 'store.enabled, global.store', tags: [data], import-values: [pool, {child: a.b, \
                 parent: c}]}\n",
            ),
            ("values.yaml", "a: 1\na: 2\n80: x\n"),
            ("values.schema.json", "{}"),
            ("templates/_h.tpl", "h"),
            ("templates/NOTES.txt", "n"),
            ("crds/x.yaml", "kind: X"),
            ("charts/db/Chart.yaml", "name: db\nversion: 1.2.3\ntype: library\n"),
            ("charts/README.md", "no chart"),
            ("charts/_old/Chart.yaml", "name: db\nversion: 0.0.1\n"),
        ])
        .unwrap();
        assert_eq!((chart.metadata.name.as_str(), chart.metadata.version.as_str()), ("web", "1.10"));
        assert_eq!(chart.values.as_ref().unwrap().get("a").and_then(Data::as_integer), Some(2));
        assert_eq!(chart.templates.len(), 2);
        assert_eq!(chart.crds.len(), 1);
        let [dependency] = chart.metadata.dependencies.as_slice() else { panic!() };
        assert_eq!(dependency.key(), "store");
        assert_eq!(dependency.condition, ["store.enabled", "global.store"]);
        assert_eq!(dependency.import_values[0].child, "exports.pool");
        assert_eq!(dependency.import_values[1].parent, "c");
        assert!(chart.subchart(dependency).unwrap().metadata.library);
        assert_eq!(chart.subcharts.len(), 1);
    }

    #[test]
    fn charts_of_the_first_api_version() {
        let chart = read(&[
            ("Chart.yaml", "name: web\nversion: 1.0.0\n"),
            ("requirements.yaml", "dependencies:\n- {name: db, version: 1.0.0}\n"),
        ]);
        assert_eq!(chart.unwrap().metadata.dependencies.len(), 1);
    }

    #[test]
    fn what_is_no_chart() {
        let reason = |files: &[(&str, &str)]| read(files).unwrap_err().to_string();
        assert_eq!(reason(&[("values.yaml", "")]), "its `Chart.yaml` is missing");
        assert_eq!(reason(&[("Chart.yaml", "version: 1.0.0")]), "its `Chart.yaml` has no `name`");
        assert_eq!(reason(&[("Chart.yaml", "{")]), "its `Chart.yaml` is no YAML");
        let deep = format!("{}Chart.yaml", "charts/a/".repeat(20));
        let all: Vec<String> = (0..=20).map(|depth| format!("{}Chart.yaml", "charts/a/".repeat(depth))).collect();
        assert!(all.contains(&deep));
        let files: Vec<(&str, &str)> = all.iter().map(|path| (path.as_str(), "name: a\nversion: 1.0.0")).collect();
        assert_eq!(read(&files).unwrap_err(), ChartError::Depth(DEPTH));
    }

    #[test]
    fn random_functions() {
        let random = |template: &str| {
            let chart = read(&[("Chart.yaml", "name: a\nversion: 1.0.0"), ("templates/a.yaml", template)]).unwrap();
            chart.may_be_random()
        };
        assert!(random("{{ randAlphaNum 5 }}"));
        assert!(random("{{ .Values.x | default (uuidv4) }}"));
        assert!(random("{{now}}"));
        assert!(!random("unknown: {{ .Values.randAlphaNum }}"));
        assert!(!random("{{ include \"web.now\" . }}"));
    }
}
