//! The Talos stack of the sample homelab against the homelab it was taken from, and against Talos' own schemas.

use std::path::Path;

use hlc_plan::{PlannedResource, Stack};
use hlc_tests_language::{example, rendered, sample};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::json_schema::Schema;
use crate::{Outcome, needs_shared};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("talos::machine_configs_are_those_of_the_baseline", machine_configs),
        Trial::test("talos::virtual_machines_are_those_of_the_baseline", virtual_machines),
        Trial::test("talos::images_are_those_of_the_baseline", images),
        Trial::test("talos::dependencies", dependencies),
        Trial::test("talos::patches_are_merged_as_talos_does", patches),
        needs_shared("talos::schema_1_10", "contracts/talos/config-schema", |folder| {
            schema(&folder.join("v1.10.9.config.schema.json"), "v1.10.9", "v1.33.0", |_| {})
        }),
        needs_shared("talos::schema_1_11", "contracts/talos/config-schema", |folder| {
            schema(&folder.join("v1.11.6.config.schema.json"), "v1.11.6", "v1.34.0", |_| {})
        }),
        needs_shared("talos::schema_1_12", "contracts/talos/config-schema", |folder| {
            schema(&folder.join("v1.12.11.config.schema.json"), "v1.12.4", "v1.35.0", without_deprecated)
        }),
    ]
}

/// The resources of the stack, in order, with their properties as JSON.
fn resources(compilation: &hlc_model::Compilation) -> Result<Vec<(&PlannedResource, Value)>, String> {
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(compilation))?;
    let stack = plan.stacks.iter().find(|stack| stack.stack == Stack::Talos).ok_or("there is no such stack")?;
    let properties = |resource: &PlannedResource| {
        let entries = resource.properties.iter();
        entries.map(|(key, entry)| (key.to_owned(), hlc_kube::data_to_json(&entry.value))).collect()
    };
    Ok(stack.resources.iter().map(|resource| (resource, Value::Object(properties(resource)))).collect())
}

fn named<'v>(resources: &'v [(&PlannedResource, Value)], address: &str) -> Result<&'v Value, String> {
    let found = resources.iter().find(|(resource, _)| resource.address.as_str() == address);
    found.map(|(_, properties)| properties).ok_or_else(|| format!("there is no {address}"))
}

fn equal(what: &str, made: &Value, wanted: &Value) -> Outcome {
    if made == wanted { Ok(()) } else { Err(format!("{what}\nmade   {made}\nwanted {wanted}").into()) }
}

/// Name, address, and whether it is a control plane.
const MACHINES: [(&str, &str, bool); 7] = [
    ("k8s-controller1", "192.168.1.211", true),
    ("k8s-controller2", "192.168.1.212", true),
    ("k8s-controller3", "192.168.1.213", true),
    ("k8s-worker1", "192.168.1.221", false),
    ("k8s-worker2", "192.168.1.222", false),
    ("k8s-worker3", "192.168.1.223", false),
    ("k8s-worker4", "192.168.1.224", false),
];

fn machine_configs() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let resources = resources(&compilation)?;
    for (name, ip, is_control_plane) in MACHINES {
        let properties = named(&resources, &format!("talos/machine-config.{name}"))?;
        let documents = properties["documents"].as_array().unwrap();
        if documents.len() != 1 {
            return Err(format!("{name} has {} documents: a HostnameConfig is a conflict", documents.len()).into());
        }
        let (machine, cluster) = (&documents[0]["machine"], &documents[0]["cluster"]);
        equal(name, &machine["install"], &Value::Null)?;
        let mut routes = vec![json!({"gateway": "192.168.1.254"})];
        // The next hop itself has no route by way of itself.
        if name != "k8s-worker1" {
            routes.push(json!({"network": "100.109.0.0/16", "gateway": "192.168.1.221", "metric": 1024}));
        }
        let mut interface = json!({
            "deviceSelector": {"physical": true}, "dhcp": false, "addresses": [format!("{ip}/24")], "routes": routes,
        });
        if is_control_plane {
            interface["vip"] = json!({"ip": "192.168.1.210"});
        }
        let network = json!({"hostname": name, "interfaces": [interface], "nameservers": ["1.1.1.1", "192.168.1.254"]});
        equal(name, &machine["network"], &network)?;
        equal(name, &machine["type"], &json!(if is_control_plane { "controlplane" } else { "worker" }))?;
        equal(name, &cluster["network"]["cni"], &json!({"name": "none"}))?;
        equal(name, &cluster["proxy"]["disabled"], &json!(true))?;
        equal(name, &cluster["controlPlane"], &json!({"endpoint": "https://192.168.1.210:6443"}))?;
        equal(name, &machine["ca"]["key"].is_string().into(), &json!(is_control_plane))?;
        equal(name, &cluster["ca"]["key"].is_string().into(), &json!(is_control_plane))?;
        if is_control_plane {
            equal(name, &machine["kernel"], &Value::Null)?;
            continue;
        }
        let gpu = name == "k8s-worker4";
        let mut modules = vec!["nbd", "iscsi_tcp", "iscsi_generic", "configfs"];
        if gpu {
            modules.extend(["nvidia", "nvidia_uvm", "nvidia_drm", "nvidia_modeset"]);
        }
        let modules: Vec<Value> = modules.into_iter().map(|module| json!({"name": module})).collect();
        equal(name, &machine["kernel"], &json!({"modules": modules}))?;
        equal(name, &machine["nodeLabels"], &json!({"node.longhorn.io/create-default-disk": "config"}))?;
        equal(name, &machine["kubelet"]["nodeIP"], &json!({"validSubnets": ["192.168.1.0/24"]}))?;
        let taints = if gpu { json!({"dedicated": "ai:NoSchedule"}) } else { Value::Null };
        equal(name, &machine["nodeTaints"], &taints)?;
    }
    Ok(())
}

