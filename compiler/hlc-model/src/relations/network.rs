//! What leads in from the internet, and what the cluster stands on.

use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_schema::{Data, Expr, ScopeId, Spanned};

use super::hosts::host_of;
use super::{Gather, Need, Thing, thing};
use crate::concept::{Machine, Pool, Record, Talos};
use crate::lower::Unit;
use crate::resolve::{Place, Resolver};
use crate::stack::talos::patches;

/// The pools of a cluster, at any depth, each with its machines.
pub(crate) fn pools(talos: &Talos) -> Vec<(&Pool, Vec<&Machine>)> {
    let mut pools = Vec::new();
    let mut open: Vec<&Pool> = talos.pool.iter().collect();
    while let Some(pool) = open.pop() {
        open.extend(&pool.pool);
        let mut machines: Vec<&Machine> = pool.machine.iter().collect();
        machines.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        pools.push((pool, machines));
    }
    pools.sort_by(|a, b| a.0.name.name.cmp(&b.0.name.name));
    pools
}

impl<'m> Gather<'_, 'm> {
    pub(super) fn edge(&mut self) {
        for (_, hetzner) in &self.model.hetzner {
            for server in &hetzner.server {
                let own = Thing::Server(&server.name.name);
                for traefik in server.bundle.iter().filter_map(|bundle| bundle.traefik.as_ref()) {
                    if let Some(gateway) = &traefik.to_cluster {
                        let name = self.model.gateways().find(|(it, _)| it.name.name == gateway.name);
                        let to = name.map(|(it, _)| Thing::Gateway(&it.name.name));
                        self.add(own, to, Need::HandsOn, gateway.span, "hands public hosts on to it");
                    }
                }
            }
        }
    }

    pub(super) fn zones(&mut self) {
        for zone in self.model.cloudflare.iter().flat_map(|cloudflare| &cloudflare.zone) {
            let own = Thing::Zone(&zone.name.name);
            if let Some(from_routes) = &zone.from_routes {
                let to = self.at_address(&from_routes.to);
                self.add(own, to, Need::Record, from_routes.head, "has records of public hosts that lead there");
            }
            for record in zone.records() {
                if let Record::A(a) = record {
                    let why = format!("has the record `{}`, which leads there", a.name.value.as_str());
                    self.add(own, self.at_address(&a.to), Need::Record, a.name.span, why);
                }
            }
        }
    }

    /// What has an address that a record leads to.
    fn at_address(&self, to: &Expr<Ipv4Addr>) -> Option<Thing<'m>> {
        if let Expr::Ref(path) = to {
            let mut parts = path.text.split('.');
            match (parts.next(), parts.next()) {
                (Some("server"), Some(name)) => {
                    let servers = self.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server);
                    let mut named = servers.filter(|server| server.name.name == name);
                    return named.next().map(|server| Thing::Server(&server.name.name));
                }
                (Some("gateway"), Some(name)) => {
                    let mut named = self.model.gateways().filter(|(gateway, _)| gateway.name.name == name);
                    return named.next().map(|(gateway, _)| Thing::Gateway(&gateway.name.name));
                }
                _ => {}
            }
        }
        self.has_address(self.resolver.value(to, ScopeId::default())?.value)
    }

    /// The server or gateway that has an address.
    fn has_address(&self, ip: Ipv4Addr) -> Option<Thing<'m>> {
        let servers = self.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server);
        let mut servers = servers.filter(|server| server.ipv4().is_some_and(|own| own.value == ip));
        if let Some(server) = servers.next() {
            return Some(Thing::Server(&server.name.name));
        }
        let of = |ip: &Expr<Ipv4Addr>| self.resolver.value(ip, ScopeId::default());
        let mut gateways =
            self.model.gateways().filter(|(it, _)| it.ip.as_ref().and_then(of).is_some_and(|own| own.value == ip));
        gateways.next().map(|(gateway, _)| Thing::Gateway(&gateway.name.name))
    }

    pub(super) fn machines(&mut self) {
        for talos in &self.model.talos {
            let own = Thing::Cluster(&talos.name.name);
            for (pool, _) in pools(talos).iter().filter(|(_, machines)| !machines.is_empty()) {
                let pool_at = pool.name.span;
                let pool = Thing::Pool(&talos.name.name, &pool.name.name);
                self.add(own, Some(pool), Need::RunsOn, pool_at, "consists of its machines");
                let host = self.model.proxmox.iter().find(|it| it.name.name == talos.on.name);
                let host = host.map(|host| Thing::Host(&host.name.name));
                self.add(pool, host, Need::RunsOn, talos.on.span, "has machines that run there");
            }
            self.name_servers(talos, own);
            self.mirrors(talos, own);
        }
    }

    /// Machines that can ask nobody but the cluster for names.
    fn name_servers(&mut self, talos: &'m Talos, own: Thing<'m>) {
        let networks = self.model.homelab.iter().flat_map(|homelab| &homelab.network);
        let Some(network) = networks.into_iter().find(|network| network.name.name == talos.network.name) else {
            return;
        };
        let answers: Vec<(Span, Option<Thing<'m>>)> = network
            .nameservers
            .iter()
            .map(|ip| (ip.span, self.has_address(ip.value).or_else(|| service_at(self.units, self.resolver, ip.value))))
            .collect();
        if answers.iter().all(|(_, thing)| thing.is_some()) {
            for (at, thing) in answers {
                self.add(own, thing, Need::NameServer, at, "has no other name server than it");
            }
        }
    }

    /// Registries that machines pull from in the place of others, without falling back to these (Talos, `RegistryMirrorConfig`).
    fn mirrors(&mut self, talos: &'m Talos, own: Thing<'m>) {
        for block in patches(talos).into_iter().flatten() {
            let Some(patch) = self.resolver.data(&block.value, ScopeId::default(), Place::Plan) else { continue };
            let Some(mirrors) = patch.at(&["machine", "registries", "mirrors"]).and_then(Data::as_map) else {
                continue;
            };
            for (registry, mirror) in mirrors.iter() {
                let only = mirror
                    .value
                    .get("skipFallback")
                    .is_some_and(|data| data.value == hlc_schema::DataValue::Bool(true));
                let endpoints = mirror.value.get("endpoints").and_then(Data::as_list).unwrap_or_default();
                for endpoint in endpoints.iter().filter(|_| only) {
                    let owner = endpoint.as_str().and_then(|url| self.hosts.owner(host_of(url)));
                    let why = format!("pulls all images of `{registry}` from it");
                    self.add(own, owner, Need::Image, endpoint.span, why);
                }
            }
        }
    }
}

