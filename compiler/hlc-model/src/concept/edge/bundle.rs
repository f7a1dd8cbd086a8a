//! Folders of files on a server, and what is made of them there.

use hlc_diag::Span;
use hlc_schema::free::FreeEntry;
use hlc_schema::scalar::Duration;
use hlc_schema::{Choice, Def, Node, Spanned};

use super::Traefik;

/// A folder of this project that is copied to a server, with files that hlc makes.
///
/// Hidden files and folders take no part. What is no longer in it is removed on the server, if hlc had put it there.
#[derive(Debug, Node)]
#[node(
    name = "bundle",
    example = r#"bundle "edge" from="edge/files" to="/etc/edge" {
    env-file ".env" mode="0600" { TOKEN (secret)EDGE_TOKEN }
    compose "docker-compose.yml"
    run "bash /etc/edge/bootstrap.sh" on="change" timeout="15m"
}"#
)]
pub struct Bundle {
    /// The bundle's name.
    #[arg]
    pub name: Def<Bundle>,
    /// The folder, from the root file's folder.
    #[prop]
    pub from: Spanned<String>,
    /// The folder on the server.
    #[prop]
    pub to: Spanned<String>,
    /// Files of variables that hlc writes.
    #[block]
    pub env_file: Vec<EnvFile>,
    /// The Compose file that runs from it.
    #[block]
    pub compose: Option<Compose>,
    /// The file of routes that hlc writes for Traefik.
    #[block]
    pub traefik: Option<Traefik>,
    /// Commands that run on the server once the files are there, in order.
    #[block]
    pub run: Vec<Run>,
}

/// A file of variables for Compose: `NAME='value'` lines. Its values may be secrets.
///
/// A variable whose secret is declared `optional` and is not there is left out.
#[derive(Debug, Node)]
#[node(name = "env-file", example = r#"env-file ".env" mode="0600" { TOKEN (secret)EDGE_TOKEN }"#)]
pub struct EnvFile {
    /// The file, from the bundle's folder.
    #[arg]
    pub path: Spanned<String>,
    /// Its permissions, in octal.
    #[prop(default = "\"0600\" with secrets, else \"0644\"")]
    pub mode: Option<Spanned<String>>,
    /// The variables.
    #[entries]
    pub variables: Vec<FreeEntry>,
}

/// A Compose file of the bundle. hlc reads it, so that services, ports and files of variables can be checked.
#[derive(Debug, Node)]
#[node(name = "compose", example = r#"compose "docker-compose.yml""#)]
pub struct Compose {
    /// The file, from the bundle's folder.
    #[arg]
    pub path: Spanned<String>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A command that runs on the server.
#[derive(Debug, Node)]
#[node(name = "run", example = r#"run "bash /etc/edge/bootstrap.sh" on="change" timeout="15m""#)]
pub struct Run {
    /// The command, as a shell reads it. No secrets: it shows in the server's process list.
    #[arg]
    pub command: Spanned<String>,
    /// When it runs.
    #[prop(default = "\"change\"")]
    pub on: Option<Spanned<RunOn>>,
    /// How long it may take.
    #[prop(default = "\"10m\"")]
    pub timeout: Option<Spanned<Duration>>,
}

/// When a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum RunOn {
    /// When the server is new, or a file of the bundle or a secret in it has changed.
    Change,
    /// When the server is new.
    Create,
}

impl Bundle {
    /// The path in the project of a file in the bundle's folder.
    #[must_use]
    pub fn source(&self, path: &str) -> String {
        format!("{}/{path}", self.from.value.trim_end_matches('/'))
    }
}
