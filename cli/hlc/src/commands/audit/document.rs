//! An audit as JSON.

use hlc_diag::{Allowed, Diagnostic, Sources};
use hlc_model::audit::{Audit, Keeper, Kind, Secret};
use hlc_model::reach::{Host, OpenPort, Owner};
use serde::Serialize;

/// Version of the document; a field that changes its meaning or goes raises it, a new field does not.
const VERSION: u32 = 1;

pub(super) fn json(sources: &Sources, audit: &Audit, errors: usize) -> serde_json::Result<String> {
    let finding = |found| JsonFinding::new(sources, found);
    let document = Document {
        version: VERSION,
        errors,
        hosts: audit.reach.hosts.iter().flat_map(|host| hosts(sources, host)).collect(),
        ports: audit.reach.ports.iter().map(|port| JsonPort::new(sources, port)).collect(),
        recipients: audit
            .recipients
            .iter()
            .map(|it| Named { name: &it.name, source: sources.locate(it.span) })
            .collect(),
        secrets: audit.secrets.iter().map(|secret| JsonSecret::new(sources, secret)).collect(),
        findings: audit.findings.iter().map(finding).collect(),
        allowed: audit.allowed.iter().map(|allowed| JsonAllowed::new(sources, allowed)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// Errors of the homelab, which may hide more.
    errors: usize,
    hosts: Vec<JsonHost<'a>>,
    ports: Vec<JsonPort<'a>>,
    recipients: Vec<Named<'a>>,
    secrets: Vec<JsonSecret<'a>>,
    findings: Vec<JsonFinding<'a>>,
    allowed: Vec<JsonAllowed<'a>>,
}

/// A host as it is reached from one side.
#[derive(Serialize)]
struct JsonHost<'a> {
    host: &'a str,
    from: &'static str,
    owner: String,
    guard: &'static str,
    /// True when a request does not arrive today.
    broken: bool,
    /// `path:line:column`: where the guard is said, else where the host is.
    source: String,
}

#[derive(Serialize)]
struct JsonPort<'a> {
    server: &'a str,
    protocol: &'a str,
    ports: String,
    /// Networks that are let in; the whole internet when empty.
    from: &'a [String],
    firewall_rule: Option<&'a str>,
    services: &'a [String],
    /// True when something is known to answer there.
    answers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    source: String,
}

#[derive(Serialize)]
struct JsonSecret<'a> {
    /// `sops` or `kubernetes`
    keeper: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keys: &'a [String],
    source: String,
    readers: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    kind: &'static str,
    severity: &'a str,
    code: &'a str,
    name: &'a str,
    message: &'a str,
    source: String,
}

#[derive(Serialize)]
struct JsonAllowed<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    reason: &'a str,
    allowed_at: String,
}

fn hosts<'a>(sources: &'a Sources, host: &'a Host) -> impl Iterator<Item = JsonHost<'a>> {
    host.ways.iter().map(|way| JsonHost {
        host: &host.name,
        from: way.view.word(),
        owner: match &host.owner {
            Owner::Workload(name) => format!("workload.{name}"),
            Owner::Addon(name) => format!("addon.{name}"),
            Owner::Edge => "edge".to_owned(),
        },
        guard: way.guard.word(),
        broken: way.is_broken(),
        source: sources.locate(way.guarded_at.unwrap_or(host.span)),
    })
}

impl<'a> JsonPort<'a> {
    fn new(sources: &Sources, port: &'a OpenPort) -> Self {
        Self {
            server: &port.server,
            protocol: port.protocol,
            ports: port.ports.to_string(),
            from: &port.from,
            firewall_rule: port.rule.as_deref(),
            services: &port.services,
            answers: port.answers,
            source: port.opened.or(port.published).map(|at| sources.locate(at)),
        }
    }
}

impl<'a> JsonSecret<'a> {
    fn new(sources: &Sources, secret: &'a Secret) -> Self {
        let (keeper, namespace) = match &secret.keeper {
            Keeper::Sops => ("sops", None),
            Keeper::Kubernetes(namespace) => ("kubernetes", Some(namespace.as_str())),
        };
        let readers = secret.readers.iter().map(|it| Named { name: &it.who, source: sources.locate(it.span) });
        Self {
            keeper,
            namespace,
            name: &secret.name,
            keys: &secret.keys,
            source: sources.locate(secret.span),
            readers: readers.collect(),
        }
    }
}

impl<'a> JsonFinding<'a> {
    fn new(sources: &Sources, found: &'a Diagnostic) -> Self {
        Self {
            kind: Kind::of(found).word(),
            severity: found.severity.as_str(),
            code: found.code.id,
            name: found.code.name,
            message: &found.message,
            source: sources.locate(found.primary.span),
        }
    }
}

impl<'a> JsonAllowed<'a> {
    fn new(sources: &Sources, allowed: &'a Allowed) -> Self {
        Self {
            finding: JsonFinding::new(sources, &allowed.finding),
            reason: &allowed.reason,
            allowed_at: sources.locate(allowed.at),
        }
    }
}
