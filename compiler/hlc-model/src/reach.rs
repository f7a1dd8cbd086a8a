//! What answers from outside: every host with the way that a request takes to it, and the open ports of servers.
//!
//! A [`Way`] is data: hops from the DNS record to the pods and the login, each with its place in the source and its state.
//! `hlc trace` draws one, `hlc audit` lists what guards them. A hop is broken because a check says so, never because of
//! something that is found here alone: what checks, the editor and these ways say of a homelab is the same.
//!
//! Start reading at [`Reach`], then [`Finder`] for how the hops of a host are found and `judge` for their states.

mod cluster;
pub(crate) mod dns;
pub(crate) mod edge;
mod exposure;
mod guard;
mod hop;
mod judge;
pub(crate) mod login;
mod ports;
mod written;

pub use guard::Guard;
pub use hop::{Hop, HopKind, State};
pub use ports::OpenPort;

use hlc_diag::{Diagnostic, Sources, Span};
use hlc_schema::scalar::Fqdn;
use hlc_schema::{ScopeId, Spanned};

use crate::check::Facts;
use crate::control::Control;
use crate::workload::{Route, Workload};
use hop::Draft;

/// Everything of a homelab that answers from outside the cluster.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Ordered by name; two routes with one host are two.
    pub hosts: Vec<Host>,
    /// Ports of servers that a firewall lets in or a service publishes, ordered by server and port.
    pub ports: Vec<OpenPort>,
}

/// A host that a route has.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name; `*.HOST` for every name below it.
    pub name: String,
    /// Where the route says it.
    pub span: Span,
    /// Whose it is.
    pub owner: Owner,
    /// The name of its route.
    pub route: String,
    /// How it is reached: from the internet first, if it is at all.
    pub ways: Vec<Way>,
}

/// Whose a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A workload's.
    Workload(String),
    /// That of a part of the platform.
    Addon(String),
    /// That of a server at the edge.
    Edge,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// Anywhere.
    Internet,
    /// The networks of the homelab.
    Lan,
}

/// The way of a request to a host.
#[derive(Clone, Debug)]
pub struct Way {
    /// Where it begins.
    pub view: View,
    /// Who asks for a login on it.
    pub guard: Guard,
    /// Where that is said.
    pub guarded_at: Option<Span>,
    /// Its hops, each after the one that leads to it.
    pub hops: Vec<Hop>,
    /// What has to be known about it besides.
    pub note: Option<&'static str>,
}

impl View {
    /// `internet` or `lan`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Internet => "internet",
            Self::Lan => "lan",
        }
    }
}

impl Host {
    /// The way from somewhere.
    #[must_use]
    pub fn from(&self, view: View) -> Option<&Way> {
        self.ways.iter().find(|way| way.view == view)
    }

    /// True when the internet is to reach it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.from(View::Internet).is_some()
    }
}

impl Way {
    /// True when a request does not arrive.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.hops.iter().any(|hop| matches!(hop.state, State::Broken { .. }))
    }
}

impl Reach {
    /// Finds every host, and judges its hops by what the checks have found.
    pub(crate) fn find(facts: &Facts<'_>, control: &Control, found: &[Diagnostic]) -> Self {
        let finder = Finder { facts };
        let hosts = finder.hosts();
        let judge = judge::Judge::of(found, facts.resolver, control);
        let hosts = hosts.into_iter().map(|(mut host, ways)| {
            for (way, drafts) in host.ways.iter_mut().zip(ways) {
                way.hops = judge.judge(drafts);
            }
            host
        });
        let mut hosts: Vec<Host> = hosts.collect();
        hosts.sort_by(|a, b| (&a.name, a.span).cmp(&(&b.name, b.span)));
        Self { hosts, ports: ports::open(facts) }
    }

    /// Gives everything places in real files.
    pub(crate) fn ground(&mut self, sources: &Sources) {
        let ground = |span: &mut Span| *span = sources.origin(*span);
        for host in &mut self.hosts {
            ground(&mut host.span);
            for way in &mut host.ways {
                way.guarded_at.iter_mut().for_each(ground);
                for hop in &mut way.hops {
                    hop.span.iter_mut().for_each(ground);
                    if let State::Broken { span, .. } = &mut hop.state {
                        ground(span);
                    }
                }
            }
        }
        for port in &mut self.ports {
            port.opened.iter_mut().for_each(ground);
            port.published.iter_mut().for_each(ground);
        }
    }
}

/// A host with the drafts of its ways.
type Found<'m> = (Host, Vec<Vec<Draft<'m>>>);

/// A way in the making.
struct Draw<'m> {
    view: View,
    guard: Guard,
    guarded_at: Option<Span>,
    drafts: Vec<Draft<'m>>,
    note: Option<&'static str>,
}

/// Finds the hops of hosts.
pub(crate) struct Finder<'f, 'm> {
    facts: &'f Facts<'m>,
}

/// A host of a route of a workload or addon.
#[derive(Clone, Copy)]
struct Asked<'h, 'm> {
    scope: ScopeId,
    unit: &'m Workload,
    route: &'m Route,
    host: &'h Spanned<Fqdn>,
}

impl<'m> Finder<'_, 'm> {
    fn hosts(&self) -> Vec<Found<'m>> {
        let model = self.facts.model;
        let mut found = Vec::new();
        let workloads = model.workloads().map(|(scope, unit)| (scope, unit, Owner::Workload(unit.name.name.clone())));
        let addons = model.addons().map(|(scope, unit)| (scope, unit, Owner::Addon(unit.name.name.clone())));
        for (scope, unit, owner) in workloads.chain(addons).filter(|(_, unit, _)| unit.is_made()) {
            for route in &unit.route {
                for host in route.hosts(self.facts.resolver, scope).into_iter().flatten() {
                    let asked = Asked { scope, unit, route, host: &host };
                    let internet = route.public.as_ref().map(|public| self.public(asked, public));
                    let ways = internet.into_iter().chain([self.lan(asked)]).collect();
                    let name = host.value.as_str().to_owned();
                    found.push(put_together(name, host.span, owner.clone(), &route.name.name, ways));
                }
            }
        }
        for (scope, hetzner) in &model.hetzner {
            for route in &hetzner.route {
                for host in route.hosts(self.facts.resolver, *scope).into_iter().flatten() {
                    let exact = host.value.as_str().to_owned();
                    let below = route.is_wildcard().then(|| format!("*.{exact}"));
                    for name in std::iter::once(exact).chain(below) {
                        let way = self.edge_route(*scope, hetzner, route, &name, host.span);
                        found.push(put_together(name, host.span, Owner::Edge, &route.name.name, vec![way]));
                    }
                }
            }
        }
        found.extend(self.written());
        found
    }
}

fn put_together<'m>(name: String, span: Span, owner: Owner, route: &str, draws: Vec<Draw<'m>>) -> Found<'m> {
    let (ways, drafts) = draws
        .into_iter()
        .map(|draw| {
            let Draw { view, guard, guarded_at, drafts, note } = draw;
            (Way { view, guard, guarded_at, hops: Vec::new(), note }, drafts)
        })
        .unzip();
    (Host { name, span, owner, route: route.to_owned(), ways }, drafts)
}
