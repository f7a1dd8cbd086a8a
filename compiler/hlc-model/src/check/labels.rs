//! Label selectors (Kubernetes API, `LabelSelector`).

use hlc_schema::{Data, Map};

use super::pod_references::items;

/// True when a selector matches the labels of a pod template.
pub(super) fn selects(selector: &Map, template: &Data) -> bool {
    let labels = template.at(&["metadata", "labels"]).and_then(Data::as_map);
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Data::as_str);
    let plain = selector.get("matchLabels").and_then(Data::as_map);
    let mut plain = plain.into_iter().flat_map(Map::iter);
    plain.all(|(key, entry)| label(key) == entry.value.as_str())
        && selector
            .get("matchExpressions")
            .and_then(Data::as_list)
            .into_iter()
            .flatten()
            .all(|wanted| fits(wanted, &label))
}

/// True when labels fit an expression: `key`, `operator`, `values`.
pub(super) fn fits<'l>(wanted: &Data, label: &impl Fn(&str) -> Option<&'l str>) -> bool {
    let Some(key) = wanted.get("key").and_then(Data::as_str) else { return true };
    let among = |text: &str| items(wanted, "values").any(|value| value.as_str() == Some(text));
    let number = |text: &str| text.parse::<i64>().ok();
    let bound = || items(wanted, "values").next().and_then(Data::as_str).and_then(number);
    match wanted.get("operator").and_then(Data::as_str) {
        Some("In") => label(key).is_some_and(among),
        Some("NotIn") => !label(key).is_some_and(among),
        Some("Exists") => label(key).is_some(),
        Some("DoesNotExist") => label(key).is_none(),
        Some("Gt") => label(key).and_then(number).zip(bound()).is_some_and(|(has, bound)| has > bound),
        Some("Lt") => label(key).and_then(number).zip(bound()).is_some_and(|(has, bound)| has < bound),
        _ => true,
    }
}
