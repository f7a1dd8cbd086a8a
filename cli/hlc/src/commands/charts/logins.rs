//! The logins that the homelab names, with their secrets.

use hlc_charts::{Login, Logins};
use hlc_delivery::{DiskInputs, Project};
use hlc_model::{Compilation, Inputs as _};
use hlc_schema::SecretKey;
use hlc_secrets::{Environment, Identities, Opened, Secret};

use crate::failure::Failure;

/// Opens the SOPS file when there is a login, and only then.
pub(super) fn find(project: &Project, compilation: &Compilation) -> Result<Logins, Failure> {
    let mut logins = Logins::default();
    let Some(homelab) = &compilation.model.homelab else { return Ok(logins) };
    if homelab.login.is_empty() {
        return Ok(logins);
    }
    let opened = open(project, compilation)?;
    for login in &homelab.login {
        let url = login.url.value.as_str();
        let found = match (&login.user, &login.password, &login.token) {
            (_, _, Some(token)) => Login::Bearer(secret(&opened, token)?),
            (Some(user), Some(password), None) => {
                Login::Basic { user: user.value.clone(), password: secret(&opened, password)? }
            }
            // `hlc check` reports it.
            (Some(_) | None, Some(_) | None, None) => {
                return Err(
                    Failure::new(format!("the login for {url} lacks its user or secret")).help("run `hlc check`")
                );
            }
        };
        logins.insert(url, found);
    }
    Ok(logins)
}

fn open(project: &Project, compilation: &Compilation) -> Result<Opened, Failure> {
    let node = compilation.model.homelab.as_ref().and_then(|homelab| homelab.secrets.as_ref());
    let node = node.ok_or_else(|| {
        Failure::new("a `login` needs a secret, and the homelab names no SOPS file").help("run `hlc check`")
    })?;
    let path = node.path.value.as_str();
    let closed = |reason: String| {
        Failure::new(format!("a `login` needs a secret, and `{path}` cannot be opened: {reason}"))
            .help("`hlc secrets check` says more")
    };
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let text = inputs.read(path).map_err(|_| closed("it cannot be read".to_owned()))?;
    let identities = Identities::find(&Environment::from_variables(|name| std::env::var_os(name)));
    Opened::open(&text, &identities).map_err(|error| closed(error.to_string()))
}

fn secret(opened: &Opened, key: &SecretKey) -> Result<Secret, Failure> {
    opened.get(&key.name).cloned().ok_or_else(|| {
        Failure::new(format!("the SOPS file has no `{}`, which a `login` needs", key.name))
            .help(format!("`hlc secrets set {}` adds it", key.name))
    })
}
