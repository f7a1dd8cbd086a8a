//! Which part of a stack a run is about.

use std::collections::{BTreeMap, BTreeSet};

use hlc_plan::Address;

/// Which part of a stack a run is about: the targets with everything they depend on, without what is excluded and whatever depends
/// on that. Without targets, everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `--target`
    pub targets: Vec<String>,
    /// `--exclude`
    pub excludes: Vec<String>,
    /// True when everything goes: what depends on a target goes with it, and what an excluded one depends on stays.
    pub destroys: bool,
}

/// A pattern that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeError {
    /// What was asked for.
    pub pattern: String,
}

impl Scope {
    /// True when a run is about everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.targets.is_empty() && self.excludes.is_empty()
    }

    /// The addresses that the run is about. `after` has every address with what it depends on.
    ///
    /// # Errors
    /// See [`ScopeError`].
    pub fn select(&self, after: &BTreeMap<Address, BTreeSet<Address>>) -> Result<BTreeSet<Address>, ScopeError> {
        let needs = |address: &Address| after.get(address).into_iter().flatten().collect();
        let needed_by = |address: &Address| {
            after.iter().filter(|(_, before)| before.contains(address)).map(|(follower, _)| follower).collect()
        };
        let spread = |start, with_what_it_needs| match with_what_it_needs {
            true => spread(start, &needs),
            false => spread(start, &needed_by),
        };
        let mut chosen: BTreeSet<Address> = match self.targets.is_empty() {
            true => after.keys().cloned().collect(),
            false => spread(named(&self.targets, after)?, !self.destroys),
        };
        let excluded = spread(named(&self.excludes, after)?, self.destroys);
        chosen.retain(|address| after.contains_key(address) && !excluded.contains(address));
        Ok(chosen)
    }
}

/// The addresses that patterns name. In a pattern `*` stands for any text, and the stack's name can be left out.
fn named(patterns: &[String], after: &BTreeMap<Address, BTreeSet<Address>>) -> Result<BTreeSet<Address>, ScopeError> {
    let mut found = BTreeSet::new();
    for pattern in patterns {
        let fits = |address: &&Address| {
            let short = address.as_str().split_once('/').map_or("", |(_, short)| short);
            is_match(pattern, address.as_str()) || is_match(pattern, short)
        };
        let before = found.len();
        found.extend(after.keys().filter(fits).cloned());
        if found.len() == before && !after.keys().any(|address| fits(&address)) {
            return Err(ScopeError { pattern: pattern.clone() });
        }
    }
    Ok(found)
}

/// Addresses and whatever can be reached from them.
fn spread<'a>(start: BTreeSet<Address>, next: &dyn Fn(&Address) -> Vec<&'a Address>) -> BTreeSet<Address> {
    let mut found = start.clone();
    let mut open: Vec<Address> = start.into_iter().collect();
    while let Some(address) = open.pop() {
        for next in next(&address) {
            if found.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    found
}

/// Whether a text is as a pattern says. A `*` in the text is only meant by a `*` or itself.
fn is_match(pattern: &str, text: &str) -> bool {
    if pattern == text {
        return true;
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(targets: &[&str], excludes: &[&str]) -> Result<Vec<String>, ScopeError> {
        let after = [
            ("s/zone.a", &[][..]),
            ("s/record.A.*.a", &["s/zone.a"][..]),
            ("s/record.A.x.a", &["s/zone.a"]),
            ("s/zone.b", &[]),
        ];
        let after = after
            .iter()
            .map(|(name, before)| (Address::new(*name), before.iter().map(|name| Address::new(*name)).collect()));
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let scope = Scope { targets: owned(targets), excludes: owned(excludes), destroys: false };
        Ok(scope.select(&after.collect())?.iter().map(|address| address.as_str().to_owned()).collect())
    }

    #[test]
    fn targets_bring_what_they_need_and_excludes_take_what_needs_them() {
        assert_eq!(select(&[], &[]).unwrap().len(), 4);
        assert_eq!(select(&["record.A.x.a"], &[]).unwrap(), ["s/record.A.x.a", "s/zone.a"]);
        assert_eq!(select(&["s/record.A.*.a"], &["*.x.*"]).unwrap(), ["s/record.A.*.a", "s/zone.a"]);
        assert_eq!(select(&[], &["zone.a"]).unwrap(), ["s/zone.b"]);
        assert_eq!(select(&["zone.c"], &[]), Err(ScopeError { pattern: "zone.c".to_owned() }));
    }
}
