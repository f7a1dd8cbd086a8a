//! Many records of a zone in one request.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hlc_change::{Object, Value};
use hlc_engine::{Batch, Fault, Step};

use super::{Records, fields, no_zone, object, zone, zone_of};
use crate::cloudflare::answer::{self, Record};
use crate::cloudflare::request::{Call, Id, Zone};

/// How many steps Cloudflare takes on its free plan (its batch documentation); 3500 on others, which the API does not tell.
const MOST: usize = 200;

#[async_trait]
impl Batch for Records {
    fn most(&self) -> usize {
        MOST
    }

    fn key(&self, step: &Step) -> String {
        let id = match step {
            Step::Create(wanted) | Step::Update { wanted, .. } => wanted.0.get("zone_id").and_then(|id| id.as_str()),
            Step::Delete { properties, .. } => properties.get("zone_id").and_then(Value::as_text),
        };
        id.unwrap_or_default().to_owned()
    }

    async fn carry_out(&self, steps: &[Step]) -> Result<Vec<Option<Object>>, Fault> {
        let Some(asked) = Asked::new(steps)? else { return Ok(Vec::new()) };
        let told = self.api.ask::<answer::Batch>(&asked.call).await;
        let told = told.map_err(|fault| match asked.is_about_old_ones {
            true => fault,
            false => no_zone(&asked.zone, fault),
        })?;
        asked.objects(told.result).ok_or_else(|| {
            Fault::Unclear("Cloudflare answers that a batch was carried out, but not with the records of it".to_owned())
        })
    }
}

/// A batch as it is asked, and how its answer is read.
struct Asked {
    zone: Zone,
    call: Call,
    /// In the order of the steps.
    places: Vec<Place>,
    is_about_old_ones: bool,
}

/// Where in the answer the object of a step is.
enum Place {
    /// The record of this id among those that were changed.
    Changed(Id),
    /// The next one of those that were made: of this type and name.
    Made { kind: String, name: String },
    /// Nowhere: it was deleted.
    Deleted,
}

impl Asked {
    /// `None` when there is nothing to do.
    fn new(steps: &[Step]) -> Result<Option<Self>, Fault> {
        let (mut deletes, mut patches, mut posts) = (Vec::new(), Vec::new(), Vec::new());
        let mut places = Vec::with_capacity(steps.len());
        let mut about: Option<Zone> = None;
        for step in steps {
            let (zone, place) = match step {
                Step::Create(wanted) => {
                    let record = fields::all(wanted);
                    let text = |name: &str| record.get(name).and_then(|value| value.as_str()).unwrap_or_default();
                    let place = Place::Made { kind: text("type").to_owned(), name: super::host(text("name")) };
                    posts.push(record);
                    (zone_of(wanted)?, place)
                }
                Step::Update { id, wanted, changed } => {
                    let id = Id::new(id)?;
                    let mut record = fields::changed(wanted, changed);
                    record.insert("id".to_owned(), id.as_str().into());
                    patches.push(record);
                    (zone_of(wanted)?, Place::Changed(id))
                }
                Step::Delete { id, properties } => {
                    deletes.push(Id::new(id)?);
                    (zone(properties)?, Place::Deleted)
                }
            };
            if about.as_ref().is_some_and(|about| about.id != zone.id) {
                let message = "one batch cannot change records of two zones".to_owned();
                return Err(Fault::Refused { message, help: None });
            }
            about.get_or_insert(zone);
            places.push(place);
        }
        let is_about_old_ones = deletes.len() + patches.len() > 0;
        Ok(about.map(|zone| {
            let call = Call::batch(&zone, &deletes, patches, posts);
            Self { zone, call, places, is_about_old_ones }
        }))
    }

    /// The objects in the order of the steps; `None` when one is missing.
    fn objects(&self, told: answer::Batch) -> Option<Vec<Option<Object>>> {
        let patches = told.patches.unwrap_or_default();
        let mut changed: BTreeMap<String, Record> =
            patches.into_iter().map(|record| (record.id.clone(), record)).collect();
        let mut made = told.posts.unwrap_or_default().into_iter();
        let objects = self.places.iter().map(|place| {
            let record = match place {
                Place::Deleted => return Some(None),
                Place::Changed(id) => changed.remove(id.as_str())?,
                Place::Made { kind, name } => {
                    made.next().filter(|record| record.r#type == *kind && super::host(&record.name) == *name)?
                }
            };
            Some(Some(object::object(&self.zone, record)))
        });
        objects.collect()
    }
}

#[cfg(test)]
mod tests {
    use hlc_change::Properties;
    use hlc_engine::Body;
    use serde_json::{Value as Json, json};

    use super::*;

    const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";

    fn body(name: &str, content: &str) -> Body {
        let body =
            json!({"zone": "example.net", "zone_id": ZONE, "type": "A", "name": name, "content": content, "ttl": 1});
        Body(body.as_object().unwrap().clone())
    }

    fn deletion(id: &str, zone: &str) -> Step {
        let properties = Properties::from([("zone_id".to_owned(), Value::text(zone))]);
        Step::Delete { id: id.to_owned(), properties }
    }

    fn steps() -> Vec<Step> {
        let update = |id: &str, name: &str| Step::Update {
            id: id.to_owned(),
            wanted: body(name, "203.0.113.2"),
            changed: vec!["content".to_owned()],
        };
        vec![
            Step::Create(body("a.example.net", "203.0.113.1")),
            update("b", "b.example.net"),
            deletion("c", ZONE),
            Step::Create(body("d.example.net", "203.0.113.1")),
            update("e", "e.example.net"),
        ]
    }

    fn record(id: &str, name: &str) -> Json {
        json!({"id": id, "type": "A", "name": name, "content": "203.0.113.1", "ttl": 1})
    }

    fn ids(told: Json) -> Option<Vec<Option<String>>> {
        let asked = Asked::new(&steps()).unwrap().unwrap();
        let objects = asked.objects(serde_json::from_value(told).unwrap())?;
        Some(objects.into_iter().map(|object| object.map(|object| object.id)).collect())
    }

    #[test]
    fn answers_find_their_steps() {
        let some = |id: &str| Some(id.to_owned());
        let patches = json!([record("e", "e.example.net"), record("b", "b.example.net")]);
        let posts = json!([record("n1", "a.example.net"), record("n2", "D.example.net")]);
        let told = json!({"deletes": [{"id": "c"}], "patches": patches, "posts": posts, "puts": null});
        assert_eq!(ids(told), Some(vec![some("n1"), some("b"), None, some("n2"), some("e")]));
    }

    #[test]
    fn an_answer_of_which_something_is_missing_says_nothing() {
        let patches = json!([record("b", "b.example.net"), record("e", "e.example.net")]);
        let (a, d) = (record("n1", "a.example.net"), record("n2", "d.example.net"));
        assert_eq!(ids(json!({"patches": patches, "posts": [a]})), None);
        assert_eq!(ids(json!({"patches": patches, "posts": [d, a]})), None);
        assert_eq!(ids(json!({"patches": null, "posts": [a, d]})), None);
    }

    #[test]
    fn zones_are_not_mixed() {
        let mut steps = steps();
        assert_eq!(Asked::new(&steps).unwrap().unwrap().zone.name, "example.net");
        steps.push(deletion("x", "0b"));
        assert!(matches!(Asked::new(&steps), Err(Fault::Refused { .. })));
        assert!(Asked::new(&[]).unwrap().is_none());
    }
}
