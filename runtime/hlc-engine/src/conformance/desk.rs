//! Where runs are made: a subject with a store and a key.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hlc_change::render::{Shown, human, json};
use hlc_change::{Change, ChangeSet, Scope};
use hlc_diag::Sources;
use hlc_diag::render::termcolor::NoColor;
use hlc_plan::PlannedStack;
use hlc_secrets::Identities;
use hlc_secrets::seal::passing_key_text;

use super::memory::Memory;
use super::secrets::find_secrets;
use super::subject::Subject;
use crate::{Carrying, Ended, EngineError, How, Others, Outcome, Session, Source, Stop, Vault, Watch};

/// Where runs are made.
pub struct Desk<'s, S> {
    /// What they are about.
    pub subject: &'s S,
    /// Where its state is.
    pub store: Memory,
    /// How many requests are under way at once.
    pub parallel: usize,
    /// Asks runs to end.
    pub stop: Stop,
    public: String,
    private: String,
    seen: std::sync::Mutex<Vec<u8>>,
}

/// Says nothing.
pub struct Quiet;

impl Watch for Quiet {
    fn started(&self, _: &Change) {}
    fn ended(&self, _: &Change, _: &Ended, _: Duration) {}
    fn note(&self, _: &Change, _: &str) {}
}

impl<'s, S: Subject> Desk<'s, S> {
    /// A place without a state.
    pub fn new(subject: &'s S) -> Self {
        let (public, private) = passing_key_text();
        let (store, stop) = (Memory::default(), Stop::default());
        Self { subject, store, parallel: 4, stop, public, private: private.to_string(), seen: Default::default() }
    }

    /// Plain values for a session.
    pub fn vault(&self, session: &Session) -> Vault {
        let values: BTreeMap<String, hlc_secrets::Secret> =
            self.subject.secrets().into_iter().map(|(name, value)| (name, value.into())).collect();
        let identities = Identities::from_text("test", &self.private);
        let source = Source::Known { values, recipients: vec![self.public.clone()], identities };
        Vault::new(source, session.sealed_key()).unwrap()
    }

    /// Opens a session under the lock.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn session(&self, plan: &PlannedStack) -> Result<Session, EngineError> {
        Session::locked(Arc::new(self.store.clone()), plan.stack, "test").await
    }

    /// Does something in a session with all that a run needs.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn with<T>(
        &self,
        plan: &PlannedStack,
        scope: &Scope,
        run: impl AsyncFnOnce(&mut Session, &How<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut session = self.session(plan).await?;
        let vault = self.vault(&session);
        let provider = self.subject.provider();
        let others = Others::default();
        let how = How { provider: &provider, plan, vault: &vault, others: &others, scope, refresh: true };
        let result = run(&mut session, &how).await;
        session.close().await?;
        result
    }

    /// What is to be done.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn plan(&self, plan: &PlannedStack) -> Result<ChangeSet, EngineError> {
        let changes = self.with(plan, &Scope::default(), async |session, how| session.plan(how).await).await?;
        self.show(&changes);
        Ok(changes)
    }

    /// Plans and carries out.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn apply(&self, plan: &PlannedStack) -> Result<Outcome, EngineError> {
        self.apply_part(plan, &Scope::default()).await
    }

    /// Plans and carries a part out.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn apply_part(&self, plan: &PlannedStack, scope: &Scope) -> Result<Outcome, EngineError> {
        self.with(plan, scope, async |session, how| {
            let changes = session.plan(how).await?;
            self.show(&changes);
            self.carry_out(session, how, &changes).await
        })
        .await
    }

    /// Carries out what was planned.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn carry_out(
        &self,
        session: &mut Session,
        how: &How<'_>,
        changes: &ChangeSet,
    ) -> Result<Outcome, EngineError> {
        let (parallel, patience) = (self.parallel, Duration::from_millis(2));
        let outcome =
            session.apply(how, changes, &Carrying { parallel, watch: &Quiet, stop: &self.stop, patience }).await;
        match &outcome {
            Ok(outcome) => self.remember(format!("{outcome:?}").as_bytes()),
            Err(EngineError::Moved { now }) => self.show(now),
            Err(error) => self.remember(format!("{error} {error:?}").as_bytes()),
        }
        outcome
    }

    /// Keeps changes as they are shown, for the search for secrets.
    fn show(&self, changes: &ChangeSet) {
        let mut out = NoColor::new(Vec::new());
        human(&mut out, changes, &Sources::default(), Shown { unchanged: true }).unwrap();
        self.remember(&out.into_inner());
        self.remember(json(changes, &Sources::default()).to_string().as_bytes());
        self.remember(format!("{changes:?}").as_bytes());
    }

    fn remember(&self, bytes: &[u8]) {
        self.seen.lock().unwrap().extend_from_slice(bytes);
    }

    /// Runs until everything is as the plan says, at most twice, and holds that it is: nothing more to do, nothing sent for that, one
    /// object for each that a vendor without faults has, and no secret anywhere.
    pub async fn settles(&self, plan: &PlannedStack, expected: &[String], context: &str) {
        for _ in 0..2 {
            let outcome = self.apply(plan).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
            if outcome.is_success() {
                break;
            }
        }
        self.is_settled(plan, expected, context).await;
    }

    /// Holds that everything is as the plan says.
    pub async fn is_settled(&self, plan: &PlannedStack, expected: &[String], context: &str) {
        let (writes, operations) = (self.subject.writes().await, self.store.count_all());
        let outcome = self.apply(plan).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
        assert!(outcome.is_success() && outcome.ended.is_empty(), "{context}: {outcome:?}");
        assert_eq!(self.subject.writes().await, writes, "{context}: something was sent though nothing was to be done");
        assert_eq!(self.store.count_all(), operations, "{context}: something was written though nothing was done");
        assert_eq!(sorted(self.subject.objects().await), expected, "{context}");
        self.tells_no_secret(context).await;
    }

    /// Holds that no secret is in what was kept or shown.
    pub async fn tells_no_secret(&self, context: &str) {
        let mut secrets: Vec<String> = self.subject.secrets().into_iter().map(|(_, value)| value).collect();
        secrets.extend(self.subject.made_secrets().await);
        let found: Vec<String> = [self.store.take_kept(), std::mem::take(&mut *self.seen.lock().unwrap())]
            .iter()
            .flat_map(|bytes| find_secrets(bytes, &secrets).into_iter().cloned().collect::<Vec<_>>())
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{context}: a secret is kept or shown");
    }
}

/// An error with what it is about.
pub(super) fn told(error: &EngineError) -> String {
    let EngineError::Problems(problems) = error else { return error.to_string() };
    let told: Vec<String> = problems.iter().map(|problem| format!("{} ({})", problem.message, problem.help)).collect();
    told.join("; ")
}

pub(super) fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}
