//! `hlc state`

use hlc_change::Scope;
use hlc_diag::render::plain_line;
use hlc_engine::{Session, lock_name, state_name};
use hlc_plan::Stack;

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use super::work;
use crate::args::stack::State;
use crate::args::{Args, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, what: &State, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    block_on(async {
        match what {
            State::List { stack } => list(&homelab, stack.0, console).await,
            State::Show { stack, address } => show(&homelab, stack.0, address, console).await,
            State::Mv { stack, old, new } => {
                let mut session = locked(&homelab, stack.0, "state mv").await?;
                let moved = session.rename(old, new).map_err(Failure::from);
                let said = moved.map(|(from, to)| format!("{from} is {to} from now on"));
                finish(session, said, console).await
            }
            State::Rm { stack, address } => {
                let mut session = locked(&homelab, stack.0, "state rm").await?;
                let forgotten = session.forget(address).map_err(Failure::from);
                let said = forgotten.map(|address| format!("{address} is forgotten; what it was stays as it is"));
                finish(session, said, console).await
            }
            State::Unlock { stack } => unlock(&homelab, stack.0, console).await,
            State::Rebuild { stack, yes } => rebuild(homelab, stack.0, *yes, console).await,
        }
    })
}

async fn locked(homelab: &Homelab, stack: Stack, what: &str) -> Result<Session, Failure> {
    Ok(Session::locked(homelab.store.clone(), stack, &format!("{what} core/{stack}")).await?)
}

/// Writes the state if it was changed, and frees the lock either way.
async fn finish(mut session: Session, said: Result<String, Failure>, console: &Console) -> Result<Exit, Failure> {
    let saved: Result<(), Failure> = match &said {
        Ok(_) => session.save().await.map_err(|error| hlc_engine::EngineError::from(error).into()),
        Err(_) => Ok(()),
    };
    session.close().await?;
    saved?;
    console.say(&said?);
    Ok(Exit::Success)
}

async fn list(homelab: &Homelab, stack: Stack, console: &Console) -> Result<Exit, Failure> {
    let session = Session::open(homelab.store.clone(), stack).await?;
    let resources = &session.state.resources;
    if console.format == Format::Json {
        let addresses: Vec<&str> = resources.keys().map(hlc_plan::Address::as_str).collect();
        let document = serde_json::json!({ "version": 1, "serial": session.state.serial, "resources": addresses });
        console.data(|out| writeln!(out, "{document:#}"))?;
        return Ok(Exit::Success);
    }
    console.data(|out| resources.keys().try_for_each(|address| writeln!(out, "{}", plain_line(address.as_str()))))?;
    if resources.is_empty() {
        console.say(&format!(
            "core/{stack} has nothing: {} is not there, or empty",
            homelab.store.place(&state_name(stack))
        ));
    }
    Ok(Exit::Success)
}

async fn show(homelab: &Homelab, stack: Stack, address: &str, console: &Console) -> Result<Exit, Failure> {
    let session = Session::open(homelab.store.clone(), stack).await?;
    let address = session.address(address)?;
    if let Some(recorded) = session.state.resources.get(&address) {
        let mut document = serde_json::to_value(recorded)
            .map_err(|error| Failure::new(format!("the record cannot be written as JSON: {error}")))?;
        hide(&mut document);
        console.data(|out| writeln!(out, "{document:#}"))?;
    }
    Ok(Exit::Success)
}

/// A fingerprint says nothing to anybody.
fn hide(value: &mut serde_json::Value) {
    use serde_json::Value as Json;
    match value {
        Json::Object(map) if map.len() == 1 && map.contains_key("$secret") => {
            *value = Json::String("(secret)".to_owned())
        }
        Json::Object(map) => map.values_mut().for_each(hide),
        Json::Array(items) => items.iter_mut().for_each(hide),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

async fn unlock(homelab: &Homelab, stack: Stack, console: &Console) -> Result<Exit, Failure> {
    let name = lock_name(stack);
    let freed = homelab.store.unlock(&name).await.map_err(hlc_engine::EngineError::from)?;
    console.say(&match freed {
        Some(holder) => format!("freed the lock of core/{stack}, which {holder} held"),
        None => format!("nobody holds the lock of core/{stack}"),
    });
    Ok(Exit::Success)
}

async fn rebuild(homelab: Homelab, stack: Stack, yes: bool, console: &Console) -> Result<Exit, Failure> {
    let place = homelab.store.place(&state_name(stack));
    let question = format!("Make {place} anew from what is there?");
    if !work::confirm(&question, yes, console)? {
        return Ok(Exit::Failed);
    }
    let mut session = Session::fresh(homelab.store.clone(), stack, &format!("state rebuild core/{stack}")).await?;
    let ground = Ground::new(homelab, &session, stack).await?;
    let scope = Scope::default();
    let rebuilt = session.rebuild(&ground.how(&ground.plan, &scope, true)).await;
    let rebuilt = match rebuilt {
        Ok(rebuilt) => rebuilt,
        Err(error) => {
            session.close().await?;
            return Err(error.into());
        }
    };
    let saved = session.save().await;
    session.close().await?;
    saved.map_err(hlc_engine::EngineError::from)?;
    for (address, ids) in &rebuilt.doubtful {
        let address = plain_line(address.as_str());
        console.say(&format!(
            "note: {address} is there, but not as the homelab says ({}); if it is yours: `hlc import core/{stack} '{address}' ID`",
            ids.join(", ")
        ));
    }
    console.say(&format!(
        "core/{stack}: {} taken in, {} in doubt, {} not there; what was in the state before is in {place}.bak",
        rebuilt.taken.len(),
        rebuilt.doubtful.len(),
        rebuilt.absent.len()
    ));
    Ok(Exit::Success)
}
