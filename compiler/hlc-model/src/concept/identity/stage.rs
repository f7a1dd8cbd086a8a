//! Steps of flows.

use hlc_schema::{Choice, Def, FreeBlock, Node, Ref, Spanned};

use super::Source;

/// A step of a flow that is there already: only what is stated is changed.
#[derive(Debug, Node)]
#[node(
    name = "stage",
    annotations(adopt),
    example = r#"(adopt)stage "default-authentication-identification" kind="identification" {
    user-fields "email" "username"
}"#
)]
pub struct Stage {
    /// Its name.
    #[arg]
    pub name: Def<Stage>,
    /// True: hlc changes only what is stated, and never deletes it.
    #[annotated("adopt")]
    pub adopted: bool,
    /// What kind of step it is.
    #[prop]
    pub kind: Spanned<StageKind>,
    /// Other places to log in that it shows, besides those that it shows already.
    #[prop]
    pub sources: Vec<Ref<Source>>,
    /// What a user may type to be found.
    #[prop]
    pub user_fields: Vec<Spanned<UserField>>,
    /// Fields of Authentik's API that hlc does not know.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum StageKind {
    /// Asks who somebody is.
    Identification,
}

/// What a user may type to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum UserField {
    /// The mail address.
    Email,
    /// The name to log in with.
    Username,
    /// The user principal name of a directory.
    Upn,
}
