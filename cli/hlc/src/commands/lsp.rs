//! `hlc lsp`

use crate::console::Exit;

pub(crate) fn run() -> Exit {
    Exit::Other(hlc_lsp::run_on_stdio())
}
