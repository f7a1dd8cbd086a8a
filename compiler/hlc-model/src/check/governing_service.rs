//! StatefulSets name a Service that gives their pods names.

use hlc_diag::{Code, Diagnostic, Severity};

use super::meant::meant;
use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&GOVERNING_SERVICE], run };

/// A StatefulSet under a Service that nobody makes.
pub(crate) static GOVERNING_SERVICE: Code = Code {
    id: "HLC0677",
    name: "governing-service",
    severity: Severity::Warning,
    summary: "a StatefulSet names a Service that nothing makes",
    explain: "`serviceName` is the Service under which each pod of a StatefulSet has a DNS name of its own: \
              `POD.SERVICE.NAMESPACE.svc`. The pods start without it, and their names lead nowhere. Checked where everything in the \
              namespace is written down.",
    bad: "workload \"db\" category=\"apps\" {\n    namespace \"db\"\n    StatefulSet \"db\" {\n        spec serviceName=dbb {\n            \
          selector { matchLabels app=db }\n            template { metadata { labels app=db }; spec { containers { - name=db \
          image=\"db:1\" } } }\n        }\n    }\n    Service \"db\" { spec { selector app=db; ports { - port=5432 } } }\n}",
    good: "workload \"db\" category=\"apps\" {\n    namespace \"db\"\n    StatefulSet \"db\" {\n        spec serviceName=db {\n            \
           selector { matchLabels app=db }\n            template { metadata { labels app=db }; spec { containers { - name=db \
           image=\"db:1\" } } }\n        }\n    }\n    Service \"db\" { spec { selector app=db; ports { - port=5432 } } }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for workload in facts.sound_workloads().filter(|workload| workload.namespace.closed) {
        for set in workload.of_kind("StatefulSet").filter(|set| set.rendered.is_none()) {
            let Some(name) = set.body.at(&["spec", "serviceName"]) else { continue };
            // Kubernetes takes none at all too.
            let Some(wanted) = name.as_str().filter(|wanted| !wanted.is_empty()) else { continue };
            if workload.namespace.object("Service", wanted).is_some() {
                continue;
            }
            let message = format!("nothing makes the Service `{wanted}` that StatefulSet `{}` names", set.name);
            let others = workload.namespace.of_kind("Service").map(|object| (object.name.as_str(), object.origin));
            let help = format!("add `Service \"{wanted}\" {{ spec clusterIP=None {{ … }} }}`, or remove `serviceName`");
            found.push(meant(Diagnostic::new(&GOVERNING_SERVICE, name.span, message), name, others, help));
        }
    }
}
