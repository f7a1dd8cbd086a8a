//! One compilation of a project, with the editor's texts laid over its files.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use hlc_delivery::{DiskInputs, OverlayInputs, ROOT_FILE};
use hlc_diag::{Diagnostic, Sources};

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

/// The folder of the project that a file belongs to: the nearest one with a `homelab.kdl`, on disk or only open yet.
pub(crate) fn project_of(file: &Path, documents: &Documents) -> Option<PathBuf> {
    let is_root = |folder: &&Path| {
        let root = folder.join(ROOT_FILE);
        root.is_file() || documents.at(&root).is_some()
    };
    file.ancestors().skip(1).find(is_root).map(Path::to_owned)
}

/// Compiles the project in `folder`.
///
/// # Errors
/// Why there can be no findings: the folder cannot be read, or the compiler failed, which is a mistake in hlc.
pub(crate) fn project(folder: &Path, documents: &Documents) -> Result<Analysis, String> {
    let disk = DiskInputs::new(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut inputs = OverlayInputs::new(&disk);
    for document in documents.iter() {
        if let Some(path) = within(folder, document) {
            inputs.insert(path, document.text.clone());
        }
    }
    // The compiler keeps nothing between two runs, so nothing can be left half done.
    let compiled = catch_unwind(AssertUnwindSafe(|| hlc_model::compile(&inputs, ROOT_FILE))).map_err(|_| {
        "hlc failed while it looked at the homelab; this is a mistake in hlc, please report it".to_owned()
    })?;
    let uri = |path: &str| {
        let file = folder.join(path);
        let open = documents.at(&file).map(|document| document.uri.clone());
        (path.to_owned(), open.unwrap_or_else(|| uri::from_path(&file)))
    };
    let uris = compiled.sources.iter().map(|(_, file)| uri(file.path())).collect();
    Ok(Analysis { sources: compiled.sources, diagnostics: compiled.diagnostics, uris })
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
