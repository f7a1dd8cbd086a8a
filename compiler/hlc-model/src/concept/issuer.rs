//! Who signs certificates (cert-manager.io/v1, ClusterIssuer).

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::scalar::{ConfigKey, Fqdn, HttpUrl};
use hlc_schema::suggest::list_names;
use hlc_schema::{AttrDecl, Choice, Data, Def, Expr, FreeBlock, Node, NodeDecl, Scalar as _, Spanned};

use crate::lower::Lower;
use crate::resolve::{Ask, Referable};

pub(crate) const CODES: &[&Code] = &[&ONE_WAY];

/// An issuer that signs in no way, or in several.
pub(crate) static ONE_WAY: Code = Code {
    id: "HLC0834",
    name: "issuer-way",
    severity: Severity::Error,
    summary: "an issuer that does not say how it signs, or says it twice",
    explain: "An issuer has one way of signing: an ACME server (`acme`), a key of its own (`ca`), or each certificate's own key \
              (`self-signed`).",
    bad: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" { issuer \"home\" }\n}",
    good: "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"cert-manager\" namespace=\"cert-manager\" { issuer \"home\" { self-signed } \
           }\n}",
};

const ATTRIBUTES: &[AttrDecl] = &[AttrDecl { name: "name", doc: "The ClusterIssuer's name." }];

/// Who signs certificates, for the whole cluster (a ClusterIssuer of cert-manager).
///
/// `(existing)` says that something else makes it.
#[derive(Debug, Node)]
#[node(
    name = "issuer",
    names = Subdomain,
    annotations(existing),
    attributes = ATTRIBUTES,
    example = r#"issuer "letsencrypt-prod" {
    acme "https://acme-v02.api.letsencrypt.org/directory" email="admin@example.net" {
        dns01 "cloudflare" secret="cloudflare-api-token" key="CLOUDFLARE_API_TOKEN" {
            zones "example.net"
        }
    }
}"#
)]
pub struct Issuer {
    /// The ClusterIssuer's name.
    #[arg]
    pub name: Def<Issuer>,
    /// True when something else makes it.
    #[annotated("existing")]
    pub existing: bool,
    /// An ACME server signs, such as Let's Encrypt.
    #[block]
    pub acme: Option<Acme>,
    /// The Secret with the certificate and key that it signs with.
    #[prop]
    pub ca: Option<Spanned<String>>,
    /// Each certificate is signed with its own key.
    #[block]
    pub self_signed: Option<SelfSigned>,
    /// Further fields of the ClusterIssuer, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// Each certificate is signed with its own key.
#[derive(Debug, Node)]
#[node(name = "self-signed", example = "self-signed")]
pub struct SelfSigned {
    /// The node's name.
    #[head]
    pub head: Span,
}

/// An ACME server that signs for whoever shows that a domain is theirs (RFC 8555).
#[derive(Debug, Node)]
#[node(
    name = "acme",
    example = r#"acme "https://acme-v02.api.letsencrypt.org/directory" email="admin@example.net" {
    dns01 "cloudflare" secret="cloudflare-api-token" key="CLOUDFLARE_API_TOKEN"
}"#
)]
pub struct Acme {
    /// The server's directory.
    #[arg]
    pub server: Spanned<HttpUrl>,
    /// Where the server writes to when a certificate is about to run out.
    #[prop]
    pub email: Spanned<String>,
    /// The Secret that the account's key is kept in.
    #[prop(default = "`NAME-key`")]
    pub account_key: Option<Spanned<String>>,
    /// How it is shown that domains are yours: by records in their zones. At least one.
    #[block]
    pub dns01: Vec<Dns01>,
}

/// Shows that domains are yours by records in their zones (RFC 8555, section 8.4).
#[derive(Debug, Node)]
#[node(
    name = "dns01",
    example = r#"dns01 "cloudflare" secret="cloudflare-api-token" key="CLOUDFLARE_API_TOKEN" {
    zones "example.net"
}"#
)]
pub struct Dns01 {
    /// Who has the zones.
    #[arg]
    pub provider: Spanned<DnsProvider>,
    /// The Secret with the API token, in the namespace of the addon.
    #[prop]
    pub secret: Spanned<String>,
    /// The Secret's key that holds it.
    #[prop]
    pub key: Spanned<ConfigKey>,
    /// The zones it is for; all when absent.
    #[prop]
    pub zones: Vec<Expr<Fqdn>>,
    /// The account's mail address.
    #[prop(default = "that of `acme`")]
    pub email: Option<Spanned<String>>,
}

