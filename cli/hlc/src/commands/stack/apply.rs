//! `hlc apply`

use std::path::Path;

use hlc_change::{SavedPlan, SavedPlanError, Scope, Words};
use hlc_engine::Session;
use hlc_plan::Stack;

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use super::work;
use crate::args::Args;
use crate::args::stack::{Apply, Carry, What};
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Apply, console: &Console) -> Result<Exit, Failure> {
    match &options.what {
        What::Stack(stack) => {
            let run = Run {
                stack: stack.0,
                scope: options.part.scope(false),
                words: options.deletes.words(),
                destroys: false,
                carry: &options.carry,
                saved: None,
            };
            run.run(args, console)
        }
        What::Saved(path) => {
            if !options.part.targets.is_empty() || !options.part.excludes.is_empty() {
                return Err(Failure::new("a saved plan already says which part it is about")
                    .help("leave out --target and --exclude"));
            }
            let saved = read(path)?;
            let stack = saved.stack().ok_or_else(|| refused(path, &SavedPlanError::OtherStack(saved.stack.clone())))?;
            let run = Run {
                stack,
                scope: Scope {
                    targets: saved.targets.clone(),
                    excludes: saved.excludes.clone(),
                    destroys: saved.destroy,
                },
                words: Words { allow_delete: saved.allow_delete.clone(), max_deletes: saved.max_deletes },
                destroys: saved.destroy,
                carry: &options.carry,
                saved: Some((path, &saved)),
            };
            run.run(args, console)
        }
    }
}

/// A run that changes a stack.
pub(super) struct Run<'a> {
    pub(super) stack: Stack,
    pub(super) scope: Scope,
    pub(super) words: Words,
    /// True when nothing should be left.
    pub(super) destroys: bool,
    pub(super) carry: &'a Carry,
    /// What was looked at before; it is not asked about again.
    pub(super) saved: Option<(&'a Path, &'a SavedPlan)>,
}

impl Run<'_> {
    pub(super) fn run(&self, args: &Args, console: &Console) -> Result<Exit, Failure> {
        let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
        let word = if self.destroys { "destroy" } else { "apply" };
        let what = format!("{word} core/{}", self.stack);
        block_on(async {
            let mut session = Session::locked(homelab.store.clone(), self.stack, &what).await?;
            let done = self.carry_out(homelab, &mut session, console).await;
            session.close().await?;
            done
        })
    }

    async fn carry_out(&self, homelab: Homelab, session: &mut Session, console: &Console) -> Result<Exit, Failure> {
        let ground = Ground::new(homelab, session, self.stack).await?;
        let nothing = ground.nothing();
        let plan = if self.destroys { &nothing } else { &ground.plan };
        let how = ground.how(plan, &self.scope, true);
        let sources = &ground.homelab.compilation.sources;
        if let Some((path, saved)) = self.saved {
            saved.fits(plan, &session.state).map_err(|error| refused(path, &error))?;
        }
        let changes = work::plan(session, &how, sources, console).await?;
        work::show(&changes, sources, false, console)?;
        if let Some((path, saved)) = self.saved
            && !saved.is_for(&changes)
        {
            return Err(Failure::new(format!(
                "what `{}` was made for has changed: somebody else has changed what is there, and now the above would have to be done",
                path.display()
            ))
            .help("nothing was done: plan again, and look at it again"));
        }
        work::refuses(&changes, &self.words, sources, console)?;
        let counts = changes.counts();
        let question = if self.destroys { "Delete all this?" } else { "Carry this out?" };
        if !counts.is_empty() && self.saved.is_none() && !work::confirm(question, self.carry.yes, console)? {
            return Ok(Exit::Failed);
        }
        work::carry_out(session, &how, &changes, self.carry, sources, console).await
    }
}

fn read(path: &Path) -> Result<SavedPlan, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(format!("`{}` is no stack, and no plan that can be read: {error}", path.display()))
            .help("name a stack such as core/cloudflare, or a file that `hlc plan --out FILE` has written")
    })?;
    SavedPlan::read(&bytes).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &SavedPlanError) -> Failure {
    Failure::new(format!("`{}` is not carried out: {error}", path.display())).help("plan again, and look at it again")
}
