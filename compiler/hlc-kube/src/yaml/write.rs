//! Data to YAML text.
//!
//! Written by hand, not by a serializer: the style of every text is decided in [`style`](super::style) for YAML 1.1 and
//! 1.2 readers together, and manifests that other tools made must come out byte for byte.

use std::cmp::Ordering;
use std::fmt::Write;

use hlc_schema::{Data, DataValue, Kept, Map, MapEntry};

use super::style::{self, Style};

/// Writes a Kubernetes object, ending in one newline.
///
/// `apiVersion`, `kind` and `metadata` come first, everything else is sorted. Empty maps and lists directly in `metadata`
/// (such as `labels {}`) are left out, other empty ones are kept. The same object gives the same bytes.
#[must_use]
pub fn to_yaml(object: &Data) -> String {
    let mut out = String::with_capacity(1024);
    to_yaml_into(&mut out, object);
    out
}

/// Writes a Kubernetes object to the end of a text, as [`to_yaml`]. For many of them: memory that has been used costs less than new.
pub(crate) fn to_yaml_into(out: &mut String, object: &Data) {
    let mut writer = Writer { out: std::mem::take(out) };
    writer.node(object, Place::Object, At::Start, 0);
    *out = writer.out;
}

/// Writes any data, ending in one newline. Keys are sorted at every level.
#[must_use]
pub fn data_to_yaml(data: &Data) -> String {
    let mut writer = Writer { out: String::new() };
    writer.node(data, Place::Inner, At::Start, 0);
    writer.out
}

/// Writes a map as it stands behind the colon of its key, its entries in this column, ending in a newline. For maps that are
/// [kept](hlc_schema::Kept) beside their YAML.
#[must_use]
pub fn map_to_yaml(map: &Map, column: usize) -> String {
    let mut writer = Writer { out: String::new() };
    writer.map(map, Place::Inner, At::Key, column);
    writer.out
}

/// Where in an object a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The object itself.
    Object,
    /// Its `metadata`.
    Metadata,
    /// Anywhere else.
    Inner,
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nothing: the value is the document.
    Start,
    /// `key:`
    Key,
    /// `- `, so that a list or map begins on this line.
    Dash,
}

/// A key longer than this must be announced by `? `.
const LONGEST_KEY: usize = 1024;

struct Writer {
    out: String,
}

impl Writer {
    /// Writes a value up to its line's end; `indent` is the column of its children.
    fn node(&mut self, data: &Data, place: Place, at: At, indent: usize) {
        match &data.value {
            DataValue::Map(map) => self.map(map, place, at, indent),
            DataValue::List(items) if items.is_empty() => self.word("[]", at),
            DataValue::List(items) => self.children(items, at, indent, |writer, item| {
                writer.out.push_str("- ");
                writer.node(item, Place::Inner, At::Dash, indent + 2);
            }),
            DataValue::Null => self.word("null", at),
            DataValue::Bool(value) => self.word(if *value { "true" } else { "false" }, at),
            DataValue::Integer(value) => self.word(&value.to_string(), at),
            DataValue::Float(value) => self.word(&value.to_string(), at),
            DataValue::String(text) => self.text(text, at, indent),
            DataValue::Deferred(later) => self.text(&later.to_string(), at, indent),
        }
    }

    fn map(&mut self, map: &Map, place: Place, at: At, indent: usize) {
        let kept = map.as_kept().filter(|_| place == Place::Inner && at == At::Key);
        if let Some((column, text)) = kept.and_then(Kept::yaml)
            && column == indent
        {
            return self.out.push_str(text);
        }
        let entries = sorted(map, place);
        if entries.is_empty() {
            return self.word("{}", at);
        }
        self.children(entries, at, indent, |writer, (key, entry)| {
            let place = if place == Place::Object && key == "metadata" { Place::Metadata } else { Place::Inner };
            writer.key(key, indent);
            writer.node(&entry.value, place, At::Key, indent + 2);
        });
    }

    fn children<T>(
        &mut self,
        all: impl IntoIterator<Item = T>,
        at: At,
        indent: usize,
        mut write: impl FnMut(&mut Self, T),
    ) {
        if at == At::Key {
            self.out.push('\n');
        }
        for (index, child) in all.into_iter().enumerate() {
            if index > 0 || at == At::Key {
                self.spaces(indent);
            }
            write(self, child);
        }
    }

    fn spaces(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    fn word(&mut self, word: &str, at: At) {
        if at == At::Key {
            self.out.push(' ');
        }
        self.out.push_str(word);
        self.out.push('\n');
    }

    fn key(&mut self, key: &str, indent: usize) {
        let long = key.len() > LONGEST_KEY;
        if long {
            self.out.push_str("? ");
        }
        self.styled(key, style::of_key(key));
        if long {
            self.out.push('\n');
            self.spaces(indent);
        }
        self.out.push(':');
    }

    fn text(&mut self, text: &str, at: At, indent: usize) {
        // A block right at the start of the document would need its own rule for indentation.
        let style = if at == At::Start { style::of_key(text) } else { style::of_value(text) };
        if at == At::Key {
            self.out.push(' ');
        }
        if style == Style::Literal {
            return self.literal(text, indent);
        }
        self.styled(text, style);
        self.out.push('\n');
    }

    fn styled(&mut self, text: &str, style: Style) {
        match style {
            Style::Plain | Style::Literal => self.out.push_str(text),
            Style::Single => {
                self.out.push('\'');
                self.out.push_str(text);
                self.out.push('\'');
            }
            Style::Double => {
                self.out.push('"');
                text.chars().for_each(|c| escape(&mut self.out, c));
                self.out.push('"');
            }
        }
    }

    /// `|`, then every line at the column `indent`.
    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        // Said outright when it cannot be read off the first line; counted from the parent's column.
        if text.trim_start_matches('\n').starts_with(' ') {
            self.out.push('2');
        }
        let body = text.trim_end_matches('\n');
        match text.len() - body.len() {
            0 => self.out.push('-'),
            1 => {}
            _ => self.out.push('+'),
        }
        self.out.push('\n');
        // What follows the final newline is not a line.
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.spaces(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }
}

fn escape(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        // Both forms are known to YAML 1.1 and 1.2; the longer one is JSON's as well.
        c if style::needs_escape(c) => {
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        }
        c => out.push(c),
    }
}

fn sorted(map: &Map, place: Place) -> Vec<(&str, &MapEntry)> {
    let mut entries: Vec<_> =
        map.iter().filter(|(_, entry)| place != Place::Metadata || !is_empty(&entry.value)).collect();
    entries.sort_by(|(a, _), (b, _)| match place {
        Place::Object => rank(a).cmp(&rank(b)).then_with(|| by_code_unit(a, b)),
        Place::Metadata | Place::Inner => by_code_unit(a, b),
    });
    entries
}

fn is_empty(data: &Data) -> bool {
    match &data.value {
        DataValue::Map(map) => map.is_empty(),
        DataValue::List(items) => items.is_empty(),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => false,
    }
}

fn rank(key: &str) -> u8 {
    match key {
        "apiVersion" => 0,
        "kind" => 1,
        "metadata" => 2,
        _ => 3,
    }
}

/// Order of UTF-16 code units, as JavaScript and Java sort; differs from Rust's only beyond U+D7FF.
fn by_code_unit(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}
