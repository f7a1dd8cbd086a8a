//! What may do much in the cluster, and what may read Secrets.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::unseen::in_namespace;
use crate::check::Facts;
use crate::check::pod_references::items;

/// A subject that may read Secrets.
pub(super) static READS_SECRETS: Code = Code {
    id: "HLC1052",
    name: "reads-secrets",
    severity: Severity::Hint,
    summary: "a binding that lets its subjects read every Secret of a namespace or of the cluster",
    explain: "`get`, `list` and `watch` of `secrets` each show their values. A role that names them (`resourceNames`) gives no more than \
              these. A warning where it holds in every namespace. Operators of secrets and certificates need it. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    Role \"web\" { rules { - { apiGroups { \
          - \"\" }; resources { - secrets }; verbs { - get } } } }\n    RoleBinding \"web\" { roleRef \
          apiGroup=rbac.authorization.k8s.io kind=Role name=web; subjects { - kind=ServiceAccount name=web namespace=web } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ServiceAccount \"web\"\n    Role \"web\" { rules { - { apiGroups { \
           - \"\" }; resources { - secrets }; resourceNames { - web }; verbs { - get } } } }\n    RoleBinding \"web\" { roleRef \
           apiGroup=rbac.authorization.k8s.io kind=Role name=web; subjects { - kind=ServiceAccount name=web namespace=web } }\n}",
};

/// A role that gives everything, or lets its subjects take it.
pub(super) static WIDE_RIGHTS: Code = Code {
    id: "HLC1054",
    name: "wide-rights",
    severity: Severity::Hint,
    summary: "a role or binding that gives more than can be told",
    explain: "`*` as verb or resource is also what will be there tomorrow, and some rights lead to others (Kubernetes, \"Role Based Access \
              Control Good Practices\", privilege escalation risks): who makes pods reads every Secret of their namespace and acts as every \
              ServiceAccount in it; who changes webhooks or a Namespace's labels changes what is let in. A warning where a role gives \
              everything with everything, or what its subjects can take everything by: `escalate`, `bind`, `impersonate`, `nodes/proxy`, \
              tokens of ServiceAccounts, approved certificates, PersistentVolumes; for a binding to `cluster-admin`, and for one of those \
              who have not logged in. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Role \"web\" { rules { - { apiGroups { - apps }; resources { - \
          deployments }; verbs { - * } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Role \"web\" { rules { - { apiGroups { - apps }; resources { - \
           deployments }; verbs { - get; - patch } } } }\n}",
};