/// True when the values of a chart ask for an address, wherever the chart has its Service.
fn in_values(values: &Data, keys: &[&str], ip: &str) -> bool {
    let mut open = vec![values];
    while let Some(data) = open.pop() {
        for (key, entry) in data.as_map().into_iter().flat_map(hlc_schema::Map::iter) {
            let asked = keys.contains(&key) || key == "loadBalancerIP";
            if asked && entry.value.as_str().is_some_and(|text| text.split(',').any(|part| part.trim() == ip)) {
                return true;
            }
            open.push(&entry.value);
        }
        open.extend(data.as_list().into_iter().flatten());
    }
    false
}

/// Where a Service names the addresses that it wants of the load balancer (Cilium, MetalLB), besides the field of Kubernetes.
const ANNOTATIONS: [&str; 3] = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips", "metallb.io/loadBalancerIPs"];

/// The addresses that a Service wants of the load balancer.
pub(crate) fn wanted_addresses(service: &Data) -> Vec<Spanned<Ipv4Addr>> {
    let annotations = ANNOTATIONS.iter().map(|key| service.at(&["metadata", "annotations", key]));
    let lists = annotations.chain([service.at(&["spec", "loadBalancerIP"])]).flatten();
    let addresses = lists.flat_map(|list| {
        let parts = list.as_str().unwrap_or_default().split(',');
        parts.filter_map(|part| Some(Spanned::new(part.trim().parse().ok()?, list.span)))
    });
    addresses.collect()
}

/// The unit with a Service that the load balancer gives an address (MetalLB, Cilium, and the field that Kubernetes has).
pub(crate) fn service_at<'m>(units: &[Unit<'m>], resolver: &Resolver<'m>, ip: Ipv4Addr) -> Option<Thing<'m>> {
    let has = |body: &Data| wanted_addresses(body).iter().any(|wanted| wanted.value == ip);
    let ip = ip.to_string();
    let unit = units.iter().filter(|unit| !unit.idle).find(|unit| {
        unit.planned.objects.iter().any(|object| object.kind == "Service" && has(&object.body))
            || unit.source.chart.iter().any(|chart| {
                chart.releases().iter().any(|release| {
                    let values = chart.values(resolver, unit.scope, release).flatten();
                    values.is_some_and(|values| in_values(&values, &ANNOTATIONS, &ip))
                })
            })
    });
    unit.map(thing)
}
