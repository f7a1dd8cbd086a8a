//! What is written reads the same: by our own reader, by serde-saphyr, and, where Python is there, by PyYAML, which
//! knows YAML 1.1 as Kubernetes' Go readers do.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

use hlc_diag::{FileId, Span};
use hlc_kube::{data_from_yaml, data_to_json, data_to_yaml};
use hlc_schema::{Data, DataValue, Float};
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn main() {
    let arguments = Arguments::from_args();
    let python = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    let no_python = !python.is_ok_and(|status| status.success());
    let trials = vec![
        Trial::test("traps_are_quoted", traps_are_quoted),
        Trial::test("traps_read_back", || reads_back(&corpus(&traps()))),
        Trial::test("styles", styles),
        Trial::test("any_data_reads_back", any_data),
        Trial::test("python_reads_the_same", python_reads_the_same).with_ignored_flag(no_python),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn span() -> Span {
    Span::new(FileId::new(0), 0, 0)
}

fn text(text: &str) -> Data {
    Data::string(text, span())
}

/// Texts that some reader would take for something else if they were bare.
#[rustfmt::skip]
const TRAPS: &[&str] = &[
    "", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "yes", "Yes", "YES", "no", "No", "on", "On",
    "ON", "off", "OFF", "y", "Y", "n", "N", "0", "1", "-1", "+1", "0o7", "0644", "0o644", "08", "0x1F", "0X1f",
    "0b11", "1_000", "1__0", "0_7", "1e3", "1E+5", "1.", ".5", "-.5", "+.5", "1.5", "1.5e-3", ".inf", "-.inf",
    "+.INF", ".nan", ".NaN", "nan", "inf", "Infinity", "12:30:45", "1:30", "190:20:30.15", "2001-01-01",
    "2001-1-1 1:1:1", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "=", "<<", "-", "- a", "-\ta",
    "--- a", "---", "... ", "...", "?", "? a", ":", ": a", "a: b", "a:", "a #b", "#", "# a", "&a", "*a", "!a",
    "!!str a", "|", ">", "|-", "%a", "@a", "`a", "[a]", "{a: b}", ",a", "'a'", "\"a\"", "'\"", " a", "a ", "\ta",
    "a\t", "a\tb", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{feff}", "\u{feff}a", "a\u{feff}", "\u{0}", "\u{7}",
    "\u{1b}[0m", "\u{7f}", "\u{9f}", "\u{fffe}", "\r", "a\rb", "a\r\nb", "18446744073709551616", "1e400", "_", "1_",
    "0x", "9223372036854775808", "123456789012345678901234567890",
];

/// Texts that need no quotes, and texts of several lines.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "it's", "say \"x\"", "\\", "\u{a0}a", "a", "a b", "7.2.4", ":9090", ":a", "472:472", "0.0.0.0:11434", "a:b",
    "a#b", "http://a/b?c#d", "-a", "--flag=x", "?a", "ümlaut", "日本", "emoji 🎉", "2026-03-03 UTC 05:43:58", "e3",
    "x1", "1.2.3", "10Gi", "500m", "5%", "1h30m", "a\"b", "a'b", "a,b", "a]", "a}", "a!", "~a", "nulls", "a\\b",
    "/path", "$(A)", "${A}", "a @b", "(a)", "...a", "---a",
];

/// Multi-line texts: block scalars where they can be, quotes where they cannot.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "\n", "\n\n", "a\n", "a\n\n", "a\nb", "a\nb\n", "a\nb\n\n\n", "\na", "\n\na\n", " a\nb", "  a\n b\n", "\n a\nb",
    "\ta\nb", "\n\ta\n", "a\n\tb\n", "a \nb", "a\t\nb", "a\n ", "a\n \n", "a\n\n \n", " \na", "  \n\n a", "a\n \nb",
    "a\n  b\n   c\n", "#a\nb", "- a\n- b\n", "a: b\nc: d\n", "---\na\n", "...\nb", "a\n---\nb\n", "%a\nb",
    "a\r\nb\n", "a\nb\u{85}c", "a\n\u{feff}b", "a\n\u{2028}b\n", "🎉\n🎉\n", "\u{0}\na", "a\n\n\nb\n", " \n", "\n ",
    "\t\n", " ", "a\n\t", "a\n\t\n", " \t\na", "a\u{7}\nb",
];

