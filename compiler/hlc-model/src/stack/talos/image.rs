//! Image files on the storages of Proxmox.

use hlc_plan::{Address, Kind, PlannedResource};
use hlc_schema::{Data, ScopeId};

use super::{Cluster, proxmox, schematic};
use crate::concept::{Host, Image, ImageArch};
use crate::resolve::Resolver;
use crate::stack::extra;

/// A disk image on a storage of a host, downloaded by Proxmox itself
/// (`POST /nodes/{node}/storage/{storage}/download-url`).
///
/// Proxmox makes disks of `import` content; what it decompresses has to be `iso` content, of which a disk can only be made
/// by the file's path. Machines that were made from an image are not changed with it.
#[derive(Clone, Debug, Kind)]
#[kind(name = "image", stack = Talos, identity = "host, storage and file name")]
pub struct ImageFile {
    /// The installation it belongs to.
    #[change(identity)]
    pub proxmox: Address,
    /// The host.
    #[change(identity)]
    pub host: String,
    /// The storage.
    #[change(identity)]
    pub storage: String,
    /// The name of the file.
    #[change(identity)]
    pub file: String,
    /// `import`, or `iso` for what is decompressed.
    #[change(replace)]
    pub content: &'static str,
    /// Where it comes from.
    #[change(replace)]
    pub url: String,
    /// What it is decompressed with.
    #[change(replace)]
    pub compression: Option<&'static str>,
    /// Further parameters of the download, as they are written.
    #[change(replace)]
    pub extra: Option<Data>,
}

/// The files of a cluster's images, on every host where a machine starts from them.
pub(super) fn lower(resolver: &Resolver<'_>, cluster: &Cluster<'_>) -> Vec<PlannedResource> {
    let mut files = Vec::new();
    for image in &cluster.talos.image {
        let users = cluster.machines.iter().filter(|machine| machine.image.name == image.name.name);
        let mut hosts: Vec<Host<'_>> = users.filter_map(|machine| cluster.host(machine)).collect();
        hosts.sort_unstable_by_key(|host| host.name);
        hosts.dedup_by_key(|host| host.name);
        let Some(extra) = extra(resolver, ScopeId::default(), image.extra.as_ref()) else { continue };
        files.extend(hosts.into_iter().map(|host| file(cluster, image, host, extra.clone())));
    }
    files
}

fn file(cluster: &Cluster<'_>, image: &Image, host: Host<'_>, extra: Option<Data>) -> PlannedResource {
    let kind = ImageFile {
        proxmox: proxmox::address(cluster.proxmox),
        host: host.name.to_owned(),
        storage: host.images().to_owned(),
        file: name(cluster, image),
        content: content(image),
        url: url(cluster, image),
        compression: image.format().compression(),
        extra,
    };
    let resource = PlannedResource::new(cluster.image_file(image, host), kind, image.name.span)
        .after(proxmox::address(cluster.proxmox));
    match schematic::address(cluster, image) {
        Some(schematic) => resource.after(schematic),
        None => resource,
    }
}

/// What kind of content it is on the storage.
fn content(image: &Image) -> &'static str {
    if image.format().compression().is_some() { "iso" } else { "import" }
}

/// The name of its file. Proxmox knows the content by the ending.
fn name(cluster: &Cluster<'_>, image: &Image) -> String {
    let ending = if image.format().compression().is_some() { "img" } else { "qcow2" };
    let given = image.file.as_ref().map(|file| file.value.clone());
    given.unwrap_or_else(|| format!("{}-{}.{ending}", cluster.name(), image.name.name))
}

/// Its volume at Proxmox, which disks are made from.
pub(super) fn volume(cluster: &Cluster<'_>, image: &Image, host: Host<'_>) -> String {
    format!("{}:{}/{}", host.images(), content(image), name(cluster, image))
}

fn url(cluster: &Cluster<'_>, image: &Image) -> String {
    let arch = image.arch.as_ref().map_or(ImageArch::Amd64, |arch| arch.value).word();
    let (platform, format) = (image.platform(), image.format().word());
    let version = cluster.talos.version.value.as_str();
    format!("https://factory.talos.dev/image/{}/{version}/{platform}-{arch}.{format}", image.schematic_id())
}
