//! What Authentik brings along and hlc never makes.

use hlc_schema::{Def, Node};

/// A flow: the steps of a login, a consent or a logout. It is there already, from Authentik's blueprints.
#[derive(Debug, Node)]
#[node(name = "flow", annotations(existing), example = r#"(existing)flow "default-authentication-flow""#)]
pub struct Flow {
    /// Its slug.
    #[arg]
    pub name: Def<Flow>,
    /// True: hlc looks it up and never makes it.
    #[annotated("existing")]
    pub existing: bool,
}

/// A certificate with its key, which signs tokens. It is there already.
#[derive(Debug, Node)]
#[node(name = "key-pair", annotations(existing), example = r#"(existing)key-pair "authentik Self-signed Certificate""#)]
pub struct KeyPair {
    /// Its name.
    #[arg]
    pub name: Def<KeyPair>,
    /// True: hlc looks it up and never makes it, since its key must not pass through a plan.
    #[annotated("existing")]
    pub existing: bool,
}
