//! Data to KDL and back: nothing is lost, and `hlc fmt` finds nothing to do.

use std::sync::Arc;

use hlc_diag::{FileId, Span};
use hlc_kube::data_to_json;
use hlc_schema::free::KdlWriter;
use hlc_schema::{Data, DataValue, Float, Map};
use hlc_tests_language::{example, it, rendered};
use libtest_mimic::Trial;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::import::golden_objects;
use crate::{Outcome, needs_shared};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("round_trip::random_data", random),
        Trial::test("round_trip::traps", traps),
        needs_shared("round_trip::golden_objects", "reference/golden/baseline", |folder| {
            let objects = golden_objects(&folder)?;
            assert!(objects.len() > 400, "{} objects", objects.len());
            objects.iter().try_for_each(|(path, text)| {
                let data = hlc_kube::data_from_yaml(text, nowhere()).map_err(|error| format!("{path}: {error}"))?;
                there_and_back(&data).map_err(|error| format!("{path}: {error}").into())
            })
        }),
    ]
}

fn nowhere() -> Span {
    Span::new(FileId::new(0), 0, 0)
}

fn map_of(data: &Data) -> Map {
    data.as_map().cloned().unwrap_or_else(|| {
        let mut map = Map::new();
        map.insert("it", nowhere(), data.clone());
        map
    })
}

/// Writes data as KDL, formats it, compiles it, and compares.
fn there_and_back(data: &Data) -> Result<(), String> {
    let map = map_of(data);
    let mut writer = KdlWriter::default();
    writer.map("data \"it\"", &map);
    let text = writer.finish();
    let parsed = hlc_syntax::parse(FileId::new(0), Arc::from(text.as_str()));
    if let Some(finding) = parsed.diagnostics.first() {
        return Err(format!("{finding:?}\n{text}"));
    }
    let formatted = hlc_syntax::format(&parsed.document).map_err(|error| format!("{error}\n{text}"))?;
    if formatted != text {
        return Err(format!("hlc fmt changes it\n--- written\n{text}\n--- formatted\n{formatted}"));
    }
    let compilation = example(&text);
    let back = it(&text, &compilation).ok_or_else(|| format!("{}\n{text}", rendered(&compilation)))?;
    let (wanted, back) = (data_to_json(&Data::new(DataValue::Map(map), nowhere())), data_to_json(&back));
    if wanted == back { Ok(()) } else { Err(format!("--- wanted\n{wanted}\n--- got\n{back}\n--- text\n{text}")) }
}

/// Texts that some reader or writer takes for something else.
const TRAPS: &[&str] = &[
    "",
    "-",
    "--",
    "-x",
    "- a",
    "true",
    "null",
    "inf",
    "-inf",
    "nan",
    "yes",
    "on",
    "~",
    "1",
    "01",
    "1e3",
    "0x1f",
    "1.",
    ".5",
    "+1",
    "10Gi",
    "a:",
    "a,",
    "a: b",
    "http://x:80",
    "//x",
    "/*",
    "/-",
    "#true",
    "#x",
    "${TOKEN}",
    "$",
    "$x",
    "{x}",
    "a;b",
    "a=b",
    "'a'",
    "\"",
    "\"\"",
    "\"\"\"",
    "\"#",
    "\\",
    "\\\\\\",
    "a\\\"b\\\"c",
    "\n",
    "\n\n",
    "a\n",
    "a\nb",
    "a\n\n",
    "\na",
    " \n ",
    "a\n \nb\n",
    "\t",
    "\ta\n\tb\n",
    "a\r\nb",
    "\r",
    "\u{85}",
    "\u{2028}x\ny",
    "\u{feff}",
    "\u{202e}",
    "\u{7f}",
    "\u{0}",
    "é",
    "日本\n語",
    "👍",
    "\u{a0}",
    "\u{a0}\nx",
    "  lead",
    "trail  ",
    "a\\\nb\\\nc\\\\\n",
    "\"\"\"\n\"\"\"#\n\\\\\\",
    "\\s",
    "(ref)x",
    "(x",
    "[a]",
    "@x",
    "a.b.c",
    "nvidia.com/gpu",
    "a b",
    "*",
    "!x",
    "%",
    "&x",
    "<<",
    "=",
    "?",
    "[",
    "]",
    "{",
    "}",
    "“x”",
    "„x“",
    "r\"x\"",
];

fn traps() -> Outcome {
    for trap in TRAPS {
        let text = Data::string(*trap, nowhere());
        let mut keyed = Map::new();
        keyed.insert(*trap, nowhere(), text.clone());
        keyed.insert("list", nowhere(), Data::list(vec![text.clone(), text.clone()], nowhere()));
        let mut within = Map::new();
        within.insert(*trap, nowhere(), Data::list(Vec::new(), nowhere()));
        keyed.insert("within", nowhere(), Data::new(DataValue::Map(within), nowhere()));
        there_and_back(&Data::new(DataValue::Map(keyed), nowhere())).map_err(|error| format!("{trap:?}: {error}"))?;
    }
    Ok(())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => proptest::sample::select(TRAPS).prop_map(str::to_owned),
        1 => any::<String>(),
        2 => "[a-z]{1,8}",
        2 => "[ab\"\\\\#\\n\\t {}-]{0,24}",
    ]
}

fn data() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        Just(DataValue::Null),
        any::<bool>().prop_map(DataValue::Bool),
        (i64::MIN..=i64::MAX).prop_map(DataValue::integer),
        any::<u64>().prop_map(DataValue::integer),
        (proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL)
            .prop_map(|value| DataValue::Float(Float::new(value))),
        text().prop_map(DataValue::string),
    ]
    .prop_map(|value| Data::new(value, nowhere()));
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|items| Data::list(items, nowhere())),
            proptest::collection::vec((text(), inner), 0..6).prop_map(|entries| Data::map(entries, nowhere())),
        ]
    })
}

fn random() -> Outcome {
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&data(), |data| there_and_back(&data).map_err(TestCaseError::fail))
        .map_err(|error| error.to_string().into())
}
