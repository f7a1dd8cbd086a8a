//! The homelab as the compiler knows it: typed nodes of all files together.

use std::sync::OnceLock;

use hlc_diag::Diagnostic;
use hlc_schema::{ScopeId, SecretUse};

use crate::concept::{
    Addon, Authentik, Certificate, CertificateIn, Cloudflare, DataBlock, Delivery, Gateway, Hetzner, Homelab, Proxmox,
    SecretStore, Talos,
};
use crate::concept::{DataIn, EdgeRouteIn, GatewayIn};
use crate::environment::Removed;
use crate::faults::Faults;
use crate::resolve::Index;
use crate::secrets::Secrets;
use crate::workload::{DatabaseIn, EndpointIn, RouteIn, Workload, workload_namespace};

/// Every typed node that could be read.
#[derive(Debug, Default)]
pub struct Model {
    /// The root; `None` when it is missing or broken, which has been reported.
    pub homelab: Option<Homelab>,
    /// What the platform consists of.
    pub(crate) addons: Vec<Addon>,
    /// Where virtual machines run.
    pub(crate) proxmox: Vec<Proxmox>,
    /// The clusters.
    pub(crate) talos: Vec<Talos>,
    /// Projects at Hetzner, each with its scope.
    pub(crate) hetzner: Vec<(ScopeId, Hetzner)>,
    /// Single sign-on with Authentik, with its scope.
    pub(crate) authentik: Vec<(ScopeId, Authentik)>,
    /// DNS at Cloudflare.
    pub cloudflare: Vec<Cloudflare>,
    /// Every `(secret)NAME` of every file, ordered by place.
    pub secret_uses: Vec<SecretUse>,
    /// The SOPS file, if the homelab names one.
    pub secrets: Option<Secrets>,
    pub(crate) stores: Vec<SecretStore>,
    pub(crate) data: Vec<DataBlock>,
    pub(crate) workloads: Vec<(ScopeId, Workload)>,
    /// What could not be read.
    pub(crate) faults: Faults,
    /// What this environment leaves out.
    pub(crate) removed: Vec<Removed>,
    /// Which units make gateways: nearly none, and every route asks for them several times. Found when the first asks, which is
    /// after everything was collected.
    gateway_makers: OnceLock<Vec<usize>>,
}

impl Model {
    /// Every secret store.
    pub fn stores(&self) -> impl Iterator<Item = &SecretStore> {
        self.stores.iter().chain(self.homelab.iter().flat_map(|homelab| &homelab.secret_store))
    }

    /// Every workload and addon with its scope, in no particular order.
    pub fn units(&self) -> impl Iterator<Item = (ScopeId, &Workload)> {
        self.workloads().chain(self.addons())
    }

    /// The unit at this place among [`Self::units`].
    fn unit(&self, at: usize) -> Option<&Workload> {
        let addon = || self.addons.get(at.checked_sub(self.workloads.len())?).map(|addon| &addon.parts);
        self.workloads.get(at).map(|(_, workload)| workload).or_else(addon)
    }

    /// Every addon with its scope, in no particular order.
    pub fn addons(&self) -> impl Iterator<Item = (ScopeId, &Workload)> {
        self.addons.iter().map(|addon| (addon.scope, &addon.parts))
    }

    /// Every gateway with the namespace of what makes it.
    pub fn gateways(&self) -> impl Iterator<Item = (&Gateway, &str)> {
        let of = |unit| {
            let namespace = workload_namespace(unit);
            unit.gateway.iter().map(move |gateway| (gateway, namespace))
        };
        let makers = || self.units().enumerate().filter(|(_, (_, unit))| !unit.gateway.is_empty()).map(|(at, _)| at);
        let makers = self.gateway_makers.get_or_init(|| makers().collect());
        makers.iter().filter_map(|at| self.unit(*at)).flat_map(of)
    }

    /// Every certificate with the namespace of what makes it.
    pub fn certificates(&self) -> impl Iterator<Item = (&Certificate, &str)> {
        let of = |unit| {
            let namespace = workload_namespace(unit);
            unit.certificate.iter().map(move |certificate| (certificate, namespace))
        };
        self.units().flat_map(move |(_, unit)| of(unit))
    }

