//! What Cloudflare answers in place of a host.

use std::net::{Ipv4Addr, Ipv6Addr};

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};
use crate::stack::cloudflare;

pub(in crate::check) const CHECK: Check = Check { codes: &[&PROXIED], run };

/// A proxied record that cannot be.
pub(crate) static PROXIED: Code = Code {
    id: "HLC0905",
    name: "proxied-record",
    severity: Severity::Error,
    summary: "a record that Cloudflare cannot answer in place of",
    explain: "A proxied record makes Cloudflare take the requests and hand them on to the address: it has to reach \
              that from the internet. How long resolvers keep such a record is up to Cloudflare too.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"192.168.1.240\" proxied=#true } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\" proxied=#true } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for record in facts.model.zones().flat_map(crate::concept::Zone::records) {
        let Some(proxied) = record.proxied() else { continue };
        if let Some(ttl) = record.ttl() {
            found.push(
                Diagnostic::new(&PROXIED, ttl.span, "Cloudflare decides how long a proxied record is kept")
                    .label(proxied.span, "proxied here")
                    .help("remove `ttl`"),
            );
        }
        let Some(value) = cloudflare::value(facts.resolver, record) else { continue };
        let address = value.content.as_ref().and_then(|content| content.as_known());
        if let Some(address) = address.filter(|address| is_private(address)) {
            found.push(
                Diagnostic::new(&PROXIED, value.span, format!("Cloudflare cannot reach `{address}` from the internet"))
                    .label(proxied.span, "proxied here")
                    .help("remove `proxied`, or lead to a public address"),
            );
        }
    }
}

/// True for an address that the internet does not reach (RFC 1918, RFC 4193, RFC 6598, RFC 6890).
fn is_private(address: &str) -> bool {
    if let Ok(ip) = address.parse::<Ipv4Addr>() {
        let shared = matches!(ip.octets(), [100, second, ..] if (64..128).contains(&second));
        return ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared;
    }
    let ip = address.parse::<Ipv6Addr>();
    ip.is_ok_and(|ip| ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified())
}
