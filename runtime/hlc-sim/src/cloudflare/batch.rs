//! `POST /zones/{zone_id}/dns_records/batch`: many changes, all or none.

use serde_json::{Map, Value, json};

use super::change::Change;
use super::draft::{self, Draft};
use super::envelope::{Failure, success};
use super::settings::Plan;
use super::world::Records;
use crate::exchange::Answer;

/// The four lists, in the order in which the vendor carries them out, whatever their order in the body.
/// Source: developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes.
const LISTS: [&str; 4] = ["deletes", "patches", "puts", "posts"];

/// What a batch asks for.
pub(super) struct Batch {
    pub(super) changes: Vec<Change>,
    /// How many there are in each list.
    counts: [usize; 4],
}

impl Batch {
    pub(super) fn read(body: &[u8], plan: Plan) -> Result<Self, Failure> {
        let json = draft::body(body)?;
        let json = json.as_object().ok_or_else(draft::invalid_body)?;
        let mut batch = Self { changes: Vec::new(), counts: [0; 4] };
        for (list, count) in LISTS.into_iter().zip(&mut batch.counts) {
            let items = match json.get(list) {
                None | Some(Value::Null) => continue,
                Some(items) => items.as_array().ok_or_else(draft::invalid_body)?,
            };
            *count = items.len();
            for item in items {
                batch.changes.push(change(list, item)?);
            }
        }
        let (asked, most) = (batch.changes.len(), plan.largest_batch());
        if asked > most {
            // The limit is documented, the code is not.
            let message = format!("Batch has {asked} operations, exceeding the limit of {most}.");
            return Err(Failure::invalid(9207, message));
        }
        Ok(batch)
    }

    /// The answer: for each list what became of its records.
    pub(super) fn answer(&self, results: &Records) -> Answer {
        let mut results = results.iter();
        let mut lists = Map::new();
        for (list, count) in LISTS.into_iter().zip(self.counts) {
            let records: Vec<Value> = results.by_ref().take(count).map(|record| record.json()).collect();
            lists.insert(list.to_owned(), json!(records));
        }
        success(lists.into())
    }
}

fn change(list: &str, item: &Value) -> Result<Change, Failure> {
    let id = || item.get("id").and_then(Value::as_str).map(str::to_owned).ok_or_else(draft::invalid_body);
    Ok(match list {
        "deletes" => Change::Delete(id()?),
        "patches" => Change::Patch(id()?, Draft::read(item)?),
        "puts" => Change::Put(id()?, Draft::read(item)?),
        _ => Change::Post(Draft::read(item)?),
    })
}
