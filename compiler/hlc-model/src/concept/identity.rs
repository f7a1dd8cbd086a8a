//! Who may log in where: Authentik and what is in it.

mod authentik;
mod forward_auth;
mod lookup;
mod outpost;
mod people;
mod scope;
mod source;
mod stage;
mod validity;

pub use authentik::Authentik;
pub use forward_auth::ForwardAuthApp;
pub use lookup::{Flow, KeyPair};
pub use outpost::{Outpost, OutpostKind};
pub use people::{Group, IdentityToken, ServiceUser, TokenIntent, User};
pub use scope::IdentityScope;
pub use source::{Pkce, Source, SourceKind, UserMatching};
pub use stage::{Stage, StageKind, UserField};
pub use validity::Validity;
