//! Texts as DNS can carry them.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::check::{Check, Facts};
use crate::concept::Record;

pub(in crate::check) const CHECK: Check = Check { codes: &[&RECORD_TEXT], run };

/// How long a text may be at Cloudflare (documentation, "DNS record types", TXT).
const MOST: usize = 2048;

/// A text with quotes of its own, too long, or with letters that are none.
pub(crate) static RECORD_TEXT: Code = Code {
    id: "HLC0906",
    name: "record-text",
    severity: Severity::Error,
    summary: "a text that DNS cannot carry as it is written",
    explain: "The text of a TXT record is printable ASCII of at most 2048 characters. hlc puts the quotes around it \
              and cuts it into strings of 255 bytes: quotes that are written would become a part of it.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=#\"\"v=spf1 -all\"\"# } }",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" { TXT \"@\" text=\"v=spf1 -all\" } }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for record in facts.model.zones().flat_map(crate::concept::Zone::records) {
        let Record::Txt(record) = record else { continue };
        let Some(value) = facts.resolver.input(&record.text, hlc_schema::ScopeId::default()) else { continue };
        let Some(text) = value.as_known() else { continue };
        let bad = text.chars().find(|c| !matches!(c, ' '..='~'));
        if let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            let diagnostic = Diagnostic::new(&RECORD_TEXT, value.span(), "the quotes would be a part of the text");
            found.push(match inner.contains(['"', '\\']) {
                true => diagnostic.help("write one text without them: hlc quotes and cuts it"),
                false => diagnostic.suggest(format!("write `\"{inner}\"`"), value.span(), format!("\"{inner}\"")),
            });
        } else if let Some(bad) = bad {
            found.push(
                Diagnostic::new(&RECORD_TEXT, value.span(), format!("{bad:?} cannot stand in the text of a record"))
                    .help("use printable ASCII alone"),
            );
        } else if text.len() > MOST {
            let message = format!("the text has {} characters; {MOST} is the most", text.len());
            found.push(Diagnostic::new(&RECORD_TEXT, value.span(), message).help("shorten it"));
        }
    }
}
