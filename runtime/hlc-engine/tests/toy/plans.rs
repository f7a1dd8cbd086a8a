//! Plans for the vendor.

use hlc_diag::{FileId, Span};
use hlc_plan::{Address, Input, PlannedResource, PlannedStack, Stack};
use hlc_schema::{Data, DataValue, Deferred, Later, Map, Piece, Spanned};

use super::kinds::{BoxDecl, ItemDecl};

pub(crate) const PASSWORD_KEY: &str = "toy/password";
pub(crate) const PASSWORD: &str = "hunter2/\"Kanarie\" & more";
pub(crate) const OTHER_KEY: &str = "toy/other";
pub(crate) const OTHER: &str = "zwaluw+Zw4luw=";
pub(crate) const NOTE_KEY: &str = "toy/note";
pub(crate) const NOTE: &str = "ijsvogel:IJsv0gel";
pub(crate) const SEED: &str = "sand";

pub(crate) const HERE: Span = Span::new(FileId::new(0), 0, 0);

/// A box that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Boxed {
    pub name: String,
    pub was: Option<String>,
    pub decl: BoxDecl,
}

/// An item that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub name: String,
    pub form: &'static str,
    pub within: String,
    pub content: Option<String>,
    /// The key of its password.
    pub password: Option<&'static str>,
    pub notes: Option<Note>,
    /// Items it needs.
    pub after: Vec<String>,
}

/// What is written on an item.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// A text and a secret in a map.
    Mixed(&'static str),
    /// The box's token in a longer text, in a list.
    Token,
    /// Text only.
    Open(&'static str),
}

/// What is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub boxes: Vec<Boxed>,
    pub items: Vec<Item>,
}

pub(crate) fn boxed(name: &str) -> Boxed {
    let decl = BoxDecl {
        name: name.to_owned(),
        region: "north".to_owned(),
        label: Some("mine".to_owned()),
        size: 2,
        start: "cold".to_owned(),
        seed: SEED.to_owned(),
    };
    Boxed { name: name.to_owned(), was: None, decl }
}

pub(crate) fn item(name: &str, within: &str) -> Item {
    let (form, content) = ("plain", Some(format!("content of {name}")));
    Item {
        name: name.to_owned(),
        form,
        within: within.to_owned(),
        content,
        password: None,
        notes: None,
        after: Vec::new(),
    }
}

impl Default for Plan {
    fn default() -> Self {
        let mut items = vec![item("one", "left"), item("two", "left"), item("three", "right"), item("four", "right")];
        items[1].password = Some(PASSWORD_KEY);
        items[2].notes = Some(Note::Mixed("written"));
        items[3].notes = Some(Note::Token);
        items[3].after.push("hetzner/item.plain.three".to_owned());
        Self { boxes: vec![boxed("left"), boxed("right"), boxed("spare")], items }
    }
}

impl Plan {
    /// Changed.
    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut plan = Self::default();
        change(&mut plan);
        plan
    }

    pub(crate) fn planned(&self) -> PlannedStack {
        let mut resources: Vec<PlannedResource> = Vec::new();
        for boxed in &self.boxes {
            let address = Address::resource::<BoxDecl>(&boxed.name);
            let mut resource = PlannedResource::new(address, boxed.decl.clone(), HERE);
            let was = boxed.was.as_ref().map(|was| Address::resource::<BoxDecl>(was));
            resource.was = was.map(|was| Spanned::new(was, HERE));
            resources.push(resource);
        }
        for item in &self.items {
            let within = format!("hetzner/box.{}", item.within);
            let text = |text: &str| Data::string(text, HERE);
            let notes = item.notes.as_ref().map(|note| match note {
                Note::Open(open) => text(open),
                Note::Mixed(open) => {
                    let mut map = Map::new();
                    map.insert("open", HERE, text(open));
                    map.insert("hidden", HERE, Data::deferred(Deferred::secret(NOTE_KEY), HERE));
                    Data::new(DataValue::Map(map), HERE)
                }
                Note::Token => {
                    let value = Later::Output { address: within.clone(), name: "token".to_owned() };
                    let pieces = vec![Piece::Text("bearer ".to_owned()), Piece::Later { value, url: true }];
                    Data::list(vec![text("first"), Data::deferred(Deferred::Text(pieces), HERE)], HERE)
                }
            });
            let decl = ItemDecl {
                box_id: Input::later(Deferred::output(&within, "id"), HERE),
                form: item.form,
                name: item.name.clone(),
                content: item.content.clone(),
                password: item.password.map(|key| Input::later(Deferred::secret(key), HERE)),
                notes,
            };
            let address = Address::resource::<ItemDecl>(&format!("{}.{}", item.form, item.name));
            let resource = PlannedResource::new(address, decl, HERE);
            resources.push(item.after.iter().fold(resource, |it, after| it.after(Address::new(after))));
        }
        resources.sort_by(|a, b| a.address.cmp(&b.address));
        PlannedStack { stack: Stack::Hetzner, resources }
    }
}

type Named = Vec<(String, PlannedStack)>;

fn named(plans: impl IntoIterator<Item = (&'static str, Plan)>) -> Named {
    plans.into_iter().map(|(about, plan)| (about.to_owned(), plan.planned())).collect()
}

pub(crate) fn updates() -> Named {
    named([
        ("a content", Plan::with(|plan| plan.items[0].content = Some("another".to_owned()))),
        ("a label", Plan::with(|plan| plan.boxes[0].decl.label = Some("another".to_owned()))),
        ("a label unset", Plan::with(|plan| plan.boxes[0].decl.label = None)),
        ("a start", Plan::with(|plan| plan.boxes[1].decl.start = "warm".to_owned())),
        ("a password", Plan::with(|plan| plan.items[1].password = Some(OTHER_KEY))),
        ("a password unset", Plan::with(|plan| plan.items[1].password = None)),
        ("a note", Plan::with(|plan| plan.items[2].notes = Some(Note::Mixed("erased")))),
        ("a note without its secret", Plan::with(|plan| plan.items[2].notes = Some(Note::Open("erased")))),
        ("no note", Plan::with(|plan| plan.items[3].notes = None)),
        (
            "several",
            Plan::with(|plan| {
                plan.items.iter_mut().for_each(|item| item.content = Some("all".to_owned()));
                plan.boxes[2].decl.label = Some("another".to_owned());
            }),
        ),
    ])
}

pub(crate) fn replacements() -> Named {
    named([
        ("a region", Plan::with(|plan| plan.boxes[0].decl.region = "south".to_owned())),
        (
            "less size",
            Plan::with(|plan| {
                plan.boxes[2].decl.region = "south".to_owned();
                plan.boxes[2].decl.size = 1;
            }),
        ),
        ("another box", Plan::with(|plan| plan.items[0].within = "right".to_owned())),
    ])
}

pub(crate) fn less() -> PlannedStack {
    Plan::with(|plan| {
        plan.items.truncate(2);
        plan.boxes.remove(1);
    })
    .planned()
}
