//! A kind that has every sort of property, and a homelab of it.

use std::collections::BTreeMap;

use hlc_change::{
    ChangeSet, Composed, Fingerprint, Lookup, Object, Owner, Problem, Properties, Question, Recorded, Scope, Seen,
    State, Unresolved, Value, World, changes,
};
use hlc_diag::{FileId, Span};
use hlc_plan::{Address, Input, Kind, KindDecl, OutputDecl, Ownership, PlannedResource, PlannedStack, Stack};
use hlc_schema::{Data, DataValue, Deferred, Map, Spanned};

pub(crate) const HERE: Span = Span::new(FileId::new(0), 0, 0);

/// What must never be seen.
pub(crate) const CANARY: &str = "Kanarie/\"17\" + geel";

const OUTPUTS: &[OutputDecl] = &[
    OutputDecl { name: "id", doc: "Its id.", secret: false },
    OutputDecl { name: "key", doc: "What opens it.", secret: true },
];

/// A thing.
#[derive(Clone, Debug, Default, Kind)]
#[kind(name = "thing", stack = Hetzner, identity = "name", outputs = OUTPUTS)]
pub(crate) struct Thing {
    /// Its name.
    #[change(identity)]
    pub(crate) name: String,
    /// A note.
    #[change(update)]
    pub(crate) note: Option<String>,
    /// How it runs.
    #[change(restart)]
    pub(crate) mode: Option<String>,
    /// How large it is.
    #[change(grow)]
    pub(crate) size: Option<u64>,
    /// Where it is.
    #[change(replace)]
    pub(crate) region: Option<String>,
    /// How it began.
    #[change(create)]
    pub(crate) seed: Option<String>,
    /// Another thing.
    #[change(update)]
    pub(crate) uses: Option<Input<String>>,
    /// Who may use it.
    #[change(update, secret)]
    pub(crate) password: Option<Input<String>>,
    /// What it is told, secrets in it.
    #[change(update, secrets)]
    pub(crate) env: Option<Data>,
}

/// Another kind, for addresses that are alike.
#[derive(Clone, Debug, Default, Kind)]
#[kind(name = "volume", stack = Hetzner, identity = "name", protected, create_first)]
pub(crate) struct Volume {
    /// Its name.
    #[change(identity)]
    pub(crate) name: String,
    /// Where it is.
    #[change(replace)]
    pub(crate) region: Option<String>,
}

pub(crate) fn address(name: &str) -> Address {
    Address::resource::<Thing>(name)
}

pub(crate) fn secret(key: &str) -> Option<Input<String>> {
    Some(Input::later(Deferred::secret(key), HERE))
}

/// A map of a text and a secret.
pub(crate) fn env(open: &str, key: &str) -> Option<Data> {
    let mut map = Map::new();
    map.insert("open", HERE, Data::string(open, HERE));
    map.insert("hidden", HERE, Data::deferred(Deferred::secret(key), HERE));
    Some(Data::new(DataValue::Map(map), HERE))
}

pub(crate) fn output(name: &str, output: &str) -> Option<Input<String>> {
    Some(Input::later(Deferred::output(address(name).as_str(), output), HERE))
}

/// Secrets are known by names; fingerprints are told from them.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) secrets: BTreeMap<String, String>,
}

pub(crate) fn fingerprint(plain: &str) -> Fingerprint {
    // What it is made of must not show.
    Fingerprint::new(plain.bytes().map(|byte| format!("{:x}", byte ^ 0x5a)).rev().collect::<String>())
}

impl Lookup for Names {
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved> {
        let plain = self.secrets.get(name).map_or(CANARY, String::as_str);
        if name == "unknown" {
            return Err(Unresolved { message: "there is no `unknown`".to_owned(), help: "add it".to_owned() });
        }
        Ok(fingerprint(&format!("{name} {plain}")))
    }

    fn output(&self, address: &Address, _: &str) -> Result<Option<Value>, Unresolved> {
        Err(Unresolved { message: format!("{address} was never made"), help: "make it".to_owned() })
    }

    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        Ok(fingerprint(&format!("{pieces:?}")))
    }
}

/// Plan, state and world of things.
pub(crate) struct Homelab {
    pub(crate) plan: PlannedStack,
    pub(crate) state: State,
    pub(crate) world: World,
    pub(crate) scope: Scope,
    pub(crate) lookup: Names,
}

impl Default for Homelab {
    fn default() -> Self {
        Self {
            plan: PlannedStack { stack: Stack::Hetzner, resources: Vec::new() },
            state: State::new(Stack::Hetzner, "line".to_owned()),
            world: World::default(),
            scope: Scope::default(),
            lookup: Names::default(),
        }
    }
}

impl Homelab {
    pub(crate) fn plans(mut self, resource: PlannedResource) -> Self {
        self.plan.resources.push(resource);
        self.plan.resources.sort_by(|a, b| a.address.cmp(&b.address));
        self
    }

    /// A thing that is wanted.
    pub(crate) fn wants(self, thing: Thing) -> Self {
        self.plans(planned(thing))
    }

    /// A thing that was made so.
    pub(crate) fn made(self, thing: Thing) -> Self {
        self.recorded(thing, Owner::Ours)
    }

