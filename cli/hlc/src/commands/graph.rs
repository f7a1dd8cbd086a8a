//! `hlc graph`

use hlc_delivery::DiskInputs;
use hlc_draw::Drawing;

use crate::args::{self, Args, Format, GraphEmit};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, options: &args::Graph, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compilation = project::compile(args, &project)?;
    if console.refuses(&compilation) {
        return Ok(Exit::Failed);
    }
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let mut drawing = hlc_model::graph(&compilation, &inputs);
    if let Some(name) = &options.focus {
        drawing = drawing.around(focus(&drawing, name)?);
    }
    let usual = if console.format == Format::Json { GraphEmit::Json } else { GraphEmit::Mermaid };
    let text = match options.emit.unwrap_or(usual) {
        GraphEmit::Mermaid => drawing.mermaid(),
        GraphEmit::Dot => drawing.dot(),
        GraphEmit::Svg => drawing.svg(),
        GraphEmit::Json => {
            let json = serde_json::to_string_pretty(&drawing);
            format!("{}\n", json.map_err(|error| Failure::new(format!("cannot write JSON: {error}")))?)
        }
    };
    console.data(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Success)
}

/// The node that is meant: by its kind and name, or by its name alone where only one has it.
fn focus<'d>(drawing: &'d Drawing, name: &str) -> Result<&'d str, Failure> {
    let ids = || drawing.nodes.iter().map(|node| node.id.as_str());
    if let Some(id) = ids().find(|id| *id == name) {
        return Ok(id);
    }
    let named: Vec<&str> = ids().filter(|id| id.split_once('.').is_some_and(|(_, rest)| rest == name)).collect();
    match named.as_slice() {
        [only] => Ok(only),
        [] => {
            let mut known: Vec<&str> = ids().map(|id| id.split_once('.').map_or(id, |(_, rest)| rest)).collect();
            known.sort_unstable();
            known.dedup();
            Err(Failure::new(format!("nothing in the homelab is called `{name}`")).names(name, &known))
        }
        several => Err(Failure::new(format!("several things are called `{name}`"))
            .help(format!("say which: {}", several.join(", ")))),
    }
}
