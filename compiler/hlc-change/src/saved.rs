//! A plan that was looked at, to be carried out later: exactly it, or nothing.

use hlc_plan::{Address, Ownership, PlannedStack, Stack};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::change::ChangeSet;
use crate::resolve::{Composed, Lookup, Unresolved, resolve_all};
use crate::scope::Scope;
use crate::state::State;
use crate::value::{Fingerprint, Value};

/// The version of the document that this program writes.
const VERSION: u32 = 1;

/// What `plan --out` writes. It holds no secret: only what has to be the same when it is carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedPlan {
    version: u32,
    /// The stack.
    pub stack: String,
    /// Which line of states it is about.
    pub lineage: String,
    /// Which writing of the state.
    pub serial: u64,
    /// What the homelab said: a digest.
    pub source: String,
    /// What was to be done: a digest that says nothing of secrets.
    changes: String,
    /// The same with their fingerprints; none before the first state, since their key is only kept with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exact: Option<String>,
    /// `--target`
    #[serde(default)]
    pub targets: Vec<String>,
    /// `--exclude`
    #[serde(default)]
    pub excludes: Vec<String>,
    /// `--allow-delete`
    #[serde(default)]
    pub allow_delete: Vec<String>,
    /// `--max-deletes`
    pub max_deletes: usize,
    /// True when everything is to be deleted.
    #[serde(default)]
    pub destroy: bool,
    /// The changes as they were shown, one line each, for whoever opens the file.
    pub shown: Vec<String>,
}

/// Why a saved plan is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedPlanError {
    /// It is no document of this kind.
    Malformed(String),
    /// A newer hlc wrote it.
    Newer(u32),
    /// It is of another stack.
    OtherStack(String),
    /// The homelab says something else now.
    Source,
    /// It is about another line of states.
    Lineage,
    /// Something was carried out since: this plan or another one.
    Serial {
        /// The writing that it is about.
        planned: u64,
        /// The writing that there is.
        now: u64,
    },
}

impl std::fmt::Display for SavedPlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "it is no saved plan: {why}"),
            Self::Newer(version) => write!(f, "a newer hlc wrote it (version {version}, this one knows {VERSION})"),
            Self::OtherStack(stack) => write!(f, "it is a plan for core/{stack}"),
            Self::Source => f.write_str("the homelab has changed since it was made"),
            Self::Lineage => f.write_str("it was made for another state of this stack"),
            Self::Serial { planned, now } => write!(
                f,
                "something was carried out since it was made: the state was written {} times since, by this plan or another run",
                now.saturating_sub(*planned)
            ),
        }
    }
}

impl std::error::Error for SavedPlanError {}

impl SavedPlan {
    /// What was planned.
    #[must_use]
    pub fn new(plan: &PlannedStack, state: &State, scope: &Scope, changes: &ChangeSet) -> Self {
        let shown = changes.changes.iter().filter(|change| change.is_change());
        Self {
            version: VERSION,
            stack: plan.stack.name().to_owned(),
            lineage: state.lineage.clone(),
            serial: state.serial,
            source: source(plan),
            changes: told(changes, false),
            exact: state.key.is_some().then(|| digest(changes)),
            targets: scope.targets.clone(),
            excludes: scope.excludes.clone(),
            allow_delete: Vec::new(),
            max_deletes: crate::gate::Words::MAX_DELETES,
            destroy: false,
            shown: shown.map(|change| format!("{} {}", change.action.word(), change.address)).collect(),
        }
    }

    /// The document, with a line end.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        // Texts and numbers only: nothing in it can fail to be written.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`SavedPlanError::Malformed`], [`SavedPlanError::Newer`].
    pub fn read(bytes: &[u8]) -> Result<Self, SavedPlanError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let malformed = |error: serde_json::Error| SavedPlanError::Malformed(error.to_string());
        let Versioned { version } = serde_json::from_slice(bytes).map_err(malformed)?;
        if version > VERSION {
            return Err(SavedPlanError::Newer(version));
        }
        serde_json::from_slice(bytes).map_err(malformed)
    }

    /// Says whether it still is about this homelab and this state.
    ///
    /// # Errors
    /// See [`SavedPlanError`].
    pub fn fits(&self, plan: &PlannedStack, state: &State) -> Result<(), SavedPlanError> {
        if self.stack != plan.stack.name() {
            return Err(SavedPlanError::OtherStack(self.stack.clone()));
        }
        // Before the first apply there is no state, and its line begins anew each time.
        if self.lineage != state.lineage && self.serial != 0 {
            return Err(SavedPlanError::Lineage);
        }
        if self.serial != state.serial {
            return Err(SavedPlanError::Serial { planned: self.serial, now: state.serial });
        }
        if self.source != source(plan) {
            return Err(SavedPlanError::Source);
        }
        Ok(())
    }

    /// True when the changes are those that were planned.
    #[must_use]
    pub fn is_for(&self, changes: &ChangeSet) -> bool {
        self.changes == told(changes, false) && self.exact.as_ref().is_none_or(|exact| *exact == digest(changes))
    }

    /// The stack that it is for; `None` for one that this program does not know.
    #[must_use]
    pub fn stack(&self) -> Option<Stack> {
        Stack::ALL.into_iter().find(|stack| stack.name() == self.stack)
    }
}

/// A digest of what is to be done, for comparing: SHA-256 in hex.
#[must_use]
pub fn digest(changes: &ChangeSet) -> String {
    told(changes, true)
}

fn told(changes: &ChangeSet, secrets: bool) -> String {
    let side =
        |side: &Option<Value>| side.as_ref().map(|value| if secrets { value.clone() } else { without_secrets(value) });
    let mut hash = Sha256::new();
    for change in changes.changes.iter().filter(|change| change.is_change()) {
        let fields: Vec<(&str, Option<Value>, Option<Value>)> =
            change.fields.iter().map(|field| (field.path.as_str(), side(&field.before), side(&field.after))).collect();
        let moved = change.moved_from.as_ref().map(Address::as_str);
        let told = (change.address.as_str(), change.action.word(), &change.id, moved, &change.leftover, fields);
        hash.update(serde_json::to_vec(&told).unwrap_or_default());
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

/// The value with the same in place of every secret.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Secret(_) => Value::Secret(Fingerprint::new("")),
        Value::List(items) => Value::List(items.iter().map(without_secrets).collect()),
        Value::Map(map) => Value::Map(map.iter().map(|(key, item)| (key.clone(), without_secrets(item))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => value.clone(),
    }
}

/// A digest of what the homelab says of a stack.
fn source(plan: &PlannedStack) -> String {
    let mut hash = Sha256::new();
    for resource in &plan.resources {
        let properties = resolve_all(&resource.properties, &Named).unwrap_or_default();
        let owner = match resource.ownership {
            Ownership::Managed => "managed",
            Ownership::Adopted => "adopted",
            Ownership::Existing => "existing",
        };
        let depends: Vec<&str> = resource.depends_on.iter().map(Address::as_str).collect();
        let was = resource.was.as_ref().map(|was| was.value.as_str());
        let told = (resource.address.as_str(), owner, resource.protected, depends, was, properties);
        hash.update(serde_json::to_vec(&told).unwrap_or_default());
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Knows nothing but names: a secret is called after its key.
struct Named;

impl Lookup for Named {
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved> {
        Ok(Fingerprint::new(name))
    }

    fn output(&self, _: &Address, _: &str) -> Result<Option<Value>, Unresolved> {
        Ok(None)
    }

    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        Ok(Fingerprint::new(format!("{pieces:?}")))
    }
}