    pub(crate) fn recorded(mut self, thing: Thing, owner: Owner) -> Self {
        let resource = planned(thing);
        let recorded = Recorded {
            kind: "thing".to_owned(),
            id: format!("id-{}", resource.address.as_str()),
            properties: self.properties(&resource),
            outputs: outputs(&resource.address),
            depends_on: resource.depends_on.iter().map(|it| it.as_str().to_owned()).collect(),
            protected: false,
            owner,
            leftover: Vec::new(),
        };
        self.state.resources.insert(resource.address, recorded);
        self
    }

    /// The object of a thing, as it is there, under the address that the plan has for it.
    pub(crate) fn sees(self, thing: Thing) -> Self {
        let at = address(&thing.name);
        self.sees_at(&at, thing)
    }

    pub(crate) fn sees_at(mut self, at: &Address, thing: Thing) -> Self {
        let object = self.object(thing);
        self.world.seen.insert(at.clone(), Seen::Object(object));
        self
    }

    pub(crate) fn finds(mut self, name: &str, seen: Seen) -> Self {
        self.world.seen.insert(address(name), seen);
        self
    }

    pub(crate) fn object(&self, thing: Thing) -> Object {
        let resource = planned(thing);
        let mut properties = self.properties(&resource);
        // The vendor tells what is unset, and never a password.
        properties.remove("password");
        properties.remove("seed");
        for name in ["note", "mode", "size", "region", "env", "uses"] {
            properties.entry(name.to_owned()).or_insert(Value::Null);
        }
        Object { id: format!("id-{}", resource.address.as_str()), properties, outputs: outputs(&resource.address) }
    }

    /// What a resource should be, once everything is known.
    pub(crate) fn wanted(&self, resource: &PlannedResource) -> Properties {
        self.properties(resource)
    }

    /// Properties with every output known.
    fn properties(&self, resource: &PlannedResource) -> Properties {
        hlc_change::wanted(resource, &Outputs(&self.lookup), &|_, _| {}).unwrap()
    }

    pub(crate) fn decide(&self) -> Result<ChangeSet, Vec<Problem>> {
        let kinds: BTreeMap<&'static str, &'static KindDecl> =
            [("thing", Thing::decl()), ("volume", Volume::decl())].into();
        changes(&Question {
            plan: &self.plan,
            state: &self.state,
            world: &self.world,
            lookup: &self.lookup,
            kinds: &kinds,
            canonical: &|_, _| {},
            scope: &self.scope,
        })
    }

    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let problems = self.decide().expect_err("nothing stands against it");
        problems.iter().map(|problem| problem.code.id).collect()
    }
}

struct Outputs<'a>(&'a Names);

impl Lookup for Outputs<'_> {
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved> {
        self.0.secret(name)
    }

    fn output(&self, address: &Address, name: &str) -> Result<Option<Value>, Unresolved> {
        Ok(outputs(address).remove(name))
    }

    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        self.0.compose(pieces)
    }
}

pub(crate) fn outputs(address: &Address) -> BTreeMap<String, Value> {
    let id = format!("id-{address}");
    [("key".to_owned(), Value::Secret(fingerprint(&id))), ("id".to_owned(), Value::Text(id))].into()
}

pub(crate) fn planned(thing: Thing) -> PlannedResource {
    PlannedResource::new(address(&thing.name), thing, HERE)
}

pub(crate) fn thing(name: &str) -> Thing {
    Thing { name: name.to_owned(), ..Thing::default() }
}

/// A thing with everything set.
pub(crate) fn full(name: &str) -> Thing {
    Thing {
        note: Some("as it was".to_owned()),
        mode: Some("slow".to_owned()),
        size: Some(10),
        region: Some("north".to_owned()),
        seed: Some("sand".to_owned()),
        password: secret("password"),
        env: env("told", "env"),
        ..thing(name)
    }
}

pub(crate) fn owned(thing: Thing, ownership: Ownership) -> PlannedResource {
    planned(thing).owned(ownership)
}

pub(crate) fn was(thing: Thing, was: &str) -> PlannedResource {
    let mut resource = planned(thing);
    resource.was = Some(Spanned::new(address(was), HERE));
    resource
}

/// Changes in one line each: what, why, and what differs.
pub(crate) fn told(changes: &ChangeSet) -> Vec<String> {
    let name = |address: &Address| address.as_str().trim_start_matches("hetzner/").to_owned();
    changes
        .changes
        .iter()
        .map(|change| {
            let mut line = format!("{} {}: {}", change.action.word(), name(&change.address), change.reason);
            if let Some(was) = &change.moved_from {
                line.push_str(&format!(" (was {})", name(was)));
            }
            for field in &change.fields {
                let side = |side: &Option<Value>| side.as_ref().map_or("-".to_owned(), ToString::to_string);
                line.push_str(&format!("; {} {} > {}", field.path, side(&field.before), side(&field.after)));
                if field.effect != hlc_change::Effect::Update {
                    line.push_str(&format!(" ({:?})", field.effect).to_lowercase());
                }
            }
            line
        })
        .collect()
}
