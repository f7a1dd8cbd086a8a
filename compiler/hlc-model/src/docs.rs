//! The reference, made from the declarations: what `hlc explain` prints and what lies in docs/.

use std::fmt::Write as _;

use hlc_diag::Code;
use hlc_plan::{Change, Secrecy};
use hlc_schema::{FieldDecl, FieldKind, NodeDecl, TypeDecl};

use crate::concept::{NODES, TOP_LEVEL};
use crate::stack::KINDS;

/// Every typed node, each once, in the order of the language's list.
#[must_use]
pub fn nodes() -> Vec<&'static NodeDecl> {
    NODES.iter().map(|decl| decl()).collect()
}

/// The nodes of a name, which may mean different things in different places; or the one node of an id.
#[must_use]
pub fn named(name: &str) -> Vec<&'static NodeDecl> {
    let (ids, names): (Vec<_>, Vec<_>) =
        nodes().into_iter().filter(|decl| decl.name == name || decl.id == name).partition(|decl| decl.id == name);
    if ids.iter().any(|decl| decl.name != name) { ids } else { [ids, names].concat() }
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
    if let Some(firm) = crate::control::firm(code) {
        let _ = writeln!(page, "\nIt cannot be allowed: {}.", firm.why());
    }
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
    let of_kind = |member: &'static NodeDecl| {
        let fields = member.fields.iter().filter(|field| field.is_inherited());
        let names: Vec<_> = fields.map(|field| format!("`{}`", field.name)).collect();
        (!names.is_empty()).then(|| format!("- of [`{}`]({}.md): {}\n", member.name, member.id, names.join(", ")))
    };
    let list: String = decl.members().into_iter().filter_map(of_kind).collect();
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
            let _ = write!(page, "In [`{0}`]({1}.md):\n\n{2}\n", decl.name, decl.id, field_entry(field));
        }
    }
    known.then_some(page)
}

/// Where a node may stand, in words.
fn parents(decl: &NodeDecl) -> Vec<String> {
    let top = TOP_LEVEL.iter().any(|top| top().name == decl.name).then(|| "at the top of a file".to_owned());
    let holds = |parent: &&'static NodeDecl| {
        parent.fields.iter().filter_map(|field| field.kind.block()).any(|inner| inner.id == decl.id)
    };
    let within = nodes().into_iter().filter(holds);
    top.into_iter().chain(within.map(|parent| format!("in [`{}`]({}.md)", parent.name, parent.id))).collect()
}

fn field_entry(field: &FieldDecl) -> String {
    let (form, ty) = match field.kind {
        FieldKind::Argument(ty) => (format!("*{}* (argument)", field.name), describe(ty)),
        FieldKind::Arguments(ty) => (format!("*{}…* (arguments)", field.name), describe(ty)),
        FieldKind::Property(ty) => (format!("`{}`", field.name), describe(ty)),
        FieldKind::Properties(ty) => (format!("`{}`", field.name), format!("one or more: {}", describe(ty))),
        FieldKind::Block(decl) => (format!("[`{0}`]({1}.md)", decl().name, decl().id), "block".to_owned()),
        FieldKind::Blocks(decl) => {
            (format!("[`{0}`]({1}.md)", decl().name, decl().id), "blocks, any number".to_owned())
        }
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

/// Every resource kind of the stacks on one page, in Markdown.
#[must_use]
pub fn kinds_page() -> String {
    let mut page = "# Resource kinds\n\nWhat `hlc apply` makes, and what a change of each property means.\n".to_owned();
    for kind in KINDS.iter().map(|kind| kind()) {
        let _ = write!(page, "\n## {}/{}\n\n{}\n\n", kind.stack, kind.name, kind.doc);
        let _ = writeln!(
            page,
            "Found again by {}.{}\n",
            kind.identity,
            if kind.protected { " Protected: deleting it needs an explicit word." } else { "" }
        );
        page.push_str("| property | a change | |\n|---|---|---|\n");
        for property in kind.properties {
            let change = match property.change {
                Change::Identity => "is another resource",
                Change::Update => "in place",
                Change::Restart => "in place, with a restart",
                Change::Grow => "larger in place; smaller replaces it",
                Change::Replace if kind.create_first => "replaces it, the new one first",
                Change::Replace => "replaces it",
                Change::Create => "is left alone",
            };
            let secret = match property.secrecy {
                Secrecy::Open => "",
                Secrecy::Parts => " Secrets in it are never shown.",
                Secrecy::Secret => " Secret.",
            };
            let doc = property.doc.replace('\n', " ").replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {change} | {doc}{secret} |", property.name);
        }
        for output in kind.outputs {
            let secret = if output.secret { " Secret." } else { "" };
            let _ = writeln!(page, "| output `{}` | | {}{secret} |", output.name, output.doc);
        }
    }
    page
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
        let _ = writeln!(index, "- [{0}]({0}.md): {1}", decl.id, decl.doc.lines().next().unwrap_or(""));
        pages.push((format!("language/{}.md", decl.id), format!("{MADE}{}", node_page(decl))));
    }
    pages.push(("language/README.md".to_owned(), index));
    pages.push(("versions.md".to_owned(), format!("{MADE}{}", crate::versions::page())));
    pages.push(("resources.md".to_owned(), format!("{MADE}{}", kinds_page())));
    pages
}
