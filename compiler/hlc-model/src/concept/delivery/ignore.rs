//! Differences that Argo CD does not look at.

use hlc_diag::Span;
use hlc_schema::{Data, Node, Spanned};

use crate::filled::Filled;

/// Differences that Argo CD does not look at (`spec.ignoreDifferences` of an Application).
///
/// In a `delivery` they hold for every workload; in a workload, for that one and the Applications of its charts.
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

impl Ignore {
    /// An entry of `ignoreDifferences`.
    pub(crate) fn lower(&self) -> Data {
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

    /// True when it says already what an object gets filled in at one of these places. `*` stands for every kind or group.
    pub(crate) fn covers(&self, filled: &Filled<'_>, path: &str) -> bool {
        let fits = |said: &str, value: &str| said == "*" || said == value;
        let object = filled.object;
        let group = object.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let is_free = |said: &Option<Spanned<String>>, value: Option<&str>| {
            said.as_ref().is_none_or(|said| Some(said.value.as_str()) == value)
        };
        fits(&self.kind.value, &object.kind)
            && fits(self.group.as_ref().map_or("", |group| &group.value), group)
            && is_free(&self.name, Some(&object.name))
            && is_free(&self.namespace, object.namespace.as_deref())
            && self.pointers.iter().chain(&self.jq).any(|said| said.value == path)
    }
}
