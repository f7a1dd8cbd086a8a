//! Records lead to what answers.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::Input;
use hlc_schema::{Node as _, ScopeId};

use super::super::{Check, Facts};
use super::together;
use crate::concept::{Cloudflare, Gateway, Hetzner, Zone};
use crate::reach::dns::{Answer, Lookup, leads_inside};
use crate::stack::cloudflare::{By, Derived};

pub(in crate::check) const CHECK: Check = Check { codes: &[&RECORD_ELSEWHERE], run };

/// A record that leads elsewhere.
pub(crate) static RECORD_ELSEWHERE: Code = Code {
    id: "HLC0627",
    name: "record-elsewhere",
    severity: Severity::Warning,
    summary: "a record that leads past what answers its hosts",
    explain: "What the internet is to reach has a record with an address that the internet reaches; records made from routes lead to \
              a server that is declared, where the addresses of servers are stated. The record of a host in the LAN leads to the \
              gateway of its route. A written record of a single host may lead out of the homelab: then somebody else answers.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"*\" to=\"192.168.1.241\" } }\nworkload \"web\" \
          category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
          service=\"web\" port=80\n}",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"*\" to=(ref)gateway.homelab-gateway.ip } }\nworkload \"web\" \
           category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    route \"web\" \
           service=\"web\" port=80\n}",
};

/// What a record should lead to.
struct Wrong<'m> {
    to: String,
    instead: String,
    declared: Option<Span>,
    hosts: Vec<(String, Span)>,
    gateway: Option<&'m Gateway>,
}

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let model = facts.model;
    let hidden = |decl| model.faults.may_hide(decl);
    if hidden(Zone::decl()) || hidden(Gateway::decl()) || model.faults.kinds.contains(Cloudflare::decl().name) {
        return;
    }
    // By the place of the record's value.
    let mut wrong: BTreeMap<Span, Wrong<'_>> = BTreeMap::new();
    if !model.faults.kinds.contains(Hetzner::decl().name) {
        from_the_internet(facts, &mut wrong);
    }
    in_the_lan(facts, &mut wrong);
    for (at, wrong) in wrong {
        let Wrong { to, instead, declared, mut hosts, gateway } = wrong;
        hosts.sort_by_key(|(_, at)| *at);
        let hosts: Vec<(&str, Span)> = hosts.iter().map(|(host, at)| (host.as_str(), *at)).collect();
        let message = |hosts: &str| format!("the record of {hosts} leads to {to}, not to {instead}");
        let diagnostic = together(
            &RECORD_ELSEWHERE,
            &hosts,
            |host, asked| {
                Diagnostic::new(&RECORD_ELSEWHERE, at, message(&format!("`{host}`"))).label(asked, "this host")
            },
            |hosts| (at, message(hosts)),
        );
        let Some(mut diagnostic) = diagnostic else { continue };
        diagnostic =
            declared.into_iter().fold(diagnostic, |diagnostic, at| diagnostic.label(at, "this is its address"));
        found.push(match gateway {
            Some(gateway) => diagnostic.help(format!("write `(ref)gateway.{}.ip`", gateway.name.name)),
            None => diagnostic.help("write the address of the server that answers: `(ref)server.NAME.ipv4`"),
        });
    }
}

/// The address of what is known now.
fn known(answer: &Answer) -> Option<Ipv4Addr> {
    answer.to.as_ref().and_then(Input::as_known)?.parse().ok()
}

fn from_the_internet<'m>(facts: &Facts<'m>, wrong: &mut BTreeMap<Span, Wrong<'m>>) {
    let servers = || facts.model.hetzner.iter().flat_map(|(_, hetzner)| &hetzner.server);
    let stated: Vec<_> = servers().filter_map(|server| Some((server, server.ipv4()?))).collect();
    let all_stated = !stated.is_empty() && stated.len() == servers().count();
    for host in Derived::all(facts.resolver).into_iter().filter(|host| host.by != By::Wildcard) {
        let Lookup::Answers(answers) = facts.dns().look_up(&host.host) else { continue };
        let Some((answer, to)) = answers.last().and_then(|answer| Some((*answer, known(answer)?))) else { continue };
        let of_many = answer.name.starts_with('*');
        let instead = if leads_inside(answer) && !of_many {
            "an address that the internet reaches".to_owned()
        } else if answer.derived && all_stated && !stated.iter().any(|(_, ip)| ip.value == to) {
            match stated.as_slice() {
                [(only, _)] => format!("server `{}`", only.name.name),
                _ => "a server of the homelab".to_owned(),
            }
        } else {
            continue;
        };
        let declared = if let [(_, ip)] = stated.as_slice() { Some(ip.span) } else { None };
        let entry = wrong.entry(answer.value);
        let entry = entry.or_insert(Wrong { to: to.to_string(), instead, declared, hosts: Vec::new(), gateway: None });
        entry.hosts.push((host.host, host.span));
    }
}

fn in_the_lan<'m>(facts: &Facts<'m>, wrong: &mut BTreeMap<Span, Wrong<'m>>) {
    for workload in facts.sound_workloads() {
        for route in workload.workload.route.iter().filter(|route| route.public.is_none()) {
            let Some((gateway, _)) = route.gateway(facts.model) else { continue };
            let Some(ip) = gateway.ip.as_ref().and_then(|ip| facts.resolver.value(ip, ScopeId::default())) else {
                continue;
            };
            for host in route.hosts(facts.resolver, workload.scope).into_iter().flatten() {
                let Lookup::Answers(answers) = facts.dns().look_up(host.value.as_str()) else { continue };
                let Some((answer, to)) = answers.last().and_then(|answer| Some((*answer, known(answer)?))) else {
                    continue;
                };
                if to == ip.value || !leads_inside(answer) {
                    continue;
                }
                let instead = format!("gateway `{}`", gateway.name.name);
                let declared = Some(ip.span);
                let made = Wrong { to: to.to_string(), instead, declared, hosts: Vec::new(), gateway: Some(gateway) };
                wrong.entry(answer.value).or_insert(made).hosts.push((host.value.as_str().to_owned(), host.span));
            }
        }
    }
}
