//! Free data: blocks whose keys belong to somebody else, in KDL.
//!
//! The mapping is fixed by the text alone: a node with one value is a scalar, with properties or named children a map,
//! with `-` children a list. Nothing about it depends on a schema.

use std::borrow::Cow;

use hlc_diag::{Diagnostic, Span};
use hlc_syntax as syntax;

use crate::decode::{is_allow, is_allow_in_object, literal, wrong_annotation};
use crate::expr::{path, secret, template};
use crate::keyed::{Key, Keyed};
use crate::{Cx, DataValue, NodeDecl, RefPath, SecretKey, Spanned, Template};

mod codes;
mod write;

pub use codes::CODES;
pub(crate) use codes::TOO_DEEP;
use codes::{
    BARE_KEY, DASHES_AND_NAMES, DUPLICATE_KEY, MANY_VALUES, OBJECT_HEAD, UNKNOWN_DATA_ANNOTATION, VALUE_AND_ENTRIES,
};
pub use write::KdlWriter;

/// How deep data may nest. Kubernetes objects and chart values stay below 30.
pub const MAX_DEPTH: usize = 128;

/// Free data as written, before references are resolved.
#[derive(Clone, Debug)]
pub struct Free {
    /// What it is.
    pub kind: FreeKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of free data.
#[derive(Clone, Debug)]
pub enum FreeKind {
    /// Text, number, boolean or null.
    Literal(DataValue),
    /// `(ref)path`
    Ref(RefPath),
    /// `(fmt)"…"`
    Template(Template),
    /// `(secret)KEY`
    Secret(SecretKey),
    /// `(file)"path"`: the text of a file of the project.
    File(String),
    /// `(yaml)#"""…"""#`: data in YAML.
    Yaml(String),
    /// A list.
    List(Vec<Free>),
    /// A map, perhaps starting from others.
    Map {
        /// Values that must be maps, merged left to right.
        bases: Vec<Free>,
        /// Entries that win over the bases; keys are unique.
        entries: Vec<FreeEntry>,
    },
    /// `(yaml-text)key { … }`, `(json-text)key { … }`: text made of data.
    Text {
        /// The form of the text.
        format: TextFormat,
        /// The data.
        value: Box<Free>,
    },
}

/// How data becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// YAML
    Yaml,
    /// JSON on one line.
    Json,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct FreeEntry {
    /// The key, taken literally.
    pub key: Key,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Free,
}

/// A named block of free data, such as `values { … }`.
#[derive(Clone, Debug)]
pub struct FreeBlock {
    /// Where its name stands.
    pub head: Span,
    /// Its content: always [`FreeKind::Map`].
    pub value: Free,
}

impl FreeBlock {
    /// The same over another block: maps merge, deep, and the words of this one win.
    pub(crate) fn over(self, base: Self) -> Self {
        let Free { kind, span } = self.value;
        let kind = match kind {
            FreeKind::Map { mut bases, entries } => {
                bases.insert(0, base.value);
                FreeKind::Map { bases, entries }
            }
            // Not made by `block`.
            kind @ (FreeKind::Literal(_)
            | FreeKind::Ref(_)
            | FreeKind::Template(_)
            | FreeKind::Secret(_)
            | FreeKind::File(_)
            | FreeKind::Yaml(_)
            | FreeKind::List(_)
            | FreeKind::Text { .. }) => kind,
        };
        Self { head: self.head, value: Free { kind, span } }
    }
}

/// Blocks of one name from a node and from the groups it stands in, unmerged: for data that its owner merges in a way of his.
#[derive(Clone, Debug, Default)]
pub struct Layers(
    /// The blocks of each place that has some, the outermost group first and the node itself last; as written within a place.
    pub Vec<Vec<FreeBlock>>,
);

/// A Kubernetes object: `Deployment "comfyui" { spec … }`.
#[derive(Clone, Debug)]
pub struct ObjectNode {
    /// Its kind, the node's name.
    pub kind: Spanned<String>,
    /// Its name.
    pub name: Spanned<String>,
    /// `(cluster)`: where a custom kind is said to belong to the whole cluster.
    pub cluster: Option<Span>,
    /// Everything but kind and name: always [`FreeKind::Map`].
    pub body: Free,
}

/// Reads a block such as `values { … }` or `values (file)"old.yaml" { … }`.
pub(crate) fn block<'a>(node: syntax::Node<'a>, cx: &mut Cx<'a>) -> Option<FreeBlock> {
    let mut values = content(node, Role::Key, 0, cx)?;
    let value = values.pop().filter(|_| values.is_empty())?;
    match value.kind {
        FreeKind::Map { .. } => Some(FreeBlock { head: node.name_span(), value }),
        FreeKind::Ref(_) | FreeKind::File(_) | FreeKind::Yaml(_) => {
            let kind = FreeKind::Map { bases: vec![value], entries: Vec::new() };
            Some(FreeBlock { head: node.name_span(), value: Free { kind, span: node.span() } })
        }
        FreeKind::Literal(_)
        | FreeKind::Template(_)
        | FreeKind::Secret(_)
        | FreeKind::List(_)
        | FreeKind::Text { .. } => {
            cx.report(
                Diagnostic::new(
                    &VALUE_AND_ENTRIES,
                    value.span,
                    format!("`{}` is a block of named entries", node.name()),
                )
                .help(format!("write `{} {{ key value }}`", node.name())),
            );
            None
        }
    }
}

