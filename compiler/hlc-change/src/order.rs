//! An order in which everything comes after what it depends on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hlc_plan::Address;

/// Addresses that wait for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring(pub Vec<Address>);

/// The addresses so that each comes after those that it is to come after; of several such orders, the one by address. What is not
/// among the addresses is waited for by nobody.
///
/// # Errors
/// The addresses of which no order exists.
pub fn order(after: &BTreeMap<Address, BTreeSet<Address>>) -> Result<Vec<Address>, Ring> {
    let mut waits: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut followers: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
    for (address, before) in after {
        let before = before.iter().filter(|before| after.contains_key(*before));
        let mut count = 0;
        for before in before {
            followers.entry(before).or_default().push(address);
            count += 1;
        }
        waits.insert(address, count);
    }
    let mut ready: VecDeque<&Address> = waits.iter().filter(|(_, count)| **count == 0).map(|(it, _)| *it).collect();
    let mut ordered = Vec::with_capacity(after.len());
    while let Some(address) = ready.pop_front() {
        ordered.push(address.clone());
        for follower in followers.remove(address).unwrap_or_default() {
            if let Some(count) = waits.get_mut(follower) {
                *count -= 1;
                if *count == 0 {
                    ready.push_back(follower);
                }
            }
        }
    }
    if ordered.len() == after.len() {
        return Ok(ordered);
    }
    let done: BTreeSet<&Address> = ordered.iter().collect();
    Err(Ring(after.keys().filter(|address| !done.contains(address)).cloned().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> BTreeMap<Address, BTreeSet<Address>> {
        let node = |(name, after): &(&str, &[&str])| {
            (Address::new(*name), after.iter().map(|name| Address::new(*name)).collect())
        };
        edges.iter().map(node).collect()
    }

    #[test]
    fn what_is_needed_comes_first() {
        let ordered = order(&graph(&[("a", &["c"]), ("b", &[]), ("c", &["b", "elsewhere"])])).unwrap();
        assert_eq!(ordered.iter().map(Address::as_str).collect::<Vec<_>>(), ["b", "c", "a"]);
    }

    #[test]
    fn rings_are_found() {
        let ring = order(&graph(&[("a", &["b"]), ("b", &["a"]), ("c", &[])])).unwrap_err();
        assert_eq!(ring.0.iter().map(Address::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }
}
