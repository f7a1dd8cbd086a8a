//! Parses one file, or so many lines of made-up text, and tells how long it took and how much memory it needed.
//!
//! `cargo run --release -p hlc-syntax --example measure -- FILE|LINES`

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use hlc_diag::FileId;
use hlc_syntax::parse;

mod homelab_text;

/// The fastest of so many runs counts.
const RUNS: usize = 20;

fn main() -> std::io::Result<()> {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "10000".to_owned());
    let text: Arc<str> = match argument.parse::<usize>() {
        Ok(count) => homelab_text::lines(count).into(),
        Err(_) => std::fs::read_to_string(&argument)?.into(),
    };
    let before = memory("VmRSS");
    let mut elapsed = Duration::MAX;
    let mut parsed = parse(FileId::new(0), Arc::clone(&text));
    let grown = before.zip(memory("VmHWM")).map(|(before, after)| after.saturating_sub(before) * 1024);
    for _ in 0..RUNS {
        let start = Instant::now();
        parsed = parse(FileId::new(0), Arc::clone(&text));
        elapsed = elapsed.min(start.elapsed());
    }
    println!("{} bytes, {} lines, {} tokens", text.len(), text.lines().count(), parsed.document.tokens().count());
    println!("{elapsed:?} at best, {} problems", parsed.diagnostics.len());
    if let Some(grown) = grown {
        println!("peak memory grew by {grown} bytes, {:.2} times the text", grown as f64 / text.len() as f64);
    }
    Ok(())
}

/// A line of the process' memory figures in KiB, where the system tells.
fn memory(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
