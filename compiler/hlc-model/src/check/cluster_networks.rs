//! The networks inside a cluster are nobody else's.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use ipnet::Ipv4Net;

use super::free::{free_network, share};
use super::{Check, Facts};
use crate::concept::Talos;

pub(super) const CHECK: Check = Check { codes: &[&CLUSTER_NETWORKS], run };

/// A network inside a cluster that is somebody else's too.
pub(crate) static CLUSTER_NETWORKS: Code = Code {
    id: "HLC0818",
    name: "cluster-networks",
    severity: Severity::Error,
    summary: "a network inside a cluster that shares addresses with another network",
    explain: "A node sends what is for pods and Services to the cluster, and nothing of it to a network outside: what has such \
              an address there cannot be reached from the cluster.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" \
          pod-cidr=\"192.168.0.0/16\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" \
          image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" \
           pod-cidr=\"10.244.0.0/16\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" \
           image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let networks = || facts.model.homelab.iter().flat_map(|homelab| &homelab.network);
    for talos in &facts.model.talos {
        let (pods, services) = inside(talos);
        let mut taken: Vec<Ipv4Net> = networks().map(|network| network.cidr.value).collect();
        taken.extend([pods.0, services.0]);
        let with_way_out = |diagnostic: Diagnostic, cidr: &Ipv4Net| match free_network(cidr, &taken) {
            Some(free) => diagnostic.help(format!("{free} is free")),
            None => diagnostic.help("no private network is free"),
        };
        if share(&pods.0, &services.0) {
            let message = format!("pods and Services of cluster `{}` share addresses", talos.name.name);
            let diagnostic = Diagnostic::new(&CLUSTER_NETWORKS, services.1, message);
            let here = format!("pods have {}, Services {}", pods.0, services.0);
            let diagnostic = with_way_out(diagnostic.here(here), &services.0);
            found.push(if pods.1 == services.1 { diagnostic } else { diagnostic.label(pods.1, "the pods' network") });
        }
        for network in networks() {
            for ((cidr, span), whose) in [(&pods, "pods"), (&services, "Services")] {
                if share(cidr, &network.cidr.value) {
                    let message = format!(
                        "the {whose} of cluster `{}` share addresses with network `{}`",
                        talos.name.name, network.name.name
                    );
                    let diagnostic = Diagnostic::new(&CLUSTER_NETWORKS, *span, message)
                        .here(format!("they have {cidr}"))
                        .label(network.cidr.span, "the other network");
                    found.push(with_way_out(diagnostic, cidr));
                }
            }
        }
    }
}

/// The networks of pods and Services, each with what says it.
pub(super) fn inside(talos: &Talos) -> ((Ipv4Net, Span), (Ipv4Net, Span)) {
    let at = |given: Option<hlc_schema::Spanned<Ipv4Net>>| given.map_or(talos.name.span, |cidr| cidr.span);
    ((talos.pods(), at(talos.pod_cidr)), (talos.services(), at(talos.service_cidr)))
}
