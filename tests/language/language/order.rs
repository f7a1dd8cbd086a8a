//! The order of files and nodes, and the names of files, never change the output.

use hlc_model::{Inputs, MemoryInputs};
use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("order::sample_is_clean", clean),
        Trial::test("order::files_renamed_and_merged", renamed),
        Trial::test("order::nodes_reversed", reversed),
    ]
}

fn files(inputs: &MemoryInputs) -> Vec<(String, String)> {
    inputs.paths().map(|path| (path.to_owned(), inputs.read(path).unwrap().to_string())).collect()
}

fn built(inputs: &MemoryInputs) -> Result<hlc_kube::OutputTree, String> {
    let compilation = hlc_model::compile(inputs, "homelab.kdl");
    compilation.plan.as_ref().map(hlc_kube::output_tree).ok_or_else(|| rendered(&compilation))
}

fn clean() -> Outcome {
    let compilation = hlc_model::compile(&sample(), "homelab.kdl");
    if compilation.diagnostics.is_empty() { Ok(()) } else { Err(rendered(&compilation).into()) }
}

/// Every included file under another name, in other folders and in another order; then all of them as one.
fn renamed() -> Outcome {
    let sample = sample();
    let expected = built(&sample)?;
    let mut scattered = MemoryInputs::default();
    let mut merged = String::new();
    for (index, (path, text)) in files(&sample).into_iter().enumerate() {
        if path == "homelab.kdl" {
            scattered.insert(path, text);
        } else {
            let folder = if index % 2 == 0 { "core" } else { "workloads/elsewhere/deep" };
            scattered.insert(format!("{folder}/{:02}.kdl", 99 - index), text.as_str());
            merged = format!("{text}\n{merged}");
        }
    }
    if built(&scattered)? != expected {
        return Err("renamed files change the output".into());
    }
    let mut one = MemoryInputs::default();
    one.insert("homelab.kdl", sample.read("homelab.kdl").unwrap());
    one.insert("core/all.kdl", merged);
    one.insert("workloads/none.kdl", "");
    if built(&one)? == expected { Ok(()) } else { Err("one file in place of many changes the output".into()) }
}

/// The children of every top-level node in reverse.
fn reversed() -> Outcome {
    let sample = sample();
    let expected = built(&sample)?;
    let mut turned = MemoryInputs::default();
    for (path, text) in files(&sample) {
        let mut sources = hlc_diag::Sources::default();
        let file = sources.add(path.as_str(), text.as_str());
        let document = hlc_syntax::parse(file, text.as_str().into()).document;
        let mut nodes: Vec<String> = document.nodes().map(|node| turn(&text, node)).collect();
        nodes.reverse();
        turned.insert(path, nodes.join("\n"));
    }
    if built(&turned)? == expected { Ok(()) } else { Err("reversed nodes change the output".into()) }
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
