//! The homelab as a drawing: what there is, and what needs what.

use std::collections::BTreeSet;

use hlc_diag::{Sources, Span};
use hlc_draw::{Drawing, Edge, Group, Node, Place, State};
use hlc_schema::ScopeId;

use crate::lower;
use crate::relations::{Need, Relation, Thing, pools, relations};
use crate::resolve::{Ground, Resolver};
use crate::workload::{Workload, workload_namespace};
use crate::{Compilation, Inputs, Model};

/// The groups that are no categories, in the order in which they are laid out where nothing else decides.
const DNS: &str = "dns";
const EDGE: &str = "edge";
const PLATFORM: &str = "platform";
const OUTSIDE: &str = "stores";
const MACHINES: &str = "machines";

/// Draws a compiled homelab. An arrow leads from what asks to what answers.
#[must_use]
pub fn graph(compilation: &Compilation, inputs: &dyn Inputs) -> Drawing {
    let model = &compilation.model;
    let ground = Ground::new(model, inputs, compilation.sources.clone());
    let resolver = Resolver::new(&ground);
    let units = lower::units(&resolver, &compilation.charts);
    let relations = relations(model, &resolver, &units);
    let mut draw = Draw { model, resolver: &resolver, sources: &compilation.sources, drawing: Drawing::default() };
    draw.around();
    draw.units();
    draw.below();
    draw.lines(&relations);
    draw.drawing
}

struct Draw<'d, 'm> {
    model: &'m Model,
    resolver: &'d Resolver<'m>,
    sources: &'d Sources,
    drawing: Drawing,
}

