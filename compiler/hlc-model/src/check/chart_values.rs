//! Values of charts are those that the chart has: of the right shape, allowed by its schema, and read.

use std::collections::BTreeSet;

use hlc_chart::Verdict;
use hlc_chart::verdict::{ValueFault, Wrong};
use hlc_diag::{Code, Diagnostic, Severity, Sources, Span};
use hlc_schema::suggest::list_names;
use hlc_schema::{Data, DataValue};

use super::{Check, Facts};
use crate::charts::{CANNOT_BE_RENDERED, Charts, WantedRelease};
use crate::report::Found;

pub(super) const CHECK: Check = Check { codes: &[&SHAPE, &UNREAD, &SCHEMA, &DEFAULT], run };

/// A value of another shape than the chart's own.
pub(crate) static SHAPE: Code = Code {
    id: "HLC0430",
    name: "value-shape",
    severity: Severity::Error,
    summary: "a value of a chart has another shape than the chart's own",
    explain: "The chart's `values.yaml` has a list or a map there. Templates go through its items, so that one word in its place fails to \
              render, or Helm leaves it out with a warning that nobody reads. One item of a list is still a list: `hosts { - a }`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { hosts a.example.net; } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { hosts { - b.example.net; }; } }\n}",
};

/// A value that nothing reads.
pub(crate) static UNREAD: Code = Code {
    id: "HLC0431",
    name: "value-unread",
    severity: Severity::Warning,
    summary: "a value that the chart never reads",
    explain: "No template of the chart or of its subcharts looks at it, so that it changes nothing: it is misspelt, stands at the wrong \
              place, or belongs to another version of the chart. hlc follows the templates; where it cannot, it says nothing.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replica 2; } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replicas 2; } }\n}",
};

/// A value that the chart's schema refuses.
pub(crate) static SCHEMA: Code = Code {
    id: "HLC0432",
    name: "value-schema",
    severity: Severity::Error,
    summary: "a value that the chart's schema does not allow",
    explain: "The chart brings `values.schema.json`, and Helm renders nothing that it refuses.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"strict\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replicas 0; } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"strict\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replicas 2; } }\n}",
};

/// A value that says what the chart says.
pub(crate) static DEFAULT: Code = Code {
    id: "HLC0433",
    name: "value-default",
    severity: Severity::Hint,
    summary: "a value that is the chart's own default",
    explain: "It changes nothing now. It may be meant: it stays when the chart's default changes. Only shown with `hlc check --pedantic`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replicas 1; } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\" { values { replicas 2; } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<(&str, Span, String)> = BTreeSet::new();
    let mut all = Vec::new();
    for (release, verdict) in facts.charts.verdicts() {
        say(release, verdict, &mut all);
    }
    // Releases of one chart share its values: what is wrong with them is wrong once.
    // All values of a file stand at the place that names it.
    found.extend(all.into_iter().filter(|one| seen.insert((one.code.id, one.primary.span, one.message.clone()))));
}

/// Leaves out that a release cannot be rendered, or renders what Kubernetes does not take, where it is said of its values already why.
pub(crate) fn leave_out_what_follows(found: &mut Vec<Found>, charts: &Charts, sources: &Sources) {
    let says_why = |found: &&Found| found.stands() && [SHAPE.id, SCHEMA.id].contains(&found.diagnostic.code.id);
    let said: BTreeSet<Span> = found.iter().filter(says_why).map(|found| found.diagnostic.primary.span).collect();
    if said.is_empty() {
        return;
    }
    let is_said_of = |(release, verdict): (&WantedRelease, &Verdict)| {
        let mut of_values = Vec::new();
        say(release, verdict, &mut of_values);
        of_values.iter().any(|one| said.contains(&sources.origin(one.primary.span)))
    };
    let follows = |found: &Found| {
        let of = |release: &WantedRelease| sources.origin(release.span) == found.diagnostic.primary.span;
        let may_follow =
            CANNOT_BE_RENDERED.contains(&found.diagnostic.code) || hlc_kube::CODES.contains(&found.diagnostic.code);
        may_follow && charts.verdicts().any(|(release, verdict)| of(release) && is_said_of((release, verdict)))
    };
    found.retain(|found| !follows(found));
}

