//! One mistake gives one report, where it was made.
//!
//! Each significant token of the sample homelab is deleted, and doubled, in turn.

use hlc_model::Inputs;
use hlc_syntax::TokenKind;
use hlc_tests_language::sample;
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let files: Vec<String> = sample().paths().filter(|path| path.ends_with(".kdl")).map(str::to_owned).collect();
    files.into_iter().map(|path| Trial::test(format!("mutations::{path}"), move || mutate(&path))).collect()
}

fn mutate(path: &str) -> Outcome {
    let original = sample();
    let text = original.read(path).unwrap();
    let mut sources = hlc_diag::Sources::default();
    let file = sources.add(path, text.clone());
    let document = hlc_syntax::parse(file, text.clone()).document;
    let mut faults = Vec::new();
    for token in document.tokens() {
        let plain =
            matches!(token.kind, TokenKind::Whitespace | TokenKind::Newline | TokenKind::LineComment | TokenKind::Eof);
        if plain {
            continue;
        }
        let (before, after) = (&text[..token.span.start as usize], &text[token.span.end as usize..]);
        let word = &text[token.span.range()];
        for (what, mutated) in
            [("without", format!("{before}{after}")), ("twice", format!("{before}{word} {word}{after}"))]
        {
            let mut project = original.clone();
            project.insert(path, mutated);
            let compilation = hlc_model::compile(&project, "homelab.kdl");
            let line = sources.get(file).unwrap().line_col(token.span.start).line + 1;
            let found = &compilation.diagnostics;
            let Some(first) = found.first() else { continue };
            let labels = first.labels.iter().map(|label| label.span);
            let there = std::iter::once(first.primary.span)
                .chain(labels)
                .any(|span| compilation.sources.locate(span).starts_with(&format!("{path}:{line}:")));
            // A block that is not closed is reported where it opens.
            let unclosed = word == "}" && what == "without" && first.code.name == "unclosed-block";
            // What an `include` does not bring in is missing everywhere.
            let include = sources.get(file).unwrap().line(line - 1).trim_start().starts_with("include ");
            if !include && (!(there || unclosed) || found.len() > 2) {
                let list: Vec<String> = found
                    .iter()
                    .take(4)
                    .map(|found| {
                        format!(
                            "    {} {} {}",
                            compilation.sources.locate(found.primary.span),
                            found.code.id,
                            found.message
                        )
                    })
                    .collect();
                faults.push(format!("{path}:{line} {what} `{word}`: {} reports\n{}", found.len(), list.join("\n")));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(format!("{} faults\n{}", faults.len(), faults.join("\n")).into()) }
}
