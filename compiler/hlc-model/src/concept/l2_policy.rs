//! Who answers for load balancer addresses (cilium.io/v2alpha1, CiliumL2AnnouncementPolicy).

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::{Data, Def, FreeBlock, Node, Spanned};

use crate::lower::Lower;
use crate::resolve::Place;

/// Which nodes answer ARP for the addresses of Services, and where (a CiliumL2AnnouncementPolicy).
#[derive(Debug, Node)]
#[node(
    name = "l2-policy",
    names = Subdomain,
    example = r#"l2-policy "workers" external-ips=#true {
    interfaces "^(eth0|ens.*|enp.*)"
    node-selector {
        matchExpressions { - key="node-role.kubernetes.io/control-plane" operator=DoesNotExist }
    }
}"#
)]
pub struct L2Policy {
    /// The policy's name.
    #[arg]
    pub name: Def<L2Policy>,
    /// Answers for the addresses that the load balancer gives out.
    #[prop(default = "#true")]
    pub load_balancer_ips: Option<Spanned<bool>>,
    /// Answers for the `externalIPs` of Services.
    #[prop(default = "#false")]
    pub external_ips: Option<Spanned<bool>>,
    /// Regular expressions (Go) of network interfaces; all when absent.
    #[prop]
    pub interfaces: Vec<Spanned<String>>,
    /// The nodes that may answer (a `LabelSelector`); all when absent.
    #[free]
    pub node_selector: Option<FreeBlock>,
    /// The Services it is for (a `LabelSelector`); all when absent.
    #[free]
    pub service_selector: Option<FreeBlock>,
    /// Further fields of the CiliumL2AnnouncementPolicy, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl L2Policy {
    /// The CiliumL2AnnouncementPolicy.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let flag = |flag: Option<Spanned<bool>>, usual| {
            flag.map_or(Data::bool(usual, at), |flag| Data::bool(flag.value, flag.span))
        };
        let mut spec = vec![
            ("externalIPs", flag(self.external_ips, false)),
            ("loadBalancerIPs", flag(self.load_balancer_ips, true)),
        ];
        if !self.interfaces.is_empty() {
            let interfaces = self.interfaces.iter().map(|name| Data::string(name.value.as_str(), name.span)).collect();
            spec.push(("interfaces", Data::list(interfaces, at)));
        }
        for (key, selector) in [("nodeSelector", &self.node_selector), ("serviceSelector", &self.service_selector)] {
            if let Some(selector) = selector {
                spec.push((key, lower.resolver.data(&selector.value, lower.scope, Place::Manifest)?));
            }
        }
        let mut object =
            lower.object("cilium.io/v2alpha1", "CiliumL2AnnouncementPolicy", &self.name.name, self.name.span);
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }
}
