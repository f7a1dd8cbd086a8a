//! OCI registries (OCI Distribution Specification 1.1; Helm, "Use OCI-based registries").

use hlc_chart::{ChartSource, Digest, Limits};
use hlc_net::{Answer, Login, Progress, Request};
use serde::Deserialize;

use super::challenge::Challenge;
use super::{Sources, judge, parse};
use crate::error::FetchError;

/// The type of the layer that is the chart's archive.
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST: &str =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
/// No registry lists more pages of tags than this for a chart.
const PAGES: usize = 200;

/// What is read of an image manifest.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    media_type: String,
    digest: String,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// A chart's place in a registry, mirrors applied.
struct Repository {
    /// `oci://registry.example.net/charts/web`, what logins are looked up for.
    url: String,
    /// `https://registry.example.net`
    server: String,
    /// `charts/web`
    name: String,
}

impl Repository {
    fn at(&self, path: &str) -> String {
        format!("{}/v2/{}/{path}", self.server, self.name)
    }
}

impl Sources {
    /// The archive of a chart in a registry. `locked` is the digest that its tag has to lead to.
    pub(super) async fn registry_archive(
        &self,
        registry: &str,
        source: &ChartSource,
        locked: Option<Digest>,
        progress: Option<Progress>,
    ) -> Result<Vec<u8>, FetchError> {
        let repository = self.repository(registry, &source.name)?;
        // Tags cannot hold a `+`; Helm writes `_`.
        let url = repository.at(&format!("manifests/{}", source.version.replace('+', "_")));
        let answer = match self.ask(&repository, &url, &|request| request.accept(MANIFEST)).await {
            Err(FetchError::Status { status: 404, .. }) => return Err(self.absent(registry, source).await),
            answer => answer?,
        };
        let malformed = |what: &str| FetchError::Malformed { url: url.clone(), what: what.to_owned() };
        let manifest: Manifest =
            serde_json::from_slice(&answer.body).map_err(|_| malformed("no image manifest that can be read"))?;
        let layer = manifest.layers.iter().find(|layer| layer.media_type == LAYER);
        let layer = layer.ok_or_else(|| malformed("an image, not a chart: it has no layer with a chart's archive"))?;
        let tagged: Digest =
            layer.digest.parse().map_err(|_| malformed("a chart whose digest is no SHA-256 digest"))?;
        if let Some(expected) = locked.filter(|expected| *expected != tagged) {
            return Err(FetchError::MovedTag { what: source.to_string(), expected, found: tagged });
        }
        let blob = repository.at(&format!("blobs/{tagged}"));
        let limit = Limits::default().packed;
        let answer = self.ask(&repository, &blob, &|request| request.limit(limit).progress(progress.clone())).await?;
        let found = Digest::of(&answer.body);
        if found != tagged {
            let what = source.to_string();
            return Err(FetchError::Digest {
                what,
                expected_by: "the registry's manifest says",
                expected: tagged,
                found,
            });
        }
        Ok(answer.body)
    }

