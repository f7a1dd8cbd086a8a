//! Texts of KDL 1: what becomes of them, and that it means what the `kdl` crate says that it means.

#![expect(clippy::panic, clippy::string_slice, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use hlc_diag::{FileId, fix};
use hlc_syntax::{Document, Nodes, Value, from_v1, parse};
use proptest::prelude::*;

const FILE: FileId = FileId::new(0);

fn converted(text: &str) -> String {
    from_v1(FILE, text).unwrap_or_else(|found| panic!("{}: {text:?}", found.message)).text
}

/// What the `kdl` crate reads: names, annotations and values in order.
fn meaning(document: &kdl::KdlDocument) -> String {
    let mut out = String::new();
    for node in document.nodes() {
        out += &format!("{:?}{:?}", node.ty().map(kdl::KdlIdentifier::value), node.name().value());
        for entry in node.entries() {
            let (key, ty) = (entry.name().map(kdl::KdlIdentifier::value), entry.ty().map(kdl::KdlIdentifier::value));
            let value = match entry.value() {
                kdl::KdlValue::String(text) => format!("{text:?}"),
                kdl::KdlValue::Integer(number) => number.to_string(),
                kdl::KdlValue::Float(number) => format!("{number:?}"),
                kdl::KdlValue::Bool(value) => value.to_string(),
                kdl::KdlValue::Null => "null".to_owned(),
            };
            out += &format!(" {key:?}={ty:?}{value}");
        }
        out += &format!(" {{{}}}", node.children().map(meaning).unwrap_or_default());
    }
    out
}

/// The same as we read it.
fn our_meaning(nodes: Nodes<'_>) -> String {
    let mut out = String::new();
    for node in nodes {
        out += &format!("{:?}{:?}", node.annotation().map(|annotation| annotation.text), node.name());
        for entry in node.entries() {
            let (key, ty) = (entry.key().map(|key| key.text), entry.annotation().map(|annotation| annotation.text));
            let value = match entry.value() {
                Value::String(text) => format!("{text:?}"),
                Value::Number(number) => {
                    number.as_i128().map_or_else(|| format!("{:?}", number.as_f64()), |number| number.to_string())
                }
                Value::Bool(value) => value.to_string(),
                Value::Null => "null".to_owned(),
            };
            out += &format!(" {key:?}={ty:?}{value}");
        }
        out += &format!(" {{{}}}", our_meaning(node.children()));
    }
    out
}

fn comments(document: &Document) -> Vec<&str> {
    document.tokens().filter(|token| token.kind.is_comment()).map(|token| document.slice(token.span)).collect()
}

/// Converts a legal text, and holds the result against the old one. False if it is none.
fn same(text: &str) -> bool {
    let Ok(before) = kdl::KdlDocument::parse_v1(text) else { return false };
    let made = match from_v1(FILE, text) {
        Ok(made) => made,
        Err(found) => panic!("{}: {:?}\n{text}", found.message, text.get(found.primary.span.range())),
    };
    let parsed = parse(FILE, Arc::from(made.text.as_str()));
    assert_eq!(parsed.diagnostics, [], "{text}\n{}", made.text);
    assert_eq!(meaning(&before), our_meaning(parsed.document.nodes()), "{text}\n{}", made.text);
    // Its reader of version 2 refuses some legal texts: `a { /-b {}; }`.
    if let Ok(after) = kdl::KdlDocument::parse_v2(&made.text) {
        assert_eq!(meaning(&before), meaning(&after), "{text}\n{}", made.text);
    }
    for comment in comments(&parsed.document) {
        assert!(text.contains(comment), "{comment}");
    }
    let edits: Vec<_> = made.edits.iter().collect();
    assert_eq!(fix::apply(text, &edits).as_deref(), Some(made.text.as_str()));
    true
}

