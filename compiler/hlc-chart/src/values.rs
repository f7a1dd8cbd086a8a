//! The values that a chart comes to: its defaults, those of its subcharts, and what it is given.

use hlc_schema::{Data, DataValue, Map};

use crate::{Chart, Dependency};

impl Chart {
    /// The defaults of a chart, with those of its subcharts under their keys.
    ///
    /// Source: Helm, "Subcharts and Global Values": what the parent says of a subchart wins over the subchart's own values.
    #[must_use]
    pub fn defaults(&self) -> Option<Data> {
        let mut values = self.values.clone()?;
        if values.value == DataValue::Null {
            values.value = DataValue::Map(Map::new());
        }
        let span = values.span;
        let map = values.as_map_mut()?;
        for (key, subchart) in self.keyed() {
            let Some(mut below) = subchart.defaults() else { continue };
            if let Some(over) = map.get(key) {
                lay(&mut below, over);
            }
            map.insert(key, span, below);
        }
        Some(values)
    }

    /// The subcharts by the keys of their values: one for each dependency on them, and the chart's name for those that lie in
    /// `charts/` without one.
    pub(crate) fn keyed(&self) -> Vec<(&str, &Self)> {
        let dependencies = self.metadata.dependencies.iter();
        let mut found: Vec<(&str, &Self)> =
            dependencies.filter_map(|dependency| Some((dependency.key(), self.subchart(dependency)?))).collect();
        for subchart in &self.subcharts {
            let name = subchart.metadata.name.as_str();
            if !self.metadata.dependencies.iter().any(|dependency| dependency.name == name) {
                found.push((name, subchart));
            }
        }
        found
    }

    /// What the chart comes to with some values: given ones win, and null deletes a default.
    #[must_use]
    pub fn coalesced(&self, given: &Data) -> Option<Data> {
        let mut values = self.defaults()?;
        lay(&mut values, given);
        Some(values)
    }
}

impl Dependency {
    /// True when these values of the parent do not switch it off.
    ///
    /// Source: Helm, "Dependencies": the first condition that is a boolean counts; without one the tags do.
    #[must_use]
    pub fn is_enabled(&self, values: &Data) -> bool {
        let truth = |path: &str| {
            let keys: Vec<&str> = path.split('.').collect();
            if let DataValue::Bool(truth) = values.at(&keys)?.value { Some(truth) } else { None }
        };
        if let Some(truth) = self.condition.iter().find_map(|path| truth(path)) {
            return truth;
        }
        let tags: Vec<bool> = self.tags.iter().filter_map(|tag| truth(&format!("tags.{tag}"))).collect();
        tags.is_empty() || tags.contains(&true)
    }
}

/// Lays values over others: maps deep, null deletes, everything else replaces.
fn lay(under: &mut Data, over: &Data) {
    let (Some(map), Some(over_map)) = (under.as_map_mut(), over.as_map()) else {
        *under = over.clone();
        return;
    };
    for (key, entry) in over_map.iter() {
        if entry.value.value == DataValue::Null {
            map.remove(key);
        } else if let Some(below) = map.get_mut(key) {
            lay(below, &entry.value);
        } else {
            map.insert(key, entry.key_span, entry.value.clone());
        }
    }
}

/// True for the same data, wherever it stands.
#[must_use]
pub fn same(one: &Data, other: &Data) -> bool {
    match (&one.value, &other.value) {
        (DataValue::List(one), DataValue::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (DataValue::Map(one), DataValue::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, entry)| other.get(key).is_some_and(|other| same(&entry.value, other)))
        }
        (one, other) => one == other,
    }
}
