//! The user's age keys, where sops looks for them.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// A key file that is larger is none, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// What decides where keys are looked for.
#[derive(Clone, Default)]
pub struct Environment {
    /// `SOPS_AGE_KEY_FILE`
    pub key_file: Option<PathBuf>,
    /// `SOPS_AGE_KEY`: the keys themselves.
    pub key: Option<Zeroizing<String>>,
    /// `SOPS_AGE_SSH_PRIVATE_KEY_FILE`
    pub ssh_key_file: Option<PathBuf>,
    /// The folder of the user's settings: `sops/age/keys.txt` lies in it.
    pub config: Option<PathBuf>,
    /// The user's folder: `.ssh` lies in it.
    pub home: Option<PathBuf>,
}

impl Environment {
    /// The environment of a process, by a function that knows its variables.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = path("HOME");
        // The rules of XDG; on macOS as sops has them, its own folder when the variable is not set.
        let config = path("XDG_CONFIG_HOME").filter(|path| path.is_absolute()).or_else(|| {
            let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
            home.as_ref().map(|home| home.join(below))
        });
        Self {
            key_file: path("SOPS_AGE_KEY_FILE"),
            key: variable("SOPS_AGE_KEY").and_then(|value| value.into_string().ok()).map(Zeroizing::new),
            ssh_key_file: path("SOPS_AGE_SSH_PRIVATE_KEY_FILE"),
            config,
            home,
        }
    }
}

/// What is wrong with a place that keys were looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProblem {
    /// The file or variable.
    pub place: String,
    /// Lower case, no full stop.
    pub reason: String,
}

impl fmt::Display for IdentityProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// The keys at hand.
#[derive(Default)]
pub struct Identities {
    keys: Vec<Box<dyn age::Identity>>,
    /// What could not be used. Another place may have the key all the same.
    pub problems: Vec<IdentityProblem>,
    /// Where keys were found.
    pub found_in: Vec<String>,
    /// Where none were.
    pub absent: Vec<String>,
}

impl Identities {
    /// Looks for keys in every place.
    #[must_use]
    pub fn find(environment: &Environment) -> Self {
        let mut found = Self::default();
        if let Some(text) = &environment.key {
            found.age_keys("SOPS_AGE_KEY", text.split_whitespace());
        } else {
            found.absent.push("SOPS_AGE_KEY".to_owned());
        }
        match &environment.key_file {
            Some(path) => found.age_file(path, true),
            None => found.absent.push("SOPS_AGE_KEY_FILE".to_owned()),
        }
        if let Some(config) = &environment.config {
            found.age_file(&config.join("sops/age/keys.txt"), false);
        }
        if let Some(path) = &environment.ssh_key_file {
            found.ssh_file(path, true);
        }
        if let Some(home) = &environment.home {
            for name in ["id_ed25519", "id_rsa"] {
                found.ssh_file(&home.join(".ssh").join(name), false);
            }
        }
        found
    }

    /// The keys in a text, one a line, lines with `#` left out.
    #[must_use]
    pub fn from_text(place: &str, text: &str) -> Self {
        let mut found = Self::default();
        found.age_keys(place, lines(text));
        found
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.keys.iter().map(|key| &**key as &dyn age::Identity)
    }

    /// Where keys were looked for, as the end of a sentence.
    #[must_use]
    pub fn looked(&self) -> String {
        let mut text = String::new();
        if !self.found_in.is_empty() {
            text.push_str(&format!("; keys found in {}", self.found_in.join(", ")));
        }
        if self.is_empty() && !self.absent.is_empty() {
            text.push_str(&format!("; looked in {}", self.absent.join(", ")));
        }
        for problem in &self.problems {
            text.push_str(&format!("; {problem}"));
        }
        text
    }

    fn problem(&mut self, place: &str, reason: impl Into<String>) {
        self.problems.push(IdentityProblem { place: place.to_owned(), reason: reason.into() });
    }

