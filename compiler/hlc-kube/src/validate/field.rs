//! A field that the schema does not have here.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::suggest::{list_names, nearest};
use hlc_schema::{Data, DataValue, Map, MapEntry};

use super::show;
use super::walk::Walk;
use crate::schema::{self, Definition, Field, KUBERNETES_VERSION, Type};

/// A field that the schema does not have here.
pub(super) static UNKNOWN_FIELD: Code = Code {
    id: "HLC0501",
    name: "unknown-object-field",
    severity: Severity::Error,
    summary: "an object has a field that its kind does not know",
    explain: "The API server drops fields it does not know, so a misspelt or misplaced one is a setting that silently never \
              takes effect (with server-side apply the whole object is refused). hlc compares every field with the schema \
              of its kind, looks for the name you meant, and for another level where a field of that name belongs: most \
              often it is the pod's `spec` (`spec.template.spec`) that was left out.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            selectors app=web
            ports { - name=http port=80 }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports { - name=http port=80 }
        }
    }
}"#,
};

/// Names that are found nearly everywhere, so that finding them elsewhere says nothing.
const COMMON: &[&str] = &["name", "namespace", "kind", "type", "key", "value", "optional", "items", "spec", "status"];

/// How far down a misplaced field is looked for: `spec` of a Deployment to a container is three steps.
const DEEPEST: usize = 3;

pub(super) fn unknown(
    walk: &mut Walk<'_>,
    definition: &'static Definition,
    map: &Map,
    key: &str,
    entry: &MapEntry,
) -> Diagnostic {
    let finding = Diagnostic::new(
        &UNKNOWN_FIELD,
        entry.key_span,
        format!("{} has no field `{}`", show::a(walk.kind()), walk.path_of(key)),
    );
    let names = || definition.fields().iter().map(|field| field.name).filter(|name| map.entry(name).is_none());
    let near = nearest(key, names());
    let fits = |name| definition.field(name).is_some_and(|field| fits(&field.takes, &entry.value));
    if let Some(name) = near
        && is_slip(key, name)
        && fits(name)
    {
        return renamed(walk, finding, definition, name, (key, entry));
    }
    if let Some(home) = above(walk, key).or_else(|| below(walk, definition, map, key)) {
        walk.meant(home.path.clone());
        let finding =
            finding.here(format!("belongs in `{}`", home.parent())).help(format!("write it in `{}`", home.shown));
        return documented(finding, home.field);
    }
    if let Some(name) = near {
        return renamed(walk, finding, definition, name, (key, entry));
    }
    let fields: Vec<_> = definition.fields().iter().map(|field| field.name).filter(|name| *name != "status").collect();
    finding
        .here("unknown field")
        .help(format!("the fields of {} are {}", definition.short_name(), list_names(&fields, "and")))
        .note(format!("judged by the schemas of Kubernetes {KUBERNETES_VERSION}"))
}

fn renamed(
    walk: &mut Walk<'_>,
    finding: Diagnostic,
    definition: &'static Definition,
    name: &'static str,
    (key, entry): (&str, &MapEntry),
) -> Diagnostic {
    walk.meant(walk.path_of(name));
    let finding = finding.here(format!("did you mean `{name}`?"));
    let finding = show::suggest(finding, entry.key_span, key, &show::kdl_text(name));
    match definition.field(name) {
        Some(field) => documented(finding, field),
        None => finding,
    }
}

fn documented(finding: Diagnostic, field: &Field) -> Diagnostic {
    if field.doc.is_empty() { finding } else { finding.note(format!("`{}`: {}", field.name, field.doc)) }
}

/// True when a value has the shape that a field takes.
fn fits(takes: &Type, data: &Data) -> bool {
    match (takes, &data.value) {
        (Type::Any, _) => true,
        (Type::List { .. }, value) => matches!(value, DataValue::List(_)),
        (Type::Object(_) | Type::Map { .. }, value) => matches!(value, DataValue::Map(_)),
        (_, value) => !matches!(value, DataValue::List(_) | DataValue::Map(_)),
    }
}

