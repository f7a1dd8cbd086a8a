//! The language server: what an editor asks, answered by the same compiler that `hlc check` runs.
//!
//! Every change of an open file leads to one whole compilation of its project, with the editor's texts laid over the
//! files on disk. Changes that wait already are taken in first, so a fast typist costs no more than a slow one.
//!
//! Architecture invariants:
//! - This is the only crate that knows the protocol's types. The compiler knows spans, fixes and files.
//! - One thread decides, in the order of the messages; another only reads stdin. No answer depends on timing.
//! - No message of a client ends the server but `exit` and the end of stdin. A message that makes no sense gets an error
//!   with the reason; a failure inside an analysis is shown and the last findings stay.
//!
//! Start reading at [`server`], then [`analysis`].

mod actions;
mod analysis;
mod documents;
mod findings;
mod position;
mod server;
mod transport;
mod uri;
mod words;

use std::io::{self, BufRead, Write};

pub use position::Encoding;

/// Serves stdin and stdout until the client says `exit`; gives the exit code that the protocol asks for.
///
/// # Errors
/// When stdout takes nothing any more.
pub fn run_on_stdio() -> io::Result<u8> {
    run(io::BufReader::new(io::stdin()), io::stdout())
}

/// Serves a client: reads its messages from `reader`, writes to `writer`. The exit code is 0 after `shutdown` and `exit`,
/// else 1.
///
/// # Errors
/// When `writer` fails.
pub fn run(reader: impl BufRead + Send + 'static, writer: impl Write) -> io::Result<u8> {
    server::serve(&transport::read_in_background(reader)?, transport::Writer::new(writer))
}
