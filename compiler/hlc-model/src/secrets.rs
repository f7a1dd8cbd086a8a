//! The SOPS file, read without a key: what it holds and who can read it.

use std::collections::BTreeMap;

use hlc_diag::{FileId, Sources, Span};
use hlc_sops::{Config, KeyState, SopsError, SopsFile, config, redact};

use crate::concept::SecretsFile;
use crate::inputs::{InputError, Inputs};
use crate::load::path_fault;
use crate::model::Model;

/// The SOPS file that the homelab names.
#[derive(Debug)]
pub struct Secrets {
    /// What it holds, or why that is not known.
    pub file: Result<SopsFile, SecretsFault>,
    /// The rules of `.sops.yaml` beside the root file; `None` when there is no such file.
    pub config: Option<Result<Config, SopsError>>,
}

/// Why the file is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretsFault {
    /// Its path is wrong.
    Path(&'static str),
    /// It cannot be read.
    Unreadable(InputError),
    /// It is no SOPS file.
    Malformed(SopsError),
}

/// Reads the file that a node names, and the rules beside it.
pub(crate) fn read(node: &SecretsFile, inputs: &dyn Inputs, sources: &mut Sources) -> Secrets {
    let file = read_file(node, inputs, sources);
    // A `.sops.yaml` that cannot be read is none to sops either, and a file without rules is no fault.
    let config = inputs.read(config::NAME).ok().map(|text| {
        let id = sources.add(config::NAME, text.clone());
        sources.name(id, node.path.span);
        Config::read(id, &text)
    });
    Secrets { file, config }
}

/// The file, which the sources get without its values.
fn read_file(node: &SecretsFile, inputs: &dyn Inputs, sources: &mut Sources) -> Result<SopsFile, SecretsFault> {
    let path = node.path.value.as_str();
    if let Some(fault) = path_fault(path) {
        return Err(SecretsFault::Path(fault));
    }
    let text = inputs.read(path).map_err(SecretsFault::Unreadable)?;
    // The id that the file will have among the sources.
    let id = FileId::new(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX));
    let file = SopsFile::read(id, &text);
    let shown = file.as_ref().map_or_else(|_| redact(&text, &[]), |file| file.redacted(&text));
    sources.add(path, shown);
    sources.name(id, node.path.span);
    file.map_err(SecretsFault::Malformed)
}

/// A secret by its name: whether the file holds it and where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEntry<'m> {
    /// Its name.
    pub name: &'m str,
    /// Where its key stands in the file; `None` when it is absent.
    pub place: Option<Span>,
    /// What the file holds.
    pub state: SecretState,
    /// True when the homelab says that it may be absent.
    pub optional: bool,
    /// Where its value comes from, if the homelab says so.
    pub hint: Option<&'m str>,
    /// Where it is named.
    pub uses: Vec<Span>,
}

/// What the SOPS file holds under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretState {
    /// An encrypted value.
    Encrypted,
    /// A value in plain text, as the file's rule says.
    Plain,
    /// A value in plain text that should be encrypted.
    NotEncrypted,
    /// An empty value.
    Empty,
    /// Nothing.
    Absent,
}

/// Every secret that the file holds or that the homelab names, ordered by name. Plain values that nothing names are no secrets.
#[must_use]
pub fn inventory(model: &Model) -> Vec<SecretEntry<'_>> {
    fn entry<'e, 'm>(entries: &'e mut BTreeMap<&'m str, SecretEntry<'m>>, name: &'m str) -> &'e mut SecretEntry<'m> {
        entries.entry(name).or_insert_with(|| SecretEntry {
            name,
            place: None,
            state: SecretState::Absent,
            optional: false,
            hint: None,
            uses: Vec::new(),
        })
    }
    let mut entries = BTreeMap::new();
    for used in &model.secret_uses {
        entry(&mut entries, &used.key.name).uses.push(used.key.span);
    }
    let node = model.homelab.as_ref().and_then(|homelab| homelab.secrets.as_ref());
    for optional in node.iter().flat_map(|node| &node.optional) {
        let entry = entry(&mut entries, &optional.name.value);
        entry.optional = true;
        entry.hint = optional.hint.as_ref().map(|hint| hint.value.as_str());
    }
    let file = model.secrets.as_ref().and_then(|secrets| secrets.file.as_ref().ok());
    for key in file.iter().flat_map(|file| &file.keys) {
        let state = match key.state {
            KeyState::Encrypted(_) => SecretState::Encrypted,
            KeyState::PlainByRule => SecretState::Plain,
            KeyState::PlainAgainstRule => SecretState::NotEncrypted,
            KeyState::Empty => SecretState::Empty,
        };
        if state == SecretState::Plain && !entries.contains_key(key.name.as_str()) {
            continue;
        }
        let entry = entry(&mut entries, &key.name);
        entry.place = Some(key.key_span);
        entry.state = state;
    }
    entries.into_values().collect()
}
