//! What holds for every formatted text: it is a fixed point, it means the same, and it keeps every comment.
//!
//! Held against generated documents, the homelab of this repository, and, where they are present in `../shared` beside the
//! workspace, a larger homelab and the KDL project's own test vectors. Without those the tests report themselves as
//! ignored; with `CI=true` they fail instead.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_diag::FileId;
use hlc_syntax::{
    Document, Node, Parse, TokenKind, Unformattable, Value, ValueStyle, format, is_bare_identifier, parse,
};
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut trials = vec![
        Trial::test("layouts", || passes(layouts)),
        Trial::test("what_cannot_be_formatted", || passes(what_cannot_be_formatted)),
        Trial::test("depth_and_length_are_no_matter", || passes(depth_and_length_are_no_matter)),
        Trial::test("generated_documents", || generated(&document(), 512, 2)),
        Trial::test("mixtures", || {
            generated(&prop::collection::vec(fragment(), 0..40).prop_map(|all| all.concat()), 4096, 20)
        }),
    ];
    for name in ["homelab.kdl", "core", "workloads"] {
        let path = root.join(name);
        trials.push(Trial::test(format!("sample_{name}"), move || sample(&path)));
    }
    for (name, path) in
        [("draft", "../shared/language/draft"), ("kdl_test_vectors", "../shared/contracts/kdl/v2/test_cases/input")]
    {
        let (path, required) = (root.join(path), std::env::var("CI").is_ok_and(|ci| ci == "true"));
        let missing = kdl_files(&path).is_empty();
        trials.push(Trial::test(name, move || folder(&path)).with_ignored_flag(missing && !required));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

#[expect(clippy::unnecessary_wraps, reason = "what a trial gives")]
fn passes(test: impl FnOnce()) -> Result<(), Failed> {
    test();
    Ok(())
}

fn parsed(text: &str) -> Parse {
    parse(FileId::new(0), Arc::from(text))
}

fn formatted(text: &str) -> String {
    let Parse { document, diagnostics } = parsed(text);
    assert_eq!(diagnostics, [], "{text}");
    format(&document).unwrap()
}

/// Checks the three laws; gives back the layout.
fn laws(text: &str) -> Result<String, String> {
    let before = parsed(text).document;
    let made = format(&before).map_err(|error| format!("{error}\n{text}"))?;
    let Parse { document: after, diagnostics } = parsed(&made);
    let differs = |what: &str| Err(format!("{what}\nbefore:\n{text}\nafter:\n{made}"));
    if diagnostics.iter().any(hlc_diag::Diagnostic::is_error) {
        return differs("has errors");
    }
    if meaning(&before) != meaning(&after) {
        return differs("means something else");
    }
    if comments(&before) != comments(&after) {
        return differs("has other comments");
    }
    let again = format(&after).unwrap();
    if again != made {
        return differs(&format!("is no fixed point:\n{again}"));
    }
    let tidy = made.is_empty() || made.ends_with('\n') && !made.ends_with("\n\n") && !made.starts_with('\n');
    if !tidy || !text.contains('"') && !text.contains("/*") && made.contains("\n\n\n") {
        return differs("has empty lines");
    }
    Ok(made)
}

fn meaning(document: &Document) -> String {
    let mut out = String::new();
    let mut open: Vec<(usize, Node<'_>)> = document.nodes().map(|node| (0, node)).collect();
    open.reverse();
    while let Some((depth, node)) = open.pop() {
        let annotation = node.annotation().map(|annotation| annotation.text);
        write!(out, "\n{depth} {annotation:?}{}", spelled(document.slice(node.name_span()), &node.name())).unwrap();
        for entry in node.entries() {
            let key = entry.key().map(|key| spelled(document.slice(key.span), &key.text));
            write!(out, " {key:?}={:?}", entry.annotation().map(|annotation| annotation.text)).unwrap();
            let moves = matches!(entry.style(), ValueStyle::Multiline | ValueStyle::RawMultiline);
            match entry.value() {
                Value::String(text) if moves => write!(out, "{text:?}").unwrap(),
                Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
                    out.push_str(&entry.raw().replace("\r\n", "\n"));
                }
            }
        }
        out.push_str(if node.has_block() { " {}" } else { "" });
        let children: Vec<_> = node.children().map(|child| (depth + 1, child)).collect();
        open.extend(children.into_iter().rev());
    }
    out
}

/// The source of a string, or, where its lines may have moved, its value.
fn spelled(source: &str, value: &str) -> String {
    if source.contains("\"\"\"") { format!("{value:?}") } else { source.replace("\r\n", "\n") }
}

/// The text of comments; what slashdash disables stands for itself.
fn comments(document: &Document) -> Vec<String> {
    let wanted = |kind: TokenKind| kind.is_comment() || kind == TokenKind::Slashdash;
    let all = document.tokens().filter(|token| wanted(token.kind));
    all.map(|token| document.slice(token.span).replace("\r\n", "\n").trim_end_matches([' ', '\t']).to_owned()).collect()
}

fn kdl_files(path: &Path) -> Vec<PathBuf> {
    let mut open = vec![path.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "kdl") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The homelab of this repository is written the way the formatter writes.
fn sample(path: &Path) -> Result<(), Failed> {
    let files = kdl_files(path);
    assert!(!files.is_empty(), "no files in {}", path.display());
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        if laws(&text)? != text {
            return Err(format!("{} is not formatted: run `hlc fmt`", file.display()).into());
        }
    }
    Ok(())
}

fn folder(path: &Path) -> Result<(), Failed> {
    let files = kdl_files(path);
    assert!(!files.is_empty(), "no files in {}", path.display());
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if parsed(&text).diagnostics.is_empty() {
            laws(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        } else {
            // Whatever it is, it is refused or stays what it is.
            let _ = format(&parsed(&text).document);
        }
    }
    Ok(())
}

fn layouts() {
    for (before, after) in LAYOUTS {
        assert_eq!(&laws(before).unwrap_or_else(|error| panic!("{error}")), after, "{before}");
    }
    let fits = format!("a {{ b \"{}\" }}\n", "x".repeat(120 - 10));
    assert_eq!(fits.len(), 121);
    assert_eq!(formatted(&fits), fits);
    let wide = fits.replace('x', "é");
    assert_eq!(formatted(&wide), wide);
    let long = fits.replacen('x', "xx", 1);
    assert_eq!(formatted(&long).lines().count(), 3);
    let inner = format!("a {{ b {{ c 1; d 2 }}; e \"{}\" }}", "x".repeat(100));
    assert_eq!(formatted(&inner).lines().nth(1), Some("    b { c 1; d 2 }"));
}

/// Texts, and how they are to be written.
const LAYOUTS: &[(&str, &str)] = &[
    ("", ""),
    ("\u{feff}\r\n\n ", ""),
    ("\u{feff}a\r\nb", "a\nb\n"),
    ("/-   kdl-version 2\n\n\n\na", "/- kdl-version 2\n\na\n"),
    ("  a   1\t k = ( t ) v", "a 1 k=(t)v\n"),
    ("( t )a{}", "(t)a {}\n"),
    ("a {\n\n}\n", "a {}\n"),
    ("a{b;c;}", "a { b; c }\n"),
    ("a {\n  b;c }", "a {\n    b\n    c\n}\n"),
    ("a {\n\n\n  b\n\n\n\n  c {d}\n\n}\n\n", "a {\n    b\n\n    c { d }\n}\n"),
    ("a; b // two\n", "a\nb // two\n"),
    ("a; // one\nb", "a // one\nb\n"),
    ("a; /* two */ b", "a\n/* two */ b\n"),
    ("a /* one */; b", "a /* one */\nb\n"),
    ("// top   \n\na // end\n  // below\n", "// top\n\na // end\n// below\n"),
    ("a { // why\n\n b // one\n\n // last\n\n}// end", "a { // why\n    b // one\n\n    // last\n} // end\n"),
    ("a {// only\n}", "a { // only\n}\n"),
    ("a {/* x */b;/* y */c/* z */;}", "a { /* x */ b; /* y */ c /* z */ }\n"),
    ("a {/* x */}", "a { /* x */ }\n"),
    ("a/* 1 */1/* 2 */k/* 3 */=/* 4 */2", "a /* 1 */ 1 /* 2 */ k /* 3 */ = /* 4 */ 2\n"),
    ("a /-b   /- c=1 /-{ x }{ y }", "a /-b /- c=1 /-{ x } { y }\n"),
    ("/-  a {\nb\n}\n/-\n// why\nc", "/- a {\n    b\n}\n/- // why\nc\n"),
    ("a 1 \\\n 2 \\ // two\n\t\t3 {\nb\n}", "a 1 \\\n    2 \\ // two\n    3 {\n    b\n}\n"),
    ("a \\\n\\\n b \\\n\nc", "a \\\n    b\nc\n"),
    ("a \\ // one\n ; /* two */ b", "a // one\n/* two */ b\n"),
    ("a {\nb \"\"\"\n  x\n\n    y\n  \"\"\"\n}", "a {\n    b \"\"\"\n        x\n\n          y\n        \"\"\"\n}\n"),
    ("b #\"\"\"\r\n  x\r\n  \"\"\"# {c}", "b #\"\"\"\n    x\n    \"\"\"# { c }\n"),
    ("a 0xf_f 1_0 +1 1E3 \"\\u{41}\" ##\"x\"## #true \"b\"", "a 0xf_f 1_0 +1 1E3 \"\\u{41}\" ##\"x\"## #true \"b\"\n"),
];

fn what_cannot_be_formatted() {
    for text in
        ["a {", "}", "a #oops", "a 'b'", "# a", "/* a", "a [b]", "a =", "a=", "a (", ";", "/-", "{}", "a\"b\"", "\\ a"]
    {
        assert!(!parsed(text).diagnostics.is_empty(), "{text}");
        if let Ok(made) = format(&parsed(text).document) {
            assert!(!parsed(&made).diagnostics.iter().any(hlc_diag::Diagnostic::is_error), "{text}\n{made}");
        }
    }
    assert!(matches!(format(&parsed("a # b").document), Err(Unformattable::NotKdl(span)) if span.start == 2));
    assert_eq!(format(&parsed("\n/- kdl-version 1\n").document), Err(Unformattable::WouldChange));
}

fn depth_and_length_are_no_matter() {
    let depth = 50_000;
    laws(&format!("{}{}", "a {".repeat(depth), "}".repeat(depth))).unwrap();
    laws(&format!("a {}", "/-{}".repeat(depth))).unwrap();
    laws(&format!("a {}", "/* */".repeat(depth))).unwrap();
    laws(&format!("a {}1", "\\\n".repeat(depth))).unwrap();
    laws(&"a;".repeat(depth)).unwrap();
    laws(&format!("a {{{}}}", "b {};".repeat(depth))).unwrap();
}

/// Of the texts at least one in `share` is to be legal.
fn generated(texts: &impl Strategy<Value = String>, cases: u32, share: u32) -> Result<(), Failed> {
    let legal = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let ran = runner.run(texts, |text| {
        let Parse { document, diagnostics } = parsed(&text);
        if diagnostics.is_empty() {
            legal.set(legal.get() + 1);
            return match format(&document) {
                Err(Unformattable::WouldChange) if text.contains("kdl-version") => Ok(()),
                _ => laws(&text).map(drop).map_err(TestCaseError::fail),
            };
        }
        if let Ok(made) = format(&document) {
            prop_assert!(!parsed(&made).diagnostics.iter().any(hlc_diag::Diagnostic::is_error), "{}\n{}", text, made);
        }
        Ok(())
    });
    ran.map_err(|error| error.to_string())?;
    assert!(legal.get() >= cases / share, "{} of {cases} texts are legal", legal.get());
    Ok(())
}

/// Pieces out of which random texts get far.
fn fragment() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        " {",
        "}",
        "{ ",
        "}\n",
        "(t)",
        "( t )",
        "=",
        " k=",
        ";",
        "; ",
        "/-",
        " /- ",
        " \\\n",
        "\\ // c\n",
        " // c\n",
        " /* c */ ",
        "/**/",
        "/* c\n d */",
        " \"b\"",
        " \"\"\"\n  x\n  \"\"\"",
        " #\"\"\"\r\n\tx\r\n\t\"\"\"#",
        " #true",
        " 1",
        "\u{feff}",
        "\u{2028}",
        " a",
        "a",
        "b",
        "\nc",
        "/- kdl-version 2\n",
        "\u{3000}",
    ])
    .prop_map(str::to_owned)
}

