//! Groups and defaults, on declarations made for the purpose.

#![allow(dead_code, reason = "what is read is not always looked at")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test whose fixture is broken has failed")]

use std::sync::Arc;

use hlc_diag::{Diagnostic, Sources};
use hlc_schema::free::FreeKind;
use hlc_schema::scalar::Port;
use hlc_schema::{Cx, Def, FreeBlock, Layers, Node, NodeDecl, Source, Spanned};

/// A cluster.
#[derive(Debug, Node)]
struct Cluster {
    /// The cluster's name.
    #[arg]
    name: Def<Cluster>,
    /// Images: not what a machine's `image` is.
    #[block]
    image: Vec<Image>,
    /// What nodes start from.
    #[defaults(Machine, Disk)]
    defaults: (),
    /// Pools.
    #[block(members)]
    pool: Vec<Pool>,
}

/// An image.
#[derive(Debug, Node)]
struct Image {
    /// The image's name.
    #[arg]
    name: Def<Image>,
}

/// Machines that are alike.
#[derive(Debug, Node)]
struct Pool {
    /// The pool's name.
    #[arg]
    name: Def<Pool>,
    /// What they are for.
    #[prop]
    role: Spanned<String>,
    /// Machines.
    #[block(members)]
    machine: Vec<Machine>,
    /// Pools that start from this one.
    #[block(members)]
    pool: Vec<Pool>,
}

/// A machine.
#[derive(Debug, Node)]
struct Machine {
    /// The machine's name.
    #[arg]
    name: Def<Machine>,
    /// A number.
    #[prop]
    port: Spanned<Port>,
    /// The image's name.
    #[prop]
    image: Option<Spanned<String>>,
    /// Kernel modules.
    #[prop]
    modules: Vec<Spanned<String>>,
    /// Labels.
    #[free]
    labels: Option<FreeBlock>,
    /// Patches.
    #[free]
    patch: Layers,
    /// Its first disk.
    #[block]
    disk: Option<Disk>,
    /// More of them.
    #[block]
    extra: Vec<Extra>,
}

/// A disk.
#[derive(Debug, Node)]
struct Disk {
    /// Its size.
    #[prop]
    size: Spanned<Port>,
    /// Where it lies.
    #[prop]
    store: Option<Spanned<String>>,
}

/// A named part.
#[derive(Debug, Node)]
struct Extra {
    /// The part's name.
    #[arg]
    name: Def<Extra>,
}

