//! What references mean.
//!
//! A path is `NODE.NAME.FIELD`. Names of the workload it stands in come first; a name that several other workloads have
//! is an error. What a node can be asked for is on its declaration (`attributes`); how it answers is in [`target`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId, Span};
use hlc_plan::Input;
use hlc_schema::expr::Segment;
use hlc_schema::free::{FreeEntry, FreeKind, MAX_DEPTH, TextFormat};
use hlc_schema::setting::mismatched;
use hlc_schema::{
    Data, DataValue, Deferred, Expr, Free, Map, Piece, RefPath, Scalar, ScopeId, Sensitive, Spanned, Template,
};

use crate::control::Control;
use crate::inputs::{DirEntry, Inputs};
use crate::model::Model;

mod codes;
mod ground;
mod literal;
mod merge;
mod runs;
mod target;

pub(crate) use codes::{CODES, LEAKS};
use codes::{FILE, KNOWN_LATER, NOT_A_MAP, NOT_TEXT, RAW_YAML, REFERENCE_CYCLE, SECRET_IN_MANIFEST, TOO_LARGE};
pub(crate) use ground::Ground;
pub(crate) use merge::merge;
pub(crate) use target::{Ask, Index, Referable};

/// How much references may expand to, in bytes: a hundred times what a large homelab has.
const MAX_BYTES: usize = 64 << 20;
/// What one value is counted as, besides its text.
const VALUE_BYTES: usize = 64;

/// Where data goes, for the words of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A Kubernetes object.
    Manifest,
    /// The values of a chart.
    Values,
    /// A planned resource: what is only known while the plan is carried out may stand in it.
    Plan,
    /// A text that is made of data, in a planned resource.
    Text,
}

/// Resolves references and collects findings about them.
pub(crate) struct Resolver<'m> {
    pub(crate) model: &'m Model,
    ground: &'m Ground<'m>,
    noted: RefCell<Noted>,
    /// The paths being resolved, to find rings.
    open: RefCell<Vec<(String, Span)>>,
}

/// What is noted on the way.
#[derive(Default)]
struct Noted {
    found: Vec<Diagnostic>,
    /// Secrets that stand where none may.
    leaked: BTreeSet<Span>,
    /// How often something could not be made because of an error.
    errors: usize,
    /// Workloads of which a part could not be made.
    failed: BTreeSet<ScopeId>,
    /// Rings, each by its members in order of name, with what is to be said of it.
    rings: BTreeMap<Vec<String>, Diagnostic>,
    /// Bytes made so far.
    spent: usize,
}

impl Noted {
    /// Takes what was noted elsewhere, where `before` bytes counted as made already.
    fn take(&mut self, other: Self, before: usize) {
        let Self { found, leaked, errors, failed, rings, spent } = other;
        self.found.extend(found);
        self.leaked.extend(leaked);
        self.errors += errors;
        self.failed.extend(failed);
        for (members, ring) in rings {
            self.rings.entry(members).or_insert(ring);
        }
        self.spent += spent - before;
    }
}

impl<'m> Resolver<'m> {
    pub(crate) fn new(ground: &'m Ground<'m>) -> Self {
        Self { model: ground.model, ground, noted: RefCell::default(), open: RefCell::default() }
    }

