//! Items of a list that must differ and do not.

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
            selector app=web
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
            selector app=web
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
    for (index, item) in items.iter().enumerate() {
        let Some(values) = values(keys, item) else { continue };
        let earlier = items.iter().take(index).find(|other| self::values(keys, other).as_ref() == Some(&values));
        let (Some(earlier), Some(first)) = (earlier, keys.first()) else { continue };
        let place = item.get(first).map_or(item.span, |data| data.span);
        let other = earlier.get(first).map_or(earlier.span, |data| data.span);
        let shown: Vec<_> = keys.iter().zip(&values).map(|(key, value)| format!("{key} {value}")).collect();
        let message = format!("two items of `{}` have {}", walk.path(), shown.join(" and "));
        let finding =
            Diagnostic::new(&DUPLICATE_ITEM, place, message).here("the second one").label(other, "the first one");
        walk.report(finding);
    }
}

fn values(keys: &[&'static str], item: &Data) -> Option<Vec<String>> {
    let (first, rest) = keys.split_first()?;
    let first = scalar(item.get(first)?)?;
    let mut values = vec![first];
    for key in rest {
        // `protocol` is the only key with a default.
        values.push(item.get(key).map_or(Some("TCP".to_owned()), scalar)?);
    }
    Some(values)
}

fn scalar(data: &Data) -> Option<String> {
    match &data.value {
        DataValue::String(text) => Some(show::kdl_text(text)),
        DataValue::Integer(number) => Some(number.to_string()),
        DataValue::Null | DataValue::Bool(_) | DataValue::Float(_) | DataValue::List(_) | DataValue::Map(_) => None,
    }
}