fn traps() -> Vec<String> {
    TRAPS.iter().chain(PLAIN).chain(LINES).map(|text| (*text).to_owned()).collect()
}

/// Every text as a value, as an item, as an item of an item, deep down, and as a key.
fn corpus(texts: &[String]) -> Data {
    let values = texts.iter().enumerate().map(|(index, value)| (format!("k{index}"), text(value)));
    let items = texts.iter().map(|value| text(value)).collect();
    let pairs = texts.iter().map(|value| Data::list(vec![text(value), text(value)], span())).collect();
    let maps = texts
        .iter()
        .map(|value| {
            Data::map([("b", text(value)), ("a", text(value)), ("c", Data::map([("d", text(value))], span()))], span())
        })
        .collect();
    let keys = texts.iter().map(|key| (key.clone(), Data::integer(1, span())));
    Data::map(
        [
            ("values", Data::map(values, span())),
            ("items", Data::list(items, span())),
            ("pairs", Data::list(pairs, span())),
            ("maps", Data::list(maps, span())),
            ("keys", Data::map(keys, span())),
        ],
        span(),
    )
}

fn traps_are_quoted() -> Result<(), Failed> {
    for trap in TRAPS {
        let out = data_to_yaml(&Data::map([("k", text(trap))], span()));
        if !out.starts_with("k: \"") && !out.starts_with("k: '") {
            return Err(format!("{trap:?} is bare: {out}").into());
        }
        let out = data_to_yaml(&Data::map([(*trap, text("v"))], span()));
        if !out.starts_with(['"', '\'']) {
            return Err(format!("{trap:?} is a bare key: {out}").into());
        }
    }
    for plain in PLAIN {
        let out = data_to_yaml(&Data::map([("k", text(plain))], span()));
        if out != format!("k: {plain}\n") {
            return Err(format!("{plain:?} is not bare: {out}").into());
        }
    }
    Ok(())
}

fn reads_back(data: &Data) -> Result<(), Failed> {
    let out = data_to_yaml(data);
    let ours = data_from_yaml(&out, span()).map_err(|error| format!("{error}\n{out}"))?;
    if data_to_json(&ours) != data_to_json(data) {
        return Err(format!("our reader takes it otherwise: {ours:?}\n{out}").into());
    }
    let theirs: serde_json::Value = serde_yaml::from_str(&out).map_err(|error| format!("{error}\n{out}"))?;
    if theirs != data_to_json(data) {
        return Err(format!("serde-saphyr takes it otherwise: {theirs}\n{out}").into());
    }
    Ok(())
}

fn styles() -> Result<(), Failed> {
    let number = |value: f64| Data::new(DataValue::Float(Float::new(value)), span());
    let long = "k".repeat(1100);
    for (data, expected) in [
        (Data::map([("k", text("a\nb\n"))], span()), "k: |\n  a\n  b\n"),
        (Data::map([("k", text("a\nb"))], span()), "k: |-\n  a\n  b\n"),
        (Data::map([("k", text("a\n\n"))], span()), "k: |+\n  a\n\n"),
        (Data::map([("k", text(" a\nb"))], span()), "k: |2-\n   a\n  b\n"),
        (Data::map([("k", text("\ta\nb"))], span()), "k: \"\\ta\\nb\"\n"),
        (Data::map([("k", text("a\n "))], span()), "k: \"a\\n \"\n"),
        (
            Data::list(vec![text("a\nb"), Data::list(vec![text("c\nd")], span())], span()),
            "- |-\n  a\n  b\n- - |-\n    c\n    d\n",
        ),
        (
            Data::map(
                [("b", Data::list(vec![Data::map([("y", text("1")), ("x", text("z"))], span())], span()))],
                span(),
            ),
            "b:\n  - x: z\n    \"y\": \"1\"\n",
        ),
        (Data::map([("a", Data::map([("b", Data::map::<&str>([], span()))], span()))], span()), "a:\n  b: {}\n"),
        (Data::list(vec![Data::list(vec![], span()), Data::new(DataValue::Null, span())], span()), "- []\n- null\n"),
        (
            Data::list(vec![number(1.0), number(0.5), number(1e-7), number(1e21)], span()),
            "- 1.0\n- 0.5\n- 1.0e-7\n- 1.0e+21\n",
        ),
        (text("a\nb"), "\"a\\nb\"\n"),
        (Data::map([(long.clone(), Data::map([("a", text("b"))], span()))], span()), &format!("? {long}\n:\n  a: b\n")),
    ] {
        let out = data_to_yaml(&data);
        if out != expected {
            return Err(format!("wrote {out}\nfor   {expected}").into());
        }
        reads_back(&data)?;
    }
    Ok(())
}

