//! The user's own `git`, with the user's configuration, login and signing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use super::PublishError;

/// A repository, seen from a folder in it.
pub(super) struct Git<'a> {
    folder: PathBuf,
    /// Variables that git and what it runs must not see.
    hidden: &'a [&'a str],
}

/// An entry of a tree: a file, a link, another repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) mode: String,
    pub(super) id: String,
}

/// Paths of a tree; others' may be any bytes.
pub(super) type Entries = BTreeMap<Vec<u8>, Entry>;

/// What became of a push.
pub(super) enum Pushed {
    Done,
    /// Somebody else was faster.
    Moved,
}

impl<'a> Git<'a> {
    pub(super) fn new(folder: &Path, hidden: &'a [&'a str]) -> Self {
        Self { folder: folder.to_owned(), hidden }
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new("git");
        // Hooks are meant for the sources, and would run with whatever this process can see.
        command.arg("-C").arg(&self.folder).args(["-c", "core.hooksPath=/dev/null"]).args(arguments);
        // No lock for a fresher index: the working copy is somebody else's.
        command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        for name in self.hidden {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What git answers, whether it succeeds or not.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Output, PublishError> {
        self.command(arguments).output().map_err(PublishError::NoGit)
    }

    /// What git answers, without the last line end; it has to succeed.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String, PublishError> {
        let output = self.ask(arguments)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        Err(refused(arguments, &output))
    }

    /// Feeds a command, and gives back what it answers.
    fn feed(&self, arguments: &[&str], input: Vec<u8>) -> Result<String, PublishError> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().map_err(PublishError::NoGit)?;
        let stdin = child.stdin.take();
        let writer = std::thread::spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(&input)));
        let output = child.wait_with_output().map_err(PublishError::NoGit)?;
        // When git stops reading, what it says tells more than the broken pipe.
        let written = writer.join().unwrap_or(Ok(()));
        if !output.status.success() {
            return Err(refused(arguments, &output));
        }
        written.map_err(|error| broken(arguments, &error))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Every entry of a commit's tree.
    pub(super) fn entries(&self, commit: &str) -> Result<Entries, PublishError> {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", commit];
        let output = self.ask(&arguments)?;
        if !output.status.success() {
            return Err(refused(&arguments, &output));
        }
        // `100644 blob ID<TAB>PATH`
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            let about = std::str::from_utf8(line.get(..tab)?).ok()?;
            let mut words = about.split(' ');
            let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
            Some((line.get(tab + 1..)?.to_vec(), Entry { mode: mode.to_owned(), id: id.to_owned() }))
        };
        Ok(output.stdout.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// Reads files by their ids, which are there.
    pub(super) fn blobs<'b>(
        &self,
        ids: impl Iterator<Item = &'b str>,
    ) -> Result<BTreeMap<String, Vec<u8>>, PublishError> {
        let ids: Vec<&str> = ids.collect();
        let arguments = ["cat-file", "--batch"];
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().map_err(PublishError::NoGit)?;
        let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let stdin = child.stdin.take();
        let writer = std::thread::spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(input.as_bytes())));
        let blobs = read_blobs(&mut child, &ids).map_err(|error| broken(&arguments, &error));
        // A reader that gives up closes the pipe, which ends git and the writer.
        drop(child.stdout.take());
        let _ = writer.join();
        let _ = child.wait();
        blobs
    }

    /// Keeps texts, and gives their ids in the same order.
    pub(super) fn keep(&self, texts: &[&str]) -> Result<Vec<String>, PublishError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let mark = index + 1;
            input.extend_from_slice(format!("blob\nmark :{mark}\ndata {}\n", text.len()).as_bytes());
            input.extend_from_slice(text.as_bytes());
            input.extend_from_slice(format!("\nget-mark :{mark}\n").as_bytes());
        }
        input.extend_from_slice(b"done\n");
        let arguments = ["fast-import", "--quiet", "--done"];
        let answer = self.feed(&arguments, input)?;
        let ids: Vec<String> = answer.lines().map(str::to_owned).collect();
        if ids.len() != texts.len() {
            return Err(broken(&arguments, &io::Error::from(io::ErrorKind::UnexpectedEof)));
        }
        Ok(ids)
    }

    /// Makes the tree of these entries.
    pub(super) fn tree(&self, entries: &Entries) -> Result<String, PublishError> {
        let arguments = ["mktree", "-z", "--batch"];
        let mut folders: BTreeMap<Vec<u8>, Vec<(Vec<u8>, String)>> = BTreeMap::from([(Vec::new(), Vec::new())]);
        for (path, entry) in entries {
            let (folder, name) = split(path);
            let mut above = folder;
            while !above.is_empty() {
                folders.entry(above.to_vec()).or_default();
                above = split(above).0;
            }
            let kind = if entry.mode == "160000" { "commit" } else { "blob" };
            let line = format!("{} {kind} {}", entry.mode, entry.id);
            folders.entry(folder.to_vec()).or_default().push((name.to_vec(), line));
        }
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().map_err(PublishError::NoGit)?;
        let tree = make_trees(&mut child, folders).map_err(|error| broken(&arguments, &error));
        drop(child.stdin.take());
        let output = child.wait_with_output().map_err(PublishError::NoGit)?;
        if !output.status.success() {
            return Err(refused(&arguments, &output));
        }
        tree
    }

    /// Makes a commit, signed where the user signs commits.
    pub(super) fn commit(&self, tree: &str, parent: Option<&str>, message: &str) -> Result<String, PublishError> {
        // `git commit-tree` does not read `commit.gpgSign` (git-config(1)).
        let signs = self.ask(&["config", "--type=bool", "--get", "commit.gpgSign"])?;
        let mut arguments = vec!["commit-tree", tree, "-F", "-"];
        if let Some(parent) = parent {
            arguments.extend(["-p", parent]);
        }
        let signs = signs.stdout.starts_with(b"true");
        if signs {
            arguments.push("-S");
        }
        match self.feed(&arguments, message.as_bytes().to_vec()) {
            Ok(id) => Ok(id.trim_end().to_owned()),
            Err(PublishError::Refused { said, .. }) if is_nobody(&said) => Err(PublishError::Nobody { said }),
            Err(PublishError::Refused { said, .. }) if signs => Err(PublishError::Unsigned { said }),
            Err(error) => Err(error),
        }
    }

    /// The commit that a branch of a remote is at.
    pub(super) fn remote_head(&self, remote: &str, reference: &str) -> Result<Option<String>, PublishError> {
        let answer = self.talk(remote, &["ls-remote", remote, reference])?;
        // A pattern finds references that end in it too.
        let of = |line: &str| line.split_once('\t').filter(|(_, name)| *name == reference).map(|(id, _)| id.to_owned());
        Ok(answer.lines().find_map(of))
    }

    /// Brings a branch's commits here, and changes no branch.
    pub(super) fn fetch(&self, remote: &str, reference: &str) -> Result<(), PublishError> {
        let quiet = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap="];
        let mut arguments = quiet.to_vec();
        arguments.extend([remote, reference]);
        self.talk(remote, &arguments).map(|_| ())
    }

    /// Moves a branch of a remote on to a commit, if that follows from where it is.
    pub(super) fn push(&self, remote: &str, commit: &str, reference: &str) -> Result<Pushed, PublishError> {
        let target = format!("{commit}:{reference}");
        let output = self.ask(&["push", "--porcelain", "--no-follow-tags", remote, &target])?;
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        // `FLAG<TAB>FROM:TO<TAB>WHAT (WHY)` (git-push(1))
        let line = answer.lines().find(|line| line.contains(&format!(":{reference}\t")));
        match line {
            Some(line) if line.starts_with('!') => {
                let lost =
                    ["(fetch first)", "(non-fast-forward)", "(stale info)", "cannot lock ref", "failed to update ref"];
                if lost.iter().any(|why| line.contains(why)) {
                    return Ok(Pushed::Moved);
                }
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let remarks = said.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
                let why = line.rsplit('\t').next().unwrap_or(line);
                let said: Vec<&str> = remarks.filter(|line| !line.is_empty()).chain([why]).collect();
                Err(PublishError::Protected { reference: reference.to_owned(), said: said.join("; ") })
            }
            // What could not be noted about it here changes nothing there.
            Some(_) => Ok(Pushed::Done),
            None => Err(unreachable(remote, &output)),
        }
    }

    fn talk(&self, remote: &str, arguments: &[&str]) -> Result<String, PublishError> {
        let output = self.ask(arguments)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(unreachable(remote, &output))
    }
}

