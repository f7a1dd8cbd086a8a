//! Databases that an operator runs.

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::{AttrDecl, Choice, Data, Def, FreeBlock, Node, NodeDecl, Spanned};

use crate::lower::Lower;
use crate::resolve::{Ask, Place, Referable};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "host", doc: "The DNS name of the Service that leads to the primary." },
    AttrDecl { name: "url", doc: "`postgresql://HOST:5432/DATABASE`, without a user." },
    AttrDecl { name: "secret", doc: "The Secret that the operator makes: `username`, `password`, `uri` and more." },
    AttrDecl { name: "name", doc: "The database's name in the server." },
];

/// A database that an operator runs in the workload's namespace.
#[derive(Debug, Node)]
#[node(
    name = "database",
    names = Label,
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"database "n8n-pg" kind="cnpg" database="n8n" size="10Gi" storage-class="longhorn""#
)]
pub struct Database {
    /// The name of the operator's object.
    #[arg]
    pub name: Def<Database>,
    /// Which operator.
    #[prop]
    pub kind: Spanned<DatabaseKind>,
    /// The database that is made in it, and the role that owns it.
    #[prop(default = "the workload's name")]
    pub database: Option<Spanned<String>>,
    /// How many servers there are; one of them is the primary.
    #[prop(default = "1")]
    pub instances: Option<Spanned<u16>>,
    /// How large the volume of each server is.
    #[prop]
    pub size: Spanned<String>,
    /// The StorageClass of the volumes.
    #[prop(default = "the cluster's default")]
    pub storage_class: Option<Spanned<String>>,
    /// Requests and limits of each server.
    #[free]
    pub resources: Option<FreeBlock>,
    /// What is merged over the operator's object: fields that hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// An operator of databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DatabaseKind {
    /// PostgreSQL by CloudNativePG (`Cluster` of postgresql.cnpg.io/v1).
    Cnpg,
}

impl Database {
    fn database<'a>(&'a self, workload: &'a str) -> &'a str {
        self.database.as_ref().map_or(workload, |name| name.value.as_str())
    }

    /// The operator's object.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let text = |value: &Spanned<String>| Data::string(value.value.as_str(), value.span);
        let name =
            Data::string(self.database(&lower.workload.name.name), self.database.as_ref().map_or(at, |name| name.span));
        let mut storage = vec![("size", text(&self.size))];
        storage.extend(self.storage_class.as_ref().map(|class| ("storageClass", text(class))));
        let initdb = Data::map([("database", name.clone()), ("owner", name)], at);
        let instances = self.instances.map_or(Data::integer(1, at), |count| Data::integer(count.value, count.span));
        let mut spec = vec![
            ("bootstrap", Data::map([("initdb", initdb)], at)),
            ("instances", instances),
            ("storage", Data::map(storage, at)),
        ];
        if let Some(resources) = &self.resources {
            spec.push(("resources", lower.resolver.data(&resources.value, lower.scope, Place::Manifest)?));
        }
        let DatabaseKind::Cnpg = self.kind.value;
        let mut object = lower.object("postgresql.cnpg.io/v1", "Cluster", &self.name.name, self.name.span);
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }
}

/// A database and the workload it belongs to.
pub(crate) struct DatabaseIn<'m> {
    pub(crate) database: &'m Database,
    pub(crate) workload: &'m str,
    pub(crate) namespace: &'m str,
}

impl Referable for DatabaseIn<'_> {
    fn declaration(&self) -> &'static NodeDecl {
        Database::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        // CloudNativePG, "Service Management" and "Connecting from an application".
        let (name, namespace) = (&self.database.name.name, self.namespace);
        let host = || format!("{name}-rw.{namespace}.svc.cluster.local");
        let database = self.database.database(self.workload);
        match ask.field {
            "host" => ask.text(host()),
            "url" => ask.text(format!("postgresql://{}:5432/{database}", host())),
            "secret" => ask.text(format!("{name}-app")),
            "name" => ask.text(database),
            _ => ask.unknown(Database::decl()),
        }
    }
}