/// Says what a chart says of its values, where they stand.
fn say(release: &WantedRelease, verdict: &Verdict, all: &mut Vec<Diagnostic>) {
    let mut found: Vec<(Vec<&str>, Diagnostic)> = Vec::new();
    for fault in &verdict.faults {
        let place = Place::of(release, &fault.path);
        let mut of: Vec<&str> = fault.path.iter().map(String::as_str).collect();
        let one = match &fault.wrong {
            Wrong::Shape { own, given, list } => shape(release, fault, &place, own, given, *list),
            Wrong::Unread { meant, read } => unread(release, fault, &place, meant.as_deref(), read),
            Wrong::Default => {
                Diagnostic::new(&DEFAULT, place.span, format!("`{}` is the chart's own default", fault.path.join(".")))
                    .help("remove it")
            }
            Wrong::Refused { key, message } => {
                let refused = refused(release, fault, &place, key.as_deref(), message);
                of.extend(key.as_deref());
                // What has the wrong shape is not said twice.
                if found.iter().any(|(other, one)| one.code == &SHAPE && *other == of) {
                    continue;
                }
                // One word for one value: a key that the schema does not know is not read either.
                found.retain(|(other, one)| one.code != &UNREAD || *other != of);
                refused
            }
        };
        found.push((of, one));
    }
    all.extend(found.into_iter().map(|(_, one)| one));
}

/// Where a value stands.
struct Place<'r> {
    /// The value, or the nearest one around it that is written.
    data: &'r Data,
    /// Its place; the chart's for the values as a whole.
    span: Span,
    /// The place of its key.
    key: Span,
    /// False when it is not written, and something around it is.
    given: bool,
}

impl<'r> Place<'r> {
    fn of(release: &'r WantedRelease, path: &[String]) -> Self {
        let span = release.chart_span;
        let mut place = Self { data: &release.values, span, key: span, given: true };
        for step in path {
            let next = match &place.data.value {
                DataValue::Map(map) => map.entry(step).map(|entry| (entry.key_span, &entry.value)),
                DataValue::List(items) => {
                    step.parse().ok().and_then(|at: usize| items.get(at)).map(|item| (item.span, item))
                }
                DataValue::Null
                | DataValue::Bool(_)
                | DataValue::Integer(_)
                | DataValue::Float(_)
                | DataValue::String(_)
                | DataValue::Deferred(_) => None,
            };
            let Some((key, data)) = next else {
                place.given = false;
                break;
            };
            place = Self { data, span: data.span, key, given: true };
        }
        place
    }
}

fn refused(
    release: &WantedRelease,
    fault: &ValueFault,
    place: &Place<'_>,
    key: Option<&str>,
    message: &str,
) -> Diagnostic {
    let key = key.and_then(|key| place.data.as_map()?.entry(key)).map(|entry| entry.key_span);
    let name = if fault.path.is_empty() { "its values".to_owned() } else { format!("`{}`", fault.path.join(".")) };
    let message = format!("chart `{}` {} does not allow this: {message}", release.source.name, release.source.version);
    let found = Diagnostic::new(&SCHEMA, key.unwrap_or(place.span), message);
    let found = if place.given {
        found
    } else {
        found.label(release.span, format!("{name} is missing or stays the chart's own"))
    };
    found.note(format!("its values.schema.json says so of {name}"))
}

fn unread(
    release: &WantedRelease,
    fault: &ValueFault,
    place: &Place<'_>,
    meant: Option<&str>,
    read: &[String],
) -> Diagnostic {
    let (chart, version) = (&release.source.name, &release.source.version);
    let message = format!("chart `{chart}` {version} never reads the value `{}`", fault.path.join("."));
    let found = Diagnostic::new(&UNREAD, place.key, message).label(release.chart_span, "this chart");
    match meant {
        Some(meant) => {
            found.help(format!("did you mean `{meant}`?")).suggest(format!("write `{meant}`"), place.key, meant)
        }
        None if read.is_empty() => found.help("remove it: it changes nothing"),
        None => found
            .help(format!("remove it: it changes nothing. At this place the chart reads {}", list_names(read, "and"))),
    }
}

fn shape(
    release: &WantedRelease,
    fault: &ValueFault,
    place: &Place<'_>,
    own: &str,
    given: &str,
    list: bool,
) -> Diagnostic {
    let message = format!(
        "`{}` is {own} in chart `{}` {}, not {given}",
        fault.path.join("."),
        release.source.name,
        release.source.version,
    );
    let key = fault.path.last().map(String::as_str).unwrap_or_default();
    let found = Diagnostic::new(&SHAPE, place.span, message);
    if list {
        found.help(format!("write a list: `{key} {{ - … }}`"))
    } else {
        found.help(format!("write a map: `{key} {{ … }}`"))
    }
}
