//! YAML and JSON as a tree whose every part knows its bytes.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{FileId, Span};
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Tag};

use crate::error::{Fault, SopsError, Text};
use crate::scalar::{Scalar, resolve};

/// The largest text, in bytes: a hundred times what a homelab keeps.
pub const MAX_BYTES: usize = 8 << 20;
/// The deepest nesting; safe for every walk over the tree.
pub const MAX_DEPTH: usize = 64;
/// The most values.
pub const MAX_VALUES: usize = 100_000;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its bytes. Of a block scalar, the lines below its `|`.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// One value.
    Scalar(Scalar, Style),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
    /// A list.
    List(Vec<Node>),
}

/// How one value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Between quotes.
    Quoted,
    /// As lines below a `|` or `>`.
    Block,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where it stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text, of a text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(Scalar::Str(text), _) => Some(text),
            Content::Scalar(..) | Content::Map(_) | Content::List(_) => None,
        }
    }

    /// The entries, of a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            Content::Scalar(..) | Content::List(_) => None,
        }
    }

    /// The items of a list; an absent list is often written as null.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.content {
            Content::List(items) => Some(items),
            Content::Scalar(Scalar::Null, _) => Some(&[]),
            Content::Scalar(..) | Content::Map(_) => None,
        }
    }
}

/// The value of a key.
#[must_use]
pub fn get<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// Reads one document whose root is a map.
///
/// # Errors
/// See [`Fault`]; anchors, aliases and tags are refused, since sops writes none.
pub fn read(file: FileId, text: &str) -> Result<Node, SopsError> {
    read_with(file, text, None)
}

/// Reads one document that people write, such as `.sops.yaml`: aliases are written out.
///
/// # Errors
/// See [`Fault`].
pub fn read_written(file: FileId, text: &str) -> Result<Node, SopsError> {
    read_with(file, text, Some(BTreeMap::new()))
}

fn read_with(file: FileId, text: &str, anchors: Anchors) -> Result<Node, SopsError> {
    let at = Text { file, text };
    let whole = Span::new(file, 0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    let start = Span { end: 0, ..whole };
    if text.len() > MAX_BYTES {
        return Err(at.error(start, Fault::TooLarge));
    }
    let mut builder = Builder { at, open: Vec::new(), anchors, values: 0, documents: 0, root: None };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, place)) => {
                let span = builder.span(place.start.byte_offset(), place.end.byte_offset());
                builder.event(event, span)?;
            }
            Err(error) => {
                let place = error.marker().byte_offset();
                // The parser may quote the source; its words are kept only where they cannot hold a value.
                let reason = error.info().lines().next().unwrap_or("").to_lowercase();
                let reason = if reason.contains(['\'', '"', '`']) { "it cannot be read".to_owned() } else { reason };
                return Err(at.error(builder.span(place, place), Fault::Syntax(reason)));
            }
        }
    }
    match builder.root {
        Some(node) if matches!(node.content, Content::Map(_)) => Ok(node),
        Some(node) => Err(at.error(node.span, Fault::NotAMap)),
        None => Err(at.error(start, Fault::NotAMap)),
    }
}

/// Values by anchor; `None` where anchors are refused.
type Anchors = Option<BTreeMap<usize, Node>>;

/// A list or map that is not finished.
struct Open {
    span: Span,
    anchor: usize,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: BTreeSet<String>, key: Option<(String, Span)> },
}

struct Builder<'t> {
    at: Text<'t>,
    open: Vec<Open>,
    anchors: Anchors,
    values: usize,
    documents: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    fn span(&self, start: Option<usize>, end: Option<usize>) -> Span {
        let bound = |offset: Option<usize>| {
            let offset = self.at.text.floor_char_boundary(offset.unwrap_or(0));
            u32::try_from(offset).unwrap_or(u32::MAX)
        };
        Span::new(self.at.file, bound(start), bound(end).max(bound(start)))
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), SopsError> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.at.error(span, Fault::SecondDocument));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(anchor, tag.as_deref().filter(|tag| tag.core_suffix() != Some("str")), span)?;
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                // The parser gives `~` for a value that is not there.
                let text = if span.start == span.end && style == Style::Plain { "" } else { text.as_ref() };
                let scalar =
                    if style == Style::Plain && tag.is_none() { resolve(text) } else { Scalar::Str(text.to_owned()) };
                if self.wants_key() {
                    return self.key(scalar, span);
                }
                self.put(Node { span, content: Content::Scalar(scalar, style) }, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse(anchor, tag.as_deref(), span)?;
                self.start(span, anchor, OpenContent::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse(anchor, tag.as_deref(), span)?;
                let content = OpenContent::Map { entries: Vec::new(), seen: BTreeSet::new(), key: None };
                self.start(span, anchor, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let content = match open.content {
                    OpenContent::List(items) => Content::List(items),
                    OpenContent::Map { entries, .. } => Content::Map(entries),
                };
                self.put(Node { span: open.span.to(span), content }, open.anchor)?;
            }
            Event::Alias(id) => {
                let Some(anchors) = &self.anchors else {
                    return Err(self.at.error(span, Fault::Unsupported("an alias")));
                };
                let node = anchors.get(&id).cloned().filter(|_| !self.wants_key());
                let node = node.ok_or_else(|| self.at.error(span, Fault::BadKey))?;
                // The copy keeps the place of what it repeats. It counts as what it holds, so that copies of copies end.
                self.values += size(&node);
                self.put(node, 0)?;
            }
            // None of these carries a value.
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

    fn refuse(&self, anchor: usize, tag: Option<&Tag>, span: Span) -> Result<(), SopsError> {
        if anchor != 0 && self.anchors.is_none() {
            return Err(self.at.error(span, Fault::Unsupported("an anchor")));
        }
        if tag.is_some() {
            return Err(self.at.error(span, Fault::Unsupported("a tag")));
        }
        Ok(())
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: OpenContent::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, scalar: Scalar, span: Span) -> Result<(), SopsError> {
        let Scalar::Str(name) = scalar else { return Err(self.at.error(span, Fault::BadKey)) };
        let Some(Open { content: OpenContent::Map { seen, key, .. }, .. }) = self.open.last_mut() else {
            return Ok(());
        };
        if !seen.insert(name.clone()) {
            return Err(self.at.error(span, Fault::DuplicateKey(name)));
        }
        *key = Some((name, span));
        Ok(())
    }

    fn start(&mut self, span: Span, anchor: usize, content: OpenContent) -> Result<(), SopsError> {
        if self.wants_key() {
            return Err(self.at.error(span, Fault::BadKey));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.at.error(span, Fault::TooDeep));
        }
        self.open.push(Open { span, anchor, content });
        Ok(())
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), SopsError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.at.error(node.span, Fault::TooMany));
        }
        if let Some(anchors) = self.anchors.as_mut().filter(|_| anchor != 0) {
            // Counted, since a copy is kept: many anchors around one value would otherwise cost its square.
            self.values += size(&node);
            anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            Some(OpenContent::List(items)) => items.push(node),
            Some(OpenContent::Map { entries, key, .. }) => {
                if let Some((key, key_span)) = key.take() {
                    entries.push(Entry { key, key_span, value: node });
                }
            }
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// How many values a value holds, itself included.
fn size(node: &Node) -> usize {
    match &node.content {
        Content::Scalar(..) => 1,
        Content::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        Content::List(items) => 1 + items.iter().map(size).sum::<usize>(),
    }
}
