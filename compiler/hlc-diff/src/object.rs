//! Which object is meant.

use std::fmt;

use hlc_schema::Data;

/// What makes an object the same one to the API server: versions of an API group are views of one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    /// `Deployment`
    pub kind: String,
    /// `metadata.namespace`; `None` for cluster-scoped objects, and for those that leave it to whoever applies them.
    pub namespace: Option<String>,
    /// `metadata.name`
    pub name: String,
    /// `apps`; empty for the core group.
    pub group: String,
}

impl ObjectId {
    /// The identity of an object; `None` for data that is none.
    pub(crate) fn of(body: &Data) -> Option<Self> {
        let text = |path: &[&str]| body.at(path).and_then(Data::as_str).filter(|text| !text.is_empty());
        let group = text(&["apiVersion"])?.split_once('/').map_or("", |(group, _)| group);
        Some(Self {
            kind: text(&["kind"])?.to_owned(),
            namespace: text(&["metadata", "namespace"]).map(str::to_owned),
            name: text(&["metadata", "name"])?.to_owned(),
            group: group.to_owned(),
        })
    }

    /// What Argo CD is told of a workload, which is no object of the cluster.
    pub(crate) fn workload(name: &str) -> Self {
        Self { kind: "Workload".to_owned(), namespace: None, name: name.to_owned(), group: "hlc".to_owned() }
    }

    /// True for an object of this API group and kind.
    #[must_use]
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// `Deployment/web/web`, `Namespace/web`: how an acceptance names it.
    #[must_use]
    pub fn slug(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{}/{namespace}/{}", self.kind, self.name),
            None => format!("{}/{}", self.kind, self.name),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}
