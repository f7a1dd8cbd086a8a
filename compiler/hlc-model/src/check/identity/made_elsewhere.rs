//! What is there already is said to be, and only that.

use hlc_diag::{Code, Diagnostic, Severity, Span};

use crate::check::{Check, Facts};

pub(in crate::check) const CHECK: Check = Check { codes: &[&MADE_ELSEWHERE], run };

/// Something that hlc cannot make, or would not change.
pub(crate) static MADE_ELSEWHERE: Code = Code {
    id: "HLC0922",
    name: "made-elsewhere",
    severity: Severity::Error,
    summary: "something of Authentik that is there already, or has to be",
    explain: "Flows and certificates are there already, and so are stages, of which only what is stated is changed: \
              `(existing)` and `(adopt)` say so. What is `(existing)` is looked up and never changed, so nothing more \
              is said of it. A scope that hlc makes needs its expression.",
    bad: "authentik url=\"https://auth.example.net\" token=(secret)TOKEN { flow \"default-authentication-flow\"; }",
    good: "authentik url=\"https://auth.example.net\" token=(secret)TOKEN { \
           (existing)flow \"default-authentication-flow\"; }",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, authentik) in &facts.model.authentik {
        for flow in authentik.flow.iter().filter(|flow| !flow.existing) {
            found.push(unmarked("flow", &flow.name.name, flow.name.span, "existing"));
        }
        for certificate in authentik.key_pair.iter().filter(|certificate| !certificate.existing) {
            found.push(unmarked("key-pair", &certificate.name.name, certificate.name.span, "existing"));
        }
        for stage in authentik.stage.iter().filter(|stage| !stage.adopted) {
            found.push(unmarked("stage", &stage.name.name, stage.name.span, "adopt"));
        }
        for scope in &authentik.scope {
            let stated = scope.expression.as_ref().or(scope.description.as_ref()).or(scope.title.as_ref());
            match (scope.existing, stated) {
                (true, Some(stated)) => found.push(stated_of_existing("scope", stated.span)),
                (false, _) if scope.expression.is_none() => found.push(
                    Diagnostic::new(
                        &MADE_ELSEWHERE,
                        scope.name.span,
                        format!("scope `{}` has no expression to make it of", scope.name.name),
                    )
                    .help("add `expression=\"return {}\"`, or write `(existing)scope` for one that is there"),
                ),
                _ => {}
            }
        }
        for group in authentik.group.iter().filter(|group| group.existing) {
            let stated = group.superuser.map(|stated| stated.span).or(group.parents.first().map(|parent| parent.span));
            found.extend(stated.map(|span| stated_of_existing("group", span)));
        }
    }
}

fn unmarked(kind: &str, name: &str, span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(&MADE_ELSEWHERE, span, format!("hlc does not make the {kind} `{name}`"))
        .help(format!("write `({word}){kind} \"{name}\"` for one that is there"))
}

fn stated_of_existing(kind: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&MADE_ELSEWHERE, span, format!("an existing {kind} is looked up, never changed"))
        .help("remove this, or the `(existing)`")
}
