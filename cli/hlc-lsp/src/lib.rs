//! To be written.

/// Runs the server until the client says `exit`; the exit code.
#[must_use]
pub fn run_on_stdio() -> u8 {
    0
}