const REGISTRY: &[fn() -> &'static NodeDecl] =
    &[Cluster::decl, Image::decl, Pool::decl, Machine::decl, Disk::decl, Extra::decl];

struct Read {
    cluster: Option<Cluster>,
    sources: Sources,
    found: Vec<Diagnostic>,
    declared: Vec<String>,
}

fn read(text: &str) -> Read {
    let mut sources = Sources::default();
    let file = sources.add("a.kdl", text);
    let parsed = hlc_syntax::parse(file, Arc::from(text));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let mut cx = Cx::new(REGISTRY, |_| None);
    let cluster = Cluster::decode(Source::Node(parsed.document.nodes().next().unwrap()), &mut cx);
    let declared = cx.names.iter().filter(|name| name.declares).map(|name| name.name.clone()).collect();
    let mut found = cx.diagnostics;
    // A value that several nodes start from is read for each, as in the compiler.
    found.sort_by_key(|found| found.primary.span);
    found.dedup();
    Read { cluster, sources, found, declared }
}

fn sound(text: &str) -> Cluster {
    let read = read(text);
    assert!(read.found.is_empty(), "{}", hlc_diag::render::human_string(&read.sources, &read.found));
    read.cluster.unwrap()
}

fn messages(text: &str) -> Vec<String> {
    let read = read(text);
    read.found.iter().map(|found| format!("{}: {}", read.sources.text(found.primary.span), found.message)).collect()
}

fn machines(cluster: &Cluster) -> Vec<&Machine> {
    let mut open: Vec<&Pool> = cluster.pool.iter().collect();
    let mut machines = Vec::new();
    while let Some(pool) = open.pop() {
        machines.extend(&pool.machine);
        open.extend(&pool.pool);
    }
    machines.sort_by(|a, b| a.name.name.cmp(&b.name.name));
    machines
}

/// Keys of a map and of what it is merged over, the farthest first.
fn keys(block: &FreeBlock) -> Vec<String> {
    fn collect(value: &hlc_schema::Free, keys: &mut Vec<String>) {
        let FreeKind::Map { bases, entries } = &value.kind else { panic!("{value:?}") };
        bases.iter().for_each(|base| collect(base, keys));
        keys.extend(entries.iter().map(|entry| entry.key.to_string()));
    }
    let mut all = Vec::new();
    collect(&block.value, &mut all);
    all
}

#[test]
fn fields_come_from_the_nearest_group() {
    let cluster = sound(
        r#"cluster "c" role="worker" {
            image "base"
            pool "a" port=1 image="base" {
                modules nbd iscsi
                machine "m1"
                machine "m2" port=2 modules=tun
                pool "b" port=3 role="gpu" {
                    machine "m3"
                    machine "m4" image="gpu"
                }
            }
        }"#,
    );
    let machines = machines(&cluster);
    let seen: Vec<_> = machines
        .iter()
        .map(|machine| {
            let modules: Vec<_> = machine.modules.iter().map(|module| module.value.as_str()).collect();
            let image = machine.image.as_ref().map_or("", |image| image.value.as_str());
            format!("{} {} {image} {}", machine.name.name, machine.port.value.0, modules.join(","))
        })
        .collect();
    assert_eq!(seen, ["m1 1 base nbd,iscsi", "m2 2 base tun", "m3 3 base nbd,iscsi", "m4 3 gpu nbd,iscsi"]);
    assert_eq!(cluster.pool[0].role.value, "worker", "the cluster's members are pools too");
    assert_eq!(cluster.pool[0].pool[0].role.value, "gpu");
}

#[test]
fn layers_come_from_every_place_unmerged() {
    let cluster = sound(
        r#"cluster "c" role="r" port=1 {
            patch { far 1 }
            pool "a" {
                patch { near 1 }
                patch { second 1 }
                machine "m1" { patch { own 1 } }
                pool "b" { machine "m2" }
            }
        }"#,
    );
    let layers = |machine: &Machine| -> Vec<Vec<String>> {
        let Layers(places) = &machine.patch;
        places.iter().map(|blocks| blocks.iter().flat_map(keys).collect()).collect()
    };
    let machines = machines(&cluster);
    assert_eq!(layers(machines[0]), [vec!["far"], vec!["near", "second"], vec!["own"]]);
    assert_eq!(layers(machines[1]), [vec!["far"], vec!["near", "second"]]);
}

#[test]
fn blocks_are_replaced_and_data_is_merged() {
    let cluster = sound(
        r#"cluster "c" {
            pool "a" role="r" port=1 {
                labels zone=home tier=low
                disk size=10 store="slow"
                extra "x"; extra "y"
                machine "m1"
                machine "m2" { labels tier=high; disk size=20; extra "z"; }
                pool "b" { labels tier=mid gpu="yes"; machine "m3" { labels own="1" } }
            }
        }"#,
    );
    let machines = machines(&cluster);
    let [m1, m2, m3] = machines.as_slice() else { panic!() };
    assert_eq!(keys(m1.labels.as_ref().unwrap()), ["zone", "tier"]);
    assert_eq!(keys(m2.labels.as_ref().unwrap()), ["zone", "tier", "tier"]);
    assert_eq!(keys(m3.labels.as_ref().unwrap()), ["zone", "tier", "tier", "gpu", "own"]);
    let disk = |machine: &Machine| {
        let disk = machine.disk.as_ref().unwrap();
        (disk.size.value.0, disk.store.as_ref().map(|store| store.value.clone()))
    };
    assert_eq!(disk(m1), (10, Some("slow".to_owned())));
    assert_eq!(disk(m2), (20, None), "a block is taken whole");
    let extras = |machine: &Machine| machine.extra.iter().map(|extra| extra.name.name.clone()).collect::<Vec<_>>();
    assert_eq!((extras(m1), extras(m2)), (vec!["x".into(), "y".into()], vec!["z".into()]));
}

