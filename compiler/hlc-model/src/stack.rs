//! From model to the resources of the stacks, one file per stack.

pub mod authentik;
mod clashes;
pub mod cloudflare;
pub mod hetzner;
mod known_extra;
pub mod platform;
mod ring;
mod shown_secret;
pub mod talos;

pub(crate) use clashes::find as clashes;

use hlc_diag::Span;
use hlc_plan::{Kind, KindDecl, OutputDecl, PlannedResource, PlannedStack, Stack};
use hlc_schema::{Data, DataValue, Deferred, FreeBlock, Later, ScopeId};

use crate::lower::Unit;
use crate::resolve::{Place, Resolver};

/// What each stack consists of.
type Lower = fn(&Resolver<'_>, &[Unit<'_>]) -> Vec<PlannedResource>;

/// The stacks that are lowered.
const STACKS: &[(Stack, Lower)] = &[
    (Stack::Talos, |resolver, _| talos::lower(resolver)),
    (Stack::Platform, platform::lower),
    (Stack::Hetzner, |resolver, _| hetzner::lower(resolver)),
    (Stack::Authentik, |resolver, _| authentik::lower(resolver)),
    (Stack::Cloudflare, |resolver, _| cloudflare::lower(resolver)),
];

/// Every resource kind, ordered by stack.
pub const KINDS: &[fn() -> &'static KindDecl] = &[
    talos::ProxmoxApi::decl,
    talos::RegisteredSchematic::decl,
    talos::ImageFile::decl,
    talos::Vm::decl,
    talos::MachineSecrets::decl,
    talos::ClientConfig::decl,
    talos::MachineConfig::decl,
    talos::Bootstrap::decl,
    talos::Kubeconfig::decl,
    talos::Installation::decl,
    platform::Manifests::decl,
    platform::Release::decl,
    platform::Object::decl,
    platform::Secret::decl,
    hetzner::SshKey::decl,
    hetzner::Firewall::decl,
    hetzner::PrimaryIp::decl,
    hetzner::Server::decl,
    hetzner::Bundle::decl,
    hetzner::Run::decl,
    authentik::Flow::decl,
    authentik::KeyPair::decl,
    authentik::Scope::decl,
    authentik::Group::decl,
    authentik::User::decl,
    authentik::Token::decl,
    authentik::Source::decl,
    authentik::Stage::decl,
    authentik::OAuth2Provider::decl,
    authentik::ProxyProvider::decl,
    authentik::Application::decl,
    authentik::Outpost::decl,
    cloudflare::ZoneLookup::decl,
    cloudflare::Record::decl,
];

/// The resources of every stack that has any, ordered by stack and address.
pub(crate) fn lower(resolver: &Resolver<'_>, units: &[Unit<'_>]) -> Vec<PlannedStack> {
    let stacks = STACKS.iter().map(|(stack, lower)| {
        let mut resources = lower(resolver, units);
        resources.sort_by(|a, b| a.address.cmp(&b.address));
        PlannedStack { stack: *stack, resources }
    });
    let stacks: Vec<PlannedStack> = stacks.filter(|stack| !stack.resources.is_empty()).collect();
    debug_assert!(stacks.iter().flat_map(|stack| &stack.resources).all(takes_outputs_there_are));
    ring::check(resolver, &stacks);
    known_extra::check(resolver, &stacks);
    shown_secret::check(resolver, &stacks);
    stacks
}

/// Looks at everything in a value that is known later, with its place.
fn each_later(data: &Data, look: &mut dyn FnMut(&Deferred, Span)) {
    match &data.value {
        DataValue::Deferred(later) => look(later, data.span),
        DataValue::List(items) => items.iter().for_each(|item| each_later(item, look)),
        DataValue::Map(map) => map.iter().for_each(|(_, entry)| each_later(&entry.value, look)),
        DataValue::Null | DataValue::Bool(_) | DataValue::Integer(_) | DataValue::Float(_) | DataValue::String(_) => {}
    }
}

/// True when every output that a resource takes is declared.
fn takes_outputs_there_are(resource: &PlannedResource) -> bool {
    let mut declared = true;
    for (_, entry) in resource.properties.iter() {
        each_later(&entry.value, &mut |later, _| {
            declared &= later.parts().all(|part| match part {
                Later::Secret(_) => true,
                Later::Output { address, name } => output(address, name).is_some(),
            });
        });
    }
    declared
}

/// True for what must never be shown: a secret, or an output that is one.
fn is_secret(later: &Later) -> bool {
    match later {
        Later::Secret(_) => true,
        Later::Output { address, name } => output(address, name).is_some_and(|output| output.secret),
    }
}

/// The declaration of an output; every address begins with `STACK/KIND.`.
fn output(address: &str, name: &str) -> Option<&'static OutputDecl> {
    let (stack, rest) = address.split_once('/')?;
    let (kind, _) = rest.split_once('.')?;
    KINDS.iter().map(|decl| decl()).find(|decl| decl.stack.name() == stack && decl.name == kind)?.output(name)
}

/// What a block of data such as `extra` adds to the request; the outer `None` when it cannot be told, which has been reported.
fn extra(resolver: &Resolver<'_>, scope: ScopeId, block: Option<&FreeBlock>) -> Option<Option<Data>> {
    match block {
        None => Some(None),
        Some(block) => resolver.data(&block.value, scope, Place::Plan).map(Some),
    }
}

/// Findings that keep a secret from being shown.
pub(crate) static LEAKS: &[&hlc_diag::Code] = &[&shown_secret::SHOWN_SECRET];

/// Every finding of lowering stacks.
pub(crate) fn codes() -> Vec<&'static hlc_diag::Code> {
    let own: &[&hlc_diag::Code] = &[
        &known_extra::EXTRA_KNOWN,
        &shown_secret::SHOWN_SECRET,
        &clashes::SAME_RESOURCE,
        &clashes::RENAMED,
        &ring::WAITS_IN_A_RING,
    ];
    [own, talos::CODES, hetzner::CODES].concat()
}
