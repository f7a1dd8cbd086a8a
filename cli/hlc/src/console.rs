//! The only place that writes to stdout and stderr.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use hlc_diag::render::Summary;
use hlc_diag::render::termcolor::{Ansi, NoColor, WriteColor};
use hlc_diag::{Allowed, Diagnostic, Sources, render};
use hlc_model::Compilation;
use hlc_schema::suggest::list_names;

use crate::args::{Color, Format};
use crate::failure::Failure;

/// What the program's end tells the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well.
    Success,
    /// Errors were found, or the command failed.
    Failed,
    /// Something would change, and the user asked to be told by the exit code.
    Changes,
    /// The arguments make no sense.
    Usage,
    /// Whoever runs it asked it to stop.
    Interrupted,
    /// Whatever a command that is not ours to judge said.
    Other(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => Self::SUCCESS,
            Exit::Failed => Self::from(1),
            Exit::Changes => Self::from(2),
            Exit::Usage => Self::from(64),
            Exit::Interrupted => Self::from(130),
            Exit::Other(code) => Self::from(code),
        }
    }
}

/// Where and how to write.
pub(crate) struct Console {
    data_in_colour: bool,
    messages_in_colour: bool,
    pub(crate) format: Format,
}

impl Console {
    pub(crate) fn new(color: Color, format: Format) -> Self {
        let decide = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            // https://no-color.org: set and not empty.
            Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self {
            data_in_colour: decide(io::stdout().is_terminal()),
            messages_in_colour: decide(io::stderr().is_terminal()),
            format,
        }
    }

    /// Writes data to stdout. A reader that has seen enough and closed it is no failure.
    pub(crate) fn data(&self, draw: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>) -> Result<(), Failure> {
        let written = drawn(self.data_in_colour, draw).and_then(|bytes| {
            let mut stdout = io::stdout().lock();
            stdout.write_all(&bytes).and_then(|()| stdout.flush())
        });
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::stdout(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes a message to stderr. When nobody can read it there is nobody to tell.
    pub(crate) fn message(&self, draw: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>) {
        if let Ok(bytes) = drawn(self.messages_in_colour, draw) {
            let _ = io::stderr().lock().write_all(&bytes);
        }
    }

    /// Writes a line to stderr.
    pub(crate) fn say(&self, line: &str) {
        self.message(|out| writeln!(out, "{line}"));
    }

    /// Says where to read more about the first of the gravest findings, to people.
    pub(crate) fn say_more(&self, compilation: &Compilation) {
        let diagnostics = &compilation.diagnostics;
        let gravest = diagnostics.iter().max_by_key(|found| (found.severity, std::cmp::Reverse(found.primary.span)));
        if let (Format::Human, Some(first)) = (self.format, gravest) {
            if compilation.held_back {
                self.say("more may be found once these are mended: what may only follow from them is not reported");
            }
            self.say(&format!("`hlc explain {}` says more", first.code.id));
        }
    }

    /// Says once which releases could not be looked into, to people.
    pub(crate) fn say_unknown(&self, compilation: &Compilation) {
        // Of those that could not be rendered here an error tells already.
        let unknown = compilation.charts.unknown().filter(|(release, _)| !release.rendered);
        let mut names: Vec<&str> = unknown.map(|(release, _)| release.name.as_str()).collect();
        names.dedup();
        if self.format != Format::Human || names.is_empty() {
            return;
        }
        let (of, know) = if names.len() == 1 { ("release", "makes") } else { ("releases", "make") };
        self.say(&format!(
            "note: what {of} {} {know} is not known, so that nothing is held against their Services, ports, Secrets and kinds; `hlc lock` \
             finds out",
            list_names(&names, "and")
        ));
    }

    /// Writes all findings to stderr; true when there are errors among them, so that nothing is to be made of the homelab.
    pub(crate) fn refuses(&self, compilation: &Compilation) -> bool {
        let (sources, diagnostics) = (&compilation.sources, &compilation.diagnostics);
        let summary = Summary::of(sources, diagnostics);
        if !diagnostics.is_empty() {
            self.message(|out| self.findings(out, sources, diagnostics, &compilation.allowed));
            if !self.format.is_document() {
                let end = if summary.errors > 0 { "; nothing was written" } else { "" };
                self.say(&format!("{summary}{end}"));
                self.say_more(compilation);
            }
        }
        summary.errors > 0
    }

    /// [`Console::refuses`] for commands that are about something else: findings that refuse nothing are only counted.
    pub(crate) fn refuses_briefly(&self, compilation: &Compilation) -> bool {
        let summary = Summary::of(&compilation.sources, &compilation.diagnostics);
        if summary.errors > 0 {
            return self.refuses(compilation);
        }
        if summary.warnings > 0 && !self.format.is_document() {
            let (count, noun) = (summary.warnings, if summary.warnings == 1 { "warning" } else { "warnings" });
            self.say(&format!("note: {count} {noun}; `hlc check` shows them"));
        }
        false
    }

    /// Writes findings about something else than the homelab to stderr.
    pub(crate) fn findings_as_message(&self, sources: &Sources, diagnostics: &[Diagnostic]) {
        self.message(|out| self.findings(out, sources, diagnostics, &[]));
    }

    /// Draws findings in the chosen format.
    pub(crate) fn findings(
        &self,
        mut out: &mut dyn WriteColor,
        sources: &Sources,
        diagnostics: &[Diagnostic],
        allowed: &[Allowed],
    ) -> io::Result<()> {
        match self.format {
            Format::Human => render::human(out, sources, diagnostics),
            Format::Concise => render::concise(&mut out, sources, diagnostics),
            Format::Json => render::json(&mut out, sources, diagnostics, allowed),
            Format::Sarif => render::sarif(&mut out, sources, diagnostics, allowed),
            Format::Github => render::github(&mut out, sources, diagnostics),
        }
    }

    /// Says why a command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        let text = failure.draw(self.messages_in_colour);
        self.message(|out| out.write_all(text.as_bytes()));
    }
}

fn drawn(colour: bool, draw: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>) -> io::Result<Vec<u8>> {
    if colour {
        let mut out = Ansi::new(Vec::new());
        draw(&mut out)?;
        Ok(out.into_inner())
    } else {
        let mut out = NoColor::new(Vec::new());
        draw(&mut out)?;
        Ok(out.into_inner())
    }
}

/// Says what is wrong with the arguments, or what was asked for: help and version are no mistakes.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    // Help may go to a closed pipe.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}
