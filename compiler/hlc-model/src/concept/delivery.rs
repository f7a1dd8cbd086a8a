//! How Argo CD brings workloads into the cluster (argoproj.io/v1alpha1, ApplicationSet).

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_kube::WORKLOAD_FILE;
use hlc_plan::PlannedObject;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Spanned};

mod application;
mod ignore;
mod sync;

pub(crate) use application::application;
pub use ignore::Ignore;
pub(crate) use sync::Policy;
pub use sync::{Sync, SyncOption, Wave};

use std::collections::BTreeSet;

use super::{Homelab, Repository};
use crate::lower::Lower;

/// Every finding of how workloads are brought.
pub(crate) fn codes() -> Vec<&'static Code> {
    [&[&NO_REPOSITORY], application::CODES].concat()
}

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
    /// Brings workloads in the order of their waves, the next one when the one before is healthy (Argo CD, "Progressive
    /// Syncs"). Argo CD's ApplicationSet controller has to be told too: `applicationsetcontroller.enable.progressive.syncs`.
    #[prop(default = "#false")]
    pub progressive: Option<Spanned<bool>>,
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

/// The cluster that Argo CD runs in.
const THIS_CLUSTER: &str = "https://kubernetes.default.svc";

/// Lays what a workload's file says of its Application over the template. JSON is YAML, and `toJson` lets nothing in it be taken
/// for a template (Argo CD, "Template Patch"); a file without it changes nothing.
const PATCH: &str = "{{ if hasKey . \"application\" }}{{ toJson .application }}{{ else }}{}{{ end }}";

impl Delivery {
    /// True when the workloads are listed in files of their own.
    #[must_use]
    pub fn lists_workloads(&self) -> bool {
        self.generator.is_some_and(|generator| generator.value == Generator::Files)
    }

    /// True when waves of workloads follow each other, or the ApplicationSet is not told in words of hlc.
    fn orders(&self) -> bool {
        self.progressive.is_some_and(|flag| flag.value) || self.extra.is_some()
    }

    /// What holds for Applications that say nothing themselves.
    fn policy(&self) -> Policy<'_> {
        Policy { own: None, shared: self.sync.as_ref() }
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
        let one = |key: &'static str, value: Data| Data::map([(key, value)], at);
        let url = || Data::string(repository.url.value.as_str(), repository.url.span);
        let branch = || Data::string(repository.manifests.value.as_str(), repository.manifests.span);
        let words = self.words();
        let paths = Data::list(vec![one("path", Data::string(words.found_by, at))], at);
        let git = Data::map([("repoURL", url()), ("revision", branch()), (words.generator, paths)], at);
        let source = [("path", text(words.path)), ("repoURL", url()), ("targetRevision", branch())];
        let destination = [("namespace", text(words.namespace)), ("server", text(THIS_CLUSTER))];
        let mut application = vec![
            ("destination", Data::map(destination, at)),
            ("project", text(self.project())),
            ("source", Data::map(source, at)),
            ("syncPolicy", self.policy().data(at)),
        ];
        if !self.ignore.is_empty() {
            let ignored = self.ignore.iter().map(Ignore::lower).collect();
            application.push(("ignoreDifferences", Data::list(ignored, at)));
        }
        let mut metadata = vec![("name", text(words.name))];
        let mut spec = Vec::new();
        if self.progressive.is_some_and(|flag| flag.value) {
            let usual = self.policy().wave().label();
            metadata.push(("labels", one(application::WAVE_LABEL, Data::string(usual, at))));
            spec.push(("strategy", self.strategy(lower)));
        }
        let template = [("metadata", Data::map(metadata, at)), ("spec", Data::map(application, at))];
        spec.push(("generators", Data::list(vec![one("git", git)], at)));
        spec.push(("template", Data::map(template, at)));
        if self.lists_workloads() {
            spec.push(("goTemplate", Data::bool(true, at)));
            spec.push(("goTemplateOptions", Data::list(vec![text("missingkey=error")], at)));
            spec.push(("templatePatch", text(PATCH)));
        }
        let mut object = lower.object("argoproj.io/v1alpha1", "ApplicationSet", &self.name.name, self.name.span);
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }

    /// What stands in its template for an Application's name: that of the folder, which is the workload's.
    pub(crate) fn application_name(&self) -> &'static str {
        self.words().name
    }

    /// How what the generator finds is spoken of in the template.
    fn words(&self) -> Words {
        if self.lists_workloads() {
            Words {
                generator: "files",
                found_by: format!("*/{WORKLOAD_FILE}"),
                name: "{{ .path.basename }}",
                path: "{{ .path.path }}",
                namespace: "{{ .namespace }}",
            }
        } else {
            Words {
                generator: "directories",
                found_by: "*".to_owned(),
                name: "{{path.basename}}",
                path: "{{path}}",
                namespace: "{{path.basename}}",
            }
        }
    }

    /// A step for each wave that there is.
    fn strategy(&self, lower: &Lower<'_>) -> Data {
        let at = self.head;
        let made = lower.resolver.model.workloads().filter(|(_, workload)| workload.is_made());
        let policies = made.map(|(_, workload)| Policy { own: workload.sync.as_ref(), shared: self.sync.as_ref() });
        let waves: BTreeSet<Wave> = policies.map(Policy::wave).chain([self.policy().wave()]).collect();
        let step = |wave: Wave| {
            let label = [
                ("key", Data::string(application::WAVE_LABEL, at)),
                ("operator", Data::string("In", at)),
                ("values", Data::list(vec![Data::string(wave.label(), at)], at)),
            ];
            Data::map([("matchExpressions", Data::list(vec![Data::map(label, at)], at))], at)
        };
        let steps = Data::map([("steps", Data::list(waves.into_iter().map(step).collect(), at))], at);
        Data::map([("type", Data::string("RollingSync", at)), ("rollingSync", steps)], at)
    }
}

/// What a generator of Git is called, where it looks, and how its findings are spoken of.
struct Words {
    generator: &'static str,
    found_by: String,
    name: &'static str,
    path: &'static str,
    namespace: &'static str,
}