/// Texts of KDL 1 and the same in KDL 2.
const PAIRS: &[(&str, &str)] = &[
    ("", ""),
    ("a 1 0x1F -0b1_0 0o17 1.5e-3 +7", "a 1 0x1F -0b1_0 0o17 1.5e-3 +7"),
    ("a true false null k=true", "a #true #false #null k=#true"),
    ("a \"true\" k=\"null\"", "a \"true\" k=\"null\""),
    (r#"a r"C:\data" k=r"x""#, r##"a #"C:\data"# k=#"x"#"##),
    (r###"a r#"say "hi""# r##"a"#b"##"###, r###"a #"say "hi""# ##"a"#b"##"###),
    (r##"a r#"""x"#"##, r#"a "\"\"x""#),
    ("a r\"\"", "a #\"\"#"),
    (r#"a "x\/y\\\"\n\u{e9}""#, r#"a "x/y\\\"\n\u{e9}""#),
    ("a \"one\ntwo\"", "a \"\"\"\n    one\n    two\n    \"\"\""),
    ("{\n  a \"\n x\n\"\n", ""),
    ("n {\n  a \"\n x\\n\n\"\n}", "n {\n  a \"\"\"\n\n       x\\n\n\n      \"\"\"\n}"),
    ("a r\"one\n\\two\"", "a #\"\"\"\n    one\n    \\two\n    \"\"\"#"),
    // A line of nothing but white space has none left in a text over lines.
    ("a \"one\n  \ntwo\"", "a \"one\\n  \\ntwo\""),
    ("a \"one\r\ntwo\"", "a \"\"\"\n    one\\u{d}\n    two\n    \"\"\""),
    ("a \"\u{b}\u{85}\u{7f}\u{202e}\"", "a \"\\u{b}\\u{85}\\u{7f}\\u{202e}\""),
    ("a r\"\u{0}\"", "a \"\\u{0}\""),
    ("(t)a (u)1 k=(v)\"x\"", "(t)a (u)1 k=(v)\"x\""),
    ("(\"t\")\"a b\" \"k l\"=1", "(\"t\")\"a b\" \"k l\"=1"),
    // Words that version 2 reads as something else.
    ("inf 1; nan; .5; -.5; a#b; #x; 'q'; x:", "\"inf\" 1; \"nan\"; \".5\"; \"-.5\"; \"a#b\"; \"#x\"; \"'q'\"; \"x:\""),
    ("a -inf=1", "a \"-inf\"=1"),
    ("- 1; --x; +; a.b; r 1; r#; ü", "- 1; --x; +; a.b; r 1; \"r#\"; ü"),
    ("/- a true { b; }\nc /-1 /-k=true /-{ d null; }", "/- a #true { b; }\nc /-1 /-k=#true /-{ d #null; }"),
    ("a \\ // why\n  true \\\n  2", "a \\ // why\n  #true \\\n  2"),
    ("// one true\na /* r\"x\" /* null */ */ true; b\r\n", "// one true\na /* r\"x\" /* null */ */ #true; b\r\n"),
    ("\u{feff}a\u{feff}1", "\u{feff}a 1"),
    ("/- kdl-version 1\na true", "/- kdl-version 2\na #true"),
    ("/-kdl-version  1 \na", "/-kdl-version  2 \na"),
];

#[test]
fn pairs() {
    for (before, after) in PAIRS {
        if after.is_empty() && !before.is_empty() {
            assert!(from_v1(FILE, before).is_err(), "{before:?}");
            continue;
        }
        assert_eq!(&converted(before), after, "{before:?}");
        // Nothing is left to convert.
        assert_eq!(parse(FILE, Arc::from(*after)).diagnostics, [], "{after:?}");
    }
    assert!(PAIRS.iter().filter(|(before, _)| same(before)).count() > 20);
}

/// Texts that are left as they are, what of them is to blame, and a word of the reason.
const REFUSED: &[(&str, &str, &str)] = &[
    ("a b", "b", "without quotes"),
    ("a 1 k=v", "v", "without quotes"),
    ("a #true", "#true", "without quotes"),
    ("a #\"x\"#", "\"x\"", "neither"),
    ("a \"\"\"\nx\n\"\"\"", "\"\nx\n\"", "neither"),
    ("a {\n  b true\n", "{", "neither"),
    ("a true }", "}", "neither"),
    ("true 1", "true", "neither"),
    ("a 1b", "1b", "begins like a number"),
    ("a, 1", ",", "character"),
    ("a <b>", "<", "character"),
    ("a [1]", "[", "character"),
    ("a\u{0}", "\u{0}", "character"),
    ("a\u{b}b", "\u{b}", "character"),
    ("a \"x", "\"", "no closing quote"),
    ("a r#\"x\"", "r#\"", "no closing quote"),
    ("a \"\\q\"", "\\q", "no escape"),
    ("a \"\\u{d800}\"", "\\u", "no escape"),
    ("a \"\\u{}\"", "\\u", "no escape"),
    ("/* a", "/*", "closes"),
    ("// a\u{202e}b", "\u{202e}", "no comment"),
    ("// a\u{b}true", "\u{b}", "no comment"),
    ("/- kdl-version 2\na true", "", ""),
];

#[test]
fn what_cannot_be_converted_says_where() {
    for (text, place, reason) in REFUSED {
        let Err(found) = from_v1(FILE, text) else {
            assert_eq!(*place, "", "{text:?}");
            continue;
        };
        assert_eq!(found.code.id, "HLC0037");
        assert_eq!((&text[found.primary.span.range()], found.message.contains(reason)), (*place, true), "{found:?}");
    }
}

#[test]
fn a_file_of_version_1_has_one_finding() {
    let texts = [
        "homelab \"home\" {\n    enabled true\n    open false // why\n}",
        "path r\"C:\\data\"",
        "/- kdl-version 1\na \"x\" 1",
        "a \"one\ntwo\"\nb \"x\\/y\"",
        &"a true null \"x\\/\"\n".repeat(1000),
    ];
    for text in texts {
        let found = parse(FILE, Arc::from(text)).diagnostics;
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(only.code.id, "HLC0034");
        assert!(only.message.contains("KDL 1") && only.helps.iter().any(|help| help.contains("hlc fmt --from-v1")));
        let edits: Vec<_> = only.fixes[0].edits.iter().collect();
        assert_eq!(fix::apply(text, &edits).unwrap(), converted(text));
    }
    // A slip is a slip, and a file that mixes both versions is none of KDL 1.
    for text in ["a \"x\" enabled=true", "a b=true c=false d", "a #true\nb true\nc true"] {
        let found = parse(FILE, Arc::from(text)).diagnostics;
        assert!(!found.is_empty() && found.iter().all(|found| found.code.id != "HLC0034"), "{text}");
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    assert!(converted(&"r#".repeat(100_000)).starts_with("\"r#r#"));
    for text in ["\"".repeat(100_001), "r\"\n".repeat(100_001), "/*".repeat(100_000), "\\".repeat(100_000)] {
        assert!(from_v1(FILE, &text).is_err());
    }
    let deep = format!("{}{}", "a true {\n".repeat(100_000), "}\n".repeat(100_000));
    assert!(converted(&deep).starts_with("a #true {\n"));
    let long = format!("a {}", "r\"x\ny\" true \"\\/\n\" ".repeat(50_000));
    assert!(converted(&long).contains("#true"));
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z_'.#:][a-z0-9_.#'-]{0,5}",
        // The `kdl` crate takes `+0` for a name.
        1 => "[+-]([a-z_.#'-][a-z0-9_.#'-]{0,3})?",
        1 => prop::sample::select(vec!["inf", "nan", "-inf", "r", "-", ".", "é", "r#", "$"]).prop_map(str::to_owned),
        1 => text(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -!#-\\[\\]-~]{0,4}",
        2 => prop::sample::select(vec!["\\n", "\\\\", "\\\"", "\\/", "\\u{e9}", "\\t", "\n", "\n  ", "\r\n", "\t", "ü"]).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("ends it", |c| !"\"\\".contains(*c)).prop_map(String::from),
    ];
    let raw = ("[ -~\n]{0,8}", 1..3_usize).prop_map(|(body, hashes)| {
        let hashes = "#".repeat(hashes);
        format!("r{hashes}\"{}\"{hashes}", body.replace('#', "-"))
    });
    prop_oneof![3 => prop::collection::vec(piece, 0..5).prop_map(|all| format!("\"{}\"", all.concat())), 1 => raw]
}

fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        3 => text(),
        1 => prop::sample::select(vec!["true", "false", "null", "0x1f", "-0b1_0", "0o7", "1.5E+3", "-7", "1_0.5"]).prop_map(str::to_owned),
        1 => any::<i32>().prop_map(|number| number.to_string()),
    ];
    (prop::option::weighted(0.2, "[a-z]{1,3}"), plain)
        .prop_map(|(ty, plain)| ty.map_or(plain.clone(), |ty| format!("({ty}){plain}")))
}

fn node() -> impl Strategy<Value = String> {
    let space = prop::sample::select(vec![
        " ",
        "  ",
        "\t",
        " /* c */ ",
        " \\\n  ",
        " \\ // c\n",
        "\u{3000}",
        " /-1 ",
        " /-k=true ",
    ]);
    let entry = (space, prop::option::weighted(0.4, name()), value())
        .prop_map(|(space, key, value)| space.to_owned() + &key.map_or(String::new(), |key| key + "=") + &value);
    let head = (
        prop::option::weighted(0.2, "[a-z]{1,3}"),
        prop::bool::weighted(0.1),
        name(),
        prop::collection::vec(entry, 0..4),
    );
    let leaf = head.prop_map(|(ty, gone, name, entries)| {
        let ty = ty.map_or_else(String::new, |ty| format!("({ty})"));
        format!("{}{ty}{name}{}", if gone { "/-" } else { "" }, entries.concat())
    });
    let end = prop::sample::select(vec!["\n", ";", "\r\n", " // c\n", "\n\n/* c */\n"]);
    let leaf = leaf.boxed();
    leaf.clone().prop_recursive(3, 12, 4, move |inner| {
        (leaf.clone(), prop::collection::vec((inner, end.clone()), 0..4)).prop_map(|(leaf, children)| {
            let children: String = children.into_iter().map(|(child, end)| child + end).collect();
            format!("{leaf} {{{children}}}")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn generated_texts_mean_the_same(nodes in prop::collection::vec(node(), 0..4)) {
        same(&nodes.join("\n"));
    }

    #[test]
    fn nothing_panics(text in any::<String>()) {
        let _ = from_v1(FILE, &text);
    }
}

/// Most of the KDL project's own test vectors for version 2 are legal in version 1 as well.
#[test]
fn test_vectors_that_are_legal_in_version_1() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/kdl/v2/test_cases/input");
    let files: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().flatten().collect();
    if files.is_empty() && std::env::var("CI").is_ok_and(|ci| ci == "true") {
        panic!("no test vectors in {}", folder.display());
    }
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file.path()).ok());
    let held = texts.filter(|text| same(text)).count();
    assert!(files.is_empty() || held > 100, "{held}");
}
