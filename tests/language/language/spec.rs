//! The specification in prose whose examples are run: spec/*.md.
//!
//! A ```kdl block is a project or a file of the standard homelab (see the library). What follows it says what comes of it:
//! a ```json block the value of `data "it"`, a ```yaml block one object, a ```text block the findings, one line each. A
//! ```kdl block that nothing follows compiles without findings.

use hlc_tests_language::{example, repository};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let folder = repository().join("tests/language/spec");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut trials = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for example in examples(&std::fs::read_to_string(&path).unwrap()) {
            trials.push(Trial::test(format!("spec::{name}::line_{}", example.line), move || run(&example)));
        }
    }
    trials
}

/// A block of KDL and the blocks that say what comes of it.
pub(crate) struct Example {
    pub(crate) line: usize,
    pub(crate) kdl: String,
    expected: Vec<(String, String)>,
}

/// Every block of KDL in a page.
pub(crate) fn examples(markdown: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut block: Option<(usize, String, String)> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(language)) => block = Some((index + 1, language.to_owned(), String::new())),
            (None, None) => {}
            (Some((_, _, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (Some(_), Some(_)) => {
                let (line, language, text) = block.take().unwrap();
                if language == "kdl" {
                    examples.push(Example { line, kdl: text, expected: Vec::new() });
                } else if let Some(example) = examples.last_mut() {
                    example.expected.push((language, text));
                }
            }
        }
    }
    examples
}

fn run(example_text: &Example) -> Outcome {
    let compilation = example(&example_text.kdl);
    let findings: String = compilation
        .diagnostics
        .iter()
        .map(|found| {
            let place = compilation.sources.locate(found.primary.span);
            let place = place.split_once(':').map_or("", |(_, place)| place);
            format!("{place}: {}[{}] {}\n", found.severity.as_str(), found.code.id, found.message)
        })
        .collect();
    let told = example_text.expected.iter().any(|(language, _)| language == "text");
    if !told && !findings.is_empty() {
        return Err(hlc_tests_language::rendered(&compilation).into());
    }
    for (language, expected) in &example_text.expected {
        let made = match language.as_str() {
            "text" => findings.clone(),
            "yaml" => {
                let plan = compilation.plan.as_ref().ok_or("there is no plan")?;
                let wanted: Vec<&str> = expected.lines().filter(|line| line.starts_with("kind: ")).collect();
                plan.workloads
                    .iter()
                    .flat_map(|workload| &workload.objects)
                    .map(|object| hlc_kube::to_yaml(&object.body))
                    .find(|yaml| wanted.iter().all(|line| yaml.contains(line)))
                    .unwrap_or_default()
            }
            "json" => {
                let data = hlc_tests_language::it(&example_text.kdl, &compilation).ok_or("there is no data `it`")?;
                let made = hlc_kube::data_to_json(&data);
                let wanted: serde_json::Value = serde_json::from_str(expected)?;
                if made == wanted {
                    continue;
                }
                return Err(format!("expected {wanted}\nmade     {made}").into());
            }
            other => return Err(format!("a block of `{other}` means nothing here").into()),
        };
        if made != *expected {
            return Err(format!("expected\n{expected}\nmade\n{made}").into());
        }
    }
    Ok(())
}
