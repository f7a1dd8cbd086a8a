//! The SOPS file, read without a key: what it holds and who can read it.

use std::collections::BTreeSet;

use hlc_diag::{FileId, Sources};
use hlc_sops::{Config, SopsError, SopsFile, config, redact};

use crate::concept::SecretsFile;
use crate::inputs::{InputError, Inputs};
use crate::load::path_fault;

/// The SOPS file that the homelab names.
#[derive(Debug)]
pub struct Secrets {
    /// What it holds, or why that is not known.
    pub file: Result<SopsFile, SecretsFault>,
    /// The rules of `.sops.yaml` beside the root file; `None` when there is no such file.
    pub config: Option<Result<Config, SopsError>>,
    /// The files among the sources that are not KDL. Of the SOPS file the sources have keys and recipients only.
    pub(crate) sources: BTreeSet<FileId>,
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
    let mut added = BTreeSet::new();
    let file = read_file(&node.path.value, inputs, sources, &mut added);
    // A `.sops.yaml` that cannot be read is none to sops either, and a file without rules is no fault.
    let config = inputs.read(config::NAME).ok().map(|text| {
        let id = sources.add(config::NAME, text.clone());
        added.insert(id);
        Config::read(id, &text)
    });
    Secrets { file, config, sources: added }
}

fn read_file(
    path: &str,
    inputs: &dyn Inputs,
    sources: &mut Sources,
    added: &mut BTreeSet<FileId>,
) -> Result<SopsFile, SecretsFault> {
    if let Some(fault) = path_fault(path) {
        return Err(SecretsFault::Path(fault));
    }
    let text = inputs.read(path).map_err(SecretsFault::Unreadable)?;
    // The id that the file will have among the sources, which get it without its values.
    let id = FileId::new(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX));
    let file = SopsFile::read(id, &text);
    let shown = file.as_ref().map_or_else(|_| redact(&text, &[]), |file| file.redacted(&text));
    added.insert(sources.add(path, shown));
    file.map_err(SecretsFault::Malformed)
}
