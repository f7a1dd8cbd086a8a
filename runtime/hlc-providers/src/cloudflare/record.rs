//! Records.

mod batch;
mod canonical;
mod fields;
mod object;
mod text;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use hlc_change::{Object, Properties, Value};
use hlc_engine::{Batch, Body, Fault, Operate, Relation};
use hlc_plan::{Kind, KindDecl};
use tokio::task::JoinSet;

use super::answer::{self, Deleted};
use super::client::Api;
use super::listing;
use super::request::{Call, Id, Zone};

pub(super) use canonical::host;

/// The types that lead somewhere: of one name they do not stand beside a CNAME.
const LEADING: [&str; 3] = ["A", "AAAA", "CNAME"];

/// The kind `record`.
pub(super) struct Records {
    api: Arc<Api>,
}

impl Records {
    pub(super) fn new(api: Arc<Api>) -> Self {
        Self { api }
    }
}

#[async_trait]
impl Operate for Records {
    fn kind(&self) -> &'static KindDecl {
        hlc_model::stack::cloudflare::Record::decl()
    }

    fn canonical(&self, properties: &mut Properties) {
        canonical::canonical(properties);
    }

    /// Zone and name, whatever the type: a CNAME clashes with addresses of its name.
    fn key(&self, properties: &Properties) -> String {
        let part = |name: &str| match properties.get(name) {
            Some(Value::Text(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        format!("{}|{}", part("zone_id"), part("name"))
    }

    fn relation(&self, wanted: &Properties, object: &Properties) -> Relation {
        relation(wanted, object)
    }

    /// Lists each zone once, all of them at the same time.
    async fn list(&self, wanted: &[&Properties]) -> Result<Vec<Object>, Fault> {
        let stated = wanted.iter().filter(|properties| matches!(properties.get("zone_id"), Some(Value::Text(_))));
        let zones: BTreeSet<Zone> = stated.map(|properties| zone(properties)).collect::<Result<_, _>>()?;
        let mut tasks = JoinSet::new();
        for zone in zones {
            let api = self.api.clone();
            tasks.spawn(async move { every(&api, &zone).await });
        }
        let mut objects = Vec::new();
        while let Some(listed) = tasks.join_next().await {
            let listed = listed.map_err(|error| Fault::Unavailable(format!("listing a zone stopped: {error}")))?;
            objects.extend(listed?);
        }
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(objects)
    }

    async fn read(&self, id: &str, properties: &Properties) -> Result<Option<Object>, Fault> {
        let zone = zone(properties)?;
        match self.api.ask::<answer::Record>(&Call::record(&zone, &Id::new(id)?)).await {
            Ok(told) => Ok(Some(object::object(&zone, told.result))),
            Err(Fault::Gone) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn create(&self, wanted: &Body) -> Result<Object, Fault> {
        let zone = zone_of(wanted)?;
        let told = self.api.ask::<answer::Record>(&Call::create(&zone, fields::all(wanted))).await;
        Ok(object::object(&zone, told.map_err(|fault| no_zone(&zone, fault))?.result))
    }

    async fn update(&self, id: &str, wanted: &Body, changed: &[String]) -> Result<Object, Fault> {
        let zone = zone_of(wanted)?;
        let call = Call::update(&zone, &Id::new(id)?, fields::changed(wanted, changed));
        Ok(object::object(&zone, self.api.ask::<answer::Record>(&call).await?.result))
    }

    async fn delete(&self, id: &str, properties: &Properties) -> Result<(), Fault> {
        let call = Call::delete(&zone(properties)?, &Id::new(id)?);
        self.api.ask::<Deleted>(&call).await.map(drop)
    }

    fn batch(&self) -> Option<&dyn Batch> {
        Some(self)
    }
}

/// Every record of a zone. One that is gone has none: what was recorded in it is gone too.
async fn every(api: &Api, zone: &Zone) -> Result<Vec<Object>, Fault> {
    let listed = listing::all(api, api.page, |page| Call::records(zone, page, api.page)).await;
    let records: Vec<answer::Record> = match listed {
        Err(Fault::Gone) => Vec::new(),
        listed => listed?,
    };
    Ok(records.into_iter().map(|record| object::object(zone, record)).collect())
}

/// What is gone where no record was asked for is the zone.
fn no_zone(zone: &Zone, fault: Fault) -> Fault {
    let Fault::Gone = fault else { return fault };
    let Zone { id, name } = zone;
    Fault::Refused {
        message: format!("the zone `{name}` is not there: Cloudflare has none with the id `{}`", id.as_str()),
        help: Some(format!("see whether `zone \"{name}\"` states a wrong `id`, or was deleted and added again")),
    }
}

/// The zone of a record.
fn zone(properties: &Properties) -> Result<Zone, Fault> {
    let text = |name: &str| properties.get(name).and_then(Value::as_text);
    named(text("zone_id"), text("zone"))
}

fn zone_of(body: &Body) -> Result<Zone, Fault> {
    let text = |name: &str| body.0.get(name).and_then(serde_json::Value::as_str);
    named(text("zone_id"), text("zone"))
}

fn named(id: Option<&str>, name: Option<&str>) -> Result<Zone, Fault> {
    let name = name.unwrap_or_default();
    let unknown = || Fault::Refused { message: format!("nobody knows the id of the zone `{name}`"), help: None };
    Ok(Zone { id: Id::new(id.ok_or_else(unknown)?)?, name: host(name) })
}

fn relation(wanted: &Properties, object: &Properties) -> Relation {
    let (kind, other) = (text_of(wanted, "type"), text_of(object, "type"));
    let same_place = ["zone_id", "name"].iter().all(|name| {
        let place = text_of(wanted, name);
        place.is_some() && place == text_of(object, name)
    });
    let leads = |kind: Option<&str>| kind.is_some_and(|kind| LEADING.contains(&kind));
    if !same_place {
        Relation::Other
    } else if kind == other {
        let value = value(wanted);
        match value.is_some() && value == self::value(object) {
            true => Relation::Same,
            // Others of a name are several by nature: mail servers, texts.
            false if leads(kind) => Relation::Clash,
            false => Relation::Other,
        }
    } else if leads(kind) && leads(other) && (kind == Some("CNAME") || other == Some("CNAME")) {
        Relation::Clash
    } else {
        Relation::Other
    }
}

/// What tells a record from others of its type and name, as the compiler tells them apart; `None` while that is not known. What can
/// change without another one coming about (priority, weight, flags) is left out.
fn value(properties: &Properties) -> Option<Vec<&Value>> {
    let parts: &[&str] = match text_of(properties, "type")? {
        "SRV" => &["target", "port"],
        "CAA" => &["tag", "value"],
        _ => {
            let content = properties.get("content")?;
            return matches!(content, Value::Text(_)).then(|| vec![content]);
        }
    };
    let Some(Value::Map(data)) = properties.get("data") else { return None };
    parts.iter().map(|part| data.get(*part).filter(|value| value.is_known())).collect()
}

fn text_of<'a>(properties: &'a Properties, name: &str) -> Option<&'a str> {
    properties.get(name).and_then(Value::as_text)
}

#[cfg(test)]
mod tests;
