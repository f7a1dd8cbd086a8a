//! `hlc lsp`

use crate::console::Exit;
use crate::failure::Failure;

pub(crate) fn run() -> Result<Exit, Failure> {
    hlc_lsp::run_on_stdio().map(Exit::Other).map_err(|error| Failure::stdout(&error))
}
