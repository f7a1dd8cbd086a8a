//! `hlc audit`

mod document;
mod human;

use hlc_diag::render::{Summary, sarif};
use hlc_diag::{Diagnostic, Severity};
use hlc_model::audit::Kind;

use crate::args::{Args, Audit, AuditFailOn, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, options: &Audit, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compiled = project::compile_audit(args, &project)?;
    let (compilation, audit) = &*compiled;
    let sources = &compilation.sources;
    let errors = Summary::of(sources, &compilation.diagnostics).errors;
    match args.format {
        Format::Human => console.data(|out| human::draw(out, sources, audit, options.all))?,
        Format::Json => {
            let text = document::json(sources, audit, errors)
                .map_err(|error| Failure::new(format!("cannot write the audit: {error}")))?;
            console.data(|out| out.write_all(text.as_bytes()))?;
        }
        Format::Sarif => console.data(|mut out| sarif(&mut out, sources, &audit.findings, &audit.allowed))?,
        Format::Concise | Format::Github => {
            console.data(|out| console.findings(out, sources, &audit.findings, &audit.allowed))?;
        }
    }
    if errors > 0 && !args.format.is_document() {
        let plural = if errors == 1 { "" } else { "s" };
        console.say(&format!("{errors} error{plural} in the homelab may hide more; `hlc check` shows them"));
    }
    let fails = options.fail_on.iter().any(|on| audit.findings.iter().any(|found| is_meant(*on, found)));
    Ok(if fails { Exit::Failed } else { Exit::Success })
}

fn is_meant(on: AuditFailOn, found: &Diagnostic) -> bool {
    let of = |kind: Kind| Kind::of(found) == kind;
    match on {
        AuditFailOn::Hint => true,
        AuditFailOn::Warning => found.severity >= Severity::Warning,
        AuditFailOn::Error => found.severity >= Severity::Error,
        AuditFailOn::Exposure => of(Kind::Exposure),
        AuditFailOn::HostAccess => of(Kind::HostAccess),
        AuditFailOn::Rights => of(Kind::Rights),
        AuditFailOn::Secrets => of(Kind::Secrets),
        AuditFailOn::Images => of(Kind::Images),
        AuditFailOn::NotLookedInto => of(Kind::NotLookedInto),
        AuditFailOn::Allow => of(Kind::Allow),
    }
}
