//! Machines fit on their hosts.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::scalar::Bytes;

use super::{Check, Facts};
use crate::concept::{Capacity, Host, Machine};
use crate::stack::talos::Cluster;

pub(super) const CHECK: Check = Check { codes: &[&CAPACITY, &OVERCOMMIT, &MACHINE_SIZE], run };

/// Machines that cannot all run.
pub(crate) static CAPACITY: Code = Code {
    id: "HLC0810",
    name: "host-capacity",
    severity: Severity::Error,
    summary: "machines that do not all fit on their host",
    explain: "Added up is what machines keep even when the host runs short: the `balloon` of each, or all of its `memory` where \
              it has none or has a PCI device, for which memory is pinned. That has to fit into the host's memory without \
              what it reserves for itself. One machine has at most as many cores as the host has threads.",
    bad: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    capacity \
          memory=\"16GiB\" reserved=\"4GiB\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" \
          network=\"lan\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" \
          cores=4 memory=\"14GiB\" disk=\"30GiB\"\n}",
    good: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    capacity \
           memory=\"16GiB\" reserved=\"4GiB\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" \
           network=\"lan\" {\n    image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" \
           cores=4 memory=\"12GiB\" disk=\"30GiB\"\n}",
};

/// Machines that may want more than there is.
pub(crate) static OVERCOMMIT: Code = Code {
    id: "HLC0811",
    name: "overcommit",
    severity: Severity::Warning,
    summary: "machines that may together want more than their host has",
    explain: "It goes well as long as they do not all take what they may at one time: memory beyond their balloons, cores, or \
              disks on thin storage. When a thin storage is full, every machine on it stops.",
    bad: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    capacity \
          disk=\"40GiB\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" network=\"lan\" {\n    \
          image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"4GiB\" \
          disk=\"50GiB\"\n}",
    good: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"root@pam\" password=(secret)PROXMOX_PASSWORD {\n    capacity \
           disk=\"40GiB\"\n}\ntalos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" network=\"lan\" {\n    \
           image \"base\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"4GiB\" \
           disk=\"30GiB\"\n}",
};

