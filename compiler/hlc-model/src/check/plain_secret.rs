//! Secrets are not written out.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&PLAIN_VALUE], run };

/// A secret's value in the source.
pub(crate) static PLAIN_VALUE: Code = Code {
    id: "HLC0624",
    name: "plain-value",
    severity: Severity::Warning,
    summary: "a Secret whose values are written out",
    explain: "What stands in `data` or `stringData` of a Secret goes to Git as it is, base64 or not, and from there to the \
              manifests branch. Put the value into the secret store and declare a `secret`. If this is a real secret, change it \
              where it was issued: it is in your Git history.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Secret \"web\" { stringData TOKEN=\"changeme\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    secret \"web\" path=\"/web\" { keys \"TOKEN\" }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let objects = facts.sound_workloads().flat_map(|workload| workload.planned);
    for object in objects.filter(|object| object.kind == "Secret" && object.api_version == "v1") {
        let maps = ["data", "stringData"].into_iter().filter_map(|field| object.body.get(field)?.as_map());
        let filled = maps
            .flat_map(hlc_schema::Map::iter)
            .find(|(_, entry)| entry.value.as_str().is_some_and(|text| !text.is_empty()));
        if let Some((key, entry)) = filled {
            if let Some(rendered) = &object.rendered {
                let message = format!(
                    "release `{}` renders Secret `{}` with the value of `{key}`",
                    rendered.release, object.name
                );
                found.push(
                    Diagnostic::new(&PLAIN_VALUE, object.origin, message)
                        .note(format!("it goes to Git in plain text, from `{}`", rendered.template))
                        .help("look for a value of the chart that takes the name of a Secret instead"),
                );
                continue;
            }
            found.push(
                Diagnostic::new(&PLAIN_VALUE, entry.key_span, format!("the value of `{key}` is written out"))
                    .label(object.origin, "this Secret goes to Git in plain text")
                    .help(format!(
                        "put it into the secret store: `secret \"{}\" path=\"/…\" {{ keys \"{key}\" }}`",
                        object.name
                    ))
                    .veiled(),
            );
        }
    }
}