#[test]
fn a_name_in_a_group_is_declared_once() {
    let mut declared =
        read(r#"cluster "c" { pool "a" role="r" port=1 { extra "x"; machine "m1"; machine "m2" } }"#).declared;
    declared.sort();
    assert_eq!(declared, ["a", "c", "m1", "m2", "x"]);
}

#[test]
fn defaults_are_farther_than_groups_and_nearer_than_those_outside() {
    let cluster = sound(
        r#"cluster "c" {
            pool "a" role="r" { machine "m1"; machine "m2" port=7; pool "b" port=2 { machine "m3" } }
            defaults "machine" port=9 { modules a b }
            defaults { disk size=5 }
        }"#,
    );
    let machines = machines(&cluster);
    let ports: Vec<_> = machines.iter().map(|machine| machine.port.value.0).collect();
    assert_eq!(ports, [9, 7, 2]);
    assert_eq!(machines[0].modules.len(), 2);
}

#[test]
fn defaults_of_a_kind_end_with_the_node_they_stand_in() {
    let text = r#"cluster "c" { defaults "machine" port=9; pool "a" role="r" { machine "m1" } }"#;
    assert_eq!(sound(text).pool[0].machine[0].port.value.0, 9);
    assert_eq!(messages(r#"cluster "c" { pool "a" role="r" { machine "m1" } }"#), ["machine: `machine` needs `port`"]);
}

#[test]
fn a_mistake_in_a_group_is_reported_once() {
    // Unknown, and with nothing that follows from it.
    assert_eq!(
        messages(r#"cluster "c" { pool "a" role="r" prot=1 { machine "m1"; machine "m2" } }"#),
        ["prot: `pool` has no property `prot`"]
    );
    // Wrong, with and without members.
    for machines in ["", r#"machine "m1"; machine "m2""#] {
        assert_eq!(
            messages(&format!(r#"cluster "c" {{ pool "a" role="r" port=0 {{ {machines} }} }}"#)),
            ["0: `0` is not a port between 1 and 65535"]
        );
    }
    // In a group of groups.
    assert_eq!(
        messages(r#"cluster "c" port=0 { pool "a" role="r" { machine "m1"; pool "b" { machine "m2" } } }"#),
        ["0: `0` is not a port between 1 and 65535"]
    );
    // A block that lacks something is reported where it stands.
    assert_eq!(
        messages(r#"cluster "c" { pool "a" role="r" port=1 { disk store="x"; machine "m1"; machine "m2" } }"#),
        ["disk: `disk` needs `size`"]
    );
    assert_eq!(
        messages(r#"cluster "c" { pool "a" role="r" port=1 { port 2; machine "m1" } }"#),
        ["port 2: `port` is given twice"]
    );
}

#[test]
fn defaults_are_checked_where_they_stand() {
    assert_eq!(
        messages(r#"cluster "c" { defaults "machine" prot=1; pool "a" role="r" { machine "m1" } }"#),
        ["prot: `machine` has no property `prot`"]
    );
    assert_eq!(
        messages(r#"cluster "c" { defaults "machin" port=1; pool "a" role="r" port=1 { machine "m1" } }"#),
        ["\"machin\": `machin` has no defaults"]
    );
    assert_eq!(
        messages(r#"cluster "c" { defaults { disk size=1 }; defaults "disk" size=2 }"#),
        ["defaults \"disk\" size=2: `disk` has defaults here already"]
    );
}

#[test]
fn depth_is_bounded() {
    let text = format!(r#"cluster "c" role="r" {{ {}{} }}"#, r#"pool "p" { "#.repeat(5_000), "}".repeat(5_000));
    assert_eq!(messages(&text), ["pool: blocks nest deeper than 64 levels"]);
}

#[test]
fn a_declaration_can_hold_itself() {
    let names = |decl: &NodeDecl| decl.members().into_iter().map(|member| member.name).collect::<Vec<_>>();
    assert_eq!(names(Cluster::decl()), ["pool", "machine"]);
    assert_eq!(names(Pool::decl()), ["machine", "pool"]);
    assert!(Cluster::decl().member_field("port").is_some());
    assert!(Pool::decl().member_field("name").is_none(), "what tells members apart is not inherited");
}