/// A size that Proxmox cannot give.
pub(crate) static MACHINE_SIZE: Code = Code {
    id: "HLC0813",
    name: "machine-size",
    severity: Severity::Error,
    summary: "a size that a machine cannot have",
    explain: "Proxmox counts memory and disks in whole MiB, and the balloon is a part of the memory. A machine has at least one \
              core, and a weight from 1 to 262144.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"4GiB\" balloon=\"6GiB\" \
          disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" balloon=\"4GiB\" \
           disk=\"30GiB\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let clusters: Vec<_> = Cluster::all(facts.model).collect();
    let mut hosts: BTreeMap<(&str, &str), (Host<'_>, Vec<&Machine>)> = BTreeMap::new();
    for (cluster, machine) in clusters.iter().flat_map(|cluster| cluster.machines.iter().map(move |m| (cluster, *m))) {
        sizes(machine, found);
        if let Some(host) = cluster.host(machine) {
            let key = (cluster.proxmox.name.name.as_str(), host.name);
            hosts.entry(key).or_insert((host, Vec::new())).1.push(machine);
        }
    }
    for (host, machines) in hosts.values() {
        if let Some(capacity) = host.capacity {
            memory(host, capacity, machines, found);
            cores(host, capacity, machines, found);
            disks(host, capacity, machines, found);
        }
    }
}

/// What one machine may have.
fn sizes(machine: &Machine, found: &mut Vec<Diagnostic>) {
    for size in [Some(machine.memory), machine.balloon, Some(machine.disk)].into_iter().flatten() {
        if size.value.mebibytes().is_none_or(|count| count == 0) {
            let message = format!("{} is no whole number of MiB, 1 or more", size.value);
            found.push(
                Diagnostic::new(&MACHINE_SIZE, size.span, message)
                    .help("`GiB` and `MiB` are powers of two, such as `\"6GiB\"`; `GB` and `MB` are powers of ten"),
            );
        }
    }
    let mut report = |span: Span, message: String, other: Option<(Span, &str)>| {
        let diagnostic = Diagnostic::new(&MACHINE_SIZE, span, message);
        found.push(match other {
            Some((span, label)) => diagnostic.label(span, label),
            None => diagnostic,
        });
    };
    if let Some(balloon) = machine.balloon.filter(|balloon| balloon.value > machine.memory.value) {
        let message = format!("a balloon of {} is more than the machine's memory", balloon.value);
        report(balloon.span, message, Some((machine.memory.span, "its memory")));
    }
    if machine.cores.value == 0 {
        report(machine.cores.span, "a machine has at least one core".to_owned(), None);
    }
    if let Some(units) = machine.cpu_units.filter(|units| !(1..=262_144).contains(&units.value)) {
        report(units.span, format!("{} is no weight from 1 to 262144", units.value), None);
    }
}

/// What a machine keeps when the host runs short.
fn kept(machine: &Machine) -> u64 {
    let balloon = machine.balloon.filter(|_| machine.pci.is_empty());
    balloon.unwrap_or(machine.memory).value.bytes()
}

fn sum(machines: &[&Machine], of: impl Fn(&Machine) -> u64) -> Bytes {
    Bytes::new(machines.iter().fold(0, |sum, machine| sum.saturating_add(of(machine))))
}

fn memory(host: &Host<'_>, capacity: &Capacity, machines: &[&Machine], found: &mut Vec<Diagnostic>) {
    let Some(memory) = capacity.memory else { return };
    let reserved = capacity.reserved.map_or(0, |reserved| reserved.value.bytes());
    let left = Bytes::new(memory.value.bytes().saturating_sub(reserved));
    let (kept, wanted) = (sum(machines, kept), sum(machines, |machine| machine.memory.value.bytes()));
    let reserve = |diagnostic: Diagnostic| match capacity.reserved {
        Some(reserved) => diagnostic.label(reserved.span, "without what it reserves"),
        None => diagnostic,
    };
    let largest = largest(machines, |machine| machine.memory.value.bytes());
    if kept > left {
        let message = format!("{} on `{}` keep {kept} of memory; it has {left} for them", count(machines), host.name);
        found.push(
            reserve(Diagnostic::new(&CAPACITY, memory.span, message))
                .help(format!("`{}` has the most: give it less, or a `balloon`", largest.unwrap_or_default())),
        );
    } else if wanted > left {
        let message =
            format!("{} on `{}` may want {wanted} of memory; it has {left} for them", count(machines), host.name);
        found.push(
            reserve(Diagnostic::new(&OVERCOMMIT, memory.span, message)).note(format!(
                "they keep {kept} when it runs short; what they use beyond that, their balloons take back"
            )),
        );
    }
}

fn cores(host: &Host<'_>, capacity: &Capacity, machines: &[&Machine], found: &mut Vec<Diagnostic>) {
    let Some(threads) = capacity.cores else { return };
    // The machines of a pool have their cores from one place.
    let mut larger: BTreeMap<Span, Vec<&Machine>> = BTreeMap::new();
    for machine in machines.iter().filter(|machine| machine.cores.value > threads.value) {
        larger.entry(machine.cores.span).or_default().push(machine);
    }
    let fits = larger.is_empty();
    for (at, machines) in larger {
        let [first, others @ ..] = machines.as_slice() else { continue };
        let (name, cores) = (&first.name.name, first.cores.value);
        let who = match others.len() {
            0 => format!("machine `{name}` has"),
            more => format!("machine `{name}` and {more} more have"),
        };
        let message = format!("{who} {cores} cores; `{}` has {}", host.name, threads.value);
        found.push(
            Diagnostic::new(&CAPACITY, at, message)
                .label(threads.span, "the host's")
                .help(format!("give them {} or fewer", threads.value)),
        );
    }
    let all: u64 = machines.iter().map(|machine| u64::from(machine.cores.value)).sum();
    if fits && all > u64::from(threads.value) {
        let message = format!("{} on `{}` have {all} cores; it has {}", count(machines), host.name, threads.value);
        found.push(
            Diagnostic::new(&OVERCOMMIT, threads.span, message)
                .note("they wait for each other when all are busy; `cpu-units` says whom for"),
        );
    }
}

fn disks(host: &Host<'_>, capacity: &Capacity, machines: &[&Machine], found: &mut Vec<Diagnostic>) {
    let Some(disk) = capacity.disk else { return };
    let wanted = sum(machines, |machine| machine.disk.value.bytes());
    if wanted > disk.value {
        let message = format!("{} on `{}` have {wanted} of disks; it has {}", count(machines), host.name, disk.value);
        found.push(Diagnostic::new(&OVERCOMMIT, disk.span, message).note("a disk never shrinks again"));
    }
}

fn count(machines: &[&Machine]) -> String {
    if machines.len() == 1 { "one machine".to_owned() } else { format!("{} machines", machines.len()) }
}

fn largest<'m>(machines: &[&'m Machine], of: impl Fn(&Machine) -> u64) -> Option<&'m str> {
    let name = |machine: &&'m Machine| machine.name.name.as_str();
    machines.iter().max_by_key(|machine| (of(machine), std::cmp::Reverse(name(machine)))).map(name)
}
