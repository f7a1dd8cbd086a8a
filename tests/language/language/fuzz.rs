//! Made-up texts: pieces of real ones taken out, doubled, swapped and mixed, the same ones in every run.
//!
//! What is held against them is `hlc_tests_language::fuzz::check`; `fuzz/` holds the same against as many as one likes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hlc_model::Inputs;
use hlc_tests_language::{fuzz, repository, sample, shared};
use libtest_mimic::Trial;

use crate::{Outcome, spec};

/// Texts per trial.
const TEXTS: u32 = 600;
const TRIALS: u64 = 4;

/// What tends to change what a text is.
const PIECES: [&str; 44] = [
    " ",
    "\n",
    "\t",
    "{",
    "}",
    "(",
    ")",
    "=",
    ";",
    "/-",
    "\\\n",
    "//",
    "/*",
    "*/",
    "\"",
    "\"\"\"",
    "#\"",
    "\"#",
    "#true",
    "true",
    "#null",
    "'",
    "[",
    "]",
    ",",
    ":",
    "$",
    "r\"",
    "0x",
    "1e",
    "10Gi",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "\u{202e}",
    "\\u{41}",
    "(ref)",
    "(fmt)\"{data.it.a}\"",
    "(yaml)",
    "(file)",
    "(existing)",
    "- ",
    "defaults",
    "{ - {} }",
];

pub(crate) fn trials() -> Vec<Trial> {
    (0..TRIALS).map(|seed| Trial::test(format!("fuzz::seed_{seed}"), move || run(seed))).collect()
}

/// The homelab, every example of the specification, and the KDL project's test vectors where they are present.
fn corpus() -> Vec<String> {
    let sample = sample();
    let kdl = sample.paths().filter(|path| path.ends_with(".kdl"));
    let mut texts: Vec<String> = kdl.map(|path| sample.read(path).unwrap().to_string()).collect();
    let folders = [Some(repository().join("tests/language/spec")), shared("contracts/kdl/v2/test_cases/input")];
    for folder in folders.into_iter().flatten() {
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if path.extension().is_some_and(|extension| extension == "md") {
                texts.extend(spec::examples(&text).into_iter().map(|example| example.kdl));
            } else {
                texts.push(text);
            }
        }
    }
    texts
}

/// Numbers that look random; xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % sides.max(1)
    }
}

fn run(seed: u64) -> Outcome {
    let corpus = corpus();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (seed + 1));
    for number in 0..TEXTS {
        let mut text = corpus[dice.roll(corpus.len())].clone();
        for _ in 0..=dice.roll(4) {
            text = mutated(&text, &corpus, &mut dice);
        }
        if catch_unwind(AssertUnwindSafe(|| fuzz::check(&text))).is_err() {
            return Err(format!("text {number} of seed {seed}:\n{text}").into());
        }
    }
    Ok(())
}

fn mutated(text: &str, corpus: &[String], dice: &mut Dice) -> String {
    let tokens = hlc_syntax::parse(hlc_diag::FileId::new(0), text.into()).document;
    let mut parts: Vec<&str> = tokens.tokens().map(|token| &text[token.span.range()]).collect();
    let other = &corpus[dice.roll(corpus.len())];
    if parts.is_empty() {
        return other.clone();
    }
    let (one, two) = (dice.roll(parts.len()), dice.roll(parts.len()));
    match dice.roll(8) {
        0 => drop(parts.remove(one)),
        1 => parts.insert(one, parts[two]),
        2 => parts.swap(one, two),
        3 => parts.insert(one, PIECES[dice.roll(PIECES.len())]),
        4 => parts[one] = PIECES[dice.roll(PIECES.len())],
        5 => drop(parts.drain(one.min(two)..one.max(two).min(one.min(two) + 40))),
        6 => parts.truncate(one),
        _ => {
            let start = other.floor_char_boundary(dice.roll(other.len()));
            let end = other.floor_char_boundary(start + dice.roll(200));
            parts.insert(one, &other[start..end.max(start)]);
        }
    }
    parts.concat()
}
