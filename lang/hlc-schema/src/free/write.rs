//! Data to KDL as people write it.
//!
//! What is written reads back as the same data, and `hlc fmt` leaves it as it is. Scalars of a map are properties where
//! they fit on the line, lists of scalars one dash, and a block that holds one short thing stays on its line.

use hlc_syntax::{is_bare_identifier, quote};

use crate::{Data, DataValue, Map};

/// Columns that a line may fill.
const LINE: usize = 120;
/// More scalars than this are easier to read below each other.
const PROPERTIES: usize = 6;
const INDENT: usize = 4;
/// From this many signs on that would need a `\`, a raw string reads better.
const RAW: usize = 3;

/// Writes nodes, one below the other, into blocks that are opened and closed.
#[derive(Debug, Default)]
pub struct KdlWriter {
    out: String,
    level: usize,
}

impl KdlWriter {
    /// Begins a block; `head` is everything before its brace.
    pub fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.level += 1;
    }

    /// Ends the latest block.
    pub fn close(&mut self) {
        self.level = self.level.saturating_sub(1);
        self.line("}");
    }

    /// Writes one line as it is: a whole node, or a comment.
    pub fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n(' ', self.level * INDENT));
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// Writes a map as the node that begins with `head`, such as `values` or `Deployment "web"`.
    pub fn map(&mut self, head: &str, map: &Map) {
        self.write_map(head, map);
    }

    /// Writes a value of any shape under a key.
    pub fn data(&mut self, key: &str, data: &Data) {
        self.node(&key_text(key), data);
    }

    /// The text so far.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn node(&mut self, head: &str, data: &Data) {
        match &data.value {
            DataValue::Map(map) => self.write_map(head, map),
            DataValue::List(items) => self.write_list(head, items),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Integer(_)
            | DataValue::Float(_)
            | DataValue::String(_)
            | DataValue::Deferred(_) => match word(data) {
                Some(word) => self.line(&format!("{head} {word}")),
                None => self.multiline(head, data.as_str().unwrap_or_default()),
            },
        }
    }

    fn write_map(&mut self, head: &str, map: &Map) {
        if let Some(line) = map_on_line(head, map).filter(|line| self.fits(line)) {
            return self.line(&line);
        }
        let (properties, children) = split(map);
        let mut with_properties = head.to_owned();
        for (key, word) in &properties {
            with_properties.push_str(&format!(" {}={word}", key_text(key)));
        }
        let beside = properties.len() <= PROPERTIES && self.fits(&format!("{with_properties} {{"));
        self.open(if beside { &with_properties } else { head });
        for (key, data) in map.iter().map(|(key, entry)| (key, &entry.value)) {
            if !beside || children.contains(&key) {
                self.node(&key_text(key), data);
            }
        }
        self.close();
    }

    fn write_list(&mut self, head: &str, items: &[Data]) {
        if let Some(line) = list_on_line(head, items).filter(|line| self.fits(line)) {
            return self.line(&line);
        }
        self.open(head);
        for item in items {
            self.node("-", item);
        }
        self.close();
    }

    fn fits(&self, text: &str) -> bool {
        self.level * INDENT + text.chars().count() <= LINE
    }

    /// `head """`, the lines one level deeper, `"""`. The last line's end is an empty line.
    fn multiline(&mut self, head: &str, text: &str) {
        let raw = is_raw(text);
        let (open, close) = if raw { ("#\"\"\"", "\"\"\"#") } else { ("\"\"\"", "\"\"\"") };
        self.line(&format!("{head} {open}"));
        self.level += 1;
        for line in text.split('\n') {
            if line.is_empty() {
                self.out.push('\n');
            } else if raw {
                self.line(line);
            } else {
                self.line(&escaped(line));
            }
        }
        self.line(close);
        self.level -= 1;
    }
}

/// The spelling of a key: literal, and never mistaken for the dash of a list.
fn key_text(key: &str) -> String {
    if key.starts_with('-') { quoted(key) } else { quote(key) }
}

/// A text in quotes, whether it needs them or not.
fn quoted(text: &str) -> String {
    let quoted = quote(text);
    if quoted.starts_with('"') { quoted } else { format!("\"{quoted}\"") }
}

