//! From the root file to the syntax trees of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use hlc_diag::{Code, Diagnostic, FileId, Severity, Sources, Span};
use hlc_schema::decode;
use hlc_syntax as syntax;

use crate::inputs::{DirEntry, InputError, Inputs};
use crate::runs::in_runs;

pub(crate) static CODES: &[&Code] = &[&UNREADABLE, &INCLUDE_PATH, &INCLUDE_NOTHING];

/// A file that could not be read.
pub(crate) static UNREADABLE: Code = Code {
    id: "HLC0301",
    name: "unreadable-file",
    severity: Severity::Error,
    summary: "a file of the homelab could not be read",
    explain: "Every file that an `include` matches is part of the homelab and has to be readable UTF-8 text inside the \
              project's folder.",
    bad: "",
    good: "",
};

/// An include path that is not allowed.
pub(crate) static INCLUDE_PATH: Code = Code {
    id: "HLC0302",
    name: "include-path",
    severity: Severity::Error,
    summary: "an include path that is wrong or leaves the project",
    explain: "Paths start at the root file's folder and stay inside it: no leading `/`, no `..`, no `~`. Between slashes `*` \
              stands for any characters and `**` for any folders. A homelab is one folder, so that one commit is one state.",
    bad: "homelab \"home\" domain=\"example.net\" { include \"../shared/*.kdl\" }",
    good: "homelab \"home\" domain=\"example.net\"",
};

/// An include that matches no file.
pub(crate) static INCLUDE_NOTHING: Code = Code {
    id: "HLC0303",
    name: "include-nothing",
    severity: Severity::Warning,
    summary: "an include that matches no file",
    explain: "A pattern without a match is often a slip in a folder's name. A path without `*` that is not there is an error.",
    bad: "homelab \"home\" domain=\"example.net\" { include \"wrokloads/**/*.kdl\" }",
    good: "homelab \"home\" domain=\"example.net\"",
};

/// How many folders an include may walk through: far more than a homelab has, so that a link loop or a wrong root ends.
const MAX_FOLDERS: usize = 20_000;

/// Every file of a project, parsed.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) documents: Vec<syntax::Document>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Files whose blocks are a guess: nothing in them is read any further.
    pub(crate) broken: BTreeSet<FileId>,
    /// Lines with a syntax error, of every file: what else is found on them follows from it.
    pub(crate) spoiled: BTreeSet<(FileId, u32)>,
}

/// Reads the root file and everything it includes.
pub(crate) fn load(inputs: &dyn Inputs, root: &str) -> Loaded {
    let mut loaded = Loaded::default();
    let text = match inputs.read(root) {
        Ok(text) => text,
        Err(error) => {
            let file = loaded.sources.add(root, "");
            let message = format!("`{root}` cannot be read: {}", describe(&error));
            loaded.diagnostics.push(
                Diagnostic::new(&UNREADABLE, Span::new(file, 0, 0), message)
                    .help("a homelab starts with a file `homelab.kdl`; `hlc explain homelab` shows one"),
            );
            loaded.broken.insert(file);
            return loaded;
        }
    };
    loaded.add(vec![(root.to_owned(), text)]);
    let mut paths: BTreeMap<String, Span> = BTreeMap::new();
    for (pattern, span) in include_patterns(&loaded) {
        match expand(inputs, &pattern) {
            Ok(found) if found.is_empty() => loaded.diagnostics.push(
                Diagnostic::new(&INCLUDE_NOTHING, span, format!("`{pattern}` matches no file"))
                    .help("check the folder's name, or remove it"),
            ),
            Ok(found) => {
                for path in found {
                    paths.entry(path).or_insert(span);
                }
            }
            Err(reason) => loaded.diagnostics.push(
                Diagnostic::new(&INCLUDE_PATH, span, format!("`{pattern}` cannot be included: {reason}"))
                    .help("paths start at the folder of the root file, such as `workloads/**/*.kdl`"),
            ),
        }
    }
    // In the order of their paths, so that the order of includes changes nothing, not even which of two is the first.
    let mut texts = Vec::with_capacity(paths.len());
    for (path, span) in paths.into_iter().filter(|(path, _)| path != root) {
        match inputs.read(&path) {
            Ok(text) => texts.push((path, text)),
            Err(error) => {
                let message = format!("`{path}` cannot be read: {}", describe(&error));
                loaded.diagnostics.push(Diagnostic::new(&UNREADABLE, span, message).here("included here"));
            }
        }
    }
    loaded.add(texts);
    loaded
}

impl Loaded {
    /// True when every file could be read, and its blocks are those that were meant.
    pub(crate) fn is_read(&self) -> bool {
        let missing = |found: &Diagnostic| [&UNREADABLE, &INCLUDE_PATH].contains(&found.code);
        self.broken.is_empty() && !self.diagnostics.iter().any(missing)
    }

    /// The lines that a place touches.
    fn lines(&self, span: Span) -> impl Iterator<Item = (FileId, u32)> + use<> {
        let line = |offset| self.sources.get(span.file).map_or(0, |file| file.line_col(offset).line);
        (line(span.start)..=line(span.end)).map(move |line| (span.file, line))
    }

    /// True when a line with a syntax error lies within a place.
    pub(crate) fn holds_spoiled(&self, span: Span) -> bool {
        let line = |offset| self.sources.get(span.file).map_or(0, |file| file.line_col(offset).line);
        self.spoiled.range((span.file, line(span.start))..=(span.file, line(span.end))).next().is_some()
    }

    /// True when a finding stands on a line that has a syntax error, and so follows from it.
    pub(crate) fn is_spoiled(&self, found: &Diagnostic, sources: &Sources) -> bool {
        let span = found.primary.span;
        sources.get(span.file).is_some_and(|file| self.spoiled.contains(&(span.file, file.line_col(span.start).line)))
    }

