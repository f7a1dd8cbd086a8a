//! Kinds: which there are, in which group and version, and where they live.

mod custom;
mod lookup;

use std::cmp::Ordering;

use crate::schema::{self, DefinitionId};

pub use lookup::{Lookup, lookup};

/// A kind of Kubernetes object in one version of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// `apps/v1`; `v1` for the core group.
    pub api_version: &'static str,
    /// `Deployment`
    pub kind: &'static str,
    /// True when its objects live in a namespace.
    pub namespaced: bool,
    pub(crate) definition: Option<DefinitionId>,
}

impl KindInfo {
    /// `apps`; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `v1`
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.api_version.split_once('/').map_or(self.api_version, |(_, version)| version)
    }

    /// True when objects of this kind can be validated.
    #[must_use]
    pub fn has_schema(&self) -> bool {
        self.definition.is_some()
    }

    /// True when this is the version meant where only the kind is written: of a built-in group the most stable and
    /// newest one, of a custom group the one that releases of the homelab's era serve.
    #[must_use]
    pub fn is_preferred(&self) -> bool {
        kinds()
            .find(|other| other.kind == self.kind && other.group() == self.group())
            .is_some_and(|first| first == *self)
    }
}

/// Every known kind in every version, ordered by name and group, the preferred version of each group first.
///
/// Built-in kinds are those of one Kubernetes release ([`crate::KUBERNETES_VERSION`]); lists, subresources and review
/// requests are not among them. Custom kinds are facts about well-known projects, without schemas.
pub fn kinds() -> impl Iterator<Item = KindInfo> {
    schema::catalog().kinds.iter().copied()
}

/// Puts built-in and custom kinds in the order [`kinds`] promises.
pub(crate) fn in_order(mut kinds: Vec<KindInfo>) -> Vec<KindInfo> {
    // Stable: the custom table's own order of versions is kept.
    kinds.sort_by(|a, b| {
        let by_version = || match (a.definition, b.definition) {
            (Some(_), Some(_)) => stability(b.version()).cmp(&stability(a.version())),
            _ => Ordering::Equal,
        };
        a.kind.cmp(b.kind).then_with(|| a.group().cmp(b.group())).then_with(by_version)
    });
    kinds
}

/// Custom kinds as table rows.
pub(crate) fn custom_kinds() -> impl Iterator<Item = KindInfo> {
    custom::ROWS.iter().copied()
}

/// Orders versions: `v2` over `v1` over `v1beta2` over `v1beta1` over `v1alpha1`.
fn stability(version: &str) -> (u8, u32, u32) {
    let rest = version.strip_prefix('v').unwrap_or(version);
    let (level, (major, minor)) = match (rest.split_once("alpha"), rest.split_once("beta")) {
        (Some(parts), _) => (0, parts),
        (None, Some(parts)) => (1, parts),
        (None, None) => (2, (rest, "0")),
    };
    (level, major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_versions_first() {
        let mut versions = ["v1alpha1", "v2", "v1beta1", "v1", "v1beta2"];
        versions.sort_by_key(|version| std::cmp::Reverse(stability(version)));
        assert_eq!(versions, ["v2", "v1", "v1beta2", "v1beta1", "v1alpha1"]);
    }

    #[test]
    fn each_kind_once_per_version() {
        let all: Vec<_> = kinds().map(|info| (info.kind, info.api_version)).collect();
        let mut unique = all.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(all.len(), unique.len());
        assert!(all.len() > 140, "{}", all.len());
    }

    #[test]
    fn preferred() {
        let versions: Vec<_> = kinds()
            .filter(|info| info.kind == "HorizontalPodAutoscaler")
            .map(|info| (info.api_version, info.is_preferred()))
            .collect();
        assert_eq!(versions, [("autoscaling/v2", true), ("autoscaling/v1", false)]);
    }
}