impl<'m> Draw<'_, 'm> {
    fn place(&self, span: Span) -> Option<Place> {
        let span = self.sources.origin(span);
        let file = self.sources.get(span.file)?;
        let line = file.position(span.start).line;
        Some(Place { path: file.path().to_owned(), line: usize::try_from(line).ok()? })
    }

    fn group(&mut self, id: &str, label: &str) {
        if !self.drawing.groups.iter().any(|group| group.id == id) {
            self.drawing.groups.push(Group { id: id.to_owned(), label: label.to_owned() });
        }
    }

    fn node(&mut self, thing: Thing<'_>, group: Option<&str>, label: &str, details: Vec<String>, at: Span) {
        let place = self.place(at);
        self.drawing.nodes.push(Node {
            id: thing.id(),
            group: group.map(str::to_owned),
            label: label.to_owned(),
            details,
            tip: Some(thing.to_string()),
            state: State::Ok,
            place,
        });
    }

    /// What the internet comes to first, and what people log in at.
    fn around(&mut self) {
        let model = self.model;
        self.drawing.title = model
            .homelab
            .as_ref()
            .map_or_else(String::new, |homelab| format!("{} ({})", homelab.name.name, homelab.domain.value.as_str()));
        let mut zones: Vec<_> = model.cloudflare.iter().flat_map(|cloudflare| &cloudflare.zone).collect();
        zones.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        for zone in zones {
            self.group(DNS, "DNS");
            self.node(Thing::Zone(&zone.name.name), Some(DNS), &zone.name.name, Vec::new(), zone.name.span);
        }
        let mut servers: Vec<_> = model
            .hetzner
            .iter()
            .flat_map(|(scope, it)| it.server.iter().map(move |server| (*scope, it, server)))
            .collect();
        servers.sort_by(|a, b| a.2.name.name.cmp(&b.2.name.name));
        for (scope, hetzner, server) in servers {
            let mut details: Vec<String> = server.ipv4().map(|ip| ip.value.to_string()).into_iter().collect();
            if server.bundle.iter().any(|bundle| bundle.traefik.is_some()) {
                let hosts =
                    hetzner.route.iter().flat_map(|route| route.hosts(self.resolver, scope).into_iter().flatten());
                let mut hosts: Vec<String> = hosts.map(|host| host.value.as_str().to_owned()).collect();
                hosts.sort();
                details.extend(hosts);
            }
            self.group(EDGE, "edge");
            self.node(Thing::Server(&server.name.name), Some(EDGE), &server.name.name, details, server.name.span);
        }
        for (scope, authentik) in &model.authentik {
            let url = self.resolver.value(&authentik.url, *scope).map(|url| url.value.as_str().to_owned());
            self.node(Thing::Authentik, None, "Authentik", url.into_iter().collect(), authentik.head);
        }
        let mut gateways: Vec<_> = model.gateways().map(|(gateway, _)| gateway).collect();
        gateways.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        for gateway in gateways {
            let ip = gateway.ip.as_ref().and_then(|ip| self.resolver.value(ip, ScopeId::default()));
            let details = ip.map(|ip| ip.value.to_string()).into_iter().collect();
            self.node(Thing::Gateway(&gateway.name.name), None, &gateway.name.name, details, gateway.name.span);
        }
    }

    /// What runs in the cluster, by its category.
    fn units(&mut self) {
        let mut workloads: Vec<_> = self.model.workloads().collect();
        workloads.retain(|(_, workload)| workload.existing || workload.is_made());
        workloads.sort_by_key(|(_, workload)| (category(workload), workload.name.name.as_str()));
        for (scope, workload) in workloads {
            let group = category(workload).map(|name| (format!("category.{name}"), name));
            if let Some((id, name)) = &group {
                self.group(id, name);
            }
            let group = group.as_ref().map(|(id, _)| id.as_str());
            self.unit(scope, workload, Thing::Workload(&workload.name.name), group);
        }
        let mut addons: Vec<_> = self.model.addons().collect();
        addons.sort_by(|a, b| a.1.name.name.cmp(&b.1.name.name));
        for (scope, addon) in addons {
            self.group(PLATFORM, "platform");
            self.unit(scope, addon, Thing::Addon(&addon.name.name), Some(PLATFORM));
        }
    }

    fn unit(&mut self, scope: ScopeId, unit: &'m Workload, thing: Thing<'m>, group: Option<&str>) {
        let mut details = Vec::new();
        for route in &unit.route {
            for host in route.hosts(self.resolver, scope).into_iter().flatten() {
                let public = if route.public.is_some() { " (public)" } else { "" };
                details.push(format!("{}{public}", host.value.as_str()));
            }
        }
        details.sort();
        let mut databases: Vec<String> =
            unit.database.iter().map(|database| format!("database {}", database.name.name)).collect();
        databases.sort();
        details.extend(databases);
        self.node(thing, group, &unit.name.name, details, unit.name.span);
        if let Some(node) = self.drawing.nodes.last_mut() {
            node.tip = Some(format!("{thing}, namespace {}", workload_namespace(unit)));
            node.state = if unit.existing { State::Faint } else { State::Ok };
        }
    }

    /// What the rest stands on.
    fn below(&mut self) {
        let model = self.model;
        let mut stores: Vec<_> = model.stores().collect();
        stores.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        for store in stores {
            self.group(OUTSIDE, "secret stores");
            self.node(Thing::Store(&store.name.name), Some(OUTSIDE), &store.name.name, Vec::new(), store.name.span);
        }
        if let Some(repository) = model.homelab.as_ref().and_then(|homelab| homelab.repository.as_ref()) {
            let details = vec![format!("branch {}", repository.manifests.value)];
            let url = repository.url.value.as_str();
            let url = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches(".git");
            self.node(Thing::Repository, None, url, details, repository.url.span);
        }
        let mut clusters: Vec<_> = model.talos.iter().collect();
        clusters.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        for talos in clusters {
            let details = vec![
                format!("Talos {}", talos.version.value.as_str()),
                format!("Kubernetes {}", talos.kubernetes_version.value.as_str()),
            ];
            self.node(Thing::Cluster(&talos.name.name), None, &talos.name.name, details, talos.name.span);
            for (pool, machines) in pools(talos).into_iter().filter(|(_, machines)| !machines.is_empty()) {
                self.group(MACHINES, "machines");
                let details = machines.iter().map(|machine| format!("{} {}", machine.name.name, machine.ip.value));
                let thing = Thing::Pool(&talos.name.name, &pool.name.name);
                self.node(thing, Some(MACHINES), &pool.name.name, details.collect(), pool.name.span);
            }
        }
        let mut hosts: Vec<_> = model.proxmox.iter().collect();
        hosts.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        for host in hosts {
            self.node(Thing::Host(&host.name.name), None, &host.name.name, vec!["Proxmox".to_owned()], host.name.span);
        }
    }

    /// One arrow for each pair, whichever ways the first needs the second in.
    fn lines(&mut self, relations: &[Relation<'_>]) {
        let pairs: BTreeSet<(Thing<'_>, Thing<'_>)> = relations.iter().map(|it| (it.from, it.to)).collect();
        for (from, to) in pairs.into_iter().filter(|(from, to)| from != to) {
            let all: Vec<_> = relations.iter().filter(|it| (it.from, it.to) == (from, to)).collect();
            let said: Vec<_> = all.iter().filter(|it| it.need != Need::Calls || all.len() == 1).collect();
            let labels: Vec<&str> = said.iter().filter_map(|it| it.need.label()).collect();
            let why: Vec<String> = all.iter().map(|it| format!("{from} {} ({to})", it.why)).collect();
            let place = all.first().and_then(|first| self.place(first.at));
            self.drawing.edges.push(Edge {
                from: from.id(),
                to: to.id(),
                label: (!labels.is_empty()).then(|| labels.join(", ")),
                tip: Some(why.join("\n")),
                state: State::Ok,
                place,
            });
        }
    }
}

fn category(workload: &Workload) -> Option<&str> {
    workload.category.as_ref().map(|category| category.name.as_str())
}
