//! A login says who and by which secret.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&LOGIN], run };

/// A login that lacks something or says two things.
pub(crate) static LOGIN: Code = Code {
    id: "HLC1001",
    name: "login",
    severity: Severity::Error,
    summary: "a login for fetching that lacks something, or says two things",
    explain: "A `login` is a `user` with a `password`, or a `token`: HTTP knows no third way. There is one for each URL; of several \
              that a file lies below, the nearest counts.",
    bad: "homelab \"home\" domain=\"example.net\" { login \"https://charts.example.net\" user=\"me\"; }",
    good: "homelab \"home\" domain=\"example.net\" {\n    secrets \"secrets/example.sops.yaml\"\n    login \
           \"https://charts.example.net\" token=(secret)CHARTS_TOKEN\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    for login in facts.model.homelab.iter().flat_map(|homelab| &homelab.login) {
        let url = login.url.value.as_str().trim_end_matches('/');
        if let Some(first) = seen.insert(url, login.url.span) {
            let message = format!("there are two logins for {url}");
            found.push(
                Diagnostic::new(&LOGIN, login.url.span, message)
                    .label(first, "the other one")
                    .help("keep one of the two"),
            );
            continue;
        }
        let here = |message: &str| Diagnostic::new(&LOGIN, login.head, message);
        match (&login.user, &login.password, &login.token) {
            (Some(_), Some(_), None) | (None, None, Some(_)) => {}
            (user, password, Some(token)) => {
                let other = user.as_ref().map(|user| user.span).or(password.as_ref().map(|password| password.span));
                let other = other.unwrap_or(login.head);
                found.push(
                    here("a login is a `token`, or a `user` with a `password`")
                        .label(token.span, "the token")
                        .label(other, "and something else")
                        .help("keep what the server wants"),
                );
            }
            (Some(_), None, None) => {
                found.push(here("a user logs in with a `password`").help("add `password=(secret)NAME`"));
            }
            (None, Some(_), None) => found.push(here("a password belongs to a `user`").help("add `user=\"NAME\"`")),
            (None, None, None) => found.push(
                here("nothing says who logs in")
                    .help("add `user=\"NAME\" password=(secret)NAME`, or `token=(secret)NAME`"),
            ),
        }
    }
}
