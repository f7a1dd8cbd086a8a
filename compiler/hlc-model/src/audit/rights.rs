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
    explain: "`*` as verb or resource is also what will be there tomorrow. A warning where it is both, for `escalate`, `bind` and `impersonate`, by \
              which subjects take what nobody gave them, and for a binding to `cluster-admin` (Kubernetes, \"Role Based Access Control Good \
              Practices\"). `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Role \"web\" { rules { - { apiGroups { - apps }; resources { - \
          deployments }; verbs { - * } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Role \"web\" { rules { - { apiGroups { - apps }; resources { - \
           deployments }; verbs { - get; - patch } } } }\n}",
};

/// Verbs by which a subject takes rights that nobody gave it.
const TAKING: &[&str] = &["escalate", "bind", "impersonate"];

/// The ClusterRoles of every cluster that show Secrets, and whether they give everything (Kubernetes, "Using RBAC Authorization").
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
            let subjects = items(&binding.body, "subjects").filter_map(|it| subject(it, binding.namespace.as_deref()));
            Some(Grant { binding, role, subjects: subjects.collect() })
        });
        let grants = grants.filter(|grant| !grant.subjects.is_empty()).collect();
        Self { roles, grants }
    }

    pub(super) fn find(&self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.roles.values().flat_map(|role| wide(role)).collect();
        for grant in &self.grants {
            match grant.role {
                Role::Own { name, everything: true } => {
                    let message = format!("{} may do everything{}, by `cluster-admin`", grant.who(), grant.within());
                    found.push(grave(
                        Diagnostic::new(&WIDE_RIGHTS, name.span, message)
                            .help("give what is needed, by a role of its own"),
                    ));
                }
                // Who may do everything may read secrets: the role is reported.
                Role::Written(role) if wide(role).iter().any(|found| found.severity == Severity::Warning) => {}
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

/// The rules of a role that give more than can be told.
fn wide(role: &PlannedObject) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in items(&role.body, "rules") {
        let (verbs, resources) = (says(rule, "verbs", "*"), says(rule, "resources", "*"));
        let taking: Vec<&str> = TAKING.iter().copied().filter(|verb| says(rule, "verbs", verb)).collect();
        let (what, is_grave) = match (verbs, resources, taking.as_slice()) {
            (true, true, _) => {
                ("everything with everything".to_owned(), says(rule, "apiGroups", "*") || says(rule, "apiGroups", ""))
            }
            (_, _, [_, ..]) => (format!("`{}`: its subjects can take more than it gives", taking.join("`, `")), true),
            (true, false, []) => (format!("everything with {}", list(rule, "resources")), false),
            (false, true, []) => (format!("{} of everything", list(rule, "verbs")), false),
            (false, false, []) => continue,
        };
        let groups = match list(rule, "apiGroups").as_str() {
            "" | "`*`" => String::new(),
            "``" => " of the core API".to_owned(),
            groups => format!(" of {groups}"),
        };
        let message = format!("{} `{}`{} gives {what}{groups}", role.kind, role.name, in_namespace(role));
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
