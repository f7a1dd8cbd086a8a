//! Zones: looked up, never made.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use hlc_change::{Object, Properties, Value};
use hlc_engine::{Body, Fault, Operate, Relation};
use hlc_model::stack::cloudflare::ZoneLookup;
use hlc_plan::{Kind, KindDecl};
use tokio::task::JoinSet;

use super::answer;
use super::client::Api;
use super::listing;
use super::record::host;
use super::request::{Call, Id, Zone};

/// How many zones stand on a page, at most (`per_page` in the description of the list).
const PAGE: u32 = 50;

/// The kind `zone`.
pub(super) struct Zones {
    api: Arc<Api>,
}

impl Zones {
    pub(super) fn new(api: Arc<Api>) -> Self {
        Self { api }
    }
}

#[async_trait]
impl Operate for Zones {
    fn kind(&self) -> &'static KindDecl {
        ZoneLookup::decl()
    }

    fn canonical(&self, properties: &mut Properties) {
        if let Some(Value::Text(name)) = properties.get_mut("name") {
            *name = host(name);
        }
    }

    fn key(&self, properties: &Properties) -> String {
        text(properties, "name").unwrap_or_default().to_owned()
    }

    /// An id that was stated has been held against the name where it was looked up.
    fn relation(&self, wanted: &Properties, object: &Properties) -> Relation {
        if self.key(wanted) == self.key(object) { Relation::Same } else { Relation::Other }
    }

    /// Asks for each zone by its name or id: a homelab has a few of them, an account may have thousands.
    async fn list(&self, wanted: &[&Properties]) -> Result<Vec<Object>, Fault> {
        let mut asked: BTreeMap<String, Option<String>> = BTreeMap::new();
        for properties in wanted {
            if let Some(name) = text(properties, "name") {
                asked.insert(host(name), text(properties, "id").map(str::to_owned));
            }
        }
        let mut tasks = JoinSet::new();
        for (name, id) in asked {
            let api = self.api.clone();
            tasks.spawn(async move {
                match id {
                    Some(id) => stated(&api, name, &id).await.map(Some),
                    None => named(&api, &name).await,
                }
            });
        }
        let mut zones = Vec::new();
        while let Some(found) = tasks.join_next().await {
            let found = found.map_err(|error| Fault::Unavailable(format!("looking up a zone stopped: {error}")))?;
            zones.extend(found?);
        }
        zones.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(zones)
    }

    async fn read(&self, id: &str, properties: &Properties) -> Result<Option<Object>, Fault> {
        let name = text(properties, "name").unwrap_or_default().to_owned();
        let call = Call::zone(&Zone { id: Id::new(id)?, name });
        match self.api.ask::<answer::Zone>(&call).await {
            Ok(told) => Ok(Some(object(told.result))),
            Err(Fault::Gone) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, _: &Body) -> Result<Object, Fault> {
        Err(only_looked_up())
    }

    async fn update(&self, _: &str, _: &Body, _: &[String]) -> Result<Object, Fault> {
        Err(only_looked_up())
    }

    async fn delete(&self, _: &str, _: &Properties) -> Result<(), Fault> {
        Err(only_looked_up())
    }
}

fn text<'a>(properties: &'a Properties, name: &str) -> Option<&'a str> {
    properties.get(name).and_then(Value::as_text)
}

fn only_looked_up() -> Fault {
    let help = "add the zone at Cloudflare, and let its registrar name Cloudflare's name servers".to_owned();
    Fault::Refused { message: "zones are only looked up, never made or changed".to_owned(), help: Some(help) }
}

/// The zone of an id that the homelab states.
async fn stated(api: &Api, name: String, id: &str) -> Result<Object, Fault> {
    let zone = Zone { id: Id::new(id)?, name };
    let found = match api.ask::<answer::Zone>(&Call::zone(&zone)).await {
        Ok(told) => told.result,
        Err(Fault::Gone) => return Err(wrong_id(&zone, "no zone has it")),
        // Cloudflare says no more about zones of others.
        Err(Fault::Denied { message, help }) => {
            return Err(Fault::Denied { message, help: format!("{help}; or the zone has another id than `{id}`") });
        }
        Err(fault) => return Err(fault),
    };
    match host(&found.name) == zone.name {
        true => Ok(object(found)),
        false => Err(wrong_id(&zone, &format!("it is that of `{}`", found.name))),
    }
}

fn wrong_id(zone: &Zone, why: &str) -> Fault {
    let Zone { id, name } = zone;
    Fault::Refused {
        message: format!("the id `{}` is not that of the zone `{name}`: {why}", id.as_str()),
        help: Some(format!("leave `id` out of `zone \"{name}\"`: it is looked up by name then")),
    }
}

/// The zone of a name, in whatever account.
async fn named(api: &Api, name: &str) -> Result<Option<Object>, Fault> {
    let found: Vec<answer::Zone> = listing::all(api, PAGE, |page| Call::zones_named(name, page)).await?;
    one_of(name, found)
}

fn one_of(name: &str, found: Vec<answer::Zone>) -> Result<Option<Object>, Fault> {
    let mut exact: Vec<answer::Zone> = found.into_iter().filter(|zone| host(&zone.name) == name).collect();
    if exact.len() < 2 {
        return Ok(exact.pop().map(object));
    }
    let each = exact.iter().map(|zone| {
        let account = zone.account.as_ref().and_then(|account| account.name.as_deref());
        format!("`{}` in the account `{}`", zone.id, account.unwrap_or("(without a name)"))
    });
    let each: Vec<String> = each.collect();
    Err(Fault::Refused {
        message: format!("several zones are called `{name}`: {}", each.join(", ")),
        help: Some(format!("say which one: `zone \"{name}\" id=\"…\"`")),
    })
}

fn object(zone: answer::Zone) -> Object {
    Object {
        properties: Properties::from([("name".to_owned(), Value::text(host(&zone.name)))]),
        outputs: BTreeMap::from([("id".to_owned(), Value::text(zone.id.clone()))]),
        id: zone.id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(json: serde_json::Value) -> Vec<answer::Zone> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn only_the_exact_name_is_meant() {
        let found = zones(serde_json::json!([{"id": "a", "name": "net"}, {"id": "b", "name": "example.net"}]));
        let object = one_of("example.net", found).unwrap().unwrap();
        assert_eq!((object.id.as_str(), object.outputs.get("id")), ("b", Some(&Value::text("b"))));
        assert_eq!(one_of("example.net", Vec::new()).unwrap(), None);
    }

    #[test]
    fn one_name_in_two_accounts_is_asked_about() {
        let found = zones(serde_json::json!([
            {"id": "a", "name": "example.net", "account": {"name": "Home"}},
            {"id": "b", "name": "example.net", "account": {"id": "x"}}
        ]));
        let Err(Fault::Refused { message, help }) = one_of("example.net", found) else { panic!() };
        assert_eq!(
            message,
            "several zones are called `example.net`: `a` in the account `Home`, `b` in the account `(without a name)`"
        );
        assert_eq!(help.as_deref(), Some("say which one: `zone \"example.net\" id=\"…\"`"));
    }
}
