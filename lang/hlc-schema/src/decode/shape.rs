//! What a declaration does not allow.

use hlc_diag::Diagnostic;
use hlc_syntax as syntax;

use super::allow::is_allow_in;
use super::codes::{ANNOTATION, EXTRA_ARGUMENT, UNKNOWN_NODE, UNKNOWN_PROPERTY, WRONG_SHAPE};
use super::{Cx, Source, deprecated, is_object_name, wrong_annotation};
use crate::suggest::{list_names, nearest};
use crate::{FieldDecl, FieldKind, NodeDecl};

/// Reports annotation, arguments, properties and children that the declaration does not have.
pub(super) fn check<'a>(decl: &'static NodeDecl, source: Source<'a>, arguments: &[syntax::Entry<'a>], cx: &mut Cx<'a>) {
    check_arguments(decl, source, arguments, cx);
    let Source::Node(node) = source else { return };
    check_annotation(decl, node, cx);
    cx.note_allowed(node, |child| is_allow_in(decl, child));
    let is_others = |name: &str| decl.open && field_of(decl, name).is_none();
    for entry in node.props().filter(|entry| !entry.key().is_some_and(|key| is_others(&key.text))) {
        check_property(decl, entry, cx);
    }
    for child in node.children().filter(|child| !is_others(&child.name()) && !is_allow_in(decl, *child)) {
        check_child(decl, child, cx);
    }
}

fn check_annotation(decl: &'static NodeDecl, node: syntax::Node<'_>, cx: &mut Cx<'_>) {
    if let Some(annotation) = node.annotation()
        && !decl.annotations.contains(&annotation.text.as_ref())
    {
        let mut diagnostic = wrong_annotation(
            &ANNOTATION,
            &annotation,
            format!("`{}` takes no annotation `({})`", decl.name, annotation.text),
        );
        if !decl.annotations.is_empty() {
            diagnostic = diagnostic.help(format!("it takes {}", list_names(decl.annotations, "or")));
        }
        cx.report(diagnostic);
    }
}

/// The field that a property or child of this name belongs to: one of the node, or one of its members.
fn field_of(decl: &'static NodeDecl, name: &str) -> Option<&'static FieldDecl> {
    decl.field(name).or_else(|| decl.member_field(name).map(|(_, field)| field))
}

fn check_arguments<'a>(decl: &'static NodeDecl, source: Source<'a>, arguments: &[syntax::Entry<'a>], cx: &mut Cx<'a>) {
    let declared: Vec<_> = decl.fields.iter().filter(|field| field.is_argument()).collect();
    if declared.iter().any(|field| matches!(field.kind, FieldKind::Arguments(_))) {
        return;
    }
    let Some(extra) = arguments.get(declared.len()) else { return };
    let message = match declared.as_slice() {
        [] => format!("`{}` takes no value", decl.name),
        [only] => format!("`{}` takes one value, its {}", decl.name, only.name),
        more => format!("`{}` takes {} values", decl.name, more.len()),
    };
    let mut diagnostic = Diagnostic::new(&EXTRA_ARGUMENT, extra.span(), message).here("one too many");
    if declared.is_empty() && matches!(source, Source::Node(node) if node.has_block()) {
        diagnostic = diagnostic.help(format!("write `{} {{ … }}`", decl.name));
    } else if let Some(field) = decl.names().next() {
        diagnostic = diagnostic
            .help(format!("facts about it are properties, such as `{field}=…`; text with a space needs quotes"));
    }
    cx.report(diagnostic);
}

fn check_property<'a>(decl: &'static NodeDecl, entry: syntax::Entry<'a>, cx: &mut Cx<'a>) {
    let Some(key) = entry.key() else { return };
    let Some(field) = field_of(decl, &key.text) else {
        if decl.holds_entries() {
            return;
        }
        let mut diagnostic =
            Diagnostic::new(&UNKNOWN_PROPERTY, key.span, format!("`{}` has no property `{}`", decl.name, key.text));
        if cx.is_flooded() {
            cx.report(diagnostic);
            return;
        }
        if let Some(meant) = nearest(&key.text, decl.names().chain(decl.member_names())) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                key.span,
                meant,
            );
        } else {
            let names: Vec<_> = decl.names().collect();
            diagnostic = diagnostic.help(match names.len() {
                0 => format!("`{}` has no properties", decl.name),
                _ => format!("it has {}; see `hlc explain {}`", list_names(&names, "and"), decl.name),
            });
        }
        cx.report(diagnostic);
        return;
    };
    cx.diagnostics.extend(deprecated::warning(field, &key.text, key.span));
    if matches!(field.kind, FieldKind::Free | FieldKind::Defaults(_)) {
        cx.report(
            Diagnostic::new(&WRONG_SHAPE, entry.span(), format!("`{}` is a block, not a property", key.text))
                .help(format!("write `{} {{ … }}` inside the braces of `{}`", key.text, decl.name)),
        );
    }
}

