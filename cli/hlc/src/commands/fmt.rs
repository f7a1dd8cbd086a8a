//! `hlc fmt`

mod files;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use hlc_delivery::FILE_LIMIT;
use hlc_diag::{Diagnostic, Sources};
use hlc_syntax::Document;

use crate::args::{Args, Fmt};
use crate::console::{Console, Exit};
use crate::failure::Failure;

/// What stands for stdin among the paths.
const STDIN: &str = "-";

pub(crate) fn run(args: &Args, options: &Fmt, console: &Console) -> Result<Exit, Failure> {
    let mut run = Run { check: options.check, from_v1: options.from_v1, ..Run::default() };
    if options.paths.iter().any(|path| path.as_os_str() == STDIN) {
        if options.paths.len() > 1 {
            return Err(Failure::new(format!("`{STDIN}` cannot stand with other paths: its text goes to stdout")));
        }
        run.stdin(console)?;
        return run.end(console);
    }
    let chosen = if options.paths.is_empty() { files::of_project(args)? } else { files::named(&options.paths) };
    run.failures = chosen.failures;
    for file in &chosen.files {
        if let Err(failure) = run.file(file) {
            run.failures.push(failure);
        }
    }
    run.end(console)
}

/// What has come of the files so far.
#[derive(Default)]
struct Run {
    check: bool,
    from_v1: bool,
    quiet: bool,
    changed: Vec<String>,
    unchanged: usize,
    failures: Vec<Failure>,
    sources: Sources,
    /// Why files were left alone.
    errors: Vec<Diagnostic>,
}

impl Run {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let shown = files::shown(path);
        let text = read(path, &shown)?;
        let Some(made) = self.make(&shown, &text)? else { return Ok(()) };
        if made == text {
            self.unchanged += 1;
            return Ok(());
        }
        if !self.check {
            hlc_delivery::rewrite(path, &made)
                .map_err(|error| Failure::new(format!("cannot write `{shown}`: {error}")).help("it is as it was"))?;
        }
        self.changed.push(shown);
        Ok(())
    }

    fn stdin(&mut self, console: &Console) -> Result<(), Failure> {
        const SHOWN: &str = "<stdin>";
        let text = decode(SHOWN, io::stdin().lock())?;
        let Some(made) = self.make(SHOWN, &text)? else { return Ok(()) };
        if made == text {
            self.unchanged += 1;
        } else {
            self.changed.push(SHOWN.to_owned());
        }
        if self.check {
            return Ok(());
        }
        // The text is all there is to say.
        self.quiet = true;
        console.data(|out| out.write_all(made.as_bytes()))
    }

    /// What the text is to become; `None` if it has errors.
    fn make(&mut self, shown: &str, text: &str) -> Result<Option<String>, Failure> {
        let file = self.sources.add(shown, text);
        let parsed = hlc_syntax::parse(file, text.into());
        let whole = !parsed.diagnostics.iter().any(Diagnostic::is_error);
        if !self.from_v1 {
            if whole {
                return laid_out(shown, &parsed.document).map(Some);
            }
            self.errors.extend(parsed.diagnostics);
            return Ok(None);
        }
        // What is legal in both versions means the same in both.
        if whole {
            return Ok(Some(text.to_owned()));
        }
        match hlc_syntax::from_v1(file, text) {
            Ok(converted) => laid_out(shown, &hlc_syntax::parse(file, converted.text.into()).document).map(Some),
            Err(found) => {
                self.errors.push(*found);
                Ok(None)
            }
        }
    }

    /// Says what came of it.
    fn end(self, console: &Console) -> Result<Exit, Failure> {
        if !self.errors.is_empty() {
            console.message(|out| console.findings(out, &self.sources, &self.errors, &[]));
        }
        for failure in &self.failures {
            console.failure(failure);
        }
        if self.check {
            let lines: String = self.changed.iter().map(|path| format!("{path}\n")).collect();
            console.data(|out| out.write_all(lines.as_bytes()))?;
        }
        let whole = self.errors.is_empty() && self.failures.is_empty();
        if !console.format.is_document() && !self.quiet {
            console.say(&self.sentence());
        }
        let as_wanted = !self.check || self.changed.is_empty();
        Ok(if whole && as_wanted { Exit::Success } else { Exit::Failed })
    }

    /// `formatted 2 files, 7 unchanged`
    fn sentence(&self) -> String {
        let verb = match (self.check, self.from_v1) {
            (false, false) => "formatted",
            (false, true) => "converted",
            (true, false) => "would format",
            (true, true) => "would convert",
        };
        let changed = self.changed.len();
        let files = if changed == 1 { "file" } else { "files" };
        let mut broken: Vec<_> = self.errors.iter().map(|error| error.primary.span.file).collect();
        broken.dedup();
        let left = match broken.len() + self.failures.len() {
            0 => String::new(),
            left => format!(", {left} left alone"),
        };
        format!("{verb} {changed} {files}, {} unchanged{left}", self.unchanged)
    }
}

fn laid_out(shown: &str, document: &Document) -> Result<String, Failure> {
    hlc_syntax::format_in_order(document, hlc_model::concept::field_order()).map_err(|error| {
        Failure::new(format!("cannot format `{shown}`: {error}")).help("it is as it was; write it by hand")
    })
}

fn read(path: &Path, shown: &str) -> Result<String, Failure> {
    // Looked at before it is opened: a fifo would be waited for.
    let metadata = std::fs::metadata(path).map_err(|error| Failure::open(Path::new(shown), &error))?;
    if !metadata.is_file() {
        return Err(Failure::new(format!("`{shown}` is neither a file nor a folder")));
    }
    let file = std::fs::File::open(path).map_err(|error| Failure::open(Path::new(shown), &error))?;
    decode(shown, file)
}

fn decode(shown: &str, from: impl io::Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("cannot read `{shown}`: {error}")))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(Failure::new(format!("`{shown}` is larger than {} MiB", FILE_LIMIT >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        Failure::new(format!("`{shown}` is not UTF-8 text (byte {byte})")).help("save it as UTF-8")
    })
}

/// Files to format, and what stood in the way of finding more.
#[derive(Default)]
struct Chosen {
    files: Vec<PathBuf>,
    failures: Vec<Failure>,
}
