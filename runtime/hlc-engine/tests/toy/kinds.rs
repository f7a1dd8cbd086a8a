//! The vendor's kinds as the engine sees them.

use std::sync::Arc;

use async_trait::async_trait;
use hlc_change::{Object, Properties, Value};
use hlc_engine::{Batch, Body, Fault, Operate, Relation, Step};
use hlc_plan::{Input, Kind, KindDecl, OutputDecl};
use hlc_schema::Data;

use super::vendor::{Request, Thing, Vendor, told};

const BOX_OUTPUTS: &[OutputDecl] = &[
    OutputDecl { name: "id", doc: "Its id.", secret: false },
    OutputDecl { name: "token", doc: "What opens it.", secret: true },
];

/// A box.
#[derive(Clone, Debug, Kind)]
#[kind(name = "box", stack = Hetzner, identity = "name and region", outputs = BOX_OUTPUTS, create_first)]
pub(crate) struct BoxDecl {
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// Where it stands.
    #[change(replace)]
    pub region: String,
    /// A label.
    #[change(update)]
    pub label: Option<String>,
    /// How large it is.
    #[change(grow)]
    pub size: u32,
    /// How it begins.
    #[change(restart)]
    pub start: String,
    /// What it is made of.
    #[change(create)]
    pub seed: String,
}

/// An item in a box.
#[derive(Clone, Debug, Kind)]
#[kind(name = "item", stack = Hetzner, identity = "box, form and name")]
pub(crate) struct ItemDecl {
    /// The box.
    #[change(replace)]
    pub box_id: Input<String>,
    /// A link is alone at its name.
    #[change(identity)]
    pub form: &'static str,
    /// Its name.
    #[change(identity)]
    pub name: String,
    /// What is in it.
    #[change(update)]
    pub content: Option<String>,
    /// Who may open it. The vendor never tells.
    #[change(update, secret)]
    pub password: Option<Input<String>>,
    /// What is written on it, also secrets.
    #[change(update, secrets)]
    pub notes: Option<Data>,
}

/// Boxes.
pub(crate) struct BoxKind(pub Arc<Vendor>);

/// Items.
pub(crate) struct ItemKind(pub Arc<Vendor>);

fn object(thing: &Thing, tells: bool) -> Object {
    let secret: &[&str] = if thing.kind == "item" { &["password", "size"] } else { &["seed"] };
    let mut properties: Properties =
        told(thing, secret).into_iter().map(|(name, value)| (name, Value::from_api(value))).collect();
    let unset: &[&str] = if thing.kind == "item" { &["content", "notes"] } else { &["label"] };
    for name in unset {
        properties.entry((*name).to_owned()).or_insert(Value::Null);
    }
    let mut outputs = [("id".to_owned(), Value::text(&thing.id))].into();
    if thing.kind == "box" && tells {
        Extend::extend(&mut outputs, [("token".to_owned(), Value::text(&thing.token))]);
    }
    Object { id: thing.id.clone(), properties, outputs }
}

fn text<'p>(properties: &'p Properties, name: &str) -> &'p str {
    properties.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// Everything of a kind but what makes it different.
macro_rules! operate {
    ($kind:ty, $decl:ty, $name:literal) => {
        #[async_trait]
        impl Operate for $kind {
            fn kind(&self) -> &'static KindDecl {
                <$decl>::decl()
            }

            fn key(&self, properties: &Properties) -> String {
                key($name, properties)
            }

            fn relation(&self, wanted: &Properties, object: &Properties) -> Relation {
                relation($name, wanted, object)
            }

            async fn list(&self, _: &[&Properties]) -> Result<Vec<Object>, Fault> {
                Ok(self.0.list($name).await?.iter().map(|thing| object(thing, !self.0.rules.tells_once)).collect())
            }

            async fn read(&self, id: &str, _: &Properties) -> Result<Option<Object>, Fault> {
                Ok(self.0.read(id).await?.map(|thing| object(&thing, !self.0.rules.tells_once)))
            }

            async fn create(&self, wanted: &Body) -> Result<Object, Fault> {
                one(&self.0, $name, &Step::Create(wanted.clone())).await?.ok_or(Fault::Gone)
            }

            async fn update(&self, id: &str, wanted: &Body, changed: &[String]) -> Result<Object, Fault> {
                let (wanted, changed) = (wanted.clone(), changed.to_vec());
                let step = Step::Update { id: id.to_owned(), wanted, changed };
                one(&self.0, $name, &step).await?.ok_or(Fault::Gone)
            }

            async fn delete(&self, id: &str, properties: &Properties) -> Result<(), Fault> {
                let step = Step::Delete { id: id.to_owned(), properties: properties.clone() };
                one(&self.0, $name, &step).await.map(drop)
            }

            fn batch(&self) -> Option<&dyn Batch> {
                (self.0.rules.batch > 0).then_some(self)
            }
        }

        #[async_trait]
        impl Batch for $kind {
            fn most(&self) -> usize {
                self.0.rules.batch
            }

            fn key(&self, _: &Step) -> String {
                String::new()
            }

            async fn carry_out(&self, steps: &[Step]) -> Result<Vec<Option<Object>>, Fault> {
                many(&self.0, $name, steps).await
            }
        }
    };
}

operate!(BoxKind, BoxDecl, "box");
operate!(ItemKind, ItemDecl, "item");

fn key(kind: &str, properties: &Properties) -> String {
    match kind {
        "box" => text(properties, "name").to_owned(),
        _ => format!("{} {}", text(properties, "box_id"), text(properties, "name")),
    }
}

fn relation(kind: &str, wanted: &Properties, object: &Properties) -> Relation {
    let same = |name: &str| text(wanted, name) == text(object, name);
    let is_link = |properties| text(properties, "form") == "link";
    match kind {
        "box" if same("name") && same("region") => Relation::Same,
        "item" if same("box_id") && same("name") && same("form") => Relation::Same,
        "item" if same("box_id") && same("name") && (is_link(wanted) || is_link(object)) => Relation::Clash,
        _ => Relation::Other,
    }
}

async fn one(vendor: &Vendor, kind: &'static str, step: &Step) -> Result<Option<Object>, Fault> {
    let objects = many(vendor, kind, std::slice::from_ref(step)).await?;
    Ok(objects.into_iter().next().flatten())
}

async fn many(vendor: &Vendor, kind: &'static str, steps: &[Step]) -> Result<Vec<Option<Object>>, Fault> {
    let requests: Vec<Request> = steps
        .iter()
        .map(|step| match step {
            Step::Create(body) => Request::Create { kind, body: body.0.clone() },
            Step::Update { id, wanted, changed } => {
                let body = wanted.0.iter().filter(|(name, _)| changed.contains(name));
                let body = body.map(|(name, value)| (name.clone(), value.clone())).collect();
                Request::Update { id: id.clone(), body }
            }
            Step::Delete { id, .. } => Request::Delete { id: id.clone() },
        })
        .collect();
    let is_new = |request: &Request| matches!(request, Request::Create { .. }) || !vendor.rules.tells_once;
    let things = vendor.write(&requests).await?;
    let objects =
        things.iter().zip(&requests).map(|(thing, request)| thing.as_ref().map(|it| object(it, is_new(request))));
    Ok(objects.collect())
}