    /// The certificate of a name with the namespace of what makes it.
    #[must_use]
    pub fn certificate(&self, name: &str) -> Option<(&Certificate, &str)> {
        self.certificates().find(|(certificate, _)| certificate.name.name == name)
    }

    /// Every delivery with the namespace of what makes it, which is Argo CD's.
    pub fn deliveries(&self) -> impl Iterator<Item = (&Delivery, &str)> {
        self.units().filter_map(|(_, unit)| Some((unit.delivery.as_ref()?, workload_namespace(unit))))
    }

    /// Every workload with its scope, in no particular order.
    pub fn workloads(&self) -> impl Iterator<Item = (ScopeId, &Workload)> {
        self.workloads.iter().map(|(scope, workload)| (*scope, workload))
    }

    /// Data declared for the whole homelab.
    pub fn shared_data(&self) -> impl Iterator<Item = &DataBlock> {
        self.data.iter().chain(self.homelab.iter().flat_map(|homelab| &homelab.data))
    }

    /// Says of a name that nothing has where the environment leaves it out.
    pub(crate) fn say_removed(&self, kind: &str, name: &str, found: Diagnostic) -> Diagnostic {
        match self.removed.iter().find(|removed| removed.kind == kind && removed.name == name) {
            Some(removed) => found.label(removed.at, "this environment leaves it out"),
            None => found,
        }
    }

    /// True when everything in the workload could be read.
    pub(crate) fn is_whole(&self, scope: ScopeId) -> bool {
        !self.faults.tainted.contains(&scope)
    }
}

impl Model {
    /// Adds everything that paths can name.
    pub(crate) fn name_all<'m>(&'m self, index: &mut Index<'m>) {
        let global = ScopeId::default();
        for network in self.homelab.iter().flat_map(|homelab| &homelab.network) {
            index.add(&network.name, global, network);
        }
        for (gateway, namespace) in self.gateways() {
            index.add(&gateway.name, global, GatewayIn { gateway, namespace });
        }
        for (scope, hetzner) in &self.hetzner {
            for server in &hetzner.server {
                index.add(&server.name, global, server);
            }
            for route in &hetzner.route {
                index.add(&route.name, *scope, EdgeRouteIn { route, scope: *scope });
            }
        }
        for (certificate, namespace) in self.certificates() {
            index.add(&certificate.name, global, CertificateIn { certificate, namespace });
        }
        for (_, unit) in self.units() {
            for issuer in &unit.issuer {
                index.add(&issuer.name, global, issuer);
            }
            for addresses in &unit.addresses {
                index.add(&addresses.name, global, addresses);
            }
        }
        for (_, authentik) in &self.authentik {
            for group in &authentik.group {
                index.add(&group.name, global, group);
            }
            for token in authentik.service_account.iter().flat_map(|account| &account.token) {
                index.add(&token.name, global, token);
            }
        }
        for (_, oidc) in self.oidc() {
            index.add(&oidc.name, global, oidc);
        }
        for zone in self.cloudflare.iter().flat_map(|cloudflare| &cloudflare.zone) {
            index.add(&zone.name, global, zone);
        }
        for store in self.stores() {
            index.add(&store.name, global, store);
        }
        for talos in &self.talos {
            index.add(&talos.name, global, talos);
            for machine in talos.machines() {
                index.add(&machine.name, global, machine);
            }
        }
        for block in self.shared_data() {
            index.add(&block.name, global, DataIn { block, scope: global });
        }
        for (scope, workload) in self.units() {
            for endpoint in &workload.endpoint {
                let namespace = workload_namespace(workload);
                index.add(&endpoint.name, scope, EndpointIn { endpoint, namespace });
            }
            for route in &workload.route {
                index.add(&route.name, scope, RouteIn { route, scope });
            }
            for secret in &workload.secret {
                index.add(&secret.name, scope, secret);
            }
            for app in &workload.app {
                index.add(&app.name, scope, app);
            }
            for database in &workload.database {
                let (name, namespace) = (&workload.name.name, workload_namespace(workload));
                index.add(&database.name, scope, DatabaseIn { database, workload: name, namespace });
            }
            for secret in &workload.bootstrap_secret {
                index.add(&secret.name, scope, secret);
            }
            for block in &workload.data {
                index.add(&block.name, scope, DataIn { block, scope });
            }
        }
    }
}