/// Reads a node whose argument is its name and whose entries are free data, such as `data "tiny" { … }`.
pub fn named<'a>(node: syntax::Node<'a>, cx: &mut Cx<'a>) -> Option<(Spanned<String>, Free)> {
    if let Some(annotation) = node.annotation() {
        cx.report(wrong_annotation(
            &OBJECT_HEAD,
            &annotation,
            format!("`{}` takes no annotation `({})`", node.name(), annotation.text),
        ));
    }
    let mut arguments = node.args();
    let Some(first) = arguments.next() else {
        cx.report(
            Diagnostic::new(&OBJECT_HEAD, node.name_span(), format!("this `{}` has no name", node.name()))
                .help(format!("write `{} \"name\" {{ … }}`", node.name())),
        );
        return None;
    };
    let name = crate::setting::scalar::<String>(first, cx)?;
    if let Some(extra) = arguments.next() {
        cx.report(
            Diagnostic::new(&OBJECT_HEAD, extra.span(), format!("`{}` has one value, its name", node.name()))
                .help("everything else stands in properties or in the block"),
        );
        return None;
    }
    let entries = entries(node, Dashes::Refused, Keys::All, 0, cx)?;
    Some((name, Free { kind: FreeKind::Map { bases: Vec::new(), entries }, span: node.span() }))
}

/// Reads a Kubernetes object.
pub(crate) fn object<'a>(node: syntax::Node<'a>, cx: &mut Cx<'a>) -> Option<ObjectNode> {
    let kind = Spanned::new(node.name().into_owned(), node.name_span());
    let cluster =
        node.annotation().filter(|annotation| annotation.text == "cluster").map(|annotation| annotation.outer);
    if let Some(annotation) = node.annotation().filter(|_| cluster.is_none()) {
        cx.report(
            wrong_annotation(
                &OBJECT_HEAD,
                &annotation,
                format!("an object takes no annotation `({})`", annotation.text),
            )
            .help("the only one is `(cluster)`, for custom kinds without a namespace"),
        );
    }
    let mut arguments = node.args();
    let Some(first) = arguments.next() else {
        cx.report(
            Diagnostic::new(&OBJECT_HEAD, node.name_span(), format!("this {} has no name", kind.value))
                .help(format!("write `{} \"name\" {{ … }}`; it becomes `metadata.name`", kind.value)),
        );
        return None;
    };
    let name = crate::setting::scalar::<String>(first, cx)?;
    if let Some(extra) = arguments.next() {
        cx.report(
            Diagnostic::new(&OBJECT_HEAD, extra.span(), format!("a {} has one value, its name", kind.value))
                .help("everything else about it stands in properties or in the block"),
        );
        return None;
    }
    let entries = entries(node, Dashes::Refused, Keys::OfObject, 0, cx)?;
    let body = Free { kind: FreeKind::Map { bases: Vec::new(), entries }, span: node.header_span() };
    Some(ObjectNode { kind, name, cluster, body })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A node that stands for a key: one value.
    Key,
    /// A `-` node: one or more items.
    Item,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dashes {
    /// `-` children are reported.
    Refused,
    /// `-` children are entries under the key `-`.
    AreKeys,
}

