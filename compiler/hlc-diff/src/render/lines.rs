//! What happens to an object, as lines with signs.

use hlc_diag::render::plain_line;
use hlc_schema::{Data, DataValue};

use super::texts::{self, TextLine};
use crate::{Action, Difference, FieldChange, Hidden, ObjectChange};

/// A line: what happens, and to what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// `+`, `-`, `~`, `>`, a space, or `@` before lines of a text.
    pub(super) sign: char,
    /// Safe to show; without a line break.
    pub(super) text: String,
}

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Characters of a value in one line.
    pub(super) width: usize,
    /// Lines of one text.
    pub(super) lines: usize,
    /// Objects that come or go are shown with all that they hold.
    pub(super) bodies: bool,
}

impl Limits {
    /// What fits a terminal.
    pub(super) const SHORT: Self = Self { width: 120, lines: 60, bodies: false };
    /// Everything.
    pub(super) const WHOLE: Self = Self { width: usize::MAX, lines: usize::MAX, bodies: true };
}

impl Line {
    fn new(sign: char, text: impl AsRef<str>) -> Self {
        Self { sign, text: plain_line(text.as_ref()).into_owned() }
    }
}

/// What happens to an object, without its name.
pub(super) fn lines(change: &ObjectChange, limits: Limits) -> Vec<Line> {
    let mut lines = Vec::new();
    if change.action == Action::Moved
        && let Some(old) = &change.old
    {
        lines.push(Line::new('>', format!("from {}", old.path)));
    }
    if limits.bodies && matches!(change.action, Action::Added | Action::Removed) {
        let body = change.version().map(|version| hlc_kube::to_yaml(&version.body)).unwrap_or_default();
        text(change.action.sign(), &body, limits, &mut lines);
    }
    for field in &change.fields {
        self::field(field, limits, &mut lines);
    }
    lines
}

fn field(change: &FieldChange, limits: Limits, lines: &mut Vec<Line>) {
    let path = &change.path;
    match &change.difference {
        Difference::Added(new) => side('+', &format!("{path}"), new, limits, lines),
        Difference::Removed(old) => side('-', &format!("{path}"), old, limits, lines),
        Difference::Changed { old, new } => match texts(old, new) {
            Some((old, new)) => {
                lines.push(Line::new('~', format!("{path}:")));
                let all = texts::compare(old, new);
                let more = all.len().saturating_sub(limits.lines);
                let shown = all.into_iter().take(limits.lines);
                lines.extend(shown.map(|TextLine { sign, text }| Line::new(sign, format!("    {text}"))));
                cut(more, lines);
            }
            None => {
                let (old, new) = (shown(old, limits), shown(new, limits));
                lines.push(Line::new('~', format!("{path}: {old} -> {new}")));
            }
        },
        Difference::Reordered { old, new } => {
            let list = |names: &[String]| shorten(&names.join(", "), limits.width);
            lines.push(Line::new('~', format!("{path}: order {} -> {}", list(old), list(new))));
        }
        Difference::Hidden(what) => {
            let (sign, word) = match what {
                Hidden::Added => ('+', "hidden"),
                Hidden::Removed => ('-', "hidden"),
                Hidden::Changed => ('~', "hidden, changed"),
            };
            lines.push(Line::new(sign, format!("{path}: ({word})")));
        }
    }
}

/// A value that comes or goes.
fn side(sign: char, path: &str, value: &Data, limits: Limits, lines: &mut Vec<Line>) {
    match value.as_str().filter(|text| is_long(text)) {
        Some(long) => {
            lines.push(Line::new(sign, format!("{path}:")));
            let indented: Vec<String> = long.lines().map(|line| format!("    {line}")).collect();
            text(sign, &indented.join("\n"), limits, lines);
        }
        None => lines.push(Line::new(sign, format!("{path}: {}", shown(value, limits)))),
    }
}

fn text(sign: char, text: &str, limits: Limits, lines: &mut Vec<Line>) {
    let all = text.lines();
    let more = all.clone().count().saturating_sub(limits.lines);
    lines.extend(all.take(limits.lines).map(|line| Line::new(sign, line)));
    cut(more, lines);
}

fn cut(more: usize, lines: &mut Vec<Line>) {
    if more > 0 {
        lines.push(Line::new(' ', format!("    … {}", super::counted(more, "more line"))));
    }
}

/// True for a text that is shown by its lines.
fn is_long(text: &str) -> bool {
    text.trim_end().contains('\n')
}

/// Two texts of which one has several lines.
fn texts<'a>(old: &'a Data, new: &'a Data) -> Option<(&'a str, &'a str)> {
    old.as_str().zip(new.as_str()).filter(|(old, new)| is_long(old) || is_long(new))
}

/// A value in one line.
fn shown(data: &Data, limits: Limits) -> String {
    let text = match &data.value {
        // As they are spelled.
        DataValue::Float(number) => number.to_string(),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::String(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => hlc_kube::data_to_json(data).to_string(),
    };
    shorten(&text, limits.width)
}

fn shorten(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