    /// The door to the outside.
    pub(crate) fn inputs(&self) -> &'m dyn Inputs {
        self.ground.inputs
    }

    /// Takes a finding.
    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        let mut noted = self.noted.borrow_mut();
        noted.errors += usize::from(diagnostic.is_error());
        if diagnostic.code == &SECRET_IN_MANIFEST {
            noted.leaked.insert(diagnostic.primary.span);
        }
        noted.found.push(diagnostic);
    }

    /// How often something could not be made because of an error.
    pub(crate) fn errors(&self) -> usize {
        self.noted.borrow().errors
    }

    /// Notes that a part of a workload could not be made.
    pub(crate) fn fail(&self, scope: ScopeId) {
        self.noted.borrow_mut().failed.insert(scope);
    }

    /// Workloads of which a part could not be made.
    pub(crate) fn failed(&self) -> BTreeSet<ScopeId> {
        self.noted.borrow().failed.clone()
    }

    /// Secrets that stand where none may, which has been reported.
    pub(crate) fn leaked(&self) -> BTreeSet<Span> {
        self.noted.borrow().leaked.clone()
    }

    /// True for an error that nobody allows.
    pub(crate) fn stands(&self, found: &Diagnostic, control: &Control) -> bool {
        control.stands(found, &self.ground.sources())
    }

    /// A file of the homelab as a tree, to see what stands around a place.
    pub(crate) fn document(&self, file: FileId) -> Option<hlc_syntax::Document> {
        let text = Arc::clone(self.ground.sources().get(file)?.text());
        Some(hlc_syntax::parse(file, text).document)
    }

    /// See [`Sources::outermost`].
    pub(crate) fn outermost(&self, span: Span) -> Span {
        self.ground.sources().outermost(span)
    }

    /// The findings so far.
    pub(crate) fn found(&self) -> Vec<Diagnostic> {
        let noted = self.noted.borrow();
        noted.found.iter().chain(noted.rings.values()).cloned().collect()
    }

    /// Gives out the findings.
    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        let Noted { mut found, rings, .. } = self.noted.into_inner();
        found.extend(rings.into_values());
        found
    }

    /// A file of the project that is no KDL and is named at a place, so that findings can point into it.
    ///
    /// # Errors
    /// When it cannot be read; in words that follow "cannot be read: ".
    pub(crate) fn source(&self, path: &str, at: Span) -> Result<(FileId, Arc<str>), String> {
        let text = self.text(path)?;
        let mut sources = self.ground.sources();
        let file = sources.by_path(path).unwrap_or_else(|| sources.add(path, Arc::clone(&text)));
        sources.name(file, at);
        Ok((file, text))
    }

    /// The text of a file of the project.
    ///
    /// # Errors
    /// When it cannot be read; in words that follow "cannot be read: ".
    pub(crate) fn text(&self, path: &str) -> Result<Arc<str>, String> {
        if let Some(fault) = crate::load::path_fault(path) {
            return Err(fault.to_owned());
        }
        self.ground.inputs.read(path).map_err(|error| crate::load::describe(&error))
    }

    /// What a folder of the project holds; see [`Inputs::list`].
    ///
    /// # Errors
    /// When it cannot be read; in words that follow "cannot be read: ".
    pub(crate) fn list(&self, folder: &str) -> Result<Vec<DirEntry>, String> {
        self.ground.inputs.list(folder).map_err(|error| crate::load::describe(&error))
    }

    /// The value of a typed field; `None` after reporting.
    pub(crate) fn value<T: Scalar + Clone>(&self, expr: &Expr<T>, scope: ScopeId) -> Option<Spanned<T>> {
        let data = match expr {
            Expr::Known(value) => return Some(value.clone()),
            Expr::Ref(path) => self.path(path, scope, Place::Manifest, 0)?,
            Expr::Template(template) => self.template(template, scope, Place::Manifest, 0)?,
        };
        match T::from_value(&data.value) {
            Ok(value) => Some(Spanned::new(value, data.span)),
            Err(mismatch) => {
                self.report(
                    mismatched::<T>(&data.value, data.span, &mismatch).note("this is what the reference gives"),
                );
                None
            }
        }
    }

    /// The value of a typed field of a planned resource, which may be known only while the plan is carried out.
    pub(crate) fn input<T: Scalar + Clone>(&self, expr: &Expr<T>, scope: ScopeId) -> Option<Input<T>> {
        let data = match expr {
            Expr::Known(value) => return Some(Input::from(value)),
            Expr::Ref(path) => self.path(path, scope, Place::Plan, 0)?,
            Expr::Template(template) => self.template(template, scope, Place::Plan, 0)?,
        };
        self.typed(data)
    }

    /// The value of a field that may hold a secret.
    pub(crate) fn sensitive(&self, value: &Sensitive, scope: ScopeId) -> Option<Input<String>> {
        let data = match value {
            Sensitive::Known(text) => return Some(Input::from(text)),
            Sensitive::Ref(path) => self.path(path, scope, Place::Plan, 0)?,
            Sensitive::Template(template) => self.template(template, scope, Place::Plan, 0)?,
            Sensitive::Secret(key) => Data::deferred(Deferred::secret(key.name.as_str()), key.span),
        };
        self.typed(data)
    }

    /// What a reference in a typed field gives, if it is of the type.
    fn typed<T: Scalar>(&self, data: Data) -> Option<Input<T>> {
        if let DataValue::Deferred(later) = data.value {
            return Some(Input::later(*later, data.span));
        }
        match T::from_value(&data.value) {
            Ok(value) => Some(Input::known(value, data.span)),
            Err(mismatch) => {
                self.report(
                    mismatched::<T>(&data.value, data.span, &mismatch).note("this is what the reference gives"),
                );
                None
            }
        }
    }

    /// Free data with every reference resolved; `None` after reporting.
    pub(crate) fn data(&self, free: &Free, scope: ScopeId, place: Place) -> Option<Data> {
        self.free(free, scope, place, 0)
    }

    fn free(&self, free: &Free, scope: ScopeId, place: Place, depth: usize) -> Option<Data> {
        let span = free.span;
        self.spend_value(span, depth)?;
        match &free.kind {
            FreeKind::Literal(value) => {
                self.look_at_literal(value, span);
                Some(Data::new(value.clone(), span))
            }
            FreeKind::Ref(path) => self.path(path, scope, place, depth),
            FreeKind::Template(template) => self.template(template, scope, place, depth),
            FreeKind::Secret(key) => {
                let (what, way_out) = match place {
                    Place::Plan => return Some(Data::deferred(Deferred::secret(key.name.as_str()), key.span)),
                    Place::Manifest => {
                        ("a manifest", "read it from a Secret: `valueFrom { secretKeyRef name=… key=… }`")
                    }
                    Place::Values => ("chart values", "give the chart a Secret by name, such as `existingSecret`"),
                    Place::Text => ("a text that is made of data", "write the text itself: `(fmt)\"…{secret.NAME}…\"`"),
                };
                self.report(
                    Diagnostic::new(
                        &SECRET_IN_MANIFEST,
                        key.span,
                        format!("the secret `{}` would be written into {what}", key.name),
                    )
                    .help(way_out),
                );
                None
            }
            FreeKind::File(path) => {
                let text = self.file(path, span)?;
                self.spend(text.len(), span)?;
                Some(Data::string(text, span))
            }
            FreeKind::Yaml(text) => self.yaml(text, span),
            FreeKind::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.free(item, scope, place, depth + 1)).collect();
                Some(Data::list(items.into_iter().collect::<Option<_>>()?, span))
            }
            FreeKind::Map { bases, entries } => self.map(bases, entries, span, scope, place, depth),
            FreeKind::Text { format, value } => {
                let place = if place == Place::Plan { Place::Text } else { place };
                let data = self.free(value, scope, place, depth + 1)?;
                let text = match format {
                    TextFormat::Yaml => hlc_kube::data_to_yaml(&data),
                    TextFormat::Json => hlc_kube::data_to_json(&data).to_string(),
                };
                self.spend(text.len(), span)?;
                Some(Data::string(text, span))
            }
        }
    }

    fn map(
        &self,
        bases: &[Free],
        entries: &[FreeEntry],
        span: Span,
        scope: ScopeId,
        place: Place,
        depth: usize,
    ) -> Option<Data> {
        let mut own = Map::with_capacity(entries.len());
        let mut whole = true;
        for entry in entries {
            match self.free(&entry.value, scope, place, depth + 1) {
                Some(value) => {
                    own.insert(entry.key.clone(), entry.key_span, value);
                }
                None => whole = false,
            }
        }
        let own = Data::new(DataValue::Map(own), span);
        let mut bases = bases.iter();
        let Some(first) = bases.next() else { return whole.then_some(own) };
        let mut merged = self.base(first, scope, place, depth)?;
        for base in bases {
            let base = self.base(base, scope, place, depth)?;
            merge(&mut merged, base, self)?;
        }
        merge(&mut merged, own, self)?;
        merged.span = span;
        whole.then_some(merged)
    }

    /// A value that other entries are merged over: it must be a map.
    fn base(&self, free: &Free, scope: ScopeId, place: Place, depth: usize) -> Option<Data> {
        let data = if let FreeKind::File(path) = &free.kind {
            let text = self.file(path, free.span)?;
            self.yaml(&text, free.span)?
        } else {
            self.free(free, scope, place, depth)?
        };
        if data.as_map().is_some() {
            return Some(data);
        }
        self.report(
            Diagnostic::new(&NOT_A_MAP, free.span, format!("the base is {}, not a map", data.describe()))
                .help("only maps can be merged; name data that holds entries"),
        );
        None
    }

    fn yaml(&self, text: &str, span: Span) -> Option<Data> {
        match hlc_kube::data_from_yaml(text, span) {
            Ok(data) => {
                self.spend(size(&data), span)?;
                Some(data)
            }
            Err(error) => {
                let message = format!("this is no YAML that hlc can take: {}", error.message);
                self.report(
                    Diagnostic::new(&RAW_YAML, span, message)
                        .here(format!("line {}, column {} of the text", error.line, error.column)),
                );
                None
            }
        }
    }

    pub(crate) fn file(&self, path: &str, span: Span) -> Option<String> {
        if let Some(fault) = crate::load::path_fault(path) {
            self.report(
                Diagnostic::new(&FILE, span, format!("`{path}` cannot be read: {fault}"))
                    .help("paths start at the root file's folder"),
            );
            return None;
        }
        match self.ground.inputs.read(path) {
            Ok(text) => Some(text.to_string()),
            Err(error) => {
                let message = format!("`{path}` cannot be read: {}", crate::load::describe(&error));
                self.report(Diagnostic::new(&FILE, span, message).help("paths start at the root file's folder"));
                None
            }
        }
    }

    fn template(&self, template: &Template, scope: ScopeId, place: Place, depth: usize) -> Option<Data> {
        let mut text = TextBuilder::default();
        for segment in &template.segments {
            match segment {
                Segment::Text(plain) => text.push(plain),
                Segment::Path { path, url } => {
                    let data = self.path(path, scope, place, depth)?;
                    if let Some(deferred) = data.as_deferred() {
                        text.defer(deferred, *url);
                        continue;
                    }
                    let Some(piece) = scalar_text(&data.value) else {
                        self.report(
                            Diagnostic::new(
                                &NOT_TEXT,
                                path.span,
                                format!("`{}` is {}, which is no part of a text", path.text, data.describe()),
                            )
                            .help("name a single value"),
                        );
                        return None;
                    };
                    self.spend(piece.len(), path.span)?;
                    text.push(&if *url { percent_encode(&piece) } else { piece });
                }
            }
        }
        Some(text.finish(template.span))
    }

    /// What a path means, placed where the path stands.
    fn path(&self, path: &RefPath, scope: ScopeId, place: Place, depth: usize) -> Option<Data> {
        if let Some(key) = path.secret() {
            return self.free(&Free { kind: FreeKind::Secret(key), span: path.span }, scope, place, depth);
        }
        let (target, field) = self.find(path, scope)?;
        let key = format!("{}@{}", path.text, scope.0);
        if let Some(at) = self.open.borrow().iter().position(|(open, _)| *open == key) {
            let open = self.open.borrow();
            let ring = open.get(at..).unwrap_or(&[]);
            let mut members: Vec<String> = ring.iter().map(|(key, _)| key.clone()).collect();
            members.sort();
            let mut noted = self.noted.borrow_mut();
            noted.errors += 1;
            noted.rings.entry(members).or_insert_with(|| draw(path, ring));
            return None;
        }
        self.open.borrow_mut().push((key, path.span));
        let data = if self.open.borrow().len() > MAX_DEPTH {
            self.report(Diagnostic::new(
                &TOO_LARGE,
                path.span,
                format!("references lead on to references more than {MAX_DEPTH} times"),
            ));
            None
        } else {
            target.answer(&Ask { resolver: self, path, field: &field, place, depth })
        };
        self.open.borrow_mut().pop();
        let mut data = data?;
        if place != Place::Plan && data.as_deferred().is_some() {
            self.report(known_later(path, place));
            return None;
        }
        self.spend(size(&data), path.span)?;
        put(&mut data, path.span);
        Some(data)
    }

    /// Counts what resolving makes, in bytes; `None` when it is too much, which is reported once.
    fn spend(&self, bytes: usize, span: Span) -> Option<()> {
        let mut noted = self.noted.borrow_mut();
        let before = noted.spent;
        let spent = before.saturating_add(bytes);
        noted.spent = spent;
        drop(noted);
        if before <= MAX_BYTES && spent > MAX_BYTES {
            let at = self.open.borrow().first().map_or(span, |(_, outermost)| *outermost);
            self.report(
                Diagnostic::new(&TOO_LARGE, at, format!("references expand to more than {} MiB", MAX_BYTES >> 20))
                    .help("data that refers several times to data that refers several times doubles at each step"),
            );
        }
        (spent <= MAX_BYTES).then_some(())
    }

    /// Counts a value and refuses one that nests too deep.
    fn spend_value(&self, span: Span, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            self.report(Diagnostic::new(
                &TOO_LARGE,
                span,
                format!("data nests deeper than {MAX_DEPTH} levels once its references are resolved"),
            ));
            return None;
        }
        self.spend(VALUE_BYTES, span)
    }
}

