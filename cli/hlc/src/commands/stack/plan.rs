//! `hlc plan`

use std::path::Path;

use hlc_change::{ChangeSet, SavedPlan};
use hlc_engine::Session;

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use super::work;
use crate::args::Args;
use crate::args::stack::Plan;
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Plan, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    block_on(async {
        let stack = options.stack.0;
        let mut session = Session::open(homelab.store.clone(), stack).await?;
        let ground = Ground::new(homelab, &session, stack).await?;
        let nothing = ground.nothing();
        let plan = if options.destroy { &nothing } else { &ground.plan };
        let scope = options.part.scope(options.destroy);
        let how = ground.how(plan, &scope, options.refresh);
        let sources = &ground.homelab.compilation.sources;
        let changes = work::plan(&mut session, &how, sources, console).await?;
        work::show(&changes, sources, options.unchanged, console)?;
        let mut words = options.deletes.words();
        if options.destroy {
            words.max_deletes = usize::MAX;
        }
        work::refuses(&changes, &words, sources, console)?;
        if let Some(path) = &options.out {
            let mut saved = SavedPlan::new(plan, &session.state, &scope, &changes);
            saved.allow_delete = words.allow_delete;
            saved.max_deletes = words.max_deletes;
            saved.destroy = options.destroy;
            save(path, &saved, &changes, console)?;
        }
        let is_changed = !changes.counts().is_empty();
        Ok(if is_changed && options.detailed_exitcode { Exit::Changes } else { Exit::Success })
    })
}

fn save(path: &Path, saved: &SavedPlan, changes: &ChangeSet, console: &Console) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
    // Whole or not at all: a plan that was cut short is refused, but there is no need to leave one behind.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, &saved.write()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    if changes.counts().is_empty() {
        console.say(&format!("saved to {}, though there is nothing to do", path.display()));
    } else {
        console.say(&format!("saved; `hlc apply {}` carries out exactly this", path.display()));
    }
    Ok(())
}
