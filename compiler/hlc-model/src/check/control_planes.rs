//! Each cluster has control planes, in a number that keeps a majority, and an address.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::Talos;

pub(super) const CHECK: Check = Check { codes: &[&NO_CONTROL_PLANE, &EVEN_CONTROL_PLANES, &CLUSTER_ENDPOINT], run };

/// A cluster without a control plane.
pub(crate) static NO_CONTROL_PLANE: Code = Code {
    id: "HLC0806",
    name: "no-control-plane",
    severity: Severity::Error,
    summary: "a cluster without a control plane",
    explain: "The control planes run etcd and the Kubernetes API. A single machine can be all of a cluster.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.210\" {\n    \
          image \"base\"\n    machine \"one\" ip=\"192.168.1.221\" role=\"worker\" image=\"base\" cores=4 memory=\"6GiB\" \
          disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.210\" {\n    \
           image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
           disk=\"30GiB\"\n}",
};

/// An even number of control planes.
pub(crate) static EVEN_CONTROL_PLANES: Code = Code {
    id: "HLC0807",
    name: "even-control-planes",
    severity: Severity::Warning,
    summary: "an even number of control planes",
    explain: "etcd works while more than half of its members do. Two bear the loss of none and four that of one, as one and \
              three do; each member more is only one more that can fail.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.210\" {\n    \
          image \"base\"\n    pool \"control\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        \
          machine \"one\" ip=\"192.168.1.211\"\n        machine \"two\" ip=\"192.168.1.212\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.210\" {\n    \
           image \"base\"\n    pool \"control\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" \
           {\n        machine \"one\" ip=\"192.168.1.211\"\n        machine \"two\" ip=\"192.168.1.212\"\n        machine \
           \"three\" ip=\"192.168.1.213\"\n    }\n}",
};

/// A cluster whose API has no one address.
pub(crate) static CLUSTER_ENDPOINT: Code = Code {
    id: "HLC0808",
    name: "cluster-endpoint",
    severity: Severity::Error,
    summary: "a cluster whose API has no one address, or one that machines cannot use",
    explain: "Every machine reaches the Kubernetes API at one URL. With a `vip` it is made of that; with a single control plane \
              of its address; else `endpoint` says it, such as the URL of a load balancer. It begins with `https://`, and has \
              no path.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          pool \"control\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \
          \"one\" ip=\"192.168.1.211\"\n        machine \"two\" ip=\"192.168.1.212\"\n        machine \"three\" \
          ip=\"192.168.1.213\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" vip=\"192.168.1.210\" {\n    \
           image \"base\"\n    pool \"control\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" \
           {\n        machine \"one\" ip=\"192.168.1.211\"\n        machine \"two\" ip=\"192.168.1.212\"\n        machine \
           \"three\" ip=\"192.168.1.213\"\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let whole = !facts.model.faults.kinds.contains(Talos::decl().name) && !facts.model.faults.unread;
    for talos in &facts.model.talos {
        endpoint(talos, found);
        if !whole {
            continue;
        }
        let count = talos.control_planes().count();
        let name = &talos.name;
        if count == 0 {
            let message = format!("cluster `{}` has no control plane", name.name);
            found.push(
                Diagnostic::new(&NO_CONTROL_PLANE, name.span, message)
                    .help("say `role=\"control-plane\"` of a machine or pool"),
            );
        } else if count % 2 == 0 {
            let message = format!("cluster `{}` has {count} control planes, an even number", name.name);
            found.push(
                Diagnostic::new(&EVEN_CONTROL_PLANES, name.span, message)
                    .here(format!("it bears the loss of {}, as {} would", (count - 1) / 2, count - 1))
                    .help(format!("have {} or {}", count - 1, count + 1)),
            );
        }
        if count > 1 && talos.api().is_none() {
            let message = format!("the API of cluster `{}` has no one address", name.name);
            found.push(
                Diagnostic::new(&CLUSTER_ENDPOINT, name.span, message)
                    .here(format!("{count} control planes share nothing"))
                    .help("add `vip=\"…\"`, a free address of the network"),
            );
        }
    }
}

fn endpoint(talos: &Talos, found: &mut Vec<Diagnostic>) {
    let Some(endpoint) = &talos.endpoint else { return };
    let fault = match endpoint.value.as_str().trim_end_matches('/').split_once("://") {
        Some(("https", rest)) if !rest.contains('/') => return,
        Some(("https", _)) => "it has a path",
        Some(_) | None => "it does not begin with `https://`",
    };
    let message = format!("the API of cluster `{}` cannot have this URL", talos.name.name);
    found.push(Diagnostic::new(&CLUSTER_ENDPOINT, endpoint.span, message).here(fault));
}