/// Who has a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DnsProvider {
    /// Cloudflare.
    Cloudflare,
}

impl Issuer {
    /// The ClusterIssuer, unless something else makes it.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        if self.existing {
            return None;
        }
        let at = self.head;
        let acme = match &self.acme {
            Some(acme) => Some(("acme", acme.lower(lower, &self.name)?)),
            None => None,
        };
        let ways = [
            acme,
            self.ca.as_ref().map(|secret| {
                ("ca", Data::map([("secretName", Data::string(secret.value.as_str(), secret.span))], secret.span))
            }),
            self.self_signed
                .as_ref()
                .map(|node| ("selfSigned", Data::map(std::iter::empty::<(&str, Data)>(), node.head))),
        ];
        let ways: Vec<(&str, Data)> = ways.into_iter().flatten().collect();
        if ways.len() != 1 {
            if !ways.is_empty() || (lower.is_whole() && self.extra.is_none()) {
                self.report_ways(lower, &ways);
            }
            self.extra.as_ref()?; // which may say it
        }
        let mut object = lower.object("cert-manager.io/v1", "ClusterIssuer", &self.name.name, self.name.span);
        object.field("spec", Data::map(ways, at));
        object.finish_with(self.extra.as_ref())
    }

    fn report_ways(&self, lower: &Lower<'_>, ways: &[(&str, Data)]) {
        let name = &self.name.name;
        lower.resolver.report(match ways {
            [] => Diagnostic::new(&ONE_WAY, self.name.span, format!("issuer `{name}` does not say how it signs"))
                .help("write one of `acme`, `ca` and `self-signed` in it"),
            _ => {
                let names: Vec<&str> = ways.iter().map(|(way, _)| *way).collect();
                let names = list_names(&names, "and");
                Diagnostic::new(&ONE_WAY, self.name.span, format!("issuer `{name}` signs in several ways: {names}"))
                    .help("keep one of them, and make another issuer of the other")
            }
        });
    }
}

impl Acme {
    fn lower(&self, lower: &Lower<'_>, issuer: &Def<Issuer>) -> Option<Data> {
        let at = self.server.span;
        let given = |text: &Spanned<String>| Data::string(text.value.as_str(), text.span);
        let key =
            self.account_key.as_ref().map_or_else(|| Data::string(format!("{}-key", issuer.name), issuer.span), given);
        let solvers = self.dns01.iter().map(|dns01| dns01.lower(lower, &self.email)).collect::<Option<_>>()?;
        Some(Data::map(
            [
                ("email", given(&self.email)),
                ("privateKeySecretRef", Data::map([("name", key)], at)),
                ("server", Data::string(self.server.value.as_str(), at)),
                ("solvers", Data::list(solvers, at)),
            ],
            at,
        ))
    }
}

impl Dns01 {
    fn lower(&self, lower: &Lower<'_>, account: &Spanned<String>) -> Option<Data> {
        let at = self.provider.span;
        let email = self.email.as_ref().unwrap_or(account);
        let token = Data::map(
            [
                ("key", Data::new(self.key.value.to_value(), self.key.span)),
                ("name", Data::string(self.secret.value.as_str(), self.secret.span)),
            ],
            self.secret.span,
        );
        let provider = match self.provider.value {
            DnsProvider::Cloudflare => (
                "cloudflare",
                [("apiTokenSecretRef", token), ("email", Data::string(email.value.as_str(), email.span))],
            ),
        };
        let mut solver = vec![("dns01", Data::map([(provider.0, Data::map(provider.1, at))], at))];
        if !self.zones.is_empty() {
            let zones = self.zones.iter().map(|zone| {
                let zone = lower.resolver.value(zone, lower.scope)?;
                Some(Data::string(zone.value.as_str(), zone.span))
            });
            let zones = zones.collect::<Option<_>>()?;
            solver.push(("selector", Data::map([("dnsZones", Data::list(zones, at))], at)));
        }
        Some(Data::map(solver, at))
    }
}

impl Referable for Issuer {
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
