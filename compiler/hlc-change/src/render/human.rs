//! For people.

use std::io;

use hlc_diag::Sources;
use hlc_diag::render::plain_line;
use hlc_diag::render::termcolor::{Color, ColorSpec, WriteColor};

use super::visible;
use crate::change::{Action, Change, ChangeSet, Counts, Effect, FieldChange};
use crate::value::Value;

/// Characters of one value before the rest is left out.
const WIDTH: usize = 100;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Also what stays as it is.
    pub unchanged: bool,
}

/// Every change with what it means and the line that asked for it.
///
/// # Errors
/// When writing fails.
pub fn human(out: &mut dyn WriteColor, changes: &ChangeSet, sources: &Sources, shown: Shown) -> io::Result<()> {
    for change in changes.changes.iter().filter(|change| shown.unchanged || change.is_change()) {
        self::change(out, change, sources)?;
    }
    Ok(())
}

fn change(out: &mut dyn WriteColor, change: &Change, sources: &Sources) -> io::Result<()> {
    let (sign, colour) = match change.action {
        Action::None if !change.leftover.is_empty() => ("-", Some(Color::Red)),
        Action::None if change.moved_from.is_some() => (">", Some(Color::Cyan)),
        Action::None => (" ", None),
        Action::Create => ("+", Some(Color::Green)),
        Action::Adopt => ("=", Some(Color::Cyan)),
        Action::Update => ("~", Some(Color::Yellow)),
        Action::Replace { create_first: true } => ("+/-", Some(Color::Red)),
        Action::Replace { create_first: false } => ("-/+", Some(Color::Red)),
        Action::Delete => ("-", Some(Color::Red)),
        Action::Forget => ("x", Some(Color::Cyan)),
    };
    out.set_color(ColorSpec::new().set_fg(colour).set_bold(true))?;
    write!(out, "{sign:>3} {}", plain_line(change.address.as_str()))?;
    out.reset()?;
    if let Some(origin) = change.origin {
        out.set_color(ColorSpec::new().set_dimmed(true))?;
        write!(out, "  {}", plain_line(&sources.locate(origin)))?;
        out.reset()?;
    }
    writeln!(out)?;
    if let Some(was) = &change.moved_from {
        writeln!(out, "      was {}", plain_line(was.as_str()))?;
    }
    writeln!(out, "      {}: {}", change.action.word(), plain_line(&change.reason.to_string()))?;
    let width = change.fields.iter().map(|field| field.path.chars().count()).max().unwrap_or(0).min(30);
    for field in &change.fields {
        self::field(out, change, field, width)?;
    }
    for drift in change.drift.iter().filter(|drift| !change.fields.iter().any(|field| field.path == drift.path)) {
        let [ours, theirs] = [&drift.before, &drift.after].map(|side| shown(change, drift, side.as_ref()));
        writeln!(
            out,
            "      {}  somebody else made {ours} into {theirs}, as the homelab says now",
            plain_line(&drift.path)
        )?;
    }
    for id in &change.leftover {
        writeln!(out, "      delete: {} stayed behind when it was replaced", plain_line(id))?;
    }
    Ok(())
}

fn field(out: &mut dyn WriteColor, change: &Change, field: &FieldChange, width: usize) -> io::Result<()> {
    write!(out, "      {:width$}  ", plain_line(&field.path))?;
    let after = shown(change, field, field.after.as_ref());
    match &field.before {
        None => write!(out, "{after}")?,
        Some(before) => write!(out, "{} -> {after}", shown(change, field, Some(before)))?,
    }
    match field.effect {
        Effect::Update => {}
        Effect::Restart => write!(out, "  (interrupts it)")?,
        Effect::Replace if matches!(change.action, Action::Replace { .. }) => write!(out, "  (needs a new one)")?,
        Effect::Replace => {}
    }
    writeln!(out)
}

fn shown(change: &Change, field: &FieldChange, side: Option<&Value>) -> String {
    let text = visible(change.kind, field, side).map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    let text = plain_line(&text);
    match text.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.into_owned(),
    }
}

/// `2 to create, 1 to delete`; `nothing to do`.
#[must_use]
pub fn summary(counts: &Counts) -> String {
    let Counts { create, adopt, update, replace, delete, forget, moved } = *counts;
    let parts = [
        (create, "to create"),
        (adopt, "to take over"),
        (update, "to change"),
        (replace, "to make anew"),
        (delete, "to delete"),
        (forget, "to forget"),
        (moved, "with a new address"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
}
