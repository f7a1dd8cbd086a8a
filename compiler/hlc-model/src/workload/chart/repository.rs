//! Chart repositories, and how charts name them.

use hlc_schema::scalar::{Mismatch, url_fault};
use hlc_schema::setting::mismatched;
use hlc_schema::{Cx, DataValue, Def, Node, Ref, Scalar, Setting, Spanned, TypeDecl};
use hlc_syntax::Entry;

use crate::workload::Workload;

/// A chart repository: an HTTP one, where `index.yaml` lies, a path of an OCI registry, or a folder of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartRepo(String);

impl ChartRepo {
    /// The repository as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The repository as Argo CD wants it: OCI registries without their scheme (Argo CD, "Helm", OCI registries).
    #[must_use]
    pub fn argocd(&self) -> &str {
        self.0.strip_prefix("oci://").map_or(self.0.as_str(), |registry| registry.trim_end_matches('/'))
    }
}

impl ChartRepo {
    /// True for a folder of the project.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.0.starts_with("./")
    }
}

impl Scalar for ChartRepo {
    const TYPE: TypeDecl = TypeDecl::new(
        "chart repository",
        "a chart repository: a URL that begins with `https://`, `http://` or `oci://`, or a folder of the project that begins with \
         `./`",
    );

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        if let Some(folder) = text.strip_prefix("./") {
            let fault = crate::load::path_fault(folder.trim_end_matches('/')).filter(|_| !folder.is_empty());
            return match fault {
                None => Ok(Self(text.as_str().to_owned())),
                Some(reason) => Err(Mismatch { reason: Some(reason.to_owned()), instead: None }),
            };
        }
        let rest = ["https://", "http://", "oci://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        match rest.map(url_fault) {
            Some(None) => Ok(Self(text.as_str().to_owned())),
            Some(Some(reason)) => Err(Mismatch { reason: Some(reason.to_owned()), instead: None }),
            None => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// A chart repository with a name, for several charts of a workload.
#[derive(Debug, Node)]
#[node(
    name = "repository",
    id = "chart-repository",
    names = Label,
    scope = Local,
    example = r#"repository "infisical" "https://dl.cloudsmith.io/public/infisical/helm-charts/helm/charts/""#
)]
pub struct ChartRepository {
    /// The repository's name.
    #[arg]
    pub name: Def<ChartRepository>,
    /// Where it is: `https://…` or `oci://…`.
    #[arg]
    pub url: Spanned<ChartRepo>,
}

/// Where a chart comes from.
#[derive(Clone, Debug)]
pub enum RepoSource {
    /// The repository itself.
    Url(Spanned<ChartRepo>),
    /// One that the workload declares.
    Named(Ref<ChartRepository>),
}

impl RepoSource {
    /// The repository; `None` when the workload has none of that name, which is reported where names are checked.
    #[must_use]
    pub fn repo<'w>(&'w self, workload: &'w Workload) -> Option<&'w Spanned<ChartRepo>> {
        match self {
            Self::Url(url) => Some(url),
            Self::Named(name) => {
                let declared = workload.repository.iter().find(|declared| declared.name.name == name.name);
                declared.map(|declared| &declared.url)
            }
        }
    }
}

impl Setting for RepoSource {
    const TYPE: TypeDecl = TypeDecl::new(
        "chart repository",
        "a chart repository: a URL that begins with `https://`, `http://` or `oci://`, a folder of the project that begins with `./`, \
         or the name of a `repository`",
    );

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let text = <Spanned<String> as Setting>::read(values, cx)?;
        // Names have neither, so that a URL without its scheme is told from one.
        if !text.value.contains([':', '/', '.']) {
            return Ref::read(values, cx).map(Self::Named);
        }
        let value = DataValue::string(text.value);
        match ChartRepo::from_value(&value) {
            Ok(repo) => Some(Self::Url(Spanned::new(repo, text.span))),
            Err(mismatch) => {
                cx.report(mismatched::<ChartRepo>(&value, text.span, &mismatch));
                None
            }
        }
    }
}
