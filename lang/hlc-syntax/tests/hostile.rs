//! Texts made to break a parser: they end with few findings, without overflow and without quadratic time.

use std::sync::Arc;

use hlc_diag::FileId;
use hlc_syntax::{Parse, parse};

const MILLION: usize = 1_000_000;

/// Enough to tell linear from quadratic time.
const MANY: usize = 100_000;

fn check(text: impl Into<Arc<str>>) -> Parse {
    let text: Arc<str> = text.into();
    let parsed = parse(FileId::new(0), Arc::clone(&text));
    assert!(parsed.diagnostics.len() <= 101, "{}", parsed.diagnostics.len());
    for finding in &parsed.diagnostics {
        assert!(finding.message.len() < 400 && finding.helps.iter().all(|help| help.len() < 600));
        assert!(text.get(finding.primary.span.range()).is_some());
    }
    assert_eq!(parsed.document.tokens().map(|token| token.span.range().len()).sum::<usize>(), text.len());
    // Reading must not recurse either.
    let mut open: Vec<_> = parsed.document.nodes().collect();
    while let Some(node) = open.pop() {
        let _ = (node.span(), node.entries().count());
        open.extend(node.children());
    }
    parsed
}

fn check_refused(text: impl Into<Arc<str>>) {
    assert!(!check(text).diagnostics.is_empty());
}

#[test]
fn a_million_opening_braces() {
    check_refused("{".repeat(MILLION));
    check_refused("a {".repeat(MILLION));
    check_refused("a {\n".repeat(MANY));
    check_refused(format!("{}b", "a {".repeat(MANY)));
}

#[test]
fn deep_nesting_is_no_mistake() {
    let text = format!("{}{}", "a {".repeat(MILLION), "}".repeat(MILLION));
    let parsed = check(text);
    assert_eq!(parsed.diagnostics, []);
    let innermost = parsed.document.node_at(3 * 1_000_000).unwrap();
    assert_eq!(innermost.span().start, 3 * 999_999);
}

#[test]
fn a_million_closing_braces() {
    check_refused("}".repeat(MILLION));
    check_refused("a }\n".repeat(MANY));
}

#[test]
fn a_million_unclosed_blocks_below_each_other() {
    check_refused(format!("{}{}x", "a {b {".repeat(MANY), "\n".repeat(MANY)));
    check_refused(format!("{}{}", "a {".repeat(MANY), "\n}\nb".repeat(MANY / 2)));
    check_refused(format!("{}{}", " a {\n  b\n".repeat(MANY), "}\n".repeat(MANY / 2)));
}

#[test]
fn slashdashes() {
    check_refused("/-{".repeat(MILLION));
    check_refused("a /-{ ".repeat(MANY));
    check_refused("/- a {".repeat(MANY));
    assert_eq!(check(format!("{}{}", "/-a {".repeat(MANY), "}".repeat(MANY))).diagnostics, []);
    check_refused("a /-{".repeat(MANY));
    check_refused("/- ".repeat(MANY));
    assert_eq!(check(format!("{}{}", "a /-{".repeat(MANY), "}".repeat(MANY))).diagnostics, []);
    assert_eq!(check(format!("a{}", " /-{}".repeat(MANY))).diagnostics, []);
    assert_eq!(check("/-a\n".repeat(MANY)).diagnostics, []);
}

#[test]
fn parentheses() {
    check_refused("(".repeat(MILLION));
    check_refused(")".repeat(MANY));
    check_refused("(a".repeat(MANY));
    check_refused("(a)".repeat(MANY));
    check_refused("a (".repeat(MANY));
}

#[test]
fn comments() {
    check_refused("/*".repeat(MANY));
    check_refused("a /*\n".repeat(MANY));
    assert_eq!(check(format!("{}{}", "/*".repeat(MILLION), "*/".repeat(MILLION))).diagnostics, []);
    check_refused("# x\n".repeat(MILLION));
    check_refused("*/".repeat(MANY));
}

#[test]
fn a_million_mistakes() {
    let parsed = check("a 'b' 10Gi,c true\n".repeat(MILLION / 2));
    assert_eq!(parsed.diagnostics.len(), 101);
    assert_eq!(parsed.diagnostics.last().unwrap().code.id, "HLC0099");
    check_refused("a, ".repeat(MANY));
    check_refused("a, b\n".repeat(MANY));
    check_refused("a\u{0}".repeat(MANY));
    check_refused("= ".repeat(MANY));
    check_refused("a=b=".repeat(MANY));
    check_refused("a b=\n".repeat(MANY));
    check_refused(";".repeat(MANY));
    check_refused("\\ ".repeat(MANY));
    check_refused("${a}".repeat(MANY));
    check_refused("$ {a".repeat(MANY));
    check_refused("http://".repeat(MANY));
    check_refused("a:// b".repeat(MANY));
}

#[test]
fn quotes() {
    check_refused("\"".repeat(MANY + 1));
    check_refused("a \"\n".repeat(MANY));
    check_refused("\"\"\"\n a".repeat(MANY));
    check_refused("#\"".repeat(MANY));
    check_refused("#\"x\" ".repeat(MANY));
    check_refused("#\"\"\"\n".repeat(MANY / 4));
    check("'a ".repeat(MANY));
    check("“a ".repeat(MANY));
    check_refused("[".repeat(MANY));
    check_refused("[ a\n".repeat(MANY));
    check_refused("r\"x\" ".repeat(MANY));
    let hashes: String = (1..1500).map(|n| format!("{}\"\"\"\n", "#".repeat(n))).collect();
    check_refused(hashes);
}

#[test]
fn multiline_strings() {
    check_refused(format!("a \"\"\"\n{}    \"\"\"", "x\n".repeat(MANY)));
    check_refused(format!("a \"\"\"\n{}\"\"\"", "\\q\n".repeat(MANY)));
    assert_eq!(check(format!("a \"\"\"\n{}\"\"\"", "\\\n".repeat(MANY))).diagnostics, []);
}

#[test]
fn one_long_line() {
    const LENGTH: usize = 100_000_000;
    assert_eq!(check(format!("a {}", "bbbbbbbbbbbbbbbb=1111 ".repeat(LENGTH / 100))).diagnostics, []);
    assert_eq!(check("x".repeat(LENGTH)).diagnostics, []);
    check_refused("1x".repeat(MANY));
    check_refused(format!("a \"{}", "x".repeat(LENGTH / 10)));
    check_refused(format!("a /{}", "x/".repeat(MANY)));
}

#[test]
fn bytes_that_are_no_text() {
    check_refused("\0".repeat(MILLION));
    check_refused(format!("a {}", "\u{202e}\u{feff}".repeat(MANY)));
    let nul = check("a \"x\0y\" // \0\nb \0");
    assert_eq!(nul.diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["HLC0035"; 3]);
}
