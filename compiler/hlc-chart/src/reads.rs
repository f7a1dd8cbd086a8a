//! Which values a chart reads.
//!
//! Templates are walked with places in the values for data: `.Values.a` is the place `a`, `with` moves the dot there, a
//! dict carries places along, `include` walks a definition with what it is given. What is written out, or handed to a
//! function that hlc does not know, is read whole. Both sides of each condition are walked. What cannot be followed counts as
//! read: the answer errs on the side of saying nothing.

use std::collections::{BTreeMap, BTreeSet};

use hlc_schema::{Data, DataValue};

use crate::Chart;
use crate::template::{self, Item};

mod walk;

/// What is read of the values at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// True when everything below is read.
    pub whole: bool,
    /// True when a template asks what type the value is, so that several can be meant.
    pub typed: bool,
    children: BTreeMap<String, Self>,
    /// What is read below whichever key.
    any: Option<Box<Self>>,
}

impl Reads {
    /// What is read below a key; `None` when nothing is.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        match (self.children.get(key), self.any.as_deref()) {
            (None, None) => None,
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (Some(named), Some(any)) => {
                let mut both = named.clone();
                both.merge(any);
                Some(both)
            }
        }
    }

    /// The keys that are read by name.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.children.keys().map(String::as_str)
    }

    /// True when this key is read by its name.
    #[must_use]
    pub fn names(&self, key: &str) -> bool {
        self.children.contains_key(key)
    }

    /// True when keys of the user's own are read.
    #[must_use]
    pub fn takes_any_key(&self) -> bool {
        self.whole || self.any.is_some()
    }

    /// True when no more is known than that the value is looked at.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty() && self.any.is_none()
    }

    fn merge(&mut self, other: &Self) {
        self.whole |= other.whole;
        self.typed |= other.typed;
        for (key, child) in &other.children {
            self.children.entry(key.clone()).or_default().merge(child);
        }
        if let Some(any) = &other.any {
            self.any.get_or_insert_with(Box::default).merge(any);
        }
    }

    fn at(&mut self, path: &[Step]) -> &mut Self {
        path.iter().fold(self, |reads, step| match step {
            Step::Key(key) => reads.children.entry(key.clone()).or_default(),
            Step::Any => reads.any.get_or_insert_with(Box::default),
        })
    }
}

/// One step down into the values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    /// Whichever key or item.
    Any,
}

/// Everything that a chart and its subcharts read, by the place in the chart's own values. `given` are the values that it gets, of which
/// texts may be templates too.
#[must_use]
pub fn reads(chart: &Chart, given: &Data) -> Reads {
    let mut walker = walk::Walker::default();
    let mut files = Vec::new();
    collect(chart, &[], false, &mut walker, &mut files);
    for (prefix, items) in &files {
        walker.file(items, prefix);
    }
    if walker.evaluates_text {
        let mut texts = BTreeSet::new();
        templates_in(given, &mut texts);
        charts(chart, &mut |chart| {
            if let Some(values) = &chart.values {
                templates_in(values, &mut texts);
            }
            texts.extend(chart.files.iter().map(|(_, text)| text.clone()));
        });
        for text in texts {
            walker.text(&template::parse(&text).0);
        }
    }
    let mut reads = walker.reads;
    own_keys_only(chart, &[], &mut reads);
    dependencies(chart, &[], &mut reads);
    globals(chart, &[], &mut reads);
    reads
}

/// Notes the definitions of a chart and its subcharts, and the templates that are rendered by themselves.
fn collect(
    chart: &Chart,
    prefix: &[Step],
    library: bool,
    walker: &mut walk::Walker,
    files: &mut Vec<(Vec<Step>, Vec<Item>)>,
) {
    for (path, text) in &chart.templates {
        let (items, whole) = template::parse(text);
        // Of a template that cannot be read whole, what it reads is not known either.
        if !whole {
            walker.reads.at(prefix).whole = true;
        }
        let rest = walker.define(items);
        let is_partial = path.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if !is_partial && !library {
            files.push((prefix.to_vec(), rest));
        }
    }
    for (key, subchart) in chart.keyed() {
        let mut below = prefix.to_vec();
        below.push(Step::Key(key.to_owned()));
        collect(subchart, &below, library || subchart.metadata.library, walker, files);
    }
}

