//! `extra`: fields of a vendor's object that hlc has no word for.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, FreeBlock};

use crate::lower::Lower;
use crate::resolve::{Place, Resolver, merge};

pub(crate) const CODES: &[&Code] = &[&EXTRA_IDENTITY, &EXTRA_REPLACES];

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

/// An `extra` that says otherwise than its block.
pub(crate) static EXTRA_REPLACES: Code = Code {
    id: "HLC0661",
    name: "extra-replaces",
    severity: Severity::Warning,
    summary: "an `extra` that replaces what a field of its block says",
    explain: "`extra` is for fields that the block has no word for; the `container` and `pod` of an `app` are the same for theirs. What \
              stands there wins over what hlc makes by itself. Where it wins over a field that is written in the block, that field \
              says nothing any more, and whoever changes it will wonder.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" replicas=2 { extra { spec \
          replicas=3 } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"web:1\" replicas=2 { extra { spec \
           minReadySeconds=10 } }\n}",
};

/// Reports what data, merged over another, replaces there that was written, and not made at one of these places.
pub(super) fn say_replaced(base: &Data, over: &Data, made: &[Span], resolver: &Resolver<'_>) {
    let mut open = vec![(base, over)];
    while let Some((base, over)) = open.pop() {
        for (key, entry) in over.as_map().into_iter().flat_map(hlc_schema::Map::iter) {
            let Some(under) = base.get(key) else { continue };
            if under.as_map().is_some() && entry.value.as_map().is_some() {
                open.push((under, &entry.value));
                continue;
            }
            // Of a list the items are what is written.
            let written = under.as_list().map_or(Some(under.span), |items| items.first().map(|item| item.span));
            let Some(written) = written.filter(|span| !made.contains(span) && !base.span.eq(span)) else { continue };
            if hlc_kube::data_to_json(under) != hlc_kube::data_to_json(&entry.value) {
                resolver.report(
                    Diagnostic::new(
                        &EXTRA_REPLACES,
                        entry.key_span,
                        format!("`{key}` is written twice, and this one is taken"),
                    )
                    .label(written, "this says nothing any more")
                    .help("write it in one of the two places"),
                );
            }
        }
    }
}

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
    say_replaced(&object.body, &data, &[object.origin, object.body.span], lower.resolver);
    merge(&mut object.body, data, lower.resolver)
}
