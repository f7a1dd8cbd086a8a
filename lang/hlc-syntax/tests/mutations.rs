//! One mistake, one report, on its line: every token of real files is deleted, doubled, and swapped with its neighbour.
//!
//! The files are the homelab of this repository, and a larger one from `../shared/language/draft` beside the workspace.
//! Without that the test of it reports itself as ignored; with `CI=true` it fails instead.

#![expect(clippy::unwrap_used, clippy::string_slice, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId};
use hlc_syntax::{Token, TokenKind, parse};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut trials = Vec::new();
    for name in ["homelab.kdl", "core", "workloads", "../shared/language/draft"] {
        let mut files = Vec::new();
        collect(&root.join(name), &mut files);
        files.sort();
        if files.is_empty() {
            let required = !name.starts_with("..") || std::env::var("CI").is_ok_and(|ci| ci == "true");
            let missing = move || Err(Failed::from(format!("no files in {name}")));
            trials.push(Trial::test(name, missing).with_ignored_flag(!required));
        }
        trials.extend(files.into_iter().map(|file| trial(&root, file)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.extension().is_some_and(|extension| extension == "kdl") {
        files.push(path.to_owned());
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}

fn trial(folder: &Path, file: PathBuf) -> Trial {
    Trial::test(file.strip_prefix(folder).unwrap().display().to_string(), move || {
        let text = std::fs::read_to_string(&file)?;
        let wrong = misreported(&text);
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    })
}

fn reports(text: &str) -> Vec<Diagnostic> {
    parse(FileId::new(0), Arc::from(text)).diagnostics
}

fn line(text: &str, offset: u32) -> usize {
    text[..offset as usize].matches('\n').count()
}

fn misreported(text: &str) -> Vec<String> {
    let document = parse(FileId::new(0), Arc::from(text)).document;
    let tokens: Vec<Token> = document.tokens().filter(|token| !token.kind.is_trivia()).collect();
    let mut wrong = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let range = token.span.range();
        let own = &text[range.clone()];
        let (before, after) = (&text[..range.start], &text[range.end..]);
        let mut lines = vec![line(text, token.span.start), line(text, token.span.end)];
        lines.extend(partner(&tokens, index).map(|partner| line(text, tokens[partner].span.start)));
        judge(&mut wrong, &format!("delete {own}"), &format!("{before}{after}"), &lines);
        judge(&mut wrong, &format!("double {own}"), &format!("{before}{own}{own}{after}"), &lines);
        if let Some(next) = tokens.get(index + 1) {
            let other = &text[next.span.range()];
            let between = &text[range.end..next.span.range().start];
            let rest = &text[next.span.range().end..];
            lines.extend([line(text, next.span.start), line(text, next.span.end)]);
            lines.extend(partner(&tokens, index + 1).map(|partner| line(text, tokens[partner].span.start)));
            judge(
                &mut wrong,
                &format!("swap {own} and {other}"),
                &format!("{before}{other}{between}{own}{rest}"),
                &lines,
            );
        }
    }
    wrong
}

/// The other brace of a pair: the place where a block was opened is as good as the place where it ends.
fn partner(tokens: &[Token], index: usize) -> Option<usize> {
    let (open, close) = (TokenKind::OpenBrace, TokenKind::CloseBrace);
    if tokens[index].kind != open && tokens[index].kind != close {
        return None;
    }
    let forward = tokens[index].kind == open;
    let mut depth = 0_i32;
    let step = |at: usize| if forward { Some(at + 1) } else { at.checked_sub(1) };
    let mut at = Some(index);
    while let Some(token) = at.and_then(|at| tokens.get(at)) {
        depth += i32::from(token.kind == open) - i32::from(token.kind == close);
        if depth == 0 {
            return at;
        }
        at = at.and_then(step);
    }
    None
}

fn judge(wrong: &mut Vec<String>, what: &str, mutated: &str, lines: &[usize]) {
    let reports = reports(mutated);
    let Some(first) = reports.first() else { return };
    let place = first.primary.span.start;
    let mut places = vec![line(mutated, place)];
    places.extend(first.labels.iter().map(|label| line(mutated, label.span.start)));
    if reports.len() > 2 || !places.iter().any(|place| lines.contains(place)) {
        let all: Vec<String> = reports
            .iter()
            .map(|r| format!("    {}:{} {}", line(mutated, r.primary.span.start) + 1, r.code.id, r.message))
            .collect();
        wrong.push(format!("line {}: {what}\n{}", lines[0] + 1, all.join("\n")));
    }
}
