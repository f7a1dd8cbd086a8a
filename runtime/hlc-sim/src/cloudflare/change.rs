//! A change of a zone's records, and what stands in its way.

use std::sync::Arc;
use std::time::SystemTime;

use super::content::spoken;
use super::draft::Draft;
use super::envelope::Failure;
use super::records::{Fields, Record};
use super::settings::Plan;
use super::validate;
use super::world::Records;

/// Something done to one record.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Delete(String),
    Patch(String, Draft),
    Put(String, Draft),
    Post(Draft),
}

/// Where and when it is done.
pub(super) struct Context<'a> {
    pub(super) zone: &'a str,
    pub(super) plan: Plan,
    pub(super) now: SystemTime,
    /// What a new record will be called.
    pub(super) id: String,
}

/// Makes a change. `gone` are records that no longer exist and are in the way all the same.
pub(super) fn apply(
    records: &mut Records,
    gone: &Records,
    change: &Change,
    context: Context<'_>,
) -> Result<Arc<Record>, Failure> {
    let find = |id: &str| records.iter().position(|record| record.id == id).ok_or_else(Failure::no_record);
    let (position, before, draft) = match change {
        Change::Delete(id) => return Ok(records.remove(find(id)?)),
        Change::Post(draft) => (None, None, draft),
        Change::Patch(id, draft) | Change::Put(id, draft) => {
            let position = find(id)?;
            let before = records.get(position).cloned();
            (Some(position), before, draft)
        }
    };
    // A put says all of it: what it leaves out is as if it had never been set.
    let kept = before.as_ref().filter(|_| matches!(change, Change::Patch(..))).map(|record| &record.fields);
    let fields = validate::fields(kept, draft, context.zone, context.plan)?;
    let itself = before.as_ref().map(|record| record.id.as_str());
    let others = || records.iter().chain(gone).filter(|record| Some(record.id.as_str()) != itself);
    collide(&fields, others)?;
    let record = Arc::new(settled(fields, before.as_deref(), context));
    match position.and_then(|position| records.get_mut(position)) {
        Some(place) => *place = record.clone(),
        None => records.push(record.clone()),
    }
    Ok(record)
}

fn settled(fields: Fields, before: Option<&Record>, context: Context<'_>) -> Record {
    let now = context.now;
    let commented = match before.filter(|before| before.fields.comment == fields.comment) {
        Some(before) => before.commented,
        None => fields.comment.is_some().then_some(now),
    };
    let tagged = match before.filter(|before| before.fields.tags == fields.tags) {
        Some(before) => before.tagged,
        None => (!fields.tags.is_empty()).then_some(now),
    };
    Record {
        id: before.map_or(context.id, |before| before.id.clone()),
        created: before.map_or(now, |before| before.created),
        modified: now,
        commented,
        tagged,
        fields,
    }
}

/// What the vendor does not let stand beside each other.
///
/// Sources: developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name; 81053
/// github.com/cloudflare/terraform-provider-cloudflare/issues/1247, 81054 github.com/jeessy2/ddns-go/issues/1557, 81058
/// github.com/jeessy2/ddns-go/issues/1378, 81057 github.com/NewFuture/DDNS/issues/21.
fn collide<'a, Others: Iterator<Item = &'a Arc<Record>>>(
    fields: &Fields,
    others: impl Fn() -> Others,
) -> Result<(), Failure> {
    let more = "For more details, refer to \
                <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.";
    if let Some(other) = others().map(|record| &record.fields).find(|other| says_the_same(other, fields)) {
        return Err(match other == fields {
            true => Failure::invalid(81058, "An identical record already exists."),
            false => Failure::invalid(81057, "The record already exists."),
        });
    }
    for other in others().map(|record| &record.fields).filter(|other| other.name == fields.name) {
        match (fields.sort.as_str(), other.sort.as_str()) {
            ("CNAME", "A" | "AAAA" | "CNAME") => {
                let message = format!("An A, AAAA, or CNAME record with that host already exists. {more}");
                return Err(Failure::invalid(81053, message));
            }
            ("A" | "AAAA", "CNAME") => {
                let message = format!("A CNAME record with that host already exists. {more}");
                return Err(Failure::invalid(81054, message));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether two records are one to a resolver.
fn says_the_same(one: &Fields, other: &Fields) -> bool {
    let content = if one.sort == "TXT" {
        spoken(&one.content) == spoken(&other.content)
    } else {
        one.content == other.content && one.priority == other.priority
    };
    one.sort == other.sort && one.name == other.name && content
}
