//! How long resolvers may keep a record.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&RECORD_TTL], run };

/// A time to live out of range.
pub(crate) static RECORD_TTL: Code = Code {
    id: "HLC0907",
    name: "record-ttl",
    severity: Severity::Error,
    summary: "a time to live that Cloudflare does not take",
    explain: "Cloudflare takes 60 seconds to a day, and from 30 seconds on in zones of its largest plan. Without `ttl` \
              it decides by itself, which is five minutes today.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\" ttl=\"2d\" } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\" ttl=\"1h\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for record in facts.model.zones().flat_map(crate::concept::Zone::records) {
        let Some(ttl) = record.ttl() else { continue };
        if !(30..=86_400).contains(&ttl.value.seconds()) {
            found.push(
                Diagnostic::new(&RECORD_TTL, ttl.span, format!("Cloudflare does not keep a record for {}", ttl.value))
                    .help("write a time between `60s` and `1d`, or remove it"),
            );
        }
    }
}
