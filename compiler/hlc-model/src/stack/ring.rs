//! Resources that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::{Address, PlannedResource, PlannedStack};

use crate::resolve::Resolver;

/// Resources that wait for each other.
pub(crate) static WAITS_IN_A_RING: Code = Code {
    id: "HLC0832",
    name: "waits-in-a-ring",
    severity: Severity::Error,
    summary: "resources that wait for each other",
    explain: "`hlc apply` makes each part after what it needs: an issuer after the Secret with its key, a certificate after its \
              issuer. Parts that need each other in a ring could never be made.",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" {\n        issuer \
          \"home\" { ca \"home-tls\" }\n        certificate \"home\" issuer=\"home\" { hosts \"example.net\" }\n    }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" {\n        \
           issuer \"root\" { self-signed }\n        certificate \"home\" issuer=\"root\" { hosts \"example.net\" }\n        issuer \
           \"home\" { ca \"home-tls\" }\n    }\n}",
};

/// Reports every ring once.
pub(super) fn check(resolver: &Resolver<'_>, stacks: &[PlannedStack]) {
    let mut by_address: BTreeMap<&Address, &PlannedResource> = BTreeMap::new();
    // What two have the address of is reported as such, and may seem to wait for itself.
    let mut twice: BTreeSet<&Address> = BTreeSet::new();
    for resource in stacks.iter().flat_map(|stack| &stack.resources) {
        if by_address.insert(&resource.address, resource).is_some() {
            twice.insert(&resource.address);
        }
    }
    let mut done: BTreeSet<&Address> = BTreeSet::new();
    for start in by_address.keys().copied() {
        // The way from the start to where we are, each with what is still to be looked at there.
        let mut way: Vec<(&Address, Vec<&Address>)> = Vec::new();
        let mut next = Some(start).filter(|start| !done.contains(start));
        while let Some(address) = next.or_else(|| way.last_mut().and_then(|(_, open)| open.pop())) {
            next = None;
            if let Some(at) = way.iter().position(|(open, _)| *open == address) {
                let ring = way.iter().skip(at).filter_map(|(address, _)| by_address.get(address).copied());
                let ring: Vec<_> = ring.collect();
                if !ring.iter().any(|resource| twice.contains(&resource.address)) {
                    report_ring(resolver, ring);
                }
            } else if !done.contains(address)
                && let Some(resource) = by_address.get(address)
            {
                way.push((address, resource.depends_on.iter().collect()));
            }
            while way.last().is_some_and(|(_, open)| open.is_empty()) {
                done.extend(way.pop().map(|(address, _)| address));
            }
        }
    }
}

fn report_ring(resolver: &Resolver<'_>, mut ring: Vec<&PlannedResource>) {
    let first = (0..ring.len()).min_by_key(|at| ring.get(*at).map(|resource| resource.origin)).unwrap_or_default();
    ring.rotate_left(first);
    let Some((head, others)) = ring.split_first() else { return };
    let short = |resource: &PlannedResource| {
        let address = resource.address.as_str();
        address.split_once('/').map_or(address, |(_, name)| name).to_owned()
    };
    let names: Vec<String> = ring.iter().chain([head]).map(|resource| short(resource)).collect();
    let mut diagnostic = Diagnostic::new(&WAITS_IN_A_RING, head.origin, format!("`{}` waits for itself", short(head)))
        .note(names.join(" waits for "))
        .help("break the ring: let one of them need something else");
    for other in others {
        diagnostic = diagnostic.label(other.origin, format!("by way of `{}`", short(other)));
    }
    resolver.report(diagnostic);
}
