//! Words that may not stand without quotes or without `#`.

use hlc_diag::{Code, Diagnostic, Severity};

use crate::mistakes::{Role, excerpt};
use crate::number::{Numeric, numeric};
use crate::string;
use crate::tree::Document;

/// A keyword without its `#`.
pub(crate) static BARE_KEYWORD: Code = Code {
    id: "HLC0017",
    name: "bare-keyword",
    severity: Severity::Error,
    summary: "a keyword has no `#`",
    explain: "`#true`, `#false`, `#null`, `#inf`, `#-inf` and `#nan` are written with `#`, so that nobody has to guess \
              whether `true` is a text. The text is `\"true\"`.",
    bad: "persistence enabled=true",
    good: "persistence enabled=#true",
};

/// A word begins with a digit and is no number.
pub(crate) static NUMBER_LIKE: Code = Code {
    id: "HLC0018",
    name: "number-like",
    severity: Severity::Error,
    summary: "a bare word begins like a number",
    explain: "A word that begins with a digit has to be a number. Sizes, addresses, versions and durations are text and \
              need quotes: `\"10Gi\"`, `\"192.168.1.1\"`, `\"1.2.3\"`, `\"30s\"`.",
    bad: "persistence size=10Gi",
    good: "persistence size=\"10Gi\"",
};

/// A bare word contains a character that needs quotes.
pub(crate) static BROKEN_WORD: Code = Code {
    id: "HLC0019",
    name: "special-character",
    severity: Severity::Error,
    summary: "a bare word contains a character that needs quotes",
    explain: "`( ) { } [ ] / \\ \" # ; =` cannot be part of a bare word. Paths, image names, and Kubernetes' \
              `domain/name` keys need quotes.",
    bad: "limits nvidia.com/gpu=1",
    good: "limits \"nvidia.com/gpu\"=1",
};

/// A word with `#` is no keyword.
pub(crate) static UNKNOWN_KEYWORD: Code = Code {
    id: "HLC0020",
    name: "unknown-keyword",
    severity: Severity::Error,
    summary: "a word with `#` is not a keyword",
    explain: "`#` begins `#true`, `#false`, `#null`, `#inf`, `#-inf`, `#nan` and raw strings `#\"…\"#`. A text with `#` in it \
              needs quotes, and a comment begins with `//`.",
    bad: "badge color=#ff8800",
    good: "badge color=\"#ff8800\"",
};

/// A name or a key is not a string.
pub(crate) static NOT_A_STRING: Code = Code {
    id: "HLC0021",
    name: "not-a-string",
    severity: Severity::Error,
    summary: "a name or a key is a number or a keyword",
    explain: "The names of nodes, the keys of properties and annotations are text. One that looks like a number or a \
              keyword needs quotes.",
    bad: "ports {\n    80 8080\n}",
    good: "ports {\n    \"80\" 8080\n}",
};

pub(crate) fn bare_keyword(doc: &Document, token: u32, role: Role) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let quoted = string::quote(text);
    if matches!(role, Role::Argument | Role::Value) {
        return Diagnostic::new(&BARE_KEYWORD, span, format!("`{text}` without `#`"))
            .help(format!("write `#{text}`, or `{quoted}` for the text"))
            .fix(format!("write `#{text}`"), span, format!("#{text}"));
    }
    Diagnostic::new(&BARE_KEYWORD, span, format!("`{text}` cannot be {} without quotes", role.noun()))
        .help(format!("write `{quoted}`"))
        .fix(format!("write `{quoted}`"), span, quoted)
}

pub(crate) fn number_like(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let word = excerpt(text);
    let quoted = string::quote(text);
    let unsigned = text.trim_start_matches(['+', '-']);
    let diagnostic = |message: String| Diagnostic::new(&NUMBER_LIKE, span, message);
    if let Some(mended) = mend_point(text) {
        return diagnostic(format!("`{word}` is no number: it needs a digit on both sides of the point"))
            .help(format!("write `{mended}`, or `{quoted}` for the text"))
            .fix(format!("write `{mended}`"), span, mended);
    }
    let radix = [("0x", "hexadecimal"), ("0o", "octal"), ("0b", "binary")];
    if let Some((_, name)) = radix.into_iter().find(|(prefix, _)| unsigned.starts_with(prefix)) {
        return diagnostic(format!("`{word}` is no {name} number"))
            .help(format!("mend its digits, or write `{quoted}` for the text"))
            .suggest("put it in quotes", span, quoted);
    }
    diagnostic(format!("`{word}` begins like a number and is none"))
        .help(format!("a bare word cannot begin with a digit: write `{}`", excerpt(&quoted)))
        .fix("put it in quotes", span, quoted)
}

/// `.5`, `-.5` and `1.` with the digit they lack.
fn mend_point(text: &str) -> Option<String> {
    let (sign, unsigned) = text.split_at_checked(text.len() - text.trim_start_matches(['+', '-']).len())?;
    let mended = match unsigned.strip_prefix('.') {
        Some(fraction) => format!("{sign}0.{fraction}"),
        None => format!("{sign}{}.0", unsigned.strip_suffix('.')?),
    };
    (numeric(mended.as_bytes()) == Numeric::Number).then_some(mended)
}

pub(crate) fn broken_word(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let special = text.chars().find(|c| "()[]{}/\\\"#;=".contains(*c)).unwrap_or('/');
    let quoted = if text.contains('\\') && !text.contains('"') { format!("#\"{text}\"#") } else { string::quote(text) };
    Diagnostic::new(&BROKEN_WORD, span, format!("`{}` needs quotes because of its `{special}`", excerpt(text)))
        .help(format!("write `{}`", excerpt(&quoted)))
        .fix("put it in quotes", span, quoted)
}

pub(crate) fn unknown_keyword(doc: &Document, token: u32) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let diagnostic = Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("`{}` is not a keyword", excerpt(text)));
    let word = text.trim_start_matches('#').to_ascii_lowercase();
    let meant = match word.as_str() {
        "true" | "yes" | "on" | "t" => "#true",
        "false" | "no" | "off" | "f" => "#false",
        "null" | "nil" | "none" | "undefined" => "#null",
        "inf" | "infinity" | "+inf" => "#inf",
        "-infinity" => "#-inf",
        _ => {
            return diagnostic
                .help(format!(
                    "a text with `#` needs quotes: `{}`; a comment begins with `//`",
                    excerpt(&string::quote(text))
                ))
                .suggest("put it in quotes", span, string::quote(text));
        }
    };
    diagnostic.help(format!("did you mean `{meant}`?")).suggest(format!("write `{meant}`"), span, meant)
}

pub(crate) fn not_a_string(doc: &Document, token: u32, role: Role) -> Diagnostic {
    let span = doc.token_span(token);
    let text = doc.token_text(token);
    let quoted = format!("\"{text}\"");
    Diagnostic::new(&NOT_A_STRING, span, format!("`{}` cannot be {}", excerpt(text), role.noun()))
        .help(format!("{} is a text: write `{}`", role.noun(), excerpt(&quoted)))
        .fix("put it in quotes", span, quoted)
}
