//! Certificates (cert-manager.io/v1, Certificate).

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::{DnsLabel, Fqdn};
use hlc_schema::{AttrDecl, Data, Def, Expr, FreeBlock, Node, NodeDecl, Ref, Scalar as _, ScopeId, Spanned};

use super::Issuer;
use crate::lower::Lower;
use crate::resolve::{Ask, Referable, Resolver};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The Certificate's name." },
    AttrDecl { name: "namespace", doc: "The namespace of Certificate and Secret." },
    AttrDecl { name: "secret", doc: "The Secret that holds certificate and key." },
];

/// A certificate that is kept in a Secret and renewed by cert-manager.
#[derive(Debug, Node)]
#[node(
    name = "certificate",
    names = Subdomain,
    attributes = ATTRIBUTES,
    example = r#"certificate "wildcard-example-net" issuer="letsencrypt-prod" namespace="kube-system" {
    hosts "example.net" "*.example.net"
}"#
)]
pub struct Certificate {
    /// The Certificate's name.
    #[arg]
    pub name: Def<Certificate>,
    /// Who signs it.
    #[prop]
    pub issuer: Ref<Issuer>,
    /// The hosts it is for; a first label `*` stands for one label.
    #[prop]
    pub hosts: Vec<Expr<Fqdn>>,
    /// The Secret that holds certificate and key.
    #[prop(default = "`NAME-tls`")]
    pub secret: Option<Spanned<String>>,
    /// The namespace of Certificate and Secret.
    #[prop(default = "that of the workload or addon")]
    pub namespace: Option<Spanned<DnsLabel>>,
    /// Further fields of the Certificate, merged over what hlc makes.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Certificate {
    /// The Secret that holds certificate and key.
    #[must_use]
    pub fn secret(&self) -> String {
        self.secret.as_ref().map_or_else(|| format!("{}-tls", self.name.name), |secret| secret.value.clone())
    }

    /// The namespace of Certificate and Secret, given that of the workload or addon.
    #[must_use]
    pub fn namespace<'c>(&'c self, unit: &'c str) -> &'c str {
        self.namespace.as_ref().map_or(unit, |namespace| namespace.value.as_str())
    }

    /// Its hosts; `None` when one cannot be told, which has been reported.
    pub(crate) fn hosts(&self, resolver: &Resolver<'_>, scope: ScopeId) -> Option<Vec<Spanned<Fqdn>>> {
        self.hosts.iter().map(|host| resolver.value(host, scope)).collect()
    }

    /// The Certificate.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let hosts = self.hosts(lower.resolver, lower.scope)?;
        let hosts = hosts.into_iter().map(|host| Data::new(host.value.to_value(), host.span)).collect();
        let issuer = Data::map(
            [
                ("kind", Data::string("ClusterIssuer", at)),
                ("name", Data::string(self.issuer.name.as_str(), self.issuer.span)),
            ],
            at,
        );
        let secret = self.secret.as_ref().map_or(self.name.span, |secret| secret.span);
        let spec = [
            ("dnsNames", Data::list(hosts, at)),
            ("issuerRef", issuer),
            ("secretName", Data::string(self.secret(), secret)),
        ];
        let mut object = lower.object("cert-manager.io/v1", "Certificate", &self.name.name, self.name.span);
        object.namespace(self.namespace(lower.namespace()));
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }
}

/// A certificate and the namespace of what makes it.
pub(crate) struct CertificateIn<'m> {
    pub(crate) certificate: &'m Certificate,
    pub(crate) namespace: &'m str,
}

impl Referable for CertificateIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        Certificate::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.certificate.name.name.as_str()),
            "namespace" => ask.text(self.certificate.namespace(self.namespace)),
            "secret" => ask.text(self.certificate.secret()),
            _ => ask.unknown(Certificate::decl()),
        }
    }
}
