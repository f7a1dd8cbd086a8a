//! Pools of machines.

use hlc_schema::{Def, Node};

use super::Machine;

/// Machines that are alike.
///
/// A pool in a pool starts from the fields of the outer one.
#[derive(Debug, Node)]
#[node(
    name = "pool",
    scope = Local,
    example = r#"pool "workers" role="worker" image="base" cores=4 memory="6GiB" disk="125GiB" {
    machine "k8s-worker1" ip="192.168.1.221"
    pool "gpu" image="gpu" {
        machine "k8s-worker4" ip="192.168.1.224" { pci "0000:28:00.0" }
    }
}"#
)]
pub struct Pool {
    /// The pool's name.
    #[arg]
    pub name: Def<Pool>,
    /// Its machines.
    #[block(members)]
    pub machine: Vec<Machine>,
    /// Pools that start from this one.
    #[block(members)]
    pub pool: Vec<Pool>,
}