/// Which properties and children of a node are data.
#[derive(Clone, Copy)]
enum Keys {
    /// All of them.
    All,
    /// Those that are no field of a typed node, in which it was noted already what is allowed.
    Beside(&'static NodeDecl),
    /// Those of a Kubernetes object.
    OfObject,
}

impl Keys {
    fn takes(self, name: &str) -> bool {
        match self {
            Self::All | Self::OfObject => true,
            Self::Beside(decl) => decl.field(name).is_none(),
        }
    }

    fn is_allow(self, child: syntax::Node<'_>) -> bool {
        match self {
            Self::All | Self::Beside(_) => is_allow(child),
            Self::OfObject => is_allow_in_object(child),
        }
    }
}

fn is_dash(node: &syntax::Node<'_>) -> bool {
    node.name() == "-" && node.name_is_bare()
}

/// What a node holds: one value, or for an item perhaps several.
fn content<'a>(node: syntax::Node<'a>, role: Role, depth: usize, cx: &mut Cx<'a>) -> Option<Vec<Free>> {
    if depth > MAX_DEPTH {
        cx.report(Diagnostic::new(&TOO_DEEP, node.name_span(), format!("data nests deeper than {MAX_DEPTH} levels")));
        return None;
    }
    let span = node.span();
    let annotation = node.annotation();
    match annotation.as_ref().map(|annotation| annotation.text.as_ref()) {
        None => plain(node, role, depth, cx),
        Some("list") => {
            let items: Vec<_> = node.args().map(|entry| scalar(entry, cx)).collect();
            let mut items: Vec<Free> = items.into_iter().collect::<Option<_>>()?;
            if let Some(property) = node.props().next() {
                cx.report(
                    Diagnostic::new(&VALUE_AND_ENTRIES, property.span(), "a `(list)` holds values, not named entries")
                        .help("write items that are maps as `- key=value` lines in the block"),
                );
                return None;
            }
            items.extend(dash_items(node, depth, cx)?);
            Some(vec![Free { kind: FreeKind::List(items), span }])
        }
        Some("map") => {
            if let Some(argument) = node.args().next() {
                cx.report(Diagnostic::new(
                    &VALUE_AND_ENTRIES,
                    argument.span(),
                    "a `(map)` holds named entries, not values",
                ));
                return None;
            }
            let entries = entries(node, Dashes::AreKeys, Keys::All, depth, cx)?;
            Some(vec![Free { kind: FreeKind::Map { bases: Vec::new(), entries }, span }])
        }
        Some(text @ ("yaml-text" | "json-text")) => {
            let format = if text == "yaml-text" { TextFormat::Yaml } else { TextFormat::Json };
            let mut values = plain(node, Role::Key, depth, cx)?;
            let value = Box::new(values.pop()?);
            Some(vec![Free { kind: FreeKind::Text { format, value }, span }])
        }
        Some(_) => {
            if let Some(annotation) = annotation {
                cx.report(unknown_annotation(
                    &annotation,
                    "before a key",
                    "`(list)`, `(map)`, `(yaml-text)` and `(json-text)`",
                ));
            }
            None
        }
    }
}

fn unknown_annotation(annotation: &syntax::Annotation<'_>, place: &str, known: &str) -> Diagnostic {
    wrong_annotation(&UNKNOWN_DATA_ANNOTATION, annotation, format!("`({})` means nothing {place}", annotation.text))
        .help(format!("known here are {known}"))
}

