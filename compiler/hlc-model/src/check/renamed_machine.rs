//! What was renamed has one new name.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&RENAMED_MACHINE], run };

/// A former name that is still in use.
pub(crate) static RENAMED_MACHINE: Code = Code {
    id: "HLC0819",
    name: "renamed-machine",
    severity: Severity::Error,
    summary: "a former name of a machine that another machine has or had",
    explain: "`was` says which machine this one is, under the name it had before. A machine that has that name now, or another \
              one that had it, cannot be it too. Once the rename has been applied, `was` may go.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
          role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" was=\"one\"\n    }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           pool \"all\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\" {\n        machine \"one\" ip=\"192.168.1.211\" \
           role=\"control-plane\"\n        machine \"two\" ip=\"192.168.1.221\" role=\"worker\" was=\"second\"\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let machines: Vec<_> = facts.model.talos.iter().flat_map(|talos| talos.machines()).collect();
    let mut renamed: Vec<_> = machines.iter().filter_map(|machine| Some((machine, machine.was.as_ref()?))).collect();
    renamed.sort_by_key(|(machine, was)| (was.span, machine.name.span));
    let mut before: BTreeMap<&str, Span> = BTreeMap::new();
    for (machine, was) in renamed {
        let name = was.value.as_str();
        if let Some(now) = machines.iter().find(|machine| machine.name.name == name) {
            let message = format!("machine `{}` cannot be what `{name}` is", machine.name.name);
            let diagnostic =
                Diagnostic::new(&RENAMED_MACHINE, was.span, message).label(now.name.span, "still declared");
            found.push(diagnostic.help(format!("rename that one, or remove `was=\"{name}\"`")));
        } else if let Some(first) = before.get(name) {
            let message = format!("two machines were `{name}`");
            found.push(
                Diagnostic::new(&RENAMED_MACHINE, was.span, message)
                    .label(*first, "one of them")
                    .label(machine.name.span, "the other"),
            );
        } else {
            before.insert(name, machine.name.span);
        }
    }
}
