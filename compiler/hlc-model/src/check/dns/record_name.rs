//! Records lie in the zone that they stand in.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&RECORD_NAME], run };

/// A name with the zone in it.
pub(crate) static RECORD_NAME: Code = Code {
    id: "HLC0901",
    name: "record-name",
    severity: Severity::Error,
    summary: "a record whose name is written with its zone",
    explain: "A record is named below its zone: `www` in `example.net` is `www.example.net`. With the zone in its name \
              it would be `www.example.net.example.net`, and with that of another zone a name that nobody asks for.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www.example.net\" to=\"203.0.113.10\" } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { A \"www\" to=\"203.0.113.10\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for zone in facts.model.zones() {
        for record in zone.records() {
            let name = record.name();
            let text = name.value.as_str();
            let Some(named) = facts.model.zone_of(text) else { continue };
            let whole = name.value.within(&zone.name.name);
            let diagnostic = Diagnostic::new(&RECORD_NAME, name.span, format!("the whole name would be `{whole}`"))
                .label(named.name.span, format!("`{}` is added by itself", zone.name.name));
            if named.name.span != zone.name.span {
                let diagnostic = Diagnostic::new(&RECORD_NAME, name.span, format!("the whole name would be `{whole}`"));
                found.push(
                    diagnostic
                        .label(named.name.span, format!("`{text}` lies in this zone"))
                        .help("move the record there"),
                );
                continue;
            }
            let short = match text.strip_suffix(zone.name.name.as_str()).map(|rest| rest.trim_end_matches('.')) {
                None | Some("") => "@",
                Some(short) => short,
            };
            found.push(diagnostic.suggest(format!("write `{short}`"), name.span, format!("\"{short}\"")));
        }
    }
}
