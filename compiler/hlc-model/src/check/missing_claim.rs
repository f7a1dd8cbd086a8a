//! Pods mount claims that exist.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Data;
use hlc_schema::suggest::nearest;

use super::{Check, Facts, WorkloadFacts, containers};

pub(super) const CHECK: Check = Check { codes: &[&MISSING_CLAIM, &MISSING_VOLUME], run };

/// A claim that nobody makes.
pub(crate) static MISSING_CLAIM: Code = Code {
    id: "HLC0613",
    name: "missing-claim",
    severity: Severity::Error,
    summary: "a pod mounts a PersistentVolumeClaim that nothing makes",
    explain: "The pod would stay `Pending` for ever. Checked where everything in the namespace is written down.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web \
          image=\"web:1\" }; volumes { - name=data { persistentVolumeClaim claimName=web } } } }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    PersistentVolumeClaim \"web\" { spec { accessModes { - \
           ReadWriteOnce }; resources { requests storage=\"1Gi\" } } }\n    Pod \"web\" { spec { containers { - name=web \
           image=\"web:1\" }; volumes { - name=data { persistentVolumeClaim claimName=web } } } }\n}",
};

/// A mount of a volume that the pod does not have.
pub(crate) static MISSING_VOLUME: Code = Code {
    id: "HLC0614",
    name: "missing-volume",
    severity: Severity::Error,
    summary: "a container mounts a volume that its pod does not have",
    explain: "The API server refuses the pod: every `volumeMounts` name is one of the pod's `volumes` or of the StatefulSet's \
              `volumeClaimTemplates`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web \
          image=\"web:1\" { volumeMounts { - name=dta mountPath=\"/data\" } } }; volumes { - name=data { emptyDir {} } } }; \
          }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=web \
           image=\"web:1\" { volumeMounts { - name=data mountPath=\"/data\" } } }; volumes { - name=data { emptyDir {} } } }; \
           }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads() {
        let claims: Vec<&str> =
            workload.namespace.of_kind("PersistentVolumeClaim").map(|object| object.name.as_str()).collect();
        for (object, template) in workload.pod_templates() {
            let Some(spec) = template.get("spec") else { continue };
            if workload.namespace.closed {
                check_claims(spec, &claims, &workload, found);
            }
            let templates =
                object.body.at(&["spec", "volumeClaimTemplates"]).and_then(Data::as_list).into_iter().flatten();
            let templates = templates.filter_map(|claim| claim.at(&["metadata", "name"])?.as_str());
            let volumes = spec.get("volumes").and_then(Data::as_list).into_iter().flatten();
            let volumes: Vec<&str> =
                volumes.filter_map(|volume| volume.get("name")?.as_str()).chain(templates).collect();
            check_mounts(spec, &volumes, found);
        }
    }
}

fn check_claims(spec: &Data, claims: &[&str], workload: &WorkloadFacts<'_, '_>, found: &mut Vec<Diagnostic>) {
    for volume in spec.get("volumes").and_then(Data::as_list).into_iter().flatten() {
        let Some(claim) = volume.at(&["persistentVolumeClaim", "claimName"]) else { continue };
        let Some(name) = claim.as_str().filter(|name| !claims.contains(name)) else { continue };
        let diagnostic = Diagnostic::new(
            &MISSING_CLAIM,
            claim.span,
            format!("nothing in workload `{}` makes the PersistentVolumeClaim `{name}`", workload.workload.name.name),
        );
        let volumes = workload.workload.app.iter().flat_map(|app| &app.volume);
        if volumes.into_iter().any(|volume| volume.name.span == claim.span) {
            found.push(diagnostic.help(
                "say how large it is, such as `size=\"1Gi\"`; or write `(existing)volume` when something else makes the claim",
            ));
            continue;
        }
        found.push(match nearest(name, claims.iter().copied()) {
            Some(meant) => {
                let declared = workload.namespace.object("PersistentVolumeClaim", meant);
                let diagnostic = match declared {
                    Some(object) => diagnostic.label(object.origin, "this claim is made here"),
                    None => diagnostic,
                };
                diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                    format!("write `{meant}`"),
                    claim.span,
                    format!("\"{meant}\""),
                )
            }
            None => {
                diagnostic.help(format!("add `PersistentVolumeClaim \"{name}\" {{ spec {{ … }} }}` to the workload"))
            }
        });
    }
}

fn check_mounts(spec: &Data, volumes: &[&str], found: &mut Vec<Diagnostic>) {
    let mounts = containers(spec).filter_map(|container| container.get("volumeMounts")?.as_list()).flatten();
    for name in mounts.filter_map(|mount| mount.get("name")) {
        let Some(wanted) = name.as_str().filter(|wanted| !volumes.contains(wanted)) else { continue };
        let diagnostic = Diagnostic::new(&MISSING_VOLUME, name.span, format!("the pod has no volume `{wanted}`"));
        found.push(match nearest(wanted, volumes.iter().copied()) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
                format!("write `{meant}`"),
                name.span,
                meant,
            ),
            None => diagnostic.help(format!("add it to the pod's `volumes`: `- name={wanted} {{ … }}`")),
        });
    }
}
