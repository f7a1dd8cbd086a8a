//! The homelab as the compiler knows it: typed nodes of all files together.

use hlc_schema::{ScopeId, SecretKey};

use crate::concept::{DataBlock, Delivery, Gateway, Homelab, SecretStore};
use crate::faults::Faults;
use crate::workload::Workload;

/// Every typed node that could be read.
#[derive(Debug, Default)]
pub struct Model {
    /// The root; `None` when it is missing or broken, which has been reported.
    pub homelab: Option<Homelab>,
    /// Gateways with the addon's scope and namespace.
    pub gateways: Vec<(ScopeId, Gateway, String)>,
    /// Deliveries with the addon's scope and namespace, which is Argo CD's.
    pub deliveries: Vec<(ScopeId, Delivery, String)>,
    /// Every `(secret)NAME` of every file, ordered by place.
    pub secret_uses: Vec<SecretKey>,
    pub(crate) stores: Vec<SecretStore>,
    pub(crate) data: Vec<DataBlock>,
    pub(crate) workloads: Vec<(ScopeId, Workload)>,
    /// What could not be read.
    pub(crate) faults: Faults,
}

impl Model {
    /// Every secret store.
    pub fn stores(&self) -> impl Iterator<Item = &SecretStore> {
        self.stores.iter().chain(self.homelab.iter().flat_map(|homelab| &homelab.secret_store))
    }

    /// Every workload with its scope, in no particular order.
    pub fn workloads(&self) -> impl Iterator<Item = (ScopeId, &Workload)> {
        self.workloads.iter().map(|(scope, workload)| (*scope, workload))
    }

    /// Data declared for the whole homelab.
    pub fn shared_data(&self) -> impl Iterator<Item = &DataBlock> {
        self.data.iter().chain(self.homelab.iter().flat_map(|homelab| &homelab.data))
    }

    /// True when everything in the workload could be read.
    pub(crate) fn is_whole(&self, scope: ScopeId) -> bool {
        !self.faults.tainted.contains(&scope)
    }
}
