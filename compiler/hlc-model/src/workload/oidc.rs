//! Applications that ask for a login by OpenID Connect.

use hlc_diag::Span;
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{
    AttrDecl, Choice, Data, Def, Expr, FreeBlock, Node, NodeDecl, Ref, RefPath, ScopeId, SecretKey, Spanned,
};

use crate::concept::{Flow, IdentityScope, KeyPair, Validity};
use crate::model::Model;
use crate::resolve::{Ask, Referable, Resolver};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "client-id", doc: "The client id." },
    AttrDecl { name: "issuer", doc: "Who issues its tokens." },
    AttrDecl { name: "discovery-url", doc: "Where all of the following are described." },
    AttrDecl { name: "auth-url", doc: "Where people are sent to log in." },
    AttrDecl { name: "token-url", doc: "Where a code is changed into tokens." },
    AttrDecl { name: "userinfo-url", doc: "Where more about a user is told." },
    AttrDecl { name: "logout-url", doc: "Where people are sent to log out." },
    AttrDecl { name: "jwks-url", doc: "Where the keys are that tokens are signed with." },
];

/// An application that asks for a login by OpenID Connect (an OAuth2 provider and an application of Authentik).
///
/// It stands in `authentik`, or in the workload that the application belongs to. Either way it starts from the `defaults "oidc"`
/// of `authentik`, and others ask it for its addresses: `(ref)oidc.grafana.auth-url`.
#[derive(Debug, Node)]
#[node(
    name = "oidc",
    attributes = ATTRIBUTES,
    example = r#"oidc "wiki" route="wiki" client-id="wiki" client-secret=(secret)WIKI_SECRET {
    redirects "/oauth2/callback" "http://localhost:53000"
    extra-scopes "groups"
}"#
)]
pub struct Oidc {
    /// Its slug in Authentik, which stands in its addresses.
    #[arg]
    pub name: Def<Oidc>,
    /// The name to be shown; without it the slug.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// The route of the application: of a workload or of the edge. Redirects that are paths are on its host.
    #[prop]
    pub route: Option<Spanned<String>>,
    /// The client id that the application knows itself by.
    #[prop]
    pub client_id: Spanned<String>,
    /// The secret that belongs to it; a public client has none.
    #[prop]
    pub client_secret: Option<SecretKey>,
    /// Whether the application can keep a secret.
    #[prop(default = "\"confidential\"")]
    pub client_type: Option<Spanned<ClientType>>,
    /// Where people may be sent back to after a login, compared as they stand: URLs, or paths on the route's host.
    #[prop]
    pub redirects: Vec<Expr<String>>,
    /// The same as regular expressions over the whole URL.
    #[prop]
    pub redirect_patterns: Vec<Spanned<String>>,
    /// Where its button leads: a URL, or a path on the route's host; without it, the route's host.
    #[prop]
    pub launch: Option<Expr<String>>,
    /// What it may learn of a user.
    #[prop]
    pub scopes: Vec<Ref<IdentityScope>>,
    /// The same, added to `scopes`, so that these can be a default.
    #[prop]
    pub extra_scopes: Vec<Ref<IdentityScope>>,
    /// The flow that asks for consent.
    #[prop]
    pub authorization_flow: Ref<Flow>,
    /// The flow of a logout.
    #[prop]
    pub invalidation_flow: Ref<Flow>,
    /// The flow of somebody who has not logged in; without it, that of the brand.
    #[prop]
    pub authentication_flow: Option<Ref<Flow>>,
    /// The certificate that signs tokens; without it they are signed with the client secret.
    #[prop]
    pub signing_key: Option<Ref<KeyPair>>,
    /// What a user is known by to the application.
    #[prop(default = "\"hashed_user_id\"")]
    pub sub: Option<Spanned<SubMode>>,
    /// False for an application that asks for what it wants to know at `userinfo-url`.
    #[prop(default = "#true")]
    pub claims_in_token: Option<Spanned<bool>>,
    /// How long a code holds until it is changed into tokens.
    #[prop]
    pub code_validity: Option<Spanned<Validity>>,
    /// How long an access token holds.
    #[prop]
    pub token_validity: Option<Spanned<Validity>>,
    /// How long a refresh token holds.
    #[prop]
    pub refresh_validity: Option<Spanned<Validity>>,
    /// The heading that it stands under in the list of applications.
    #[prop]
    pub heading: Option<Spanned<String>>,
    /// What a user is told about it.
    #[prop]
    pub description: Option<Spanned<String>>,
    /// Fields of the OAuth2 provider in Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// Whether an application can keep a secret (RFC 6749, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ClientType {
    /// It runs on a server.
    Confidential,
    /// It runs in a browser or on somebody's machine.
    Public,
}

