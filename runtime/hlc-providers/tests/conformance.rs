//! Cloudflare's provider held against the laws of carrying out, at the simulator of Cloudflare.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hlc_change::{Object, Properties};
use hlc_diag::{FileId, Span};
use hlc_engine::conformance::{Hurt, Subject};
use hlc_engine::{Batch, Body, Fault, Operate, Provider, Relation, Step};
use hlc_model::stack::cloudflare::{Record, ZoneLookup};
use hlc_net::{Policy, Url};
use hlc_plan::{Address, Input, KindDecl, Ownership, PlannedResource, PlannedStack, Stack};
use hlc_providers::cloudflare;
use hlc_schema::Deferred;
use hlc_secrets::Secret;
use hlc_sim::cloudflare::Settings;
use hlc_sim::{Cloudflare, End, RetryAfter};
use serde_json::{Value as Json, json};

const TOKEN: &str = "simulated-token-of-forty-characters-0001";
const ZONE: &str = "example.net";
const HERE: Span = Span::new(FileId::new(0), 0, 0);

mod at_the_simulator {
    use super::Site;
    hlc_engine::conformance!(Site::start());
}

/// Cloudflare as a subject.
struct Site {
    sim: Arc<Cloudflare>,
    wire: Arc<Wire>,
}

/// What goes wrong on the way.
#[derive(Default)]
struct Wire {
    writes: AtomicUsize,
    hurts: Mutex<Vec<(usize, Hurt)>>,
    /// What is refused, by what it is about.
    refused: Mutex<BTreeSet<String>>,
    /// One request that writes at a time, so that what goes wrong goes wrong with that one.
    one: tokio::sync::Mutex<()>,
}

impl Site {
    fn start() -> Self {
        let sim = Arc::new(Cloudflare::start(Settings::new([ZONE], TOKEN)).unwrap());
        Self { sim, wire: Arc::default() }
    }

    fn records(&self) -> Vec<Json> {
        self.sim.world().records(ZONE)
    }

    fn find(&self, kind: &str, name: &str) -> Option<String> {
        let is_it = |record: &&Json| record["type"] == kind && record["name"] == name;
        Some(self.records().iter().find(is_it)?["id"].as_str()?.to_owned())
    }
}

/// A record that is wanted.
#[derive(Clone)]
struct Wanted {
    kind: &'static str,
    name: &'static str,
    content: &'static str,
    comment: Option<&'static str>,
    ttl: u64,
    proxied: bool,
    priority: Option<u16>,
}

fn wanted() -> Vec<Wanted> {
    let record =
        |kind, name, content| Wanted { kind, name, content, comment: None, ttl: 1, proxied: false, priority: None };
    vec![
        Wanted { comment: Some("kept"), ..record("A", "www.example.net", "192.0.2.1") },
        record("A", "example.net", "192.0.2.2"),
        record("AAAA", "www.example.net", "2001:db8::1"),
        Wanted { proxied: true, ..record("CNAME", "*.lab.example.net", "www.example.net") },
        Wanted { priority: Some(10), ..record("MX", "example.net", "mail.example.net") },
        record("TXT", "example.net", "\"v=spf1 -all\""),
    ]
}

fn planned(records: &[Wanted]) -> PlannedStack {
    let zone = Address::resource::<ZoneLookup>(ZONE);
    let lookup = PlannedResource::new(zone.clone(), ZoneLookup { name: ZONE.to_owned(), id: None }, HERE);
    let records = records.iter().map(|wanted| {
        let record = Record {
            zone: ZONE.to_owned(),
            zone_id: Input::later(Deferred::output(zone.as_str(), "id"), HERE),
            r#type: wanted.kind,
            name: wanted.name.to_owned(),
            content: Some(Input::known(wanted.content.to_owned(), HERE)),
            data: None,
            priority: wanted.priority,
            ttl: wanted.ttl,
            proxied: wanted.proxied,
            comment: wanted.comment.map(str::to_owned),
            extra: None,
        };
        PlannedResource::new(address(wanted.kind, wanted.name), record, HERE)
    });
    let mut resources: Vec<PlannedResource> = records.chain([lookup.owned(Ownership::Existing)]).collect();
    resources.sort_by(|a, b| a.address.cmp(&b.address));
    PlannedStack { stack: Stack::Cloudflare, resources }
}

