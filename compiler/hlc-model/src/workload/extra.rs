//! `extra`: fields of a vendor's object that hlc has no word for.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, FreeBlock};

use crate::lower::Lower;
use crate::resolve::{Place, merge};

pub(crate) const CODES: &[&Code] = &[&EXTRA_IDENTITY];

/// An `extra` that would make another object.
pub(crate) static EXTRA_IDENTITY: Code = Code {
    id: "HLC0412",
    name: "extra-identity",
    severity: Severity::Error,
    summary: "an `extra` that says which object it is",
    explain: "`extra` is merged over the object that a building block makes: maps deep, lists replaced. Kind, name and namespace \
              of the object come from the block itself.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
          route \"web\" service=\"web\" port=80 { extra { metadata name=other } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
           route \"web\" service=\"web\" port=80 { extra { metadata { labels tier=front } } }\n}",
};

/// Merges an `extra` over an object; `None` after reporting.
pub(crate) fn merge_extra(object: &mut PlannedObject, extra: &FreeBlock, lower: &Lower<'_>) -> Option<()> {
    let data = lower.resolver.data(&extra.value, lower.scope, Place::Manifest)?;
    let metadata = |key| data.get("metadata").and_then(Data::as_map).and_then(|map| map.entry(key));
    let top = |key| data.as_map().and_then(|map| map.entry(key));
    let identity = [("apiVersion", top("apiVersion")), ("kind", top("kind"))];
    let identity = identity.into_iter().chain([("name", metadata("name")), ("namespace", metadata("namespace"))]);
    let mut sound = Some(());
    for (key, entry) in identity.filter_map(|(key, entry)| Some((key, entry?))) {
        lower.resolver.report(
            Diagnostic::new(
                &EXTRA_IDENTITY,
                entry.key_span,
                format!("`{key}` of this {} is not its to give", object.kind),
            )
            .label(object.origin, "the object is made here")
            .help(format!("remove `{key}` from `extra`")),
        );
        sound = None;
    }
    sound?;
    merge(&mut object.body, data, lower.resolver)
}
