//! Pages of a list.

use serde_json::{Value, json};

use super::envelope::{self, Failure};
use crate::exchange::{Answer, Asked};
use crate::fault::Oddity;

/// Which page is asked for.
#[derive(Clone, Copy)]
pub(super) struct Page {
    number: u64,
    size: u64,
}

impl Page {
    /// `page` and `per_page` of the query.
    pub(super) fn read(asked: &Asked, default: u64, sizes: std::ops::RangeInclusive<u64>) -> Result<Self, Failure> {
        let read = |name: &str, default: u64, allowed: &std::ops::RangeInclusive<u64>| {
            let Some(text) = asked.parameter(name) else { return Ok(default) };
            let value = text.parse().ok().filter(|value| allowed.contains(value));
            value.ok_or_else(|| Failure::invalid(1003, format!("Invalid value for {name}.")))
        };
        Ok(Self { number: read("page", 1, &(1..=u64::MAX))?, size: read("per_page", default, &sizes)? })
    }

    pub(super) fn answer(self, items: Vec<Value>, oddity: Option<Oddity>) -> Answer {
        let all = items.len() as u64;
        let skip = usize::try_from((self.number - 1).saturating_mul(self.size)).unwrap_or(usize::MAX);
        let take = usize::try_from(self.size).unwrap_or(usize::MAX);
        let mut shown: Vec<Value> = items.into_iter().skip(skip).take(take).collect();
        let total = match oddity {
            Some(Oddity::Total(by)) => all.saturating_add_signed(by),
            Some(Oddity::Empty) => {
                shown.clear();
                all
            }
            None => all,
        };
        let info = json!({
            "page": self.number,
            "per_page": self.size,
            "count": shown.len(),
            "total_count": total,
            "total_pages": total.div_ceil(self.size),
        });
        envelope::page(shown.into(), info)
    }
}
