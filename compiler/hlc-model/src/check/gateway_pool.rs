//! Somebody gives gateways their addresses.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Node as _, ScopeId};

use super::owners::pools;
use super::{Check, Facts};
use crate::concept::Addresses;
use crate::resolve::Place;
use crate::stack::platform::brought;

pub(super) const CHECK: Check = Check { codes: &[&NO_POOL], run };

/// A gateway of Cilium without a pool.
pub(crate) static NO_POOL: Code = Code {
    id: "HLC0660",
    name: "no-pool",
    severity: Severity::Warning,
    summary: "a gateway in a cluster where nothing gives out addresses",
    explain: "Cilium makes a Service of type LoadBalancer for each gateway of its class. Its address comes from a pool: `addresses`, or a \
              CiliumLoadBalancerIPPool that is written out. Without one the gateway waits for an address for ever. Checked where \
              the platform installs Cilium, and no other load balancer; gateways on the network of their node \
              (`gatewayAPI.hostNetwork`) need none.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cilium\" namespace=\"kube-system\" {\n        chart \"cilium\" \
          version=\"1.16.6\" repo=\"https://helm.cilium.io/\"\n        manifests \
          \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n        \
          gateway \"main\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"192.168.1.0/24\" }\nplatform {\n    addon \"cilium\" \
           namespace=\"kube-system\" {\n        chart \"cilium\" version=\"1.16.6\" repo=\"https://helm.cilium.io/\"\n        manifests \
           \"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml\" name=\"gateway-api\"\n        \
           gateway \"main\" class=\"cilium\" { listener \"http\" protocol=\"HTTP\" port=80 }\n        addresses \"lan\" \
           range=\"192.168.1.240-192.168.1.250\"\n    }\n}",
};

/// Kinds that give out addresses: Cilium's own, MetalLB's.
const POOLS: &[&str] = &["CiliumLoadBalancerIPPool", "IPAddressPool"];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let units = || facts.model.units().map(|(_, unit)| unit);
    if !pools(facts).is_empty()
        || facts.hold_back()
        || facts.model.faults.may_hide(Addresses::decl())
        || facts.objects().any(|object| POOLS.contains(&object.kind.as_str()))
        || units().any(|unit| unit.existing)
        || units()
            .any(|unit| unit.manifests.iter().any(|from| brought::url_may_bring(from.url.value.as_str(), "metallb.io")))
    {
        return;
    }
    let charts = || facts.model.addons().flat_map(|(_, addon)| &addon.chart);
    // What an unknown chart does is not known.
    let mut cilium = charts().filter(|chart| chart.name.value == "cilium");
    let Some(cilium) = cilium.next().filter(|_| charts().all(|chart| brought::is_no_load_balancer(&chart.name.value)))
    else {
        return;
    };
    let on_the_node = cilium.values.as_ref().is_some_and(|values| {
        let values = facts.resolver.data(&values.value, ScopeId::default(), Place::Values);
        values.is_none_or(|values| values.at(&["gatewayAPI", "hostNetwork"]).is_some())
    });
    for (gateway, _) in facts.model.gateways().filter(|(gateway, _)| gateway.class.value == "cilium" && !on_the_node) {
        let message = format!("nothing gives gateway `{}` an address", gateway.name.name);
        found.push(
            Diagnostic::new(&NO_POOL, gateway.name.span, message)
                .label(cilium.name.span, "Cilium's load balancer has no pool of addresses")
                .help("declare one in an addon: `addresses \"lan\" range=\"FIRST-LAST\"`"),
        );
    }
}
