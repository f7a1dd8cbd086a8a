//! `hlc destroy`

use hlc_change::Words;

use super::apply::Run;
use crate::args::Args;
use crate::args::stack::Destroy;
use crate::console::{Console, Exit};
use crate::failure::Failure;

pub(crate) fn run(args: &Args, options: &Destroy, console: &Console) -> Result<Exit, Failure> {
    let run = Run {
        stack: options.stack.0,
        scope: options.part.scope(true),
        // Whoever says `destroy` means all of them.
        words: Words { allow_delete: options.allow_delete.clone(), max_deletes: usize::MAX },
        destroys: true,
        carry: &options.carry,
        saved: None,
    };
    run.run(args, console)
}
