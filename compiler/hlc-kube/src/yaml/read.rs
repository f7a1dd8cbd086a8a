//! YAML text to data.
use hlc_diag::{FileId, Span};
use hlc_schema::{Data, DataValue, Float, Map};
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::scalar::{Plain, resolve};

/// Why a YAML text cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
    /// Lower case, no full stop: what is wrong.
    pub message: String,
}

impl std::fmt::Display for YamlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for YamlError {}

/// The most values one document may become once its aliases are written out; Kubernetes takes 1.5 MB at most.
const MAX_VALUES: usize = 1_000_000;
/// The deepest nesting; more than any manifest or chart has, and safe for every walk over the result.
const MAX_DEPTH: usize = 128;

/// Reads one YAML document, every value with the place `span`.
///
/// Bare words mean what they mean to Helm and Kubernetes (`yes` is true, `0644` is 420; see the scalar rules), so that a
/// values file keeps its meaning. An empty document is null. Aliases and merge keys (`<<`) are written out.
///
/// Stricter than Helm's reader, which takes the last of two equal keys, turns the key `80` into text, ignores unknown
/// tags and reads the first of several documents.
///
/// # Errors
/// Text that is not YAML, two documents, a key twice, a key that is not text, an unknown tag, a number that JSON does
/// not have, aliases that grow past a million values, nesting deeper than 128.
pub fn data_from_yaml(text: &str, span: Span) -> Result<Data, YamlError> {
    one(text, &|_, _| span)
}

/// Reads every document of a YAML text the way Helm and kubectl do, every value with the place `span`: of two equal keys the
/// last one counts, and a key that is no text becomes one. For what others wrote; otherwise as [`documents_from_yaml`].
///
/// # Errors
/// As [`data_from_yaml`], but for these.
pub fn documents_as_helm(text: &str, span: Span) -> Result<Vec<Data>, YamlError> {
    load(text, &|_, _| span, u32::MAX, Keys::AsHelm)
}

/// Reads every document of a YAML text, by the rules of [`data_from_yaml`]; empty ones are null.
///
/// # Errors
/// See [`data_from_yaml`].
pub fn documents_from_yaml(text: &str, span: Span) -> Result<Vec<Data>, YamlError> {
    load(text, &|_, _| span, u32::MAX, Keys::Strict)
}

/// How many comments a YAML text has; what it is else does not matter.
#[must_use]
pub fn count_yaml_comments(text: &str) -> usize {
    Parser::new_from_str(text).map_while(Result::ok).filter(|(event, _)| matches!(event, Event::Comment(..))).count()
}

/// Reads one YAML document that is a file of its own, every value with its place in it. Otherwise as [`data_from_yaml`].
///
/// # Errors
/// As [`data_from_yaml`].
pub fn data_from_yaml_file(text: &str, file: FileId) -> Result<Data, YamlError> {
    // The parser counts characters.
    let bytes: Option<Vec<u32>> = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| count(at)).collect());
    let byte = |index: usize| match &bytes {
        Some(bytes) => bytes.get(index).copied().unwrap_or_else(|| count(text.len())),
        None => count(index.min(text.len())),
    };
    one(text, &|start, end| Span::new(file, byte(start), byte(end.max(start))))
}

fn one(text: &str, locate: &dyn Fn(usize, usize) -> Span) -> Result<Data, YamlError> {
    let mut documents = load(text, locate, 1, Keys::Strict)?;
    Ok(documents.pop().unwrap_or_else(|| Data::new(DataValue::Null, locate(0, 0))))
}

/// What is done with keys that stand twice or are no text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Strict,
    AsHelm,
}

