//! Nobody asks for a login any more.

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule, gone};
use crate::{Difference, FieldChange, ObjectChange, ObjectId};

pub(super) const RULE: Rule = Rule { code: &GUARD_REMOVED, example: EXAMPLE, run };

/// What kept strangers out goes.
pub(crate) static GUARD_REMOVED: Code = Code {
    id: "HLC1083",
    name: "guard-removed",
    severity: Severity::Error,
    summary: "what asked for a login, or kept others out, is removed",
    explain: "A host loses its single sign-on, a route its filter or middleware, an Ingress the annotation that asks for a login, a \
              namespace its NetworkPolicy. What lay behind it answers everybody who gets there.\n\nKeep the guard, or see that \
              something else asks for a login; then accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: web, annotations: \
          {nginx.ingress.kubernetes.io/auth-url: \"https://auth.example.net\", a: b}}\n",
    dangerous: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: web, annotations: {a: b}}\n",
    fine: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: web, annotations: \
           {nginx.ingress.kubernetes.io/auth-url: \"https://login.example.net\"}}\n",
};

/// Objects that are nothing but a guard.
const GUARDS: [(&str, &str); 7] = [
    ("networking.k8s.io", "NetworkPolicy"),
    ("cilium.io", "CiliumNetworkPolicy"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
    ("gateway.envoyproxy.io", "SecurityPolicy"),
    ("security.istio.io", "AuthorizationPolicy"),
    ("security.istio.io", "RequestAuthentication"),
    ("traefik.io", "Middleware"),
];

/// Annotations of ingress controllers that ask for a login.
const ANNOTATIONS: [&str; 6] = [
    "nginx.ingress.kubernetes.io/auth-url",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-secret",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "nginx.ingress.kubernetes.io/whitelist-source-range",
    "traefik.ingress.kubernetes.io/router.middlewares",
];

/// What of a Traefik Middleware asks for a login or keeps others out.
const MIDDLEWARES: [&str; 4] = ["forwardAuth", "basicAuth", "digestAuth", "ipAllowList"];

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in gone(question).filter(|change| is_guard(&change.id)) {
        // Traefik's middlewares do many things; with its route it no longer guards anything.
        let guards = change.id.kind != "Middleware"
            || change
                .old
                .as_ref()
                .is_some_and(|old| MIDDLEWARES.iter().any(|what| old.body.at(&["spec", what]).is_some()));
        let alone = !goes_with_its_workload(question, change);
        if guards && alone {
            found.push(told(Danger::of(&GUARD_REMOVED, change, format!("{} is removed", change.id))));
        }
    }
    for change in &question.changes.objects {
        if let Some((field, what)) = change.fields.iter().find_map(|field| Some((field, lost(change, field)?))) {
            let danger = Danger::of(&GUARD_REMOVED, change, format!("{} loses {what}", change.id));
            found.push(told(danger.field(&field.path, field.origin)));
        }
    }
    let Some(before) = question.before else { return };
    for (host, exposure) in
        question.after.hosts.iter().filter(|(_, exposure)| exposure.public && exposure.guard.is_none())
    {
        let guard = before.hosts.get(host).filter(|known| known.public).and_then(|known| known.guard.as_ref());
        if let Some(guard) = guard {
            let message = format!("nobody asks for a login at {host} any more (before: {guard})");
            let danger = Danger::at_large(&GUARD_REMOVED, message);
            found.push(told(Danger { origin: exposure.origin, ..danger }));
        }
    }
}

fn told(danger: Danger) -> Danger {
    danger
        .why("what lies behind it answers everybody who gets there")
        .help("keep it, or see that something else asks for a login")
}

fn is_guard(id: &ObjectId) -> bool {
    GUARDS.iter().any(|(group, kind)| id.is(group, kind))
}

/// True when a workload goes as a whole: there is nothing left to guard.
fn goes_with_its_workload(question: &Question<'_>, change: &ObjectChange) -> bool {
    let workloads = ["Deployment", "StatefulSet", "DaemonSet"];
    gone(question).any(|other| other.folder() == change.folder() && workloads.contains(&other.id.kind.as_str()))
}

/// What a change of a field takes away.
fn lost(change: &ObjectChange, field: &FieldChange) -> Option<String> {
    let Difference::Removed(old) = &field.difference else { return None };
    let path = &field.path;
    if path.starts_with(&["metadata", "annotations"]) {
        let all = old.as_map().into_iter().flat_map(|map| map.iter().map(|(key, _)| key));
        let mut keys = all.chain(path.last_key());
        return keys.find(|key| ANNOTATIONS.contains(key)).map(|key| format!("`{key}`"));
    }
    if change.id.is("traefik.io", "Middleware") {
        return path.last_key().filter(|key| MIDDLEWARES.contains(key)).map(|key| format!("`{key}`"));
    }
    if change.id.group == "gateway.networking.k8s.io" && path.last_key() == Some("filters") {
        let filters = old.as_list().unwrap_or(std::slice::from_ref(old));
        let is_extension = |filter: &&Data| filter.get("type").and_then(Data::as_str) == Some("ExtensionRef");
        let name = filters.iter().find(is_extension)?.at(&["extensionRef", "name"]).and_then(Data::as_str);
        return Some(format!("its filter `{}`", name.unwrap_or_default()));
    }
    None
}
