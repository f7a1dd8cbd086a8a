//! One compilation of a project, with the editor's texts laid over its files.

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;

use hlc_charts::{AtHand, Helm, Settings, Store, WithCharts};
use hlc_delivery::{DiskInputs, OverlayInputs, ROOT_FILE};
use hlc_diag::{Diagnostic, Sources};
use hlc_model::Compilation;

use crate::documents::{Document, Documents};
use crate::uri;

/// What a compilation found.
pub(crate) struct Analysis {
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The URI of each file, by its path in `sources`.
    uris: BTreeMap<String, String>,
}

impl Analysis {
    /// The URI of a file of `sources`.
    pub(crate) fn uri(&self, path: &str) -> &str {
        self.uris.get(path).map_or("", String::as_str)
    }

    /// The URI of every file that was read.
    pub(crate) fn uris(&self) -> impl Iterator<Item = &str> {
        self.uris.values().map(String::as_str)
    }
}

/// The root files of the project that a file belongs to, on disk or only open yet: those in the nearest folder with a
/// `homelab.kdl`, or else in the nearest one with any. Each is an environment of its own.
pub(crate) fn roots_of(file: &Path, documents: &Documents) -> Vec<PathBuf> {
    let is_main = |folder: &&Path| {
        let root = folder.join(ROOT_FILE);
        root.is_file() || documents.at(&root).is_some()
    };
    match file.ancestors().skip(1).find(is_main) {
        Some(folder) => {
            let mut roots = vec![folder.join(ROOT_FILE)];
            roots.extend(roots_in(folder, documents).into_iter().filter(|root| !root.ends_with(ROOT_FILE)));
            roots
        }
        None => {
            let roots = file.ancestors().skip(1).map(|folder| roots_in(folder, documents));
            roots.into_iter().find(|roots| !roots.is_empty()).unwrap_or_default()
        }
    }
}

/// The files in a folder that hold a `homelab`.
fn roots_in(folder: &Path, documents: &Documents) -> Vec<PathBuf> {
    let on_disk = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let open =
        documents.iter().filter_map(|document| document.path.clone()).filter(|path| path.parent() == Some(folder));
    let mut paths: Vec<PathBuf> =
        on_disk.chain(open).filter(|path| path.extension().is_some_and(|extension| extension == "kdl")).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| match documents.at(path) {
        Some(document) => holds_homelab(&document.text),
        // What is large or no file (a fifo would be waited for) is no root file.
        None => {
            let small = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() < ROOT_LIMIT);
            small && std::fs::read_to_string(path).is_ok_and(|text| holds_homelab(&text))
        }
    });
    paths
}

/// Larger files are not looked through for a `homelab`, in bytes.
const ROOT_LIMIT: u64 = 1 << 20;

/// True for a text with a `homelab` node at its top.
fn holds_homelab(text: &str) -> bool {
    // Parsed only if it may have one.
    text.contains("homelab") && {
        let mut sources = Sources::default();
        let file = sources.add("root", text);
        hlc_syntax::parse(file, text.into()).document.nodes().any(|node| node.name() == "homelab")
    }
}

/// Compiles the project of a root file.
///
/// # Errors
/// Why there can be no findings: the folder cannot be read, or the compiler failed, which is a mistake in hlc.
pub(crate) fn project(root: &Path, documents: &Documents) -> Result<Analysis, String> {
    let (Some(folder), Some(name)) = (root.parent(), root.file_name().and_then(|name| name.to_str())) else {
        return Err(format!("{} is no root file", root.display()));
    };
    let disk = DiskInputs::new(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let with_charts = charts(&disk, folder, name);
    let mut inputs = OverlayInputs::new(&with_charts);
    for document in documents.iter() {
        if let Some(path) = within(folder, document) {
            inputs.insert(path, document.text.clone());
        }
    }
    // The compiler keeps nothing between two runs, so nothing can be left half done.
    let compiled = catch_unwind(AssertUnwindSafe(|| hlc_model::compile(&inputs, name))).map_err(|_| {
        "hlc failed while it looked at the homelab; this is a mistake in hlc, please report it".to_owned()
    })?;
    let uri = |path: &str| {
        let file = folder.join(path);
        let open = documents.at(&file).map(|document| document.uri.clone());
        (path.to_owned(), open.unwrap_or_else(|| uri::from_path(&file)))
    };
    let uris = compiled.sources.iter().map(|(_, file)| uri(file.path())).collect();
    let Compilation { sources, diagnostics, plan, model, charts, .. } = compiled;
    // Taking the rest apart takes a tenth as long as making it, and nobody has to wait for that.
    let _ = thread::Builder::new().spawn(move || drop((plan, model, charts)));
    Ok(Analysis { sources, diagnostics, uris })
}

/// The files of a project with what is known of its charts from before. Nothing is rendered between two strokes of a key, and
/// archives are not looked into.
fn charts<'i>(disk: &'i DiskInputs, folder: &Path, root: &str) -> WithCharts<'i> {
    let inputs = WithCharts::new(disk).written(folder.join(hlc_delivery::out_name(root)));
    let settings = Settings::find(None, None, |name| env::var_os(name));
    match settings.cache {
        Some(cache) => {
            let at_hand = AtHand::new(folder, Store::new(&cache));
            inputs.memory(at_hand.clone()).renderer(Helm::new(settings.helm, at_hand).kept_only())
        }
        None => inputs,
    }
}

/// Looks at a text alone: its syntax.
pub(crate) fn alone(document: &Document) -> Analysis {
    let mut sources = Sources::default();
    let name = document
        .path
        .as_deref()
        .and_then(Path::file_name)
        .map_or_else(|| document.uri.clone(), |name| name.to_string_lossy().into_owned());
    let file = sources.add(name.clone(), document.text.clone());
    let diagnostics = hlc_syntax::parse(file, document.text.clone()).diagnostics;
    Analysis { sources, diagnostics, uris: BTreeMap::from([(name, document.uri.clone())]) }
}

/// The path of a text within a project, with `/`.
fn within(folder: &Path, document: &Document) -> Option<String> {
    let path = document.path.as_deref()?.strip_prefix(folder).ok()?;
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
