//! The order of files and nodes, and the names of files, never change the output, nor does `hlc fmt`, which orders fields.

use std::collections::{BTreeMap, BTreeSet};

use hlc_model::{Inputs, MemoryInputs};
use hlc_tests_language::{project, rendered, repository, sample};
use libtest_mimic::Trial;

use crate::Outcome;
use crate::cases::planned;

/// The whole projects that compile.
const CASES: &[&str] = &["defaults", "edge", "platform", "reuse", "secrets", "two-releases"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("order::sample_is_clean", clean),
        Trial::test("order::files_renamed_and_merged", || renamed(&sample())),
        Trial::test("order::nodes_reversed", || reversed(&sample())),
        Trial::test("order::cases_reversed", || CASES.iter().try_for_each(|name| reversed(&case(name)))),
        Trial::test("order::components_renamed_and_merged", || renamed(&case("reuse"))),
        Trial::test("order::sample_is_laid_out", laid_out),
        Trial::test("order::laying_out_changes_nothing", laying_out),
    ]
}

/// One of the whole projects.
fn case(name: &str) -> MemoryInputs {
    project(&repository().join("tests/language/cases").join(name))
}

/// The files that are KDL.
fn files(inputs: &MemoryInputs) -> Vec<(String, String)> {
    let paths = inputs.paths().filter(|path| path.ends_with(".kdl"));
    paths.map(|path| (path.to_owned(), inputs.read(path).unwrap().to_string())).collect()
}

/// The files that are not.
fn others(inputs: &MemoryInputs) -> MemoryInputs {
    let mut others = MemoryInputs::default();
    for path in inputs.paths().filter(|path| !path.ends_with(".kdl")) {
        others.insert(path, inputs.read(path).unwrap());
    }
    others
}

/// What a project becomes: each file and each resource of a stack, with its text.
fn built(inputs: &MemoryInputs) -> Result<BTreeMap<String, String>, String> {
    let compilation = hlc_model::compile(inputs, "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    let tree = hlc_kube::output_tree(plan);
    let files = tree.iter().map(|(path, text)| (path.to_owned(), text.to_owned()));
    let resources = plan.stacks.iter().flat_map(|stack| &stack.resources);
    Ok(files.chain(resources.map(|resource| (resource.address.to_string(), planned(resource)))).collect())
}

/// Fails with what differs.
fn same(made: &BTreeMap<String, String>, expected: &BTreeMap<String, String>, what: &str) -> Outcome {
    let names = made.keys().chain(expected.keys()).filter(|name| made.get(*name) != expected.get(*name));
    let names: BTreeSet<&String> = names.collect();
    if names.is_empty() { Ok(()) } else { Err(format!("{what} changes {names:?}").into()) }
}

fn clean() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    if compilation.diagnostics.is_empty() { Ok(()) } else { Err(rendered(&compilation).into()) }
}

/// Every included file under another name, in other folders and in another order; then all of them as one.
fn renamed(project: &MemoryInputs) -> Outcome {
    let expected = built(project)?;
    let mut scattered = others(project);
    let mut merged = String::new();
    for (index, (path, text)) in files(project).into_iter().enumerate() {
        if path == "homelab.kdl" {
            scattered.insert(path, text);
        } else {
            let folder = if index % 2 == 0 { "core" } else { "workloads/elsewhere/deep" };
            scattered.insert(format!("{folder}/{:02}.kdl", 99 - index), text.as_str());
            merged = format!("{text}\n{merged}");
        }
    }
    same(&built(&scattered)?, &expected, "renaming files")?;
    let mut one = others(project);
    one.insert("homelab.kdl", project.read("homelab.kdl").unwrap());
    one.insert("core/all.kdl", merged);
    one.insert("workloads/none.kdl", "");
    same(&built(&one)?, &expected, "one file in place of many")
}

/// The children of every top-level node in reverse.
fn reversed(project: &MemoryInputs) -> Outcome {
    let mut turned = others(project);
    for (path, text) in files(project) {
        turned.insert(path, turned_over(&text));
    }
    same(&built(&turned)?, &built(project)?, "reversing nodes")
}

fn turned_over(text: &str) -> String {
    let document = parsed(text);
    let mut nodes: Vec<String> = document.nodes().map(|node| turn(text, node)).collect();
    nodes.reverse();
    nodes.join("\n")
}

fn parsed(text: &str) -> hlc_syntax::Document {
    hlc_syntax::parse(hlc_diag::FileId::new(0), text.into()).document
}

fn formatted(text: &str) -> String {
    hlc_syntax::format_in_order(&parsed(text), hlc_model::concept::field_order()).unwrap()
}

/// The sample is written the way `hlc fmt` writes.
fn laid_out() -> Outcome {
    for (path, text) in files(&sample()) {
        if formatted(&text) != text {
            return Err(format!("{path} is not formatted: run `hlc fmt`").into());
        }
    }
    Ok(())
}

/// Fields are put in order, and mean what they meant.
fn laying_out() -> Outcome {
    let sample = sample();
    let mut made = others(&sample);
    let mut moved = 0;
    for (path, text) in files(&sample) {
        let turned = turned_over(&text);
        let text = formatted(&turned);
        if formatted(&text) != text {
            return Err(format!("{path}: formatting twice is not formatting once").into());
        }
        moved += usize::from(text != hlc_syntax::format(&parsed(&turned)).unwrap());
        made.insert(path, text);
    }
    if moved == 0 {
        return Err("nothing was put in order".into());
    }
    same(&built(&made)?, &built(&sample)?, "formatting")
}

fn turn(text: &str, node: hlc_syntax::Node<'_>) -> String {
    let header = &text[node.header_span().range()];
    if !node.has_block() {
        return header.to_owned();
    }
    let mut children: Vec<&str> = node.children().map(|child| &text[child.span().range()]).collect();
    children.reverse();
    format!("{header} {{\n{}\n}}", children.join("\n"))
}
