//! One mistake gives one report, where it was made.
//!
//! Each significant token of the sample homelab is deleted, doubled, and swapped with the next one, in turn. That is all of
//! them while the sample is small and every n-th of a larger one, so that there are never more than about [`BUDGET`]; each
//! kind of mutation begins with another token then. A workload is compiled without the other workloads that it
//! does without.

use std::ops::Range;

use hlc_model::{Inputs, MemoryInputs};
use hlc_syntax::{Token, TokenKind};
use hlc_tests_language::{project, repository, sample};
use libtest_mimic::Trial;

use crate::Outcome;

/// How many tokens of the sample get each kind of mutation.
const BUDGET: usize = 4000;

pub(crate) fn trials() -> Vec<Trial> {
    let count: usize = files(&sample()).iter().map(|path| tokens(&sample().read(path).unwrap()).len()).sum();
    let stride = count.div_ceil(BUDGET).max(1);
    let of = |name: &str, project: fn(&str) -> MemoryInputs, path: String, stride| {
        Trial::test(format!("{name}::{path}"), move || mutate(&project(&path), &path, stride))
    };
    let sample = files(&sample()).into_iter().map(|path| of("mutations", around, path, stride));
    let reuse = files(&reuse("")).into_iter().map(|path| of("mutations::reuse", reuse, path, 1));
    sample.chain(reuse).collect()
}

fn files(project: &MemoryInputs) -> Vec<String> {
    project.paths().filter(|path| path.ends_with(".kdl")).map(str::to_owned).collect()
}

/// Components, an environment that changes what they become, and their uses.
fn reuse(_: &str) -> MemoryInputs {
    project(&repository().join("tests/language/cases/reuse"))
}

fn tokens(text: &str) -> Vec<Token> {
    let document = hlc_syntax::parse(hlc_diag::FileId::new(0), text.into()).document;
    document.tokens().filter(|token| !token.kind.is_trivia() || token.kind == TokenKind::BlockComment).collect()
}

/// The smallest part of the sample around a file that compiles without findings.
fn around(path: &str) -> MemoryInputs {
    let mut part = sample();
    if !path.starts_with("workloads/") {
        return part;
    }
    let others = part.paths().filter(|other| other.starts_with("workloads/") && *other != path);
    for other in others.map(str::to_owned).collect::<Vec<_>>() {
        let mut smaller = MemoryInputs::default();
        for kept in part.paths().filter(|kept| *kept != other) {
            smaller.insert(kept, part.read(kept).unwrap());
        }
        if hlc_model::compile(&smaller, "homelab.kdl").diagnostics.is_empty() {
            part = smaller;
        }
    }
    part
}

/// A changed text.
struct Mutation {
    what: String,
    text: String,
    /// Where what was changed begins.
    places: Vec<usize>,
    /// A name that a block may have got.
    name: Option<String>,
}

fn mutate(project: &MemoryInputs, path: &str, stride: usize) -> Outcome {
    let text = project.read(path).unwrap();
    let tokens = tokens(&text);
    let ranges: Vec<Range<usize>> = tokens.iter().map(|token| token.span.range()).collect();
    let chosen = |kind: usize| (kind % stride..ranges.len()).step_by(stride);
    let deleted = chosen(0).map(|index| delete(&text, &ranges[index]));
    let doubled = chosen(1).map(|index| double(&text, &ranges[index]));
    let swapped = chosen(2).filter_map(|index| Some(swap(&text, &ranges[index], ranges.get(index + 1)?)));
    let faults: Vec<String> =
        deleted.chain(doubled).chain(swapped).filter_map(|mutation| fault(project, path, mutation)).collect();
    if faults.is_empty() { Ok(()) } else { Err(format!("{} faults\n{}", faults.len(), faults.join("\n")).into()) }
}

fn delete(text: &str, at: &Range<usize>) -> Mutation {
    let (before, word, after) = (&text[..at.start], &text[at.clone()], &text[at.end..]);
    Mutation { what: format!("without `{word}`"), text: format!("{before}{after}"), places: vec![at.start], name: None }
}

fn double(text: &str, at: &Range<usize>) -> Mutation {
    let (before, word, after) = (&text[..at.start], &text[at.clone()], &text[at.end..]);
    Mutation {
        what: format!("twice `{word}`"),
        text: format!("{before}{word} {word}{after}"),
        places: vec![at.start, at.end + 1],
        name: None,
    }
}

fn swap(text: &str, at: &Range<usize>, next: &Range<usize>) -> Mutation {
    let (before, between, after) = (&text[..at.start], &text[at.end..next.start], &text[next.end..]);
    let (word, other) = (&text[at.clone()], &text[next.clone()]);
    Mutation {
        what: format!("`{word}` and `{other}` swapped"),
        text: format!("{before}{other}{between}{word}{after}"),
        places: vec![at.start, at.start + other.len() + between.len()],
        name: Some(word.trim_matches('"').to_owned()),
    }
}

/// What is wrong with the reports of a changed text.
fn fault(project: &MemoryInputs, path: &str, mutation: Mutation) -> Option<String> {
    let Mutation { what, text, places, name } = mutation;
    let line = |place: usize| text[..place].matches('\n').count();
    let lines: Vec<usize> = places.into_iter().map(line).collect();
    // What an `include` does not bring in is missing everywhere.
    if text.lines().nth(lines[0]).is_some_and(|line| line.trim_start().starts_with("include ")) {
        return None;
    }
    let before = project.read(path).unwrap();
    let names_secret = before.lines().nth(lines[0]).is_some_and(|line| line.contains("secret"));
    let mut project = project.clone();
    project.insert(path, text);
    let compilation = hlc_model::compile(&project, "homelab.kdl");
    let found = &compilation.diagnostics;
    let first = found.first()?;
    let labels = first.labels.iter().map(|label| label.span);
    let there = std::iter::once(first.primary.span).chain(labels).any(|span| {
        let place = compilation.sources.locate(span);
        lines.iter().any(|line| place.starts_with(&format!("{path}:{}:", line + 1)))
    });
    // A block that is not closed is reported where it opens.
    let unclosed = what.contains('}') && first.code.name == "unclosed-block";
    // A text with another meaning that is right by itself: a secret that it no longer names is reported where that stands.
    let unused = names_secret && first.code.name == "secret-unused" && !first.is_error();
    // A block that became another one is reported, by its name, where it holds what it cannot.
    let renamed = name.is_some_and(|name| first.message.starts_with(&format!("`{name}` cannot hold ")));
    // What fills a slot stands in another place, and so does the report of a slot that is not where it should be.
    let slot = what.contains("`slot`");
    if (there || unclosed || renamed || unused || slot) && found.len() <= 2 {
        return None;
    }
    let list: Vec<String> = found
        .iter()
        .take(4)
        .map(|found| {
            format!("    {} {} {}", compilation.sources.locate(found.primary.span), found.code.id, found.message)
        })
        .collect();
    Some(format!("{path}:{} {what}: {} reports\n{}", lines[0] + 1, found.len(), list.join("\n")))
}
