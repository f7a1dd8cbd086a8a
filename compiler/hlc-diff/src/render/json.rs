//! Changes for programs.

use std::io;

use hlc_kube::data_to_json;
use serde::Serialize;
use serde_json::Value;

use super::Report;
use crate::{Action, Danger, Difference, FieldChange, Hidden, ObjectChange, ObjectId};

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

/// Writes one JSON document with a line end. Values of Secrets are not in it: such a field has `hidden` instead.
///
/// # Errors
/// When the sink fails.
pub fn json(out: &mut dyn io::Write, report: &Report<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document::of(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    against: Against<'a>,
    summary: Summary,
    objects: Vec<Object<'a>>,
    dangers: Vec<Found<'a>>,
    unreadable: Vec<Unreadable<'a>>,
}

#[derive(Serialize)]
struct Against<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<i64>,
}

#[derive(Serialize)]
struct Summary {
    added: usize,
    changed: usize,
    removed: usize,
    moved: usize,
    unchanged: usize,
    laid_out: usize,
    dangers: usize,
    accepted: usize,
}

#[derive(Serialize)]
struct Identity<'a> {
    group: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct Object<'a> {
    action: &'static str,
    #[serde(flatten)]
    identity: Identity<'a>,
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_path: Option<&'a str>,
    /// `path:line:column` of the homelab.
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
    /// An object that comes or goes, when the whole is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    path: String,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'a str,
    name: &'a str,
    accepted: bool,
    message: &'a str,
    why: &'a str,
    help: &'a str,
    /// What accepts this one and no other.
    accept: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Identity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    path: &'a str,
    why: &'a str,
}

impl<'a> Document<'a> {
    fn of(report: &Report<'a>) -> Self {
        let (changes, against) = (report.changes, report.against);
        let count = |action| changes.with(action).count();
        Self {
            version: VERSION,
            against: Against { name: &against.name, commit: against.commit.as_deref(), committed: against.committed },
            summary: Summary {
                added: count(Action::Added),
                changed: count(Action::Changed),
                removed: count(Action::Removed),
                moved: count(Action::Moved),
                unchanged: changes.unchanged,
                laid_out: changes.laid_out,
                dangers: report.dangers.len(),
                accepted: report.dangers.len() - report.open_dangers().count(),
            },
            objects: changes.objects.iter().map(|change| object(report, change)).collect(),
            dangers: report.dangers.iter().map(|danger| found(report, danger)).collect(),
            unreadable: changes.unreadable.iter().map(|file| Unreadable { path: &file.path, why: &file.why }).collect(),
        }
    }
}

fn identity(id: &ObjectId) -> Identity<'_> {
    Identity { group: &id.group, kind: &id.kind, namespace: id.namespace.as_deref(), name: &id.name }
}

fn object<'a>(report: &Report<'a>, change: &'a ObjectChange) -> Object<'a> {
    let whole = report.whole && matches!(change.action, Action::Added | Action::Removed);
    Object {
        action: change.action.word(),
        identity: identity(&change.id),
        old_path: change.old.as_ref().map(|old| old.path.as_str()),
        new_path: change.new.as_ref().map(|new| new.path.as_str()),
        source: report.place(change.new.as_ref().and_then(|new| new.origin)),
        body: change.version().filter(|_| whole).map(|version| data_to_json(&version.body)),
        fields: change.fields.iter().map(|change| field(report, change)).collect(),
    }
}

fn field(report: &Report<'_>, change: &FieldChange) -> Field {
    let (action, old, new, hidden) = match &change.difference {
        Difference::Added(new) => ("added", None, Some(data_to_json(new)), false),
        Difference::Removed(old) => ("removed", Some(data_to_json(old)), None, false),
        Difference::Changed { old, new } => ("changed", Some(data_to_json(old)), Some(data_to_json(new)), false),
        Difference::Reordered { old, new } => {
            ("reordered", Some(old.as_slice().into()), Some(new.as_slice().into()), false)
        }
        Difference::Hidden(Hidden::Added) => ("added", None, None, true),
        Difference::Hidden(Hidden::Removed) => ("removed", None, None, true),
        Difference::Hidden(Hidden::Changed) => ("changed", None, None, true),
    };
    Field { path: change.path.to_string(), action, old, new, hidden, source: report.place(change.origin) }
}

fn found<'a>(report: &Report<'a>, danger: &'a Danger) -> Found<'a> {
    Found {
        code: danger.code.id,
        name: danger.code.name,
        accepted: report.is_accepted(danger),
        message: &danger.message,
        why: &danger.why,
        help: &danger.help,
        accept: super::acceptance(danger),
        object: danger.object.as_ref().map(identity),
        path: danger.path.as_deref(),
        field: danger.field.as_ref().map(ToString::to_string),
        source: report.place(danger.origin),
    }
}
