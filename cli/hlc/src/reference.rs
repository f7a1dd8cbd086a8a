//! Makes `docs/commands.md` from the declarations in [`crate::args`].

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use crate::args::Args;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands.md");

/// Run with `HLC_UPDATE=1` to write the page.
#[test]
fn the_page_is_what_the_program_says() {
    let made = page();
    if std::env::var_os("HLC_UPDATE").is_some() {
        std::fs::write(PAGE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(kept == made, "docs/commands.md is out of date: run this test with HLC_UPDATE=1\n{made}");
}

#[test]
fn clap_finds_no_fault() {
    Args::command().debug_assert();
}

fn page() -> String {
    let mut command = Args::command();
    command.build();
    let mut page = String::from("# Commands\n\nMade from the program's declarations; do not edit.\n");
    let _ = write!(page, "\n{}\n\n## Options of every command\n\n", about(&command));
    arguments(&mut page, command.get_arguments());
    page.push_str(concat!(
        "\n## Exit codes\n\n| code | meaning |\n|---|---|\n| 0 | success |\n| 1 | errors were found, or the command failed |\n",
        "| 2 | something would change (only with `--detailed-exitcode`) |\n",
        "| 64 | wrong usage |\n| 130 | interrupted |\n",
        "\nData goes to stdout, messages to stderr. A reader that closes stdout early is no failure.\n",
    ));
    for below in command.get_subcommands() {
        section(&mut page, below);
    }
    page
}

fn section(page: &mut String, command: &Command) {
    if command.has_subcommands() {
        for below in command.get_subcommands() {
            section(page, below);
        }
        return;
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let _ = write!(page, "\n## {name}\n\n    {usage}\n\n{}\n", about(command));
    let own: Vec<&Arg> = command.get_arguments().filter(|argument| !argument.is_global_set()).collect();
    if own.iter().any(|argument| argument.get_id() != "help") {
        page.push('\n');
        arguments(page, own.into_iter());
    }
}

fn about(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    about.map(ToString::to_string).unwrap_or_default()
}

fn arguments<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    page.push_str("| argument | meaning |\n|---|---|\n");
    for argument in arguments.filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version")) {
        let help =
            argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string).unwrap_or_default();
        let mut meaning = help.replace("\n\n", ". ").replace('\n', " ");
        if argument.get_action().takes_values() {
            for value in argument.get_possible_values() {
                let explained = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
                let _ = write!(meaning, "<br>`{}`{explained}", value.get_name());
            }
            if let Some(default) = argument.get_default_values().first() {
                let _ = write!(meaning, "<br>default: `{}`", default.to_string_lossy());
            }
        }
        let short = argument.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
        let _ = writeln!(page, "| `{short}{}` | {meaning} |", argument.to_string().replace('|', "\\|"));
    }
}
