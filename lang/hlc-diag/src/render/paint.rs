//! Colours, and the one word that codespan does not know.

use std::io;

use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::{Styles, WriteStyle, termcolor::WriteColor};

/// Sends codespan's drawing to a sink in colour and calls the lowest severity `hint`, which codespan calls `help`.
pub(super) struct Paint<'a> {
    out: &'a mut dyn WriteColor,
    styles: Styles,
    /// True from the start of a hint's header until its first word was written.
    naming_hint: bool,
}

impl<'a> Paint<'a> {
    pub(super) fn new(out: &'a mut dyn WriteColor) -> Self {
        Self { out, styles: Styles::default(), naming_hint: false }
    }
}

impl io::Write for Paint<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.naming_hint) && bytes == b"help" {
            self.out.write_all(b"hint")?;
            return Ok(bytes.len());
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl WriteStyle for Paint<'_> {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        self.naming_hint = severity == Severity::Help;
        self.out.set_color(self.styles.header(severity))
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.out.set_color(self.styles.header_message())
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.out.set_color(self.styles.line_number())
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.out.set_color(self.styles.note_bullet())
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.out.set_color(self.styles.source_border())
    }

    fn set_label(&mut self, severity: Severity, style: LabelStyle) -> io::Result<()> {
        self.out.set_color(self.styles.label(severity, style))
    }

    fn reset(&mut self) -> io::Result<()> {
        self.out.reset()
    }
}
