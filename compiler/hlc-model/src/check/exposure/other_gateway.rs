//! The edge sends public hosts to the gateway of their route.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::super::{Check, Facts};
use super::public_hosts;
use crate::concept::{Gateway, Hetzner};
use crate::reach::edge::edges;

pub(in crate::check) const CHECK: Check = Check { codes: &[&OTHER_GATEWAY], run };

/// A public route at another gateway than that of the edge.
pub(crate) static OTHER_GATEWAY: Code = Code {
    id: "HLC0631",
    name: "other-gateway",
    severity: Severity::Error,
    summary: "a public route at a gateway that the edge does not send to",
    explain: "The edge sends every public host to one gateway, its `to-cluster`. A route that attaches to another one is not known \
              there: who comes from the internet is answered that there is no such page.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" { traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" to-cluster=\"homelab-gateway\" }\n    \
          }\n}\nplatform { addon \"inner\" namespace=\"inner\" { gateway \"inner\" class=\"cilium\" { listener \"http\" \
          protocol=\"HTTP\" port=80; } } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { \
          ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 gateway=\"inner\" { public auth=\"own\"; }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
           image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
           to=\"/etc/edge\" { traefik \"dynamic/routes.yml\" certificates=\"letsencrypt\" to-cluster=\"homelab-gateway\" }\n    \
           }\n}\nplatform { addon \"inner\" namespace=\"inner\" { gateway \"inner\" class=\"cilium\" { listener \"http\" \
           protocol=\"HTTP\" port=80; } } }\nworkload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec \
           { ports { - port=80 } } }\n    route \"web\" service=\"web\" port=80 gateway=\"homelab-gateway\" { public auth=\"own\"; \
           }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let faults = &facts.model.faults;
    if faults.may_hide(Gateway::decl()) || faults.kinds.contains(Hetzner::decl().name) {
        return;
    }
    let edges = edges(facts.model);
    let sent: Vec<_> = edges.iter().filter_map(|edge| edge.traefik.to_cluster.as_ref()).collect();
    let Some(first) = sent.first() else { return };
    let is_there = |name: &str| facts.model.gateways().any(|(gateway, _)| gateway.name.name == name);
    if sent.iter().any(|reference| !is_there(&reference.name)) {
        return; // reported as such
    }
    for public in public_hosts(facts) {
        let Some((gateway, _)) = public.route.gateway(facts.model) else { continue };
        let name = &gateway.name.name;
        if sent.iter().any(|reference| reference.name == *name) {
            continue;
        }
        let at = public.route.gateway.as_ref().map_or(public.route.name.span, |reference| reference.span);
        let message = format!(
            "route `{}` attaches to gateway `{name}`, and the edge sends to `{}`",
            public.route.name.name, first.name
        );
        found.push(
            Diagnostic::new(&OTHER_GATEWAY, at, message)
                .label(first.span, "the edge sends public hosts here")
                .label(public.public.head, "made public here")
                .help(format!("write `gateway=\"{}\"`, or remove `public`", first.name)),
        );
    }
}