/// True for a name that differs in case or in one letter, a plural for instance.
fn is_slip(written: &str, name: &str) -> bool {
    let (written, name) = (written.to_lowercase(), name.to_lowercase());
    written == name
        || (written.len() > 3 && name.strip_suffix('s') == Some(written.as_str()))
        || (name.len() > 3 && written.strip_suffix('s') == Some(name.as_str()))
}

/// Where a misplaced field belongs.
struct Home {
    /// Its full path in the object.
    path: String,
    /// How its parent is written: `spec { template { spec { … } } }`.
    shown: String,
    field: &'static Field,
}

impl Home {
    fn parent(&self) -> &str {
        self.path.rsplit_once('.').map_or(self.path.as_str(), |(parent, _)| parent)
    }
}

/// A field of a map around this one.
fn above(walk: &Walk<'_>, key: &str) -> Option<Home> {
    if COMMON.contains(&key) {
        return None;
    }
    let mut maps = walk.above.iter().rev().skip(1);
    let (field, length) = maps.find_map(|(definition, length)| definition.field(key).map(|field| (field, *length)))?;
    let parent = walk.path_to(length);
    let path = if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") };
    let shown = if parent.is_empty() { format!("the {} itself", walk.kind()) } else { parent };
    Some(Home { path, shown, field })
}

/// A field of a map within this one: the nearest, if there is only one that near, or one that must or does exist.
fn below(walk: &Walk<'_>, definition: &'static Definition, map: &Map, key: &str) -> Option<Home> {
    if COMMON.contains(&key) {
        return None;
    }
    let mut level: Vec<(Vec<&'static Field>, &'static Definition)> = vec![(Vec::new(), definition)];
    for _ in 0..DEEPEST {
        level = level
            .iter()
            .flat_map(|(steps, definition)| {
                definition.fields().iter().filter(|field| field.name != "status").filter_map(|field| {
                    let inner = inner(&field.takes)?;
                    // Schemas of CRDs contain themselves.
                    (inner.name != definition.name).then(|| (steps.iter().copied().chain([field]).collect(), inner))
                })
            })
            .collect();
        let homes: Vec<_> =
            level.iter().filter_map(|(steps, definition)| Some((steps, definition.field(key)?))).collect();
        let likely: Vec<_> = homes
            .iter()
            .filter(|(steps, _)| steps.iter().all(|step| step.required))
            .chain(homes.iter().filter(|(steps, _)| steps.first().is_some_and(|step| map.entry(step.name).is_some())))
            .collect();
        let one = match (likely.as_slice(), homes.as_slice()) {
            ([one], _) => Some(*one),
            ([first, second], _) if first.0.len() == second.0.len() && is_same(first.0, second.0) => Some(*first),
            ([], [one]) => Some(one),
            _ => None,
        };
        if let Some((steps, field)) = one {
            return Some(home(walk, steps, field));
        }
        if !homes.is_empty() {
            return None;
        }
    }
    None
}

fn is_same(a: &[&'static Field], b: &[&'static Field]) -> bool {
    a.iter().zip(b).all(|(a, b)| std::ptr::eq(*a, *b))
}

fn home(walk: &Walk<'_>, steps: &[&'static Field], field: &'static Field) -> Home {
    let mut path = walk.path();
    let mut shown = String::new();
    for step in steps {
        let list = matches!(step.takes, Type::List { .. });
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(step.name);
        path.push_str(if list { "[]" } else { "" });
        shown.push_str(step.name);
        shown.push_str(if list { " { - " } else { " { " });
    }
    let dots = format!("{shown}{} …{}", field.name, " }".repeat(steps.len()));
    Home { path: format!("{path}.{}", field.name), shown: dots, field }
}

/// The map that a field's value is or holds.
fn inner(takes: &Type) -> Option<&'static Definition> {
    let takes = if let Type::List { item, .. } = takes { item } else { takes };
    if let Type::Object(id) = takes { schema::definition(*id) } else { None }
}
