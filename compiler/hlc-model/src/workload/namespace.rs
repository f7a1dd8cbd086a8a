//! The namespace of a workload.

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::DnsLabel;
use hlc_schema::{Choice, Data, Node, Spanned};

use super::Workload;
use crate::lower::Lower;

/// The namespace that a workload's objects live in.
///
/// hlc makes the Namespace object; `(existing)` says that something else does. Those that every cluster has (`default`,
/// `kube-system` …) are only made to say what pods in them may do.
#[derive(Debug, Node)]
#[node(name = "namespace", annotations(existing), example = r#"namespace "netbird" pod-security="privileged""#)]
pub struct Namespace {
    /// The namespace's name.
    #[arg]
    pub name: Spanned<DnsLabel>,
    /// True when something else makes it.
    #[annotated("existing")]
    pub existing: bool,
    /// What pods in it may do.
    #[block]
    pub pod_security: Option<PodSecurity>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// The Pod Security Standards of a namespace (Kubernetes, Pod Security Admission).
///
/// Pods that hlc writes are held against the standards of the level (HLC0615, HLC0654); of those that charts make, the API server
/// has the last word.
#[derive(Debug, Node)]
#[node(name = "pod-security", example = r#"pod-security "baseline" warn="restricted""#)]
pub struct PodSecurity {
    /// The level that pods must keep to.
    #[arg]
    pub enforce: Spanned<PodSecurityLevel>,
    /// The level whose breaches are written to the audit log.
    #[prop]
    pub audit: Option<Spanned<PodSecurityLevel>>,
    /// The level whose breaches are answered with a warning.
    #[prop]
    pub warn: Option<Spanned<PodSecurityLevel>>,
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Choice)]
pub enum PodSecurityLevel {
    /// Everything is allowed.
    Privileged,
    /// Known ways to more privileges are shut.
    Baseline,
    /// Hardened.
    Restricted,
}

/// The namespaces that Kubernetes itself makes (Kubernetes, "Namespaces", initial namespaces).
const INITIAL: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

impl Namespace {
    /// True when hlc makes the Namespace object of a workload. A level that is only a default makes none of those that every
    /// cluster has: what the cluster itself runs there would be refused.
    #[must_use]
    pub fn is_made(&self, workload: &Workload) -> bool {
        let own_level = || self.pod_security.as_ref().is_some_and(|security| workload.holds(security.enforce.span));
        !self.existing && (!self.is_initial() || own_level())
    }

    /// True for those that Kubernetes itself makes, in which there is more than is written here.
    pub(crate) fn is_initial(&self) -> bool {
        INITIAL.contains(&self.name.value.as_str())
    }

    /// The Namespace object, unless something else makes it.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        if !self.is_made(lower.workload) {
            return None;
        }
        let labels: Vec<(String, Data)> = self
            .pod_security
            .iter()
            .flat_map(|security| {
                [("enforce", Some(security.enforce)), ("audit", security.audit), ("warn", security.warn)]
            })
            .filter_map(|(mode, level)| {
                let level = level?;
                Some((format!("pod-security.kubernetes.io/{mode}"), Data::string(level.value.word(), level.span)))
            })
            .collect();
        let mut object = lower.object("v1", "Namespace", self.name.value.as_str(), self.name.span);
        if !labels.is_empty() {
            object.metadata("labels", Data::map(labels, self.head));
        }
        Some(object.finish())
    }
}
