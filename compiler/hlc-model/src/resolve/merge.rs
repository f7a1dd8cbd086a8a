//! Merging maps: deep, lists replaced, the later wins.

use hlc_diag::Diagnostic;
use hlc_schema::{Data, DataValue};

use super::Resolver;
use super::codes::MERGE_SHAPE;

/// Merges `over` into `base`. A map against a scalar or list is reported; null wins over anything, since Helm deletes a
/// default that way.
pub(crate) fn merge(base: &mut Data, over: Data, resolver: &Resolver<'_>) -> Option<()> {
    let (base_is_map, over_is_map) = (base.as_map().is_some(), over.as_map().is_some());
    let either_null = matches!(base.value, DataValue::Null) || matches!(over.value, DataValue::Null);
    match (&mut base.value, over.value) {
        (DataValue::Map(base), DataValue::Map(over)) => {
            let mut whole = Some(());
            for (key, entry) in over.into_entries() {
                match base.get_mut(&key) {
                    Some(under) => whole = whole.and(merge(under, entry.value, resolver)),
                    None => {
                        base.insert(key, entry.key_span, entry.value);
                    }
                }
            }
            whole
        }
        (_, value) if base_is_map == over_is_map || either_null => {
            *base = Data::new(value, over.span);
            Some(())
        }
        (_, value) => {
            let over = Data::new(value, over.span);
            resolver.report(
                Diagnostic::new(
                    &MERGE_SHAPE,
                    over.span,
                    format!("{} cannot be merged over {}", over.describe(), base.describe()),
                )
                .label(base.span, format!("this is {}", base.describe()))
                .help("give both the same shape"),
            );
            None
        }
    }
}
