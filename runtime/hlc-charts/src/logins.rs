//! Who hlc is to whom.

use hlc_net::Login;

use crate::prefix;

/// URL prefixes with logins. Nothing else ever gets one.
#[derive(Debug, Default)]
pub struct Logins {
    entries: Vec<(String, Login)>,
}

impl Logins {
    /// Gives a login for everything below a prefix (`https://charts.example.net/private`, `oci://registry.example.net`).
    pub fn insert(&mut self, prefix: impl Into<String>, login: Login) {
        self.entries.push((prefix.into(), login));
    }

    /// The login for a URL: that of the nearest prefix.
    #[must_use]
    pub fn of(&self, url: &str) -> Option<&Login> {
        prefix::longest(&self.entries, url).map(|(_, login)| login)
    }
}