fn any_text() -> impl Strategy<Value = String> {
    let hostile = "[ \\t\\n\\r:#'\"|>&*!%@`\\-?,\\[\\]{}~=<.+_0-9a-fxoyntrue\\\\\u{85}\u{a0}\u{2028}\u{feff}é🎉]{0,12}";
    prop_oneof![hostile, "\\PC{0,20}", "[0-9:._+-]{0,8}", "( |\\t|\\n|a){0,8}", prop::sample::select(traps())]
}

fn any_data_strategy() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        any_text().prop_map(|value| text(&value)),
        any::<i64>().prop_map(|value| Data::integer(value, span())),
        any::<u64>().prop_map(|value| Data::integer(value, span())),
        any::<bool>().prop_map(|value| Data::bool(value, span())),
        prop::num::f64::NORMAL.prop_map(|value| Data::new(DataValue::Float(Float::new(value)), span())),
        Just(Data::new(DataValue::Null, span())),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| Data::list(items, span())),
            prop::collection::vec((any_text(), inner), 0..5).prop_map(|entries| Data::map(entries, span())),
        ]
    })
}

fn any_data() -> Result<(), Failed> {
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&any_data_strategy(), |data| {
            reads_back(&data).map_err(|failed| TestCaseError::fail(failed.message().unwrap_or("").to_owned()))
        })
        .map_err(|error| error.to_string().into())
}

/// Pieces put together by a fixed rule, so that every run reads the same ones.
fn mixtures() -> Vec<String> {
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "a", "b c", " ", "\n", "\t", ":", "#", "-", "?", "'", "\"", "\\", "1", "0", ".", "e", "_", "+", "true", "no",
        "~", "{", "]", ",", "&x", "*", "!", "|", ">", "%", "@", "=", "<<", "é", "🎉", "\r", "\u{85}", "\u{2028}",
        "\u{feff}", "  ", "\n\n", "\n ",
    ];
    let mut seed = 1u64;
    let mut next = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    };
    (0..800).map(|_| (0..=next(5)).filter_map(|_| PIECES.get(next(PIECES.len()))).copied().collect()).collect()
}

fn python_reads_the_same() -> Result<(), Failed> {
    let mut texts = traps();
    texts.extend(mixtures());
    texts.sort();
    texts.dedup();
    let data = corpus(&texts);
    reads_back(&data)?;
    let script = "import sys, json, yaml\njson.dump(yaml.load(sys.stdin.buffer.read(), yaml.SafeLoader), sys.stdout)";
    let mut python =
        Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let out = data_to_yaml(&data);
    let mut stdin = python.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(out.as_bytes()));
    let output = python.wait_with_output()?;
    writer.join().unwrap()?;
    let theirs: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("python: {error}"))?;
    let ours = data_to_json(&data);
    for part in ["values", "items", "pairs", "maps", "keys"] {
        if theirs.get(part) != ours.get(part) {
            let differing = match (theirs.get(part), ours.get(part)) {
                (Some(serde_json::Value::Array(a)), Some(serde_json::Value::Array(b))) => {
                    a.iter().zip(b).find(|(a, b)| a != b).map(|(a, b)| format!("{a} instead of {b}"))
                }
                _ => None,
            };
            return Err(format!("python reads `{part}` otherwise: {differing:?}").into());
        }
    }
    Ok(())
}
