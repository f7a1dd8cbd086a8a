//! Requests stay below limits.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, Map};

use super::quantity::amount;
use super::walk::Walk;

/// A request that its limit does not allow.
pub(super) static OVER_LIMIT: Code = Code {
    id: "HLC0516",
    name: "request-over-limit",
    severity: Severity::Error,
    summary: "a request that does not fit its limit",
    explain: "What a container asks for is at most its limit. Of devices such as `nvidia.com/gpu`, and of huge pages, request and limit \
              are the same whole number, and there is no request without a limit. The API server refuses the pod otherwise.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { resources { requests memory="1Gi"; limits memory="512Mi" } } }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { resources { requests memory="512Mi"; limits memory="1Gi" } } }
        }
    }
}"#,
};

/// Judges the `resources` of a container (pkg/apis/core/validation, ValidateContainerResourceRequirements).
pub(super) fn find(walk: &mut Walk<'_>, map: &Map) {
    let requests = map.get("requests").and_then(Data::as_map);
    let limits = map.get("limits").and_then(Data::as_map);
    for (name, entry) in requests.into_iter().flat_map(Map::iter) {
        let Some(request) = amount(&entry.value) else { continue };
        let limit = limits.and_then(|limits| limits.get(name));
        let whole = !can_be_overcommitted(name);
        let Some(limit) = limit else {
            if whole {
                let message = format!("`{name}` is asked for without a limit");
                walk.report(
                    Diagnostic::new(&OVER_LIMIT, entry.value.span, message)
                        .here("it needs a limit of the same number")
                        .help("write it in `limits`; the request is the same then by itself"),
                );
            }
            continue;
        };
        let Some(allowed) = amount(limit) else { continue };
        if request > allowed || (whole && request != allowed) {
            let message = match whole {
                true => format!("request and limit of `{name}` are not the same"),
                false => format!("more `{name}` is asked for than the limit allows"),
            };
            walk.report(Diagnostic::new(&OVER_LIMIT, entry.value.span, message).label(limit.span, "this is its limit"));
        }
    }
}

/// True for what may be promised to more containers than there is of it: everything of Kubernetes' own but huge pages
/// (pkg/apis/core/helper, IsOvercommitAllowed).
fn can_be_overcommitted(resource: &str) -> bool {
    let native =
        !resource.contains('/') || resource.split('/').next().is_some_and(|domain| domain.ends_with("kubernetes.io"));
    native && !resource.starts_with("hugepages-")
}
