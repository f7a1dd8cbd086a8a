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
        Trial::test("limits::doubling_components", || {
            refused("HLC0339", &components("use \"cNEXT\"; use \"cNEXT\"", 30))
        }),
        Trial::test("limits::doubling_parameters", || {
            refused("HLC0339", &components("use \"cNEXT\" x=(fmt)\"{param.x}{param.x}\"", 30))
        }),
        Trial::test("limits::deep_components", || refused("HLC0339", &components("use \"cNEXT\"", 5_000))),
        Trial::test("limits::deep_slots", deep_slots),
        Trial::test("limits::unreadable_file", unreadable),
        Trial::test("limits::includes_that_meet_themselves", circles),
        Trial::test("limits::thousands_of_mistakes", many_mistakes),
        Trial::test("limits::no_text", || refused("HLC0035", "data \"x\" { a \"\0\"; }")),
        Trial::test("limits::kdl_1", kdl_1),
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

/// Components that each use the next.
fn components(body: &str, count: usize) -> String {
    let param = if body.contains("x=") { "param \"x\"" } else { "" };
    let mut text = format!("use \"c0\" {}\n", if param.is_empty() { "" } else { "x=\"0123456789\"" });
    for number in 0..count {
        let body = body.replace("NEXT", &(number + 1).to_string());
        let _ = writeln!(text, "component \"c{number}\" {{ {param}\n{body} }}");
    }
    let last = if param.is_empty() { "1" } else { "(ref)param.x" };
    let _ = writeln!(text, "component \"c{count}\" {{ {param}\ndata \"d\" {{ a {last} }} }}");
    text
}

/// A use in a use in a use, each in the slot of the one around it.
fn deep_slots() -> Outcome {
    let depth = 5_000;
    refused(
        "HLC0339",
        &format!(
            "component \"c\" {{ slot }}\n{}data \"d\" {{ a 1 }}{}",
            "use \"c\" { ".repeat(depth),
            " }".repeat(depth)
        ),
    )
}

fn unreadable() -> Outcome {
    expect("HLC0301", &MemoryInputs::default())
}

/// A file is read once, however many patterns match it and whatever it includes.
fn circles() -> Outcome {
    let mut inputs = MemoryInputs::default();
    inputs.insert(
        "homelab.kdl",
        "homelab \"h\" domain=\"example.net\" { include \"*.kdl\" \"homelab.kdl\" \"**/*.kdl\"; }",
    );
    inputs.insert("a.kdl", "data \"a\" { x 1; }");
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    if !compilation.diagnostics.is_empty() || compilation.sources.iter().count() != 2 {
        return Err(rendered(&compilation).into());
    }
    // An included file cannot include: it is no root.
    inputs.insert("b.kdl", "homelab \"b\" domain=\"example.org\" { include \"homelab.kdl\" \"b.kdl\"; }");
    expect("HLC0304", &inputs)
}

fn many_mistakes() -> Outcome {
    let texts = [
        format!("{HOMELAB}{}", "wrokload \"a\"\n".repeat(20_000)),
        format!("{} {{ network \"a\" {}; }}", HOMELAB.trim_end(), "x=1 ".repeat(20_000)),
        format!("{HOMELAB}{}", "workload \"a\" { namespace \"x\"; }\n".repeat(5_000)),
        format!("{HOMELAB}{}", "a \"x\" 10Gi\n".repeat(20_000)),
    ];
    for text in texts {
        let mut inputs = MemoryInputs::default();
        inputs.insert("homelab.kdl", text);
        let compilation = hlc_model::compile(&inputs, "homelab.kdl");
        let last = compilation.diagnostics.last().map(|found| found.message.as_str()).unwrap_or_default();
        let count = compilation.diagnostics.len();
        if compilation.plan.is_some() || !(100..=2001).contains(&count) || !last.contains(" more ") {
            return Err(format!("{count} findings, the last one: {last}").into());
        }
    }
    Ok(())
}

/// A file of KDL 1 has one finding, and nothing else is said because of it.
fn kdl_1() -> Outcome {
    let mut inputs = MemoryInputs::default();
    inputs.insert("homelab.kdl", "homelab \"h\" domain=\"example.net\" { include \"*.kdl\"; category \"apps\"; }");
    inputs.insert("a.kdl", "data \"it\" { a (ref)data.old.x; }");
    inputs.insert("old.kdl", "data \"old\" {\n    x true\n    y r\"C:\\\"\n    z null\n}");
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let [found] = compilation.diagnostics.as_slice() else { return Err(rendered(&compilation).into()) };
    if found.code.id != "HLC0034" || !rendered(&compilation).contains("hlc fmt --from-v1") {
        return Err(rendered(&compilation).into());
    }
    Ok(())
}
