//! `hlc refresh`

use hlc_change::{FieldChange, Scope, Value};
use hlc_diag::render::plain_line;
use hlc_engine::{Drift, Session};
use hlc_plan::{KindDecl, Secrecy};
use serde_json::json;

use super::ground::{Ground, Homelab};
use super::runtime::block_on;
use crate::args::stack::Refresh;
use crate::args::{Args, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Refresh, console: &Console) -> Result<Exit, Failure> {
    let Some(homelab) = Homelab::sound(args, console)? else { return Ok(Exit::Failed) };
    let stack = options.stack.0;
    block_on(async {
        let mut session = Session::locked(homelab.store.clone(), stack, &format!("refresh core/{stack}")).await?;
        let done = refresh(homelab, &mut session, options, console).await;
        session.close().await?;
        done
    })
}

async fn refresh(
    homelab: Homelab,
    session: &mut Session,
    options: &Refresh,
    console: &Console,
) -> Result<Exit, Failure> {
    let ground = Ground::new(homelab, session, options.stack.0).await?;
    let scope = Scope::default();
    let before = session.state.clone();
    let drift = session.refresh(&ground.how(&ground.plan, &scope, true)).await?;
    let kinds = ground.provider.decls();
    let kind = |address: &hlc_plan::Address| {
        before.resources.get(address).and_then(|recorded| kinds.get(recorded.kind.as_str()).copied())
    };
    if console.format == Format::Json {
        let changed = drift.changed.iter().map(|(address, fields)| {
            let fields = fields.iter().map(|field| {
                let [ours, theirs] = sides(kind(address), field);
                json!({ "path": field.path, "ours": ours, "theirs": theirs })
            });
            json!({ "address": address.as_str(), "fields": fields.collect::<Vec<_>>() })
        });
        let gone: Vec<&str> = drift.gone.iter().map(hlc_plan::Address::as_str).collect();
        let document = json!({ "version": 1, "changed": changed.collect::<Vec<_>>(), "gone": gone });
        console.data(|out| writeln!(out, "{document:#}"))?;
    } else {
        console.data(|out| {
            for (address, fields) in &drift.changed {
                writeln!(out, "~ {}", plain_line(address.as_str()))?;
                for field in fields {
                    let [ours, theirs] = sides(kind(address), field);
                    let path = plain_line(&field.path);
                    writeln!(out, "    {path}: somebody else made {} into {}", plain_line(&ours), plain_line(&theirs))?;
                }
            }
            for address in &drift.gone {
                writeln!(out, "- {}: somebody else has deleted it", plain_line(address.as_str()))?;
            }
            Ok(())
        })?;
    }
    if session.state != before {
        session.save().await.map_err(hlc_engine::EngineError::from)?;
    }
    say(&drift, options.stack.0, console);
    let has_drift = !drift.changed.is_empty() || !drift.gone.is_empty();
    Ok(if has_drift && options.detailed_exitcode { Exit::Changes } else { Exit::Success })
}

fn sides(kind: Option<&'static KindDecl>, field: &FieldChange) -> [String; 2] {
    let is_open = kind.and_then(|kind| kind.property(field.property)).is_some_and(|it| it.secrecy != Secrecy::Secret);
    [&field.before, &field.after].map(|side| match side {
        Some(Value::Null) | None => "nothing".to_owned(),
        Some(value) if is_open => value.to_string(),
        Some(_) => "(secret)".to_owned(),
    })
}

fn say(drift: &Drift, stack: hlc_plan::Stack, console: &Console) {
    let (changed, gone) = (drift.changed.len(), drift.gone.len());
    console.say(&match (changed, gone) {
        (0, 0) => format!("core/{stack}: everything is as it was set"),
        _ => format!("core/{stack}: {changed} changed and {gone} deleted by somebody else; `hlc apply core/{stack}` sets them back"),
    });
}
