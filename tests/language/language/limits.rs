//! Hostile input ends in a finding: no abort, no endless loop, no memory without bound.

use std::fmt::Write as _;

use hlc_model::MemoryInputs;
use hlc_tests_language::rendered;
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("limits::deep_data", || refused("HLC0207", &format!("data \"x\" {{ {} }}", nested(200)))),
        Trial::test("limits::deep_references", || refused("HLC0322", &deep_references())),
        Trial::test("limits::doubling_data", || {
            refused("HLC0322", &doubling("- (ref)data.dPREV.x; - (ref)data.dPREV.x"))
        }),
        Trial::test("limits::doubling_text", doubling_text),
        Trial::test("limits::doubling_yaml", || {
            let list = format!("x (yaml)\"[{}]\"", vec!["1"; 3000].join(", "));
            refused("HLC0322", &doubling_from(&list, "x { - (ref)data.dPREV.x; - (ref)data.dPREV.x }"))
        }),
        Trial::test("limits::unreadable_file", unreadable),
    ]
}

const HOMELAB: &str = "homelab \"home\" domain=\"example.net\"\n";

fn refused(code: &str, text: &str) -> Outcome {
    let mut inputs = MemoryInputs::default();
    inputs.insert("homelab.kdl", format!("{HOMELAB}{text}"));
    expect(code, &inputs)
}

fn expect(code: &str, inputs: &MemoryInputs) -> Outcome {
    let compilation = hlc_model::compile(inputs, "homelab.kdl");
    let found = compilation.diagnostics.first().map(|found| found.code.id);
    if found == Some(code) { Ok(()) } else { Err(format!("{found:?}\n{:.2000}", rendered(&compilation)).into()) }
}

fn nested(depth: usize) -> String {
    format!("{}b 1{}", "a { ".repeat(depth), " }".repeat(depth))
}

/// Blocks whose deepest text refers to the deepest text of the next.
fn deep_references() -> String {
    let path = vec!["a"; 120].join(".");
    (0..200).fold(String::new(), |mut text, block| {
        let (open, close) = ("a { ".repeat(119), " }".repeat(119));
        let _ = writeln!(text, "data \"d{block}\" {{ {open}a (fmt)\"{{data.d{}.{path}}}\"{close} }}", block + 1);
        text
    })
}

fn doubling(body: &str) -> String {
    doubling_from("x { - 1; - 2 }", &format!("x {{ {body} }}"))
}

fn doubling_from(first: &str, next: &str) -> String {
    (1..40).fold(format!("data \"d0\" {{ {first} }}\n"), |mut text, block| {
        let _ = writeln!(text, "data \"d{block}\" {{ {} }}", next.replace("PREV", &(block - 1).to_string()));
        text
    })
}

fn doubling_text() -> Outcome {
    let mut inputs = MemoryInputs::default();
    inputs.insert("big.txt", "x".repeat(50_000));
    let next = "x (fmt)\"{data.dPREV.x}{data.dPREV.x}\"";
    inputs.insert("homelab.kdl", format!("{HOMELAB}{}", doubling_from("x (file)\"big.txt\"", next)));
    expect("HLC0322", &inputs)
}

fn unreadable() -> Outcome {
    expect("HLC0301", &MemoryInputs::default())
}
