//! Secrets that come from a secret store.

mod openbao;

pub(crate) use openbao::lower_openbao;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::scalar::{ConfigKey, DnsLabel};
use hlc_schema::suggest::list_names;
use hlc_schema::{AttrDecl, Data, Def, FreeBlock, Node, NodeDecl, Ref, Spanned};

use crate::concept::{SecretStore, StoreKind};
use crate::lower::Lower;
use crate::model::Model;
use crate::resolve::{Ask, Referable};

pub(crate) const CODES: &[&Code] = &[&SECRET_STORE, &NO_KEYS];

/// A secret for which no single store is meant.
pub(crate) static SECRET_STORE: Code = Code {
    id: "HLC0408",
    name: "secret-store",
    severity: Severity::Error,
    summary: "a secret for which no single store is meant",
    explain: "A homelab with one `secret-store` needs no word about it. With more, a secret says which: `store=\"NAME\"`.",
    bad: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nworkload \"web\" category=\"apps\" {\n    namespace \
          \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" { category \"apps\" }\nsecret-store \"bao\" kind=\"openbao\" \
           host=\"http://openbao.example.net\" { path \"/web\" { keys \"TOKEN\" } }\nworkload \"web\" category=\"apps\" {\n    \
           namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

/// A secret without keys.
pub(crate) static NO_KEYS: Code = Code {
    id: "HLC0409",
    name: "no-keys",
    severity: Severity::Error,
    summary: "a secret that lists no keys",
    explain: "The keys of a secret are written down, so that every use of them can be checked: against the store, and by the \
              containers that read them.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

const ATTRIBUTES: &[AttrDecl] = &[AttrDecl { name: "name", doc: "The Kubernetes Secret's name." }];

/// A Kubernetes Secret that is filled from a secret store while the cluster runs.
///
/// Its keys are written here, so that every use of them can be checked; its values are never seen by hlc.
#[derive(Debug, Node)]
#[node(
    name = "secret",
    names = Subdomain,
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"secret "grafana-admin" path="/grafana" {
    keys "ADMIN_USER" "ADMIN_PASSWORD"
}"#
)]
pub struct Secret {
    /// The Kubernetes Secret's name.
    #[arg]
    pub name: Def<Secret>,
    /// The store it comes from; not needed when there is one only.
    #[prop]
    pub store: Option<Ref<SecretStore>>,
    /// The path in the store.
    #[prop]
    pub path: Spanned<String>,
    /// Keys that are called the same in the store and in the Secret; at least one, here or as a `key`.
    #[prop]
    pub keys: Vec<Spanned<ConfigKey>>,
    /// Keys that are called otherwise in the store.
    #[block]
    pub key: Vec<SecretMapping>,
    /// The name of the object that asks for the Secret (InfisicalSecret, SecretProviderClass).
    ///
    /// Secrets from OpenBao with one name here share a SecretProviderClass.
    #[prop(default = "the Secret's name")]
    pub object: Option<Spanned<String>>,
    /// OpenBao: the role that pods of the workload log in with.
    #[prop(default = "the workload's name")]
    pub role: Option<Spanned<String>>,
    /// What is merged over that object: fields that hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A key of a Secret that is called otherwise in the store.
#[derive(Debug, Node)]
#[node(name = "key", example = r#"key "GF_AUTH_CLIENT_SECRET" from="OAUTH_CLIENT_SECRET""#)]
pub struct SecretMapping {
    /// The key in the Kubernetes Secret.
    #[arg]
    pub name: Spanned<ConfigKey>,
    /// The key in the store.
    #[prop]
    pub from: Spanned<ConfigKey>,
}

impl Secret {
    /// Its keys in Kubernetes.
    pub fn kubernetes_keys(&self) -> impl Iterator<Item = &Spanned<ConfigKey>> {
        self.keys.iter().chain(self.key.iter().map(|mapping| &mapping.name))
    }

    /// Its keys in the store.
    pub fn store_keys(&self) -> impl Iterator<Item = &Spanned<ConfigKey>> {
        self.keys.iter().chain(self.key.iter().map(|mapping| &mapping.from))
    }

