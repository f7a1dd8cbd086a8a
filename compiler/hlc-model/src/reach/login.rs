//! Who asks for a login: applications of the identity provider that belong to a host.

use hlc_diag::Span;
use hlc_schema::{ScopeId, SecretKey};

use super::hop::{Chain, Draft};
use super::{Asked, Finder, HopKind};
use crate::check::Facts;
use crate::concept::EdgeRoute;
use crate::resolve::Resolver;
use crate::stack::authentik::proxy_host;
use crate::workload::{ClientType, Oidc};

/// The host of a URL, lower case.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    Some(host.to_ascii_lowercase())
}

/// True when the forward-auth application of a host or domain answers for a host.
pub(crate) fn covers(covered: &str, below: bool, host: &str) -> bool {
    host == covered || (below && host.strip_suffix(covered).is_some_and(|rest| rest.ends_with('.')))
}

/// The route that a client names, as far as one has the name.
#[derive(Clone, Copy)]
pub(crate) struct OfRoute<'r> {
    pub(crate) scope: ScopeId,
    pub(crate) name: &'r str,
    pub(crate) host: &'r str,
}

/// The clients that log in at a host: those that name its route, that send people back to the host, or that stand in its workload
/// and send people nowhere that is known.
pub(crate) fn clients<'m>(facts: &Facts<'m>, of: OfRoute<'_>) -> Vec<(ScopeId, &'m Oidc)> {
    let model = facts.model;
    let mut clients: Vec<(ScopeId, &Oidc)> = model
        .oidc()
        .filter(|(scope, oidc)| {
            let named = oidc.route.as_ref().map(|route| route.value.as_str());
            let is_known = |name: &str| model.routes().any(|known| known == name);
            match named.filter(|name| is_known(name)) {
                // A name of the workload's own means its own route (`resolve/target.rs`).
                Some(name) => name == of.name && (*scope == of.scope || !has_route(facts, *scope, name)),
                None => {
                    let redirects = oidc.redirects(facts.resolver, *scope);
                    let to = |url: &str| host_of(url).is_some_and(|host| host == of.host);
                    redirects.iter().any(|url| to(&url.value)) || *scope == of.scope
                }
            }
        })
        .collect();
    clients.sort_by_key(|(_, oidc)| oidc.name.span);
    clients
}

/// True when a route of this name stands in the scope.
fn has_route(facts: &Facts<'_>, scope: ScopeId, name: &str) -> bool {
    let mut units = facts.model.units().filter(|(of, _)| *of == scope);
    units.any(|(_, unit)| unit.route.iter().any(|route| route.name.name == name))
}

impl<'m> Finder<'_, 'm> {
    /// The clients of a route of a workload; the first with its place.
    pub(super) fn logins(&self, chain: &mut Chain<'m>, asked: Asked<'_, 'm>) -> Option<(String, Span)> {
        let of = OfRoute { scope: asked.scope, name: &asked.route.name.name, host: asked.host.value.as_str() };
        self.clients(chain, of)
    }

    /// The clients of a route of the edge.
    pub(super) fn edge_logins(
        &self,
        chain: &mut Chain<'m>,
        scope: ScopeId,
        route: &EdgeRoute,
        host: &str,
    ) -> Option<(String, Span)> {
        self.clients(chain, OfRoute { scope, name: &route.name.name, host })
    }

    /// The clients of a host; the first with its place.
    pub(super) fn clients(&self, chain: &mut Chain<'m>, of: OfRoute<'_>) -> Option<(String, Span)> {
        let behind = chain.last();
        let clients = clients(self.facts, of);
        for (scope, oidc) in &clients {
            let client = chain.put(client(oidc), behind);
            chain.put(redirect(self.facts.resolver, *scope, oidc, of.host), Some(client));
        }
        clients.first().map(|(_, oidc)| (oidc.name.name.clone(), oidc.name.span))
    }

    /// True for the host where people log in.
    pub(super) fn is_login_page(&self, host: &str) -> bool {
        is_login_page(self.facts, host)
    }

    /// The application of the identity provider that the edge asks about a host.
    pub(super) fn forward_auth_app(&self, host: &str) -> Draft<'m> {
        let apps = self
            .facts
            .model
            .authentik
            .iter()
            .flat_map(|(scope, authentik)| authentik.forward_auth.iter().map(move |app| (*scope, app)));
        for (scope, app) in apps {
            let Some(covered) = proxy_host(self.facts.resolver, scope, app) else { continue };
            if covers(&covered.value, app.domain.is_some(), host) {
                let below = if app.domain.is_some() { "every host of " } else { "" };
                let detail = format!("answers for {below}{}", covered.value);
                let outpost = app.outpost.as_ref().map(|outpost| outpost.span);
                let flows = [app.authorization_flow.span, app.invalidation_flow.span, app.head];
                return Draft::new(HopKind::Login, &app.name.name, detail, app.name.span)
                    .own(outpost.into_iter().chain(flows).chain([covered.span]));
            }
        }
        let hop =
            Draft::unknown(HopKind::Login, "forward-auth", "no identity provider that would answer is declared here");
        match self.facts.model.authentik.first() {
            Some((_, authentik)) => {
                hop.because("no `forward-auth` of Authentik answers for it").at(authentik.head).shared([authentik.head])
            }
            None => hop,
        }
    }
}

