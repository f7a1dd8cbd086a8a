//! Who asks for a login on the way to a host.

/// Who asks for a login before a host answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The edge, by single sign-on.
    SingleSignOn,
    /// The application, by OpenID Connect with this client.
    Oidc(String),
    /// The application by itself, as the route says.
    Own,
    /// It is where people log in.
    LoginPage,
    /// Nobody, and the route says so.
    Open,
    /// Nobody that the homelab knows of.
    Unsaid,
}

impl Guard {
    /// In a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::SingleSignOn => "sso",
            Self::Oidc(_) => "oidc",
            Self::Own => "own",
            Self::LoginPage => "login-page",
            Self::Open => "none",
            Self::Unsaid => "unsaid",
        }
    }
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SingleSignOn => f.write_str("single sign-on at the edge"),
            Self::Oidc(client) => write!(f, "OpenID Connect, client {client}"),
            Self::Own => f.write_str("a login of its own"),
            Self::LoginPage => f.write_str("it is the login page"),
            Self::Open => f.write_str("open to everybody"),
            Self::Unsaid => f.write_str("nobody asks for a login"),
        }
    }
}
