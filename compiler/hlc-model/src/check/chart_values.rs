//! Values of charts are those that the chart has: of the right shape, allowed by its schema, and read.

use std::collections::BTreeSet;

use hlc_chart::Chart;
use hlc_chart::reads::{Reads, reads};
use hlc_chart::schema::{SchemaFault, faults};
use hlc_chart::values::same;
use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, DataValue, MapEntry};
use rayon::prelude::*;

use super::{Check, Facts};
use crate::charts::WantedRelease;

pub(super) const CHECK: Check = Check { codes: &[&SHAPE, &UNREAD, &SCHEMA, &DEFAULT], run };

/// A value of another shape than the chart's own.
pub(crate) static SHAPE: Code = Code {
    id: "HLC0430",
    name: "value-shape",
    severity: Severity::Error,
    summary: "a value of a chart has another shape than the chart's own",
    explain: "The chart's `values.yaml` has a list or a map there. Templates go through its items, so that one word in its place fails to \
              render, or Helm leaves it out with a warning that nobody reads. One item of a list is still a list: `hosts { - a }`.",
    bad: "",
    good: "",
};

/// A value that nothing reads.
pub(crate) static UNREAD: Code = Code {
    id: "HLC0431",
    name: "value-unread",
    severity: Severity::Warning,
    summary: "a value that the chart never reads",
    explain: "No template of the chart or of its subcharts looks at it, so that it changes nothing: it is misspelt, stands at the wrong \
              place, or belongs to another version of the chart. hlc follows the templates; where it cannot, it says nothing.",
    bad: "",
    good: "",
};

/// A value that the chart's schema refuses.
pub(crate) static SCHEMA: Code = Code {
    id: "HLC0432",
    name: "value-schema",
    severity: Severity::Error,
    summary: "a value that the chart's schema does not allow",
    explain: "The chart brings `values.schema.json`, and Helm renders nothing that it refuses.",
    bad: "",
    good: "",
};

/// A value that says what the chart says.
pub(crate) static DEFAULT: Code = Code {
    id: "HLC0433",
    name: "value-default",
    severity: Severity::Hint,
    summary: "a value that is the chart's own default",
    explain: "It changes nothing now. It may be meant: it stays when the chart's default changes. Only shown with `hlc check --pedantic`.",
    bad: "",
    good: "",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<(&str, Span)> = BTreeSet::new();
    let charts = facts.charts;
    let of_release = |release: &WantedRelease| {
        let mut all = Vec::new();
        if let Some(chart) = charts.chart(&release.source) {
            look(release, chart, &mut all);
        }
        all
    };
    // Walking the templates of a large chart takes as long as all other checks.
    let all: Vec<Vec<Diagnostic>> = charts.releases.par_iter().map(of_release).collect();
    // Releases of one chart share its values: what is wrong with them is wrong once.
    found.extend(all.into_iter().flatten().filter(|one| seen.insert((one.code.id, one.primary.span))));
}

fn look(release: &WantedRelease, chart: &Chart, found: &mut Vec<Diagnostic>) {
    if release.values.as_map().is_none_or(hlc_schema::Map::is_empty) {
        return;
    }
    let reads = reads(chart, &release.values);
    let defaults = chart.defaults();
    let mut looker = Looker { release, found: Vec::new() };
    looker.look(&release.values, &reads, defaults.as_ref(), &mut Vec::new());
    found.append(&mut looker.found);
    // What has the wrong shape is not said twice.
    let known: Vec<Span> = found.iter().filter(|one| one.code == &SHAPE).map(|one| one.primary.span).collect();
    for fault in faults(chart, &release.values) {
        let refused = refused(release, &fault);
        if !known.contains(&refused.primary.span) {
            // One word for one value: a key that the schema does not know is not read either.
            found.retain(|one| one.code != &UNREAD || one.primary.span != refused.primary.span);
            found.push(refused);
        }
    }
}

fn refused(release: &WantedRelease, fault: &SchemaFault) -> Diagnostic {
    let mut at = &release.values;
    let mut span = release.chart_span;
    let mut given = true;
    for step in &fault.path {
        let next = match &at.value {
            DataValue::Map(map) => map.entry(step).map(|entry| (entry.value.span, &entry.value)),
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
        let Some((place, value)) = next else {
            given = false;
            break;
        };
        span = place;
        at = value;
    }
    let key = fault.key.as_deref().and_then(|key| at.as_map()?.entry(key)).map(|entry| entry.key_span);
    let place = if fault.path.is_empty() { "its values".to_owned() } else { format!("`{}`", fault.path.join(".")) };
    let message =
        format!("chart `{}` {} does not allow this: {}", release.source.name, release.source.version, fault.message);
    let found = Diagnostic::new(&SCHEMA, key.unwrap_or(span), message);
    let found =
        if given { found } else { found.label(release.span, format!("{place} is missing or stays the chart's own")) };
    found.note(format!("its values.schema.json says so of {place}"))
}

struct Looker<'r> {
    release: &'r WantedRelease,
    found: Vec<Diagnostic>,
}

