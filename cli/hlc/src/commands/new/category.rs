//! Declares a category in the root file, and leaves every other byte as it is.

use std::sync::Arc;

use hlc_diag::FileId;
use hlc_model::concept::{Category, Homelab};
use hlc_schema::Node as _;
use hlc_syntax::{Node, Value};

use super::template::quoted;

/// The text with the category; `None` when it is declared, or when there is no place for it.
pub(super) fn declare(file: FileId, text: &Arc<str>, category: &str) -> Option<String> {
    let document = hlc_syntax::parse(file, Arc::clone(text)).document;
    let homelab = document.nodes().find(|node| node.name() == Homelab::decl().name)?;
    let categories = || homelab.children().filter(|child| child.name() == Category::decl().name);
    if categories().any(|node| named(node, category)) {
        return None;
    }
    let line = format!("{} {}", Category::decl().name, quoted(category));
    // Behind the other categories, else where `hlc fmt` would put it.
    let place = |name: &str| Homelab::decl().fields.iter().position(|field| field.name == name);
    let earlier = |child: &Node<'_>| place(&child.name()) <= place(Category::decl().name);
    let neighbour = categories().last().or_else(|| homelab.children().filter(earlier).last());
    let (at, new) = match neighbour {
        Some(last) => {
            let start = last.span().range().start;
            let before = text.get(..start)?;
            let indent = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
            let (at, rest) = (last.span().range().end, indent.trim_start());
            // Several nodes on one line stay on it.
            let indent = if rest.is_empty() { format!("\n{indent}") } else { "; ".to_owned() };
            (at, format!("{indent}{line}"))
        }
        None => match homelab.block_span() {
            Some(block) => (block.range().start + 1, format!("\n    {line}")),
            None => (homelab.span().range().end, format!(" {{\n    {line}\n}}")),
        },
    };
    Some(format!("{}{new}{}", text.get(..at)?, text.get(at..)?))
}

fn named(node: Node<'_>, name: &str) -> bool {
    node.args().next().is_some_and(|entry| matches!(entry.value(), Value::String(text) if text == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str) -> Option<String> {
        declare(FileId::new(0), &text.into(), "ai")
    }

    #[test]
    fn behind_the_last_one() {
        let text = "// a\nhomelab \"h\" {\n  category \"x\"   // why\n\n  network \"lan\"\n}\n";
        let made = declared(text).unwrap_or_default();
        assert_eq!(made, text.replace("category \"x\"", "category \"x\"\n  category \"ai\""));
    }

    #[test]
    fn as_the_first_one() {
        assert_eq!(declared("homelab \"h\" {\n}\n").as_deref(), Some("homelab \"h\" {\n    category \"ai\"\n}\n"));
        assert_eq!(declared("homelab \"h\"\n").as_deref(), Some("homelab \"h\" {\n    category \"ai\"\n}\n"));
        let one = "homelab \"h\" { category \"x\" }\n";
        assert_eq!(declared(one).as_deref(), Some("homelab \"h\" { category \"x\"; category \"ai\" }\n"));
    }

    #[test]
    fn once() {
        assert_eq!(declared("homelab \"h\" { category \"ai\" }\n"), None);
    }
}
