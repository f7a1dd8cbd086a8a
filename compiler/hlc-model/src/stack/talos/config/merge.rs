//! Merging patches the way Talos does (`pkg/machinery/config/merge`, documented under "Configuration Patches").
//!
//! - Maps are merged key by key; a value is replaced.
//! - Lists are appended. The exceptions are those of Talos' own types: [`LISTS`].
//! - `$patch: delete` takes away the map it stands in, or, in an item of a list, the items that have its other values.
//!
//! In one thing hlc is more direct: Talos cannot tell `0` and `""` from nothing and ignores them in a patch; here they
//! replace what they stand over.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue, Map};

use super::DocumentId;
use crate::resolve::Resolver;

/// A patch of another shape than what it is merged over.
pub(crate) static PATCH_SHAPE: Code = Code {
    id: "HLC0815",
    name: "patch-shape",
    severity: Severity::Error,
    summary: "a patch of another shape than what it is merged over",
    explain: "A map is merged over a map and a list is appended to a list; Talos would refuse anything else.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
          patch { machine kubelet=fast }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
           patch { machine { kubelet { extraArgs v=\"4\" } } }\n}",
};

/// How a list or map of Talos is merged that has a way of its own.
#[derive(Clone, Copy)]
enum Rule {
    /// The nearer one takes the place of the farther one.
    Replace,
    /// Items that agree in one of these keys, the first that an item has, are merged.
    By(&'static [&'static str]),
}

/// The paths with a rule of their own: in the Go types they have the tag `merge:"replace"` or a method `Merge`.
const LISTS: &[(&str, &[&str], Rule)] = &[
    ("", &["cluster", "network", "podSubnets"], Rule::Replace),
    ("", &["cluster", "network", "serviceSubnets"], Rule::Replace),
    ("", &["cluster", "apiServer", "auditPolicy"], Rule::Replace),
    ("", &["cluster", "apiServer", "admissionControl"], Rule::By(&["name"])),
    ("", &["machine", "network", "interfaces"], Rule::By(&["interface", "deviceSelector"])),
    ("", &["machine", "network", "interfaces", "vlans"], Rule::By(&["vlanId"])),
    ("ExtensionServiceConfig", &["configFiles"], Rule::By(&["mountPath"])),
    ("NetworkRuleConfig", &["ingress"], Rule::Replace),
    ("NetworkRuleConfig", &["portSelector", "ports"], Rule::Replace),
];

/// Merges a patch over a document; false after reporting.
pub(super) fn merge(id: &DocumentId, document: &mut Data, patch: Data, resolver: &Resolver<'_>) -> bool {
    Merge { kind: &id.kind, path: Vec::new(), resolver, whole: true }.run(document, patch)
}

/// A patch for a document that is not there is the document.
pub(super) fn new_document(mut patch: Data) -> Data {
    strip_deletions(&mut patch);
    patch
}

struct Merge<'a, 'm> {
    kind: &'a str,
    /// The keys that lead to what is being merged; items of lists add none.
    path: Vec<String>,
    resolver: &'a Resolver<'m>,
    whole: bool,
}

impl Merge<'_, '_> {
    fn run(mut self, document: &mut Data, patch: Data) -> bool {
        self.value(document, patch);
        self.whole
    }

    fn rule(&self) -> Option<Rule> {
        let here = |path: &[&str]| self.path.iter().map(String::as_str).eq(path.iter().copied());
        LISTS.iter().find(|(kind, path, _)| *kind == self.kind && here(path)).map(|(_, _, rule)| *rule)
    }

    fn value(&mut self, base: &mut Data, over: Data) {
        let span = over.span;
        match (&mut base.value, over.value) {
            (value @ (DataValue::Map(_) | DataValue::List(_)), new @ (DataValue::Map(_) | DataValue::List(_)))
                if matches!(self.rule(), Some(Rule::Replace)) =>
            {
                *value = new;
                base.span = span;
                strip_deletions(base);
            }
            (DataValue::Map(map), DataValue::Map(over)) => self.map(map, over),
            (DataValue::List(items), DataValue::List(over)) => self.list(items, over),
            // An empty or absent value takes any shape.
            (value @ DataValue::Null, new) => {
                *value = new;
                base.span = span;
            }
            (_, DataValue::Null) => {}
            (value, new) => {
                let either_holds = |value: &DataValue| matches!(value, DataValue::Map(_) | DataValue::List(_));
                if !either_holds(value) && !either_holds(&new) {
                    *base = Data::new(new, span);
                    return;
                }
                self.mismatch(base, &Data::new(new, span));
            }
        }
    }

    fn map(&mut self, base: &mut Map, over: Map) {
        for (key, entry) in over.into_entries() {
            if is_deletion(&entry.value) {
                base.remove(&key);
                continue;
            }
            self.path.push(key.to_string());
            match base.get_mut(&key) {
                Some(under) => self.value(under, entry.value),
                None => {
                    let mut value = entry.value;
                    strip_deletions(&mut value);
                    base.insert(key, entry.key_span, value);
                }
            }
            self.path.pop();
        }
    }

    fn list(&mut self, base: &mut Vec<Data>, over: Vec<Data>) {
        let rule = self.rule();
        for mut item in over {
            if is_deletion(&item) {
                base.retain(|known| !selects(&item, known));
                continue;
            }
            let same = match rule {
                Some(Rule::By(keys)) => base.iter_mut().find(|known| agree(keys, known, &item)),
                Some(Rule::Replace) | None => None,
            };
            match same {
                Some(known) => self.value(known, item),
                None => {
                    strip_deletions(&mut item);
                    base.push(item);
                }
            }
        }
    }

    fn mismatch(&mut self, base: &Data, over: &Data) {
        self.whole = false;
        let message =
            format!("the patch has {} at `{}`, not {}", over.describe(), self.path.join("."), base.describe());
        let diagnostic = Diagnostic::new(&PATCH_SHAPE, over.span, message);
        let what = format!("this makes {} there", base.describe());
        self.resolver.report(if base.span == over.span { diagnostic } else { diagnostic.label(base.span, what) });
    }
}

/// True when the first of the keys that the item has is there in both with one value.
fn agree(keys: &[&str], known: &Data, item: &Data) -> bool {
    let key = keys.iter().find(|key| item.get(key).is_some());
    key.is_some_and(|key| match (known.get(key), item.get(key)) {
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    })
}

/// True when both mean the same, wherever they are written.
fn same(a: &Data, b: &Data) -> bool {
    hlc_kube::data_to_json(a) == hlc_kube::data_to_json(b)
}

/// True for `$patch: delete`.
fn is_deletion(data: &Data) -> bool {
    data.get("$patch").and_then(Data::as_str) == Some("delete")
}

/// True when an item to be deleted has nothing that the known one has otherwise.
fn selects(deletion: &Data, known: &Data) -> bool {
    let wanted = deletion.as_map().into_iter().flat_map(Map::iter).filter(|(key, _)| *key != "$patch");
    wanted.into_iter().all(|(key, entry)| known.get(key).is_some_and(|value| same(value, &entry.value)))
}

/// Takes out what deletes something that is not there.
fn strip_deletions(data: &mut Data) {
    match &mut data.value {
        DataValue::Map(map) => {
            let gone: Vec<String> =
                map.iter().filter(|(_, entry)| is_deletion(&entry.value)).map(|(key, _)| key.to_owned()).collect();
            for key in gone {
                map.remove(&key);
            }
            let keys: Vec<String> = map.iter().map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                map.get_mut(&key).into_iter().for_each(strip_deletions);
            }
        }
        DataValue::List(items) => {
            items.retain(|item| !is_deletion(item));
            items.iter_mut().for_each(strip_deletions);
        }
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}
