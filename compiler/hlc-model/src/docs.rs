//! The reference, made from the declarations: what `hlc explain` prints and what lies in docs/.

use std::fmt::Write as _;

use hlc_diag::Code;
use hlc_schema::{FieldDecl, FieldKind, NodeDecl, TypeDecl};

use crate::concept::{NODES, TOP_LEVEL};

/// Every typed node, each once, in the order of the language's list.
#[must_use]
pub fn nodes() -> Vec<&'static NodeDecl> {
    NODES.iter().map(|decl| decl()).collect()
}

/// Finds a node by its name.
#[must_use]
pub fn node(name: &str) -> Option<&'static NodeDecl> {
    nodes().into_iter().find(|decl| decl.name == name)
}

/// Finds a code by its id (`HLC0602`, in any case) or its name.
#[must_use]
pub fn code(text: &str) -> Option<&'static Code> {
    crate::codes().into_iter().find(|code| code.id.eq_ignore_ascii_case(text) || code.name == text)
}

/// The page of a finding, in Markdown.
#[must_use]
pub fn code_page(code: &Code) -> String {
    let mut page = format!("# {}: {}\n\n", code.id, code.name);
    let _ = writeln!(page, "*{}*: {}.\n\n{}", code.severity.as_str(), code.summary, code.explain);
    if !code.bad.is_empty() {
        let _ = write!(page, "\nReported:\n\n```kdl\n{}\n```\n\nMended:\n\n```kdl\n{}\n```\n", code.bad, code.good);
    }
    page
}

/// The page of a node, in Markdown.
#[must_use]
pub fn node_page(decl: &NodeDecl) -> String {
    let mut page = format!("# {}\n\n{}\n\n", decl.name, decl.doc);
    let _ = writeln!(page, "```kdl\n{}\n```\n", decl.example);
    let parents = parents(decl);
    if !parents.is_empty() {
        let _ = writeln!(page, "Stands {}.\n", parents.join(", "));
    }
    if !decl.annotations.is_empty() {
        let list: Vec<_> = decl.annotations.iter().map(|annotation| format!("`({annotation})`")).collect();
        let _ = writeln!(page, "May be annotated {}.\n", list.join(", "));
    }
    if !decl.fields.is_empty() {
        page.push_str("## Fields\n\n");
        for field in decl.fields {
            page.push_str(&field_entry(field));
        }
    }
    if !decl.members().is_empty() {
        page.push_str(&members(decl));
    }
    if !decl.attributes.is_empty() {
        let path = if decl.name == "homelab" { decl.name.to_owned() } else { format!("{}.NAME", decl.name) };
        let _ = writeln!(page, "\n## What references can ask\n");
        for attribute in decl.attributes {
            let _ = writeln!(page, "- `(ref){path}.{}`: {}", attribute.name, attribute.doc);
        }
    }
    page
}

/// What a group can say for its members.
fn members(decl: &NodeDecl) -> String {
    let of_kind = |member: &NodeDecl| {
        let fields = member.fields.iter().filter(|field| field.is_inherited());
        let names: Vec<_> = fields.map(|field| format!("`{}`", field.name)).collect();
        format!("- of [`{0}`]({0}.md): {1}\n", member.name, names.join(", "))
    };
    let list: String = decl.members().into_iter().map(of_kind).collect();
    format!(
        "\n## What its members start from\n\nThese fields may be given here for every node inside that does not give them \
         itself; the nearest place wins. Values, lists and blocks are replaced, data is merged.\n\n{list}"
    )
}

/// What is known of a word that is a field of some nodes, such as `values`; `None` when it is of none.
#[must_use]
pub fn field_page(name: &str) -> Option<String> {
    let mut page = format!("# {name}\n\n");
    let mut known = false;
    for decl in nodes() {
        if let Some(field) = decl.field(name) {
            known = true;
            let _ = write!(page, "In [`{0}`]({0}.md):\n\n{1}\n", decl.name, field_entry(field));
        }
    }
    known.then_some(page)
}

/// Where a node may stand, in words.
fn parents(decl: &NodeDecl) -> Vec<String> {
    let top = TOP_LEVEL.iter().any(|top| top().name == decl.name).then(|| "at the top of a file".to_owned());
    let holds = |parent: &&'static NodeDecl| {
        parent.fields.iter().filter_map(|field| field.kind.block()).any(|inner| inner.name == decl.name)
    };
    let within = nodes().into_iter().filter(holds);
    top.into_iter().chain(within.map(|parent| format!("in [`{}`]({}.md)", parent.name, parent.name))).collect()
}

fn field_entry(field: &FieldDecl) -> String {
    let (form, ty) = match field.kind {
        FieldKind::Argument(ty) => (format!("*{}* (argument)", field.name), describe(ty)),
        FieldKind::Arguments(ty) => (format!("*{}…* (arguments)", field.name), describe(ty)),
        FieldKind::Property(ty) => (format!("`{}`", field.name), describe(ty)),
        FieldKind::Properties(ty) => (format!("`{}`", field.name), format!("one or more: {}", describe(ty))),
        FieldKind::Block(decl) => (format!("[`{0}`]({0}.md)", decl().name), "block".to_owned()),
        FieldKind::Blocks(decl) => (format!("[`{0}`]({0}.md)", decl().name), "blocks, any number".to_owned()),
        FieldKind::Free if field.name.is_empty() => ("entries".to_owned(), "data".to_owned()),
        FieldKind::Free => (format!("`{} {{ … }}`", field.name), "data".to_owned()),
        FieldKind::Defaults(members) => {
            let names: Vec<_> = members().iter().map(|decl| format!("`{}`", decl.name)).collect();
            (format!("`{} {{ … }}`", field.name), format!("partial {}", names.join(", ")))
        }
        FieldKind::Objects => ("`Kind \"name\" { … }`".to_owned(), "Kubernetes objects".to_owned()),
    };
    let mut entry = format!("- {form}: {ty}");
    if field.required {
        entry.push_str(", required");
    }
    if let Some(default) = field.default {
        let _ = write!(entry, ", default {default}");
    }
    let _ = writeln!(entry, ". {}", field.doc.replace('\n', " "));
    entry
}

fn describe(ty: TypeDecl) -> String {
    let mut text = match ty.choices {
        [] => ty.name.to_owned(),
        choices => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(" or "),
    };
    if ty.expr {
        text.push_str(" (or a reference)");
    }
    text
}

/// Every page of the reference by its path below docs/.
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    const MADE: &str = "<!-- Made from the declarations in the source; see docs/contributing.md. -->\n\n";
    let mut pages = Vec::new();
    let mut index =
        format!("{MADE}# Findings\n\nEverything that hlc can report. `hlc explain CODE` prints the same pages.\n\n");
    for code in crate::codes() {
        let _ = writeln!(index, "- [{0}]({0}.md) `{1}`: {2}", code.id, code.name, code.summary);
        pages.push((format!("diagnostics/{}.md", code.id), format!("{MADE}{}", code_page(code))));
    }
    pages.push(("diagnostics/README.md".to_owned(), index));
    let mut index =
        format!("{MADE}# Nodes\n\nEvery typed node of the language. `hlc explain NODE` prints the same pages.\n\n");
    for decl in nodes() {
        let _ = writeln!(index, "- [{0}]({0}.md): {1}", decl.name, decl.doc.lines().next().unwrap_or(""));
        pages.push((format!("language/{}.md", decl.name), format!("{MADE}{}", node_page(decl))));
    }
    pages.push(("language/README.md".to_owned(), index));
    pages
}