/// Reads up to `most` documents; `locate` gives the place between two characters.
fn load(text: &str, locate: &dyn Fn(usize, usize) -> Span, most: u32, keys: Keys) -> Result<Vec<Data>, YamlError> {
    let mut loader =
        Loader { stack: Vec::new(), anchors: Vec::new(), values: 0, roots: Vec::new(), documents: 0, most, keys };
    for event in Parser::new_from_str(text) {
        let (event, at) = event.map_err(|error| YamlError {
            line: count(error.marker().line()),
            column: count(error.marker().col()).saturating_add(1),
            message: error.info().to_lowercase(),
        })?;
        let span = locate(at.start.index(), at.end.index());
        let at = Place { line: count(at.start.line()), column: count(at.start.col()).saturating_add(1), span };
        loader.event(event, at)?;
    }
    Ok(loader.roots)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[derive(Clone, Copy)]
struct Place {
    line: u32,
    column: u32,
    span: Span,
}

impl Place {
    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError { line: self.line, column: self.column, message: message.into() }
    }
}

/// A list or map that is not finished.
enum Open {
    List { items: Vec<Data>, anchor: usize, span: Span },
    Map { map: Map, merged: Vec<Map>, key: Option<Key>, anchor: usize, span: Span },
}

enum Key {
    Text(String, Span),
    /// `<<`: the value's entries belong to this map.
    Merge,
}

struct Loader {
    stack: Vec<Open>,
    /// Values by anchor, with the number of values in each.
    anchors: Vec<(usize, Data, usize)>,
    values: usize,
    roots: Vec<Data>,
    documents: u32,
    /// How many documents are wanted at most.
    most: u32,
    keys: Keys,
}