/// Folder and name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => (&[], path),
    }
}

/// Makes trees from the innermost outwards: a folder stands after all that are in it when paths are walked backwards.
fn make_trees(child: &mut Child, mut folders: BTreeMap<Vec<u8>, Vec<(Vec<u8>, String)>>) -> io::Result<String> {
    let stdin = child.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut stdout = BufReader::new(child.stdout.as_mut().ok_or(io::ErrorKind::BrokenPipe)?);
    while let Some((folder, lines)) = folders.pop_last() {
        let mut input = Vec::new();
        for (name, line) in lines {
            input.extend_from_slice(format!("{line}\t").as_bytes());
            input.extend_from_slice(&name);
            input.push(0);
        }
        // An empty entry ends a tree.
        input.push(0);
        stdin.write_all(&input)?;
        stdin.flush()?;
        let mut id = String::new();
        if stdout.read_line(&mut id)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let id = id.trim_end().to_owned();
        if folder.is_empty() {
            return Ok(id);
        }
        let (above, name) = split(&folder);
        folders.entry(above.to_vec()).or_default().push((name.to_vec(), format!("040000 tree {id}")));
    }
    Err(io::ErrorKind::InvalidInput.into())
}

fn read_blobs(child: &mut Child, ids: &[&str]) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let stdout: ChildStdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut stdout = BufReader::new(stdout);
    let mut blobs = BTreeMap::new();
    for id in ids {
        // `ID blob SIZE`
        let mut head = String::new();
        stdout.read_line(&mut head)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::other(head.trim_end().to_owned()))?;
        let mut bytes = Vec::new();
        (&mut stdout).take(size + 1).read_to_end(&mut bytes)?;
        if bytes.pop().is_none() || bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        blobs.insert((*id).to_owned(), bytes);
    }
    Ok(blobs)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn refused(arguments: &[&str], output: &Output) -> PublishError {
    let command = arguments.first().copied().unwrap_or_default().to_owned();
    PublishError::Refused { command, said: said(output) }
}