fn check_child<'a>(decl: &'static NodeDecl, child: syntax::Node<'a>, cx: &mut Cx<'a>) {
    let name = child.name();
    let Some(field) = field_of(decl, &name) else {
        if cx.unexpanded.contains(&child.name_span()) {
            cx.left_out += 1;
        } else if !(decl.holds_entries() || decl.holds_objects() && is_object_name(&name)) {
            cx.report(unknown_child(decl, child, cx));
        }
        return;
    };
    cx.diagnostics.extend(deprecated::warning(field, &name, child.name_span()));
    if !matches!(field.kind, FieldKind::Property(_) | FieldKind::Properties(_)) {
        return;
    }
    if let Some(annotation) = child.annotation() {
        cx.report(
            wrong_annotation(&ANNOTATION, &annotation, format!("`{name}` takes no annotation `({})`", annotation.text))
                .help(format!("put it before the value: `{name} ({})…`", annotation.text)),
        );
    }
    if let Some(entry) = child.props().next() {
        cx.report(
            Diagnostic::new(&WRONG_SHAPE, entry.span(), format!("`{name}` has a value, no properties"))
                .help(format!("write `{name} VALUE`, or `{name}=VALUE` behind `{}`", decl.name)),
        );
    } else if child.has_block() {
        let at = child.block_span().unwrap_or_else(|| child.name_span());
        let brace = hlc_diag::Span { end: at.start.saturating_add(1).min(at.end), ..at };
        cx.report(
            Diagnostic::new(&WRONG_SHAPE, brace, format!("`{name}` has a value, no block"))
                .help(format!("write `{name} VALUE`")),
        );
    } else if child.args().next().is_none() {
        cx.report(
            Diagnostic::new(&WRONG_SHAPE, child.name_span(), format!("`{name}` has no value"))
                .help(format!("write `{name} VALUE`, or `{name}=VALUE` behind `{}`", decl.name)),
        );
    } else if matches!(field.kind, FieldKind::Property(_))
        && let Some(extra) = child.args().nth(1)
    {
        cx.report(
            Diagnostic::new(&EXTRA_ARGUMENT, extra.span(), format!("`{name}` takes one value"))
                .here("one too many")
                .help("spaces separate values; text with a space needs quotes"),
        );
    }
}

/// A child that its parent does not have, with where it would belong.
fn unknown_child(decl: &'static NodeDecl, child: syntax::Node<'_>, cx: &Cx<'_>) -> Diagnostic {
    let name = child.name();
    let diagnostic = Diagnostic::new(&UNKNOWN_NODE, child.name_span(), format!("`{}` cannot hold `{name}`", decl.name));
    if cx.is_flooded() {
        return diagnostic;
    }
    let kind = cx.object_kind(&name).filter(|_| decl.holds_objects());
    let meant = nearest(&name, decl.names().chain(decl.member_names()));
    // A slip in a word of the node's own, such as `secrets`, is near to a kind as well.
    if let Some(kind) = kind.filter(|kind| meant.is_none() || kind.eq_ignore_ascii_case(&name)) {
        return diagnostic.help(format!("a Kubernetes object is written `{kind} \"name\" {{ … }}`")).suggest(
            format!("write `{kind}`"),
            child.name_span(),
            kind,
        );
    }
    if let Some(meant) = meant {
        return diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            child.name_span(),
            meant,
        );
    }
    let parents = cx.parents_of(&name);
    if !parents.is_empty() {
        return diagnostic.help(format!("`{name}` belongs inside {}", list_names(&parents, "or")));
    }
    if is_object_name(&name) {
        return diagnostic.help("Kubernetes objects stand inside a `workload` or an `addon`");
    }
    let names: Vec<_> = decl.names().collect();
    diagnostic.help(match names.len() {
        0 => format!("`{}` holds no other nodes", decl.name),
        _ => format!("it can hold {}; see `hlc explain {}`", list_names(&names, "and"), decl.name),
    })
}

/// A node at the top of a file that no file can hold.
#[must_use]
pub fn unknown_top_level(known: &[&'static str], child: syntax::Node<'_>, cx: &Cx<'_>) -> Diagnostic {
    let name = child.name();
    let diagnostic =
        Diagnostic::new(&UNKNOWN_NODE, child.name_span(), format!("`{name}` cannot stand at the top of a file"));
    if cx.is_flooded() {
        return diagnostic;
    }
    let parents = cx.parents_of(&name);
    if let Some(meant) = nearest(&name, known.iter().copied()) {
        diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            child.name_span(),
            meant,
        )
    } else if !parents.is_empty() {
        diagnostic.help(format!("`{name}` belongs inside {}", list_names(&parents, "or")))
    } else {
        diagnostic.help(format!("a file holds {}", list_names(known, "and")))
    }
}
