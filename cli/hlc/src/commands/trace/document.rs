//! Ways as JSON.

use hlc_diag::{Sources, Span};
use hlc_model::reach::{Guard, Hop, Host, Owner, State, Way};
use serde::Serialize;

use super::Shown;

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

pub(super) fn json(sources: &Sources, hosts: &[Shown<'_>]) -> serde_json::Result<String> {
    let hosts = hosts.iter().map(|shown| JsonHost::new(sources, shown.host, &shown.ways)).collect();
    let mut text = serde_json::to_string_pretty(&Document { version: VERSION, hosts })?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    hosts: Vec<JsonHost<'r>>,
}

#[derive(Serialize)]
struct JsonHost<'r> {
    host: &'r str,
    route: &'r str,
    owner: JsonOwner<'r>,
    /// `path:line:column`
    source: String,
    ways: Vec<JsonWay<'r>>,
}

#[derive(Serialize)]
struct JsonOwner<'r> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
}

#[derive(Serialize)]
struct JsonWay<'r> {
    from: &'static str,
    guard: JsonGuard<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    broken: bool,
    hops: Vec<JsonHop<'r>>,
}

#[derive(Serialize)]
struct JsonGuard<'r> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

#[derive(Serialize)]
struct JsonHop<'r> {
    kind: &'static str,
    name: &'r str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'r str,
    /// The index of the hop that leads to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// `ok`, `broken` or `unknown`
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<Finding>,
}

/// The finding that breaks a hop.
#[derive(Serialize)]
struct Finding {
    code: &'static str,
    name: &'static str,
    source: String,
}

impl<'r> JsonHost<'r> {
    fn new(sources: &Sources, host: &'r Host, ways: &[&'r Way]) -> Self {
        let owner = match &host.owner {
            Owner::Workload(name) => JsonOwner { kind: "workload", name: Some(name) },
            Owner::Addon(name) => JsonOwner { kind: "addon", name: Some(name) },
            Owner::Edge => JsonOwner { kind: "edge", name: None },
        };
        Self {
            host: &host.name,
            route: &host.route,
            owner,
            source: sources.locate(host.span),
            ways: ways.iter().map(|way| JsonWay::new(sources, way)).collect(),
        }
    }
}

impl<'r> JsonWay<'r> {
    fn new(sources: &Sources, way: &'r Way) -> Self {
        let client = if let Guard::Oidc(client) = &way.guard { Some(client.as_str()) } else { None };
        let source = way.guarded_at.map(|at| sources.locate(at));
        Self {
            from: way.view.word(),
            guard: JsonGuard { kind: way.guard.word(), client, source },
            note: way.note,
            broken: way.is_broken(),
            hops: way.hops.iter().map(|hop| JsonHop::new(sources, hop)).collect(),
        }
    }
}

impl<'r> JsonHop<'r> {
    fn new(sources: &Sources, hop: &'r Hop) -> Self {
        let locate = |span: Span| sources.locate(span);
        let (state, reason, finding) = match &hop.state {
            State::Ok => ("ok", None, None),
            State::Unknown(reason) => ("unknown", Some(reason.as_str()), None),
            State::Broken { code, message, span } => {
                let finding = Finding { code: code.id, name: code.name, source: locate(*span) };
                ("broken", Some(message.as_str()), Some(finding))
            }
        };
        Self {
            kind: hop.kind.word(),
            name: &hop.name,
            detail: &hop.detail,
            after: hop.after,
            source: hop.span.map(locate),
            state,
            reason,
            finding,
        }
    }
}
