//! The internet reaches another host.

use std::collections::BTreeSet;

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule};
use crate::{ObjectChange, Version};

pub(super) const RULE: Rule = Rule { code: &HOST_EXPOSED, example: EXAMPLE, run };

/// A host becomes public.
pub(crate) static HOST_EXPOSED: Code = Code {
    id: "HLC1082",
    name: "host-exposed",
    severity: Severity::Error,
    summary: "the internet reaches a host that it did not reach before",
    explain: "A route with `public` has its host answered by the edge. From then on anybody may try what lies behind it: an application \
              without a login is open, and so is one whose first visitor becomes its administrator.\n\nSee that `auth` of its `public` \
              says who asks for a login, and that the application has been set up; `hlc trace HOST` shows the way. Then accept the \
              danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: web}\nspec: {hostnames: \
          [lan.example.net]}\n",
    dangerous: "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: web}\nspec: {hostnames: \
                [lan.example.net, public.example.net]}\n",
    fine: "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: web}\nspec: {hostnames: \
           [lan.example.net, other-lan.example.net]}\n",
};

/// The hosts that an object asks for: of Gateway API's routes and of Ingresses.
fn hosts(version: Option<&Version>) -> BTreeSet<&str> {
    let Some(spec) = version.and_then(|version| version.body.get("spec")) else { return BTreeSet::new() };
    let list = |key| spec.get(key).and_then(Data::as_list).unwrap_or_default().iter();
    let named = list("hostnames").filter_map(Data::as_str);
    named.chain(list("rules").filter_map(|rule| rule.get("host").and_then(Data::as_str))).collect()
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    let objects = &question.changes.objects;
    let asked_before: BTreeSet<&str> = objects.iter().flat_map(|change| hosts(change.old.as_ref())).collect();
    let asks = |host: &str| objects.iter().find(|change| hosts(change.new.as_ref()).contains(host));
    for (host, exposure) in question.after.hosts.iter().filter(|(_, exposure)| exposure.public) {
        let by: Option<&ObjectChange> = asks(host);
        let is_new = match question.before {
            Some(before) => before.hosts.get(host).is_none_or(|known| !known.public),
            // Manifests do not say what the edge answers: a route that asks for the host now, and did not, has to do.
            None => by.is_some() && !asked_before.contains(host.as_str()),
        };
        if !is_new {
            continue;
        }
        let guard = exposure.guard.as_deref().unwrap_or("nobody asks for a login");
        let message = format!("the internet reaches {host} from now on: {guard}");
        let danger = match by {
            Some(change) => Danger::of(&HOST_EXPOSED, change, message),
            None => Danger::at_large(&HOST_EXPOSED, message),
        };
        let danger = Danger { origin: exposure.origin.or(danger.origin), ..danger };
        found.push(
            danger.why("anybody may try what lies behind it, also before its first administrator has signed up").help(
                format!("see that its login is right and that it has been set up; `hlc trace {host}` shows the way"),
            ),
        );
    }
}