/// True for the host where people log in.
pub(crate) fn is_login_page(facts: &Facts<'_>, host: &str) -> bool {
    facts.model.authentik.iter().any(|(scope, authentik)| {
        let url = facts.resolver.value(&authentik.url, *scope);
        url.is_some_and(|url| host_of(url.value.as_str()).is_some_and(|of| of == host))
    })
}

fn client<'m>(oidc: &'m Oidc) -> Draft<'m> {
    let kind = match oidc.client_type() {
        ClientType::Confidential => "confidential",
        ClientType::Public => "public",
    };
    let secret = oidc.client_secret.as_ref().map(|SecretKey { span, .. }| *span);
    let route = oidc.route.as_ref().map(|route| route.span);
    let title = oidc.title.as_ref().map(|title| title.span);
    let scopes = oidc.scopes.iter().chain(&oidc.extra_scopes).map(|scope| scope.span);
    Draft::new(HopKind::Client, &oidc.name.name, format!("a {kind} client of Authentik"), oidc.name.span)
        .own([oidc.head, oidc.client_id.span, oidc.authorization_flow.span, oidc.invalidation_flow.span])
        .own(secret.into_iter().chain(route).chain(title).chain(scopes))
}

fn redirect<'m>(resolver: &Resolver<'m>, scope: ScopeId, oidc: &'m Oidc, host: &str) -> Draft<'m> {
    let redirects = oidc.redirects(resolver, scope);
    let here = redirects.iter().find(|url| host_of(&url.value).is_some_and(|of| of == host));
    let patterns = oidc.redirect_patterns.iter();
    let hop = match (here, oidc.redirect_patterns.first(), redirects.first()) {
        (Some(url), ..) => Draft::new(HopKind::Redirect, &url.value, "people come back here", url.span),
        (None, Some(pattern), _) => {
            Draft::new(HopKind::Redirect, &pattern.value, "an expression that people may come back to", pattern.span)
        }
        (None, None, Some(other)) => {
            Draft::unknown(HopKind::Redirect, &other.value, "no redirect leads back to this host").at(other.span)
        }
        (None, None, None) => Draft::unknown(HopKind::Redirect, "redirect", "the client has none").at(oidc.name.span),
    };
    hop.own(oidc.redirects.iter().map(hlc_schema::Expr::span))
        .own(redirects.iter().map(|url| url.span))
        .own(patterns.map(|pattern| pattern.span))
        .shared([oidc.name.span, oidc.head])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_an_application_answers_for() {
        assert!(covers("example.net", true, "a.b.example.net"));
        assert!(covers("example.net", true, "example.net"));
        assert!(covers("web.example.net", false, "web.example.net"));
        assert!(!covers("web.example.net", false, "a.web.example.net"));
        assert!(!covers("example.net", true, "notexample.net"));
        assert_eq!(host_of("https://Web.example.net:8443/x?y#z").as_deref(), Some("web.example.net"));
        assert_eq!(host_of("/x"), None);
    }
}