/// What a user is known by to an application (`SubModeEnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum SubMode {
    /// A digest of the user's number, which says nothing else.
    #[choice("hashed_user_id")]
    HashedUserId,
    /// The user's number.
    #[choice("user_id")]
    UserId,
    /// The user's UUID.
    #[choice("user_uuid")]
    UserUuid,
    /// The name to log in with.
    #[choice("user_username")]
    UserUsername,
    /// The mail address.
    #[choice("user_email")]
    UserEmail,
    /// The user principal name of a directory.
    #[choice("user_upn")]
    UserUpn,
}

impl Oidc {
    /// Whether it can keep a secret.
    #[must_use]
    pub fn client_type(&self) -> ClientType {
        self.client_type.map_or(ClientType::Confidential, |given| given.value)
    }

    /// `https://` and the host of its route; `None` when it has none or it cannot be told, which has been reported.
    pub(crate) fn route_url(&self, resolver: &Resolver<'_>, scope: ScopeId) -> Option<String> {
        let route = self.route.as_ref().filter(|route| resolver.model.routes().any(|name| name == route.value))?;
        let path = RefPath { text: format!("route.{}.url", route.value), span: route.span };
        Some(resolver.value(&Expr::<String>::Ref(path), scope)?.value)
    }

    /// A URL, or a path on the route's host.
    fn on_route(&self, resolver: &Resolver<'_>, scope: ScopeId, text: &Expr<String>) -> Option<Spanned<String>> {
        let text = resolver.value(text, scope)?;
        if text.value.starts_with('/') {
            let url = self.route_url(resolver, scope)?;
            return Some(Spanned::new(format!("{url}{}", text.value), text.span));
        }
        Some(text)
    }

    /// Where people may be sent back to; without those that cannot be told, which has been reported.
    pub(crate) fn redirects(&self, resolver: &Resolver<'_>, scope: ScopeId) -> Vec<Spanned<String>> {
        self.redirects.iter().filter_map(|redirect| self.on_route(resolver, scope, redirect)).collect()
    }

    /// Where its button leads.
    pub(crate) fn launch(&self, resolver: &Resolver<'_>, scope: ScopeId) -> Option<String> {
        match &self.launch {
            Some(launch) => Some(self.on_route(resolver, scope, launch)?.value),
            None => Some(format!("{}/", self.route_url(resolver, scope)?)),
        }
    }
}

impl Model {
    /// The names of all routes, of the edge and of workloads.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &str> {
        let edge = self.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.route).map(|route| route.name.name.as_str());
        let of_units = self.units().flat_map(|(_, unit)| &unit.route).map(|route| route.name.name.as_str());
        edge.chain(of_units)
    }

    /// Every application that asks for a login by OpenID Connect, with the scope it stands in.
    pub(crate) fn oidc(&self) -> impl Iterator<Item = (ScopeId, &Oidc)> {
        let of_units = self.units().flat_map(|(scope, unit)| unit.oidc.iter().map(move |oidc| (scope, oidc)));
        let of_stack =
            self.authentik.iter().flat_map(|(scope, authentik)| authentik.oidc.iter().map(move |oidc| (*scope, oidc)));
        of_stack.chain(of_units)
    }
}

impl Referable for Oidc {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        let slug = self.name.name.as_str();
        // Authentik, documentation of the OAuth2 provider: some addresses are shared by all applications.
        let path = match ask.field {
            "client-id" => return ask.text(self.client_id.value.as_str()),
            "issuer" => format!("{slug}/"),
            "discovery-url" => format!("{slug}/.well-known/openid-configuration"),
            "auth-url" => "authorize/".to_owned(),
            "token-url" => "token/".to_owned(),
            "userinfo-url" => "userinfo/".to_owned(),
            "logout-url" => format!("{slug}/end-session/"),
            "jwks-url" => format!("{slug}/jwks/"),
            _ => return ask.unknown(Self::decl()),
        };
        // Without `authentik` there is nothing to ask, which is reported where the application is declared.
        let (scope, authentik) = ask.resolver.model.authentik.first()?;
        let url: HttpUrl = ask.resolver.value(&authentik.url, *scope)?.value;
        ask.text(format!("{}/application/o/{path}", url.as_str().trim_end_matches('/')))
    }
}
