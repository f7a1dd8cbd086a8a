//! What a provider can do, one kind of resource at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use hlc_change::{Object, Properties};
use hlc_plan::{KindDecl, Stack};

/// A vendor's API as the engine sees it: the kinds of one stack.
#[derive(Clone)]
pub struct Provider {
    /// The stack.
    pub stack: Stack,
    /// Its kinds, in an order in which they can be looked up: what others lie in comes first.
    pub kinds: Vec<Arc<dyn Operate>>,
}

impl Provider {
    /// The kind of this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Arc<dyn Operate>> {
        self.kinds.iter().find(|kind| kind.kind().name == name)
    }

    /// What is known of every kind.
    #[must_use]
    pub fn decls(&self) -> BTreeMap<&'static str, &'static KindDecl> {
        self.kinds.iter().map(|kind| (kind.kind().name, kind.kind())).collect()
    }
}

/// Properties as they are sent: plain, secrets included. Shows itself nowhere.
#[derive(Clone)]
pub struct Body(pub serde_json::Map<String, serde_json::Value>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} properties)", self.0.len())
    }
}

/// How an object relates to what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is what is wanted: whoever makes that again gets a second one, or is refused.
    Same,
    /// It is another one that cannot stay beside it, or that would be mistaken for it.
    Clash,
    /// It has nothing to do with it.
    Other,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was refused and certainly not done.
    #[error("{message}")]
    Refused {
        /// One line, lower case, no full stop. Never holds a secret.
        message: String,
        /// What to do, where that can be said.
        help: Option<String>,
    },
    /// It was refused since something like it exists.
    #[error("{0}")]
    Exists(String),
    /// The object is not there (any more).
    #[error("it is not there any more")]
    Gone,
    /// Whoever asks may not: nothing else is worth trying with this login.
    #[error("{message}")]
    Denied {
        /// As in [`Fault::Refused`].
        message: String,
        /// What to do.
        help: String,
    },
    /// Nobody knows whether it was done.
    #[error("{0}")]
    Unclear(String),
    /// It was not done: the API is not there, or asks for more patience than there is.
    #[error("{0}")]
    Unavailable(String),
}

/// One kind of resource at its API.
///
/// Each function asks the API once (retries of what only reads, and of what was certainly not carried out, happen below); what to do
/// about an unclear answer is the engine's business. An implementation keeps nothing between calls that it could not find again.
#[async_trait]
pub trait Operate: Send + Sync {
    /// The kind.
    fn kind(&self) -> &'static KindDecl;

    /// Brings properties into the form in which the API answers them, so that equal ones compare equal: spelling of names,
    /// addresses and texts. Leaves what is not known or secret as it is.
    fn canonical(&self, _properties: &mut Properties) {}

    /// A key that an object shares with whatever is [`Relation::Same`] or [`Relation::Clash`] to it. Objects are only compared
    /// within a key.
    fn key(&self, properties: &Properties) -> String;

    /// How an object relates to what is wanted. Both are canonical.
    fn relation(&self, wanted: &Properties, object: &Properties) -> Relation;

    /// Every object that one of `wanted` could be, or clash with: properties of what is planned, of what was made, and of what may have
    /// been made. Where the API can list, this lists: the number of requests must
    /// not grow with the number of resources by more than pages.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn list(&self, wanted: &[&Properties]) -> Result<Vec<Object>, Fault>;

    /// One object; `None` when there is none (any more), also when what it lay in is gone. `properties` are those of its resource as far
    /// as they are known. Tells the same as [`Operate::list`].
    ///
    /// # Errors
    /// See [`Fault`].
    async fn read(&self, id: &str, properties: &Properties) -> Result<Option<Object>, Fault>;

    /// Makes one. Listed afterwards, it has to be as it was wanted in everything that is told: otherwise it is taken for somebody
    /// else's when the answer is lost.
    ///
    /// # Errors
    /// See [`Fault`].
    async fn create(&self, wanted: &Body) -> Result<Object, Fault>;

    /// Changes one so that it is as `wanted`. `changed` names the properties that differ: others need not be sent. One that is
    /// null is to be unset.
    ///
    /// # Errors
    /// See [`Fault`]; [`Fault::Gone`] when it is not there.
    async fn update(&self, id: &str, wanted: &Body, changed: &[String]) -> Result<Object, Fault>;

    /// Deletes one. `properties` are those that were recorded.
    ///
    /// # Errors
    /// See [`Fault`]; [`Fault::Gone`] when it is not there.
    async fn delete(&self, id: &str, properties: &Properties) -> Result<(), Fault>;

    /// How this kind does many things in one request, all of them or none; `None` where the API has no such thing.
    fn batch(&self) -> Option<&dyn Batch> {
        None
    }
}

/// A step of a batch.
#[derive(Clone, Debug)]
pub enum Step {
    /// Make one.
    Create(Body),
    /// Change one.
    Update {
        /// What the API calls it.
        id: String,
        /// As in [`Operate::update`].
        wanted: Body,
        /// As in [`Operate::update`].
        changed: Vec<String>,
    },
    /// Delete one.
    Delete {
        /// What the API calls it.
        id: String,
        /// As in [`Operate::delete`].
        properties: Properties,
    },
}

/// Many steps in one request, all or none.
#[async_trait]
pub trait Batch: Send + Sync {
    /// How many steps go into one request.
    fn most(&self) -> usize;

    /// Which steps may go together: those of one key.
    fn key(&self, step: &Step) -> String;

    /// Carries the steps out. The objects are in the order of the steps; `None` for a deletion.
    ///
    /// # Errors
    /// See [`Fault`]; all but [`Fault::Unclear`] say that none of the steps was carried out.
    async fn carry_out(&self, steps: &[Step]) -> Result<Vec<Option<Object>>, Fault>;
}
