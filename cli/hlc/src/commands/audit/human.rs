//! An audit as text: a section each, the gravest first, few lines.

use std::io;

use hlc_diag::render::termcolor::{Color, ColorSpec, WriteColor};
use hlc_diag::{Diagnostic, Severity, Sources, Span};
use hlc_model::audit::{Audit, Keeper, Kind};
use hlc_model::reach::{Guard, View, Way};

/// How many lines of a section are shown, unless all are asked for. What the internet reaches is always shown.
const SHOWN: usize = 8;

/// How wide a line may be until its place no longer stands below the others.
const PLACES: usize = 100;

/// A line of a section.
struct Row {
    severity: Option<Severity>,
    text: String,
    place: Option<Span>,
}

pub(super) fn draw(out: &mut dyn WriteColor, sources: &Sources, audit: &Audit, all: bool) -> io::Result<()> {
    let most = if all { usize::MAX } else { SHOWN };
    let internet = ways(audit, View::Internet);
    section(out, sources, &format!("from the internet: {}", counted(internet.len(), "host")), internet, usize::MAX)?;
    let lan = ways(audit, View::Lan);
    section(out, sources, &format!("from the LAN: {}", counted(lan.len(), "host")), lan, if all { most } else { 0 })?;
    let ports = ports(audit);
    section(out, sources, &counted(ports.len(), "open port"), ports, most)?;
    let of_kind = |kind| audit.findings.iter().filter(move |found| Kind::of(found) == kind);
    // Hosts and ports stand above.
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Exposure) {
        let found: Vec<&Diagnostic> = of_kind(kind).collect();
        let rows = found.iter().map(|found| Row {
            severity: Some(found.severity),
            text: found.message.clone(),
            place: Some(found.primary.span),
        });
        let title = format!("{}: {}", title(kind), by_severity(found.iter().copied()));
        section(out, sources, &title, rows.collect(), most)?;
    }
    secrets(out, sources, audit, all)?;
    let allowed = if audit.allowed.is_empty() { String::new() } else { format!("; {} allowed", audit.allowed.len()) };
    writeln!(out, "{}{allowed}", by_severity(&audit.findings))
}

fn section(
    out: &mut dyn WriteColor,
    sources: &Sources,
    title: &str,
    mut rows: Vec<Row>,
    most: usize,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // What is said twice, as of two containers of one image, is one line.
    rows.dedup_by(|b, a| a.text == b.text && a.place == b.place);
    rows.sort_by_key(|row| std::cmp::Reverse(row.severity));
    paint(out, ColorSpec::new().set_bold(true), title)?;
    writeln!(out)?;
    let width = |row: &Row| row.text.chars().count();
    let shown = || rows.iter().take(most);
    let places = shown().map(width).filter(|width| *width <= PLACES).max().unwrap_or(0);
    for row in shown() {
        let (sign, colour) = match row.severity {
            Some(Severity::Error) => ("✗", Some(Color::Red)),
            Some(Severity::Warning) => ("!", Some(Color::Yellow)),
            Some(Severity::Hint) => ("·", None),
            None => (" ", None),
        };
        write!(out, "  ")?;
        paint(out, ColorSpec::new().set_fg(colour), sign)?;
        write!(out, " {}", row.text)?;
        if let Some(place) = row.place {
            let gap = places.saturating_sub(width(row)) + 2;
            paint(out, ColorSpec::new().set_dimmed(true), &format!("{:gap$}{}", "", line(sources, place)))?;
        }
        writeln!(out)?;
    }
    let more = rows.len().saturating_sub(most);
    if more > 0 {
        paint(out, ColorSpec::new().set_dimmed(true), &format!("    {more} more, with --all\n"))?;
    }
    writeln!(out)
}

/// The hosts that are reached from somewhere, those that nobody guards first.
fn ways(audit: &Audit, view: View) -> Vec<Row> {
    let hosts = audit.reach.hosts.iter();
    let rows = hosts.flat_map(|host| host.ways.iter().filter(|way| way.view == view).map(move |way| (host, way)));
    let width = rows.clone().map(|(host, _)| host.name.chars().count()).max().unwrap_or(0);
    let rows = rows.map(|(host, way)| {
        let broken = if way.is_broken() { "; does not arrive" } else { "" };
        Row {
            severity: severity(way),
            text: format!("{:width$}  {}{broken}", host.name, way.guard),
            place: Some(way.guarded_at.unwrap_or(host.span)),
        }
    });
    rows.collect()
}

