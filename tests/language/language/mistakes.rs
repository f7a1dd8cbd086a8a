//! The mistakes people make, each with the code it gets and what `hlc check --fix` makes of it.
//!
//! Those that need a chart, or a machine pool, are with the checks that know about these.

use hlc_diag::Severity;
use hlc_diag::fix::{apply, safe_edits};
use hlc_tests_language::{example, rendered};
use libtest_mimic::Trial;

use crate::Outcome;

/// What `--fix` leaves: another text, or the text as it was, since only the author knows what was meant.
enum Fixed {
    To(&'static str),
    ByHand,
}
use Fixed::{ByHand, To};

/// Source, code, what the fix makes of it.
const DATA: &[(&str, &str, Fixed)] = &[
    ("x enabled=true", "HLC0017", To("x enabled=#true")),
    ("x size=10Gi", "HLC0018", To("x size=\"10Gi\"")),
    ("port: 80", "HLC0027", To("port 80")),
    ("url http://x:80", "HLC0029", To("url \"http://x:80\"")),
    ("drop { - ALL, NET_RAW }", "HLC0028", To("drop { - ALL NET_RAW }")),
    ("token ${TOKEN}", "HLC0030", ByHand),
    ("verbs get list", "HLC0202", ByHand),
    ("limits nvidia.com/gpu=1", "HLC0019", To("limits \"nvidia.com/gpu\"=1")),
    ("host \"{network.lan.cidr}\"", "HLC0323", ByHand),
    // The errors of free data.
    ("emptyDir", "HLC0201", ByHand),
    ("strategy Recreate { x 1 }", "HLC0203", ByHand),
    ("ports { - 80; name http }", "HLC0204", ByHand),
    ("a 1; a 2", "HLC0205", ByHand),
    ("x a=1 { a 2 }", "HLC0205", ByHand),
    ("mode 0644", "HLC0109", ByHand),
    ("big 18446744073709551616", "HLC0109", ByHand),
    ("far #inf", "HLC0109", ByHand),
    ("no #nan", "HLC0109", ByHand),
    ("a/b 1", "HLC0019", To("\"a/b\" 1")),
    ("1a 1", "HLC0018", To("\"1a\" 1")),
];

const POD: &[(&str, &str, Fixed)] = &[
    ("securityContext { capabilities { drop ALL } }", "HLC0502", ByHand),
    ("env { - name=A value=180 }", "HLC0502", To("env { - name=A value=\"180\" }")),
];

const VALUES: &[(&str, &str, Fixed)] = &[("password=(secret)TOKEN", "HLC0316", ByHand)];

const FILES: &[(&str, &str, Fixed)] = &[
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: {b: [1, 2]}\n", "HLC0209", ByHand),
    ("# Source: x\n---\nkind: A\napiVersion: v1\n---\napiVersion: v1\nkind: B\nspec:\n- a: 'b'\n", "HLC0209", ByHand),
    (
        "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    apiVersion: v1\n    kind: A\n    x:\n      y: 1\n}\n",
        "HLC0209",
        ByHand,
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    let groups = [
        (DATA, "data \"it\" { ", " }"),
        (
            POD,
            "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Pod \"web\" { spec { containers { - name=a image=b { ",
            " } } } }\n}",
        ),
        (
            VALUES,
            "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"c\" version=\"1.0.0\" \
             repo=\"https://charts.example.net\" deliver=\"argocd\" { values ",
            " }\n}",
        ),
        (FILES, "", ""),
    ];
    let trial = |rows: &'static [(&str, &str, Fixed)], before: &'static str, after: &'static str| {
        rows.iter().map(move |(text, code, fixed)| {
            Trial::test(format!("mistakes::{code}::{}", text.lines().next().unwrap_or_default()), move || {
                run(
                    &format!("{before}{text}{after}"),
                    code,
                    &match fixed {
                        To(fixed) => format!("{before}{fixed}{after}"),
                        ByHand => format!("{before}{text}{after}"),
                    },
                )
            })
        })
    };
    groups.into_iter().flat_map(|(rows, before, after)| trial(rows, before, after)).collect()
}

fn run(text: &str, code: &str, fixed: &str) -> Outcome {
    let compilation = example(text);
    let [found] = compilation.diagnostics.as_slice() else {
        return Err(format!("one finding is expected\n{}", rendered(&compilation)).into());
    };
    assert_eq!(found.code.id, code, "{}", rendered(&compilation));
    assert!(found.severity >= Severity::Warning && !(found.helps.is_empty() && found.fixes.is_empty()), "{found:?}");
    let edits = safe_edits(&compilation.diagnostics, found.primary.span.file);
    assert_eq!(apply(text, &edits).as_deref(), Some(fixed));
    let mended = example(fixed);
    if fixed != text && mended.diagnostics.iter().any(hlc_diag::Diagnostic::is_error) {
        return Err(format!("the fix does not mend it\n{}", rendered(&mended)).into());
    }
    Ok(())
}