fn word() -> impl Strategy<Value = String> {
    "[a-z_-][a-z0-9_.+-]{0,6}".prop_filter("keywords", |word| is_bare_identifier(word))
}

fn value() -> impl Strategy<Value = String> {
    let multiline = prop::collection::vec(("[ ]{0,3}", "[a-z]{0,3}"), 0..4).prop_map(|lines| {
        let mut text = String::from("\"\"\"\n");
        for (indent, word) in lines {
            let _ = writeln!(text, "  {indent}{word}");
        }
        text + "  \"\"\""
    });
    let plain = prop_oneof![
        4 => word(),
        2 => any::<String>().prop_map(|text| hlc_syntax::quote(&text)),
        2 => multiline,
        2 => prop::sample::select(vec![
            "1", "0xf_f", "-1.5e3", "#true", "#null", "#\"a\\\"#", "\"a\\\n   b\"", "\"\"\"\n\\\n  a\n  \"\"\"",
            "\"\"\"\n\ta \\\n b\n\t\"\"\"", "\"\"\"\n a\n \\ \n \"\"\"", "#\"\"\"\n    a\n\n    \"\"\"#",
        ]).prop_map(str::to_owned),
    ];
    (prop::option::of(word()), space(), plain).prop_map(|(annotation, space, plain)| match annotation {
        Some(annotation) => format!("({annotation}){space}{plain}"),
        None => plain,
    })
}

