//! Values in the place of parameters.

use std::collections::BTreeMap;

use hlc_diag::{Diagnostic, Span};
use hlc_syntax::{Entry, StandIn, Value};

use super::codes::{PART_OF_TEXT, TOO_MUCH};
use crate::resolve::percent_encode;

/// What a `use` gives for a parameter.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) value: StandIn,
    pub(super) span: Span,
}

/// The longest text that parameters may be put together to, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// What the paths of parameters begin with.
const PREFIX: &str = "param.";

/// The parameters that an entry refers to, with their places.
pub(super) fn params(entry: Entry<'_>) -> Vec<(String, Span)> {
    let place = entry.value_span();
    match form(entry) {
        Some(Form::Ref(name)) => vec![(name, place)],
        Some(Form::Template(pieces)) => {
            let within = |at: usize, len: usize| match (entry.source_offset(at), entry.source_offset(at + len)) {
                (Some(start), Some(end)) => Span { start, end, ..place },
                _ => place,
            };
            let params = pieces.into_iter().filter_map(|piece| match piece {
                Piece::Hole { path, at, .. } => {
                    path.strip_prefix(PREFIX).map(|name| (name.to_owned(), within(at, path.len())))
                }
                Piece::Text(_) => None,
            });
            params.collect()
        }
        None => Vec::new(),
    }
}

/// The value of an entry with its parameters replaced; `None` when it has none.
pub(super) fn value(
    entry: Entry<'_>,
    arguments: &BTreeMap<&str, Argument>,
) -> Option<Result<(StandIn, Span, bool), Box<Diagnostic>>> {
    match form(entry)? {
        Form::Ref(name) => {
            let argument = arguments.get(name.as_str())?;
            Some(Ok((argument.value.clone(), argument.span, true)))
        }
        Form::Template(pieces) => {
            let first = pieces.iter().find_map(|piece| match piece {
                Piece::Hole { path, .. } => arguments.get(path.strip_prefix(PREFIX)?),
                Piece::Text(_) => None,
            })?;
            let span = first.span;
            Some(fill(entry, pieces, arguments).map(|value| (value, span, false)))
        }
    }
}

/// What an entry with parameters looks like.
enum Form {
    Ref(String),
    Template(Vec<Piece>),
}

fn form(entry: Entry<'_>) -> Option<Form> {
    let annotation = entry.annotation()?;
    let Value::String(text) = entry.value() else { return None };
    match annotation.text.as_ref() {
        "ref" => text.strip_prefix(PREFIX).map(|name| Form::Ref(name.to_owned())),
        "fmt" if text.contains(PREFIX) => pieces(&text).map(Form::Template),
        _ => None,
    }
}

/// A part of a `(fmt)` text.
enum Piece {
    /// Text as it goes out.
    Text(String),
    /// `{path}`, with where the path begins in the text.
    Hole { path: String, url: bool, at: usize },
}

/// Cuts a `(fmt)` text; `None` for one with a fault, which is reported when it is read.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '{' | '}' if rest.next_if(|&(_, next)| next == c).is_some() => plain.push(c),
            '{' => {
                let inner: String =
                    std::iter::from_fn(|| rest.next_if(|&(_, next)| next != '}').map(|(_, c)| c)).collect();
                rest.next()?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                let (path, url) = match inner.split_once('|') {
                    None => (inner.as_str(), false),
                    Some((path, "url")) => (path, true),
                    Some(_) => return None,
                };
                pieces.push(Piece::Hole { path: path.to_owned(), url, at: at + 1 });
            }
            '}' => return None,
            _ => plain.push(c),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Some(pieces)
}

/// Puts arguments into a text. What is known is text; what refers on stays a `(fmt)`.
fn fill(
    entry: Entry<'_>,
    pieces: Vec<Piece>,
    arguments: &BTreeMap<&str, Argument>,
) -> Result<StandIn, Box<Diagnostic>> {
    let mut filled = Filled::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.text(&text),
            Piece::Hole { path, url, .. } => match path.strip_prefix(PREFIX).and_then(|name| arguments.get(name)) {
                None => filled.hole(&path, url),
                Some(argument) => filled.argument(entry, &path, argument, url)?,
            },
        }
        if filled.template.len() > MAX_TEXT {
            let message = format!("parameters make a text of more than {} KiB", MAX_TEXT >> 10);
            return Err(Box::new(Diagnostic::new(&TOO_MUCH, entry.value_span(), message)));
        }
    }
    Ok(if filled.refers { StandIn::text(&filled.template, Some("fmt")) } else { StandIn::text(&filled.plain, None) })
}

#[derive(Default)]
struct Filled {
    /// With braces doubled.
    template: String,
    plain: String,
    refers: bool,
}

impl Filled {
    fn text(&mut self, text: &str) {
        self.plain.push_str(text);
        self.template.push_str(&text.replace('{', "{{").replace('}', "}}"));
    }

    fn hole(&mut self, path: &str, url: bool) {
        self.refers = true;
        self.template.push_str(&format!("{{{path}{}}}", if url { "|url" } else { "" }));
    }

    fn argument(
        &mut self,
        entry: Entry<'_>,
        path: &str,
        argument: &Argument,
        url: bool,
    ) -> Result<(), Box<Diagnostic>> {
        let encoded = |text: &str| if url { percent_encode(text) } else { text.to_owned() };
        let refused = || {
            let message = format!("what is given for `{path}` cannot be a part of a text");
            Err(Box::new(
                Diagnostic::new(&PART_OF_TEXT, entry.value_span(), message)
                    .help("only a value, `(ref)` and `(fmt)` can; use `(ref)` here to take it whole"),
            ))
        };
        match (argument.value.annotation(), argument.value.value()) {
            (None, Value::String(text)) => self.text(&encoded(&text)),
            (None, Value::Number(number)) => self.text(&encoded(number.raw)),
            (None, Value::Bool(truth)) => self.text(&truth.to_string()),
            (Some("ref"), Value::String(path)) => self.hole(&path, url),
            (Some("fmt"), Value::String(text)) => {
                let Some(pieces) = pieces(&text) else { return refused() };
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => self.text(&encoded(&text)),
                        Piece::Hole { path, url: inner, .. } => self.hole(&path, url || inner),
                    }
                }
            }
            _ => return refused(),
        }
        Ok(())
    }
}