impl Looker<'_> {
    fn look<'d>(&mut self, given: &'d Data, reads: &Reads, default: Option<&Data>, path: &mut Vec<&'d str>) {
        let Some(map) = given.as_map() else { return };
        for (key, entry) in map.iter() {
            path.push(key);
            let own = default.and_then(|default| default.get(key));
            self.entry(key, entry, reads, default, own, path);
            path.pop();
        }
    }

    fn entry<'d>(
        &mut self,
        key: &'d str,
        entry: &'d MapEntry,
        reads: &Reads,
        beside: Option<&Data>,
        own: Option<&Data>,
        path: &mut Vec<&'d str>,
    ) {
        let value = &entry.value;
        if value.value == DataValue::Null {
            return;
        }
        let below = if reads.whole { Some(reads.clone()) } else { reads.get(key) };
        // A loop over whichever keys there are that only reads fields of what it finds does nothing with a plain value.
        let is_plain = !matches!(value.value, DataValue::Map(_) | DataValue::List(_) | DataValue::Deferred(_));
        let is_usable = |below: &Reads| below.whole || below.is_leaf() || !is_plain || reads.names(key);
        let Some(below) = below.filter(is_usable) else {
            return self.unread(key, entry.key_span, reads, beside, path);
        };
        if let Some(own) = own.filter(|_| !below.typed) {
            if self.shape(value, own, path) {
                return;
            }
            if same(value, own) && value.as_map().is_none() {
                self.found.push(
                    Diagnostic::new(&DEFAULT, value.span, format!("`{}` is the chart's own default", path.join(".")))
                        .help("remove it"),
                );
            }
        }
        // Of what is looked at and no more, its keys may matter all the same.
        if !below.is_leaf() || below.whole {
            self.look(value, &below, own, path);
        }
    }

    fn unread(&mut self, key: &str, span: Span, reads: &Reads, beside: Option<&Data>, path: &[&str]) {
        let (chart, version) = (&self.release.source.name, &self.release.source.version);
        let message = format!("chart `{chart}` {version} never reads the value `{}`", path.join("."));
        let found = Diagnostic::new(&UNREAD, span, message).label(self.release.chart_span, "this chart");
        // What templates read, and of that first what the chart's own values name.
        let mut names: Vec<&str> = reads.keys().filter(|name| *name != "global").collect();
        let named = beside.and_then(Data::as_map);
        names.sort_by_key(|name| (named.is_none_or(|named| named.entry(name).is_none()), *name));
        self.found.push(match nearest(key, names.iter().copied()) {
            Some(meant) => {
                found.help(format!("did you mean `{meant}`?")).suggest(format!("write `{meant}`"), span, meant)
            }
            None if names.is_empty() => found.help("remove it: it changes nothing"),
            None => found.help(format!(
                "remove it: it changes nothing. At this place the chart reads {}",
                list_names(&names, "and")
            )),
        });
    }

    /// True when the shape is wrong.
    fn shape(&mut self, value: &Data, own: &Data, path: &[&str]) -> bool {
        let is_scalar = |data: &Data| {
            !matches!(data.value, DataValue::List(_) | DataValue::Map(_) | DataValue::Null | DataValue::Deferred(_))
        };
        let is_empty = |data: &Data| {
            data.as_list().is_some_and(<[Data]>::is_empty) || data.as_map().is_some_and(hlc_schema::Map::is_empty)
        };
        let wrong = match (&value.value, &own.value) {
            (_, DataValue::List(_) | DataValue::Map(_)) if is_scalar(value) => true,
            // What is empty by default is sometimes taken as either.
            (DataValue::Map(_), DataValue::List(_)) | (DataValue::List(_), DataValue::Map(_)) => {
                !is_empty(own) && !is_empty(value)
            }
            _ => false,
        };
        if wrong {
            let place = path.join(".");
            let message = format!(
                "`{place}` is {} in chart `{}` {}, not {}",
                own.describe(),
                self.release.source.name,
                self.release.source.version,
                value.describe()
            );
            let key = path.last().copied().unwrap_or_default();
            let found = Diagnostic::new(&SHAPE, value.span, message);
            self.found.push(if own.as_list().is_some() {
                found.help(format!("write a list: `{key} {{ - … }}`"))
            } else {
                found.help(format!("write a map: `{key} {{ … }}`"))
            });
        }
        wrong
    }
}