/// A scalar on one line; `None` for lists, maps and texts of several lines.
fn word(data: &Data) -> Option<String> {
    match &data.value {
        DataValue::Null => Some("#null".to_owned()),
        DataValue::Bool(value) => Some(if *value { "#true" } else { "#false" }.to_owned()),
        DataValue::Integer(value) => Some(value.to_string()),
        DataValue::Float(value) => Some(value.to_string()),
        DataValue::String(text) if is_multiline(text) => None,
        DataValue::String(text) => Some(text_word(text)),
        // Nothing that is read from YAML holds one: said in words, as in JSON.
        DataValue::Deferred(later) => Some(quoted(&later.to_string())),
        DataValue::List(_) | DataValue::Map(_) => None,
    }
}

fn text_word(text: &str) -> String {
    if is_bare_identifier(text) && text != "-" {
        return quote(text);
    }
    let spelled = quoted(text);
    let plain = spelled.len() == text.len() + 2;
    let escapes = text.chars().filter(|c| matches!(c, '"' | '\\')).count();
    // Only quotes and backslashes may stand in a raw string that would otherwise be escaped.
    let only_those = spelled.len() == text.len() + 2 + escapes;
    if plain || escapes < RAW || !only_those || text.starts_with('"') || text.contains("\"#") {
        return spelled;
    }
    format!("#\"{text}\"#")
}

/// True for text of several lines that `"""` can hold as it stands.
fn is_multiline(text: &str) -> bool {
    let stands = |line: &str| {
        let rest = line.replace(['"', '\\', '\t'], "");
        quoted(&rest).len() == rest.len() + 2
    };
    text.contains('\n') && text.split('\n').all(stands)
}

/// True for lines with many signs that would need a `\`, and nothing that a raw string cannot hold.
fn is_raw(text: &str) -> bool {
    let escapes = text.matches('\\').count() + text.matches("\"\"\"").count();
    escapes >= RAW && !text.contains("\"\"\"#") && !text.split('\n').any(is_blank)
}

/// True for a line of nothing but white space, which KDL takes for an empty one.
fn is_blank(line: &str) -> bool {
    !line.is_empty() && line.chars().all(char::is_whitespace)
}

fn escaped(line: &str) -> String {
    let escaped = line.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let Some(first) = escaped.chars().next().filter(|_| is_blank(&escaped)) else { return escaped };
    let rest = escaped.get(first.len_utf8()..).unwrap_or_default();
    match first {
        ' ' => format!("\\s{rest}"),
        '\t' => format!("\\t{rest}"),
        other => format!("\\u{{{:x}}}{rest}", u32::from(other)),
    }
}

/// The scalars of a map that can be properties, and the keys of all others.
fn split(map: &Map) -> (Vec<(&str, String)>, Vec<&str>) {
    let mut properties = Vec::new();
    let mut children = Vec::new();
    for (key, entry) in map.iter() {
        match word(&entry.value) {
            Some(word) => properties.push((key, word)),
            None => children.push(key),
        }
    }
    (properties, children)
}

/// The whole map on one line, if it is small: scalars only, or one short block.
fn map_on_line(head: &str, map: &Map) -> Option<String> {
    let (properties, children) = split(map);
    if children.is_empty() {
        let needs_block = properties.is_empty();
        let words: String = properties.iter().map(|(key, word)| format!(" {}={word}", key_text(key))).collect();
        return (properties.len() <= PROPERTIES)
            .then(|| if needs_block { format!("{head} {{}}") } else { format!("{head}{words}") });
    }
    let [only] = children.as_slice() else { return None };
    if !properties.is_empty() {
        return None;
    }
    let child = map.get(only)?;
    let key = key_text(only);
    let inner = match &child.value {
        DataValue::Map(inner) if split(inner).1.is_empty() => map_on_line(&key, inner)?,
        DataValue::List(items) if items.iter().all(|item| word(item).is_some()) => list_on_line(&key, items)?,
        DataValue::Map(_)
        | DataValue::List(_)
        | DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => return None,
    };
    Some(format!("{head} {{ {inner} }}"))
}

/// The whole list on one line, if it is small: scalars, or one map of scalars.
fn list_on_line(head: &str, items: &[Data]) -> Option<String> {
    if items.is_empty() {
        return Some(format!("(list){head}"));
    }
    let words: Option<Vec<String>> = items.iter().map(word).collect();
    if let Some(words) = words {
        return Some(format!("{head} {{ - {} }}", words.join(" ")));
    }
    let [only] = items else { return None };
    let map = only.as_map().filter(|map| split(map).1.is_empty())?;
    Some(format!("{head} {{ {} }}", map_on_line("-", map)?))
}