fn address(kind: &str, name: &str) -> Address {
    Address::resource::<Record>(&format!("{kind}.{name}"))
}

fn with(change: impl Fn(&mut Vec<Wanted>)) -> PlannedStack {
    let mut records = wanted();
    change(&mut records);
    planned(&records)
}

fn edited(place: usize, change: impl Fn(&mut Wanted)) -> PlannedStack {
    with(|records| records.iter_mut().skip(place).take(1).for_each(&change))
}

#[async_trait]
impl Subject for Site {
    fn provider(&self) -> Provider {
        let idle = Duration::from_secs(2);
        let first_wait = Duration::from_millis(5);
        let policy = Policy { attempts: 3, idle, deadline: Duration::from_secs(60), first_wait, ..Policy::default() };
        let settings = cloudflare::Settings { base: Some(Url::parse(&self.sim.url()).unwrap()), policy, page: 100 };
        let mut provider = cloudflare::provider_with(Secret::from(TOKEN.to_owned()), settings).unwrap();
        for kind in &mut provider.kinds {
            *kind = Arc::new(Hurting { inner: kind.clone(), sim: self.sim.clone(), wire: self.wire.clone() });
        }
        provider
    }

    fn secrets(&self) -> Vec<(String, String)> {
        vec![("cloudflare/token".to_owned(), TOKEN.to_owned())]
    }

    fn plan(&self) -> PlannedStack {
        planned(&wanted())
    }

    fn updates(&self) -> Vec<(String, PlannedStack)> {
        [
            ("content", edited(0, |it| it.content = "192.0.2.9")),
            ("comment", edited(0, |it| it.comment = Some("another"))),
            ("comment unset", edited(0, |it| it.comment = None)),
            ("ttl", edited(1, |it| it.ttl = 300)),
            ("proxied", edited(3, |it| it.proxied = false)),
            ("priority", edited(4, |it| it.priority = Some(20))),
            ("several", with(|records| records.iter_mut().for_each(|it| it.comment = Some("all")))),
        ]
        .map(|(about, plan)| (about.to_owned(), plan))
        .into()
    }

    fn replacements(&self) -> Vec<(String, PlannedStack)> {
        Vec::new()
    }

    fn less(&self) -> PlannedStack {
        with(|records| records.truncate(3))
    }

    async fn objects(&self) -> Vec<String> {
        let text = |record: &Json, name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let records = self.records();
        // What else one name has of a type is another record only where its content is another.
        let records = records.iter().map(|record| format!("{} {}", text(record, "type"), text(record, "name")));
        records.chain([format!("zone {ZONE}")]).collect()
    }

    async fn writes(&self) -> usize {
        self.wire.writes.load(Ordering::SeqCst)
    }

    async fn hurt(&self, nth: usize, hurt: Hurt) {
        self.wire.hurts.lock().unwrap().push((self.wire.writes.load(Ordering::SeqCst) + nth, hurt));
    }

    async fn heal(&self) {
        self.wire.hurts.lock().unwrap().clear();
        self.wire.refused.lock().unwrap().clear();
        self.sim.control().clear_faults();
    }

    async fn meddle(&self) -> Address {
        let id = self.find("A", "example.net").unwrap();
        self.sim.world().edit(ZONE, &id, &json!({"comment": "theirs", "ttl": 600})).unwrap();
        address("A", "example.net")
    }

    async fn intrude(&self) -> Address {
        let record = json!({"type": "A", "name": "www.example.net", "content": "192.0.2.1", "comment": "theirs"});
        self.sim.world().put(ZONE, &record).unwrap();
        address("A", "www.example.net")
    }

    async fn remove(&self) -> Address {
        let id = self.find("TXT", "example.net").unwrap();
        self.sim.world().delete(ZONE, &id).unwrap();
        address("TXT", "example.net")
    }

    async fn id(&self, address: &Address) -> Option<String> {
        let (kind, name) = address.as_str().strip_prefix("cloudflare/")?.split_once('.')?;
        if kind == "zone" {
            return self.sim.world().zone_id(name);
        }
        let (kind, name) = name.split_once('.')?;
        self.find(kind, name)
    }
}

