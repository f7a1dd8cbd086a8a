//! Where charts come from.

use std::fmt;

/// A chart in one version, and where it is had from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChartSource {
    /// Its name in its repository.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// The repository as it is written: `https://…`, `oci://…`, or a folder of the project that begins with `./`.
    pub repo: String,
}

/// The kinds of places that charts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// An HTTP repository: `index.yaml` lies below this URL, which has no `/` at its end.
    Http(&'a str),
    /// An OCI registry: the path that the chart's name is added to, without scheme and without `/` at its end.
    Oci(&'a str),
    /// A folder of the project, without `./` and without `/` at its end, in which the chart's own folder lies.
    Folder(&'a str),
}

impl ChartSource {
    /// What kind of place it comes from.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        let repo = self.repo.trim_end_matches('/');
        if let Some(registry) = repo.strip_prefix("oci://") {
            return Origin::Oci(registry);
        }
        match repo.strip_prefix("./") {
            Some(folder) => Origin::Folder(folder),
            None if repo == "." => Origin::Folder(""),
            None => Origin::Http(repo),
        }
    }

    /// The folder of a chart that lies in the project; `None` for all others.
    #[must_use]
    pub fn folder(&self) -> Option<String> {
        match self.origin() {
            Origin::Folder("") => Some(self.name.clone()),
            Origin::Folder(folder) => Some(format!("{folder}/{}", self.name)),
            Origin::Http(_) | Origin::Oci(_) => None,
        }
    }
}

/// `grafana 10.7.0`
impl fmt::Display for ChartSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        let source = |repo: &str| ChartSource { name: "web".into(), version: "1.0.0".into(), repo: repo.into() };
        assert_eq!(source("https://x.y/z/").origin(), Origin::Http("https://x.y/z"));
        assert_eq!(source("oci://x.y/z/").origin(), Origin::Oci("x.y/z"));
        assert_eq!(source("./charts/").origin(), Origin::Folder("charts"));
        assert_eq!(source("./charts").folder().as_deref(), Some("charts/web"));
        assert_eq!(source("./").folder().as_deref(), Some("web"));
        assert_eq!(source("https://x.y").folder(), None);
    }
}
