//! `hlc secrets set` and `hlc secrets unset`

use std::io::{self, IsTerminal as _, Read as _};
use std::time::SystemTime;

use hlc_delivery::rewrite;
use hlc_schema::suggest::nearest;
use hlc_secrets::{EditError, Opened, Secret};
use zeroize::Zeroizing;

use super::File;
use super::list::line;
use crate::console::{Console, Exit};
use crate::failure::Failure;

/// The longest value, in bytes; more than any key or certificate has.
const MAX_VALUE: u64 = 1 << 20;

pub(super) fn set(file: &File, name: &str, console: &Console) -> Result<Exit, Failure> {
    // Opened before it is asked, so that nobody types in vain.
    let opened = open(file)?;
    let known = opened.file().key(name).is_some();
    let value = ask(name)?;
    let changed = opened.set(name, &value, SystemTime::now()).map_err(|error| refused(&error))?;
    write(file, &changed)?;
    console.say(&format!("{} `{name}` in {}", if known { "changed" } else { "added" }, file.path));
    if !known && file.compilation.model.secret_uses.iter().all(|used| used.key.name != name) {
        console.say(&format!("nothing names it yet: write `(secret){name}` where it is needed"));
    }
    Ok(Exit::Success)
}

pub(super) fn unset(file: &File, name: &str, console: &Console) -> Result<Exit, Failure> {
    let opened = open(file)?;
    let meant = || nearest(name, opened.file().keys.iter().map(|key| key.name.as_str()));
    let changed = opened.unset(name, SystemTime::now()).map_err(|error| match meant() {
        Some(meant) if matches!(error, EditError::NoKey(_)) => {
            Failure::new(error.to_string()).help(format!("did you mean `{meant}`?"))
        }
        _ => refused(&error),
    })?;
    write(file, &changed)?;
    console.say(&format!("removed `{name}` from {}; revoke it where it was issued", file.path));
    if let Some(used) = file.compilation.model.secret_uses.iter().find(|used| used.key.name == name) {
        console.say(&format!("it is still named: {}", line(&file.compilation.sources, used.key.span)));
    }
    Ok(Exit::Success)
}

fn open(file: &File) -> Result<Opened, Failure> {
    file.open().map_err(|error| file.closed(&error))
}

/// The value: typed without being shown, or from stdin without its last line break.
fn ask(name: &str) -> Result<Secret, Failure> {
    let unreadable = |error: &io::Error| Failure::new(format!("cannot read the value: {error}"));
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("value of {name}: ")).map_err(|error| unreadable(&error))?;
        return Ok(Secret::from(typed));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().lock().take(MAX_VALUE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_VALUE {
        return Err(Failure::new("the value is longer than 1 MiB"));
    }
    if std::str::from_utf8(&bytes).is_err() {
        return Err(Failure::new("the value is no UTF-8 text").help("encode it, for example with base64"));
    }
    let line = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(Secret::new(line.to_vec()))
}

fn write(file: &File, changed: &Opened) -> Result<(), Failure> {
    rewrite(&file.project.folder.join(&file.path), changed.text())
        .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", file.path)))
}

fn refused(error: &EditError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        EditError::NoKey(_) => failure.help("`hlc secrets list` shows the names"),
        EditError::Nested(_) | EditError::NotAValue(_) | EditError::BadName(_) => {
            failure.help("`sops edit` changes anything in the file")
        }
        EditError::WouldBePlain(_) => failure.help("the rule stands at the end of the file; choose another name"),
        EditError::EmptyValue => failure.help("to remove a secret, use `hlc secrets unset`"),
        EditError::Layout | EditError::Reopen(_) => failure,
    }
}