fn severity(way: &Way) -> Option<Severity> {
    match (way.view, &way.guard) {
        (View::Internet, Guard::Unsaid) => Some(Severity::Warning),
        (View::Internet, Guard::Open) => Some(Severity::Hint),
        _ => None,
    }
}

fn ports(audit: &Audit) -> Vec<Row> {
    let rows = audit.reach.ports.iter().map(|port| {
        let from = match port.from.as_slice() {
            [] => "everywhere".to_owned(),
            networks => networks.join(", "),
        };
        let behind =
            if port.services.is_empty() { "nothing that is known here".to_owned() } else { port.services.join(", ") };
        let place = port.opened.or(port.published);
        let found =
            audit.findings.iter().find(|found| Kind::of(found) == Kind::Exposure && Some(found.primary.span) == place);
        Row {
            severity: found.map(|found| found.severity),
            text: format!("{}  {} {}  from {from}, to {behind}", port.server, port.protocol, port.ports),
            place,
        }
    });
    rows.collect()
}

fn secrets(out: &mut dyn WriteColor, sources: &Sources, audit: &Audit, all: bool) -> io::Result<()> {
    let kept = |sops: bool| audit.secrets.iter().filter(move |it| (it.keeper == Keeper::Sops) == sops);
    let row = |secret: &hlc_model::audit::Secret| {
        let name = match &secret.keeper {
            Keeper::Sops => secret.name.clone(),
            Keeper::Kubernetes(namespace) => format!("{namespace}/{}", secret.name),
        };
        let mut readers: Vec<&str> = secret.readers.iter().map(|reader| reader.who.as_str()).collect();
        readers.dedup();
        let readers = if readers.is_empty() { "nobody that is known here".to_owned() } else { readers.join(", ") };
        let keys = if secret.keys.is_empty() { String::new() } else { format!(" ({})", secret.keys.join(", ")) };
        Row { severity: None, text: format!("{name}{keys}: {readers}"), place: Some(secret.span) }
    };
    let most = if all { usize::MAX } else { 0 };
    let sops: Vec<Row> = kept(true).map(row).collect();
    let names: Vec<&str> = audit.recipients.iter().map(|recipient| recipient.name.as_str()).collect();
    let open = if all { format!(" ({})", names.join(", ")) } else { String::new() };
    let title = format!("SOPS file: {}, for {}{open}", counted(sops.len(), "key"), counted(names.len(), "recipient"));
    section(out, sources, &title, sops, most)?;
    let kubernetes: Vec<Row> = kept(false).map(row).collect();
    section(out, sources, &format!("Kubernetes: {}", counted(kubernetes.len(), "Secret")), kubernetes, most)
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Exposure => "exposure",
        Kind::HostAccess => "access to nodes",
        Kind::Rights => "rights without bounds",
        Kind::Secrets => "who may read every Secret",
        Kind::Images => "images without a digest",
        Kind::NotLookedInto => "not looked into",
        Kind::Allow => "allows that nothing needs",
    }
}

fn by_severity<'d>(found: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let mut counts = [0_usize; 3];
    for found in found {
        let [errors, warnings, hints] = &mut counts;
        match found.severity {
            Severity::Error => *errors += 1,
            Severity::Warning => *warnings += 1,
            Severity::Hint => *hints += 1,
        }
    }
    let named = counts.into_iter().zip(["error", "warning", "hint"]).filter(|(count, _)| *count > 0);
    let words: Vec<String> = named.map(|(count, word)| counted(count, word)).collect();
    if words.is_empty() { "nothing to look at".to_owned() } else { words.join(", ") }
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// `path:line`
fn line(sources: &Sources, span: Span) -> String {
    let place = sources.locate(span);
    place.rsplit_once(':').map_or(place.clone(), |(line, _)| line.to_owned())
}

fn paint(out: &mut dyn WriteColor, spec: &ColorSpec, text: &str) -> io::Result<()> {
    out.set_color(spec)?;
    out.write_all(text.as_bytes())?;
    out.reset()
}
