//! How Argo CD brings workloads into the cluster (argoproj.io/v1alpha1, ApplicationSet).

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_kube::WORKLOAD_FILE;
use hlc_plan::PlannedObject;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Spanned};

use super::{Homelab, Repository};
use crate::lower::Lower;

pub(crate) const CODES: &[&Code] = &[&NO_REPOSITORY];

/// Argo CD without a repository to read.
pub(crate) static NO_REPOSITORY: Code = Code {
    id: "HLC0835",
    name: "no-repository",
    severity: Severity::Error,
    summary: "a delivery in a homelab that names no repository",
    explain: "Argo CD reads the manifests from a branch of the homelab's Git repository. Which one stands in `repository`, in \
              `homelab`.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" \
          }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    repository \"https://github.com/example/homelab.git\" branch=\"main\" \
           manifests=\"main-manifests\"\n}\nplatform {\n    addon \"argocd\" namespace=\"argocd\" { delivery \"workloads\" }\n}",
};

/// How Argo CD brings workloads into the cluster: the ApplicationSet that makes one Application per workload.
///
/// It reads the branch for manifests of the homelab's `repository`. The Applications that charts become take their project and
/// sync policy from it too.
#[derive(Debug, Node)]
#[node(
    name = "delivery",
    names = Subdomain,
    example = r#"delivery "workloads" generator="files" {
    sync prune=#true self-heal=#true server-side=#true
    ignore "InfisicalSecret" group="secrets.infisical.com" {
        pointers "/spec"
    }
}"#
)]
pub struct Delivery {
    /// The name of the ApplicationSet.
    #[arg]
    pub name: Def<Delivery>,
    /// The AppProject that its Applications belong to.
    #[prop(default = "\"default\"")]
    pub project: Option<Spanned<String>>,
    /// What tells it which workloads there are.
    #[prop(default = "\"directories\"")]
    pub generator: Option<Spanned<Generator>>,
    /// What Argo CD does by itself.
    #[block]
    pub sync: Option<Sync>,
    /// Differences between Git and cluster that Argo CD does not look at.
    #[block]
    pub ignore: Vec<Ignore>,
    /// Further fields of the ApplicationSet, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// What tells an ApplicationSet which workloads there are (Argo CD, "Git Generator").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Generator {
    /// The folders of the branch. The namespace that an Application makes is called like its folder.
    Directories,
    /// A small file in each folder, `.workload`, which `hlc build workloads` writes. It says the namespace.
    Files,
}

/// What Argo CD does by itself (`spec.syncPolicy` of an Application).
#[derive(Debug, Node)]
#[node(name = "sync", example = r"sync prune=#true self-heal=#true server-side=#true")]
pub struct Sync {
    /// Deletes objects that are no longer in Git.
    #[prop(default = "#false")]
    pub prune: Option<Spanned<bool>>,
    /// Undoes changes made in the cluster.
    #[prop(default = "#false")]
    pub self_heal: Option<Spanned<bool>>,
    /// Uses server-side apply.
    #[prop(default = "#false")]
    pub server_side: Option<Spanned<bool>>,
    /// Makes the namespace of an Application when it is not there.
    #[prop(default = "#true")]
    pub create_namespace: Option<Spanned<bool>>,
}

/// Differences that Argo CD does not look at (`spec.ignoreDifferences` of an Application).
#[derive(Debug, Node)]
#[node(
    name = "ignore",
    example = r#"ignore "InfisicalSecret" group="secrets.infisical.com" {
    pointers "/spec"
}"#
)]
pub struct Ignore {
    /// The kind of the objects.
    #[arg]
    pub kind: Spanned<String>,
    /// Their API group; none for the core group.
    #[prop]
    pub group: Option<Spanned<String>>,
    /// The name of one of them; all when absent.
    #[prop]
    pub name: Option<Spanned<String>>,
    /// The namespace they are in; all when absent.
    #[prop]
    pub namespace: Option<Spanned<String>>,
    /// Where in the object, as JSON pointers (RFC 6901).
    #[prop]
    pub pointers: Vec<Spanned<String>>,
    /// Where in the object, as jq paths.
    #[prop]
    pub jq: Vec<Spanned<String>>,
    /// Field managers whose fields are not looked at.
    #[prop]
    pub managers: Vec<Spanned<String>>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// The cluster that Argo CD runs in.
const THIS_CLUSTER: &str = "https://kubernetes.default.svc";

impl Delivery {
    /// True when the workloads are listed in files of their own.
    #[must_use]
    pub fn lists_workloads(&self) -> bool {
        self.generator.is_some_and(|generator| generator.value == Generator::Files)
    }

