//! The user's own `git`, asked about a repository. Nothing is fetched and nothing changed.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::FILE_LIMIT;
use crate::remote::{self, Remote};

/// Why git has no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It cannot be run.
    #[error("cannot run `git`: {0}")]
    Absent(io::Error),
    /// It refuses, in its words.
    #[error("`git {command}` failed: {said}")]
    Refused {
        /// What was asked.
        command: String,
        /// What it said.
        said: String,
    },
    /// It said something else than it should, or stopped in between.
    #[error("`git {command}` broke off: {error}")]
    Broken {
        /// What was asked.
        command: String,
        /// Why.
        error: io::Error,
    },
}

/// A repository, seen from a folder in it.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: PathBuf,
    /// The way from the repository's top to the folder: empty, or with `/` at its end.
    pub(crate) prefix: String,
    /// Where git keeps what all work trees share.
    pub(crate) common: PathBuf,
}

/// A thing that git keeps.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) id: String,
    /// `commit`, `tree`, `blob`
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

impl Repository {
    /// The repository that a folder is in; `None` when it is in none.
    pub(crate) fn around(folder: &Path) -> Result<Option<Self>, GitError> {
        let answer = run(folder, &["rev-parse", "--show-prefix", "--git-common-dir"])?;
        let Ok(text) = answer else { return Ok(None) };
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut lines = text.lines();
        let prefix = lines.next().unwrap_or_default().to_owned();
        let common = folder.join(lines.next().unwrap_or_default());
        Ok(Some(Self { folder: folder.to_owned(), prefix, common }))
    }

    /// Its remotes.
    pub(crate) fn remotes(&self) -> Result<Vec<Remote>, GitError> {
        Ok(remote::remotes(&run(&self.folder, &remote::ASK)?.unwrap_or_default()))
    }

    /// The branches, of remotes too, by their short names.
    pub(crate) fn branches(&self) -> Result<Vec<String>, GitError> {
        let command = ["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes"];
        let text = run(&self.folder, &command)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
    }

    /// The regular files of a tree by their paths, with the ids of what they hold.
    pub(crate) fn files(&self, tree: &str) -> Result<BTreeMap<String, String>, GitError> {
        let command = ["ls-tree", "-r", "-z", "--full-tree", tree];
        let listed =
            run(&self.folder, &command)?.map_err(|said| GitError::Refused { command: command.join(" "), said })?;
        let file = |entry: &[u8]| {
            // `100644 blob ID<TAB>PATH`; links and other repositories are no files.
            let entry = std::str::from_utf8(entry).ok()?;
            let (about, path) = entry.split_once('\t')?;
            let mut about = about.split(' ');
            let (mode, _, id) = (about.next()?, about.next()?, about.next()?);
            mode.starts_with("100").then(|| (path.to_owned(), id.to_owned()))
        };
        Ok(listed.split(|byte| *byte == 0).filter_map(file).collect())
    }

    /// Begins to read things.
    pub(crate) fn reader(&self) -> Result<Reader, GitError> {
        Reader::of(command(&self.folder, &["cat-file", "--batch"]))
    }

    /// Begins to read things, and fetches what a clone that holds a part only lacks.
    pub(crate) fn fetching_reader(&self, hidden: &[&str]) -> Result<Reader, GitError> {
        let mut command = command(&self.folder, &["cat-file", "--batch"]);
        for name in ["GIT_NO_LAZY_FETCH"].iter().chain(hidden) {
            command.env_remove(name);
        }
        Reader::of(command)
    }
}

/// Reads what git keeps, one thing after the other.
#[derive(Debug)]
pub(crate) struct Reader {
    child: Child,
    /// There until the end.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Reader {
    fn of(mut command: Command) -> Result<Self, GitError> {
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(GitError::Absent)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| broken(io::Error::from(io::ErrorKind::BrokenPipe)))?;
        Ok(Self { child, stdin: Some(stdin), stdout: BufReader::new(stdout) })
    }

    /// What a name stands for; `None` when nothing is called so, or several things. What is too large has no bytes.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Object>, GitError> {
        if name.contains(['\n', '\0']) {
            return Ok(None);
        }
        self.ask(name).map_err(broken)
    }

    fn ask(&mut self, name: &str) -> io::Result<Option<Object>> {
        if let Some(stdin) = &mut self.stdin {
            stdin.write_all(format!("{name}\n").as_bytes())?;
            stdin.flush()?;
        }
        // `ID KIND SIZE`, or `NAME missing`, `NAME ambiguous`
        let mut head = Vec::new();
        self.stdout.read_until(b'\n', &mut head)?;
        let head = String::from_utf8_lossy(&head).into_owned();
        if head.is_empty() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let mut words = head.trim_end().rsplitn(3, ' ');
        let (Some(Ok(size)), Some(kind), Some(id)) = (words.next().map(str::parse::<u64>), words.next(), words.next())
        else {
            return Ok(None);
        };
        let (kind, id) = (kind.to_owned(), id.to_owned());
        // The bytes, and a line end.
        let mut body = (&mut self.stdout).take(size + 1);
        let mut bytes = Vec::new();
        if size > FILE_LIMIT {
            io::copy(&mut body, &mut io::sink())?;
        } else {
            body.read_to_end(&mut bytes)?;
            if bytes.pop().is_none() || bytes.len() as u64 != size {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
        }
        Ok(Some(Object { id, kind, bytes }))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // With its input closed it ends by itself.
        self.stdin = None;
        let _ = self.child.wait();
    }
}

fn broken(error: io::Error) -> GitError {
    GitError::Broken { command: "cat-file --batch".to_owned(), error }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    // Looking changes nothing: no lock for a fresher index, nothing fetched for a clone that holds a part only.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// What git answers; what it says instead when it refuses.
fn run(folder: &Path, arguments: &[&str]) -> Result<Result<Vec<u8>, String>, GitError> {
    let output = command(folder, arguments).stderr(Stdio::piped()).output().map_err(GitError::Absent)?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
