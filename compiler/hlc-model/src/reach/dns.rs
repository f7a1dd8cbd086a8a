//! Which record answers for a host.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use hlc_diag::Span;
use hlc_plan::Input;
use hlc_schema::ScopeId;

use crate::concept::Record;
use crate::resolve::Resolver;
use crate::stack::cloudflare::{self, Derived};

/// How many names a name may stand for until the host is found (resolvers give up after about as many).
const CNAMES: usize = 8;

/// Every record of the homelab that leads somewhere, by its whole name.
pub(crate) struct Dns {
    records: BTreeMap<String, Answer>,
    /// Names that have something below them.
    inner: BTreeSet<String>,
    /// Zones, each with the place of its name.
    zones: Vec<(String, Span)>,
}

/// A record that answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// `A`, `AAAA` or `CNAME`.
    pub(crate) kind: &'static str,
    /// Its whole name; with `*` for one that answers for many.
    pub(crate) name: String,
    /// What it leads to; `None` when that cannot be told, which has been reported.
    pub(crate) to: Option<Input<String>>,
    /// Where the record is written; where records are made from routes.
    pub(crate) at: Span,
    /// Where its value is written.
    pub(crate) value: Span,
    /// True for a record made from a route.
    pub(crate) derived: bool,
    /// True when Cloudflare answers in its place.
    pub(crate) proxied: bool,
}

/// What DNS says of a host.
pub(crate) enum Lookup<'d> {
    /// The records asked one after the other; the last one has the address.
    Answers(Vec<&'d Answer>),
    /// Its zone is declared and has no record for it.
    Nothing,
    /// It lies in no zone that is declared.
    NoZone,
}

impl Dns {
    pub(crate) fn of(resolver: &Resolver<'_>) -> Self {
        let mut dns = Self { records: BTreeMap::new(), inner: BTreeSet::new(), zones: Vec::new() };
        let reached = Derived::all(resolver);
        for zone in resolver.model.zones() {
            let whole = &zone.name.name;
            dns.zones.push((whole.clone(), zone.name.span));
            for record in zone.records().filter(|record| record.leads_somewhere()) {
                let (name, at) = (record.name().value.within(whole), record.name().span);
                let (to, value) = match cloudflare::value(resolver, record) {
                    Some(value) => (value.content, value.span),
                    None => (None, target(record).unwrap_or(at)),
                };
                let proxied = record.proxied().is_some();
                dns.put(Answer { kind: record.kind(), name, to, at, value, derived: false, proxied });
            }
            let Some(from_routes) = &zone.from_routes else { continue };
            let to = resolver.input(&from_routes.to, ScopeId::default()).map(|ip| ip.map(|ip| ip.to_string()));
            for host in &reached {
                if resolver.model.zone_of(&host.host).is_some_and(|of| of.name.span == zone.name.span) {
                    dns.put(Answer {
                        kind: "A",
                        name: host.host.clone(),
                        to: to.clone(),
                        at: from_routes.head,
                        value: from_routes.to.span(),
                        derived: true,
                        proxied: false,
                    });
                }
            }
        }
        dns
    }

    /// What is written out comes first, and of several addresses the first by place.
    fn put(&mut self, answer: Answer) {
        let mut above = answer.name.as_str();
        while let Some((_, parent)) = above.split_once('.') {
            self.inner.insert(parent.to_owned());
            above = parent;
        }
        let rank = |answer: &Answer| (answer.derived, answer.kind == "AAAA", answer.at);
        match self.records.get(&answer.name) {
            Some(known) if rank(known) <= rank(&answer) => {}
            _ => {
                self.records.insert(answer.name.clone(), answer);
            }
        }
    }

    /// The places of the names of all zones.
    pub(crate) fn zones(&self) -> impl Iterator<Item = Span> {
        self.zones.iter().map(|(_, at)| *at)
    }

