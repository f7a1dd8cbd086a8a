//! Items of a list that must differ and do not.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue};

use super::show;
use super::walk::Walk;

/// Two items of a list with the same key.
pub(super) static DUPLICATE_ITEM: Code = Code {
    id: "HLC0509",
    name: "duplicate-list-item",
    severity: Severity::Error,
    summary: "two items of a list have the same key",
    explain: "Kubernetes tells the items of these lists apart by a key: containers, volumes and variables by `name`, mounts by \
              `mountPath`, ports by number and protocol. Two items with one key are refused, or the later one silently wins.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports {
                - name=http port=80
                - name=http port=8080
            }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Service "web" {
        spec {
            ports {
                - name=http port=80
                - name=admin port=8080
            }
        }
    }
}"#,
};

/// Reports every item that repeats the keys of an earlier one. An item without the first key takes no part.
pub(super) fn find(walk: &mut Walk<'_>, keys: &[&'static str], items: &[Data]) {
    if items.len() < 2 {
        return;
    }
    let mut seen: HashMap<Vec<Value<'_>>, &Data> = HashMap::with_capacity(items.len());
    for item in items {
        let Some(values) = values(keys, item) else { continue };
        match seen.entry(values) {
            Entry::Vacant(entry) => {
                entry.insert(item);
            }
            Entry::Occupied(earlier) => {
                let place =
                    |item: &Data| keys.first().and_then(|key| item.get(key)).map_or(item.span, |data| data.span);
                let shown: Vec<_> =
                    keys.iter().zip(earlier.key()).map(|(key, value)| format!("{key} {value}")).collect();
                let message = format!("two items of `{}` have {}", walk.path(), shown.join(" and "));
                let finding = Diagnostic::new(&DUPLICATE_ITEM, place(item), message)
                    .here("the second one")
                    .label(place(earlier.get()), "the first one");
                walk.report(finding);
            }
        }
    }
}

/// The value of a key; two that are equal are one key to Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Value<'a> {
    Text(&'a str),
    Number(i128),
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&show::kdl_text(text)),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

fn values<'a>(keys: &[&'static str], item: &'a Data) -> Option<Vec<Value<'a>>> {
    let (first, rest) = keys.split_first()?;
    let mut values = vec![scalar(item.get(first)?)?];
    for key in rest {
        // `protocol` is the only key with a default.
        values.push(item.get(key).map_or(Some(Value::Text("TCP")), scalar)?);
    }
    Some(values)
}

fn scalar(data: &Data) -> Option<Value<'_>> {
    match &data.value {
        DataValue::String(text) => Some(Value::Text(text)),
        DataValue::Integer(number) => Some(Value::Number(number.get())),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Float(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => None,
    }
}
