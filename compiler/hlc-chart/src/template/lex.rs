//! Actions cut out of a template, and words out of an action.

/// A word of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// `.`
    Dot,
    /// `.name`, without a space before it when it belongs to the word before.
    Field {
        name: String,
        joined: bool,
    },
    /// `$`, `$name`
    Variable(String),
    /// A keyword or a function.
    Name(String),
    Text(String),
    Number,
    Open,
    Close,
    Pipe,
    Declare,
    Assign,
    Comma,
}

/// The actions of a template in their order, without delimiters; comments are left out.
pub(super) fn actions(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(inner) = rest.get(start + 2..) else { break };
        let trimmed = inner.strip_prefix('-').unwrap_or(inner);
        if trimmed.trim_start().starts_with("/*") {
            let Some(end) = inner.find("*/") else { break };
            let after = inner.get(end..).unwrap_or_default();
            rest = after.find("}}").and_then(|end| after.get(end + 2..)).unwrap_or_default();
            continue;
        }
        let Some(end) = end_of(inner) else { break };
        let action = inner.get(..end).unwrap_or_default();
        let action = action.strip_prefix('-').unwrap_or(action);
        found.push(action.strip_suffix('-').unwrap_or(action).trim());
        rest = inner.get(end + 2..).unwrap_or_default();
    }
    found
}

/// Where `}}` stands, outside of texts.
fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut previous = '\0';
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some('"' | '\'') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '`' | '\'') => quote = Some(c),
            None if c == '}' && previous == '}' => return Some(at - 1),
            None => {}
        }
        previous = if quote.is_some() { '\0' } else { c };
    }
    None
}

/// The words of an action; `None` when it holds something that no action can.
pub(super) fn words(action: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut chars = action.char_indices().peekable();
    let mut spaced = true;
    while let Some((at, c)) = chars.next() {
        let joined = !spaced;
        spaced = false;
        let mut name_from = |from: usize| {
            let mut end = from;
            while let Some((next, c)) = chars.peek().copied().filter(|(_, c)| c.is_alphanumeric() || *c == '_') {
                end = next + c.len_utf8();
                chars.next();
            }
            action.get(from..end).unwrap_or_default().to_owned()
        };
        match c {
            c if c.is_whitespace() => spaced = true,
            '(' => words.push(Word::Open),
            ')' => words.push(Word::Close),
            '|' => words.push(Word::Pipe),
            ',' => words.push(Word::Comma),
            '=' => words.push(Word::Assign),
            ':' => {
                chars.next().filter(|(_, c)| *c == '=')?;
                words.push(Word::Declare);
            }
            '.' => {
                let name = name_from(at + 1);
                words.push(if name.is_empty() { Word::Dot } else { Word::Field { name, joined } });
            }
            '$' => words.push(Word::Variable(name_from(at + 1))),
            '"' | '`' | '\'' => {
                let mut text = String::new();
                loop {
                    let (_, next) = chars.next()?;
                    match next {
                        next if next == c => break,
                        '\\' if c != '`' => text.push(chars.next()?.1),
                        next => text.push(next),
                    }
                }
                words.push(if c == '\'' { Word::Number } else { Word::Text(text) });
            }
            c if c.is_ascii_digit() || matches!(c, '-' | '+') => {
                while chars.peek().is_some_and(|(_, c)| c.is_alphanumeric() || matches!(c, '.' | '_')) {
                    chars.next();
                }
                words.push(Word::Number);
            }
            c if c.is_alphabetic() || c == '_' => {
                let name = name_from(at);
                words.push(Word::Name(if name.is_empty() { c.to_string() } else { name }));
            }
            _ => return None,
        }
    }
    Some(words)
}
