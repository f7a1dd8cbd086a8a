//! Hosts and ports that the internet reaches without being asked anything.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::reach::{Guard, OpenPort, Reach, View};

/// A host that anybody may see.
pub(super) static OPEN_HOST: Code = Code {
    id: "HLC1050",
    name: "open-host",
    severity: Severity::Warning,
    summary: "a host that the internet reaches without a login",
    explain: "Nobody is asked who they are before this host answers. That is right for a public page, and then it is said with \
              `auth=\"none\"`, which makes this a hint. Everything else belongs behind single sign-on (`auth=\"sso\"`), an `oidc` or a \
              login of its own (`auth=\"own\"`). `hlc audit` reports it.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN { route \"status\" service=\"status\" port=80 auth=\"none\" }",
    good: "hetzner token=(secret)HCLOUD_TOKEN { route \"status\" service=\"status\" port=80 auth=\"own\" }",
};

/// A port that anybody may knock at.
pub(super) static REACHABLE_PORT: Code = Code {
    id: "HLC1051",
    name: "reachable-port",
    severity: Severity::Hint,
    summary: "a port of a server that the whole internet reaches, besides those of the web",
    explain: "Something answers there, and what stands behind the web's single sign-on does not stand behind it. A hint where a firewall \
              lets it in by a rule of its own; a warning where there is no firewall. `from` in the rule lets in fewer. `hlc audit` \
              reports it.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    firewall \"edge\" {\n        allow \"http\" tcp=80\n        allow \"https\" tcp=443\n        allow \"mail\" tcp=25\n    }\n    server \"edge\" type=\"cpx21\" image=\"ubuntu-24.04\" location=\"ash\" firewall=\"edge\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" to=\"/etc/edge\" { compose \"mail.yml\" }\n    }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    firewall \"edge\" {\n        allow \"http\" tcp=80\n        allow \"https\" tcp=443\n        allow \"mail\" tcp=25 { from \"203.0.113.0/24\" }\n    }\n    server \"edge\" type=\"cpx21\" image=\"ubuntu-24.04\" location=\"ash\" firewall=\"edge\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" to=\"/etc/edge\" { compose \"mail.yml\" }\n    }\n}",
};

pub(super) fn find(reach: &Reach) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for host in &reach.hosts {
        let Some(way) = host.from(View::Internet) else { continue };
        let severity = match way.guard {
            Guard::Unsaid => Severity::Warning,
            Guard::Open => Severity::Hint,
            Guard::SingleSignOn | Guard::Oidc(_) | Guard::Own | Guard::LoginPage => continue,
        };
        let message = format!("the internet reaches `{}`, and nobody asks for a login", host.name);
        let mut finding = Diagnostic::new(&OPEN_HOST, way.guarded_at.unwrap_or(host.span), message)
            .help("say who asks for one: `auth=\"sso\"`, `auth=\"own\"` or an `oidc`");
        finding.severity = severity;
        found.push(finding);
    }
    found
        .extend(reach.ports.iter().filter(|port| port.answers && is_worldwide(port) && !is_web(port)).filter_map(port));
    found
}

fn port(port: &OpenPort) -> Option<Diagnostic> {
    let at = port.opened.or(port.published)?;
    let what = format!("{} {} of server `{}`", port.protocol, port.ports, port.server);
    let by = match port.services.as_slice() {
        [] => String::new(),
        services => format!(", where `{}` answers", services.join("`, `")),
    };
    let mut finding = Diagnostic::new(&REACHABLE_PORT, at, format!("the internet reaches {what}{by}"));
    if port.rule.is_none() {
        finding.severity = Severity::Warning;
        return Some(finding.note("the server has no firewall").help("give the server a `firewall`"));
    }
    Some(finding.help("let in fewer with `from`, or allow this with the reason"))
}

/// True when everybody is let in.
fn is_worldwide(port: &OpenPort) -> bool {
    port.from.is_empty() || port.from.iter().any(|network| matches!(network.as_str(), "0.0.0.0/0" | "::/0"))
}

/// True for the ports that hosts answer at.
fn is_web(port: &OpenPort) -> bool {
    port.rule.is_some()
        && port.protocol == "tcp"
        && port.ports.first == port.ports.last
        && matches!(port.ports.first, 80 | 443)
}
