//! What is still to be begun, and what each of it waits for.

use std::collections::BTreeMap;

use hlc_change::{Action, Change};
use hlc_plan::Address;

use crate::operate::{Batch, Provider};

/// Changes that were not begun yet.
#[derive(Default)]
pub(crate) struct Queue<'c> {
    /// What waits for nothing any more, in the order of the changes.
    ready: BTreeMap<usize, &'c Change>,
    /// What waits, with how much it waits for.
    waiting: BTreeMap<usize, (&'c Change, usize)>,
    /// Who waits for an address.
    followers: BTreeMap<&'c Address, Vec<usize>>,
}

impl<'c> Queue<'c> {
    /// Changes, each of which waits for those of its `after` that are not done yet.
    pub(crate) fn new(changes: impl Iterator<Item = &'c Change>, is_done: impl Fn(&Address) -> bool) -> Self {
        let mut queue = Self::default();
        for (place, change) in changes.enumerate() {
            let mut count = 0;
            for address in change.after.iter().filter(|address| !is_done(address)) {
                queue.followers.entry(address).or_default().push(place);
                count += 1;
            }
            match count {
                0 => drop(queue.ready.insert(place, change)),
                _ => drop(queue.waiting.insert(place, (change, count))),
            }
        }
        queue
    }

    /// Says that an address is done: what waited for nothing else is ready.
    pub(crate) fn done(&mut self, address: &Address) {
        for place in self.followers.remove(address).unwrap_or_default() {
            let Some((change, count)) = self.waiting.get_mut(&place) else { continue };
            *count -= 1;
            if *count == 0 {
                self.ready.insert(place, change);
                self.waiting.remove(&place);
            }
        }
    }

    /// Takes out what waits for an address that failed, directly or not, each with the one that it waits for.
    pub(crate) fn failed(&mut self, address: &Address) -> Vec<(&'c Change, Address)> {
        let mut taken: Vec<(&'c Change, Address)> = Vec::new();
        let mut open = vec![address.clone()];
        while let Some(address) = open.pop() {
            for place in self.followers.remove(&address).unwrap_or_default() {
                if let Some((change, _)) = self.waiting.remove(&place) {
                    open.push(change.address.clone());
                    taken.push((change, address.clone()));
                }
            }
        }
        taken
    }

    /// Takes everything.
    pub(crate) fn drain(&mut self) -> Vec<&'c Change> {
        let waiting = std::mem::take(&mut self.waiting).into_values().map(|(change, _)| change);
        std::mem::take(&mut self.ready).into_values().chain(waiting).collect()
    }

    /// Takes what is ready, as groups that are carried out together; at most so many groups.
    pub(crate) fn take(&mut self, provider: &Provider, most: usize) -> Vec<Vec<&'c Change>> {
        let mut groups: Vec<Vec<&'c Change>> = Vec::new();
        // The last group of each kind, as long as there is room in it.
        let mut open: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut left = BTreeMap::new();
        while let Some((place, change)) = self.ready.pop_first() {
            let size = is_simple(change).then(|| provider.kind(change.kind.name)?.batch().map(Batch::most)).flatten();
            if size.is_some()
                && let Some((at, room)) = open.get_mut(change.kind.name).filter(|(_, room)| *room > 0)
                && let Some(group) = groups.get_mut(*at)
            {
                *room -= 1;
                group.push(change);
            } else if groups.len() < most {
                if let Some(size) = size {
                    open.insert(change.kind.name, (groups.len(), size.saturating_sub(1)));
                }
                groups.push(vec![change]);
            } else {
                left.insert(place, change);
                let is_full = open.values().all(|(_, room)| *room == 0);
                if is_full {
                    break;
                }
            }
        }
        self.ready.append(&mut left);
        groups
    }
}

/// True for what one request does.
fn is_simple(change: &Change) -> bool {
    match change.action {
        Action::Create => true,
        Action::Update | Action::Adopt => change.id.is_some(),
        Action::Delete => change.id.is_some() && change.leftover.is_empty(),
        Action::None | Action::Forget | Action::Replace { .. } => false,
    }
}
