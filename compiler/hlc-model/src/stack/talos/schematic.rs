//! Schematics at the Image Factory.

use hlc_plan::{Address, Kind, PlannedResource};

use super::Cluster;
use crate::concept::Image;

/// A schematic, made known to the Image Factory so that it makes images of it (`POST https://factory.talos.dev/schematics`).
///
/// Its id is the SHA-256 of its content: to send it again changes nothing, and it is never deleted.
#[derive(Clone, Debug, Kind)]
#[kind(name = "schematic", stack = Talos, identity = "its id")]
pub struct RegisteredSchematic {
    /// Its id, which is made of its content.
    #[change(identity)]
    pub id: String,
    /// The official system extensions in it, with their whole names, ordered.
    #[change(replace)]
    pub extensions: Vec<String>,
}

/// The schematics of a cluster's images; one that is given by its id is there already.
pub(super) fn lower_in(cluster: &Cluster<'_>) -> impl Fn(&Image) -> Option<PlannedResource> {
    move |image| {
        let address = address(cluster, image)?;
        let kind = RegisteredSchematic { id: image.schematic_id(), extensions: image.official_extensions() };
        Some(PlannedResource::new(address, kind, image.name.span))
    }
}

/// The address of an image's schematic, if it is made here.
pub(super) fn address(cluster: &Cluster<'_>, image: &Image) -> Option<Address> {
    let name = format!("{}.{}", cluster.name(), image.name.name);
    image.schematic.is_none().then(|| Address::resource::<RegisteredSchematic>(&name))
}
