//! Which Helm.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hlc_chart::Digester;
use hlc_chart::render::Memory as _;
use semver::Version;

use super::HelmPlace;
use crate::store::Store;

/// The kind of notes that versions of programs are.
const NOTES: &str = "helm";
/// The oldest Helm that is run.
const OLDEST: Version = Version::new(3, 14, 0);
/// The first major version that nobody has tried with hlc.
const TOO_NEW: u64 = 5;

/// A Helm that can be run.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// As it says itself, such as `v4.3.1`.
    pub(super) version: String,
}

/// Why there is none.
#[derive(Clone, Debug)]
pub(super) struct NoHelm {
    pub(super) reason: String,
}

impl NoHelm {
    pub(super) fn help(&self) -> String {
        format!(
            "install Helm {}.{} or newer (https://helm.sh/docs/intro/install), or name the program with --helm or HLC_HELM",
            OLDEST.major, OLDEST.minor
        )
    }
}

impl Program {
    /// Finds the program and asks it for its version; for a file that was asked before, the answer is in the store.
    pub(super) fn find(place: &HelmPlace, store: &Store) -> Result<Self, NoHelm> {
        let path = path(place)?;
        let no = |reason: String| NoHelm { reason };
        let shown = path.display();
        let metadata = fs::metadata(&path).map_err(|error| no(format!("`{shown}` cannot be used: {error}")))?;
        let mut digester = Digester::new("hlc helm version 1");
        digester.text(&String::from_utf8_lossy(path.as_os_str().as_bytes()));
        for number in [metadata.len(), metadata.ino(), metadata.dev()] {
            digester.text(&number.to_string());
        }
        for number in [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()] {
            digester.text(&number.to_string());
        }
        let key = digester.finish();
        let known = store.recall(NOTES, &key).and_then(|note| String::from_utf8(note).ok());
        if let Some(version) = known.filter(|version| judge(version).is_ok()) {
            return Ok(Self { path, version });
        }
        let version = ask(&path).map_err(|reason| no(format!("`{shown}` {reason}")))?;
        judge(&version).map_err(|reason| no(format!("`{shown}` is Helm {version}, which {reason}")))?;
        store.remember(NOTES, &key, version.as_bytes());
        Ok(Self { path, version })
    }
}

/// The program that is named, or the first on the path.
fn path(place: &HelmPlace) -> Result<PathBuf, NoHelm> {
    let no = |reason: String| Err(NoHelm { reason });
    if let Some((named, by)) = &place.named {
        return match named.canonicalize() {
            Ok(path) if is_program(&path) => Ok(path),
            Ok(_) => no(format!("`{}`, which {by} names, is no program", named.display())),
            Err(error) => no(format!("`{}`, which {by} names, cannot be used: {error}", named.display())),
        };
    }
    let folders = env::split_paths(place.path.as_deref().unwrap_or(OsStr::new("")));
    // A relative folder would be another one wherever the user stands.
    let mut programs = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join("helm"));
    match programs.find(|path| is_program(path)).and_then(|path| path.canonicalize().ok()) {
        Some(path) => Ok(path),
        None => no("there is no `helm` on the PATH".to_owned()),
    }
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// What a program says its version is.
fn ask(path: &Path) -> Result<String, String> {
    let mut command = Command::new(path);
    command.args(["version", "--template", "{{.Version}}"]).env_clear().stdin(Stdio::null()).current_dir("/");
    // Helm wants folders of the user; it is told of none.
    for name in super::run::FOLDERS.into_iter().chain([super::run::CLUSTERS]) {
        command.env(name, "/nonexistent");
    }
    let output = command.output().map_err(|error| format!("cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && said.starts_with('v') && said.len() < 64 {
        return Ok(said);
    }
    Err("does not say a version as Helm does".to_owned())
}

/// Whether a version can be used.
fn judge(version: &str) -> Result<(), String> {
    let parsed = Version::parse(version.trim_start_matches('v')).map_err(|_| "is no version".to_owned())?;
    if parsed < OLDEST {
        return Err(format!("is older than {OLDEST}"));
    }
    if parsed.major >= TOO_NEW {
        return Err("is newer than this hlc knows".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn find(named: &Path) -> Result<String, String> {
        let store = Store::new(&named.parent().unwrap().join("cache"));
        let place = HelmPlace { named: Some((named.to_owned(), "--helm")), path: None };
        Program::find(&place, &store).map(|program| program.version).map_err(|no| no.reason)
    }

    #[test]
    fn versions_are_judged() {
        let folder = tempfile::tempdir().unwrap();
        let old = script(folder.path(), "old", "printf v3.9.4");
        assert!(find(&old).unwrap_err().contains("older than 3.14.0"));
        let new = script(folder.path(), "new", "printf v5.0.0");
        assert!(find(&new).unwrap_err().contains("newer than this hlc knows"));
        let other = script(folder.path(), "other", "echo usage: helm; exit 1");
        assert!(find(&other).unwrap_err().contains("does not say a version"));
        assert!(find(&folder.path().join("none")).unwrap_err().contains("--helm names"));
        assert_eq!(find(&script(folder.path(), "good", "printf v3.18.1+gabc")).unwrap(), "v3.18.1+gabc");
    }

    #[test]
    fn a_program_is_asked_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let helm = script(folder.path(), "helm", &format!("echo x >> {path}/asked; printf v4.0.0"));
        for _ in 0..3 {
            assert_eq!(find(&helm).unwrap(), "v4.0.0");
        }
        assert_eq!(fs::read_to_string(folder.path().join("asked")).unwrap(), "x\n");
        script(folder.path(), "helm", "printf v4.10.0");
        assert_eq!(find(&helm).unwrap(), "v4.10.0");
    }

    #[test]
    fn the_path_is_searched_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(first.join("helm")).unwrap();
        fs::create_dir(&second).unwrap();
        script(&second, "helm", "printf v4.0.0");
        let place = |folders: &[&Path]| HelmPlace { named: None, path: Some(env::join_paths(folders).unwrap()) };
        let store = Store::new(folder.path());
        let found = Program::find(&place(&[&first, &second]), &store).unwrap().path;
        assert_eq!(found, second.join("helm").canonicalize().unwrap());
        let none = Program::find(&place(&[&first]), &store).unwrap_err();
        assert_eq!(none.reason, "there is no `helm` on the PATH");
        assert!(none.help().contains("HLC_HELM"));
    }
}
