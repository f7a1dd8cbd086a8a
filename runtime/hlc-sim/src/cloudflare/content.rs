//! What a record says: the content of each type, checked and in the vendor's spelling.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value};

use super::envelope::Failure;
use super::records::Fields;

/// Types that the vendor keeps and that are kept here without a look at what they say.
const UNCHECKED: [&str; 15] = [
    "CERT",
    "DNSKEY",
    "DS",
    "HTTPS",
    "LOC",
    "NAPTR",
    "OPENPGPKEY",
    "PTR",
    "SMIMEA",
    "SSHFP",
    "SVCB",
    "TLSA",
    "URI",
    "DNAME",
    "NS",
];

/// The longest string of a TXT record, in bytes (RFC 1035, 3.3).
const LONGEST_STRING: usize = 255;

/// Checks the content and writes it as the vendor does.
pub(super) fn settle(fields: &mut Fields) -> Result<(), Failure> {
    match fields.sort.as_str() {
        // 9005: github.com/yulewang/cloudflare-api-v4-ddns/issues/16; 9006 and 9009 are its likes.
        "A" => {
            let address = fields.content.parse::<Ipv4Addr>();
            let address = address.map_err(|_| invalid(9005, "Content for A record must be a valid IPv4 address."))?;
            fields.content = address.to_string();
        }
        "AAAA" => {
            let address = fields.content.parse::<Ipv6Addr>();
            let address =
                address.map_err(|_| invalid(9006, "Content for AAAA record must be a valid IPv6 address."))?;
            fields.content = address.to_string();
        }
        "CNAME" => {
            fields.content =
                host(&fields.content).ok_or_else(|| invalid(9007, "Content for CNAME record is invalid."))?;
            if fields.content == fields.name {
                return Err(invalid(9039, "CNAME content cannot reference itself."));
            }
        }
        "MX" => {
            fields.content =
                host(&fields.content).ok_or_else(|| invalid(9009, "Content for MX record must be a hostname."))?;
            short(fields.priority.ok_or_else(|| missing("priority"))?)?;
        }
        "TXT" => fields.content = strings(&fields.content)?,
        "SRV" => service(fields)?,
        "CAA" => authority(fields)?,
        sort if UNCHECKED.contains(&sort) => {
            if fields.content.is_empty() {
                let data = fields.data.as_ref().ok_or_else(|| missing("content"))?;
                fields.content = data.values().map(plain).collect::<Vec<_>>().join(" ");
            }
        }
        _ => return Err(invalid(9004, "Invalid DNS record type.")),
    }
    Ok(())
}

fn invalid(code: u32, message: &str) -> Failure {
    Failure::invalid(code, message)
}

fn missing(field: &str) -> Failure {
    Failure::invalid(9101, format!("{field} is a required data field."))
}

fn short(number: u64) -> Result<u64, Failure> {
    let fits = number <= u64::from(u16::MAX);
    fits.then_some(number).ok_or_else(|| invalid(9101, "Must be between 0 and 65535."))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A host name in lower case and without the dot at its end; `.` is the root.
fn host(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let is_label = |label: &str| {
        let characters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (1..=63).contains(&label.len()) && characters
    };
    if text == "." {
        return Some(".".to_owned());
    }
    (name.len() <= 253 && name.split('.').all(is_label)).then_some(name)
}

/// The text of a TXT record, kept as it was sent: without quotes where there were none
/// (github.com/go-acme/lego/pull/2521, github.com/cloudflare/terraform-provider-cloudflare/issues/6354). Quoted strings that
/// are too long are split, as the API description says.
fn strings(content: &str) -> Result<String, Failure> {
    if content.is_empty() {
        return Err(missing("content"));
    }
    let Some(parts) = quoted(content) else { return Ok(content.to_owned()) };
    let mut split = Vec::new();
    for part in parts {
        split.extend(pieces(&part));
    }
    let split: Vec<String> = split.into_iter().map(|part| format!("\"{part}\"")).collect();
    Ok(split.join(" "))
}

/// The strings of `"a" "b"`, escapes left as they are; `None` where it is not of that form.
fn quoted(content: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut characters = content.chars().peekable();
    while characters.next_if_eq(&' ').is_some() {}
    while characters.peek().is_some() {
        characters.next_if_eq(&'"')?;
        let mut part = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => part.extend(['\\', characters.next()?]),
                character => part.push(character),
            }
        }
        parts.push(part);
        while characters.next_if_eq(&' ').is_some() {}
    }
    (!parts.is_empty()).then_some(parts)
}

