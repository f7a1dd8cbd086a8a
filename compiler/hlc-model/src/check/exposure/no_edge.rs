//! What is public is sent on by the edge.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Node as _;

use super::super::{Check, Facts};
use super::{public_hosts, together};
use crate::concept::Hetzner;
use crate::reach::dns::Lookup;
use crate::reach::edge::{Target, edges, target};

pub(in crate::check) const CHECK: Check = Check { codes: &[&NO_EDGE], run };

/// A public host that no edge sends on.
pub(crate) static NO_EDGE: Code = Code {
    id: "HLC0628",
    name: "no-edge-route",
    severity: Severity::Warning,
    summary: "a public host that the server it leads to sends nowhere",
    explain: "`public` makes a route on the edge where a `traefik` there says `to-cluster`. Without one the requests end at the \
              server. Nothing is said where the record leads to no server that is declared: then something else sends them on.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        address ipv4=\"203.0.113.10\"\n        \
          bundle \"edge\" from=\"edge\" to=\"/etc/edge\" { traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" }\n    \
          }\n}\ncloudflare token=(secret)TOKEN { zone \"example.net\" { from-routes to=(ref)server.edge.ipv4 } }\nworkload \"web\" \
          category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
          service=\"web\" port=80 { public auth=\"own\"; }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
           image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        address ipv4=\"203.0.113.10\"\n        \
           bundle \"edge\" from=\"edge\" to=\"/etc/edge\" { traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" \
           to-cluster=\"homelab-gateway\" }\n    }\n}\ncloudflare token=(secret)TOKEN { zone \"example.net\" { from-routes \
           to=(ref)server.edge.ipv4 } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { \
           ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 { public auth=\"own\"; }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let faults = &facts.model.faults;
    if faults.unread || faults.kinds.contains(Hetzner::decl().name) {
        return;
    }
    let edges = edges(facts.model);
    for server in facts.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server) {
        let here = || edges.iter().filter(|edge| std::ptr::eq(edge.server, server));
        if here().any(|edge| edge.traefik.to_cluster.is_some()) {
            continue;
        }
        let led = |host: &str| {
            let Lookup::Answers(answers) = facts.dns().look_up(host) else { return false };
            let to = answers.last().and_then(|answer| answer.to.as_ref());
            to.is_some_and(|to| matches!(target(facts, to), Target::Server(led) if std::ptr::eq(led, server)))
        };
        let public = public_hosts(facts);
        let public: Vec<_> = public.iter().filter(|host| led(host.host.value.as_str())).collect();
        let (at, what) = match here().next() {
            Some(edge) => (edge.traefik.head, "this says no `to-cluster`"),
            None => (server.name.span, "this server has no `traefik`"),
        };
        let name = &server.name.name;
        let hosts: Vec<(&str, Span)> = public.iter().map(|host| (host.host.value.as_str(), host.public.head)).collect();
        let diagnostic = together(
            &NO_EDGE,
            &hosts,
            |host, public| {
                let message = format!("server `{name}` sends `{host}` nowhere");
                Diagnostic::new(&NO_EDGE, public, message).label(at, what)
            },
            |hosts| (at, format!("server `{name}` sends {hosts} nowhere")),
        );
        let help = "add `to-cluster \"GATEWAY\"` to a `traefik` of the server; `hlc explain traefik` shows one";
        found.extend(diagnostic.map(|diagnostic| diagnostic.help(help)));
    }
}
