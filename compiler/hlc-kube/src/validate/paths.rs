//! Paths of mounts and volumes.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, Map};

use super::show;
use super::walk::Walk;

/// A path that the API server refuses.
pub(super) static BAD_PATH: Code = Code {
    id: "HLC0515",
    name: "volume-path",
    severity: Severity::Error,
    summary: "a path that leads out of its volume",
    explain: "`subPath` is a path inside of the volume: it has no `/` in front and no `..`. A `hostPath` has no `..` either. The API \
              server refuses the pod.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { volumeMounts { - name=data mountPath="/data" subPath="/web" } } }
            volumes { - name=data { emptyDir {} } }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { volumeMounts { - name=data mountPath="/data" subPath="web" } } }
            volumes { - name=data { emptyDir {} } }
        }
    }
}"#,
};

/// A mount at no absolute path.
pub(super) static RELATIVE_MOUNT: Code = Code {
    id: "HLC0520",
    name: "relative-mount",
    severity: Severity::Warning,
    summary: "a volume that is mounted at a path without `/` in front",
    explain: "The container sees the volume below `/`, whatever its working directory is: `data` is `/data`. Whoever wrote it may have \
              meant another place. `hlc check --fix` writes the path that is used.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { volumeMounts { - name=data mountPath="data" } } }
            volumes { - name=data { emptyDir {} } }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        spec {
            containers { - name=web image="web:1" { volumeMounts { - name=data mountPath="/data" } } }
            volumes { - name=data { emptyDir {} } }
        }
    }
}"#,
};

/// Judges a `volumeMounts` entry.
pub(super) fn mount(walk: &mut Walk<'_>, map: &Map) {
    if let Some((path, text)) = text(map, "mountPath")
        && !text.starts_with('/')
        && !text.is_empty()
        // A drive of Windows.
        && !text.contains(':')
    {
        // kubelet, MakeAbsolutePath.
        let finding = Diagnostic::new(&RELATIVE_MOUNT, path.span, format!("`{text}` does not begin with `/`"))
            .here(format!("the container sees it at `/{text}`"));
        walk.report(show::replace(finding, path.span, text, &show::quoted(&format!("/{text}"))));
    }
    for field in ["subPath", "subPathExpr"] {
        let Some((path, text)) = text(map, field) else { continue };
        // pkg/apis/core/validation, validateLocalDescendingPath.
        let fault = match text {
            _ if text.starts_with('/') => "it is a path inside of the volume, without `/` in front",
            _ if has_parent(text) => "it must not lead upwards with `..`",
            _ => continue,
        };
        let message = format!("`{}` does not take `{text}`", walk.path_of(field));
        walk.report(Diagnostic::new(&BAD_PATH, path.span, message).here(fault));
    }
}

/// Judges a `hostPath`.
pub(super) fn host(walk: &mut Walk<'_>, map: &Map) {
    let Some((path, text)) = text(map, "path").filter(|(_, text)| has_parent(text)) else { return };
    let message = format!("`{}` does not take `{text}`", walk.path_of("path"));
    walk.report(Diagnostic::new(&BAD_PATH, path.span, message).here("it must not lead upwards with `..`"));
}

fn text<'m>(map: &'m Map, field: &str) -> Option<(&'m Data, &'m str)> {
    let data = map.get(field)?;
    Some((data, data.as_str()?))
}

fn has_parent(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}
