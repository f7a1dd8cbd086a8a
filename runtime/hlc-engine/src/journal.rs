//! What is about to be done, and what was: on disk before anything is sent.
//!
//! A journal is a document of lines, each `CHECKSUM JSON`. It is begun for one writing of the state and removed once the next one is
//! written; a run that ended in between left it behind, and the next run takes from it what the state does not know yet.

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// A line other than the last is damaged.
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

/// Takes from a journal what a state does not know yet. Gives what was about to be done when the run ended.
///
/// # Errors
/// See [`JournalError`].
pub(crate) fn recover(
    state: &mut State,
    is_there: bool,
    bytes: &[u8],
) -> Result<BTreeMap<Address, Pending>, JournalError> {
    let mut entries = Vec::new();
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    // What follows the last line end was not written to its end, and nothing was done because of it.
    lines.pop();
    for (place, line) in lines.iter().enumerate() {
        match Entry::read(line) {
            Some(entry) => entries.push(entry),
            None if place + 1 == lines.len() => {}
            None => return Err(JournalError::Damaged(place + 1)),
        }
    }
    let mut pending = BTreeMap::new();
    let mut entries = entries.into_iter();
    match entries.next() {
        None => return Ok(pending),
        Some(Entry::Begin { lineage, serial, key }) => {
            if !is_there && serial == 0 {
                state.lineage = lineage;
            } else if lineage != state.lineage {
                return Err(JournalError::OtherState);
            }
            if serial < state.serial {
                // The state was written, and only the journal was not removed any more.
                return Ok(pending);
            }
            if serial > state.serial {
                return Err(JournalError::OlderState { journal: serial, state: state.serial });
            }
            state.key = state.key.take().or(key);
        }
        Some(Entry::Intent { .. } | Entry::Failed { .. } | Entry::Done { .. }) => return Err(JournalError::Damaged(1)),
    }
    for entry in entries {
        match entry {
            // A second run that took up the first one's journal goes on in it.
            Entry::Begin { .. } => {}
            Entry::Intent { address, pending: about } => {
                pending.insert(Address::new(address), about);
            }
            Entry::Failed { address } => {
                pending.remove(&Address::new(address));
            }
            Entry::Done { address, recorded, moved_from, sealed } => {
                let address = Address::new(address);
                pending.remove(&address);
                if let Some(was) = moved_from {
                    state.resources.remove(&Address::new(was));
                }
                state.sealed.extend(sealed);
                match recorded {
                    Some(recorded) => state.resources.insert(address, *recorded),
                    None => state.resources.remove(&address),
                };
            }
        }
    }
    Ok(pending)
}

/// What came of writing, for everybody who waits for it.
type Written = Result<(), Arc<StoreError>>;

/// Writes a journal. What several tasks write at the same time goes to disk together.
pub(crate) struct Journal {
    lines: mpsc::UnboundedSender<(Vec<u8>, oneshot::Sender<Written>)>,
}

impl Journal {
    /// A journal in a store, with the task that writes it. The task ends when the journal is dropped.
    pub(crate) fn new(store: Arc<dyn Store>, name: String) -> (Self, impl Future<Output = ()>) {
        let (lines, mut asked) = mpsc::unbounded_channel::<(Vec<u8>, oneshot::Sender<_>)>();
        let writing = async move {
            while let Some((mut bytes, first)) = asked.recv().await {
                let mut waiting = vec![first];
                while let Ok((more, next)) = asked.try_recv() {
                    bytes.extend_from_slice(&more);
                    waiting.push(next);
                }
                let written = store.append(&name, &bytes).await.map_err(Arc::new);
                for waits in waiting {
                    // Whoever asked may have been stopped.
                    let _ = waits.send(written.clone());
                }
            }
        };
        (Self { lines }, writing)
    }

    /// Writes lines; when this comes back they are on disk.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn write(&self, entries: &[Entry]) -> Written {
        let bytes = entries.iter().flat_map(Entry::line).collect();
        let (done, wait) = oneshot::channel();
        let lost =
            || Arc::new(StoreError::Failed { place: "the journal".to_owned(), why: "its writer ended".to_owned() });
        self.lines.send((bytes, done)).map_err(|_| lost())?;
        wait.await.map_err(|_| lost())?
    }
}
