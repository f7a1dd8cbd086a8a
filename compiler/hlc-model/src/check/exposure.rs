//! Whether what the internet is to reach is reached, and who asks it for a login.

use hlc_diag::{Code, Diagnostic, Span};
use hlc_schema::Spanned;
use hlc_schema::scalar::Fqdn;

use super::Facts;
use crate::workload::{Public, Route};

pub(super) mod no_edge;
pub(super) mod no_record;
pub(super) mod other_gateway;
pub(super) mod record_elsewhere;
pub(super) mod unguarded;

/// Something with the hosts that it fails, each with the place that asks for it.
pub(super) type Failing<'m, T> = (&'m T, Vec<(String, Span)>);

/// A public host of a workload.
struct PublicHost<'m> {
    route: &'m Route,
    public: &'m Public,
    host: Spanned<Fqdn>,
}

/// Every public host of the workloads without mistakes, in the order of the sources.
fn public_hosts<'m>(facts: &Facts<'m>) -> Vec<PublicHost<'m>> {
    let mut hosts = Vec::new();
    for workload in facts.sound_workloads() {
        for route in &workload.workload.route {
            let Some(public) = &route.public else { continue };
            let of_route = route.hosts(facts.resolver, workload.scope).into_iter().flatten();
            hosts.extend(of_route.map(|host| PublicHost { route, public, host }));
        }
    }
    hosts.sort_by_key(|host| host.host.span);
    hosts
}

/// What befalls several hosts for one reason is one mistake: the first three are shown. `one` reports a host by itself, `all`
/// says where all of them have their reason and what it is, given the first and how many more there are.
pub(super) fn together(
    code: &'static Code,
    hosts: &[(&str, Span)],
    one: impl FnOnce(&str, Span) -> Diagnostic,
    all: impl FnOnce(&str) -> (Span, String),
) -> Option<Diagnostic> {
    match hosts {
        [] => None,
        [(host, at)] => Some(one(host, *at)),
        [(first, _), rest @ ..] => {
            let (at, message) = all(&format!("`{first}` and {} more", rest.len()));
            let diagnostic = Diagnostic::new(code, at, message);
            Some(
                hosts
                    .iter()
                    .take(3)
                    .fold(diagnostic, |diagnostic, (host, at)| diagnostic.label(*at, format!("`{host}`"))),
            )
        }
    }
}
