//! `hlc rehearse`: the real apply, through the real client, against a simulator on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hlc_change::{Scope, Value};
use hlc_engine::{Local, Others, Outputs, Provider, Session, Source, Store, Vault};
use hlc_model::Model;
use hlc_net::Url;
use hlc_plan::{Address, PlannedStack, Stack};
use hlc_schema::{Data, DataValue, Later};
use hlc_secrets::Secret;
use hlc_secrets::seal::passing_key;

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use super::work;
use crate::args::Args;
use crate::args::stack::{Carry, Rehearse};
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Rehearse, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    let stack = options.stack.0;
    let plan = homelab.plan(stack)?;
    let asked = Asked::of(&plan);
    let stage = Stage::new(stack, &homelab.compilation.model, &plan)?;
    // The folder goes with everything in it when the rehearsal is over.
    let folder = tempfile::tempdir().map_err(|error| Failure::new(format!("no folder for the rehearsal: {error}")))?;
    let store: Arc<dyn Store> = Arc::new(Local::new(folder.path().join("state")));
    let (recipient, identities) = passing_key();
    let values = asked.secrets.iter().map(|name| (name.clone(), made_up(name)));
    let source = Source::Known { values: values.collect(), recipients: vec![recipient], identities };
    let vault = Vault::new(source, None).map_err(|error| Failure::new(error.to_string()))?;
    let others = asked.others(console);
    let homelab = Homelab { store: store.clone(), ..homelab };
    let ground = Ground { homelab, plan, provider: stage.provider.clone(), vault, others };
    let carry = Carry { yes: true, parallelism: 10 };
    let done = block_on(async {
        let sources = &ground.homelab.compilation.sources;
        let scope = Scope::default();
        let mut session = Session::locked(store.clone(), stack, &format!("rehearse core/{stack}")).await?;
        let how = ground.how(&ground.plan, &scope, true);
        let changes = work::plan(&mut session, &how, sources, console).await?;
        work::show(&changes, sources, false, console)?;
        let exit = work::carry_out(&mut session, &how, &changes, &carry, sources, console).await?;
        if exit != Exit::Success {
            return Ok(exit);
        }
        let again = work::plan(&mut session, &how, sources, console).await?;
        if !again.counts().is_empty() {
            console.say("a second apply would change something again:");
            work::show(&again, sources, false, console)?;
            return Err(Failure::new("what was applied does not stay as it is")
                .help("this is a mistake in hlc, or in what the homelab says"));
        }
        console.say("a second plan has nothing to do");
        let nothing = ground.nothing();
        let everything = Scope { destroys: true, ..Scope::default() };
        let how = ground.how(&nothing, &everything, true);
        let changes = work::plan(&mut session, &how, sources, console).await?;
        let exit = work::carry_out(&mut session, &how, &changes, &carry, sources, console).await?;
        session.close().await?;
        Ok(exit)
    });
    let left = stage.left();
    let requests = stage.requests();
    drop(stage);
    drop(folder);
    match done {
        Ok(Exit::Success) if left == 0 => {
            console.say(&format!(
                "rehearsed core/{stack}: applied, unchanged, destroyed; {requests} requests, all to this machine"
            ));
            Ok(Exit::Success)
        }
        Ok(Exit::Success) => {
            Err(Failure::new(format!("{left} objects were left behind after everything was destroyed"))
                .help("this is a mistake in hlc: please report it"))
        }
        done => done,
    }
}

/// What a plan asks for that it does not say itself.
#[derive(Default)]
struct Asked {
    secrets: BTreeSet<String>,
    outputs: BTreeSet<(Address, String)>,
    stack: Option<Stack>,
}

impl Asked {
    fn of(plan: &PlannedStack) -> Self {
        let mut asked = Self { stack: Some(plan.stack), ..Self::default() };
        for resource in &plan.resources {
            resource.properties.iter().for_each(|(_, entry)| asked.visit(&entry.value));
        }
        asked
    }

