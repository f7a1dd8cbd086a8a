//! Why a command failed, in words for people. miette draws it.

use std::fmt;
use std::io;
use std::path::Path;

use hlc_delivery::{PublishError, WriteError};
use hlc_schema::suggest::nearest;
use miette::{GraphicalReportHandler, GraphicalTheme};

/// Why a command failed and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What went wrong, and what to do.
    pub(crate) fn into_parts(self) -> (String, Option<String>) {
        (self.message, self.help)
    }

    /// Helps out with the name that was meant, or all that there are.
    pub(crate) fn names(self, written: &str, known: &[&str]) -> Self {
        match nearest(written, known.iter().copied()) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => self.help("there are none"),
            None => self.help(format!("there are: {}", known.join(", "))),
        }
    }

    /// A homelab without errors gave no plan.
    pub(crate) fn no_plan() -> Self {
        Self::new("the compiler found no error and yet made no plan").help("this is a mistake in hlc: please report it")
    }

    /// stdout takes nothing, for example because a disk is full.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        Self::new(format!("cannot write to stdout: {error}"))
    }

    /// A path that the user named cannot be opened.
    pub(crate) fn open(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot open `{}`: {error}", path.display()))
    }

    /// The whole report, with a line end.
    pub(crate) fn draw(&self, colour: bool) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        let mut text = String::new();
        if handler.render_report(&mut text, self).is_err() {
            text = format!("error: {self}\n");
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl miette::Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let help = match &error {
            WriteError::HoldsProject(_) => "name a folder of its own with --out",
            WriteError::NotAFolder(_) | WriteError::DanglingLink(_) => {
                "name another folder with --out, or remove what is there"
            }
            WriteError::InTheWay(obstacles) if obstacles.iter().all(|obstacle| obstacle.replaceable) => {
                "move them away, or give them up with --overwrite"
            }
            WriteError::InTheWay(_) => "move them away: folders and links are never replaced",
            WriteError::DamagedManifest(..) => {
                "this list tells which files hlc made: restore it from version control, or delete it and build with --overwrite"
            }
            WriteError::NewerManifest(..) => "use the newer hlc, or delete the list and build with --overwrite",
            WriteError::BadPath(_) => "a workload or object has a name that cannot be a file name",
            WriteError::CannotKeep(..) => "move it out of the output folder, or name another folder with --out",
            WriteError::CannotExchange(..) => "name a folder inside it with --out",
            WriteError::StagingTaken(_) => "hlc makes the new files under this name: move it away",
            WriteError::Io { .. } => "nothing was changed",
        };
        Self::new(error.to_string()).help(help)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let message = error.to_string();
        let help = match error {
            PublishError::Tree(error) => return Self::from(error),
            PublishError::NoGit(_) => "install Git, and see that it is on the PATH",
            PublishError::NoRepository(_) => {
                "publishing needs the homelab in a clone of its repository: `git init`, `git remote add`"
            }
            PublishError::NothingCommitted => "commit the homelab first",
            PublishError::NoRemote { remotes, .. } if remotes.is_empty() => "there is none: `git remote add origin …`",
            PublishError::NoRemote { remotes, .. } => {
                return Self::new(message).help(format!("name one with --remote: {}", remotes.join(", ")));
            }
            PublishError::BadBranch(_) => "write another one at `manifests`, in `repository`",
            PublishError::Kept(_) => "nothing was published",
            PublishError::Dirty(_) => "commit it, or publish it all the same with --allow-dirty",
            PublishError::Older { .. } => "pull first; to go back to older sources, say --allow-older",
            PublishError::Login { .. } => "see that `git push` gets in from here: a login or key that may write",
            PublishError::HostKey { .. } => {
                "compare the host's fingerprint with the one that its owner tells; then `ssh-keygen -R HOST` forgets the old key, and \
                 `ssh HOST` asks about the new one"
            }
            PublishError::Unreachable { .. } => "nothing was published: try again when it answers",
            PublishError::Protected { .. } => {
                "let this login write the branch for manifests, or publish with one that may"
            }
            PublishError::Moving { .. } => "nothing was published: see who else publishes, and try again",
            PublishError::Nobody { .. } => "tell Git who you are: `git config user.name …`, `git config user.email …`",
            PublishError::Unsigned { .. } => {
                "nothing was published: see that `git commit -S` works here; what it takes says `git config --get-regexp gpg`"
            }
            PublishError::Refused { .. } => "nothing was published",
        };
        Self::new(message).help(help)
    }
}
