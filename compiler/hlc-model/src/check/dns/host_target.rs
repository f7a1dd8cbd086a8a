//! Where a host is wanted, no address stands.

use std::net::Ipv4Addr;

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};
use crate::concept::Record;
use crate::stack::cloudflare::{self, RecordData};

pub(in crate::check) const CHECK: Check = Check { codes: &[&HOST_TARGET], run };

/// An address in the place of a host.
pub(crate) static HOST_TARGET: Code = Code {
    id: "HLC0904",
    name: "address-for-host",
    severity: Severity::Error,
    summary: "an address where a record wants the name of a host",
    explain: "CNAME, MX and SRV lead to a name, which has addresses of its own (RFC 1035, RFC 2782). An address in its \
              place would be looked up as a name, and not found.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { MX \"@\" to=\"203.0.113.10\" priority=10 } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { MX \"@\" to=\"mail.example.net\" priority=10; \
           A \"mail\" to=\"203.0.113.10\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for record in facts.model.zones().flat_map(crate::concept::Zone::records) {
        if !matches!(record, Record::Cname(_) | Record::Mx(_) | Record::Srv(_)) {
            continue;
        }
        let Some(value) = cloudflare::value(facts.resolver, record) else { continue };
        let target = match &value.data {
            Some(RecordData::Srv(data)) => Some(&data.target),
            Some(RecordData::Caa(_)) | None => value.content.as_ref(),
        };
        let Some(target) = target.and_then(|target| target.as_known()) else { continue };
        if target.parse::<Ipv4Addr>().is_ok() {
            let kind = record.kind();
            let message = format!("`{target}` is an address; {kind} leads to the name of a host");
            let diagnostic = Diagnostic::new(&HOST_TARGET, value.span, message);
            found.push(diagnostic.help(if matches!(record, Record::Cname(_)) {
                "write an `A` record".to_owned()
            } else {
                format!("give the address a name by an `A` record, and name that in the {kind}")
            }));
        }
    }
}