    /// True when the zone of the host is declared.
    pub(crate) fn knows(&self, host: &str) -> bool {
        let within = |(zone, _): &(String, Span)| {
            host.strip_suffix(zone.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.zones.iter().any(within)
    }

    /// What is answered to somebody who asks for the host.
    pub(crate) fn look_up(&self, host: &str) -> Lookup<'_> {
        let mut answers = Vec::new();
        let mut name = host.to_owned();
        loop {
            let Some(answer) = self.answer(&name) else {
                return match (answers.is_empty(), self.knows(host)) {
                    // The name that it stands for is somebody else's.
                    (false, _) => Lookup::Answers(answers),
                    (true, true) => Lookup::Nothing,
                    (true, false) => Lookup::NoZone,
                };
            };
            answers.push(answer);
            match answer.to.as_ref().and_then(Input::as_known) {
                Some(target) if answer.kind == "CNAME" && answers.len() < CNAMES => name.clone_from(target),
                _ => return Lookup::Answers(answers),
            }
        }
    }

    /// The record of a name, else the `*` beside the nearest name above it that is there (RFC 4592, section 3.3.1).
    fn answer(&self, name: &str) -> Option<&Answer> {
        if let Some(answer) = self.records.get(name) {
            return Some(answer);
        }
        let mut above = name;
        while let Some((_, parent)) = above.split_once('.') {
            if let Some(answer) = self.records.get(&format!("*.{parent}")) {
                return Some(answer);
            }
            if self.inner.contains(parent) || self.records.contains_key(parent) {
                return None;
            }
            above = parent;
        }
        None
    }
}

/// True for a record with an address that only the homelab's own networks reach (RFC 1918, RFC 6598, loopback, link-local).
pub(crate) fn leads_inside(answer: &Answer) -> bool {
    let address = answer.to.as_ref().and_then(Input::as_known).and_then(|to| to.parse::<Ipv4Addr>().ok());
    let shared = |ip: Ipv4Addr| matches!(ip.octets(), [100, 64..=127, ..]);
    address.is_some_and(|ip| ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared(ip))
}

/// Where the value of a record that leads somewhere is written.
fn target(record: Record<'_>) -> Option<Span> {
    match record {
        Record::A(record) => Some(record.to.span()),
        Record::Aaaa(record) => Some(record.to.span()),
        Record::Cname(record) => Some(record.to.span()),
        Record::Mx(_) | Record::Txt(_) | Record::Srv(_) | Record::Caa(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use hlc_diag::{FileId, Span};

    use super::*;

    fn dns(records: &[(&'static str, &str, &str)]) -> Dns {
        let at = Span::new(FileId::new(0), 0, 0);
        let zones = vec![("example.net".to_owned(), at)];
        let mut dns = Dns { records: BTreeMap::new(), inner: BTreeSet::new(), zones };
        for (kind, name, to) in records {
            let to = Some(Input::known((*to).to_owned(), at));
            dns.put(Answer { kind, name: (*name).to_owned(), to, at, value: at, derived: false, proxied: false });
        }
        dns
    }

    fn asked(dns: &Dns, host: &str) -> String {
        match dns.look_up(host) {
            Lookup::Answers(answers) => {
                let names: Vec<&str> = answers.iter().map(|answer| answer.name.as_str()).collect();
                names.join(" ")
            }
            Lookup::Nothing => "nothing".to_owned(),
            Lookup::NoZone => "no zone".to_owned(),
        }
    }

    #[test]
    fn the_record_that_answers() {
        let dns = dns(&[
            ("A", "*.example.net", "192.0.2.1"),
            ("A", "web.example.net", "192.0.2.2"),
            ("CNAME", "www.example.net", "web.example.net"),
            ("CNAME", "away.example.net", "host.example.org"),
            ("CNAME", "ring.example.net", "ring.example.net"),
            ("A", "deep.apps.example.net", "192.0.2.3"),
        ]);
        assert_eq!(asked(&dns, "web.example.net"), "web.example.net");
        assert_eq!(asked(&dns, "other.example.net"), "*.example.net");
        assert_eq!(asked(&dns, "a.b.example.net"), "*.example.net");
        assert_eq!(asked(&dns, "www.example.net"), "www.example.net web.example.net");
        assert_eq!(asked(&dns, "away.example.net"), "away.example.net");
        assert_eq!(asked(&dns, "example.net"), "nothing");
        assert_eq!(asked(&dns, "other.apps.example.net"), "nothing", "apps.example.net is there");
        assert_eq!(asked(&dns, "x.web.example.net"), "nothing", "web.example.net is there");
        assert_eq!(asked(&dns, "web.example.org"), "no zone");
        assert_eq!(asked(&dns, "notexample.net"), "no zone");
        assert_eq!(asked(&dns, "ring.example.net").split(' ').count(), CNAMES);
    }
}
