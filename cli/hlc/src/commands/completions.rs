//! `hlc completions`

use clap::CommandFactory as _;

use crate::args::Args;
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(shell: clap_complete::Shell, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "hlc", &mut script);
    console.data(|out| out.write_all(&script))?;
    Ok(Exit::Success)
}
