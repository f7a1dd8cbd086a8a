//! Helm's hooks, and what Argo CD has for them.

use hlc_chart::manifest::RenderedObject;
use hlc_diag::Span;
use hlc_schema::Data;

const HOOK: &str = "helm.sh/hook";
const WEIGHT: &str = "helm.sh/hook-weight";
const DELETE: &str = "helm.sh/hook-delete-policy";

/// The moments that an object is a hook for; none for an object that is no hook.
pub(super) fn events(object: &RenderedObject) -> Vec<String> {
    let text = object.text(&["metadata", "annotations", HOOK]).unwrap_or_default();
    text.split(',').map(str::trim).filter(|event| !event.is_empty()).map(str::to_owned).collect()
}

/// True for what `helm test` runs.
pub(super) fn is_test(events: &[String]) -> bool {
    events.iter().any(|event| matches!(event.as_str(), "test" | "test-success" | "test-failure"))
}

/// Makes a hook of Argo CD of a hook of Helm; false when Argo CD has none like it.
///
/// Source: Argo CD, "Helm", "Helm Hooks" and "Sync Phases and Waves".
pub(super) fn as_argocd(body: &mut Data, events: &[String], span: Span) -> bool {
    let mut phases: Vec<&str> = Vec::new();
    for event in events {
        match event.as_str() {
            "pre-install" | "pre-upgrade" => phases.push("PreSync"),
            "post-install" | "post-upgrade" => phases.push("PostSync"),
            "post-delete" => phases.push("PostDelete"),
            // A definition is applied before everything else anyway.
            "crd-install" => phases.push(""),
            _ => {}
        }
    }
    phases.dedup();
    if phases.is_empty() {
        return false;
    }
    let metadata = body.as_map_mut().and_then(|body| body.get_mut("metadata")).and_then(Data::as_map_mut);
    let Some(annotations) = metadata.and_then(|metadata| metadata.get_mut("annotations")).and_then(Data::as_map_mut)
    else {
        return false;
    };
    annotations.remove(HOOK);
    phases.retain(|phase| !phase.is_empty());
    if !phases.is_empty() {
        annotations.insert("argocd.argoproj.io/hook", span, Data::string(phases.join(","), span));
    }
    if let Some(weight) = annotations.remove(WEIGHT) {
        // Weights are text in YAML, and numbers where the chart forgot the quotes.
        let text = match weight.value.as_integer() {
            Some(number) => number.to_string(),
            None => weight.value.as_str().unwrap_or("0").to_owned(),
        };
        annotations.insert("argocd.argoproj.io/sync-wave", span, Data::string(text, span));
    }
    if let Some(policy) = annotations.remove(DELETE) {
        let policies = policy.value.as_str().unwrap_or_default().split(',').filter_map(|policy| match policy.trim() {
            "before-hook-creation" => Some("BeforeHookCreation"),
            "hook-succeeded" => Some("HookSucceeded"),
            "hook-failed" => Some("HookFailed"),
            _ => None,
        });
        let policies: Vec<&str> = policies.collect();
        if !policies.is_empty() && !phases.is_empty() {
            annotations.insert("argocd.argoproj.io/hook-delete-policy", span, Data::string(policies.join(","), span));
        }
    }
    true
}
