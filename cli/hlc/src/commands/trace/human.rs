//! Ways as text: a line for each hop, from the record to the pods.

use std::io;

use hlc_diag::Sources;
use hlc_diag::render::termcolor::{Color, ColorSpec, WriteColor};
use hlc_model::reach::{Guard, Hop, HopKind, Owner, State, View, Way};

use super::{Shown, line};

/// How wide a line may be until its place no longer stands below the others.
const PLACES: usize = 96;

/// How wide a name may be until what it does no longer stands below the others.
const NAMES: usize = 32;

pub(super) fn draw(out: &mut dyn WriteColor, sources: &Sources, hosts: &[Shown<'_>]) -> io::Result<()> {
    for (number, shown) in hosts.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        let host = shown.host;
        paint(out, Paint::Strong, &host.name)?;
        let owner = match &host.owner {
            Owner::Workload(name) => format!("  workload {name}"),
            Owner::Addon(name) => format!("  addon {name}"),
            Owner::Edge => "  answered by the edge itself".to_owned(),
        };
        paint(out, Paint::Faint, &format!("{owner}, {}\n", line(sources, host.span)))?;
        for way in &shown.ways {
            writeln!(out)?;
            self::way(out, sources, way)?;
        }
    }
    Ok(())
}

fn way(out: &mut dyn WriteColor, sources: &Sources, way: &Way) -> io::Result<()> {
    let from = match way.view {
        View::Internet => "from the internet",
        View::Lan => "from the LAN",
    };
    paint(out, Paint::Strong, from)?;
    write!(out, ": ")?;
    let unguarded = way.view == View::Internet && matches!(way.guard, Guard::Unsaid | Guard::Open);
    paint(out, if unguarded { Paint::Doubt } else { Paint::Plain }, &way.guard.to_string())?;
    if let Some(at) = way.guarded_at {
        paint(out, Paint::Faint, &format!("  {}", line(sources, at)))?;
    }
    writeln!(out)?;
    let kinds = way.hops.iter().map(|hop| hop.kind.word().len()).max().unwrap_or(0);
    let names = way.hops.iter().map(|hop| hop.name.chars().count()).filter(|width| *width <= NAMES).max().unwrap_or(0);
    let hops = way.hops.iter().enumerate();
    let rows = hops.map(|(index, hop)| {
        let next = way.hops.get(index + 1);
        Row::new(hop, rail(hop, next), sources, (kinds, names))
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let places = rows.iter().map(Row::width).filter(|width| *width <= PLACES).max().unwrap_or(0);
    for row in &rows {
        row.draw(out, sources, places)?;
    }
    if let Some(note) = way.note {
        paint(out, Paint::Faint, &format!("  {note}\n"))?;
    }
    Ok(())
}

/// What joins a hop to the way that it stands beside.
fn rail(hop: &Hop, next: Option<&Hop>) -> &'static str {
    match (is_beside(hop), next.is_some_and(is_beside)) {
        (false, _) => "",
        (true, true) => "├ ",
        (true, false) => "└ ",
    }
}

/// True for what is asked or shown on the way.
const fn is_beside(hop: &Hop) -> bool {
    matches!(
        hop.kind,
        HopKind::Middleware | HopKind::Login | HopKind::Certificate | HopKind::Client | HopKind::Redirect
    )
}

/// A hop as a line.
struct Row<'h> {
    hop: &'h Hop,
    rail: &'static str,
    kind: String,
    name: String,
    detail: &'h str,
    place: String,
}

impl<'h> Row<'h> {
    fn new(hop: &'h Hop, rail: &'static str, sources: &Sources, (kinds, names): (usize, usize)) -> Self {
        let kinds = if rail.is_empty() { kinds + 2 } else { kinds };
        let detail = match &hop.state {
            State::Ok => hop.detail.as_str(),
            State::Broken { .. } => "",
            State::Unknown(reason) => reason,
        };
        let name = if detail.is_empty() { hop.name.clone() } else { format!("{:names$}", hop.name) };
        let kind = format!("{:kinds$}", hop.kind.word());
        let place = hop.span.map_or_else(String::new, |span| line(sources, span));
        Self { hop, rail, kind, name, detail, place }
    }

    fn width(&self) -> usize {
        let count = |text: &str| text.chars().count();
        let detail = if self.detail.is_empty() { 0 } else { count(self.detail) + 2 };
        count(self.rail) + count(&self.kind) + 2 + count(&self.name) + detail
    }

    fn draw(&self, out: &mut dyn WriteColor, sources: &Sources, places: usize) -> io::Result<()> {
        let (sign, colour) = match &self.hop.state {
            State::Ok => ("✓", Paint::Good),
            State::Broken { .. } => ("✗", Paint::Bad),
            State::Unknown(_) => ("?", Paint::Doubt),
        };
        write!(out, "  ")?;
        paint(out, colour, sign)?;
        write!(out, " ")?;
        paint(out, Paint::Faint, &format!("{}{}  ", self.rail, self.kind))?;
        let strong = matches!(self.hop.state, State::Broken { .. });
        paint(out, if strong { Paint::Bad } else { Paint::Plain }, &self.name)?;
        if !self.detail.is_empty() {
            write!(out, "  {}", self.detail)?;
        }
        if !self.place.is_empty() {
            let gap = places.saturating_sub(self.width()) + 2;
            paint(out, Paint::Faint, &format!("{:gap$}{}", "", self.place))?;
        }
        writeln!(out)?;
        if let State::Broken { code, message, span } = &self.hop.state {
            write!(out, "      ")?;
            paint(out, Paint::Bad, code.id)?;
            writeln!(out, " {message}")?;
            paint(
                out,
                Paint::Faint,
                &format!("      {}; `hlc explain {}` says more\n", line(sources, *span), code.id),
            )?;
        }
        Ok(())
    }
}

/// What a text is painted for.
#[derive(Clone, Copy)]
enum Paint {
    Plain,
    Strong,
    Faint,
    Good,
    Doubt,
    Bad,
}

fn paint(out: &mut dyn WriteColor, paint: Paint, text: &str) -> io::Result<()> {
    let mut spec = ColorSpec::new();
    match paint {
        Paint::Plain => return out.write_all(text.as_bytes()),
        Paint::Strong => spec.set_bold(true),
        Paint::Faint => spec.set_dimmed(true),
        Paint::Good => spec.set_fg(Some(Color::Green)),
        Paint::Doubt => spec.set_fg(Some(Color::Yellow)),
        Paint::Bad => spec.set_fg(Some(Color::Red)).set_bold(true),
    };
    out.set_color(&spec)?;
    out.write_all(text.as_bytes())?;
    out.reset()
}
