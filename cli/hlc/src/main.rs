//! The command line program: reads arguments, runs one command, says what came of it.
//!
//! Data goes to stdout, messages to stderr. Exit codes: 0 success, 1 errors found or failed, 2 changes present where that was
//! asked for, 64 wrong usage; a program stopped by Ctrl-C is what the shell calls 130.
//!
//! Architecture invariants:
//! - Only [`console`] touches stdout and stderr. A closed stdout ends the output, not the program with a panic.
//! - Commands decide nothing about the homelab: what `hlc check` knows, `hlc_model::compile` says.
//! - Libraries return typed errors; [`failure`] gives them the words and the way out for people.
//!
//! Start reading at [`args`], then the command in [`commands`].

mod args;
mod commands;
mod console;
mod failure;
mod progress;
mod project;
#[cfg(test)]
mod reference;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Build, Command, Diff, New};
use console::{Console, Exit};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return console::usage(&error).into(),
    };
    // The thread that asks is one of those that work: what is made on it is also freed on it, and one thread less is started.
    // Where no thread can be started, it works alone.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    let console = Console::new(args.color, args.format);
    let result = match &args.command {
        Command::Check { fix, deny, pedantic } => commands::check::run(&args, *fix, *deny, *pedantic, &console),
        Command::Build { what: Build::Workloads(options) } => commands::build::run(&args, options, &console),
        Command::Diff { what: Diff::Workloads(options) } => commands::diff::run(&args, options, &console),
        Command::Trace(options) => commands::trace::run(&args, options, &console),
        Command::Audit(options) => commands::audit::run(&args, options, &console),
        Command::Graph(options) => commands::graph::run(&args, options, &console),
        Command::Lock(options) => commands::charts::lock(&args, options, &console),
        Command::Fetch { net } => commands::charts::fetch(&args, net, &console),
        Command::Vendor { net } => commands::charts::vendor(&args, net, &console),
        Command::Outdated { net } => commands::charts::outdated(&args, net, &console),
        Command::Publish { what: args::Publish::Workloads(options) } => {
            commands::publish::run(&args, options, &console)
        }
        Command::Secrets { what } => commands::secrets::run(&args, what, &console),
        Command::New { what: New::Workload(options) } => commands::new::workload(&args, options, &console),
        Command::Explain { topic } => commands::explain::run(topic.as_deref(), &console),
        Command::Fmt(options) => commands::fmt::run(&args, options, &console),
        Command::Plan(options) => commands::stack::plan::run(&args, options, &console),
        Command::Apply(options) => commands::stack::apply::run(&args, options, &console),
        Command::Destroy(options) => commands::stack::destroy::run(&args, options, &console),
        Command::Refresh(options) => commands::stack::refresh::run(&args, options, &console),
        Command::State { what } => commands::stack::state::run(&args, what, &console),
        Command::Output(options) => commands::stack::output::run(&args, options, &console),
        Command::Rehearse(options) => commands::stack::rehearse::run(&args, options, &console),
        Command::Import { what } => commands::import::run(&args, what, &console),
        Command::Export { what } => commands::export::run(&args, what, &console),
        Command::Lsp => commands::lsp::run(),
        Command::Completions { shell } => commands::completions::run(*shell, &console),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console.failure(&failure);
            Exit::Failed.into()
        }
    }
}
