//! Who may log in where, in Authentik (API v3, 2025.12).

use hlc_plan::{Address, Input, Kind, Ownership, PlannedResource};
use hlc_schema::{Deferred, Ref, ScopeId, SecretKey, Spanned};

use super::extra;
use crate::concept::{self, Authentik};
use crate::resolve::Resolver;

mod applications;
mod kinds;
mod lookups;

pub(crate) use applications::proxy_host;
pub use applications::{Application, OAuth2Provider, Outpost, OutpostConfig, ProxyProvider, RedirectUri};
pub use kinds::{Group, Scope, Source, Stage, Token, User};
pub use lookups::{Flow, KeyPair};

pub(crate) fn lower(resolver: &Resolver<'_>) -> Vec<PlannedResource> {
    let of_stack = resolver.model.authentik.iter().flat_map(|(scope, authentik)| stack(resolver, *scope, authentik));
    let applications = resolver.model.oidc().flat_map(|(scope, oidc)| applications::oidc(resolver, scope, oidc));
    of_stack.chain(applications).collect()
}

fn stack(resolver: &Resolver<'_>, scope: ScopeId, authentik: &Authentik) -> Vec<PlannedResource> {
    let mut resources = lookups::lower(authentik);
    resources.extend(authentik.scope.iter().filter_map(|mapping| self::mapping(resolver, scope, mapping)));
    resources.extend(authentik.group.iter().filter_map(|group| self::group(resolver, scope, group)));
    resources.extend(authentik.user.iter().filter_map(|user| person(resolver, scope, user)));
    for account in &authentik.service_account {
        resources.extend(service_account(resolver, scope, account));
    }
    resources.extend(authentik.source.iter().filter_map(|source| self::source(resolver, scope, source)));
    resources.extend(authentik.stage.iter().filter_map(|stage| self::stage(resolver, scope, stage)));
    for app in &authentik.forward_auth {
        resources.extend(applications::forward_auth(resolver, scope, authentik, app));
    }
    resources.extend(
        authentik.outpost.iter().filter_map(|outpost| applications::outpost(resolver, scope, authentik, outpost)),
    );
    resources
}

/// The key of something that is named.
fn pk<K: Kind, T>(name: &Ref<T>) -> Input<String> {
    Input::later(Deferred::output(Address::resource::<K>(&name.name).as_str(), "pk"), name.span)
}

fn pks<K: Kind, T>(names: &[Ref<T>]) -> Vec<Input<String>> {
    names.iter().map(pk::<K, T>).collect()
}

fn secret(key: &SecretKey) -> Input<String> {
    Input::later(Deferred::secret(key.name.as_str()), key.span)
}

/// The name to be shown: the title, else the name.
fn title(title: Option<&Spanned<String>>, name: &str) -> String {
    title.map_or_else(|| name.to_owned(), |title| title.value.clone())
}

fn text(value: Option<&Spanned<String>>) -> Option<String> {
    value.map(|text| text.value.clone())
}

fn owned(existing: bool) -> Ownership {
    if existing { Ownership::Existing } else { Ownership::Managed }
}

fn mapping(resolver: &Resolver<'_>, scope: ScopeId, mapping: &concept::IdentityScope) -> Option<PlannedResource> {
    let name = mapping.name.name.as_str();
    let kind = Scope {
        managed: text(mapping.managed.as_ref()),
        scope_name: name.to_owned(),
        name: (!mapping.existing).then(|| title(mapping.title.as_ref(), name)),
        description: text(mapping.description.as_ref()),
        expression: text(mapping.expression.as_ref()),
        extra: extra(resolver, scope, mapping.extra.as_ref())?,
    };
    let resource = PlannedResource::new(Address::resource::<Scope>(name), kind, mapping.name.span);
    Some(resource.owned(owned(mapping.existing)))
}

fn group(resolver: &Resolver<'_>, scope: ScopeId, group: &concept::Group) -> Option<PlannedResource> {
    let kind = Group {
        name: group.name.name.clone(),
        is_superuser: (!group.existing).then(|| group.superuser.is_some_and(|given| given.value)),
        parents: (!group.existing).then(|| pks::<Group, _>(&group.parents)),
        extra: extra(resolver, scope, group.extra.as_ref())?,
    };
    let resource = PlannedResource::new(Address::resource::<Group>(&group.name.name), kind, group.name.span);
    Some(resource.owned(owned(group.existing)))
}

