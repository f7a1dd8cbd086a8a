//! What is about to be done, and what was: on disk before anything is sent.
//!
//! A journal is a document of lines, each `CHECKSUM JSON`. It is begun for one writing of the state and removed once the next one is
//! written; a run that ended in between left it behind, and the next run takes from it what the state does not know yet. What was
//! left behind is brought into the state, and removed, before another one is begun: a journal is one run's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hlc_change::{Fingerprint, Pending, Recorded, State};
use hlc_plan::Address;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use crate::store::{Store, StoreError};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Entry {
    /// Which writing of the state it follows on.
    Begin {
        lineage: String,
        serial: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Something is about to be sent.
    Intent { address: String, pending: Pending },
    /// It was certainly not carried out.
    Failed { address: String },
    /// What the state has to say from now on; nothing when it is to forget the address.
    Done {
        address: String,
        recorded: Option<Box<Recorded>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved_from: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        sealed: BTreeMap<Fingerprint, String>,
    },
}

/// Why a journal that was left behind cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// A line that was written to its end is damaged.
    #[error("line {0} of it is damaged")]
    Damaged(usize),
    /// It follows on a newer state than the one there is.
    #[error(
        "it follows on writing {journal} of the state, and the state is of writing {state}: an older one was put back"
    )]
    OlderState {
        /// The writing that it follows on.
        journal: u64,
        /// The writing that there is.
        state: u64,
    },
    /// It belongs to another state.
    #[error("it belongs to another state of this stack")]
    OtherState,
}

impl Entry {
    /// The line, with its end.
    fn line(&self) -> Vec<u8> {
        // Texts, numbers and maps with text keys: nothing in it can fail to be written.
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("{} {json}\n", checksum(&json)).into_bytes()
    }

    fn read(line: &[u8]) -> Option<Self> {
        let (sum, json) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        if checksum(json) != sum { None } else { serde_json::from_str(json).ok() }
    }
}

fn checksum(json: &str) -> String {
    Sha256::digest(json.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Takes from a journal what a state does not know yet; what was about to be done when the run ended becomes what is pending.
///
/// # Errors
/// See [`JournalError`].
pub(crate) fn recover(state: &mut State, is_there: bool, bytes: &[u8]) -> Result<(), JournalError> {
    let mut entries = Vec::new();
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    // What follows the last line end was not written to its end, and nothing was done because of it.
    lines.pop();
    for (place, line) in lines.iter().enumerate() {
        match Entry::read(line) {
            Some(entry) => entries.push(entry),
            None => return Err(JournalError::Damaged(place + 1)),
        }
    }
    let mut entries = entries.into_iter();
    match entries.next() {
        None => return Ok(()),
        Some(Entry::Begin { lineage, serial, key }) => {
            if !is_there && serial == 0 {
                state.lineage = lineage;
            } else if lineage != state.lineage {
                return Err(JournalError::OtherState);
            }
            if serial < state.serial {
                // The state was written, and only the journal was not removed any more.
                return Ok(());
            }
            if serial > state.serial {
                return Err(JournalError::OlderState { journal: serial, state: state.serial });
            }
            state.key = state.key.take().or(key);
        }
        Some(Entry::Intent { .. } | Entry::Failed { .. } | Entry::Done { .. }) => return Err(JournalError::Damaged(1)),
    }
    for (place, entry) in entries.enumerate() {
        match entry {
            Entry::Begin { .. } => return Err(JournalError::Damaged(place + 2)),
            Entry::Intent { address, pending } => {
                state.pending.insert(Address::new(address), pending);
            }
            Entry::Failed { address } => {
                state.pending.remove(&Address::new(address));
            }
            Entry::Done { address, recorded, moved_from, sealed } => {
                let address = Address::new(address);
                state.pending.remove(&address);
                if let Some(was) = moved_from {
                    state.rename(&Address::new(was), &address);
                }
                state.sealed.extend(sealed);
                match recorded {
                    Some(recorded) => state.resources.insert(address, *recorded),
                    None => state.resources.remove(&address),
                };
            }
        }
    }
    Ok(())
}

/// What came of writing, for everybody who waits for it.
type Written = Result<(), Arc<StoreError>>;

/// Writes a journal. What several tasks write at the same time goes to disk together.
///
/// Once something could not be written nothing more is: a line after one that was cut short would make the whole unreadable.
pub(crate) struct Journal {
    is_used: AtomicBool,
    lines: mpsc::UnboundedSender<(Vec<u8>, oneshot::Sender<Written>)>,
}

impl Journal {
    /// A journal in a store, with the task that writes it; `begin` goes before the first line. The task ends when the journal is
    /// dropped.
    pub(crate) fn new(store: Arc<dyn Store>, name: String, begin: &Entry) -> (Self, impl Future<Output = ()> + use<>) {
        let (lines, mut asked) = mpsc::unbounded_channel::<(Vec<u8>, oneshot::Sender<_>)>();
        let mut bytes = begin.line();
        let writing = async move {
            let mut written: Result<(), Arc<StoreError>> = Ok(());
            while let Some((first, waits)) = asked.recv().await {
                bytes.extend_from_slice(&first);
                let mut waiting = vec![waits];
                while let Ok((more, next)) = asked.try_recv() {
                    bytes.extend_from_slice(&more);
                    waiting.push(next);
                }
                if written.is_ok() {
                    written = store.append(&name, &bytes).await.map_err(Arc::new);
                }
                bytes.clear();
                for waits in waiting {
                    // Whoever asked may have been stopped.
                    let _ = waits.send(written.clone());
                }
            }
        };
        (Self { is_used: AtomicBool::new(false), lines }, writing)
    }

    /// True when something was to be written.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }

    /// Writes lines; when this comes back they are on disk.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn write(&self, entries: &[Entry]) -> Written {
        if entries.is_empty() {
            return Ok(());
        }
        self.is_used.store(true, Ordering::Relaxed);
        let bytes = entries.iter().flat_map(Entry::line).collect();
        let (done, wait) = oneshot::channel();
        let lost =
            || Arc::new(StoreError::Failed { place: "the journal".to_owned(), why: "its writer ended".to_owned() });
        self.lines.send((bytes, done)).map_err(|_| lost())?;
        wait.await.map_err(|_| lost())?
    }
}
