//! People, what is told of them, and how they come in.

use hlc_plan::{Input, Kind, OutputDecl};
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{Data, Spanned};

pub(super) const PK: OutputDecl = OutputDecl { name: "pk", doc: "Its key in Authentik.", secret: false };
const KEYED: &[OutputDecl] = &[PK];

/// A scope mapping (`/propertymappings/provider/scope/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "scope", stack = Authentik, identity = "managed, else the name; an existing one else the scope", outputs = KEYED)]
pub struct Scope {
    /// What Authentik's blueprints know it by.
    #[change(identity)]
    pub managed: Option<String>,
    /// The scope that an application asks for.
    #[change(update)]
    pub scope_name: String,
    /// Its name.
    #[change(update)]
    pub name: Option<String>,
    /// What a user is told who is asked for consent.
    #[change(update)]
    pub description: Option<String>,
    /// Python that returns the claims.
    #[change(update)]
    pub expression: Option<String>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// A group (`/core/groups/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "group", stack = Authentik, identity = "name", outputs = KEYED)]
pub struct Group {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// True when its members may do everything.
    #[change(update)]
    pub is_superuser: Option<bool>,
    /// Keys of groups that its members are members of too.
    #[change(update)]
    pub parents: Option<Vec<Input<String>>>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// A user (`/core/users/`). Its key is a number.
#[derive(Clone, Debug, Kind)]
#[kind(name = "user", stack = Authentik, identity = "username", protected, outputs = KEYED)]
pub struct User {
    /// The name to log in with.
    #[change(identity)]
    pub username: String,
    /// The name to be shown.
    #[change(update)]
    pub name: String,
    /// `internal` or `service_account`.
    #[change(replace)]
    pub r#type: &'static str,
    /// Where mail reaches the person.
    #[change(update)]
    pub email: Option<String>,
    /// Keys of its groups.
    #[change(update)]
    pub groups: Vec<Input<String>>,
    /// True when it may log in.
    #[change(update)]
    pub is_active: bool,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

/// A token (`/core/tokens/`). Authentik makes its value (`/core/tokens/{identifier}/view_key/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "token", stack = Authentik, identity = "identifier", outputs = TOKEN)]
pub struct Token {
    /// Its identifier.
    #[change(identity)]
    pub identifier: String,
    /// The key of its user.
    #[change(replace)]
    pub user: Input<String>,
    /// `api` or `app_password`.
    #[change(update)]
    pub intent: &'static str,
    /// A note.
    #[change(update)]
    pub description: Option<String>,
    /// True when it ends by itself.
    #[change(update)]
    pub expiring: bool,
}

const TOKEN: &[OutputDecl] = &[PK, OutputDecl { name: "key", doc: "The token itself.", secret: true }];

/// An OAuth source (`/sources/oauth/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "source", stack = Authentik, identity = "slug", outputs = SOURCE)]
pub struct Source {
    /// Its slug.
    #[change(identity)]
    pub slug: String,
    /// The name on the button.
    #[change(update)]
    pub name: String,
    /// `github`, `openidconnect` …
    #[change(replace)]
    pub provider_type: &'static str,
    /// The client id.
    #[change(update)]
    pub consumer_key: String,
    /// The client secret, which the API never gives back.
    #[change(update, secret)]
    pub consumer_secret: Input<String>,
    /// Further scopes, with spaces between them.
    #[change(update)]
    pub additional_scopes: Option<String>,
    /// `none`, `plain` or `S256`.
    #[change(update)]
    pub pkce: Option<&'static str>,
    /// Which user somebody is who comes from there.
    #[change(update)]
    pub user_matching_mode: &'static str,
    /// The key of the flow of somebody who is known.
    #[change(update)]
    pub authentication_flow: Option<Input<String>>,
    /// The key of the flow of somebody who is new.
    #[change(update)]
    pub enrollment_flow: Option<Input<String>>,
    /// Where an OpenID Connect provider describes itself.
    #[change(update)]
    pub oidc_well_known_url: Option<Spanned<HttpUrl>>,
    /// True when it is offered.
    #[change(update)]
    pub enabled: bool,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}

const SOURCE: &[OutputDecl] =
    &[PK, OutputDecl { name: "callback_url", doc: "Where the other place sends people back to.", secret: false }];

/// A stage that is there (`/stages/identification/`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "stage", stack = Authentik, identity = "kind and name", outputs = KEYED)]
pub struct Stage {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// `identification`
    #[change(identity)]
    pub kind: &'static str,
    /// Keys of sources that it shows, besides those that it shows already.
    #[change(update)]
    pub sources: Option<Vec<Input<String>>>,
    /// What a user may type to be found.
    #[change(update)]
    pub user_fields: Option<Vec<&'static str>>,
    /// Fields that hlc does not know.
    #[change(update, secrets)]
    pub extra: Option<Data>,
}