/// Rights that lead to others.
struct Risk {
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
    /// What its subjects can do, in words.
    what: &'static str,
    /// True when they can take everything by it.
    grave: bool,
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CHANGES: &[&str] = &["create", "update", "patch"];

/// Kubernetes, "Role Based Access Control Good Practices", Privilege escalation risks, in its order; Secrets have a code of their
/// own. What makes pods: Kubernetes, "Workload Management".
const RISKS: &[Risk] = &[
    Risk { verbs: &["create"], group: "", resources: &["pods", "replicationcontrollers"], what: PODS, grave: false },
    Risk {
        verbs: &["create"],
        group: "apps",
        resources: &["daemonsets", "deployments", "replicasets", "statefulsets"],
        what: PODS,
        grave: false,
    },
    Risk { verbs: &["create"], group: "batch", resources: &["cronjobs", "jobs"], what: PODS, grave: false },
    Risk {
        verbs: &["create"],
        group: "",
        resources: &["persistentvolumes"],
        what: "can mount any folder of a node, by a PersistentVolume",
        grave: true,
    },
    Risk {
        verbs: &["get", "create"],
        group: "",
        resources: &["nodes/proxy"],
        what: "can run commands in every pod, past the API server, by `nodes/proxy`",
        grave: true,
    },
    Risk {
        verbs: &["escalate"],
        group: RBAC,
        resources: &["clusterroles", "roles"],
        what: "can write roles with more than they have, by `escalate`",
        grave: true,
    },
    Risk {
        verbs: &["bind"],
        group: RBAC,
        resources: &["clusterroles", "roles"],
        what: "can bind roles with more than they have, by `bind`",
        grave: true,
    },
    Risk {
        verbs: &["impersonate"],
        group: "",
        resources: &["groups", "serviceaccounts", "users"],
        what: "can act as others, by `impersonate`",
        grave: true,
    },
    Risk {
        verbs: &["update", "patch"],
        group: "certificates.k8s.io",
        resources: &["certificatesigningrequests/approval"],
        what: "can approve certificates for any name",
        grave: true,
    },
    Risk {
        verbs: &["create"],
        group: "",
        resources: &["serviceaccounts/token"],
        what: "can act as ServiceAccounts, by tokens for them",
        grave: true,
    },
    Risk {
        verbs: CHANGES,
        group: "admissionregistration.k8s.io",
        resources: &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        what: "can see or change what is admitted to the cluster, by webhooks",
        grave: false,
    },
    Risk {
        verbs: &["update", "patch"],
        group: "",
        resources: &["namespaces"],
        what: "can change the pod-security level of namespaces",
        grave: false,
    },
];

const PODS: &str = "can read every Secret where it holds and act as every ServiceAccount there, by pods";

/// Those who have not logged in (Kubernetes, "Role Based Access Control Good Practices", Hardening; "Authenticating", Anonymous requests).
const NOBODY: &[&str] = &["system:anonymous", "system:unauthenticated"];

/// The ClusterRoles of every cluster that show Secrets, and whether they give everything (Kubernetes, "Using RBAC Authorization",
/// User-facing roles: `view` shows none).
const OWN_ROLES: &[(&str, bool)] = &[("cluster-admin", true), ("admin", false), ("edit", false)];

/// What roles and bindings give.
pub(super) struct Rights<'m> {
    roles: BTreeMap<(Option<&'m str>, &'m str), &'m PlannedObject>,
    grants: Vec<Grant<'m>>,
}

/// A binding with the role that it is to.
struct Grant<'m> {
    binding: &'m PlannedObject,
    role: Role<'m>,
    /// In words.
    subjects: Vec<String>,
    /// The subject that stands for everybody who has not logged in.
    nobody: Option<&'m Data>,
}