    /// The store it comes from, if that can be told.
    #[must_use]
    pub fn store<'m>(&self, model: &'m Model) -> Option<&'m SecretStore> {
        match &self.store {
            Some(reference) => model.stores().find(|store| store.name.name == reference.name),
            None => {
                let mut stores = model.stores();
                stores.next().filter(|_| stores.next().is_none())
            }
        }
    }

    /// The name of the object that asks for it, and where that stands.
    fn object_name(&self) -> (&str, Span) {
        let own = (self.name.name.as_str(), self.name.span);
        self.object.as_ref().map_or(own, |name| (name.value.as_str(), name.span))
    }

    /// The object that asks the store's operator for the Secret.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let model = lower.resolver.model;
        if self.keys.is_empty() && self.key.is_empty() && lower.is_whole() {
            lower.resolver.report(
                Diagnostic::new(&NO_KEYS, self.name.span, format!("secret `{}` lists no keys", self.name.name))
                    .help("write the keys at its path that are needed: `keys \"NAME\"`"),
            );
        }
        let Some(store) = self.store(model) else {
            if self.store.is_none() && !model.faults.may_hide(SecretStore::decl()) {
                let names: Vec<_> = model.stores().map(|store| store.name.name.as_str()).collect();
                let diagnostic = Diagnostic::new(
                    &SECRET_STORE,
                    self.name.span,
                    format!("secret `{}` has no store to come from", self.name.name),
                );
                lower.resolver.report(if names.is_empty() {
                    diagnostic.help("declare a `secret-store`; `hlc explain secret-store` shows one")
                } else {
                    diagnostic.help(format!("say which: `store=\"…\"`; there are {}", list_names(&names, "and")))
                });
            }
            return None;
        };
        match store.kind.value {
            StoreKind::Infisical => self.infisical(lower, store),
            // Several share one object.
            StoreKind::Openbao => None,
        }
    }

    /// An InfisicalSecret (secrets.infisical.com/v1alpha1) with Kubernetes authentication.
    fn infisical(&self, lower: &Lower<'_>, store: &SecretStore) -> Option<PlannedObject> {
        let (Some(identity), Some(project), Some(environment), Some(account)) =
            (&store.identity, &store.project, &store.environment, &store.service_account)
        else {
            return None; // reported at the store
        };
        let host = lower.resolver.value(&store.host, hlc_schema::ScopeId::default())?;
        let at = self.head;
        let given = |text: &Spanned<String>| Data::string(text.value.as_str(), text.span);
        let label = |label: &Spanned<DnsLabel>| Data::string(label.value.as_str(), label.span);
        let authentication = Data::map(
            [(
                "kubernetesAuth",
                Data::map(
                    [
                        ("identityId", given(identity)),
                        (
                            "secretsScope",
                            Data::map(
                                [
                                    ("envSlug", given(environment)),
                                    ("projectSlug", given(project)),
                                    ("secretsPath", given(&self.path)),
                                ],
                                at,
                            ),
                        ),
                        (
                            "serviceAccountRef",
                            Data::map([("name", label(&account.name)), ("namespace", label(&account.namespace))], at),
                        ),
                    ],
                    at,
                ),
            )],
            at,
        );
        let mut managed = vec![
            ("creationPolicy", Data::string("Owner", at)),
            ("secretName", Data::string(self.name.name.as_str(), self.name.span)),
            ("secretNamespace", Data::string(lower.namespace(), at)),
        ];
        if !self.key.is_empty() {
            // A template renames keys; without one the operator copies all keys of the path under their own names. It is Go's
            // text/template, where a key that is no identifier needs `index`.
            let data = self.store_keys().zip(self.kubernetes_keys()).map(|(from, name)| {
                let key = from.value.as_str();
                let value = if key.contains(['-', '.']) || key.starts_with(|c: char| c.is_ascii_digit()) {
                    format!("{{{{ (index . \"{key}\").Value }}}}")
                } else {
                    format!("{{{{ .{key}.Value }}}}")
                };
                (name.value.as_str().to_owned(), Data::string(value, from.span))
            });
            managed.push(("template", Data::map([("data", Data::map(data, at))], at)));
        }
        let resync = store.resync.map_or(60, |seconds| seconds.value.0);
        let spec = Data::map(
            [
                ("authentication", authentication),
                ("hostAPI", Data::string(host.value.as_str(), host.span)),
                ("managedSecretReference", Data::map(managed, at)),
                ("resyncInterval", Data::integer(resync, at)),
            ],
            at,
        );
        let name = self.object_name();
        let mut object = lower.object("secrets.infisical.com/v1alpha1", "InfisicalSecret", name.0, name.1);
        // The CRD's schema lacks fields that the operator reads, so that server-side apply would refuse the object.
        let annotation = [("argocd.argoproj.io/sync-options", Data::string("ServerSideApply=false", at))];
        object.metadata("annotations", Data::map(annotation, at));
        object.field("spec", spec);
        object.finish_with(self.extra.as_ref())
    }
}

impl Referable for Secret {
    fn declaration(&self) -> &'static NodeDecl {
        Secret::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            _ => ask.unknown(Secret::decl()),
        }
    }
}
