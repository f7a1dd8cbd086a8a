//! A simulator and the provider that asks it.

use std::sync::Arc;
use std::time::Duration;

use hlc_change::{Object, Properties, Value};
use hlc_engine::{Body, Fault, Operate, Provider};
use hlc_net::{Policy, Url};
use hlc_providers::cloudflare;
use hlc_secrets::Secret;
use hlc_sim::Cloudflare;
use hlc_sim::cloudflare::Settings;
use hlc_tests_contracts::Contract;
use serde_json::{Map, Value as Json, json};

pub(crate) const TOKEN: &str = "simulated-token-of-forty-characters-0001";
pub(crate) const ZONE: &str = "example.net";
/// More than any answer takes on a machine that has other things to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Lab {
    pub(crate) sim: Cloudflare,
    provider: Provider,
}

impl Lab {
    pub(crate) fn start() -> Self {
        Self::with(Settings::new([ZONE, "example.org"], TOKEN))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let sim = Cloudflare::start(settings).unwrap();
        let provider = provider(&sim.url(), TOKEN, PATIENCE);
        Self { sim, provider }
    }

    pub(crate) fn zones(&self) -> Arc<dyn Operate> {
        self.provider.kind("zone").unwrap().clone()
    }

    pub(crate) fn records(&self) -> Arc<dyn Operate> {
        self.provider.kind("record").unwrap().clone()
    }

    /// Records, asked by somebody who does not wait longer than that for a silent server.
    pub(crate) fn hasty(&self, idle: Duration) -> Arc<dyn Operate> {
        provider(&self.sim.url(), TOKEN, idle).kind("record").unwrap().clone()
    }

    pub(crate) fn zone_id(&self, zone: &str) -> String {
        self.sim.world().zone_id(zone).unwrap()
    }

    /// A record of the zone as it is wanted: `more` beside zone, type and name.
    pub(crate) fn wanted(&self, kind: &str, name: &str, more: Json) -> Properties {
        let at = json!({"zone": ZONE, "zone_id": self.zone_id(ZONE), "type": kind, "name": name, "ttl": 1, "proxied": false});
        let mut properties = map(at);
        properties.extend(map(more));
        self.records().canonical(&mut properties);
        properties
    }

    pub(crate) async fn create(&self, wanted: &Properties) -> Result<Object, Fault> {
        self.records().create(&body(wanted)).await
    }

    pub(crate) async fn update(&self, id: &str, wanted: &Properties, changed: &[&str]) -> Result<Object, Fault> {
        let changed: Vec<String> = changed.iter().map(|name| (*name).to_owned()).collect();
        self.records().update(id, &body(wanted), &changed).await
    }

    pub(crate) async fn read(&self, id: &str, wanted: &Properties) -> Option<Object> {
        self.records().read(id, wanted).await.unwrap()
    }

    /// Stops the test unless everything kept the contract.
    pub(crate) fn finish(self) {
        if let Some(contract) = Contract::cloudflare() {
            contract.hold(&self.sim.control().log());
        }
        self.finish_faults();
    }

    /// Likewise, for a test with requests that are wrong on purpose.
    pub(crate) fn finish_answers(self) {
        if let Some(contract) = Contract::cloudflare() {
            contract.hold_answers(&self.sim.control().log());
        }
        self.finish_faults();
    }

    fn finish_faults(self) {
        assert_eq!(self.sim.control().faults_left(), 0, "a fault did not happen");
    }
}

/// Cloudflare at an address, asked for pages of 100 records.
pub(crate) fn provider(url: &str, token: &str, idle: Duration) -> Provider {
    let policy =
        Policy { attempts: 3, idle, deadline: 3 * PATIENCE, first_wait: Duration::from_millis(5), ..Policy::default() };
    let settings = cloudflare::Settings { base: Some(Url::parse(url).unwrap()), policy, page: 100 };
    cloudflare::provider_with(Secret::from(token.to_owned()), settings).unwrap()
}

pub(crate) fn map(json: Json) -> Properties {
    let Value::Map(properties) = Value::from_api(json) else { panic!("not a map") };
    properties
}

pub(crate) fn body(wanted: &Properties) -> Body {
    let fields: Map<String, Json> =
        wanted.iter().map(|(name, value)| (name.clone(), Json::from(value.clone()))).collect();
    Body(fields)
}

/// The properties that are wanted and not so: what a plan would show again and again.
pub(crate) fn differing(wanted: &Properties, there: &Object) -> Vec<String> {
    let is_so = |wanted: &Value, there: Option<&Value>| match (wanted, there) {
        (Value::Map(wanted), Some(Value::Map(there))) => {
            wanted.iter().all(|(key, value)| there.get(key) == Some(value))
        }
        (Value::Null, None) => true,
        (wanted, there) => there == Some(wanted),
    };
    let wrong = wanted.iter().filter(|(name, value)| !is_so(value, there.properties.get(*name)));
    wrong.map(|(name, value)| format!("{name}: {value} is {:?}", there.properties.get(name))).collect()
}

/// Stops the test unless it is as wanted.
pub(crate) fn assert_so(wanted: &Properties, there: &Object) {
    assert_eq!(differing(wanted, there), [""; 0]);
}