fn plain<'a>(node: syntax::Node<'a>, role: Role, depth: usize, cx: &mut Cx<'a>) -> Option<Vec<Free>> {
    let span = node.span();
    let arguments: Vec<_> = node.args().collect();
    let has_entries = node.props().next().is_some() || node.has_block();
    if !has_entries {
        if arguments.is_empty() {
            cx.report(bare(node, role));
            return None;
        }
        if let (Role::Key, Some(second)) = (role, arguments.get(1)) {
            cx.report(many_values(node, &arguments, second.span()));
            return None;
        }
        let values: Vec<_> = arguments.into_iter().map(|entry| scalar(entry, cx)).collect();
        return values.into_iter().collect();
    }
    let bases: Vec<_> = arguments.iter().map(|entry| base(node, *entry, cx)).collect();
    let bases: Vec<Free> = bases.into_iter().collect::<Option<_>>()?;
    let dashed = node.children().any(|child| is_dash(&child));
    if !dashed {
        let entries = entries(node, Dashes::Refused, Keys::All, depth, cx)?;
        return Some(vec![Free { kind: FreeKind::Map { bases, entries }, span }]);
    }
    let named = node.children().find(|child| !is_dash(child) && !is_allow(*child)).map(hlc_syntax::Node::name_span);
    let mixed = named
        .or_else(|| node.props().next().map(hlc_syntax::Entry::span))
        .or_else(|| bases.first().map(|base| base.span));
    if let Some(other) = mixed {
        let dash = node.children().find(is_dash).map_or(span, hlc_syntax::Node::name_span);
        cx.report(
            Diagnostic::new(&DASHES_AND_NAMES, dash, "a block is a list or a map, not both")
                .here("an item of a list")
                .label(other, "an entry of a map")
                .help("give the list a key of its own, or put the named entries behind one dash"),
        );
        return None;
    }
    let items = dash_items(node, depth, cx)?;
    Some(vec![Free { kind: FreeKind::List(items), span }])
}

/// The items of every `-` child; other children have been reported or are not there.
fn dash_items<'a>(node: syntax::Node<'a>, depth: usize, cx: &mut Cx<'a>) -> Option<Vec<Free>> {
    let mut items = Vec::with_capacity(node.children().count());
    let mut whole = true;
    cx.note_allowed(node, is_allow);
    for child in node.children().filter(|child| !is_allow(*child)) {
        if is_dash(&child) {
            match content(child, Role::Item, depth + 1, cx) {
                Some(values) => items.extend(values),
                None => whole = false,
            }
        } else {
            cx.report(
                Diagnostic::new(&DASHES_AND_NAMES, child.name_span(), "a list holds `-` lines")
                    .help(format!("write `- {}`", child.name())),
            );
            whole = false;
        }
    }
    whole.then_some(items)
}

/// The entries of a typed node that are none of its fields.
pub(crate) fn entries_beside<'a>(
    decl: &'static NodeDecl,
    node: syntax::Node<'a>,
    cx: &mut Cx<'a>,
) -> Option<Vec<FreeEntry>> {
    entries(node, Dashes::Refused, Keys::Beside(decl), 0, cx)
}

/// The named entries of a node: its properties and children.
fn entries<'a>(
    node: syntax::Node<'a>,
    dashes: Dashes,
    keys: Keys,
    depth: usize,
    cx: &mut Cx<'a>,
) -> Option<Vec<FreeEntry>> {
    let room = node.props().count() + node.children().count();
    let mut entries: Vec<FreeEntry> = Vec::with_capacity(room);
    let mut seen: Keyed<Span> = Keyed::with_capacity(room);
    let mut whole = true;
    let mut add = |key: Cow<'a, str>, key_span: Span, value: Option<Free>, cx: &mut Cx<'_>| {
        if let Some(first) = seen.get(&key) {
            cx.report(
                Diagnostic::new(&DUPLICATE_KEY, key_span, format!("the key `{key}` is given twice"))
                    .here("given again")
                    .label(*first, "first given here")
                    .help("keep one; entries of one map go into one block"),
            );
            return false;
        }
        let key = Key::from(key.as_ref());
        let value = value.map(|value| FreeEntry { key: key.clone(), key_span, value });
        seen.insert(key, key_span);
        let whole = value.is_some();
        entries.extend(value);
        whole
    };
    for property in node.props() {
        if let Some(key) = property.key().filter(|key| keys.takes(&key.text)) {
            let value = scalar(property, cx);
            whole &= add(key.text, key.span, value, cx);
        }
    }
    let mut allows = false;
    for child in node.children() {
        if keys.is_allow(child) {
            allows = true;
            continue;
        }
        if !keys.takes(&child.name()) {
            continue;
        }
        if is_dash(&child) && dashes == Dashes::Refused {
            cx.report(
                Diagnostic::new(&DASHES_AND_NAMES, child.name_span(), "a `-` line cannot stand among named entries")
                    .help("give the list a key of its own: `key { - item }`"),
            );
            whole = false;
            continue;
        }
        let value = content(child, Role::Key, depth + 1, cx).and_then(|mut values| values.pop());
        whole &= add(child.name(), child.name_span(), value, cx);
    }
    if allows && !matches!(keys, Keys::Beside(_)) {
        cx.note_allowed(node, |child| keys.is_allow(child));
    }
    whole.then_some(entries)
}

