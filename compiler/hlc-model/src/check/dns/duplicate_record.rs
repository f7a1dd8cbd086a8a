//! Each record once.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};
use crate::concept::Record;
use crate::stack::cloudflare;

pub(in crate::check) const CHECK: Check = Check { codes: &[&DUPLICATE_RECORD], run };

/// A record twice.
pub(crate) static DUPLICATE_RECORD: Code = Code {
    id: "HLC0903",
    name: "duplicate-record",
    severity: Severity::Error,
    summary: "a record that is there already",
    explain: "Cloudflare keeps one record of a type, name and value, and refuses a second (error 81058).",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\"; A \"www\" \
          to=\"203.0.113.10\" } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\"; A \"www\" \
           to=\"203.0.113.11\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for zone in facts.model.zones() {
        let mut records: Vec<Record<'_>> = zone.records().collect();
        records.sort_by_key(|record| record.name().span);
        let mut seen = BTreeMap::new();
        for record in records {
            // Two CNAMEs of a name are reported as such, whatever they lead to.
            if matches!(record, Record::Cname(_)) {
                continue;
            }
            let Some(value) = cloudflare::value(facts.resolver, record) else { continue };
            let name = record.name();
            if let Some(first) = seen.get(&(record.kind(), &name.value, value.key.clone())).copied() {
                let whole = name.value.within(&zone.name.name);
                let message = format!("there is already an {} record `{whole}` of this value", record.kind());
                found.push(
                    Diagnostic::new(&DUPLICATE_RECORD, value.span, message)
                        .label(first, "first given here")
                        .help("remove one of the two"),
                );
            } else {
                seen.insert((record.kind(), &name.value, value.key), value.span);
            }
        }
    }
}