    /// True when a finding says that something is missing, and a block around it has a syntax error in its head: what is
    /// missing may have been meant there, since nodes start from the fields of their group.
    pub(crate) fn is_in_spoiled_group(&self, found: &Diagnostic) -> bool {
        if self.spoiled.is_empty() || !decode::is_missing_field(found) {
            return false;
        }
        let place = found.primary.span;
        let around = |node: &syntax::Node<'_>| {
            let span = node.span();
            span.file == place.file && span.start <= place.start && place.end <= span.end
        };
        let mut open = self.documents.iter().flat_map(syntax::Document::nodes).find(around);
        while let Some(node) = open {
            if self.holds_spoiled(node.header_span()) {
                return true;
            }
            open = node.children().find(around);
        }
        false
    }

    /// Parses files by their paths, on all cores.
    fn add(&mut self, texts: Vec<(String, Arc<str>)>) {
        let added = texts.into_iter().map(|(path, text)| (self.sources.add(path, Arc::clone(&text)), text));
        let added: Vec<(FileId, Arc<str>)> = added.collect();
        let parse = |(file, text): &(FileId, Arc<str>)| (*file, syntax::parse(*file, Arc::clone(text)));
        let runs = in_runs(&added, |files| files.iter().map(parse).collect::<Vec<_>>());
        for (file, parse) in runs.into_iter().flatten() {
            if !parse.is_shape_certain() {
                self.broken.insert(file);
            }
            for span in parse.diagnostics.iter().filter(|found| found.is_error()).map(|found| found.primary.span) {
                self.spoiled.extend(self.lines(span));
            }
            self.diagnostics.extend(parse.diagnostics);
            self.documents.push(parse.document);
        }
    }
}

/// The include patterns of the root file, read before anything is typed; what is wrong with their form is reported later.
fn include_patterns(loaded: &Loaded) -> Vec<(String, Span)> {
    loaded
        .documents
        .iter()
        .flat_map(syntax::Document::nodes)
        .filter(|node| node.name() == "homelab")
        .flat_map(|homelab| {
            let properties = homelab.props().filter(|entry| entry.key().is_some_and(|key| key.text == "include"));
            let children =
                homelab.children().filter(|child| child.name() == "include").flat_map(hlc_syntax::Node::args);
            properties.chain(children).collect::<Vec<_>>()
        })
        .filter(|entry| entry.annotation().is_none())
        .filter_map(|entry| match entry.value() {
            syntax::Value::String(text) => Some((text.into_owned(), entry.value_span())),
            syntax::Value::Number(_) | syntax::Value::Bool(_) | syntax::Value::Null => None,
        })
        .collect()
}

/// What went wrong, for a sentence.
pub(crate) fn describe(error: &InputError) -> String {
    match error {
        InputError::NotFound => "there is no such file".to_owned(),
        InputError::Outside => "it lies outside the project's folder".to_owned(),
        InputError::NotUtf8(offset) => format!("it is not UTF-8 text (byte {offset})"),
        InputError::TooLarge(limit) => format!("it is larger than {} MiB", limit / (1024 * 1024)),
        InputError::Other(reason) => reason.clone(),
    }
}

/// Why a path must not be used; `None` for a good one.
pub(crate) fn path_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        Some("it is empty")
    } else if path.starts_with('/') || path.starts_with('~') || path.contains('\\') || path.get(1..2) == Some(":") {
        Some("it has to be a path inside the project, with `/` between folders")
    } else if path.split('/').any(|part| part == "..") {
        Some("`..` would leave the project")
    } else if path.split('/').any(|part| part.is_empty() || part == ".") {
        Some("it has an empty part or a `.`")
    } else if path.split('/').any(|part| part.starts_with('.')) {
        Some("hidden files and folders take no part: `.git` and `.env` hold what must not be published")
    } else {
        None
    }
}

/// The files that a pattern matches, sorted.
fn expand(inputs: &dyn Inputs, pattern: &str) -> Result<Vec<String>, String> {
    if let Some(fault) = path_fault(pattern) {
        return Err(fault.to_owned());
    }
    let is_glob = |part: &str| part.contains(['*', '?', '[', '{']);
    if !is_glob(pattern) {
        return inputs.read(pattern).map(|_| vec![pattern.to_owned()]).map_err(|error| describe(&error));
    }
    let matcher = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())?
        .compile_matcher();
    let base: Vec<&str> = pattern.split('/').take_while(|part| !is_glob(part)).collect();
    let mut found = Vec::new();
    let mut folders = vec![base.join("/")];
    let mut walked = 0;
    while let Some(folder) = folders.pop() {
        walked += 1;
        if walked > MAX_FOLDERS {
            return Err(format!("it walks through more than {MAX_FOLDERS} folders"));
        }
        match inputs.list(&folder) {
            Ok(entries) => sort_out(&folder, entries, &matcher, &mut found, &mut folders),
            Err(InputError::NotFound) => {}
            Err(error) => return Err(format!("folder `{folder}`: {}", describe(&error))),
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Keeps the files that match, and the folders that may hold more. Hidden ones (`.git`) take no part.
fn sort_out(
    folder: &str,
    entries: Vec<DirEntry>,
    matcher: &GlobMatcher,
    found: &mut Vec<String>,
    folders: &mut Vec<String>,
) {
    for entry in entries {
        let (DirEntry::File(name) | DirEntry::Dir(name)) = &entry;
        if name.starts_with('.') {
            continue;
        }
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        match entry {
            DirEntry::File(_) if matcher.is_match(&path) => found.push(path),
            DirEntry::File(_) => {}
            DirEntry::Dir(_) => folders.push(path),
        }
    }
}
