//! KDL fragments as objects, for tests: read with the kdl crate, so that a test needs no other part of hlc.

#![allow(clippy::string_slice)]

use hlc_diag::{Diagnostic, FileId, Span};
use hlc_schema::{Data, DataValue, Map};
use kdl::{KdlDocument, KdlNode, KdlValue};

use crate::{Lookup, lookup, validate};

/// Judges every object in a fragment such as `workload "web" { Service "web" { … } }`.
pub(super) fn check(text: &str) -> Vec<Diagnostic> {
    let document: KdlDocument = text.parse().unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let mut found = Vec::new();
    for node in document.nodes().iter().flat_map(|node| node.iter_children()) {
        let kind = node.name().value();
        if !kind.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        let api_version = node.get("apiVersion").and_then(KdlValue::as_string);
        let api_version = match (lookup(kind, api_version), api_version) {
            (Lookup::Found(info), _) => info.api_version,
            (Lookup::Unknown { .. }, Some(given)) => given,
            (other @ (Lookup::Ambiguous(_) | Lookup::Unknown { .. }), _) => panic!("{other:?}"),
        };
        found.extend(validate(api_version, kind, &object(node)));
    }
    found
}

/// The findings of one object, each as `code start..end message | here | help | fix`, with the text instead of the place.
pub(super) fn report(text: &str) -> String {
    let text = format!("workload \"web\" {{\n{text}\n}}");
    let mut out = String::new();
    for finding in check(&text) {
        out.push_str(&format!(
            "{} `{}`: {}",
            finding.code.id,
            first_line(&text[finding.primary.span.range()]),
            finding.message
        ));
        if !finding.primary.text.is_empty() {
            out.push_str(&format!("\n  here: {}", finding.primary.text));
        }
        for label in &finding.labels {
            out.push_str(&format!("\n  label `{}`: {}", &text[label.span.range()], label.text));
        }
        for help in &finding.helps {
            out.push_str(&format!("\n  help: {help}"));
        }
        for fix in &finding.fixes {
            let mut mended = text.clone();
            for edit in fix.edits.iter().rev() {
                mended.replace_range(edit.span.range(), &edit.text);
            }
            let line = mended[..finding.primary.span.start as usize].lines().count() - 1;
            let safe = if fix.safe { "fix" } else { "suggestion" };
            out.push_str(&format!("\n  {safe} {}: {}", fix.title, mended.lines().nth(line).unwrap().trim()));
        }
        out.push('\n');
    }
    out
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("").to_owned();
    if lines.next().is_some() { format!("{first} …") } else { first }
}

fn span(offset: usize, length: usize) -> Span {
    Span::new(FileId::new(0), u32::try_from(offset).unwrap(), u32::try_from(offset + length).unwrap())
}

fn object(node: &KdlNode) -> Data {
    let mut data = map(node);
    let entries = data.as_map_mut().unwrap();
    entries.remove("apiVersion");
    if let Some(name) = node.get(0).and_then(KdlValue::as_string) {
        let at = node.entry(0).unwrap().span();
        let name_span = span(at.offset(), at.len());
        let name = Data::string(name, name_span);
        let head = span(node.name().span().offset(), node.name().span().len());
        match entries.get_mut("metadata").and_then(Data::as_map_mut) {
            Some(metadata) => {
                metadata.insert("name", head, name);
            }
            None => {
                entries.insert("metadata", head, Data::map([("name", name)], name_span));
            }
        }
    }
    data
}

fn map(node: &KdlNode) -> Data {
    let mut map = Map::new();
    for entry in node.entries() {
        if let Some(name) = entry.name() {
            // kdl counts a property's span from its key.
            let at = entry.span();
            let key = span(at.offset(), name.to_string().len());
            let value = span(at.offset() + name.to_string().len() + 1, at.len() - name.to_string().len() - 1);
            map.insert(name.value(), key, scalar(entry.value(), value));
        }
    }
    for child in node.iter_children() {
        let key = span(child.name().span().offset(), child.name().span().len());
        map.insert(child.name().value(), key, value(child));
    }
    Data::new(DataValue::Map(map), whole(node))
}

fn whole(node: &KdlNode) -> Span {
    span(node.span().offset(), node.span().len())
}

fn value(node: &KdlNode) -> Data {
    let arguments: Vec<_> = node.entries().iter().filter(|entry| entry.name().is_none()).collect();
    if node.ty().is_some_and(|ty| ty.value() == "list") {
        return Data::list(Vec::new(), whole(node));
    }
    let named = node.entries().iter().any(|entry| entry.name().is_some());
    match arguments.as_slice() {
        [one] if !named && node.children().is_none() => {
            scalar(one.value(), span(one.span().offset(), one.span().len()))
        }
        [] => {
            let dashes = node.iter_children().next().is_some_and(|child| child.name().value() == "-");
            if dashes { Data::list(node.iter_children().flat_map(items).collect(), whole(node)) } else { map(node) }
        }
        _ => panic!("{node}"),
    }
}

fn items(node: &KdlNode) -> Vec<Data> {
    let plain = !node.entries().is_empty() && node.entries().iter().all(|entry| entry.name().is_none());
    if plain && node.children().is_none() {
        let place = |entry: &kdl::KdlEntry| span(entry.span().offset(), entry.span().len());
        return node.entries().iter().map(|entry| scalar(entry.value(), place(entry))).collect();
    }
    vec![value(node)]
}

fn scalar(value: &KdlValue, span: Span) -> Data {
    let value = match value {
        KdlValue::String(text) => DataValue::string(text.clone()),
        KdlValue::Integer(number) => DataValue::integer(*number),
        KdlValue::Float(number) => DataValue::Float(hlc_schema::Float::new(*number)),
        KdlValue::Bool(value) => DataValue::Bool(*value),
        KdlValue::Null => DataValue::Null,
    };
    Data::new(value, span)
}
