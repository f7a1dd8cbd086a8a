//! Every finding is documented, and its examples show it.

use hlc_diag::Code;
use hlc_tests_language::{example, example_inputs, rendered};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("codes::unique_and_named", unique)];
    // The examples of the first hundred are KDL, not homelabs; hlc-syntax tests them.
    for code in hlc_model::codes().into_iter().filter(|code| code.id >= "HLC0100") {
        trials.push(Trial::test(format!("codes::{}::{}", code.id, code.name), move || examples(code)));
    }
    trials
}

fn unique() -> Outcome {
    let codes = hlc_model::codes();
    for pair in codes.windows(2) {
        if pair[0].id == pair[1].id {
            return Err(format!("{} is used twice: {} and {}", pair[0].id, pair[0].name, pair[1].name).into());
        }
    }
    let mut names: Vec<_> = codes.iter().map(|code| code.name).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("the name {} is used twice", pair[0]).into());
    }
    for code in codes {
        let digits = code
            .id
            .strip_prefix("HLC")
            .filter(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
        if digits.is_none() || code.summary.is_empty() || code.explain.len() < 40 {
            return Err(format!("{} is not documented", code.id).into());
        }
    }
    Ok(())
}

/// Findings that no KDL text alone can show: about files that cannot be read, and about sizes that are no example.
const WITHOUT_EXAMPLE: [&str; 5] = [
    // Shown with a lock file: `charts.rs`.
    "lock-unreadable",
    "unreadable-file",
    "too-deep",
    "too-large",
    "too-many-nodes",
];

/// Findings whose examples need charts that are locked and at hand.
const WITH_CHARTS: [&str; 12] = [
    "chart-changed",
    "chart-damaged",
    "chart-refuses",
    "chart-output",
    "hooks-unstated",
    "patch-unmatched",
    "random-field",
    "chart-kube-version",
    "value-shape",
    "value-unread",
    "value-schema",
    "value-default",
];

fn examples(code: &'static Code) -> Outcome {
    // A danger is about a change; hlc-diff compares manifests for each. What stands against a stack's plan is about what is there;
    // hlc-change has a case for each.
    let is_shown_elsewhere = hlc_diff::codes().contains(&code) || hlc_change::CODES.contains(&code);
    if WITHOUT_EXAMPLE.contains(&code.name) || is_shown_elsewhere {
        return if code.bad.is_empty() && code.good.is_empty() {
            Ok(())
        } else {
            Err("it has an example after all".into())
        };
    }
    if code.bad.is_empty() || code.good.is_empty() {
        return Err("an example is missing".into());
    }
    // Warnings of other kinds may stand beside: an example shows one thing.
    let matters = |found: &&hlc_diag::Diagnostic| found.is_error() || found.code == code;
    if hlc_model::audit::CODES.contains(&code) {
        return audited(code);
    }
    let example = if WITH_CHARTS.contains(&code.name) { crate::charts::example } else { example };
    let bad = example(code.bad);
    let found: Vec<_> = bad.diagnostics.iter().chain(&bad.pedantic).filter(matters).collect();
    if found.len() != 1 || found[0].code != code {
        return Err(format!("the bad example reports\n{}", rendered(&bad)).into());
    }
    let good = example(code.good);
    if good.diagnostics.iter().chain(&good.pedantic).any(|found| matters(&found)) {
        return Err(format!("the good example reports\n{}", rendered(&good)).into());
    }
    Ok(())
}

/// Of what only an audit reports: the same, and `hlc check` has nothing to say about it.
fn audited(code: &'static Code) -> Outcome {
    for (text, count) in [(code.bad, 1), (code.good, 0)] {
        let (compilation, audit) = hlc_model::compile_audit(&example_inputs(text), "homelab.kdl");
        if compilation.diagnostics.iter().any(hlc_diag::Diagnostic::is_error) {
            return Err(format!("an example has errors\n{}", rendered(&compilation)).into());
        }
        if audit.findings.iter().filter(|found| found.code == code).count() != count {
            let found = hlc_diag::render::human_string(&compilation.sources, &audit.findings);
            return Err(format!("{count} were to be reported of\n{text}\nbut it is\n{found}").into());
        }
    }
    Ok(())
}