/// A kind of which requests that write go wrong on order.
struct Hurting {
    inner: Arc<dyn Operate>,
    sim: Arc<Cloudflare>,
    wire: Arc<Wire>,
}

type Sent<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

impl Hurting {
    /// Sends what `send` sends, with what is to go wrong with it.
    async fn write<'a, T>(&self, about: &[String], send: impl Fn() -> Sent<'a, T> + Send + Sync) -> Result<T, Fault> {
        let _one = self.wire.one.lock().await;
        let number = self.wire.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let hurt = {
            let mut hurts = self.wire.hurts.lock().unwrap();
            let at = hurts.iter().position(|(at, _)| *at == number);
            at.map(|at| hurts.remove(at).1)
        };
        if hurt == Some(Hurt::Refused) {
            self.wire.refused.lock().unwrap().extend(about.first().cloned());
        }
        if about.iter().any(|about| self.wire.refused.lock().unwrap().contains(about)) {
            return Err(Fault::Refused { message: "this one is refused".to_owned(), help: None });
        }
        let fault = match hurt {
            None | Some(Hurt::Refused) => return send().await,
            Some(Hurt::Doubled) => {
                send().await?;
                return send().await;
            }
            Some(Hurt::Lost) => hlc_sim::Fault::after(End::Drop),
            Some(Hurt::Cut) => hlc_sim::Fault::cut(10),
            Some(Hurt::Never) => hlc_sim::Fault::before(End::Drop),
            Some(Hurt::Hangs) => hlc_sim::Fault::after(End::Hang),
            Some(Hurt::Denied) => hlc_sim::Fault::unauthorized().always(),
            Some(Hurt::Throttled) => hlc_sim::Fault::throttle(RetryAfter::Seconds(0)),
        };
        self.sim.control().fault(fault);
        send().await
    }
}

fn about(body: &Body) -> String {
    format!("{:?} {:?}", body.0.get("type"), body.0.get("name"))
}

fn about_step(step: &Step) -> String {
    match step {
        Step::Create(body) | Step::Update { wanted: body, .. } => about(body),
        Step::Delete { id, .. } => id.clone(),
    }
}

#[async_trait]
impl Operate for Hurting {
    fn kind(&self) -> &'static KindDecl {
        self.inner.kind()
    }

    fn canonical(&self, properties: &mut Properties) {
        self.inner.canonical(properties);
    }

    fn key(&self, properties: &Properties) -> String {
        self.inner.key(properties)
    }

    fn relation(&self, wanted: &Properties, object: &Properties) -> Relation {
        self.inner.relation(wanted, object)
    }

    async fn list(&self, wanted: &[&Properties]) -> Result<Vec<Object>, Fault> {
        self.inner.list(wanted).await
    }

    async fn read(&self, id: &str, properties: &Properties) -> Result<Option<Object>, Fault> {
        self.inner.read(id, properties).await
    }

    async fn create(&self, wanted: &Body) -> Result<Object, Fault> {
        self.write(&[about(wanted)], || self.inner.create(wanted)).await
    }

    async fn update(&self, id: &str, wanted: &Body, changed: &[String]) -> Result<Object, Fault> {
        self.write(&[about(wanted)], || self.inner.update(id, wanted, changed)).await
    }

    async fn delete(&self, id: &str, properties: &Properties) -> Result<(), Fault> {
        self.write(&[id.to_owned()], || self.inner.delete(id, properties)).await
    }

    fn batch(&self) -> Option<&dyn Batch> {
        self.inner.batch().map(|_| self as &dyn Batch)
    }
}

#[async_trait]
impl Batch for Hurting {
    fn most(&self) -> usize {
        // Groups of two, so that there is more than one request.
        2
    }

    fn key(&self, step: &Step) -> String {
        self.inner.batch().unwrap().key(step)
    }

    async fn carry_out(&self, steps: &[Step]) -> Result<Vec<Option<Object>>, Fault> {
        let about: Vec<String> = steps.iter().map(about_step).collect();
        self.write(&about, || self.inner.batch().unwrap().carry_out(steps)).await
    }
}
