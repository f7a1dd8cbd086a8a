//! Each address is one resource's, now and before.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_plan::{Address, PlannedResource, PlannedStack};

/// Two resources that are one.
pub(crate) static SAME_RESOURCE: Code = Code {
    id: "HLC0352",
    name: "same-resource",
    severity: Severity::Error,
    summary: "two places that make the same resource",
    explain: "What `hlc apply` makes is known by its stack, kind and name. Two that have all of these in common would undo \
              each other at every apply.",
    bad: "cloudflare token=(secret)TOKEN {\n    zone \"example.net\" { A \"www.lab\" to=\"203.0.113.10\"; }\n    zone \
          \"lab.example.net\" { A \"www\" to=\"203.0.113.11\"; }\n}",
    good: "cloudflare token=(secret)TOKEN {\n    zone \"example.net\"\n    zone \"lab.example.net\" { A \"www\" \
           to=\"203.0.113.11\"; }\n}",
};

/// A former name that is still in use.
pub(crate) static RENAMED: Code = Code {
    id: "HLC0819",
    name: "renamed",
    severity: Severity::Error,
    summary: "a former name that another has or had",
    explain: "`was` says which machine or server this one is, under the name it had before. One that has that name now, or \
              another one that had it, cannot be it too. Once the rename has been applied, `was` may go.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
          role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" was=\"one\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
           role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" was=\"second\"\n    }\n}",
};

/// Everything that clashes in a plan that is right otherwise: of names that are declared twice, and reported so, nothing more is
/// to be said. Several resources of one node are one mistake.
pub(crate) fn find(stacks: &[PlannedStack]) -> Vec<Diagnostic> {
    let mut resources: Vec<&PlannedResource> = stacks.iter().flat_map(|stack| &stack.resources).collect();
    resources.sort_by_key(|resource| resource.origin);
    let mut found = Vec::new();
    let mut now: BTreeMap<&Address, &PlannedResource> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for resource in &resources {
        let Some(first) = now.get(&resource.address) else {
            now.insert(&resource.address, resource);
            continue;
        };
        if reported.insert(resource.origin) {
            found.push(
                Diagnostic::new(&SAME_RESOURCE, resource.origin, format!("`{}` is there already", resource.address))
                    .label(first.origin, "made here")
                    .help("remove one of the two"),
            );
        }
    }
    let mut before: BTreeMap<&Address, &PlannedResource> = BTreeMap::new();
    for resource in &resources {
        let Some(was) = &resource.was else { continue };
        let name = name(&was.value);
        let clash = if let Some(now) = now.get(&was.value) {
            let message = format!("`{}` cannot be what `{name}` is", self::name(&resource.address));
            let help = format!("rename that one, or remove `was=\"{name}\"`");
            Diagnostic::new(&RENAMED, was.span, message).label(now.origin, "still declared").help(help)
        } else if let Some(first) = before.insert(&was.value, resource) {
            Diagnostic::new(&RENAMED, was.span, format!("two were `{name}`"))
                .label(first.origin, "one of them")
                .label(resource.origin, "the other")
        } else {
            continue;
        };
        if reported.insert(was.span) {
            found.push(clash);
        }
    }
    found
}

/// An address without stack and kind.
fn name(address: &Address) -> &str {
    address.as_str().split_once('.').map_or(address.as_str(), |(_, name)| name)
}
