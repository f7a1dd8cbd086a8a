//! Applications: a provider and an application each, and the outposts that answer for some.

use hlc_diag::Span;
use hlc_plan::{Address, Input, Kind, OutputDecl, Ownership, Part, PlannedResource};
use hlc_schema::{Data, Deferred, ScopeId, Spanned};

use super::kinds::PK;
use super::lookups::{Flow, KeyPair};
use super::{Scope, extra, pk, pks, secret, text, title};
use crate::concept::{self, Authentik, ForwardAuthApp};
use crate::resolve::Resolver;
use crate::workload::{ClientType, Oidc, SubMode};

const KEYED: &[OutputDecl] = &[PK];

/// An OAuth2 provider (`/providers/oauth2/`). Its key is a number.
#[derive(Clone, Debug, Kind)]
#[kind(name = "oauth2-provider", stack = Authentik, identity = "client_id", outputs = KEYED)]
pub struct OAuth2Provider {
    /// The client id.
    #[change(identity)]
    pub client_id: String,
    /// Its name.
    #[change(update)]
    pub name: String,
    /// `confidential` or `public`.
    #[change(update)]
    pub client_type: &'static str,
    /// The client secret.
    #[change(update, secret)]
    pub client_secret: Option<Input<String>>,
    /// The key of the flow that asks for consent.
    #[change(update)]
    pub authorization_flow: Input<String>,
    /// The key of the flow of a logout.
    #[change(update)]
    pub invalidation_flow: Input<String>,
    /// The key of the flow of somebody who has not logged in.
    #[change(update)]
    pub authentication_flow: Option<Input<String>>,
    /// Keys of scope mappings.
    #[change(update)]
    pub property_mappings: Vec<Input<String>>,
    /// The key of the certificate that signs tokens.
    #[change(update)]
    pub signing_key: Option<Input<String>>,
    /// Where people may be sent back to.
    #[change(update)]
    pub redirect_uris: Vec<RedirectUri>,
    /// What a user is known by.
    #[change(update)]
    pub sub_mode: &'static str,
    /// True when the ID token tells all that is known of the user.
    #[change(update)]
    pub include_claims_in_id_token: bool,
    /// How long a code holds: `minutes=10`.
    #[change(update)]
    pub access_code_validity: Option<String>,
    /// How long an access token holds.
    #[change(update)]
    pub access_token_validity: Option<String>,
    /// How long a refresh token holds.
    #[change(update)]
    pub refresh_token_validity: Option<String>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// Where people may be sent back to (`RedirectURI`).
#[derive(Clone, Debug, Part)]
pub struct RedirectUri {
    /// `strict` or `regex`.
    pub matching_mode: &'static str,
    /// The URL, or the expression.
    pub url: Spanned<String>,
}

/// A proxy provider (`/providers/proxy/`). Its key is a number.
#[derive(Clone, Debug, Kind)]
#[kind(name = "proxy-provider", stack = Authentik, identity = "name", outputs = KEYED)]
pub struct ProxyProvider {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// `forward_domain` or `forward_single`.
    #[change(update)]
    pub mode: &'static str,
    /// Where people log in for a domain; of one host the host itself.
    #[change(update)]
    pub external_host: String,
    /// The domain whose hosts share one login.
    #[change(update)]
    pub cookie_domain: Option<String>,
    /// The key of the flow that asks for consent.
    #[change(update)]
    pub authorization_flow: Input<String>,
    /// The key of the flow of a logout.
    #[change(update)]
    pub invalidation_flow: Input<String>,
    /// The key of the flow of somebody who has not logged in.
    #[change(update)]
    pub authentication_flow: Option<Input<String>>,
    /// Keys of scope mappings.
    #[change(update)]
    pub property_mappings: Option<Vec<Input<String>>>,
    /// Paths that need no login: regular expressions, one a line.
    #[change(update)]
    pub skip_path_regex: Option<String>,
    /// How long a login holds.
    #[change(update)]
    pub access_token_validity: Option<String>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// An application (`/core/applications/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "application", stack = Authentik, identity = "slug", outputs = KEYED)]
pub struct Application {
    /// Its slug.
    #[change(identity)]
    pub slug: String,
    /// The name to be shown.
    #[change(update)]
    pub name: String,
    /// The key of its provider.
    #[change(update)]
    pub provider: Input<String>,
    /// Where its button leads.
    #[change(update)]
    pub meta_launch_url: Option<String>,
    /// The heading that it stands under.
    #[change(update)]
    pub group: Option<String>,
    /// What a user is told about it.
    #[change(update)]
    pub meta_description: Option<String>,
}

/// An outpost (`/outposts/instances/`). `providers` is replaced as a whole there, so those that an adopted one has are kept by
/// sending them again.
#[derive(Clone, Debug, Kind)]
#[kind(name = "outpost", stack = Authentik, identity = "managed, else the name", outputs = KEYED)]
pub struct Outpost {
    /// What Authentik itself knows it by.
    #[change(identity)]
    pub managed: Option<String>,
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// `proxy` …; of an adopted one it is not changed.
    #[change(replace)]
    pub r#type: Option<&'static str>,
    /// Keys of the providers that it answers for; of an adopted one besides those that it has.
    #[change(update)]
    pub providers: Vec<Input<String>>,
    /// Its configuration; of an adopted one it is not changed.
    #[change(update)]
    pub config: Option<OutpostConfig>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// What an outpost has to know.
#[derive(Clone, Debug, Part)]
pub struct OutpostConfig {
    /// Where Authentik answers.
    pub authentik_host: String,
}

fn application<K: Kind>(
    name: (&str, Span),
    title: String,
    launch: Option<String>,
    oidc: Option<&Oidc>,
) -> PlannedResource {
    let (slug, span) = name;
    let provider = Address::resource::<K>(slug);
    let kind = Application {
        slug: slug.to_owned(),
        name: title,
        provider: Input::later(Deferred::output(provider.as_str(), "pk"), span),
        meta_launch_url: launch,
        group: oidc.and_then(|oidc| text(oidc.heading.as_ref())),
        meta_description: oidc.and_then(|oidc| text(oidc.description.as_ref())),
    };
    PlannedResource::new(Address::resource::<Application>(slug), kind, span)
}

/// The provider and the application.
pub(super) fn oidc(resolver: &Resolver<'_>, scope: ScopeId, oidc: &Oidc) -> Vec<PlannedResource> {
    let (slug, span) = (oidc.name.name.as_str(), oidc.name.span);
    let Some(extra) = extra(resolver, scope, oidc.extra.as_ref()) else { return Vec::new() };
    let strict = oidc.redirects(resolver, scope).into_iter().map(|url| RedirectUri { matching_mode: "strict", url });
    let patterns = oidc.redirect_patterns.iter().cloned().map(|url| RedirectUri { matching_mode: "regex", url });
    let mut scopes: Vec<_> = oidc.scopes.iter().chain(&oidc.extra_scopes).collect();
    scopes.sort_by(|a, b| a.name.cmp(&b.name));
    let scopes = scopes.into_iter().map(pk::<Scope, _>).collect();
    let validity = |given: Option<Spanned<concept::Validity>>| given.map(|given| given.value.for_authentik());
    let title = title(oidc.title.as_ref(), slug);
    let kind = OAuth2Provider {
        client_id: oidc.client_id.value.clone(),
        name: title.clone(),
        client_type: oidc.client_type().word(),
        client_secret: oidc
            .client_secret
            .as_ref()
            .filter(|_| oidc.client_type() == ClientType::Confidential)
            .map(secret),
        authorization_flow: pk::<Flow, _>(&oidc.authorization_flow),
        invalidation_flow: pk::<Flow, _>(&oidc.invalidation_flow),
        authentication_flow: oidc.authentication_flow.as_ref().map(pk::<Flow, _>),
        property_mappings: scopes,
        signing_key: oidc.signing_key.as_ref().map(pk::<KeyPair, _>),
        redirect_uris: strict.chain(patterns).collect(),
        sub_mode: oidc.sub.map_or(SubMode::HashedUserId, |sub| sub.value).word(),
        include_claims_in_id_token: oidc.claims_in_token.is_none_or(|given| given.value),
        access_code_validity: validity(oidc.code_validity),
        access_token_validity: validity(oidc.token_validity),
        refresh_token_validity: validity(oidc.refresh_validity),
        extra,
    };
    let provider = PlannedResource::new(Address::resource::<OAuth2Provider>(slug), kind, span);
    vec![provider, application::<OAuth2Provider>((slug, span), title, oidc.launch(resolver, scope), Some(oidc))]
}

/// The host or domain of a forward-auth application, without its scheme.
pub(crate) fn proxy_host(resolver: &Resolver<'_>, scope: ScopeId, app: &ForwardAuthApp) -> Option<Spanned<String>> {
    let given = app.domain.as_ref().or(app.host.as_ref())?;
    let host = resolver.value(given, scope)?;
    Some(Spanned::new(host.value.as_str().to_owned(), host.span))
}

/// The provider and the application.
pub(super) fn forward_auth(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    authentik: &Authentik,
    app: &ForwardAuthApp,
) -> Vec<PlannedResource> {
    let (slug, span) = (app.name.name.as_str(), app.name.span);
    let Some(extra) = extra(resolver, scope, app.extra.as_ref()) else { return Vec::new() };
    let Some(host) = proxy_host(resolver, scope, app) else { return Vec::new() };
    let whole = app.domain.is_some();
    let external = match whole {
        true => resolver.value(app.login_url.as_ref().unwrap_or(&authentik.url), scope),
        false => None,
    };
    let external = match (whole, external) {
        (true, None) => return Vec::new(),
        (_, Some(url)) => url.value.as_str().to_owned(),
        (false, None) => format!("https://{}", host.value),
    };
    let skipped: Vec<&str> = app.skip_paths.iter().map(|path| path.value.as_str()).collect();
    let title = title(app.title.as_ref(), slug);
    let kind = ProxyProvider {
        name: title.clone(),
        mode: if whole { "forward_domain" } else { "forward_single" },
        external_host: external,
        cookie_domain: whole.then_some(host.value),
        authorization_flow: pk::<Flow, _>(&app.authorization_flow),
        invalidation_flow: pk::<Flow, _>(&app.invalidation_flow),
        authentication_flow: app.authentication_flow.as_ref().map(pk::<Flow, _>),
        property_mappings: (!app.scopes.is_empty()).then(|| pks::<Scope, _>(&app.scopes)),
        skip_path_regex: (!skipped.is_empty()).then(|| skipped.join("\n")),
        access_token_validity: app.token_validity.map(|given| given.value.for_authentik()),
        extra,
    };
    let provider = PlannedResource::new(Address::resource::<ProxyProvider>(slug), kind, span);
    vec![provider, application::<ProxyProvider>((slug, span), title, None, None)]
}

pub(super) fn outpost(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    authentik: &Authentik,
    outpost: &concept::Outpost,
) -> Option<PlannedResource> {
    let name = outpost.name.name.as_str();
    let mut apps: Vec<&ForwardAuthApp> = authentik.forward_auth.iter().collect();
    apps.retain(|app| app.outpost.as_ref().is_some_and(|used| used.name == name));
    apps.sort_by_key(|app| app.name.name.as_str());
    let provider = |app: &&ForwardAuthApp| {
        let provider = Address::resource::<ProxyProvider>(&app.name.name);
        let span = app.outpost.as_ref().map_or(app.name.span, |used| used.span);
        Input::later(Deferred::output(provider.as_str(), "pk"), span)
    };
    let made = !outpost.adopted;
    let config = match made {
        true => {
            let url = resolver.value(&authentik.url, scope)?.value;
            Some(OutpostConfig { authentik_host: url.as_str().to_owned() })
        }
        false => None,
    };
    let kind = Outpost {
        managed: text(outpost.managed.as_ref()),
        name: name.to_owned(),
        r#type: made.then(|| outpost.kind.map_or(concept::OutpostKind::Proxy, |kind| kind.value).word()),
        providers: apps.iter().map(provider).collect(),
        config,
        extra: extra(resolver, scope, outpost.extra.as_ref())?,
    };
    let resource = PlannedResource::new(Address::resource::<Outpost>(name), kind, outpost.name.span);
    Some(resource.owned(if made { Ownership::Managed } else { Ownership::Adopted }))
}
