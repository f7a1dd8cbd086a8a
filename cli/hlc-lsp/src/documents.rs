//! The texts that are open in the editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::TextDocumentContentChangeEvent as Change;

use crate::position::{Encoding, Lines};
use crate::uri;

/// An open text.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As the client spells it.
    pub(crate) uri: String,
    pub(crate) version: i32,
    pub(crate) text: Arc<str>,
    /// `None` for texts that are no files (yet).
    pub(crate) path: Option<PathBuf>,
}

impl Document {
    /// True for what can be looked at by itself. A values file that a project reads is open too, but is no KDL.
    pub(crate) fn is_kdl(&self) -> bool {
        self.path.as_deref().is_none_or(|path| path.extension().is_some_and(|extension| extension == "kdl"))
    }
}

/// All open texts. A file has one text however its URI is spelt.
#[derive(Default)]
pub(crate) struct Documents {
    open: BTreeMap<String, Document>,
}

/// One spelling of a URI for all.
fn key(uri: &str) -> String {
    uri::to_path(uri).map_or_else(|| uri.to_owned(), |path| uri::from_path(&path))
}

impl Documents {
    pub(crate) fn open(&mut self, uri: String, version: i32, text: String) {
        let document = Document { path: uri::to_path(&uri), version, text: text.into(), uri };
        self.open.insert(key(&document.uri), document);
    }

    /// Takes in changes, each of the text that the one before it left. Changes of a text that is not open are ignored.
    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Vec<Change>, encoding: Encoding) {
        let Some(document) = self.open.get_mut(&key(uri)) else { return };
        document.version = version;
        for change in changes {
            document.text = match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => whole.text.into(),
                Change::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&document.text);
                    let start = lines.offset(part.range.start, encoding);
                    let end = lines.offset(part.range.end, encoding).max(start);
                    let (before, after) =
                        (document.text.get(..start).unwrap_or(""), document.text.get(end..).unwrap_or(""));
                    format!("{before}{}{after}", part.text).into()
                }
            };
        }
    }

    pub(crate) fn close(&mut self, uri: &str) -> Option<Document> {
        self.open.remove(&key(uri))
    }

    pub(crate) fn at(&self, path: &Path) -> Option<&Document> {
        self.open.get(&uri::from_path(path))
    }

    pub(crate) fn get(&self, uri: &str) -> Option<&Document> {
        self.open.get(&key(uri))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }
}
