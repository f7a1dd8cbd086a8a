//! Each machine has a host, its devices and its number for itself.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Scalar as _;
use hlc_schema::suggest::{list_names, nearest};

use super::{Check, Facts};
use crate::concept::{Machine, PciAddress, VmId};
use crate::stack::talos::Cluster;

pub(super) const CHECK: Check = Check { codes: &[&MACHINE_HOST, &HOST_DEVICE, &VM_NUMBER], run };

/// A machine without a host.
pub(crate) static MACHINE_HOST: Code = Code {
    id: "HLC0802",
    name: "machine-host",
    severity: Severity::Error,
    summary: "a machine whose host is not clear",
    explain: "Where a Proxmox installation has several hosts, each machine says on which of them it runs: `host=\"…\"`, for a \
              whole pool in the pool.",
    bad: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    node \
          \"pve1\"\n    node \"pve2\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" \
          network=\"lan\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" \
          cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    node \
           \"pve1\"\n    node \"pve2\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" \
           network=\"lan\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" \
           cores=4 memory=\"6GiB\" disk=\"30GiB\" host=\"pve2\"\n}",
};

/// One device for two machines.
pub(crate) static HOST_DEVICE: Code = Code {
    id: "HLC0812",
    name: "host-device",
    severity: Severity::Error,
    summary: "a device of a host that two machines want for themselves",
    explain: "A PCI device is handed to one machine at a time: the second does not start. An address without a function, \
              `0000:28:00`, means all functions of the device.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        pci \"0000:28:00.0\"\n        machine \
          \"one\" ip=\"192.168.1.211\" role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\"\n    \
          }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
           role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" { pci \"0000:28:00.0\"; }\n    \
           }\n}",
};

/// One number for two machines.
pub(crate) static VM_NUMBER: Code = Code {
    id: "HLC0820",
    name: "vm-number",
    severity: Severity::Error,
    summary: "a number that two virtual machines of one Proxmox have",
    explain: "The number of a virtual machine is its identity in the whole installation, on every host of it.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
          role=\"control-plane\" vmid=101\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" vmid=101\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
           role=\"control-plane\" vmid=101\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" vmid=102\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut devices: Vec<Claim<'_, PciAddress>> = Vec::new();
    let mut numbers: Vec<Claim<'_, VmId>> = Vec::new();
    let clusters: Vec<_> = Cluster::all(facts.model).collect();
    for (cluster, machine) in clusters.iter().flat_map(|cluster| cluster.machines.iter().map(move |m| (cluster, *m))) {
        let proxmox = cluster.proxmox.name.name.as_str();
        if let Some(vmid) = machine.vmid {
            numbers.push(Claim { machine, of: (proxmox, ""), what: vmid.value, span: vmid.span });
        }
        let Some(host) = cluster.host(machine) else {
            found.push(no_host(cluster, machine));
            continue;
        };
        devices.extend(machine.pci.iter().map(|device| {
            let (what, span) = (device.address.value.clone(), device.address.span);
            Claim { machine, of: (proxmox, host.name), what, span }
        }));
    }
    taken(&devices, PciAddress::overlaps, found, |claim, first| {
        let device = shown(&claim.what.to_value());
        let message = format!("machines `{first}` and `{}` both want the device {device}", claim.machine.name.name);
        Diagnostic::new(&HOST_DEVICE, claim.span, message).help("give it to one of them")
    });
    taken(&numbers, VmId::eq, found, |claim, first| {
        let number = shown(&claim.what.to_value());
        let message = format!("machines `{first}` and `{}` both have the number {number}", claim.machine.name.name);
        Diagnostic::new(&VM_NUMBER, claim.span, message).help("leave it out to have the next free one")
    });
}

/// What a machine wants for itself.
struct Claim<'m, T> {
    machine: &'m Machine,
    /// Where no other may want the same: an installation, or a host of it.
    of: (&'m str, &'m str),
    what: T,
    span: Span,
}

/// Reports every claim that an earlier one holds already.
fn taken<T>(
    claims: &[Claim<'_, T>],
    overlaps: impl Fn(&T, &T) -> bool,
    found: &mut Vec<Diagnostic>,
    report: impl Fn(&Claim<'_, T>, &str) -> Diagnostic,
) {
    let mut ordered: Vec<&Claim<'_, T>> = claims.iter().collect();
    ordered.sort_by(|a, b| (a.of, a.span, &a.machine.name.name).cmp(&(b.of, b.span, &b.machine.name.name)));
    for (at, claim) in ordered.iter().enumerate() {
        let mut earlier = ordered.iter().take(at);
        let first = earlier.find(|first| first.of == claim.of && overlaps(&first.what, &claim.what));
        if let Some(first) = first {
            let diagnostic = report(claim, &first.machine.name.name);
            let (other, label) = if first.span == claim.span {
                (claim.machine.name.span, "a machine that takes it from there")
            } else {
                (first.span, "taken here")
            };
            found.push(diagnostic.label(other, label));
        }
    }
}

fn no_host(cluster: &Cluster<'_>, machine: &Machine) -> Diagnostic {
    let (proxmox, names) = (&cluster.proxmox.name, cluster.host_names());
    let Some(wanted) = &machine.host else {
        let message =
            format!("it is not clear on which host of `{}` machine `{}` runs", proxmox.name, machine.name.name);
        return Diagnostic::new(&MACHINE_HOST, machine.name.span, message)
            .label(proxmox.span, "this has several")
            .help(format!("say `host=\"…\"`; there are {}", list_names(&names, "and")));
    };
    let message = format!("`{}` has no host `{}`", proxmox.name, wanted.value.as_str());
    let diagnostic = Diagnostic::new(&MACHINE_HOST, wanted.span, message).label(proxmox.span, "declared here");
    match nearest(wanted.value.as_str(), names.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            wanted.span,
            format!("\"{meant}\""),
        ),
        None => diagnostic.help(format!("there is {}", list_names(&names, "and"))),
    }
}

fn shown(value: &hlc_schema::DataValue) -> String {
    match value {
        hlc_schema::DataValue::String(text) => format!("`{text}`"),
        hlc_schema::DataValue::Integer(number) => number.to_string(),
        hlc_schema::DataValue::Null
        | hlc_schema::DataValue::Bool(_)
        | hlc_schema::DataValue::Float(_)
        | hlc_schema::DataValue::List(_)
        | hlc_schema::DataValue::Map(_)
        | hlc_schema::DataValue::Deferred(_) => String::new(),
    }
}
