//! Texts of several lines, compared line by line.

use similar::{ChangeTag, TextDiff};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 2;

/// Texts that differ in more (old lines times new ones) are not laid side by side: it could take long.
const MOST: usize = 25_000_000;

/// A line of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TextLine {
    /// `+`, `-` or a space; `@` before lines that do not follow on the ones above.
    pub(super) sign: char,
    pub(super) text: String,
}

impl TextLine {
    fn new(sign: char, text: &str) -> Self {
        Self { sign, text: text.to_owned() }
    }
}

/// What changes from one text to another.
pub(super) fn compare(old: &str, new: &str) -> Vec<TextLine> {
    if differing(old, new) > MOST {
        let lines = |text: &str| super::counted(text.lines().count(), "line");
        return vec![
            TextLine::new('-', &format!("({})", lines(old))),
            TextLine::new('+', &format!("({})", lines(new))),
        ];
    }
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let first = group.first().map_or(0, |op| op.new_range().start);
        lines.push(TextLine::new('@', &format!("line {}", first + 1)));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let text = change.value();
            let end = if change.missing_newline() { " (no line break at the end)" } else { "" };
            lines.push(TextLine::new(sign, &format!("{}{end}", text.trim_end_matches(['\n', '\r']))));
        }
    }
    lines
}

/// How many pairs of lines there are between the first and the last that differ.
fn differing(old: &str, new: &str) -> usize {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let front = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - front;
    let back = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    (old.len() - front - back).saturating_mul(new.len() - front - back)
}