    fn read(&mut self, path: &Path, wanted: bool) -> Option<Zeroizing<String>> {
        let place = path.display().to_string();
        match read(path) {
            Ok(text) => return Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !wanted => self.absent.push(place),
            Err(error) => self.problem(&place, error.to_string()),
        }
        None
    }

    fn age_file(&mut self, path: &Path, wanted: bool) {
        if let Some(text) = self.read(path, wanted) {
            self.age_keys(&path.display().to_string(), lines(&text));
        }
    }

    fn age_keys<'t>(&mut self, place: &str, keys: impl Iterator<Item = &'t str>) {
        let before = self.keys.len();
        for key in keys {
            // A key that cannot be read is never quoted.
            match key.parse::<age::x25519::Identity>() {
                Ok(identity) => self.keys.push(Box::new(identity)),
                Err(_) if key.starts_with("AGE-PLUGIN-") => {
                    self.problem(place, "keys of age plugins are not supported")
                }
                Err(_) if key.starts_with("AGE-SECRET-KEY-PQ-") => {
                    self.problem(place, "post-quantum age keys are not supported");
                }
                Err(_) => self.problem(place, "a line in it is no age key"),
            }
        }
        if self.keys.len() > before {
            self.found_in.push(place.to_owned());
        }
    }

    fn ssh_file(&mut self, path: &Path, wanted: bool) {
        let Some(text) = self.read(path, wanted) else { return };
        let place = path.display().to_string();
        match age::ssh::Identity::from_buffer(text.as_bytes(), None) {
            Ok(key @ age::ssh::Identity::Unencrypted(_)) => {
                self.keys.push(Box::new(key));
                self.found_in.push(place);
            }
            Ok(age::ssh::Identity::Encrypted(_)) => {
                self.problem(&place, "it is protected by a passphrase, which is not supported");
            }
            Ok(age::ssh::Identity::Unsupported(_)) => {
                self.problem(&place, "keys of this kind are not supported by age")
            }
            Err(_) => self.problem(&place, "it is no SSH key that age can use"),
        }
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identities({})", self.keys.len())
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(set: &[(&str, &str)]) -> Environment {
        Environment::from_variables(|name| {
            set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn settings_lie_where_xdg_says() {
        assert_eq!(environment(&[("HOME", "/h")]).config, Some("/h/.config".into()));
        assert_eq!(environment(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")]).config, Some("/c".into()));
        // A path that is not absolute is to be ignored (XDG Base Directory Specification).
        assert_eq!(environment(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "c")]).config, Some("/h/.config".into()));
        assert_eq!(environment(&[]).config, None);
    }

    #[test]
    fn keys_come_from_every_place() {
        let folder = tempfile::tempdir().unwrap();
        let make = || age::x25519::Identity::generate();
        let write = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let key = make();
            let text = format!("# a comment\n\n{}\n", age::secrecy::ExposeSecret::expose_secret(&key.to_string()));
            std::fs::write(&path, text).unwrap();
            path
        };
        let (named, _) = (write("named.txt"), write(".config/sops/age/keys.txt"));
        let in_variable = Zeroizing::new(age::secrecy::ExposeSecret::expose_secret(&make().to_string()).to_owned());
        let environment = Environment {
            key_file: Some(named),
            key: Some(in_variable),
            config: Some(folder.path().join(".config")),
            home: Some(folder.path().to_owned()),
            ssh_key_file: None,
        };
        let found = Identities::find(&environment);
        assert_eq!((found.keys.len(), found.found_in.len(), found.problems.len()), (3, 3, 0));
        let none = Identities::find(&Environment { key_file: Some("/nowhere".into()), ..Environment::default() });
        assert!(none.is_empty() && none.problems.len() == 1);
    }

    #[test]
    fn a_broken_key_is_not_shown() {
        let found = Identities::from_text("keys.txt", "AGE-SECRET-KEY-1BROKEN\nAGE-SECRET-KEY-PQ-1X\n");
        assert!(found.is_empty());
        assert!(!format!("{found:?} {:?} {}", found.problems, found.looked()).contains("BROKEN"));
        assert_eq!(found.problems.len(), 2);
    }
}