/// The bytes that data takes, near enough.
fn size(data: &Data) -> usize {
    VALUE_BYTES
        + match &data.value {
            DataValue::String(text) => text.len(),
            DataValue::List(items) => items.iter().map(size).sum(),
            DataValue::Map(map) => map.iter().map(|(key, entry)| key.len() + size(&entry.value)).sum(),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::Deferred(_) => 0,
        }
}

/// A ring of references, drawn.
fn draw(path: &RefPath, open: &[(String, Span)]) -> Diagnostic {
    let name = |key: &str| key.rsplit_once('@').map_or(key, |(path, _)| path).to_owned();
    let mut names: Vec<String> = open.iter().map(|(key, _)| name(key)).collect();
    names.push(path.text.clone());
    let mut diagnostic = Diagnostic::new(&REFERENCE_CYCLE, path.span, format!("`{}` leads back to itself", path.text))
        .note(names.join(" -> "))
        .help("write one of the values out");
    for (key, span) in open.iter().filter(|(_, span)| *span != path.span) {
        diagnostic = diagnostic.label(*span, format!("by way of `{}`", name(key)));
    }
    diagnostic
}

/// Gives data and everything in it a place.
fn put(data: &mut Data, span: Span) {
    data.span = span;
    match &mut data.value {
        DataValue::List(items) => items.iter_mut().for_each(|item| put(item, span)),
        DataValue::Map(map) => map.place(span, &mut |value| put(value, span)),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}

fn scalar_text(value: &DataValue) -> Option<String> {
    match value {
        DataValue::String(text) => Some(text.as_str().to_owned()),
        DataValue::Integer(number) => Some(number.to_string()),
        DataValue::Float(number) => Some(number.to_string()),
        DataValue::Bool(truth) => Some(truth.to_string()),
        DataValue::Null | DataValue::List(_) | DataValue::Map(_) | DataValue::Deferred(_) => None,
    }
}

/// Text in the making, of which parts may not be known yet.
#[derive(Default)]
struct TextBuilder {
    pieces: Vec<Piece>,
    open: String,
}

impl TextBuilder {
    fn push(&mut self, text: &str) {
        self.open.push_str(text);
    }

    fn defer(&mut self, value: &Deferred, url: bool) {
        match value {
            Deferred::One(value) => {
                self.close();
                self.pieces.push(Piece::Later { value: value.clone(), url });
            }
            Deferred::Text(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => self.push(&if url { percent_encode(text) } else { text.clone() }),
                        Piece::Later { value, url: inner } => {
                            self.close();
                            self.pieces.push(Piece::Later { value: value.clone(), url: url || *inner });
                        }
                    }
                }
            }
        }
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.open)));
        }
    }

    fn finish(mut self, span: Span) -> Data {
        if self.pieces.is_empty() {
            return Data::string(self.open, span);
        }
        self.close();
        Data::deferred(Deferred::Text(self.pieces), span)
    }
}

/// What an API will answer cannot stand where the value has to be written now.
fn known_later(path: &RefPath, place: Place) -> Diagnostic {
    let what = match place {
        Place::Manifest | Place::Plan => "it cannot stand in a name or a manifest",
        Place::Values => "it cannot stand in the values of a chart",
        Place::Text => "it cannot stand in a text that is made of data",
    };
    Diagnostic::new(&KNOWN_LATER, path.span, format!("`{}` is only known once it has been applied", path.text))
        .here(what)
        .help("state the value where it is declared, such as a fixed address, and refer to that")
}

/// Encodes everything but the unreserved characters (RFC 3986, section 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
