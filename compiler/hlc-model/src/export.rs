//! What the compiler resolved, for other programs: the values of releases, and data. The other way of [`import`](crate::import).

use hlc_diag::Sources;
use hlc_schema::{Data, DataValue, Free, Map, ScopeId};

use crate::resolve::{Ground, Place, Resolver};
use crate::workload::{Chart, Released};
use crate::{Inputs, Model};

/// Something that can be given out.
#[derive(Clone, Copy, Debug)]
pub struct Export<'m> {
    /// The workload or addon that it belongs to; none for data of the whole homelab.
    pub owner: Option<&'m str>,
    /// Its name there.
    pub name: &'m str,
    scope: ScopeId,
    what: What<'m>,
}

#[derive(Clone, Copy, Debug)]
enum What<'m> {
    Values(&'m Chart, Released<'m>),
    Data(&'m Free),
}

/// The values of every release, ordered by owner and name.
#[must_use]
pub fn values(model: &Model) -> Vec<Export<'_>> {
    let charts = model.units().flat_map(|(scope, unit)| unit.chart.iter().map(move |chart| (scope, unit, chart)));
    let releases = charts.flat_map(|(scope, unit, chart)| {
        let owner = Some(unit.name.name.as_str());
        chart.releases().into_iter().map(move |release| Export {
            owner,
            name: release.name,
            scope,
            what: What::Values(chart, release),
        })
    });
    in_order(releases)
}

/// All data with a name, ordered by owner and name.
#[must_use]
pub fn data(model: &Model) -> Vec<Export<'_>> {
    let shared = model.shared_data().map(|block| (None, ScopeId::default(), block));
    let local = model
        .units()
        .flat_map(|(scope, unit)| unit.data.iter().map(move |block| (Some(unit.name.name.as_str()), scope, block)));
    in_order(shared.chain(local).map(|(owner, scope, block)| Export {
        owner,
        name: &block.name.name,
        scope,
        what: What::Data(&block.value),
    }))
}

fn in_order<'m>(exports: impl Iterator<Item = Export<'m>>) -> Vec<Export<'m>> {
    let mut exports: Vec<_> = exports.collect();
    exports.sort_by_key(|export| (export.owner, export.name));
    exports
}

impl Export<'_> {
    /// What it holds once its references are resolved; `None` where [`compile`](crate::compile) has found an error in it.
    #[must_use]
    pub fn resolve(&self, model: &Model, inputs: &dyn Inputs) -> Option<Data> {
        let ground = Ground::new(model, inputs, Sources::default());
        let resolver = Resolver::new(&ground);
        match self.what {
            What::Values(chart, release) => {
                let none = || Data::new(DataValue::Map(Map::new()), chart.head);
                Some(chart.values(&resolver, self.scope, &release)?.unwrap_or_else(none))
            }
            What::Data(value) => resolver.data(value, self.scope, Place::Manifest),
        }
    }
}