fn broken(arguments: &[&str], error: &io::Error) -> PublishError {
    let command = arguments.first().copied().unwrap_or_default().to_owned();
    PublishError::Refused { command, said: error.to_string() }
}

/// True when git does not know whose commit it is (git's `ident.c`).
fn is_nobody(said: &str) -> bool {
    ["Please tell me who you are", "empty ident name", "auto-detect email address"]
        .iter()
        .any(|words| said.contains(words))
}

/// Why a remote did not answer, as far as its words tell.
fn unreachable(remote: &str, output: &Output) -> PublishError {
    let said = said(output);
    // ssh draws a frame around the loudest of it.
    let lines = said.lines().map(|line| line.trim_matches(['@', ' ', '\r'])).filter(|line| !line.is_empty());
    let said = lines.collect::<Vec<_>>().join("\n");
    let is_login = [
        "Authentication failed",
        "Permission denied",
        "could not read Username",
        "could not read Password",
        "The requested URL returned error: 403",
    ];
    let remote = remote.to_owned();
    if said.contains("Host key verification failed") {
        PublishError::HostKey { remote, said }
    } else if is_login.iter().any(|words| said.contains(words)) {
        PublishError::Login { remote, said }
    } else {
        PublishError::Unreachable { remote, said }
    }
}
