//! A plain client.

use std::time::Duration;

use hlc_sim::Cloudflare;
use hlc_sim::cloudflare::Settings;
use hlc_tests_contracts::Contract;
use reqwest::Method;
use serde_json::Value;

pub(crate) const TOKEN: &str = "simulated-token-of-forty-characters-0001";
pub(crate) const ZONE: &str = "example.com";

/// A simulator and a client of it.
pub(crate) struct Client {
    pub(crate) cloudflare: Cloudflare,
    pub(crate) zone: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The result of a request that went well.
    pub(crate) fn result(&self) -> Value {
        let json = self.json();
        assert!(self.status == 200 && json["success"] == true, "{self:?}");
        json["result"].clone()
    }

    pub(crate) fn id(&self) -> String {
        self.result()["id"].as_str().unwrap().to_owned()
    }

    /// Status, and the vendor's code.
    pub(crate) fn failure(&self) -> (u16, u64) {
        (self.status, self.json()["errors"][0]["code"].as_u64().unwrap_or_else(|| panic!("{self:?}")))
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub(crate) fn start() -> Self {
        Self::with(Settings::new([ZONE, "other.net"], TOKEN))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let cloudflare = Cloudflare::start(settings).unwrap();
        let zone = cloudflare.world().zone_id(ZONE).unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        Self { cloudflare, zone, token: Some(TOKEN.to_owned()), http }
    }

    /// The same simulator, asked with another token.
    pub(crate) fn token(&mut self, token: Option<&str>) -> &Self {
        self.token = token.map(str::to_owned);
        self
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<String>) -> reqwest::Result<Got> {
        let mut request = self.http.request(method, format!("{}{path}", self.cloudflare.url()));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await?;
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok(Got { status: response.status().as_u16(), headers, text: response.text().await? })
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, path, None).await.unwrap()
    }

    /// A request below the records of the zone: `""`, `"/batch"`, `"?type=A"`.
    pub(crate) async fn records(&self, method: Method, below: &str, body: Option<Value>) -> Got {
        self.try_records(method, below, body).await.unwrap()
    }

    pub(crate) async fn try_records(&self, method: Method, below: &str, body: Option<Value>) -> reqwest::Result<Got> {
        let path = format!("/zones/{}/dns_records{below}", self.zone);
        self.send(method, &path, body.map(|body| body.to_string())).await
    }

    pub(crate) async fn create(&self, body: Value) -> Got {
        self.records(Method::POST, "", Some(body)).await
    }

    pub(crate) async fn list(&self, query: &str) -> Got {
        self.records(Method::GET, query, None).await
    }

    /// Stops the test unless everything kept the contract.
    pub(crate) fn finish(self) {
        if let Some(contract) = Contract::cloudflare() {
            contract.hold(&self.cloudflare.control().log());
        }
        self.cloudflare.stop();
    }

    /// Likewise, for a test with requests that are wrong on purpose.
    pub(crate) fn finish_answers(self) {
        if let Some(contract) = Contract::cloudflare() {
            contract.hold_answers(&self.cloudflare.control().log());
        }
        self.cloudflare.stop();
    }
}