    /// `spec.syncPolicy` of its Applications.
    pub(crate) fn sync_policy(&self, at: Span) -> Data {
        let flag = |choose: fn(&Sync) -> Option<Spanned<bool>>, usual| {
            self.sync.as_ref().and_then(choose).map_or(usual, |flag| flag.value)
        };
        let mut options = Vec::new();
        if flag(|sync| sync.create_namespace, true) {
            options.push(Data::string("CreateNamespace=true", at));
        }
        if flag(|sync| sync.server_side, false) {
            options.push(Data::string("ServerSideApply=true", at));
        }
        let automated = [("prune", flag(|sync| sync.prune, false)), ("selfHeal", flag(|sync| sync.self_heal, false))];
        let mut policy = Vec::new();
        if !options.is_empty() {
            policy.push(("syncOptions", Data::list(options, at)));
        }
        if automated.iter().any(|(_, on)| *on) {
            policy.push(("automated", Data::map(automated.map(|(key, on)| (key, Data::bool(on, at))), at)));
        }
        Data::map(policy, at)
    }

    /// The AppProject of its Applications.
    #[must_use]
    pub fn project(&self) -> &str {
        self.project.as_ref().map_or("default", |project| &project.value)
    }

    /// The ApplicationSet.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let model = lower.resolver.model;
        let Some(repository) = model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref()) else {
            if model.homelab.is_some() && !model.faults.may_hide(Repository::decl()) {
                let homelab = model.homelab.as_ref().map(|homelab: &Homelab| homelab.name.span);
                let diagnostic = Diagnostic::new(
                    &NO_REPOSITORY,
                    self.name.span,
                    format!("delivery `{}` has no repository to read", self.name.name),
                );
                let diagnostic = match homelab {
                    Some(homelab) => diagnostic.label(homelab, "this homelab names none"),
                    None => diagnostic,
                };
                lower
                    .resolver
                    .report(diagnostic.help("add `repository \"https://…\" branch=… manifests=…` to `homelab`"));
            }
            return None;
        };
        let at = self.head;
        let text = |text: &str| Data::string(text, at);
        let url = || Data::string(repository.url.value.as_str(), repository.url.span);
        let branch = || Data::string(repository.manifests.value.as_str(), repository.manifests.span);
        let (generator, path, namespace) = if self.lists_workloads() {
            ("files", format!("*/{WORKLOAD_FILE}"), "{{namespace}}")
        } else {
            ("directories", "*".to_owned(), "{{path.basename}}")
        };
        let paths = Data::list(vec![Data::map([("path", Data::string(path, at))], at)], at);
        let git = Data::map([("repoURL", url()), ("revision", branch()), (generator, paths)], at);
        let source = [("path", text("{{path}}")), ("repoURL", url()), ("targetRevision", branch())];
        let destination = [("namespace", text(namespace)), ("server", text(THIS_CLUSTER))];
        let mut spec = vec![
            ("destination", Data::map(destination, at)),
            ("project", text(self.project())),
            ("source", Data::map(source, at)),
            ("syncPolicy", self.sync_policy(at)),
        ];
        if !self.ignore.is_empty() {
            let ignored = self.ignore.iter().map(Ignore::lower).collect();
            spec.push(("ignoreDifferences", Data::list(ignored, at)));
        }
        let template =
            [("metadata", Data::map([("name", text("{{path.basename}}"))], at)), ("spec", Data::map(spec, at))];
        let generators = Data::list(vec![Data::map([("git", git)], at)], at);
        let mut object = lower.object("argoproj.io/v1alpha1", "ApplicationSet", &self.name.name, self.name.span);
        object.field("spec", Data::map([("generators", generators), ("template", Data::map(template, at))], at));
        object.finish_with(self.extra.as_ref())
    }
}

impl Ignore {
    fn lower(&self) -> Data {
        let given = |text: &Spanned<String>| Data::string(text.value.as_str(), text.span);
        let mut entry = vec![("kind", given(&self.kind))];
        for (key, value) in [("group", &self.group), ("name", &self.name), ("namespace", &self.namespace)] {
            entry.extend(value.as_ref().map(|value| (key, given(value))));
        }
        let lists = [
            ("jsonPointers", &self.pointers),
            ("jqPathExpressions", &self.jq),
            ("managedFieldsManagers", &self.managers),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            entry.push((key, Data::list(list.iter().map(given).collect(), self.head)));
        }
        Data::map(entry, self.head)
    }
}
