//! Servers at Hetzner, and what runs on them.

use hlc_plan::{Address, Input, Ownership, Part, PlannedResource};
use hlc_schema::{Deferred, ScopeId, Spanned};

use super::extra;
use crate::concept::{self, Hetzner};
use crate::resolve::Resolver;

mod bundle;
mod files;
mod kinds;
pub(crate) mod traefik;

pub use bundle::{Bundle, EnvFile, GeneratedFile, Run, SourceFile};
pub(crate) use files::CODES;
pub use kinds::{Firewall, FirewallRule, PrimaryIp, Server, SshKey};

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    resolver.model.hetzner.iter().flat_map(|(scope, hetzner)| project(resolver, *scope, hetzner)).collect()
}

fn project(resolver: &Resolver<'_>, scope: ScopeId, hetzner: &Hetzner) -> Vec<PlannedResource> {
    let mut resources = Vec::new();
    for key in &hetzner.ssh_key {
        let kind = SshKey { name: key.name.name.clone() };
        let address = Address::resource::<SshKey>(&key.name.name);
        resources.push(PlannedResource::new(address, kind, key.name.span).owned(Ownership::Existing));
    }
    resources.extend(hetzner.firewall.iter().filter_map(|firewall| self::firewall(resolver, scope, firewall)));
    for server in &hetzner.server {
        resources.extend(self::server(resolver, scope, server));
        for bundle in &server.bundle {
            resources.extend(bundle::lower(resolver, scope, server, bundle));
        }
    }
    resources
}

fn firewall(resolver: &Resolver<'_>, scope: ScopeId, firewall: &concept::Firewall) -> Option<PlannedResource> {
    let mut rules = Vec::new();
    for rule in &firewall.allow {
        let from: Vec<String> = if rule.from.is_empty() {
            vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()]
        } else {
            let mut from: Vec<_> = rule.from.iter().map(|network| network.value).collect();
            from.sort();
            from.iter().map(ToString::to_string).collect()
        };
        let mut add = |protocol: &'static str, port: Option<&Spanned<concept::PortRange>>| {
            rules.push(FirewallRule {
                description: rule.name.value.clone(),
                direction: "in",
                protocol,
                port: port.map(|port| port.value.to_string()),
                source_ips: from.clone(),
            });
        };
        if let Some(port) = &rule.tcp {
            add("tcp", Some(port));
        }
        if let Some(port) = &rule.udp {
            add("udp", Some(port));
        }
        if rule.icmp.is_some_and(|icmp| icmp.value) {
            add("icmp", None);
        }
    }
    // Rules only let in, so that none comes before another.
    rules.sort_by(|a, b| (&a.description, a.protocol, &a.port).cmp(&(&b.description, b.protocol, &b.port)));
    let extra = extra(resolver, scope, firewall.extra.as_ref())?;
    let kind = Firewall { name: firewall.name.name.clone(), rules, extra };
    Some(PlannedResource::new(Address::resource::<Firewall>(&firewall.name.name), kind, firewall.name.span))
}

/// The server, and the primary IP that it has its IPv4 address from.
fn server(resolver: &Resolver<'_>, scope: ScopeId, server: &concept::Server) -> Vec<PlannedResource> {
    let at = server.head;
    let mut resources = Vec::new();
    let address = Address::resource::<PrimaryIp>(&format!("{}-ipv4", server.name.name));
    let stated = server.ipv4();
    let kind = PrimaryIp {
        name: stated.is_none().then(|| format!("{}-ipv4", server.name.name)),
        ip: stated.map(Input::from),
        r#type: "ipv4",
        location: Input::from(&server.location),
        auto_delete: false,
    };
    let ownership = if stated.is_some() { Ownership::Existing } else { Ownership::Managed };
    resources.push(PlannedResource::new(address.clone(), kind, server.name.span).owned(ownership));
    let id = |address: &Address, span| Input::later(Deferred::output(address.as_str(), "id"), span);
    let user_data = match &server.cloud_init {
        None => None,
        Some(path) => match resolver.source(&path.value, path.span) {
            Ok((_, text)) => Some(Input::known(text.to_string(), path.span)),
            Err(reason) => {
                resolver.report(files::unreadable(&path.value, &reason, path.span));
                return resources;
            }
        },
    };
    let Some(labels) = extra(resolver, scope, server.labels.as_ref()) else { return resources };
    let Some(extra) = extra(resolver, scope, server.extra.as_ref()) else { return resources };
    let kind = Server {
        name: server.name.name.clone(),
        server_type: Input::from(&server.server_type),
        image: Input::from(&server.image),
        location: Input::from(&server.location),
        ssh_keys: in_order(&server.ssh.key, |key| &key.name)
            .map(|key| id(&Address::resource::<SshKey>(&key.name), key.span))
            .collect(),
        firewalls: in_order(&server.firewall, |firewall| &firewall.name)
            .map(|firewall| id(&Address::resource::<Firewall>(&firewall.name), firewall.span))
            .collect(),
        ipv4: id(&address, at),
        enable_ipv6: server.address.as_ref().and_then(|address| address.ipv6).is_none_or(|ipv6| ipv6.value),
        user_data,
        labels,
        extra,
    };
    let mut resource = PlannedResource::new(server.resource(), kind, server.name.span);
    resource.was = server.was.as_ref().map(|was| Spanned::new(Address::resource::<Server>(&was.value), was.span));
    resources.push(resource);
    resources
}

/// How a server is reached over SSH.
#[derive(Clone, Debug, Part)]
pub struct SshTarget {
    /// Its address.
    pub host: Input<String>,
    /// Who logs in.
    pub user: String,
    /// The file of the private key, if one is named.
    pub identity: Option<Input<String>>,
    /// The server's public host keys, if they are known.
    pub host_keys: Vec<Input<String>>,
}

impl SshTarget {
    fn of(server: &concept::Server) -> Self {
        let host = match server.ipv4() {
            Some(address) => Input::known(address.value.to_string(), address.span),
            None => Input::later(Deferred::output(server.resource().as_str(), "ipv4"), server.name.span),
        };
        Self {
            host,
            user: server.ssh.user.as_ref().map_or_else(|| "root".to_owned(), |user| user.value.clone()),
            identity: server.ssh.identity.as_ref().map(Input::from),
            host_keys: in_order(&server.ssh.host_key, |key| &key.value).map(Input::from).collect(),
        }
    }
}

/// What is a set at Hetzner, in an order of its own.
fn in_order<'m, T, K: Ord + ?Sized + 'm>(list: &'m [T], key: impl Fn(&'m T) -> &'m K) -> impl Iterator<Item = &'m T> {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort_by(|a, b| key(a).cmp(key(b)));
    sorted.into_iter()
}
