//! `hlc import core/STACK`

use hlc_change::Scope;
use hlc_engine::{Fault, Session, UpkeepError, UpkeepOr};

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use super::work;
use crate::args::Args;
use crate::args::stack::ImportResource;
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &ImportResource, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    let stack = options.stack.0;
    block_on(async {
        let mut session = Session::locked(homelab.store.clone(), stack, &format!("import core/{stack}")).await?;
        let done = import(homelab, &mut session, options, console).await;
        session.close().await?;
        done
    })
}

async fn import(
    homelab: Homelab,
    session: &mut Session,
    options: &ImportResource,
    console: &Console,
) -> Result<Exit, Failure> {
    let ground = Ground::new(homelab, session, options.stack.0).await?;
    let scope = Scope::default();
    let how = ground.how(&ground.plan, &scope, true);
    let address = session.import(&how, &options.address, &options.id).await?;
    session.save().await.map_err(hlc_engine::EngineError::from)?;
    console.say(&format!("{address} is `{}` from now on", options.id));
    let target = Scope { targets: vec![address.as_str().to_owned()], ..Scope::default() };
    let how = ground.how(&ground.plan, &target, true);
    let sources = &ground.homelab.compilation.sources;
    let changes = work::plan(session, &how, sources, console).await?;
    if changes.at(&address).is_some_and(hlc_change::Change::is_change) {
        console.say("the next apply would change it:");
        work::show(&changes, sources, false, console)?;
    } else {
        console.say("it is as the homelab says");
    }
    Ok(Exit::Success)
}

impl From<UpkeepOr> for Failure {
    fn from(error: UpkeepOr) -> Self {
        match error {
            UpkeepOr::Engine(error) => error.into(),
            UpkeepOr::Upkeep(error) => error.into(),
        }
    }
}

impl From<UpkeepError> for Failure {
    fn from(error: UpkeepError) -> Self {
        let message = error.to_string();
        let help = match error {
            UpkeepError::NotPlanned(_) => "`hlc plan core/STACK --unchanged` lists what the homelab has".to_owned(),
            UpkeepError::NotRecorded(_) => "`hlc state list core/STACK` lists what the state has".to_owned(),
            UpkeepError::Recorded(_) => "`hlc state rm` makes the state forget it".to_owned(),
            UpkeepError::NoObject { .. } => "see that the id is right and that the login may read it".to_owned(),
            UpkeepError::Another { .. } | UpkeepError::OtherKind { .. } => "nothing was changed".to_owned(),
            UpkeepError::Unknown { .. } => "make what it needs first".to_owned(),
            UpkeepError::Fault(Fault::Denied { help, .. } | Fault::Refused { help: Some(help), .. }) => help,
            UpkeepError::Fault(_) => "nothing was changed".to_owned(),
        };
        Self::new(message).help(help)
    }
}
