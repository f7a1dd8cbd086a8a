//! Lists of several pages, which move while they are read.

use std::collections::BTreeMap;

use hlc_engine::Fault;
use serde::de::DeserializeOwned;

use super::answer::{Listed, PageInfo};
use super::client::Api;
use super::request::Call;

/// How often a list is read until it holds still.
const ATTEMPTS: usize = 3;
/// How many pages a list can have: five million records of the usual size of a page.
const PAGES: u32 = 1000;

/// Everything on a list, ordered by id. `page` makes the request for a page, of which `size` are asked for.
///
/// A list of which something is missing by its own count is never taken for a whole one: what is not on it would be made again.
pub(super) async fn all<T: DeserializeOwned + Listed>(
    api: &Api,
    size: u32,
    page: impl Fn(u32) -> Call,
) -> Result<Vec<T>, Fault> {
    let mut list = List::default();
    for _ in 0..ATTEMPTS {
        list = List::default();
        for number in 1..=PAGES {
            let told = api.ask::<Vec<T>>(&page(number)).await?;
            if !list.add(told.result, told.page, size) {
                break;
            }
        }
        if list.is_whole() && !list.moved {
            break;
        }
    }
    if list.is_whole() {
        return Ok(list.items.into_values().collect());
    }
    let (there, total) = (list.items.len(), list.total.unwrap_or_default());
    Err(Fault::Unavailable(format!(
        "Cloudflare lists {there} of {total} things in `{}`, also when asked again",
        page(1).zone
    )))
}

/// What was read of a list.
struct List<T> {
    items: BTreeMap<String, T>,
    /// How many there are, as the last page said.
    total: Option<u64>,
    /// True when the list changed between two pages: something may have slipped from one to the other unseen.
    moved: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), total: None, moved: false }
    }
}

impl<T: Listed> List<T> {
    /// Adds a page; true when another one may follow.
    fn add(&mut self, items: Vec<T>, info: Option<PageInfo>, size: u32) -> bool {
        let total = info.and_then(|info| info.total_count);
        self.moved |= self.total.is_some() && self.total != total;
        self.total = total;
        let count = items.len() as u64;
        for item in items {
            self.moved |= self.items.insert(item.id().to_owned(), item).is_some();
        }
        // An API may put less on a page than it was asked for.
        let full = info.and_then(|info| info.per_page).filter(|full| *full > 0).unwrap_or(u64::from(size));
        count > 0 && (count >= full || !self.is_whole())
    }

    fn is_whole(&self) -> bool {
        self.total.is_none_or(|total| self.items.len() as u64 >= total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Item(&'static str);

    impl Listed for Item {
        fn id(&self) -> &str {
            self.0
        }
    }

    fn page(list: &mut List<Item>, ids: &[&'static str], per_page: u64, total: u64) -> bool {
        let info = PageInfo { per_page: Some(per_page), total_count: Some(total) };
        list.add(ids.iter().copied().map(Item).collect(), Some(info), 100)
    }

    #[test]
    fn a_short_page_is_the_last() {
        let mut list = List::default();
        assert!(page(&mut list, &["a", "b"], 2, 3));
        assert!(!page(&mut list, &["c"], 2, 3));
        assert!(list.is_whole() && !list.moved);
    }

    #[test]
    fn a_page_is_as_long_as_the_api_says() {
        let mut list = List::default();
        assert!(page(&mut list, &["a", "b"], 2, 2), "a full one may be followed by more, whatever the count says");
        assert!(!page(&mut list, &[], 2, 2));
        let mut silent = List::default();
        assert!(!silent.add(vec![Item("a")], None, 2));
        assert!(silent.is_whole());
    }

    #[test]
    fn a_short_page_ends_nothing_while_something_is_missing() {
        let mut list = List::default();
        assert!(page(&mut list, &["a"], 5, 2));
        assert!(!page(&mut list, &[], 5, 2));
        assert!(!list.is_whole());
    }

    #[test]
    fn what_moves_is_seen() {
        let mut list = List::default();
        page(&mut list, &["a", "b"], 2, 4);
        page(&mut list, &["b", "c"], 2, 4);
        assert!(list.moved, "b came twice, so that something was pushed on");
        let mut list = List::default();
        page(&mut list, &["a", "b"], 2, 4);
        page(&mut list, &["c"], 2, 3);
        assert!(list.moved, "there is one less than there was");
    }
}