#[derive(Clone, Copy)]
enum Role<'m> {
    Written(&'m PlannedObject),
    Own { name: &'m Data, everything: bool },
}

/// Which Secrets a role shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shown<'m> {
    All,
    Named(Vec<&'m str>),
}

/// Who may read a Secret by a binding.
pub(super) struct Reader {
    pub(super) subject: String,
    pub(super) at: Span,
}

impl<'m> Rights<'m> {
    pub(super) fn of(facts: &Facts<'m>) -> Self {
        let mut roles = BTreeMap::new();
        let mut bindings = Vec::new();
        for object in facts.objects() {
            match object.kind.as_str() {
                "Role" | "ClusterRole" => {
                    roles.insert((object.namespace.as_deref(), object.name.as_str()), object);
                }
                "RoleBinding" | "ClusterRoleBinding" => bindings.push(object),
                _ => {}
            }
        }
        let grants = bindings.into_iter().filter_map(|binding| {
            let name = binding.body.at(&["roleRef", "name"])?;
            let wanted = name.as_str()?;
            let is_cluster_role = binding.body.at(&["roleRef", "kind"])?.as_str()? == "ClusterRole";
            let namespace = if is_cluster_role { None } else { binding.namespace.as_deref() };
            let own = OWN_ROLES.iter().find(|(own, _)| is_cluster_role && *own == wanted);
            let role = match (roles.get(&(namespace, wanted)), own) {
                (Some(role), _) => Role::Written(role),
                (None, Some(&(_, everything))) => Role::Own { name, everything },
                (None, None) => return None,
            };
            let named = |subject: &&Data| {
                let name = subject.get("name").and_then(Data::as_str);
                name.is_some_and(|name| NOBODY.contains(&name))
            };
            let nobody = items(&binding.body, "subjects").find(named);
            let subjects = items(&binding.body, "subjects").filter_map(|it| subject(it, binding.namespace.as_deref()));
            Some(Grant { binding, role, subjects: subjects.collect(), nobody })
        });
        let grants = grants.filter(|grant| !grant.subjects.is_empty()).collect();
        Self { roles, grants }
    }

    pub(super) fn find(&self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.roles.values().flat_map(|role| wide(role)).collect();
        for grant in &self.grants {
            found.extend(grant.for_nobody());
            match grant.role {
                Role::Own { name, everything: true } => {
                    let message = format!("{} may do everything{}, by `cluster-admin`", grant.who(), grant.within());
                    found.push(grave(
                        Diagnostic::new(&WIDE_RIGHTS, name.span, message)
                            .help("give what is needed, by a role of its own"),
                    ));
                }
                // Who may do everything may read secrets: the role is reported.
                Role::Written(role) if items(&role.body, "rules").any(gives_everything) => {}
                Role::Written(_) | Role::Own { .. } => found.extend(grant.reads_all()),
            }
        }
        found
    }

    /// Who may read a Secret.
    pub(super) fn readers(&self, namespace: &str, secret: &str) -> Vec<Reader> {
        let mut readers = Vec::new();
        for grant in &self.grants {
            let is_within = grant.binding.namespace.as_deref().is_none_or(|within| within == namespace);
            let shows = match grant.shown() {
                Some(Shown::All) => true,
                Some(Shown::Named(names)) => names.contains(&secret),
                None => false,
            };
            if is_within && shows {
                let at = grant.binding.origin;
                readers.extend(grant.subjects.iter().map(|subject| Reader { subject: subject.clone(), at }));
            }
        }
        readers
    }
}

impl<'m> Grant<'m> {
    fn who(&self) -> String {
        self.subjects.join(", ")
    }

    /// Where the binding holds, in words.
    fn within(&self) -> String {
        in_namespace(self.binding)
    }

    /// The finding that who has not logged in may do something.
    fn for_nobody(&self) -> Option<Diagnostic> {
        let at = self.nobody?;
        let message =
            format!("whoever reaches the API server has the rights of {} `{}`", self.binding.kind, self.binding.name);
        let finding = Diagnostic::new(&WIDE_RIGHTS, at.get("name").unwrap_or(at).span, message);
        Some(grave(finding.help("bind those who have to log in")))
    }

    fn shown(&self) -> Option<Shown<'m>> {
        let role = match self.role {
            Role::Own { .. } => return Some(Shown::All),
            Role::Written(role) => role,
        };
        let mut named = Vec::new();
        for rule in items(&role.body, "rules").filter(|rule| shows_secrets(rule)) {
            let names: Vec<&str> = items(rule, "resourceNames").filter_map(Data::as_str).collect();
            if names.is_empty() {
                return Some(Shown::All);
            }
            named.extend(names);
        }
        (!named.is_empty()).then_some(Shown::Named(named))
    }

    fn reads_all(&self) -> Option<Diagnostic> {
        if self.shown()? != Shown::All {
            return None;
        }
        let at = self.binding.body.at(&["roleRef", "name"])?;
        let where_ = match self.binding.namespace.as_deref() {
            Some(namespace) => format!("of namespace `{namespace}`"),
            None => "of the cluster".to_owned(),
        };
        let message = format!("{} may read every Secret {where_}", self.who());
        let mut finding = Diagnostic::new(&READS_SECRETS, at.span, message);
        if let Role::Written(role) = self.role {
            let rule = items(&role.body, "rules").find(|rule| shows_secrets(rule));
            let rule = rule.filter(|rule| rule.span != at.span);
            if let Some(rule) = rule {
                finding = finding.label(rule.span, "by this rule");
            }
        }
        finding = finding.help("name the Secrets that are needed: `resourceNames`");
        Some(if self.binding.namespace.is_none() { grave(finding) } else { finding })
    }
}

