//! The platform of the sample homelab against the facts of the homelab it was taken from (reference/CORE.md, section 2).
//!
//! What differs on purpose is said where it is compared.

use std::path::Path;

use hlc_plan::PlannedResource;
use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{Outcome, needs_shared};

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, run: fn(&[Value]) -> Outcome| {
        needs_shared(&format!("platform::{name}"), "reference", move |folder| run(&blocks(&folder)?))
    };
    vec![
        trial("cilium", |blocks| same(&blocks[0], &resource("release.kube-system.cilium")?["values"])),
        trial("gateway", gateway),
        trial("application_set", application_set),
        Trial::test("platform::issuers_and_certificates", issuers_and_certificates),
    ]
}

/// The blocks of YAML of the section about the platform.
fn blocks(folder: &Path) -> Result<Vec<Value>, String> {
    let text = std::fs::read_to_string(folder.join("CORE.md")).map_err(|error| error.to_string())?;
    let section = text.split("\n## ").find(|section| section.starts_with("2. ")).ok_or("CORE.md has no section 2")?;
    let yaml = section.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or(""));
    let here = hlc_diag::Span::new(hlc_diag::FileId::new(0), 0, 0);
    let read = |text| hlc_kube::data_from_yaml(text, here).map_err(|error| error.message);
    yaml.map(|text| read(text).map(|data| hlc_kube::data_to_json(&data))).collect()
}

/// The properties of a resource of the sample's platform.
fn resource(name: &str) -> Result<Value, String> {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    let is_meant = |resource: &&PlannedResource| resource.address.as_str() == format!("platform/{name}");
    let mut resources = plan.stacks.iter().flat_map(|stack| &stack.resources);
    let found = resources.find(is_meant).ok_or_else(|| format!("there is no {name}"))?;
    let data = hlc_schema::Data::new(hlc_schema::DataValue::Map(found.properties.clone()), found.origin);
    Ok(hlc_kube::data_to_json(&data))
}

fn same(expected: &Value, made: &Value) -> Outcome {
    if expected == made { Ok(()) } else { Err(format!("expected {expected:#}\nmade {made:#}").into()) }
}

/// Mended: the address is pinned, where the original left it to the load balancer.
fn gateway(blocks: &[Value]) -> Outcome {
    let mut expected = blocks[1].clone();
    expected["addresses"] = json!([{"type": "IPAddress", "value": "192.168.1.240"}]);
    expected["infrastructure"] = json!({"annotations": {"lbipam.cilium.io/ips": "192.168.1.240"}});
    same(&expected, &resource("object.Gateway.kube-system.homelab-gateway")?["body"]["spec"])
}

/// Mended: namespaces and settings are told, where the original took namespaces from the names of folders. What is told can be more
/// than text in the newer of the two languages of templates only.
fn application_set(blocks: &[Value]) -> Outcome {
    let mut expected = blocks[2]["spec"].clone();
    let git = &mut expected["generators"][0]["git"];
    git.as_object_mut().unwrap().remove("directories");
    git["files"] = json!([{"path": "*/.workload"}]);
    expected["template"]["metadata"]["name"] = json!("{{ .path.basename }}");
    expected["template"]["spec"]["source"]["path"] = json!("{{ .path.path }}");
    expected["template"]["spec"]["destination"]["namespace"] = json!("{{ .namespace }}");
    expected["goTemplate"] = json!(true);
    expected["goTemplateOptions"] = json!(["missingkey=error"]);
    expected["templatePatch"] =
        json!("{{ if hasKey . \"application\" }}{{ toJson .application }}{{ else }}{}{{ end }}");
    same(&expected, &resource("object.ApplicationSet.argoproj.io.argocd.cots-applications")?["body"]["spec"])
}

/// What section 2 says of them in prose.
fn issuers_and_certificates() -> Outcome {
    let spec = |name: &str| Ok::<_, String>(resource(&format!("object.{name}"))?["body"]["spec"].clone());
    let token = json!({"name": "cloudflare-api-token", "key": "CLOUDFLARE_API_TOKEN"});
    let acme = json!({"acme": {
        "server": "https://acme-v02.api.letsencrypt.org/directory",
        "email": "admin@example.net",
        "privateKeySecretRef": {"name": "letsencrypt-prod-key"},
        "solvers": [{
            "dns01": {"cloudflare": {"email": "admin@example.net", "apiTokenSecretRef": token}},
            "selector": {"dnsZones": ["example.net"]},
        }],
    }});
    same(&acme, &spec("ClusterIssuer.cert-manager.io.letsencrypt-prod")?)?;
    same(&json!({"selfSigned": {}}), &spec("ClusterIssuer.cert-manager.io.homelab-ca")?)?;
    let certificate = json!({
        "secretName": "wildcard-example-net-tls",
        "issuerRef": {"name": "letsencrypt-prod", "kind": "ClusterIssuer"},
        "dnsNames": ["example.net", "*.example.net"],
    });
    same(&certificate, &spec("Certificate.cert-manager.io.kube-system.wildcard-example-net")?)?;
    let policy = json!({
        "nodeSelector": {"matchExpressions": [{"key": "node-role.kubernetes.io/control-plane", "operator": "DoesNotExist"}]},
        "interfaces": ["^(eth0|ens.*|enp.*)"],
        "externalIPs": true,
        "loadBalancerIPs": true,
    });
    same(&policy, &spec("CiliumL2AnnouncementPolicy.cilium.io.l2-policy")?)?;
    // Mended: off the addresses of nodes, which the original's 220 to 230 held.
    let pool = json!({"blocks": [{"start": "192.168.1.240", "stop": "192.168.1.250"}]});
    same(&pool, &spec("CiliumLoadBalancerIPPool.cilium.io.address-pool")?)
}
