//! `hlc output`

use hlc_change::Value;
use hlc_diag::render::plain_line;
use hlc_engine::{Session, Vault};
use serde_json::{Map, Value as Json, json};

use super::ground::Homelab;
use super::runtime::block_on;
use crate::args::stack::Output;
use crate::args::{Args, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Output, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    block_on(async {
        let session = Session::open(homelab.store.clone(), options.stack.0).await?;
        match &options.name {
            None => all(&session, console),
            Some(name) => one(&homelab, &session, name, options.reveal, console),
        }
    })
}

fn all(session: &Session, console: &Console) -> Result<Exit, Failure> {
    let outputs = session.state.resources.iter().flat_map(|(address, recorded)| {
        recorded.outputs.iter().map(move |(name, value)| (format!("{address}#{name}"), value))
    });
    if console.format == Format::Json {
        let outputs: Map<String, Json> = outputs
            .map(|(name, value)| {
                let told = if let Value::Secret(_) = value {
                    json!({ "secret": true })
                } else {
                    json!({ "secret": false, "value": value })
                };
                (name, told)
            })
            .collect();
        let document = json!({ "version": 1, "outputs": outputs });
        console.data(|out| writeln!(out, "{document:#}"))?;
        return Ok(Exit::Success);
    }
    console.data(|out| {
        outputs
            .into_iter()
            .try_for_each(|(name, value)| writeln!(out, "{} = {}", plain_line(&name), plain_line(&value.to_string())))
    })?;
    Ok(Exit::Success)
}

fn one(homelab: &Homelab, session: &Session, name: &str, reveal: bool, console: &Console) -> Result<Exit, Failure> {
    let (address, output) = name.rsplit_once('#').ok_or_else(|| {
        Failure::new(format!("`{name}` names no output")).help("write ADDRESS#NAME; without a name all are listed")
    })?;
    let address = session.address(address)?;
    let outputs = session.state.resources.get(&address).map(|recorded| &recorded.outputs);
    let value = outputs.and_then(|outputs| outputs.get(output)).ok_or_else(|| {
        let known: Vec<&str> = outputs.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        Failure::new(format!("`{address}` has no output `{output}`")).names(output, &known)
    })?;
    let Value::Secret(secret) = value else {
        let text = value.as_text().map_or_else(|| value.to_string(), str::to_owned);
        console.data(|out| writeln!(out, "{text}"))?;
        return Ok(Exit::Success);
    };
    if !reveal {
        return Err(Failure::new(format!("`{name}` is secret")).help("--reveal shows it"));
    }
    let vault = Vault::new(homelab.secrets(), session.sealed_key())
        .map_err(|error| Failure::new(error.to_string()).help("name a key in SOPS_AGE_KEY_FILE"))?;
    let opened = session.state.sealed.get(secret).and_then(|sealed| vault.open(sealed));
    let plain = opened.and_then(|secret| vault.plain(&secret)).ok_or_else(|| {
        Failure::new(format!("no key at hand opens `{name}`")).help("name a key in SOPS_AGE_KEY_FILE")
    })?;
    console.data(|out| {
        out.write_all(plain.expose())?;
        writeln!(out)
    })?;
    Ok(Exit::Success)
}