fn grave(mut found: Diagnostic) -> Diagnostic {
    found.severity = Severity::Warning;
    found
}

/// Who is bound, in words.
fn subject(subject: &Data, binding: Option<&str>) -> Option<String> {
    let text = |field| subject.get(field).and_then(Data::as_str);
    let name = text("name")?;
    let kind = text("kind").unwrap_or("ServiceAccount");
    match (kind, text("namespace").or(binding)) {
        ("ServiceAccount", Some(namespace)) => Some(format!("ServiceAccount `{namespace}/{name}`")),
        _ => Some(format!("{kind} `{name}`")),
    }
}

fn says(rule: &Data, field: &str, word: &str) -> bool {
    items(rule, field).any(|item| item.as_str() == Some(word))
}

fn shows_secrets(rule: &Data) -> bool {
    let any = |field: &str, words: &[&str]| words.iter().any(|word| says(rule, field, word));
    any("apiGroups", &["", "*"]) && any("resources", &["secrets", "*"]) && any("verbs", &["get", "list", "watch", "*"])
}

impl Risk {
    fn is_given(&self, rule: &Data) -> bool {
        let any = |field: &str, words: &[&str]| words.iter().any(|word| says(rule, field, word));
        let groups = says(rule, "apiGroups", self.group) || says(rule, "apiGroups", "*");
        // A rule for named objects lets nobody create one (Kubernetes, "Using RBAC Authorization", Referring to resources).
        let creates_only = self.verbs == ["create"] && items(rule, "resourceNames").next().is_some();
        let subresource = |resource: &&str| {
            let under = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
            under.is_some_and(|under| says(rule, "resources", &under))
        };
        let resources =
            any("resources", self.resources) || says(rule, "resources", "*") || self.resources.iter().any(subresource);
        groups && resources && !creates_only && (any("verbs", self.verbs) || says(rule, "verbs", "*"))
    }
}

/// True for a rule that lets its subjects do everything with everything of the core API.
fn gives_everything(rule: &Data) -> bool {
    let of_core = says(rule, "apiGroups", "*") || says(rule, "apiGroups", "");
    of_core && says(rule, "verbs", "*") && says(rule, "resources", "*")
}

/// The rules of a role that give more than can be told.
fn wide(role: &PlannedObject) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let of_role = format!("{} `{}`{}", role.kind, role.name, in_namespace(role));
    for rule in items(&role.body, "rules") {
        let (verbs, resources) = (says(rule, "verbs", "*"), says(rule, "resources", "*"));
        let groups = match list(rule, "apiGroups").as_str() {
            "" | "`*`" => String::new(),
            "``" => " of the core API".to_owned(),
            groups => format!(" of {groups}"),
        };
        let risk = RISKS.iter().filter(|risk| risk.is_given(rule)).min_by_key(|risk| !risk.grave);
        let (message, is_grave) = match (verbs, resources, risk) {
            (true, true, _) => (format!("{of_role} gives everything with everything{groups}"), gives_everything(rule)),
            (_, _, Some(risk)) => (format!("whoever has {of_role} {}", risk.what), risk.grave),
            (true, false, None) => {
                (format!("{of_role} gives everything with {}{groups}", list(rule, "resources")), false)
            }
            (false, true, None) => (format!("{of_role} gives {} of everything{groups}", list(rule, "verbs")), false),
            (false, false, None) => continue,
        };
        let finding =
            Diagnostic::new(&WIDE_RIGHTS, rule.span, message).help("write the verbs and resources that are needed");
        found.push(if is_grave { grave(finding) } else { finding });
    }
    found
}

/// The words of a field; of many the first.
fn list(rule: &Data, field: &str) -> String {
    let words: Vec<String> = items(rule, field).filter_map(|item| Some(format!("`{}`", item.as_str()?))).collect();
    match words.as_slice() {
        [first, second, third, _, _, ..] => format!("{first}, {second}, {third} and {} more", words.len() - 3),
        _ => words.join(", "),
    }
}