fn charts(chart: &Chart, visit: &mut dyn FnMut(&Chart)) {
    visit(chart);
    chart.subcharts.iter().for_each(|subchart| charts(subchart, visit));
}

/// What `Chart.yaml` reads: conditions, tags, values that a parent takes over.
fn dependencies(chart: &Chart, prefix: &[Step], reads: &mut Reads) {
    let at = |path: &str| {
        let mut full = prefix.to_vec();
        full.extend(path.split('.').map(|key| Step::Key(key.to_owned())));
        full
    };
    for dependency in &chart.metadata.dependencies {
        for condition in &dependency.condition {
            reads.at(&at(condition));
        }
        for tag in &dependency.tags {
            // Tags are the top chart's alone (helm/pkg/chartutil, `processDependencyTags`), and each chart may read its own.
            reads.at(&[Step::Key("tags".to_owned()), Step::Key(tag.clone())]);
            reads.at(&at(&format!("tags.{tag}")));
        }
        for import in &dependency.import_values {
            reads.at(&at(&format!("{}.{}", dependency.key(), import.child))).whole = true;
        }
    }
    for (key, subchart) in chart.keyed() {
        let mut below = prefix.to_vec();
        below.push(Step::Key(key.to_owned()));
        dependencies(subchart, &below, reads);
    }
}

/// A loop over all values of a chart reads those that the chart has, not keys that somebody else makes up.
fn own_keys_only(chart: &Chart, prefix: &[Step], reads: &mut Reads) {
    let here = reads.at(prefix);
    if let Some(values) = chart.values.as_ref().and_then(Data::as_map)
        && let Some(any) = here.any.take()
    {
        for (key, _) in values.iter() {
            here.children.entry(key.to_owned()).or_default().merge(&any);
        }
    }
    for (key, subchart) in chart.keyed() {
        let mut below = prefix.to_vec();
        below.push(Step::Key(key.to_owned()));
        own_keys_only(subchart, &below, reads);
    }
}

/// Each chart reads the globals of its parents as its own.
fn globals(chart: &Chart, prefix: &[Step], reads: &mut Reads) {
    for (key, subchart) in chart.keyed() {
        let mut below = prefix.to_vec();
        below.push(Step::Key(key.to_owned()));
        globals(subchart, &below, reads);
        below.push(Step::Key("global".to_owned()));
        let own = reads.at(&below).clone();
        let mut above = prefix.to_vec();
        above.push(Step::Key("global".to_owned()));
        reads.at(&above).merge(&own);
    }
    // Written for its subcharts, the parent's global is read by theirs.
    let mut above = prefix.to_vec();
    above.push(Step::Key("global".to_owned()));
    let all = reads.at(&above).clone();
    for (key, _) in chart.keyed() {
        let mut below = prefix.to_vec();
        below.extend([Step::Key(key.to_owned()), Step::Key("global".to_owned())]);
        reads.at(&below).merge(&all);
    }
}

/// Texts with actions in them.
fn templates_in(data: &Data, found: &mut BTreeSet<String>) {
    match &data.value {
        DataValue::String(text) if text.contains("{{") => {
            found.insert(text.as_str().to_owned());
        }
        DataValue::List(items) => items.iter().for_each(|item| templates_in(item, found)),
        DataValue::Map(map) => map.iter().for_each(|(_, entry)| templates_in(&entry.value, found)),
        DataValue::String(_)
        | DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::Deferred(_) => {}
    }
}

#[cfg(test)]
mod tests;