fn virtual_machines() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let resources = resources(&compilation)?;
    for (name, _, is_control_plane) in MACHINES {
        let gpu = name == "k8s-worker4";
        let (disk, units, balloon) = if is_control_plane { ("30GiB", 1024, "4GiB") } else { ("125GiB", 100, "2GiB") };
        let pci = if gpu { json!([{"address": "0000:28:00.0", "pcie": true, "x_vga": false}]) } else { json!([]) };
        let wanted = json!({
            "proxmox": "talos/proxmox.proxmox", "host": "proxmox", "name": name, "tags": ["hlc", "talos-cluster"],
            "cores": 4, "cpu": "host", "cpu_units": units, "memory": "6GiB", "balloon": balloon, "machine": "q35",
            "bios": "ovmf", "efi_storage": "local-lvm", "scsi_controller": "virtio-scsi-single", "disk_size": disk,
            "disk": {"storage": "local-lvm", "io_thread": true}, "bridge": "vmbr0", "pci": pci, "os": "l26",
            "agent": true, "on_boot": true,
            "image": format!("local:iso/talos-nocloud-amd64-{}.img", if gpu { "gpu" } else { "base" }),
        });
        equal(name, named(&resources, &format!("talos/vm.{name}"))?, &wanted)?;
    }
    Ok(())
}

fn images() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let resources = resources(&compilation)?;
    for (image, schematic) in [
        ("base", "88d1f7a5c4f1d3aba7df787c448c1d3d008ed29cfb34af53fa0df4336a56040b"),
        ("gpu", "901b9afcf2f7eda57991690fc5ca00414740cc4ee4ad516109bcc58beff1b829"),
    ] {
        let wanted = json!({
            "proxmox": "talos/proxmox.proxmox", "host": "proxmox", "storage": "local", "content": "iso",
            "file": format!("talos-nocloud-amd64-{image}.img"), "compression": "gz",
            "url": format!("https://factory.talos.dev/image/{schematic}/v1.12.4/nocloud-amd64.raw.gz"),
        });
        let address = format!("talos/image.talos-cluster.{image}.proxmox");
        equal(image, named(&resources, &address)?, &wanted)?;
    }
    Ok(())
}

fn dependencies() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    let resources = resources(&compilation)?;
    let of = |address: &str| -> Result<Vec<String>, String> {
        let found = resources.iter().find(|(resource, _)| resource.address.as_str() == address);
        let (resource, _) = found.ok_or_else(|| format!("there is no {address}"))?;
        Ok(resource.depends_on.iter().map(|address| address.as_str().trim_start_matches("talos/").to_owned()).collect())
    };
    for (address, wanted) in [
        ("talos/secrets.talos-cluster", vec![]),
        ("talos/client-config.talos-cluster", vec!["secrets.talos-cluster"]),
        ("talos/image.talos-cluster.gpu.proxmox", vec!["proxmox.proxmox", "schematic.talos-cluster.gpu"]),
        ("talos/vm.k8s-worker4", vec!["image.talos-cluster.gpu.proxmox", "proxmox.proxmox"]),
        (
            "talos/machine-config.k8s-worker4",
            vec!["client-config.talos-cluster", "secrets.talos-cluster", "vm.k8s-worker4"],
        ),
        (
            "talos/bootstrap.talos-cluster",
            vec![
                "client-config.talos-cluster",
                "machine-config.k8s-controller1",
                "machine-config.k8s-controller2",
                "machine-config.k8s-controller3",
            ],
        ),
        ("talos/kubeconfig.talos-cluster", vec!["bootstrap.talos-cluster", "client-config.talos-cluster"]),
        // One machine is upgraded after the other, the control planes first.
        (
            "talos/installation.k8s-worker1",
            vec![
                "bootstrap.talos-cluster",
                "client-config.talos-cluster",
                "installation.k8s-controller3",
                "machine-config.k8s-worker1",
            ],
        ),
    ] {
        equal(address, &json!(of(address)?), &json!(wanted))?;
    }
    let known: Vec<&str> = resources.iter().map(|(resource, _)| resource.address.as_str()).collect();
    let unknown = resources.iter().flat_map(|(resource, _)| &resource.depends_on);
    match unknown.into_iter().find(|address| !known.contains(&address.as_str())) {
        Some(address) => Err(format!("something depends on {address}, which is not planned").into()),
        None => Ok(()),
    }
}

