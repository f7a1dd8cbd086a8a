//! `hlc explain`

mod plain;

use hlc_model::docs;
use hlc_schema::suggest::nearest;

use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(topic: Option<&str>, console: &Console) -> Result<Exit, Failure> {
    let text = match topic {
        Some(topic) => plain::plain(&page(topic)?),
        None => list(),
    };
    console.data(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Success)
}

/// Everything that can be explained, one line each.
fn list() -> String {
    let first_line = |text: &str| text.lines().next().unwrap_or("").to_owned();
    let codes = hlc_model::codes();
    let codes = codes.iter().map(|code| (code.id, format!("{:7}  {}", code.severity.as_str(), code.summary)));
    let nodes = docs::nodes();
    let nodes = nodes.iter().map(|decl| (decl.id, first_line(decl.doc)));
    let section = |title: &str, entries: Vec<(&str, String)>| {
        let width = entries.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines: String = entries.iter().map(|(name, about)| format!("  {name:width$}  {about}\n")).collect();
        format!("{title}\n\n{lines}")
    };
    format!("{}\n{}", section("Findings", codes.collect()), section("Nodes", nodes.collect()))
}

fn page(topic: &str) -> Result<String, Failure> {
    // A node and a finding may have one name, such as `secret-store`.
    let nodes = docs::named(topic).into_iter().map(docs::node_page);
    let pages: Vec<_> = nodes.chain(docs::code(topic).map(docs::code_page)).collect();
    if pages.is_empty() { docs::field_page(topic).ok_or_else(|| unknown(topic)) } else { Ok(pages.join("\n")) }
}

fn unknown(topic: &str) -> Failure {
    let codes = hlc_model::codes();
    let names = codes.iter().flat_map(|code| [code.id, code.name]).chain(docs::nodes().into_iter().map(|decl| decl.id));
    let help = match nearest(topic, names) {
        Some(name) => format!("did you mean `{name}`? `hlc explain` lists all"),
        None => "`hlc explain` lists all".to_owned(),
    };
    Failure::new(format!("nothing is called `{topic}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_listed_has_a_page() {
        let codes = hlc_model::codes();
        let names =
            codes.iter().flat_map(|code| [code.id, code.name]).chain(docs::nodes().into_iter().map(|decl| decl.id));
        for name in names {
            let page = page(name).unwrap();
            assert!(page.starts_with("# ") && page.ends_with('\n'), "{name}: {page}");
        }
        assert!(list().contains("\n  homelab "), "{}", list());
    }

    #[test]
    fn a_node_comes_before_a_finding_of_its_name() {
        let page = page("secret-store").unwrap();
        let (node, finding) = (page.find("# secret-store"), page.find("# HLC0408: secret-store"));
        assert!(node.is_some() && node < finding, "{page}");
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        let refused = page("netwrok").unwrap_err().draw(false);
        assert!(refused.contains("did you mean `network`?"), "{refused}");
    }
}