impl Loader {
    fn event(&mut self, event: Event<'_>, at: Place) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                // Anchors belong to their document.
                self.anchors.clear();
                if self.documents > self.most {
                    return Err(at.error("a second document begins here; one is expected"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.wants_key() {
                    return self.key(&text, style, tag.as_deref(), at);
                }
                let value = scalar(&text, style, tag.as_deref(), at)?;
                let data = Data::new(value, at.span);
                self.anchor(anchor, &data, at)?;
                self.put(data, 1, at)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                known_tag(tag.as_deref(), "seq", at)?;
                self.open(Open::List { items: Vec::new(), anchor, span: at.span }, at)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                known_tag(tag.as_deref(), "map", at)?;
                let span = at.span;
                self.open(Open::Map { map: Map::new(), merged: Vec::new(), key: None, anchor, span }, at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at)?,
            Event::Alias(id) => {
                if self.wants_key() {
                    return Err(at.error("an alias cannot be a key here; write the key out"));
                }
                let Some((_, data, size)) = self.anchors.iter().rev().find(|(anchor, ..)| *anchor == id).cloned()
                else {
                    return Err(at.error("this alias stands inside the value it repeats"));
                };
                self.put(data, size, at)?;
            }
            // None of these carries a value; the parser is not asked for the last three.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentEnd
            | Event::Comment(..)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | _ => {}
        }
        Ok(())
    }

    fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open::Map { key: None, .. }))
    }

    fn key(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Result<(), YamlError> {
        let strict = self.keys == Keys::Strict;
        let Some(Open::Map { map, key, .. }) = self.stack.last_mut() else { return Ok(()) };
        if style == ScalarStyle::Plain && tag.is_none() && text == "<<" {
            *key = Some(Key::Merge);
            return Ok(());
        }
        let missing = style == ScalarStyle::Plain && matches!(text, "" | "~");
        if (strict || missing) && !matches!(scalar(text, style, tag, at)?, DataValue::String(_)) {
            // The parser gives `~` for a key that is not there.
            return Err(if matches!(text, "" | "~") {
                at.error("a key is missing here")
            } else {
                at.error(format!("the key `{text}` is not text; write `\"{text}\"`"))
            });
        }
        if strict && map.entry(text).is_some() {
            return Err(at.error(format!("the key `{text}` stands here a second time")));
        }
        *key = Some(Key::Text(text.to_owned(), at.span));
        Ok(())
    }

    fn open(&mut self, open: Open, at: Place) -> Result<(), YamlError> {
        if self.wants_key() {
            return Err(at.error("a key must be text, not a list or a map"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(at.error(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.stack.push(open);
        Ok(())
    }

    fn close(&mut self, at: Place) -> Result<(), YamlError> {
        let (value, anchor, span) = match self.stack.pop() {
            Some(Open::List { items, anchor, span }) => (DataValue::List(items), anchor, span),
            Some(Open::Map { mut map, merged, anchor, span, .. }) => {
                // A map's own keys win, then the earlier of several merged ones.
                for (key, entry) in merged.iter().flat_map(Map::iter) {
                    if map.entry(key).is_none() {
                        map.insert(key, entry.key_span, entry.value.clone());
                    }
                }
                (DataValue::Map(map), anchor, span)
            }
            None => return Ok(()),
        };
        let data = Data::new(value, span.to(at.span));
        self.anchor(anchor, &data, at)?;
        self.put(data, 1, at)
    }

    fn anchor(&mut self, anchor: usize, data: &Data, at: Place) -> Result<(), YamlError> {
        if anchor != 0 {
            let size = size(data);
            // Kept once more for its aliases, so counted once more.
            self.count(size, at)?;
            self.anchors.push((anchor, data.clone(), size));
        }
        Ok(())
    }

    fn count(&mut self, values: usize, at: Place) -> Result<(), YamlError> {
        self.values += values;
        if self.values > MAX_VALUES {
            return Err(at.error(format!("its aliases grow to more than {MAX_VALUES} values")));
        }
        Ok(())
    }

    fn put(&mut self, data: Data, size: usize, at: Place) -> Result<(), YamlError> {
        self.count(size, at)?;
        match self.stack.last_mut() {
            None => self.roots.push(data),
            Some(Open::List { items, .. }) => items.push(data),
            Some(Open::Map { map, merged, key, .. }) => match key.take() {
                Some(Key::Text(key, span)) => {
                    map.insert(key, span, data);
                }
                Some(Key::Merge) => {
                    let sources = if let DataValue::List(items) = data.value { items } else { vec![data] };
                    for source in sources {
                        let DataValue::Map(source) = source.value else {
                            return Err(at.error("`<<` takes a map or a list of maps"));
                        };
                        merged.push(source);
                    }
                }
                None => {}
            },
        }
        Ok(())
    }
}

fn size(data: &Data) -> usize {
    match &data.value {
        DataValue::List(items) => items.iter().map(size).sum::<usize>() + 1,
        DataValue::Map(map) => map.iter().map(|(_, entry)| size(&entry.value)).sum::<usize>() + 1,
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => 1,
    }
}

fn known_tag(tag: Option<&Tag>, expected: &str, at: Place) -> Result<(), YamlError> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.core_suffix() == Some(expected) => Ok(()),
        Some(tag) => Err(unknown_tag(tag, at)),
    }
}

fn unknown_tag(tag: &Tag, at: Place) -> YamlError {
    at.error(format!("the tag `{}` means nothing to Kubernetes and Helm; leave it out", tag.original()))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Result<DataValue, YamlError> {
    let wanted = match tag {
        None => None,
        // The bare `!` makes text.
        Some(tag) if tag.handle().is_empty() && tag.suffix() == "!" => Some("str"),
        Some(tag) => match tag.core_suffix() {
            Some(suffix @ ("str" | "int" | "float" | "bool" | "null")) => Some(suffix),
            Some(_) | None => return Err(unknown_tag(tag, at)),
        },
    };
    let plain = match wanted {
        None if style == ScalarStyle::Plain => resolve(text),
        None | Some("str") => Plain::Text,
        Some(_) => resolve(text),
    };
    let value = match plain {
        Plain::Null => DataValue::Null,
        Plain::Bool(value) => DataValue::Bool(value),
        Plain::Integer(value) => DataValue::integer(value),
        Plain::Float(value) => DataValue::Float(value),
        Plain::NotANumber => {
            return Err(at.error(format!("`{text}` is no number that JSON has; quote it to make it text")));
        }
        Plain::TooLarge => {
            return Err(at.error(format!(
                "`{text}` does not fit into 64 bits, and readers lose its last digits; quote it to make it text"
            )));
        }
        Plain::NotOctal => {
            return Err(at.error(format!(
                "`{text}` begins with a zero and is not octal: a number to some readers, text to others; quote it if it is text"
            )));
        }
        Plain::Text => DataValue::string(text),
    };
    match (wanted, value) {
        (Some("float"), DataValue::Integer(value)) => Ok(DataValue::Float(Float::new(value.get() as f64))),
        (None | Some("str"), value)
        | (Some("int"), value @ DataValue::Integer(_))
        | (Some("float"), value @ DataValue::Float(_))
        | (Some("bool"), value @ DataValue::Bool(_))
        | (Some("null"), value @ DataValue::Null) => Ok(value),
        (Some(wanted), _) => Err(at.error(format!("`{text}` is not what the tag `!!{wanted}` says"))),
    }
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    fn read(text: &str) -> Result<String, String> {
        data_from_yaml(text, Span::new(FileId::new(0), 0, 0))
            .map(|data| crate::data_to_json(&data).to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn takes() {
        for (text, json) in [
            ("", "null"),
            ("a: yes\nb: 0644\nc: \"yes\"\nd: 1.0", r#"{"a":true,"b":420,"c":"yes","d":1.0}"#),
            ("a: &x {b: 1}\nc: *x", r#"{"a":{"b":1},"c":{"b":1}}"#),
            ("base: &x {a: 1, b: 2}\nv:\n  <<: *x\n  b: 3", r#"{"base":{"a":1,"b":2},"v":{"a":1,"b":3}}"#),
            ("- !!str 1\n- ! 2\n- !!int \"3\"\n- !!float 4", r#"["1","2",3,4.0]"#),
            ("--- # start\na: |\n  x\n  y\n...\n", r#"{"a":"x\ny\n"}"#),
            ("? a\n: b", r#"{"a":"b"}"#),
            ("\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n", r#"{"a":1,"b":"x\ny\n"}"#),
            ("a:\nb: !!str\nc: ''\nd: ~\n", r#"{"a":null,"b":"","c":"","d":null}"#),
            ("a: 'it''s'\nb: \"\\x41\\u00e9\"\nc: >-\n  x\n  y\n", r#"{"a":"it's","b":"Aé","c":"x y"}"#),
        ] {
            assert_eq!(read(text).as_deref(), Ok(json), "{text}");
        }
    }

    #[test]
    fn refuses() {
        for (text, message) in [
            ("a: 1\na: 2", "line 2, column 1: the key `a` stands here a second time"),
            ("80: x", "line 1, column 1: the key `80` is not text; write `\"80\"`"),
            ("y: x", "line 1, column 1: the key `y` is not text; write `\"y\"`"),
            (": x", "line 1, column 1: a key is missing here"),
            ("a: 1\n---\nb: 2", "line 2, column 1: a second document begins here; one is expected"),
            ("a: .inf", "line 1, column 4: `.inf` is no number that JSON has; quote it to make it text"),
            ("? [a]\n: b", "line 1, column 3: a key must be text, not a list or a map"),
            ("a: !env x", "line 1, column 9: the tag `!env` means nothing to Kubernetes and Helm; leave it out"),
            ("a: !!int x", "line 1, column 10: `x` is not what the tag `!!int` says"),
            (
                "a: 18446744073709551616",
                "line 1, column 4: `18446744073709551616` does not fit into 64 bits, and readers lose its last digits; quote it to make it text",
            ),
            (
                "- 1\n- 08",
                "line 2, column 3: `08` begins with a zero and is not octal: a number to some readers, text to others; quote it if it is text",
            ),
            (
                "a: !!timestamp 2001-01-01",
                "line 1, column 16: the tag `!!timestamp` means nothing to Kubernetes and Helm; leave it out",
            ),
            (
                "a: !!binary eA==",
                "line 1, column 13: the tag `!!binary` means nothing to Kubernetes and Helm; leave it out",
            ),
            ("a: &x [*x]", "line 1, column 8: this alias stands inside the value it repeats"),
        ] {
            assert_eq!(read(text).as_ref().map_err(String::as_str), Err(message), "{text}");
        }
        assert!(read("a: [1").is_err());
        assert!(read("a: b: c").is_err());
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn stops_alias_bombs() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
        }
        let error = read(&text).unwrap_err();
        assert!(error.ends_with("its aliases grow to more than 1000000 values"), "{error}");
    }
}
