//! The concepts of the language, one file each, and the list of them.

mod addresses;
mod category;
mod certificate;
mod component;
mod data_block;
mod delivery;
mod dns;
mod edge;
mod environment;
mod gateway;
mod homelab;
mod identity;
mod issuer;
mod l2_policy;
mod login;
mod network;
mod platform;
mod proxmox;
mod secret_store;
mod secrets_file;
mod state;
mod talos;

pub use addresses::Addresses;
pub use category::Category;
pub use certificate::Certificate;
pub(crate) use certificate::CertificateIn;
pub use component::{Component, Literal, Param, ParamType, Slot, Use};
pub use data_block::DataBlock;
pub(crate) use data_block::DataIn;
pub use delivery::{Delivery, Generator, Ignore, Sync, SyncOption, Wave};
pub(crate) use delivery::{Policy, application};
pub(crate) use dns::Record;
pub use dns::{
    ARecord, AaaaRecord, CaaRecord, CaaTag, Cloudflare, CnameRecord, FromRoutes, MxRecord, RecordName, SrvRecord,
    TxtRecord, Zone,
};
pub use edge::{
    Bundle, Compose, EdgePath, EdgeRoute, EdgeRule, EdgeScheme, EdgeTls, EnvFile, Firewall, FirewallRule, ForwardAuth,
    ForwardAuthPath, Hetzner, PortRange, PublicAddress, Run, RunOn, Server, Ssh, SshKey, Traefik,
};
pub(crate) use edge::{EdgeRouteIn, compose};
pub use environment::{Override, Without};
pub(crate) use gateway::GatewayIn;
pub use gateway::{Gateway, Listener, ListenerProtocol, RoutesFrom, TlsMode};
pub use homelab::{Homelab, Repository};
pub use identity::{
    Authentik, Flow, ForwardAuthApp, Group, IdentityScope, IdentityToken, KeyPair, Outpost, OutpostKind, Pkce,
    ServiceUser, Source, SourceKind, Stage, StageKind, TokenIntent, User, UserField, UserMatching, Validity,
};
pub use issuer::{Acme, Dns01, DnsProvider, Issuer, SelfSigned};
pub use l2_policy::L2Policy;
pub use login::Login;
pub use network::Network;
pub use platform::{Addon, Platform};
pub(crate) use proxmox::Host;
pub use proxmox::{Capacity, Fingerprint, PemCertificate, Proxmox, ProxmoxNode, ProxmoxTls, ProxmoxUser, Storage};
pub use secret_store::{SecretStore, ServiceAccount, StoreKind, StorePath};
pub use secrets_file::{OptionalSecret, SecretsFile};
pub use state::{StateKind, StatePlace, StatesAt};
pub use talos::{
    Cni, Image, ImageArch, ImageFormat, ImagePlatform, Machine, MachineRoute, PciAddress, PciDevice, Pool, Role,
    Schematic, Talos, Version, VmId,
};

use hlc_diag::Code;
use hlc_schema::decode::Allow;
use hlc_schema::{DeclOrder, Node, NodeDecl};

use crate::control::FindingRule;
use crate::workload::{
    App, AppPort, AppVolume, Backend, BootstrapKey, BootstrapSecret, Chart, ChartRepository, Dashboard, Database,
    Endpoint, HeaderMatch, Manifests, Monitor, Namespace, Oidc, Patch, PathMatch, PodSecurity, Public, Release, Remove,
    Route, Rule, Secret, SecretMapping, Workload,
};

/// Every finding of lowering concepts.
pub(crate) fn codes() -> Vec<&'static Code> {
    [delivery::codes(), issuer::CODES.to_vec()].concat()
}

/// Every typed node of the language, ordered by where it stands.
pub const NODES: &[fn() -> &'static NodeDecl] = &[
    Homelab::decl,
    Repository::decl,
    Network::decl,
    Category::decl,
    FindingRule::decl,
    Allow::decl,
    Override::decl,
    Without::decl,
    DataBlock::decl,
    SecretsFile::decl,
    OptionalSecret::decl,
    StatePlace::decl,
    Login::decl,
    Component::decl,
    Param::decl,
    Slot::decl,
    Use::decl,
    SecretStore::decl,
    ServiceAccount::decl,
    StorePath::decl,
    Platform::decl,
    Addon::decl,
    Gateway::decl,
    Listener::decl,
    Issuer::decl,
    Acme::decl,
    Dns01::decl,
    SelfSigned::decl,
    Certificate::decl,
    Addresses::decl,
    L2Policy::decl,
    Delivery::decl,
    Sync::decl,
    Ignore::decl,
    Proxmox::decl,
    ProxmoxNode::decl,
    ProxmoxTls::decl,
    Storage::decl,
    Capacity::decl,
    Talos::decl,
    Image::decl,
    Pool::decl,
    Machine::decl,
    PciDevice::decl,
    MachineRoute::decl,
    Hetzner::decl,
    SshKey::decl,
    Firewall::decl,
    FirewallRule::decl,
    Server::decl,
    Ssh::decl,
    PublicAddress::decl,
    Bundle::decl,
    EnvFile::decl,
    Compose::decl,
    Traefik::decl,
    ForwardAuth::decl,
    ForwardAuthPath::decl,
    Run::decl,
    EdgeRoute::decl,
    EdgeRule::decl,
    Authentik::decl,
    Flow::decl,
    KeyPair::decl,
    IdentityScope::decl,
    Group::decl,
    User::decl,
    ServiceUser::decl,
    IdentityToken::decl,
    Source::decl,
    Stage::decl,
    Oidc::decl,
    ForwardAuthApp::decl,
    Outpost::decl,
    Cloudflare::decl,
    Zone::decl,
    ARecord::decl,
    AaaaRecord::decl,
    CnameRecord::decl,
    MxRecord::decl,
    TxtRecord::decl,
    SrvRecord::decl,
    CaaRecord::decl,
    FromRoutes::decl,
    Workload::decl,
    Namespace::decl,
    PodSecurity::decl,
    App::decl,
    AppPort::decl,
    AppVolume::decl,
    ChartRepository::decl,
    Chart::decl,
    Release::decl,
    Patch::decl,
    Remove::decl,
    Manifests::decl,
    Secret::decl,
    SecretMapping::decl,
    BootstrapSecret::decl,
    BootstrapKey::decl,
    Endpoint::decl,
    Route::decl,
    Rule::decl,
    PathMatch::decl,
    HeaderMatch::decl,
    Backend::decl,
    Public::decl,
    Database::decl,
    Monitor::decl,
    Dashboard::decl,
];

/// The nodes that may stand at the top of a file.
pub const TOP_LEVEL: &[fn() -> &'static NodeDecl] = &[
    Homelab::decl,
    DataBlock::decl,
    Component::decl,
    SecretStore::decl,
    Platform::decl,
    Proxmox::decl,
    Talos::decl,
    Hetzner::decl,
    Authentik::decl,
    Cloudflare::decl,
    Workload::decl,
];

/// The order that the fields of every node are laid out in.
#[must_use]
pub const fn field_order() -> DeclOrder {
    DeclOrder::Top(TOP_LEVEL)
}

/// The nodes that a `defaults` block may hold.
#[must_use]
pub fn defaultable() -> &'static [&'static NodeDecl] {
    static LIST: std::sync::LazyLock<Vec<&'static NodeDecl>> =
        std::sync::LazyLock::new(|| crate::collect::default_members().collect());
    &LIST
}
