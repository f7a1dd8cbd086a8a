//! Folders of files on a server, and the commands that run when they change.

use std::collections::BTreeMap;

use hlc_diag::Diagnostic;
use hlc_plan::{Address, Input, Kind, Part, PlannedResource};
use hlc_schema::{Data, DataValue, ScopeId};

use super::files::{ENV_VALUE, source_files};
use super::{SshTarget, traefik};
use crate::concept::{self, RunOn};
use crate::resolve::{Place, Resolver};
use crate::stack::is_secret;

/// A folder on a server: files of the project, files that hlc makes, and files of variables (over SSH).
///
/// The list of its files is kept on the server, so that what is no longer in it can be removed.
#[derive(Clone, Debug, Kind)]
#[kind(name = "bundle", stack = Hetzner, identity = "server and folder")]
pub struct Bundle {
    /// How the server is reached.
    #[change(update)]
    pub ssh: SshTarget,
    /// The folder on the server.
    #[change(identity)]
    pub to: Input<String>,
    /// Files of the project.
    #[change(update)]
    pub files: Vec<SourceFile>,
    /// Files that hlc makes.
    #[change(update)]
    pub generated: Vec<GeneratedFile>,
    /// Files of variables.
    #[change(update, secret)]
    pub env_files: Vec<EnvFile>,
}

/// A file of the project.
#[derive(Clone, Debug, Part)]
pub struct SourceFile {
    /// Its path in the folder.
    pub path: String,
    /// Its path in the project.
    pub source: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its permissions, in octal.
    pub mode: &'static str,
}

/// A file that hlc makes.
#[derive(Clone, Debug, Part)]
pub struct GeneratedFile {
    /// Its path in the folder.
    pub path: String,
    /// Its permissions, in octal.
    pub mode: &'static str,
    /// Its text.
    pub text: Input<String>,
}

/// A file of variables for Compose.
#[derive(Clone, Debug, Part)]
pub struct EnvFile {
    /// Its path in the folder.
    pub path: String,
    /// Its permissions, in octal.
    pub mode: Input<String>,
    /// The variables, each with its text.
    pub variables: BTreeMap<String, Input<String>>,
}

/// A command on a server (over SSH). It runs when the resource is made, and again when its triggers change.
#[derive(Clone, Debug, Kind)]
#[kind(name = "run", stack = Hetzner, identity = "server, bundle and position")]
pub struct Run {
    /// How the server is reached.
    #[change(update)]
    pub ssh: SshTarget,
    /// The command, as a shell reads it.
    #[change(update)]
    pub command: Input<String>,
    /// What a change of makes it run again: `bundle` and `server`, or `server` alone.
    #[change(update)]
    pub triggers: Vec<Address>,
    /// How long it may take, in seconds.
    #[change(update)]
    pub timeout: Input<u32>,
}

/// How long a command may take that says nothing, in seconds.
const TIMEOUT: u32 = 600;

pub(super) fn lower(
    resolver: &Resolver<'_>,
    scope: ScopeId,
    server: &concept::Server,
    bundle: &concept::Bundle,
) -> Vec<PlannedResource> {
    let address = Address::resource::<Bundle>(&bundle.name.name);
    let at = bundle.name.span;
    let files = source_files(resolver, bundle);
    let generated = match &bundle.traefik {
        None => Some(Vec::new()),
        Some(block) => traefik::file(resolver, scope, block).map(|file| vec![file]),
    };
    let env_files: Vec<_> = bundle.env_file.iter().map(|file| env_file(resolver, scope, file)).collect();
    let env_files: Option<Vec<_>> = env_files.into_iter().collect();
    let (Some(files), Some(generated), Some(env_files)) = (files, generated, env_files) else { return Vec::new() };
    let kind = Bundle { ssh: SshTarget::of(server), to: Input::from(&bundle.to), files, generated, env_files };
    let mut resources = vec![PlannedResource::new(address.clone(), kind, at).after(server.resource())];
    let mut before = address.clone();
    for (index, run) in bundle.run.iter().enumerate() {
        let this = Address::resource::<Run>(&format!("{}.{}", bundle.name.name, index + 1));
        let on = run.on.map_or(RunOn::Change, |on| on.value);
        let triggers = match on {
            RunOn::Change => vec![address.clone(), server.resource()],
            RunOn::Create => vec![server.resource()],
        };
        let timeout = run.timeout.map_or(Input::known(TIMEOUT, at), |timeout| {
            Input::known(u32::try_from(timeout.value.seconds()).unwrap_or(u32::MAX), timeout.span)
        });
        let kind = Run { ssh: SshTarget::of(server), command: Input::from(&run.command), triggers, timeout };
        let resource = PlannedResource::new(this.clone(), kind, run.command.span);
        resources.push(resource.after(server.resource()).after(before));
        before = this;
    }
    resources
}

fn env_file(resolver: &Resolver<'_>, scope: ScopeId, file: &concept::EnvFile) -> Option<EnvFile> {
    let mut variables = BTreeMap::new();
    let mut secret = false;
    let mut whole = true;
    for variable in &file.variables {
        let Some(data) = resolver.data(&variable.value, scope, Place::Plan) else {
            whole = false;
            continue;
        };
        let span = data.span;
        let value = match data.value {
            DataValue::Deferred(later) => {
                secret |= later.parts().any(is_secret);
                Input::later(*later, span)
            }
            DataValue::String(text) => Input::known(text.into(), span),
            DataValue::Bool(value) => Input::known(value.to_string(), span),
            DataValue::Integer(number) => Input::known(number.to_string(), span),
            value @ (DataValue::Null | DataValue::Float(_) | DataValue::List(_) | DataValue::Map(_)) => {
                let what = Data::new(value, span).describe();
                resolver.report(
                    Diagnostic::new(&ENV_VALUE, span, format!("`{}` is {what}, not one value", variable.key))
                        .help("write a text; for a decimal number, quote it"),
                );
                whole = false;
                continue;
            }
        };
        variables.insert(variable.key.to_string(), value);
    }
    let mode = file
        .mode
        .as_ref()
        .map_or_else(|| Input::known(if secret { "0600" } else { "0644" }.to_owned(), file.path.span), Input::from);
    whole.then(|| EnvFile { path: file.path.value.clone(), mode, variables })
}