/// White space within a node, possibly none.
fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "", " ", "  ", "/* s */", " /* s\n s */ ", " \\\n", " \\ /* s */ // s\n\t"])
}

fn node() -> impl Strategy<Value = String> {
    let before = prop::sample::select(vec![
        " ",
        " ",
        "  ",
        "\t",
        " /* e */ ",
        " \\\n  ",
        "\\\n\\ // e\n",
        "\u{3000}",
        " /-x ",
        " /- \n k=1 ",
        " /- // e\n /* e */1 ",
    ]);
    let key = prop::option::of((word(), space(), space()));
    let entry = (before, key, value()).prop_map(|(before, key, value)| match key {
        Some((key, left, right)) => format!("{before}{key}{left}={right}{value}"),
        None => format!("{before}{value}"),
    });
    let head = (prop::option::of(word()), space(), word(), prop::collection::vec(entry, 0..4));
    let leaf = head.prop_map(|(annotation, space, name, entries)| {
        let annotation = annotation.map_or_else(String::new, |annotation| format!("({annotation}){space}"));
        format!("{annotation}{name}{}", entries.concat())
    });
    let leaf = leaf.boxed();
    leaf.clone().prop_recursive(3, 16, 4, move |inner| {
        let children = prop::collection::vec((start(), inner, end()), 0..4);
        let other = prop::sample::select(vec!["", "", "", " /-{}", " /- { x; y }", " /*b*/ /-{\n// b\n}", " \\\n"]);
        (leaf.clone(), other.clone(), children, other).prop_map(|(leaf, before, children, after)| {
            let children: String = children.into_iter().map(|(start, child, end)| start + &child + &end).collect();
            format!("{leaf}{before} {{{children}}}{after}")
        })
    })
}

/// What may stand in front of a node.
fn start() -> impl Strategy<Value = String> {
    let all = vec!["", "", "", "  ", "/* n */ ", "// n\n", "\n\n\n", "/-", "/- // n\n\n", "\\\n", "/* n */\n"];
    prop::sample::select(all).prop_map(str::to_owned)
}

/// What ends a node.
fn end() -> impl Strategy<Value = String> {
    let all = vec![
        "\n",
        "\n",
        ";",
        " ; ",
        "\r\n",
        " // t\n",
        "; // t\n",
        " /* t */;",
        "; /* t */",
        "\n\n\n/* t */",
        " \\\n\n",
    ];
    prop::sample::select(all).prop_map(str::to_owned)
}

fn document() -> impl Strategy<Value = String> {
    let first = prop::sample::select(vec!["", "\u{feff}", "/- kdl-version 2\n", "\n\n", "// first\n"]);
    (first, prop::collection::vec((start(), node(), end()), 0..4)).prop_map(|(first, nodes)| {
        nodes.into_iter().fold(first.to_owned(), |all, (start, node, end)| all + &start + &node + &end)
    })
}
