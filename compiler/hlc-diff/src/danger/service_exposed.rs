//! A Service opens.

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::{Danger, Example, Question, Rule};
use crate::{ObjectChange, Version};

pub(super) const RULE: Rule = Rule { code: &SERVICE_EXPOSED, example: EXAMPLE, run };

/// A Service is reached from outside the cluster.
pub(crate) static SERVICE_EXPOSED: Code = Code {
    id: "HLC1081",
    name: "service-exposed",
    severity: Severity::Error,
    summary: "a Service is reached from outside the cluster from now on, past every route",
    explain: "A Service of type `NodePort` has a port on every node, one of type `LoadBalancer` an address of its own; `externalIPs` \
              give it others, and `loadBalancerSourceRanges` say who may call. Whoever reaches these gets past the gateway with its \
              TLS and login.\n\nKeep `ClusterIP` and give the workload a `route`. If the port is meant, accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {type: ClusterIP, ports: [{port: 80}]}\n",
    dangerous: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n",
    fine: "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {ports: [{port: 80}, {port: 81, name: b}]}\n",
};

/// How far the type of a Service reaches.
fn reach(version: Option<&Version>) -> u8 {
    let kind = version.and_then(|version| version.body.at(&["spec", "type"])).and_then(Data::as_str);
    match kind {
        Some("LoadBalancer") => 2,
        Some("NodePort") => 1,
        Some(_) | None => 0,
    }
}

fn list<'a>(version: Option<&'a Version>, key: &str) -> Vec<&'a str> {
    let items = version.and_then(|version| version.body.at(&["spec", key])).and_then(Data::as_list);
    items.unwrap_or_default().iter().filter_map(Data::as_str).collect()
}

fn opens(change: &ObjectChange) -> Option<(String, &'static [&'static str])> {
    let (old, new) = (change.old.as_ref(), change.new.as_ref());
    let added = |key: &str| {
        let known = list(old, key);
        list(new, key).into_iter().filter(|item| !known.contains(item)).collect::<Vec<_>>().join(", ")
    };
    if reach(new) > reach(old) {
        let kind = if reach(new) == 2 { "LoadBalancer" } else { "NodePort" };
        return Some((format!("becomes a {kind}"), &["spec", "type"]));
    }
    let addresses = added("externalIPs");
    if !addresses.is_empty() {
        return Some((format!("answers at {addresses}"), &["spec", "externalIPs"]));
    }
    let (before, after) = (list(old, "loadBalancerSourceRanges"), list(new, "loadBalancerSourceRanges"));
    let ranges = added("loadBalancerSourceRanges");
    if reach(new) < 2 || before.is_empty() || (!after.is_empty() && ranges.is_empty()) {
        return None;
    }
    let who = if after.is_empty() { "everybody".to_owned() } else { ranges };
    Some((format!("lets {who} in"), &["spec", "loadBalancerSourceRanges"]))
}

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in &question.changes.objects {
        if !change.id.is("", "Service") || change.new.is_none() {
            continue;
        }
        let Some((what, path)) = opens(change) else { continue };
        let mut danger = Danger::of(&SERVICE_EXPOSED, change, format!("{} {what}", change.id))
            .why("whoever reaches it gets past the gateway, with its TLS and login")
            .help("keep the Service inside the cluster and give the workload a `route`, unless the port is meant");
        if let Some(field) = change.fields.iter().find(|field| field.path.starts_with(path)) {
            danger = danger.field(&field.path, field.origin);
        }
        found.push(danger);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::dangers;

    #[test]
    fn every_way_out() {
        let service = |spec: &str| {
            format!("apiVersion: v1\nkind: Service\nmetadata: {{name: a, namespace: w}}\nspec: {{{spec}}}\n")
        };
        let judge = |old: &str, new: &str| -> Vec<String> {
            let found = dangers(&service(old), &service(new)).into_iter();
            found.map(|danger| danger.message.replace("Service w/a ", "")).collect()
        };
        let ranges = "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]";
        assert_eq!(judge("", "type: NodePort"), ["becomes a NodePort"]);
        assert_eq!(judge("type: NodePort", "type: ClusterIP"), [""; 0]);
        assert_eq!(judge("externalIPs: [192.0.2.1]", "externalIPs: [192.0.2.1, 192.0.2.2]"), ["answers at 192.0.2.2"]);
        assert_eq!(judge(ranges, "type: LoadBalancer"), ["lets everybody in"]);
        assert_eq!(judge(ranges, &ranges.replace("/24", "/16")), ["lets 192.0.2.0/16 in"]);
        assert_eq!(judge("type: LoadBalancer", ranges), [""; 0]);
        let found = dangers("", &service("type: LoadBalancer"));
        assert_eq!(found.len(), 1);
    }
}
