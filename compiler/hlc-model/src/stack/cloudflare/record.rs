//! A record as Cloudflare's API takes it.

use hlc_diag::Span;
use hlc_plan::{Input, Kind, OutputDecl, Part, Property};
use hlc_schema::{Data, Scalar, ScopeId};
use sha2::{Digest, Sha256};

use crate::concept;
use crate::resolve::Resolver;

/// The time to live that leaves it to Cloudflare.
pub(super) const AUTOMATIC: u64 = 1;
/// How long one string of a text may be (RFC 1035, section 3.3).
const STRING_BYTES: usize = 255;

/// A DNS record (Cloudflare API, `/zones/{zone_id}/dns_records`).
#[derive(Clone, Debug, Kind)]
#[kind(name = "record", stack = Cloudflare, identity = "zone, type, name and value", outputs = OUTPUTS)]
pub struct Record {
    /// The zone's name.
    #[change(identity)]
    pub zone: String,
    /// The zone's id.
    #[change(replace)]
    pub zone_id: Input<String>,
    /// `A`, `CNAME` …
    #[change(identity)]
    pub r#type: &'static str,
    /// The whole name, such as `*.example.net`.
    #[change(identity)]
    pub name: String,
    /// The address, host or text; of a text with its quotes.
    #[change(update)]
    pub content: Option<Input<String>>,
    /// What `SRV` and `CAA` have in place of a content.
    #[change(update)]
    pub data: Option<RecordData>,
    /// Which of several mail servers is asked first: the lowest.
    #[change(update)]
    pub priority: Option<u16>,
    /// Seconds that resolvers may keep it; 1 leaves it to Cloudflare.
    #[change(update)]
    pub ttl: u64,
    /// True when Cloudflare answers in its place.
    #[change(update)]
    pub proxied: bool,
    /// A note.
    #[change(update)]
    pub comment: Option<String>,
    /// Fields that hlc does not know.
    #[change(update)]
    pub extra: Option<Data>,
}

const OUTPUTS: &[OutputDecl] = &[OutputDecl { name: "id", doc: "Its id at Cloudflare.", secret: false }];

/// The field `data` of a record.
#[derive(Clone, Debug)]
pub enum RecordData {
    /// Of `SRV`.
    Srv(SrvData),
    /// Of `CAA`.
    Caa(CaaData),
}

/// Where a service is (`SRVRecord.data`).
#[derive(Clone, Debug, Part)]
pub struct SrvData {
    /// Which of several is asked first: the lowest.
    pub priority: u16,
    /// How often it is chosen among those of one priority.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host.
    pub target: Input<String>,
}

/// Who may issue certificates (`CAARecord.data`).
#[derive(Clone, Debug, Part)]
pub struct CaaData {
    /// 128 for a record that an issuer must understand.
    pub flags: u8,
    /// `issue`, `issuewild` or `iodef`.
    pub tag: &'static str,
    /// Who may; of `iodef`, where to report.
    pub value: Input<String>,
}

impl Property for RecordData {
    fn into_data(self, at: Span) -> Option<Data> {
        match self {
            Self::Srv(data) => data.into_data(at),
            Self::Caa(data) => data.into_data(at),
        }
    }
}

/// What a record says, with its references resolved.
pub(crate) struct Value {
    pub(crate) content: Option<Input<String>>,
    pub(crate) data: Option<RecordData>,
    pub(crate) priority: Option<u16>,
    /// What tells it from other records of its type and name: the same value has the same key.
    pub(crate) key: String,
    /// Where the value is written.
    pub(crate) span: Span,
}

/// What a record says; `None` when it cannot be told, which has been reported.
pub(crate) fn value(resolver: &Resolver<'_>, record: concept::Record<'_>) -> Option<Value> {
    let here = ScopeId::default();
    let content = |content: Input<String>| Value {
        key: shown(&content),
        span: content.span(),
        content: Some(content),
        data: None,
        priority: None,
    };
    Some(match record {
        concept::Record::A(record) => content(resolver.input(&record.to, here)?.map(|ip| ip.to_string())),
        concept::Record::Aaaa(record) => content(resolver.input(&record.to, here)?.map(|ip| ip.to_string())),
        concept::Record::Cname(record) => content(host(resolver, &record.to)?),
        concept::Record::Mx(record) => {
            Value { priority: Some(record.priority.value), ..content(host(resolver, &record.to)?) }
        }
        concept::Record::Txt(record) => {
            let text = resolver.input(&record.text, here)?;
            let digest = Sha256::digest(shown(&text));
            let key = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            Value { key, ..content(text.map(|text| quoted(&text))) }
        }
        concept::Record::Srv(record) => {
            let target = host(resolver, &record.to)?;
            let number = |given: Option<hlc_schema::Spanned<u16>>| given.map_or(0, |given| given.value);
            Value {
                key: format!("{}:{}", shown(&target), record.port.value.0),
                span: target.span(),
                content: None,
                priority: None,
                data: Some(RecordData::Srv(SrvData {
                    priority: number(record.priority),
                    weight: number(record.weight),
                    port: record.port.value.0,
                    target,
                })),
            }
        }
        concept::Record::Caa(record) => {
            let value = resolver.input(&record.value, here)?;
            let tag = record.tag.value.word();
            Value {
                key: format!("{tag}:{}", shown(&value)),
                span: value.span(),
                content: None,
                priority: None,
                data: Some(RecordData::Caa(CaaData { flags: record.flags.map_or(0, |flags| flags.value), tag, value })),
            }
        }
    })
}

fn host(resolver: &Resolver<'_>, to: &hlc_schema::Expr<hlc_schema::scalar::Fqdn>) -> Option<Input<String>> {
    Some(resolver.input(to, ScopeId::default())?.map(|host| host.as_str().to_owned()))
}

/// A value as text, also when it is not known yet.
fn shown<T: Scalar>(value: &Input<T>) -> String {
    match (value.as_known().map(Scalar::to_value), value.as_later()) {
        (Some(hlc_schema::DataValue::String(text)), _) => text.into(),
        (_, Some(later)) => later.to_string(),
        _ => String::new(),
    }
}

/// A text as the API keeps it: strings of at most 255 bytes in quotes, with a space between them.
fn quoted(text: &str) -> String {
    let mut strings = vec![String::new()];
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > STRING_BYTES {
            strings.push(String::new());
            length = 0;
        }
        length += c.len_utf8();
        if let Some(string) = strings.last_mut() {
            if matches!(c, '"' | '\\') {
                string.push('\\');
            }
            string.push(c);
        }
    }
    strings.iter().map(|string| format!("\"{string}\"")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_quotes() {
        assert_eq!(quoted("v=spf1 -all"), "\"v=spf1 -all\"");
        assert_eq!(quoted(r#"a "b" \c"#), r#""a \"b\" \\c""#);
        let long = "x".repeat(300);
        assert_eq!(quoted(&long), format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45)));
        assert_eq!(quoted(""), "\"\"");
    }
}