fn person(resolver: &Resolver<'_>, scope: ScopeId, user: &concept::User) -> Option<PlannedResource> {
    let name = user.name.name.as_str();
    let kind = User {
        username: name.to_owned(),
        name: title(user.title.as_ref(), name),
        r#type: "internal",
        email: text(user.email.as_ref()),
        groups: pks::<Group, _>(&user.groups),
        is_active: user.active.is_none_or(|active| active.value),
        extra: extra(resolver, scope, user.extra.as_ref())?,
    };
    Some(PlannedResource::new(Address::resource::<User>(name), kind, user.name.span))
}

fn service_account(resolver: &Resolver<'_>, scope: ScopeId, account: &concept::ServiceUser) -> Vec<PlannedResource> {
    let name = account.name.name.as_str();
    let Some(extra) = extra(resolver, scope, account.extra.as_ref()) else { return Vec::new() };
    let address = Address::resource::<User>(name);
    let kind = User {
        username: name.to_owned(),
        name: title(account.title.as_ref(), name),
        r#type: "service_account",
        email: None,
        groups: pks::<Group, _>(&account.groups),
        is_active: true,
        extra,
    };
    let mut resources = vec![PlannedResource::new(address.clone(), kind, account.name.span)];
    for token in &account.token {
        let kind = Token {
            identifier: token.name.name.clone(),
            user: Input::later(Deferred::output(address.as_str(), "pk"), account.name.span),
            intent: token.intent.map_or(concept::TokenIntent::Api, |intent| intent.value).word(),
            description: text(token.description.as_ref()),
            expiring: token.expires.is_some_and(|expires| expires.value),
        };
        resources.push(PlannedResource::new(Address::resource::<Token>(&token.name.name), kind, token.name.span));
    }
    resources
}

fn source(resolver: &Resolver<'_>, scope: ScopeId, source: &concept::Source) -> Option<PlannedResource> {
    let slug = source.name.name.as_str();
    let scopes: Vec<&str> = source.scopes.iter().map(|scope| scope.value.as_str()).collect();
    let kind = Source {
        slug: slug.to_owned(),
        name: title(source.title.as_ref(), slug),
        provider_type: source.kind.value.word(),
        consumer_key: source.client_id.value.clone(),
        consumer_secret: secret(&source.client_secret),
        additional_scopes: (!scopes.is_empty()).then(|| scopes.join(" ")),
        pkce: source.pkce.map(|pkce| pkce.value.word()),
        user_matching_mode: source.matching.map_or(concept::UserMatching::Identifier, |mode| mode.value).word(),
        authentication_flow: source.authentication_flow.as_ref().map(pk::<Flow, _>),
        enrollment_flow: source.enrollment_flow.as_ref().map(pk::<Flow, _>),
        oidc_well_known_url: source.discovery_url.clone(),
        enabled: source.enabled.is_none_or(|enabled| enabled.value),
        extra: extra(resolver, scope, source.extra.as_ref())?,
    };
    Some(PlannedResource::new(Address::resource::<Source>(slug), kind, source.name.span))
}

fn stage(resolver: &Resolver<'_>, scope: ScopeId, stage: &concept::Stage) -> Option<PlannedResource> {
    let fields: Vec<_> = stage.user_fields.iter().map(|field| field.value.word()).collect();
    let sources = pks::<Source, _>(&stage.sources);
    let kind = Stage {
        name: stage.name.name.clone(),
        kind: stage.kind.value.word(),
        sources: (!sources.is_empty()).then_some(sources),
        user_fields: (!fields.is_empty()).then_some(fields),
        extra: extra(resolver, scope, stage.extra.as_ref())?,
    };
    let address = Address::resource::<Stage>(&stage.name.name);
    Some(PlannedResource::new(address, kind, stage.name.span).owned(Ownership::Adopted))
}