    /// The versions of a chart in a registry: its tags.
    pub(super) async fn tags(&self, registry: &str, name: &str) -> Result<Vec<String>, FetchError> {
        let repository = self.repository(registry, name)?;
        let mut url = repository.at("tags/list?n=1000");
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let answer = match self.ask(&repository, &url, &|request| request).await {
                Err(FetchError::Status { status: 404, .. }) => {
                    let (repo, name) = (format!("oci://{registry}"), name.to_owned());
                    return Err(FetchError::NoChart { repo, name, known: Vec::new() });
                }
                answer => answer?,
            };
            let malformed = || FetchError::Malformed { url: url.clone(), what: "no list of tags".to_owned() };
            let tags: Tags = serde_json::from_slice(&answer.body).map_err(|_| malformed())?;
            found.extend(tags.tags.unwrap_or_default().into_iter().map(|tag| tag.replace('_', "+")));
            // `</v2/a/tags/list?last=x>; rel="next"`, of the same server.
            let next = answer.header("link").and_then(|link| link.split_once('<')?.1.split_once('>'));
            let next = next.filter(|(_, rest)| rest.contains("next")).and_then(|(next, _)| answer.url.join(next).ok());
            match next {
                Some(next) if next.origin() == answer.url.origin() => url = next.to_string(),
                Some(_) | None => break,
            }
        }
        Ok(found)
    }

    /// Why a tag is not there: no such version, or no such chart.
    async fn absent(&self, registry: &str, source: &ChartSource) -> FetchError {
        match self.tags(registry, &source.name).await {
            Ok(known) => FetchError::NoVersion {
                repo: format!("oci://{registry}"),
                name: source.name.clone(),
                version: source.version.clone(),
                known,
            },
            Err(error) => error,
        }
    }

    fn repository(&self, registry: &str, name: &str) -> Result<Repository, FetchError> {
        let url = self.mirrors.apply(&format!("oci://{registry}/{name}"));
        let malformed = || FetchError::Malformed { url: url.clone(), what: "no path of a registry".to_owned() };
        let rest = url.strip_prefix("oci://").ok_or_else(malformed)?;
        let (host, path) = rest.split_once('/').ok_or_else(malformed)?;
        // As Docker and Helm do, a registry on this very machine is asked without TLS.
        let name_only = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let local = name_only == "localhost" || name_only == "[::1]" || name_only.starts_with("127.");
        let server = format!("{}://{host}", if local { "http" } else { "https" });
        parse(&server)?;
        Ok(Repository { server, name: path.to_owned(), url })
    }

    /// Asks a registry, and again with what it wants to know when it asks back.
    async fn ask(
        &self,
        repository: &Repository,
        url: &str,
        with: &(dyn Fn(Request) -> Request + Sync),
    ) -> Result<Answer, FetchError> {
        let key = format!("{}/{}", repository.server, repository.name);
        let send = |login: Option<Login>| async {
            let answer = self.client.send(&with(Request::get(parse(url)?)).login(login)).await?;
            Ok::<Answer, FetchError>(answer)
        };
        let known = self.tokens.lock().await.get(&key).cloned();
        let answer = send(known).await?;
        let challenge = answer.header("www-authenticate").filter(|_| answer.status.as_u16() == 401);
        let login = self.logins.of(&repository.url);
        let Some(challenge) = challenge.and_then(Challenge::read) else { return judge(answer, login.is_some()) };
        let token = match (challenge, login) {
            (Challenge::Basic, Some(login @ Login::Basic { .. }))
            // A token of its own needs no other.
            | (Challenge::Basic | Challenge::Bearer { .. }, Some(login @ Login::Bearer(_))) => login.clone(),
            (Challenge::Basic, None) => return judge(answer, false),
            (Challenge::Bearer { realm, service, scope }, login) => {
                let scope = scope.unwrap_or_else(|| format!("repository:{}:pull", repository.name));
                self.token(&realm, service.as_deref(), &scope, login).await?
            }
        };
        self.tokens.lock().await.insert(key, token.clone());
        judge(send(Some(token)).await?, login.is_some())
    }

    /// A token from the server that gives them out.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: &str,
        login: Option<&Login>,
    ) -> Result<Login, FetchError> {
        let mut url = parse(realm)?;
        {
            let mut query = url.query_pairs_mut();
            service.into_iter().for_each(|service| {
                query.append_pair("service", service);
            });
            query.append_pair("scope", scope);
        }
        let answer = judge(self.client.send(&Request::get(url).login(login.cloned())).await?, login.is_some())?;
        let malformed =
            || FetchError::Malformed { url: realm.to_owned(), what: "no server that gives out tokens".to_owned() };
        let token: Token = serde_json::from_slice(&answer.body).map_err(|_| malformed())?;
        Ok(Login::Bearer(token.token.or(token.access_token).ok_or_else(malformed)?.into()))
    }
}
