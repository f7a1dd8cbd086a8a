//! What is exported is what is built, and reads back as the same.

use hlc_diag::{FileId, Span};
use hlc_model::export::{self, Export};
use hlc_model::{Compilation, Inputs};
use hlc_schema::Data;
use hlc_tests_language::{example, example_inputs, rendered, sample};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("export::is_what_is_built", built),
        Trial::test("export::reads_back", reads_back),
        Trial::test("export::data_of_the_sample", data_of_the_sample),
    ]
}

fn yaml(export: &Export<'_>, compilation: &Compilation, inputs: &dyn Inputs) -> Result<String, String> {
    let data = export.resolve(&compilation.model, inputs).ok_or_else(|| rendered(compilation))?;
    Ok(hlc_kube::data_to_yaml(&data))
}

/// What Argo CD gives Helm, by workload and release.
fn built() -> Outcome {
    let inputs = sample();
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(&compilation))?;
    let mut compared = 0;
    for export in export::values(&compilation.model) {
        let Some(workload) = plan.workloads.iter().find(|workload| export.owner == Some(&workload.name)) else {
            continue;
        };
        let helm = workload
            .objects
            .iter()
            .filter_map(|object| object.body.at(&["spec", "source", "helm"]))
            .find(|helm| helm.get("releaseName").and_then(Data::as_str) == Some(export.name))
            .ok_or(export.name)?;
        let values = helm.get("values").and_then(Data::as_str).unwrap_or("{}\n");
        assert_eq!(yaml(&export, &compilation, &inputs)?, values, "{export:?}");
        compared += 1;
    }
    assert!(compared > 15, "{compared}");
    Ok(())
}

fn reads_back() -> Outcome {
    let inputs = sample();
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let exports = export::values(&compilation.model);
    assert!(exports.len() > 18, "{}", exports.len());
    for export in exports {
        let exported = yaml(&export, &compilation, &inputs)?;
        let data =
            hlc_kube::data_from_yaml(&exported, Span::new(FileId::new(0), 0, 0)).map_err(|error| error.to_string())?;
        let values = hlc_model::import::values(data.as_map().ok_or("values are a map")?);
        let text = format!(
            "workload \"web\" category=\"apps\" {{\nnamespace \"web\"\nchart \"c\" version=\"1.0.0\" \
             repo=\"https://charts.example.net\" deliver=\"argocd\" {{\n{values}}}\n}}\n"
        );
        let again = example(&text);
        let found = export::values(&again.model);
        let [web] = found.as_slice() else { return Err(rendered(&again).into()) };
        assert_eq!(yaml(web, &again, &example_inputs(&text))?, exported, "{export:?}");
    }
    Ok(())
}

fn data_of_the_sample() -> Outcome {
    let inputs = sample();
    let compilation = hlc_model::compile(&inputs, "homelab.kdl");
    let all = export::data(&compilation.model);
    let named = |owner, name| all.iter().find(|data| (data.owner, data.name) == (owner, name)).ok_or(name);
    assert!(yaml(named(Some("longhorn"), "small")?, &compilation, &inputs)?.contains("cpu"));
    for data in &all {
        yaml(data, &compilation, &inputs)?;
    }
    Ok(())
}
