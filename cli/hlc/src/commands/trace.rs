//! `hlc trace`

mod document;
mod drawing;
mod human;

use hlc_delivery::DiskInputs;
use hlc_diag::render::Summary;
use hlc_diag::{Sources, Span};
use hlc_model::reach::{Host, Reach, View, Way};
use hlc_schema::suggest::nearest;

use crate::args::{Args, Format, Trace, TraceEmit, TraceFrom};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

/// How many hosts are named to somebody whose host there is not.
const NAMED: usize = 8;

/// What is to be shown of a host.
struct Shown<'r> {
    host: &'r Host,
    ways: Vec<&'r Way>,
}

pub(crate) fn run(args: &Args, options: &Trace, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    // Never freed, as in `project::compile`.
    let compiled = std::mem::ManuallyDrop::new(hlc_model::compile_reach(&inputs, &project.root));
    let (compilation, reach) = &*compiled;
    let summary = Summary::of(&compilation.sources, &compilation.diagnostics);
    let hosts = meant(reach, &options.host);
    if hosts.is_empty() {
        return Err(unknown(reach, &options.host, summary.errors));
    }
    let hosts: Vec<Shown<'_>> = hosts.into_iter().map(|host| shown(host, options.from)).collect();
    if hosts.iter().all(|shown| shown.ways.is_empty()) {
        return Err(unreached(&options.host, options.from));
    }
    let sources = &compilation.sources;
    let emit = options.emit.unwrap_or(if args.format == Format::Json { TraceEmit::Json } else { TraceEmit::Text });
    match emit {
        TraceEmit::Text => console.data(|out| human::draw(out, sources, &hosts))?,
        TraceEmit::Json => {
            let text = document::json(sources, &hosts)
                .map_err(|error| Failure::new(format!("cannot write the ways: {error}")))?;
            console.data(|out| out.write_all(text.as_bytes()))?;
        }
        TraceEmit::Mermaid => console.data(|out| out.write_all(drawing::of(sources, &hosts).mermaid().as_bytes()))?,
        TraceEmit::Svg => console.data(|out| out.write_all(drawing::of(sources, &hosts).svg().as_bytes()))?,
    }
    if emit == TraceEmit::Text && summary.errors > 0 {
        console.say(&format!("{summary} in the whole homelab; `hlc check` shows them"));
    }
    let broken = hosts.iter().flat_map(|shown| &shown.ways).any(|way| way.is_broken());
    Ok(if broken { Exit::Failed } else { Exit::Success })
}

fn shown(host: &Host, from: Option<TraceFrom>) -> Shown<'_> {
    let wanted = |way: &&Way| match from {
        None => true,
        Some(TraceFrom::Internet) => way.view == View::Internet,
        Some(TraceFrom::Lan) => way.view == View::Lan,
    };
    Shown { host, ways: host.ways.iter().filter(wanted).collect() }
}

/// The hosts that are meant: by name or URL, else those below a wildcard, else those of a route.
fn meant<'r>(reach: &'r Reach, asked: &str) -> Vec<&'r Host> {
    let name = host_of(asked);
    let hosts = || reach.hosts.iter();
    let mut found: Vec<&Host> = hosts().filter(|host| host.name == name).collect();
    if found.is_empty() {
        let below = |host: &&Host| {
            host.name.strip_prefix('*').is_some_and(|suffix| name.len() > suffix.len() && name.ends_with(suffix))
        };
        found = hosts().filter(below).collect();
    }
    if found.is_empty() {
        let is_short = |host: &&Host| host.name.split('.').next() == Some(name.as_str());
        found = hosts().filter(|host| host.route == name || is_short(host)).collect();
    }
    found
}

/// The host of what was typed, which may be the whole address out of a browser.
fn host_of(asked: &str) -> String {
    let rest = asked.split_once("://").map_or(asked, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest);
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn unreached(asked: &str, from: Option<TraceFrom>) -> Failure {
    let (message, help) = match from {
        Some(TraceFrom::Lan) => (
            format!("`{asked}` is answered at the edge, where the LAN comes by way of the internet"),
            "leave `--from` out to see that way",
        ),
        Some(TraceFrom::Internet) | None => (
            format!("the internet does not reach `{asked}`"),
            "leave `--from` out to see how the LAN does; `public` in its route makes it reachable",
        ),
    };
    Failure::new(message).help(help)
}

fn unknown(reach: &Reach, asked: &str, errors: usize) -> Failure {
    let failure = Failure::new(format!("no route has the host `{asked}`"));
    if errors > 0 && reach.hosts.is_empty() {
        return failure.help("the homelab has errors that hide its routes; `hlc check` shows them");
    }
    let name = host_of(asked);
    let mut names: Vec<&str> = reach.hosts.iter().map(|host| host.name.as_str()).collect();
    names.dedup();
    let short = |host: &str| host.split('.').next().unwrap_or(host).to_owned();
    // A name alone is held against the first labels.
    let labels: Vec<String> = names.iter().map(|name| short(name)).collect();
    let near = nearest(&name, names.iter().copied()).map(str::to_owned).or_else(|| {
        let label = nearest(&short(&name), labels.iter().map(String::as_str))?.to_owned();
        names.iter().find(|host| short(host) == label).map(|host| (*host).to_owned())
    });
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => failure.help("the homelab has no routes; `hlc explain route` shows one"),
        None => {
            let more = names.len().saturating_sub(NAMED);
            let listed: Vec<&str> = names.into_iter().take(NAMED).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            failure.help(format!("there are: {}{more}", listed.join(", ")))
        }
    }
}

/// `path:line`
fn line(sources: &Sources, span: Span) -> String {
    let place = sources.locate(span);
    place.rsplit_once(':').map_or(place.clone(), |(line, _)| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_typed_for_a_host() {
        for asked in ["wiki.example.net", "https://wiki.example.net/a?b#c", "WIKI.example.net.", "wiki.example.net:443"]
        {
            assert_eq!(host_of(asked), "wiki.example.net", "{asked}");
        }
    }
}
