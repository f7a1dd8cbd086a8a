//! A name that stands for another has no records of its own.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};
use crate::concept::Record;
use crate::stack::cloudflare;

pub(in crate::check) const CHECK: Check = Check { codes: &[&CNAME_ALONE, &CNAME_SELF], run };

/// A CNAME that is not alone.
pub(crate) static CNAME_ALONE: Code = Code {
    id: "HLC0902",
    name: "cname-beside-others",
    severity: Severity::Error,
    summary: "a CNAME beside other records of its name",
    explain: "A CNAME says that everything about the name is told elsewhere, so nothing else can be said of it (RFC \
              1034, section 3.6.2). Cloudflare refuses an A, AAAA or CNAME beside it. At the zone itself, where \
              Cloudflare answers with the addresses of the host, records of other types may stand beside it.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { CNAME \"www\" to=\"web.example.org\"; A \"www\" \
          to=\"203.0.113.10\" } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { CNAME \"www\" to=\"web.example.org\"; A \"web\" \
           to=\"203.0.113.10\" } }",
};

/// A name that stands for itself.
pub(crate) static CNAME_SELF: Code = Code {
    id: "HLC0909",
    name: "cname-to-itself",
    severity: Severity::Error,
    summary: "a CNAME that leads to itself",
    explain: "Whoever asks for the name would be sent to the name, for ever. Cloudflare refuses it.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { CNAME \"www\" to=\"www.example.net\" } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { CNAME \"www\" to=\"web.example.net\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for zone in facts.model.zones() {
        for cname in &zone.cname {
            let name = &cname.name;
            let beside = zone.records().find(|other| {
                let refused = other.leads_somewhere() || name.value.as_str() != "@";
                // Of two CNAMEs the later one is reported.
                let other_cname = matches!(other, Record::Cname(_));
                let earlier = other.name().span < name.span;
                other.name().value == name.value
                    && other.name().span != name.span
                    && refused
                    && (!other_cname || earlier)
            });
            if let Some(other) = beside {
                let whole = name.value.within(&zone.name.name);
                found.push(
                    Diagnostic::new(&CNAME_ALONE, name.span, format!("`{whole}` has other records beside its CNAME"))
                        .label(other.name().span, format!("an {} record of the same name", other.kind()))
                        .help("remove one of the two"),
                );
                continue;
            }
            let Some(value) = cloudflare::value(facts.resolver, Record::Cname(cname)) else { continue };
            if value.key == name.value.within(&zone.name.name) {
                let message = format!("`{}` leads to itself", value.key);
                found.push(Diagnostic::new(&CNAME_SELF, value.span, message).help("name the host that it stands for"));
            }
        }
    }
}
