//! The values of Secrets, which nobody is shown.

use hlc_diag::Span;
use hlc_schema::{Data, DataValue};

use crate::{Difference, FieldChange, FieldPath, Hidden, ObjectId, Step};

/// Stands for a value that is not shown.
const MASK: &str = "(hidden)";

/// What of a Secret may be shown; of everything else at most that it changed. Values may stand in `data` and `stringData`, but also
/// in annotations: kubectl keeps a copy of the whole object in one.
const SHOWN: [&[&str]; 7] = [
    &["apiVersion"],
    &["kind"],
    &["type"],
    &["immutable"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "labels"],
];

/// True for an object whose values are secret.
pub(crate) fn is_secret(id: &ObjectId) -> bool {
    id.is("", "Secret")
}

fn is_shown(path: &FieldPath) -> bool {
    SHOWN.iter().any(|shown| path.starts_with(shown))
}

/// The changes of a Secret without its values. What came or went whole, such as `data`, becomes one change for each of its keys.
pub(crate) fn hide(changes: Vec<FieldChange>) -> Vec<FieldChange> {
    let mut hidden = Vec::new();
    for FieldChange { mut path, difference, origin } in changes {
        if is_shown(&path) {
            hidden.push(FieldChange { path, difference, origin });
            continue;
        }
        match &difference {
            Difference::Added(data) => each(&mut path, data, Hidden::Added, origin, &mut hidden),
            Difference::Removed(data) => each(&mut path, data, Hidden::Removed, origin, &mut hidden),
            Difference::Changed { .. } | Difference::Reordered { .. } | Difference::Hidden(_) => {
                hidden.push(FieldChange { path, difference: Difference::Hidden(Hidden::Changed), origin });
            }
        }
    }
    hidden
}

fn each(path: &mut FieldPath, data: &Data, what: Hidden, origin: Option<Span>, into: &mut Vec<FieldChange>) {
    let Some(map) = data.as_map().filter(|map| !map.is_empty()) else {
        into.push(FieldChange { path: path.clone(), difference: Difference::Hidden(what), origin });
        return;
    };
    for (key, entry) in map.iter() {
        path.push(Step::Key(key.to_owned()));
        each(path, &entry.value, what, origin, into);
        path.pop();
    }
}

/// Puts a mask in the place of every value of a Secret that may not be shown.
pub(crate) fn mask(body: &mut Data) {
    fn all(data: &mut Data, path: &mut Vec<String>) {
        let way: Vec<&str> = path.iter().map(String::as_str).collect();
        if SHOWN.iter().any(|shown| way.starts_with(shown)) {
            return;
        }
        if let DataValue::Map(map) = &mut data.value {
            map.each_value(&mut |key, value| {
                path.push(key.to_owned());
                all(value, path);
                path.pop();
            });
        } else {
            data.value = DataValue::string(MASK);
        }
    }
    all(body, &mut Vec::new());
}