/// A string in pieces that are short enough; an escape stays whole.
fn pieces(part: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut size = 0;
    let mut characters = part.chars();
    while let Some(character) = characters.next() {
        let mut unit = String::from(character);
        if character == '\\' {
            unit.extend(characters.next());
        }
        let length = if character == '\\' { 1 } else { character.len_utf8() };
        if size + length > LONGEST_STRING {
            pieces.push(String::new());
            size = 0;
        }
        size += length;
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(&unit);
        }
    }
    pieces
}

/// What a TXT record says, however it is quoted: the same text is the same record.
pub(super) fn spoken(content: &str) -> String {
    quoted(content).map_or_else(|| content.to_owned(), |parts| parts.concat())
}

fn number(data: &Map<String, Value>, field: &str) -> Result<u64, Failure> {
    let value = data.get(field).ok_or_else(|| missing(field))?;
    short(value.as_u64().ok_or_else(super::draft::invalid_body)?)
}

fn text<'a>(data: &'a Map<String, Value>, field: &str) -> Result<&'a str, Failure> {
    data.get(field).ok_or_else(|| missing(field))?.as_str().ok_or_else(super::draft::invalid_body)
}

/// SRV is set by `data`; the content is made of it, and the priority stands beside both. Without `data` it is refused
/// (github.com/danielpigott/cloudflare-cli/issues/46).
fn service(fields: &mut Fields) -> Result<(), Failure> {
    let data = fields.data.take().ok_or_else(|| missing("data"))?;
    let (priority, weight, port) = (number(&data, "priority")?, number(&data, "weight")?, number(&data, "port")?);
    let target = host(text(&data, "target")?).ok_or_else(|| invalid(9101, "target is invalid."))?;
    fields.content = format!("{weight} {port} {target}");
    fields.priority = Some(priority);
    let entries: [(&str, Value); 4] =
        [("port", port.into()), ("priority", priority.into()), ("target", target.into()), ("weight", weight.into())];
    fields.data = Some(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    Ok(())
}

/// CAA is set by `data` too.
fn authority(fields: &mut Fields) -> Result<(), Failure> {
    let data = fields.data.take().ok_or_else(|| missing("data"))?;
    let (flags, tag, value) = (number(&data, "flags")?, text(&data, "tag")?, text(&data, "value")?);
    if flags > 255 || !matches!(tag, "issue" | "issuewild" | "iodef") {
        return Err(invalid(9101, "flags or tag is invalid."));
    }
    fields.content = format!("{flags} {tag} \"{value}\"");
    let entries: [(&str, Value); 3] = [("flags", flags.into()), ("tag", tag.into()), ("value", value.into())];
    fields.data = Some(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_strings_are_split_and_escapes_stay_whole() {
        let long = "a".repeat(254);
        assert_eq!(strings(&format!("\"{long}\\\"bc\"")).unwrap(), format!("\"{long}\\\"\" \"bc\""));
        assert_eq!(strings("v=spf1 -all").unwrap(), "v=spf1 -all");
        assert_eq!(strings("\"a\"  \"b\"").unwrap(), "\"a\" \"b\"");
        assert_eq!(spoken("\"a\" \"b\""), spoken("ab"));
        assert_eq!(strings("\"open").unwrap(), "\"open");
    }

    #[test]
    fn hosts_are_written_in_lower_case_without_a_dot() {
        assert_eq!(host("Mail.Example.com."), Some("mail.example.com".to_owned()));
        assert_eq!((host("a..b"), host(""), host("a b")), (None, None, None));
        assert_eq!(host("."), Some(".".to_owned()));
    }
}
