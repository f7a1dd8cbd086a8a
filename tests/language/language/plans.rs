//! What holds for every plan of stacks: of the sample, of the cases, and of each example that compiles.

use std::collections::BTreeSet;

use hlc_model::MemoryInputs;
use hlc_plan::{Address, Plan, PlannedResource, Secrecy};
use hlc_schema::{Data, DataValue, Later};
use hlc_tests_language::{example_inputs, project, repository, sample};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let folder = repository().join("tests/language/cases");
    let folders = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let cases = folders.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), project(&path)));
    let mut trials = vec![Trial::test("plans::sample", || sound(&sample()))];
    trials.extend(cases.map(|(name, inputs)| Trial::test(format!("plans::{name}"), move || sound(&inputs))));
    trials.push(Trial::test("plans::examples", examples));
    trials
}

/// The examples of codes and of nodes.
fn examples() -> Outcome {
    let of_codes = hlc_model::codes().into_iter().map(|code| code.good);
    let of_nodes = hlc_model::concept::NODES.iter().map(|decl| decl().example);
    for text in of_codes.chain(of_nodes) {
        sound(&example_inputs(text)).map_err(|fault| format!("{}\n{text}", fault.message().unwrap_or_default()))?;
    }
    Ok(())
}

fn sound(inputs: &MemoryInputs) -> Outcome {
    let compilation = hlc_model::compile(inputs, "homelab.kdl");
    let Some(plan) = &compilation.plan else { return Ok(()) };
    let faults = faults(plan);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

fn faults(plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    let resources: Vec<&PlannedResource> = plan.stacks.iter().flat_map(|stack| &stack.resources).collect();
    let mut addresses: BTreeSet<&Address> = BTreeSet::new();
    for resource in &resources {
        if !addresses.insert(&resource.address) {
            faults.push(format!("{} is there twice", resource.address));
        }
    }
    for resource in &resources {
        let at = &resource.address;
        let absent = resource.depends_on.iter().filter(|address| !addresses.contains(address));
        faults.extend(absent.map(|address| format!("{at} comes after {address}, which is not in the plan")));
        if resource.was.as_ref().is_some_and(|was| addresses.contains(&was.value)) {
            faults.push(format!("{at} was what is still there"));
        }
        for (name, entry) in resource.properties.iter() {
            let Some(property) = resource.kind.property(name) else {
                faults.push(format!("{at} has a `{name}`, which its kind does not declare"));
                continue;
            };
            let mut later = Vec::new();
            parts(&entry.value, &mut later);
            for part in later {
                let secret = match part {
                    Later::Secret(_) => true,
                    Later::Output { address, name } => {
                        let from = resources.iter().find(|resource| resource.address.as_str() == address);
                        match from.and_then(|from| from.kind.output(name)) {
                            Some(output) => output.secret,
                            None => {
                                faults.push(format!("{at} takes {part}, which nothing has"));
                                continue;
                            }
                        }
                    }
                };
                if secret && property.secrecy == Secrecy::Open {
                    faults.push(format!("{at} shows {part} in `{name}`"));
                }
            }
        }
    }
    faults
}

/// Everything in a value that is known later.
fn parts<'d>(data: &'d Data, found: &mut Vec<&'d Later>) {
    match &data.value {
        DataValue::Deferred(value) => found.extend(value.parts()),
        DataValue::List(items) => items.iter().for_each(|item| parts(item, found)),
        DataValue::Map(map) => map.iter().for_each(|(_, entry)| parts(&entry.value, found)),
        DataValue::Null | DataValue::Bool(_) | DataValue::Integer(_) | DataValue::Float(_) | DataValue::String(_) => {}
    }
}