/// An argument of a node that has entries too: it must be something that can be a map.
fn base(node: syntax::Node<'_>, entry: syntax::Entry<'_>, cx: &mut Cx<'_>) -> Option<Free> {
    let annotated =
        entry.annotation().is_some_and(|annotation| matches!(annotation.text.as_ref(), "ref" | "file" | "yaml"));
    if annotated {
        return scalar(entry, cx);
    }
    let name = node.name();
    cx.report(
        Diagnostic::new(&VALUE_AND_ENTRIES, entry.span(), format!("`{name}` has a value and entries of its own"))
            .here("a value")
            .help(format!(
                "write `{name} {}` alone, or only the entries; a base to start from is `(ref)data.NAME`",
                entry.raw()
            )),
    );
    None
}

/// One value: a literal, or what its annotation says.
fn scalar(entry: syntax::Entry<'_>, cx: &mut Cx<'_>) -> Option<Free> {
    let span = entry.value_span();
    let annotation = entry.annotation();
    let kind = match annotation.as_ref().map(|annotation| annotation.text.as_ref()) {
        None => FreeKind::Literal(literal(entry, cx)?),
        Some("ref") => FreeKind::Ref(path(entry, cx)?),
        Some("fmt") => FreeKind::Template(template(entry, cx)?),
        Some("secret") => FreeKind::Secret(secret(entry, cx)?),
        Some("file") => FreeKind::File(crate::setting::scalar_text(entry, cx)?),
        Some("yaml") => FreeKind::Yaml(crate::setting::scalar_text(entry, cx)?),
        Some(_) => {
            if let Some(annotation) = annotation {
                cx.report(unknown_annotation(
                    &annotation,
                    "before a value",
                    "`(ref)`, `(fmt)`, `(secret)`, `(file)` and `(yaml)`",
                ));
            }
            return None;
        }
    };
    Some(Free { kind, span })
}

fn bare(node: syntax::Node<'_>, role: Role) -> Diagnostic {
    let at = node.name_span();
    if role == Role::Item {
        return Diagnostic::new(&BARE_KEY, at, "this `-` has no item")
            .help("write `- value`, `- key=value`, `- {}` for an empty map or `- #null`");
    }
    let name = node.name();
    if let Some(item) = name.strip_prefix('-').filter(|item| !item.is_empty() && node.name_is_bare()) {
        return Diagnostic::new(&BARE_KEY, at, format!("`{name}` has no value"))
            .help(format!("an item of a list has a space behind its dash: write `- {item}`"))
            .suggest(format!("write `- {item}`"), at, format!("- {item}"));
    }
    Diagnostic::new(&BARE_KEY, at, format!("`{name}` has no value")).help(format!(
        "write `{name} {{}}` for an empty map, `(list){name}` for an empty list, `{name} #true` or `{name} #null`"
    ))
}

fn many_values(node: syntax::Node<'_>, arguments: &[syntax::Entry<'_>], second: Span) -> Diagnostic {
    let name = node.name();
    let items: Vec<&str> = arguments.iter().map(|entry| entry.raw()).collect();
    let list = format!("{name} {{ - {} }}", items.join(" "));
    let whole = arguments.last().map_or(second, |last| node.name_span().to(last.span()));
    Diagnostic::new(&MANY_VALUES, second, format!("`{name}` has several values"))
        .here("a second value")
        .help(format!("a list is written with a dash: `{list}`"))
        .help("text with spaces needs quotes")
        .suggest(format!("write `{list}`"), whole, list)
}
