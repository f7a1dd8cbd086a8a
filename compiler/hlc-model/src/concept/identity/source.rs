//! Other places where people may log in.

use hlc_schema::scalar::HttpUrl;
use hlc_schema::{Choice, Def, FreeBlock, Node, Ref, SecretKey, Spanned};

use super::Flow;

/// Another place where people may log in (an OAuth source of Authentik).
#[derive(Debug, Node)]
#[node(
    name = "source",
    example = r#"source "github" kind="github" client-id="Ov23liEXAMPLE" client-secret=(secret)GITHUB_SECRET match="email_link""#
)]
pub struct Source {
    /// Its slug, which stands in the address that the other place sends people back to.
    #[arg]
    pub name: Def<Source>,
    /// The name on the button; without it the slug.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// Which place.
    #[prop]
    pub kind: Spanned<SourceKind>,
    /// The client id that the other place knows Authentik by.
    #[prop]
    pub client_id: Spanned<String>,
    /// The secret that belongs to it.
    #[prop]
    pub client_secret: SecretKey,
    /// What it asks of the other place, besides the usual.
    #[prop]
    pub scopes: Vec<Spanned<String>>,
    /// How the code is protected on its way (RFC 7636).
    #[prop]
    pub pkce: Option<Spanned<Pkce>>,
    /// Which user of Authentik somebody is who comes from there.
    #[prop(name = "match", default = "\"identifier\"")]
    pub matching: Option<Spanned<UserMatching>>,
    /// The flow of somebody who is known.
    #[prop]
    pub authentication_flow: Option<Ref<Flow>>,
    /// The flow of somebody who is new; without it nobody new can come in.
    #[prop]
    pub enrollment_flow: Option<Ref<Flow>>,
    /// Where an OpenID Connect provider describes itself.
    #[prop]
    pub discovery_url: Option<Spanned<HttpUrl>>,
    /// False to keep it without offering it.
    #[prop(default = "#true")]
    pub enabled: Option<Spanned<bool>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// A place where people may log in (`ProviderTypeEnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum SourceKind {
    /// Apple.
    Apple,
    /// Any that speaks OpenID Connect.
    Openidconnect,
    /// Microsoft Entra ID.
    Entraid,
    /// Azure AD, the old name of Entra ID.
    Azuread,
    /// Discord.
    Discord,
    /// Facebook.
    Facebook,
    /// GitHub.
    Github,
    /// GitLab.
    Gitlab,
    /// Google.
    Google,
    /// Mailcow.
    Mailcow,
    /// Okta.
    Okta,
    /// Patreon.
    Patreon,
    /// Reddit.
    Reddit,
    /// Slack.
    Slack,
    /// Twitch.
    Twitch,
    /// X, formerly Twitter.
    Twitter,
    /// WeChat.
    Wechat,
}

/// How a code is protected on its way (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Pkce {
    /// Not at all.
    None,
    /// By itself.
    Plain,
    /// By its SHA-256.
    #[choice("S256")]
    S256,
}

/// Which user of Authentik somebody is who comes from another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum UserMatching {
    /// The one who came with this identity before.
    Identifier,
    /// The one with this mail address.
    #[choice("email_link")]
    EmailLink,
    /// Somebody new, unless another has this mail address.
    #[choice("email_deny")]
    EmailDeny,
    /// The one with this name.
    #[choice("username_link")]
    UsernameLink,
    /// Somebody new, unless another has this name.
    #[choice("username_deny")]
    UsernameDeny,
}