/// Each rule of Talos' own, the outermost patch first.
fn patches() -> Outcome {
    let compilation = example(
        r#"talos "home" version="v1.12.4" kubernetes-version="v1.35.0" on="pve" network="lan" {
    image "base"
    patch {
        machine {
            sysctls "vm.max_map_count"="1"
            files { - path="/var/far" }
            network { interfaces { - { deviceSelector physical=#true; mtu 9000; }; - interface=eth1 dhcp=#true; } }
        }
        cluster { network { podSubnets { - "10.1.0.0/16"; } } }
    }
    pool "all" role="control-plane" image="base" cores=4 memory="6GiB" disk="30GiB" {
        patch {
            machine {
                sysctls "vm.max_map_count"="2" "vm.swappiness"="1"
                files { - path="/var/near" }
                network { interfaces { - interface=eth1 mtu=1500; } }
                features { kubePrism "$patch"=delete; }
            }
            cluster {
                apiServer { admissionControl { - name=PodSecurity "$patch"=delete; }; auditPolicy { kind Other; } }
                network { podSubnets { - "10.2.0.0/16"; } }
            }
        }
        patch apiVersion=v1alpha1 kind=WatchdogTimerConfig device="/dev/watchdog0"
        machine "one" ip="192.168.1.211" {
            patch { machine { files { - path="/var/own"; } } }
            patch apiVersion=v1alpha1 kind=WatchdogTimerConfig timeout="2m0s"
        }
    }
}
"#,
    );
    let resources = resources(&compilation)?;
    let documents = &named(&resources, "talos/machine-config.one")?["documents"];
    let (machine, cluster) = (&documents[0]["machine"], &documents[0]["cluster"]);
    equal("maps", &machine["sysctls"], &json!({"vm.max_map_count": "2", "vm.swappiness": "1"}))?;
    equal("lists", &machine["files"], &json!([{"path": "/var/far"}, {"path": "/var/near"}, {"path": "/var/own"}]))?;
    let interfaces = &machine["network"]["interfaces"];
    equal("interfaces by selector", &interfaces[0]["mtu"], &json!(9000))?;
    equal("interfaces by selector", &interfaces[0]["addresses"], &json!(["192.168.1.211/24"]))?;
    equal("interfaces by name", &interfaces[1], &json!({"interface": "eth1", "dhcp": true, "mtu": 1500}))?;
    equal("interfaces", &interfaces[2], &Value::Null)?;
    equal("subnets", &cluster["network"]["podSubnets"], &json!(["10.2.0.0/16"]))?;
    equal("audit policy", &cluster["apiServer"]["auditPolicy"], &json!({"kind": "Other"}))?;
    equal("deleted items", &cluster["apiServer"]["admissionControl"], &json!([]))?;
    equal("deleted maps", &machine["features"]["kubePrism"], &Value::Null)?;
    let watchdog = json!({
        "apiVersion": "v1alpha1", "kind": "WatchdogTimerConfig", "device": "/dev/watchdog0", "timeout": "2m0s",
    });
    equal("other documents", &documents[1], &watchdog)
}

/// Holds the configuration of every machine of the sample, at these versions, against a schema.
fn schema(path: &Path, talos: &str, kubernetes: &str, change: fn(&mut Value)) -> Outcome {
    let mut inputs = sample();
    let text = hlc_model::Inputs::read(&inputs, "core/talos.kdl").unwrap();
    inputs.insert("core/talos.kdl", text.replace("v1.12.4", talos).replace("v1.35.0", kubernetes));
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let mut faults = Vec::new();
    for (resource, mut properties) in resources(&compilation)? {
        for document in properties["documents"].as_array_mut().into_iter().flatten() {
            change(document);
            let found = Schema::new(schema.clone()).faults("v1alpha1.Config", document);
            faults.extend(found.into_iter().map(|fault| format!("{}{fault}", resource.address)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Takes out what Talos 1.12 still reads, and has in no schema any more; the schema of 1.11 has been held against it.
fn without_deprecated(document: &mut Value) {
    document["machine"]["network"] = json!({});
}
