//! Changes for people.

use std::io;

use hlc_diag::render::{plain_line, termcolor};
use termcolor::{Color, ColorSpec, WriteColor};

use super::lines::{Limits, Line, lines};
use super::{Report, counted};
use crate::{Danger, ObjectChange};

/// Draws every change, then the dangers, then how many there are.
///
/// # Errors
/// When the sink fails.
pub fn human(out: &mut dyn WriteColor, report: &Report<'_>) -> io::Result<()> {
    let limits = if report.whole { Limits::WHOLE } else { Limits::SHORT };
    for change in &report.changes.objects {
        object(out, change, limits)?;
    }
    if !report.changes.objects.is_empty() {
        writeln!(out)?;
    }
    for unreadable in &report.changes.unreadable {
        writeln!(out, "not compared: {}: {}", plain_line(&unreadable.path), unreadable.why)?;
    }
    human_dangers(out, report)?;
    let dangers = match report.dangers.len() {
        0 => String::new(),
        count => {
            let accepted = count - report.open_dangers().count();
            let accepted = if accepted > 0 { format!(" ({accepted} accepted)") } else { String::new() };
            format!("; {}{accepted}", counted(count, "danger"))
        }
    };
    writeln!(out, "{}{dangers}", report.summary())
}

/// Draws the dangers alone.
///
/// # Errors
/// When the sink fails.
pub fn human_dangers(out: &mut dyn WriteColor, report: &Report<'_>) -> io::Result<()> {
    report.dangers.iter().try_for_each(|found| danger(out, report, found))
}

fn object(out: &mut dyn WriteColor, change: &ObjectChange, limits: Limits) -> io::Result<()> {
    let sign = change.action.sign();
    let text = format!("{}  ({})", change.id, change.path());
    line(out, 0, &Line { sign, text: plain_line(&text).into_owned() })?;
    lines(change, limits).iter().try_for_each(|field| line(out, 4, field))
}

fn line(out: &mut dyn WriteColor, indent: usize, line: &Line) -> io::Result<()> {
    let color = match line.sign {
        '+' => Some(Color::Green),
        '-' => Some(Color::Red),
        '~' => Some(Color::Yellow),
        '>' | '@' => Some(Color::Cyan),
        _ => None,
    };
    out.set_color(ColorSpec::new().set_fg(color))?;
    write!(out, "{:indent$}{}", "", format!("{} {}", line.sign, line.text).trim_end())?;
    out.reset()?;
    writeln!(out)
}

fn danger(out: &mut dyn WriteColor, report: &Report<'_>, danger: &Danger) -> io::Result<()> {
    let accepted = report.is_accepted(danger);
    out.set_color(ColorSpec::new().set_fg(Some(if accepted { Color::Yellow } else { Color::Red })).set_bold(true))?;
    let word = if accepted { "accepted danger" } else { "danger" };
    write!(out, "{word}[{}]", danger.code.id)?;
    out.reset()?;
    writeln!(out, ": {}", plain_line(&danger.message))?;
    let place = report.place(danger.origin);
    if !place.is_empty() {
        writeln!(out, "  = asked for at {}", plain_line(&place))?;
    }
    writeln!(out, "  = why: {}", plain_line(&danger.why))?;
    writeln!(out, "  = help: {}", plain_line(&danger.help))?;
    if !accepted {
        writeln!(out, "  = if it is meant: --accept {}", plain_line(&super::acceptance(danger)))?;
    }
    writeln!(out)
}
