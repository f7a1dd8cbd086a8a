//! `hlc check`

use hlc_diag::render::Summary;

use crate::args::{Args, Format};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compilation = project::compile(&project)?;
    let (sources, diagnostics) = (&compilation.sources, &compilation.diagnostics);
    console.data(|out| console.findings(out, sources, diagnostics))?;
    let summary = Summary::of(sources, diagnostics);
    if console.format != Format::Json {
        console.say(&summary.to_string());
        console.say_more(diagnostics);
    }
    Ok(if summary.errors == 0 { Exit::Success } else { Exit::Failed })
}
