//! `hlc secrets`

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use hlc_delivery::{DiskInputs, Project};
use hlc_model::secrets::SecretsFault;
use hlc_model::{Compilation, Inputs as _};
use hlc_secrets::{Environment, Identities, OpenError, Opened, Secret};
use hlc_sops::RecipientKind;

use crate::args::{Args, Secrets};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

mod check;
mod edit;
mod list;
mod placeholder;

pub(crate) fn run(args: &Args, what: &Secrets, console: &Console) -> Result<Exit, Failure> {
    let file = File::find(args)?;
    match what {
        Secrets::List => list::run(&file, console),
        Secrets::Check => check::run(&file, console),
        Secrets::Set { name } => edit::set(&file, name, console),
        Secrets::Unset { name } => edit::unset(&file, name, console),
    }
}

/// The homelab with its SOPS file, which is there and is one.
struct File {
    project: Project,
    compilation: ManuallyDrop<Compilation>,
    /// Its path from the project's folder.
    path: String,
    text: Arc<str>,
}

/// Every value of the homelab's SOPS file by name, for whom it is encrypted, and the keys at hand.
pub(crate) fn values(
    project: &Project,
    compilation: &Compilation,
) -> Result<(Values, Vec<String>, Identities), Failure> {
    let (path, text) = text(project, compilation)?;
    let identities = Identities::find(&Environment::from_variables(|name| std::env::var_os(name)));
    let opened = Opened::open(&text, &identities).map_err(|error| closed(&path, &error))?;
    let values = opened.values().iter().map(|value| (value.name.clone(), value.secret.clone())).collect();
    let recipients = opened.file().metadata.recipients().filter(|recipient| recipient.kind == RecipientKind::Age);
    let recipients = recipients.map(|recipient| recipient.name.clone()).collect();
    Ok((values, recipients, identities))
}

/// Secrets by name.
type Values = BTreeMap<String, Secret>;

impl File {
    fn find(args: &Args) -> Result<Self, Failure> {
        let project = project::find(args)?;
        let compilation = project::compile(args, &project)?;
        let (path, text) = text(&project, &compilation)?;
        Ok(Self { project, compilation, path, text })
    }

    /// The file with its values, with the keys of whoever runs this.
    fn open(&self) -> Result<Opened, OpenError> {
        let identities = Identities::find(&Environment::from_variables(|name| std::env::var_os(name)));
        Opened::open(&self.text, &identities)
    }

    /// Why it did not open, with what to do.
    fn closed(&self, error: &OpenError) -> Failure {
        closed(&self.path, error)
    }
}

/// The path of the homelab's SOPS file, from the project's folder, and its text.
fn text(project: &Project, compilation: &Compilation) -> Result<(String, Arc<str>), Failure> {
    let node = compilation.model.homelab.as_ref().and_then(|homelab| homelab.secrets.as_ref());
    let (Some(node), Some(secrets)) = (node, &compilation.model.secrets) else {
        return Err(Failure::new("the homelab names no SOPS file").help(
            "write `secrets \"secrets/bootstrap.sops.yaml\"` inside `homelab { … }`; if it is there, run `hlc check`",
        ));
    };
    let path = node.path.value.clone();
    if let Err(fault) = &secrets.file {
        return Err(unusable(&path, fault));
    }
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let text = inputs.read(&path).map_err(|error| unusable(&path, &SecretsFault::Unreadable(error)))?;
    Ok((path, text))
}

/// Why a file did not open, with what to do.
fn closed(path: &str, error: &OpenError) -> Failure {
    let failure = Failure::new(format!("`{path}` cannot be opened: {error}"));
    match error {
        OpenError::NoKey { recipients, .. } => failure.help(format!(
            "name the file of an age key in SOPS_AGE_KEY_FILE; it is encrypted for {}",
            recipients.join(", ")
        )),
        OpenError::TooFewGroups { .. } => failure.help("name a file with more of the keys in SOPS_AGE_KEY_FILE"),
        OpenError::PlainValue(_) => failure.help("`hlc check` shows the place"),
        OpenError::Format(_)
        | OpenError::BadDataKey
        | OpenError::BadValue(_)
        | OpenError::NoMac
        | OpenError::MacMismatch => {
            failure.help("restore it from version control; a merge of two versions breaks the checksum")
        }
    }
}

fn unusable(path: &str, fault: &SecretsFault) -> Failure {
    let reason = match fault {
        SecretsFault::Path(reason) => (*reason).to_owned(),
        SecretsFault::Unreadable(hlc_model::InputError::NotFound) => "there is no such file".to_owned(),
        SecretsFault::Unreadable(_) => "it cannot be read".to_owned(),
        SecretsFault::Malformed(error) => error.to_string(),
    };
    Failure::new(format!("`{path}` is no SOPS file that can be used: {reason}")).help("`hlc check` says more")
}
