//! Pages of the reference for a terminal.

use std::fmt::Write as _;

/// Markdown as plain text: no signs for headings, code indented, links by the command that shows their page.
pub(super) fn plain(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut topics: Vec<String> = Vec::new();
    let mut code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if code {
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
        } else {
            let _ = writeln!(out, "{}", prose(line.trim_start_matches('#').trim_start(), &mut topics));
        }
    }
    if !topics.is_empty() {
        let commands: Vec<_> = topics.iter().map(|topic| format!("hlc explain {topic}")).collect();
        let _ = writeln!(out, "\nSee also: {}", commands.join(", "));
    }
    out
}

/// Takes links and emphasis out of a line; notes where the links lead.
fn prose(line: &str, topics: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut rest = line;
    while let Some(sign) = rest.chars().next() {
        let link = if quoted || sign != '[' { None } else { link(rest) };
        if let Some((text, target, after)) = link {
            out.push_str(text);
            if let Some(topic) = target.strip_suffix(".md").map(|path| path.rsplit('/').next().unwrap_or(path))
                && !topics.iter().any(|known| known == topic)
            {
                topics.push(topic.to_owned());
            }
            rest = after;
            continue;
        }
        quoted ^= sign == '`';
        if quoted || sign != '*' {
            out.push(sign);
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or_default();
    }
    out
}

/// `[text](target)` at the start of a text, and what follows it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, rest) = rest.split_once(')')?;
    (!label.contains(']')).then_some((label, target, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_text() {
        let page = "# pool\n\nStands in [`platform`](platform.md) and [`a`](../language/a.md).\n\n```kdl\npool \"x\" {\n\n}\n```\n\n## \
                    Fields\n\n- *name* (argument): `*` or [x].\n";
        let wanted = "pool\n\nStands in `platform` and `a`.\n\n    pool \"x\" {\n\n    }\n\nFields\n\n- name (argument): `*` or \
                      [x].\n\nSee also: hlc explain platform, hlc explain a\n";
        assert_eq!(plain(page), wanted);
    }
}
