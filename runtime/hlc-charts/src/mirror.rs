//! Mirrors: other places where the same things are had.

use std::fmt;
use std::str::FromStr;

use crate::prefix;

/// URL prefixes, and what stands in for each on this machine. The lock file knows nothing of it: what comes from a mirror has
/// the digest of what it mirrors, or is refused.
#[derive(Clone, Debug, Default)]
pub struct Mirrors {
    entries: Vec<(String, String)>,
}

/// One mirror: `https://charts.example.net=https://mirror.lan/charts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    from: String,
    to: String,
}

/// A text that names no mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorError(&'static str);

impl fmt::Display for MirrorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for MirrorError {}

impl FromStr for Mirror {
    type Err = MirrorError;

    fn from_str(text: &str) -> Result<Self, MirrorError> {
        let (from, to) = text.split_once('=').ok_or(MirrorError("write `URL=URL`: what is mirrored, and where"))?;
        let kind = |url: &str| {
            let (scheme, rest) = url.split_once("://")?;
            (!rest.trim_matches('/').is_empty()).then_some(())?;
            match scheme {
                "http" | "https" => Some(false),
                "oci" => Some(true),
                _ => None,
            }
        };
        match (kind(from), kind(to)) {
            (Some(from_registry), Some(to_registry)) if from_registry == to_registry => {
                let plain = |url: &str| url.trim_end_matches('/').to_owned();
                Ok(Self { from: plain(from), to: plain(to) })
            }
            (Some(_), Some(_)) => {
                Err(MirrorError("an OCI registry is mirrored by an OCI registry, a web server by a web server"))
            }
            (Some(_) | None, Some(_) | None) => {
                Err(MirrorError("both are URLs that begin with `https://`, `http://` or `oci://`"))
            }
        }
    }
}

impl FromIterator<Mirror> for Mirrors {
    fn from_iter<I: IntoIterator<Item = Mirror>>(mirrors: I) -> Self {
        Self { entries: mirrors.into_iter().map(|mirror| (mirror.from, mirror.to)).collect() }
    }
}

impl Mirrors {
    /// Where to ask for a URL: the nearest mirror's, or the URL itself.
    #[must_use]
    pub fn apply(&self, url: &str) -> String {
        let mirrored = prefix::longest(&self.entries, url)
            .and_then(|(from, to)| prefix::below(url, from).map(|rest| format!("{to}{rest}")));
        mirrored.unwrap_or_else(|| url.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mirror_is_asked() {
        let mirrors: Mirrors = ["https://a.example=https://m.lan/a/", "https://a.example/x/=http://127.0.0.1:80/x"]
            .map(|text| text.parse().unwrap())
            .into_iter()
            .collect();
        assert_eq!(mirrors.apply("https://a.example/charts/index.yaml"), "https://m.lan/a/charts/index.yaml");
        assert_eq!(mirrors.apply("https://a.example/x/y.tgz"), "http://127.0.0.1:80/x/y.tgz");
        assert_eq!(mirrors.apply("https://b.example/x"), "https://b.example/x");
    }

    #[test]
    fn what_is_no_mirror() {
        let fault = |text: &str| text.parse::<Mirror>().unwrap_err().to_string();
        assert!(fault("https://a").contains("URL=URL"));
        assert!(fault("https://a=oci://b").contains("by an OCI registry"));
        assert!(fault("ftp://a=https://b").contains("begin with"));
        assert!(fault("https://=https://b").contains("begin with"));
    }
}
