//! Which records a list shows, and in which order.

use super::records::Record;
use super::world::Records;
use crate::exchange::Asked;

/// The records that are asked for, in the order that is asked for.
pub(super) fn filtered(records: Records, asked: &Asked) -> Records {
    let any = asked.parameter("match") == Some("any");
    let filters: Vec<Filter<'_>> = asked.query.iter().filter_map(|(name, value)| Filter::read(name, value)).collect();
    let tag_filters: Vec<Filter<'_>> =
        asked.query.iter().filter_map(|(name, value)| Filter::tag(name, value)).collect();
    let any_tag = asked.parameter("tag_match") == Some("any");
    let shown = |record: &Record| {
        let mut verdicts: Vec<bool> = filters.iter().map(|filter| filter.takes(record)).collect();
        if !tag_filters.is_empty() {
            verdicts.push(verdict(&tag_filters, record, any_tag));
        }
        let filtered = verdicts.is_empty() || if any { verdicts.contains(&true) } else { !verdicts.contains(&false) };
        filtered && asked.parameter("search").is_none_or(|text| found(record, text))
    };
    let mut records: Records = records.into_iter().filter(|record| shown(record)).collect();
    let order = asked.parameter("order").unwrap_or("type");
    records.sort_by_key(|record| key(record, order));
    if asked.parameter("direction") == Some("desc") {
        records.reverse();
    }
    records
}

fn verdict(filters: &[Filter<'_>], record: &Record, any: bool) -> bool {
    let mut verdicts = filters.iter().map(|filter| filter.takes(record));
    if any { verdicts.any(|taken| taken) } else { verdicts.all(|taken| taken) }
}

/// What a list is ordered by. The order within is that of making, so that pages do not overlap.
fn key(record: &Record, order: &str) -> (u64, String) {
    let fields = &record.fields;
    match order {
        "name" => (0, fields.name.clone()),
        "content" => (0, fields.content.clone()),
        "ttl" => (fields.ttl, String::new()),
        "proxied" => (u64::from(fields.proxied), String::new()),
        _ => (0, fields.sort.clone()),
    }
}

/// `search`: looks everywhere. What it does exactly the vendor leaves open.
fn found(record: &Record, text: &str) -> bool {
    let fields = &record.fields;
    let places = [&fields.name, &fields.content, &fields.sort].into_iter().chain(&fields.comment).chain(&fields.tags);
    let text = text.to_lowercase();
    places.into_iter().any(|place| place.to_lowercase().contains(&text))
}

#[derive(Clone, Copy)]
enum Place {
    Sort,
    Name,
    Content,
    Comment,
    Proxied,
    Tag,
}

/// A parameter of the query: `comment.contains=hlc`.
struct Filter<'a> {
    place: Place,
    how: &'a str,
    wanted: &'a str,
}

impl<'a> Filter<'a> {
    fn read(parameter: &'a str, wanted: &'a str) -> Option<Self> {
        let (place, how) = parameter.split_once('.').unwrap_or((parameter, "exact"));
        let place = match place {
            "type" => Place::Sort,
            "name" => Place::Name,
            "content" => Place::Content,
            "comment" => Place::Comment,
            "proxied" => Place::Proxied,
            _ => return None,
        };
        Some(Self { place, how, wanted })
    }

    /// `tag=team` is `tag.present=team`, `tag=team:dns` is `tag.exact=team:dns`.
    fn tag(parameter: &'a str, wanted: &'a str) -> Option<Self> {
        let (place, how) = parameter.split_once('.').unwrap_or((parameter, ""));
        let short = if wanted.contains(':') { "exact" } else { "present" };
        (place == "tag").then_some(Self { place: Place::Tag, how: if how.is_empty() { short } else { how }, wanted })
    }

    fn takes(&self, record: &Record) -> bool {
        let fields = &record.fields;
        match self.place {
            Place::Sort => self.compare(Some(&fields.sort)),
            Place::Name => self.compare(Some(&fields.name)),
            Place::Content => self.compare(Some(&fields.content)),
            Place::Comment => self.compare(fields.comment.as_deref()),
            Place::Proxied => self.wanted == if fields.proxied { "true" } else { "false" },
            Place::Tag => self.tagged(&fields.tags),
        }
    }

    /// Without regard to case, as the vendor says of comments.
    fn compare(&self, text: Option<&str>) -> bool {
        let (Some(text), wanted) = (text.map(str::to_lowercase), self.wanted.to_lowercase()) else {
            return self.how == "absent";
        };
        match self.how {
            "exact" => text == wanted,
            "contains" => text.contains(&wanted),
            "startswith" => text.starts_with(&wanted),
            "endswith" => text.ends_with(&wanted),
            "present" => true,
            _ => false,
        }
    }

    fn tagged(&self, tags: &[String]) -> bool {
        let (name, value) = self.wanted.split_once(':').unwrap_or((self.wanted, ""));
        let mut values = tags.iter().filter_map(|tag| {
            let (key, value) = tag.split_once(':').unwrap_or((tag, ""));
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        match self.how {
            "absent" => values.next().is_none(),
            "present" => values.next().is_some(),
            how => values.any(|tag| Filter { place: Place::Tag, how, wanted: value }.compare(Some(tag))),
        }
    }
}
