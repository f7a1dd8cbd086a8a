//! Groups, people, and programs that log in.

use hlc_diag::Span;
use hlc_plan::Address;
use hlc_schema::{AttrDecl, Choice, Data, Def, FreeBlock, Node, NodeDecl, Ref, Spanned};

use crate::resolve::{Ask, Referable};
use crate::stack::authentik;

const GROUP: &[AttrDecl] = &[AttrDecl { name: "name", doc: "The group's name." }];

/// A group of users.
#[derive(Debug, Node)]
#[node(name = "group", annotations(existing), attributes = GROUP, example = r#"group "grafana-admins""#)]
pub struct Group {
    /// Its name.
    #[arg]
    pub name: Def<Group>,
    /// True for a group that is there already: it is looked up, never made or changed.
    #[annotated("existing")]
    pub existing: bool,
    /// True for a group whose members may do everything.
    #[prop(default = "#false")]
    pub superuser: Option<Spanned<bool>>,
    /// Groups that its members are members of too.
    #[prop]
    pub parents: Vec<Ref<Group>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// A person.
#[derive(Debug, Node)]
#[node(name = "user", example = r#"user "alice" title="Alice" email="alice@example.net""#)]
pub struct User {
    /// The name to log in with.
    #[arg]
    pub name: Def<User>,
    /// The name to be shown; without it the one to log in with.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// Where mail reaches the person.
    #[prop]
    pub email: Option<Spanned<String>>,
    /// The groups of the person.
    #[prop]
    pub groups: Vec<Ref<Group>>,
    /// False for a person who may not log in.
    #[prop(default = "#true")]
    pub active: Option<Spanned<bool>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// A user that is a program.
#[derive(Debug, Node)]
#[node(
    name = "service-account",
    id = "identity-service-account",
    example = r#"service-account "sa-backup" title="Backup" {
    token "backup-api" intent="api"
}"#
)]
pub struct ServiceUser {
    /// The name to log in with.
    #[arg]
    pub name: Def<ServiceUser>,
    /// The name to be shown; without it the one to log in with.
    #[prop]
    pub title: Option<Spanned<String>>,
    /// Its groups.
    #[prop]
    pub groups: Vec<Ref<Group>>,
    /// Tokens that it logs in with.
    #[block]
    pub token: Vec<IdentityToken>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

const TOKEN: &[AttrDecl] = &[AttrDecl { name: "key", doc: "The token itself, a secret; known later." }];

/// A token of a service account. Authentik makes its value: `(ref)token.NAME.key`.
#[derive(Debug, Node)]
#[node(name = "token", attributes = TOKEN, example = r#"token "backup-api" intent="api""#)]
pub struct IdentityToken {
    /// Its identifier: letters, digits, `-` and `_`.
    #[arg]
    pub name: Def<IdentityToken>,
    /// What it is good for.
    #[prop(default = "\"api\"")]
    pub intent: Option<Spanned<TokenIntent>>,
    /// True for one that ends by itself; who uses it has to get another in time.
    #[prop(default = "#false")]
    pub expires: Option<Spanned<bool>>,
    /// A note.
    #[prop]
    pub description: Option<Spanned<String>>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TokenIntent {
    /// The API of Authentik.
    Api,
    /// A login in the place of a password.
    #[choice("app_password")]
    AppPassword,
}

impl Referable for Group {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            _ => ask.unknown(Self::decl()),
        }
    }
}

impl Referable for IdentityToken {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "key" => ask.output(&Address::resource::<authentik::Token>(&self.name.name), "key"),
            _ => ask.unknown(Self::decl()),
        }
    }
}