    fn visit(&mut self, data: &Data) {
        match &data.value {
            DataValue::Deferred(later) => {
                for part in later.parts() {
                    match part {
                        Later::Secret(name) => drop(self.secrets.insert(name.clone())),
                        Later::Output { address, name } => {
                            self.outputs.insert((Address::new(address.as_str()), name.clone()));
                        }
                    }
                }
            }
            DataValue::List(items) => items.iter().for_each(|item| self.visit(item)),
            DataValue::Map(map) => map.iter().for_each(|(_, entry)| self.visit(&entry.value)),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_) => {}
        }
    }

    /// Something in the place of what other stacks would have, which is said.
    fn others(&self, console: &Console) -> Others {
        let mut stacks: BTreeMap<Stack, Outputs> = BTreeMap::new();
        for (number, (address, name)) in (1_u8..).zip(&self.outputs) {
            let stack = Stack::ALL.into_iter().find(|stack| address.as_str().starts_with(&format!("{stack}/")));
            let Some(stack) = stack.filter(|stack| Some(*stack) != self.stack) else { continue };
            // Addresses for examples (RFC 5737, RFC 3849).
            let value = match name.as_str() {
                "ipv4" | "ip" => format!("203.0.113.{number}"),
                "ipv6" => format!("2001:db8::{number:x}"),
                name => format!("rehearsed-{name}-{number}"),
            };
            console.say(&format!("note: {address} is not there in a rehearsal: its {name} is made up, {value}"));
            stacks
                .entry(stack)
                .or_default()
                .entry(address.clone())
                .or_default()
                .insert(name.clone(), Value::Text(value));
        }
        Others { stacks: stacks.into_iter().map(|(stack, outputs)| (stack, Ok(outputs))).collect() }
    }
}

/// A value in the place of a secret. Nobody else knows it, and nothing accepts it but the simulator.
fn made_up(name: &str) -> Secret {
    format!("rehearsal-of-{name}").into()
}

/// A simulator and the client that asks it.
struct Stage {
    simulator: hlc_sim::Cloudflare,
    provider: Provider,
    zones: Vec<String>,
}

impl Stage {
    fn new(stack: Stack, model: &Model, plan: &PlannedStack) -> Result<Self, Failure> {
        if stack != Stack::Cloudflare {
            return Err(Failure::new(format!(
                "core/{stack} cannot be rehearsed: this hlc carries out core/cloudflare only"
            )));
        }
        let token = "rehearsal-token";
        let zones: BTreeSet<String> = model
            .cloudflare
            .iter()
            .flat_map(|cloudflare| &cloudflare.zone)
            .map(|zone| zone.name.name.to_string())
            .collect();
        let mut settings = hlc_sim::cloudflare::Settings::new(zones.clone(), token);
        settings.zone_ids = plan.resources.iter().filter_map(zone_id).collect();
        let simulator = hlc_sim::Cloudflare::start(settings)
            .map_err(|error| Failure::new(format!("the simulator cannot be started: {error}")))?;
        let url = Url::parse(&simulator.url())
            .map_err(|error| Failure::new(format!("the simulator has no address: {error}")))?;
        let provider = hlc_providers::cloudflare::provider(token.to_owned().into(), Some(url))
            .map_err(|error| Failure::new(format!("the simulator cannot be asked: {error}")))?;
        Ok(Self { simulator, provider, zones: zones.into_iter().collect() })
    }

    /// How many objects there are.
    fn left(&self) -> usize {
        self.zones.iter().map(|zone| self.simulator.world().records(zone).len()).sum()
    }

    fn requests(&self) -> usize {
        self.simulator.control().log().len()
    }
}

/// A zone's name and its id, where a record says it.
fn zone_id(resource: &hlc_plan::PlannedResource) -> Option<(String, String)> {
    let text = |name| resource.properties.get(name).and_then(Data::as_str).map(str::to_owned);
    Some((text("zone")?, text("zone_id")?))
}
