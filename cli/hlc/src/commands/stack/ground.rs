//! What every run over a stack stands on: the homelab, its plan, its secrets, its state and its API.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use hlc_change::{Scope, Unresolved};
use hlc_delivery::Project;
use hlc_engine::{EngineError, How, Local, Others, Provider, S3, S3Keys, S3Settings, Session, Source, Store, Vault};
use hlc_model::Compilation;
use hlc_model::concept::StatesAt;
use hlc_plan::{PlannedStack, Stack};
use hlc_schema::SecretKey;

use super::provider;
use crate::args::Args;
use crate::commands::secrets;
use crate::console::Console;
use crate::failure::Failure;
use crate::project;

/// The homelab and where its states are.
pub(super) struct Homelab {
    pub(super) project: Project,
    pub(super) compilation: ManuallyDrop<Compilation>,
    pub(super) store: Arc<dyn Store>,
}

/// Everything that a run over a stack needs besides the state.
pub(super) struct Ground {
    pub(super) homelab: Homelab,
    pub(super) plan: PlannedStack,
    pub(super) provider: Provider,
    pub(super) vault: Vault,
    pub(super) others: Others,
}

impl Homelab {
    /// The homelab without an error in it; `None` after its findings were shown.
    pub(super) fn sound(args: &Args, console: &Console) -> Result<Option<Self>, Failure> {
        let project = project::find(args)?;
        let compilation = project::compile(args, &project)?;
        if console.refuses_briefly(&compilation) {
            return Ok(None);
        }
        let store = store(&project, &compilation)?;
        Ok(Some(Self { project, compilation, store }))
    }

    /// What should exist of a stack.
    pub(super) fn plan(&self, stack: Stack) -> Result<PlannedStack, Failure> {
        let plan = self.compilation.plan.as_ref().ok_or_else(Failure::no_plan)?;
        let found = plan.stacks.iter().find(|planned| planned.stack == stack);
        Ok(found.cloned().unwrap_or(PlannedStack { stack, resources: Vec::new() }))
    }

    /// Where secrets come from.
    pub(super) fn secrets(&self) -> Source {
        match secrets::values(&self.project, &self.compilation) {
            Ok((values, recipients, identities)) => Source::Known { values, recipients, identities },
            Err(failure) => {
                let (message, help) = failure.into_parts();
                Source::Closed(Unresolved { message, help: help.unwrap_or_default() })
            }
        }
    }
}

/// Where the homelab says that states are kept.
fn store(project: &Project, compilation: &Compilation) -> Result<Arc<dyn Store>, Failure> {
    let homelab = compilation.model.homelab.as_ref().ok_or_else(Failure::no_plan)?;
    let (bucket, region, endpoint, prefix, keys) = match homelab.states_at() {
        StatesAt::Folder(path) => return Ok(Arc::new(Local::new(project.folder.join(path)))),
        StatesAt::Bucket { bucket, region, endpoint, prefix, keys } => (bucket, region, endpoint, prefix, keys),
    };
    let keys = match keys {
        None => None,
        Some((access, secret)) => {
            let (values, ..) = secrets::values(project, compilation)?;
            let named = |key: &SecretKey| {
                values.get(&key.name).cloned().ok_or_else(|| {
                    Failure::new(format!("the SOPS file has no `{}`, which opens the bucket of states", key.name))
                        .help(format!("add it with `hlc secrets set {}`", key.name))
                })
            };
            Some(S3Keys { access: named(access)?, secret: named(secret)? })
        }
    };
    let settings = S3Settings {
        bucket: bucket.to_owned(),
        region: region.map(str::to_owned),
        endpoint: endpoint.cloned(),
        prefix,
        keys,
    };
    let store = S3::connect(&settings).map_err(EngineError::from)?;
    Ok(Arc::new(store))
}

impl Ground {
    /// Everything for a run over a stack that has this state.
    pub(super) async fn new(homelab: Homelab, session: &Session, stack: Stack) -> Result<Self, Failure> {
        let plan = homelab.plan(stack)?;
        let vault = Vault::new(homelab.secrets(), session.sealed_key()).map_err(|error| {
            Failure::new(error.to_string()).help("name a key of the SOPS file's recipients in SOPS_AGE_KEY_FILE")
        })?;
        let provider = provider::of(stack, &homelab.compilation.model, &vault)?;
        let others = hlc_engine::others(&homelab.store, &plan, &vault).await?;
        Ok(Self { homelab, plan, provider, vault, others })
    }

    /// The same stack with nothing in it.
    pub(super) fn nothing(&self) -> PlannedStack {
        PlannedStack { stack: self.plan.stack, resources: Vec::new() }
    }

    /// How a run is made.
    pub(super) fn how<'a>(&'a self, plan: &'a PlannedStack, scope: &'a Scope, refresh: bool) -> How<'a> {
        How { provider: &self.provider, plan, vault: &self.vault, others: &self.others, scope, refresh }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        use hlc_engine::{Fault, StoreError};
        let (message, known) = (error.to_string(), error.help());
        let help = match error {
            EngineError::Store(StoreError::Locked { .. }) => {
                "wait until it is done; when it is surely gone, `hlc state unlock core/STACK` frees the lock".to_owned()
            }
            EngineError::Store(StoreError::Moved { .. }) => "run it again".to_owned(),
            EngineError::Store(StoreError::Failed { .. }) => "nothing was done".to_owned(),
            EngineError::State { .. } | EngineError::Journal { .. } => known.unwrap_or_default().to_owned(),
            EngineError::Vault(_) => "name a key of the SOPS file's recipients in SOPS_AGE_KEY_FILE".to_owned(),
            EngineError::Observe(error) => match error.fault {
                Fault::Denied { help, .. } | Fault::Refused { help: Some(help), .. } => help,
                Fault::Refused { help: None, .. }
                | Fault::Exists(_)
                | Fault::Gone
                | Fault::Unclear(_)
                | Fault::Unavailable(_) => "nothing was done: try again when it answers".to_owned(),
            },
            EngineError::Problems(_) => "nothing was done".to_owned(),
            EngineError::Moved { .. } => "nothing was done: look at the plan again".to_owned(),
        };
        Self::new(message).help(help)
    }
}
