//! A chart repository, a registry and a web server in one, with everything that can go wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};

use hlc_chart::{Archive, Digest};
use hlc_tests_web::{Asked, Reply, Server};

/// What is published now.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Archives by name and version.
    pub(crate) charts: BTreeMap<(String, String), Vec<u8>>,
    /// Other files, by path.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// What is answered in place of what is there, by path.
    pub(crate) faults: BTreeMap<String, Reply>,
    /// `user:password`, in base64, that everything wants.
    pub(crate) basic: Option<String>,
    /// A digest that the index has in place of the right one.
    pub(crate) wrong_index: Option<Digest>,
}

pub(crate) struct Publisher {
    pub(crate) server: Server,
    shelf: Arc<Mutex<Shelf>>,
}

/// The token that the registry takes.
const TOKEN: &str = "registry-token-canary";
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

impl Publisher {
    pub(crate) fn new() -> Self {
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let read = shelf.clone();
        let server = Server::start(move |asked| reply(&read.lock().unwrap(), asked));
        Self { server, shelf }
    }

    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap()
    }

    /// Publishes a chart with a ConfigMap that says which one it is, and gives its digest.
    pub(crate) fn chart(&self, name: &str, version: &str, word: &str) -> Digest {
        let template = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{{{ .Release.Name }}}}\ndata:\n  word: {word}\n  size: \
             {{{{ .Values.size | quote }}}}\n"
        );
        let files = [
            (
                "Chart.yaml".to_owned(),
                format!("apiVersion: v2\nname: {name}\nversion: {version}\nkubeVersion: \">=1.20.0-0\"\n"),
            ),
            ("values.yaml".to_owned(), "size: small\n".to_owned()),
            ("templates/a.yaml".to_owned(), template),
        ];
        self.archive(name, version, &files)
    }

    pub(crate) fn archive(&self, name: &str, version: &str, files: &[(String, String)]) -> Digest {
        let bytes = pack(name, files);
        let digest = Digest::of(&bytes);
        self.shelf().charts.insert((name.to_owned(), version.to_owned()), bytes);
        digest
    }

    /// The repository's URL.
    pub(crate) fn repo(&self) -> String {
        self.server.url("/repo")
    }

    /// The registry's.
    pub(crate) fn registry(&self) -> String {
        format!("oci://{}/reg", self.server.host())
    }
}

pub(crate) fn pack(name: &str, files: &[(String, String)]) -> Vec<u8> {
    let files = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_bytes())));
    hlc_charts::pack(&Archive::of(name, files)).unwrap()
}

fn reply(shelf: &Shelf, asked: &Asked) -> Reply {
    let path = asked.path.split('?').next().unwrap_or_default();
    if let Some(fault) = shelf.faults.get(path) {
        return fault.clone();
    }
    let given = asked.header("authorization");
    let basic = shelf.basic.as_ref().map(|basic| format!("Basic {basic}"));
    if path == "/token" {
        let right = basic.is_none() || given == basic.as_deref();
        return if right { Reply::ok(format!("{{\"token\": \"{TOKEN}\"}}")) } else { Reply::status(401) };
    }
    if let Some(rest) = path.strip_prefix("/v2/reg/") {
        if basic.is_some() && given != Some(&format!("Bearer {TOKEN}")) {
            let realm = format!("http://{}/token", asked.header("host").unwrap_or_default());
            return Reply::status(401)
                .header("www-authenticate", &format!("Bearer realm=\"{realm}\",service=\"test\""));
        }
        return registry(shelf, rest);
    }
    if basic.is_some() && given != basic.as_deref() {
        return Reply::status(401);
    }
    if path == "/repo/index.yaml" {
        return Reply::ok(index(shelf));
    }
    let archive = shelf.charts.iter().find(|((name, version), _)| path == format!("/repo/files/{name}-{version}.tgz"));
    match archive.map(|(_, bytes)| bytes).or_else(|| shelf.files.get(path)) {
        Some(bytes) => Reply::ok(bytes.clone()),
        None => Reply::status(404),
    }
}

fn index(shelf: &Shelf) -> String {
    let mut text = "apiVersion: v1\nentries:\n".to_owned();
    let mut last = "";
    for ((name, version), bytes) in &shelf.charts {
        if name != last {
            let _ = writeln!(text, "  {name}:");
            last = name;
        }
        let digest = shelf.wrong_index.unwrap_or_else(|| Digest::of(bytes)).hex();
        let _ = writeln!(
            text,
            "  - {{name: {name}, version: {version}, digest: {digest}, urls: [files/{name}-{version}.tgz]}}"
        );
    }
    text
}

fn registry(shelf: &Shelf, path: &str) -> Reply {
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    let mut versions = shelf.charts.iter().filter(|((chart, _), _)| chart == name);
    if rest == "tags/list" {
        let tags: Vec<String> =
            versions.map(|((_, version), _)| format!("\"{}\"", version.replace('+', "_"))).collect();
        return if tags.is_empty() {
            Reply::status(404)
        } else {
            Reply::ok(format!("{{\"tags\": [{}]}}", tags.join(",")))
        };
    }
    if let Some(tag) = rest.strip_prefix("manifests/") {
        return match versions.find(|((_, version), _)| version.replace('+', "_") == tag) {
            Some((_, bytes)) => Reply::ok(format!(
                "{{\"layers\": [{{\"mediaType\": \"text/plain\", \"digest\": \"x\"}}, {{\"mediaType\": \"{LAYER}\", \"digest\": \
                 \"{}\"}}]}}",
                Digest::of(bytes)
            )),
            None => Reply::status(404),
        };
    }
    let digest = rest.strip_prefix("blobs/").unwrap_or_default();
    match versions.find(|(_, bytes)| Digest::of(bytes).to_string() == digest) {
        Some((_, bytes)) => Reply::ok(bytes.clone()),
        None => Reply::status(404),
    }
}
