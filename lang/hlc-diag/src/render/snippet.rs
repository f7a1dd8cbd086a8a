//! The parts of the sources that one drawing shows.
//!
//! codespan draws whole lines and visits every line of a span. A [`Snippet`] is a short text made for one finding: only the
//! lines to be shown, long ones clipped around what they are shown for, unsafe characters replaced. Its lines keep their
//! numbers and its offsets lead back to the columns of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use codespan_reporting::diagnostic::Label;
use codespan_reporting::files::{Error, Files};

use super::plain;
use crate::{Diagnostic, FileId, SourceFile, Sources, Span};

/// Lines of more bytes are clipped.
const LONG_LINE: usize = 240;
/// Bytes kept on each side of the end of a span in a clipped line.
const AROUND: usize = 60;
/// Bytes kept of a clipped line in which no span ends.
const HEAD: usize = 120;
/// Lines shown after the first of a span, as codespan has it.
const AFTER_START: u32 = 3;
/// Lines shown before the last of a span, as codespan has it.
const BEFORE_END: u32 = 1;

/// The snippets of one finding, by their position.
pub(super) struct Snippets {
    snippets: Vec<Snippet>,
}

struct Snippet {
    path: String,
    text: String,
    lines: Vec<Line>,
    /// Column in the source of each place where a span starts or ends, by offset in `text`.
    columns: BTreeMap<usize, usize>,
}

struct Line {
    /// Position for codespan. A gap of more than one line is always three wide, so that codespan draws a break and
    /// does not walk through the lines between.
    index: usize,
    /// Counted from 1.
    number: usize,
    /// In the snippet's text, line end included.
    range: Range<usize>,
}

impl Snippets {
    /// What to show for a finding, and its labels within that. Places in files that `sources` does not have are left out.
    pub(super) fn around(sources: &Sources, diagnostic: &Diagnostic) -> (Self, Vec<Label<usize>>) {
        let primary = (&diagnostic.primary, true);
        let secondary = diagnostic.labels.iter().map(|label| (label, false));
        let labels: Vec<_> = std::iter::once(primary)
            .chain(secondary)
            .filter_map(|(label, is_primary)| {
                let file = sources.get(label.span.file)?;
                Some((label.span.file, file, trim(file, label.span), plain::line(&label.text), is_primary))
            })
            .collect();

        let mut files: Vec<FileId> = Vec::new();
        for (id, ..) in &labels {
            if !files.contains(id) {
                files.push(*id);
            }
        }
        let mut snippets = Vec::with_capacity(files.len());
        let mut places = Vec::with_capacity(files.len());
        for id in &files {
            let ranges: Vec<Range<u32>> =
                labels.iter().filter(|label| label.0 == *id).map(|label| label.2.clone()).collect();
            let (snippet, moved) = Snippet::new(sources.get(*id), &ranges);
            snippets.push(snippet);
            places.push(moved);
        }

        let labels = labels
            .into_iter()
            .filter_map(|(id, _, range, text, is_primary)| {
                let position = files.iter().position(|file| *file == id)?;
                let moved = places.get(position)?;
                let range = *moved.get(&range.start)?..*moved.get(&range.end)?;
                let label =
                    if is_primary { Label::primary(position, range) } else { Label::secondary(position, range) };
                Some(label.with_message(text))
            })
            .collect();
        (Self { snippets }, labels)
    }

    fn get(&self, id: usize) -> Result<&Snippet, Error> {
        self.snippets.get(id).ok_or(Error::FileMissing)
    }
}

/// The bytes of a span, within the file, on character boundaries, without line ends at its end.
fn trim(file: &SourceFile, span: Span) -> Range<u32> {
    let text = file.text();
    let floor = |offset: u32| text.floor_char_boundary(offset as usize);
    let start = floor(span.start);
    let end = floor(span.end).max(start);
    let covered = text.get(start..end).unwrap_or("");
    let start = within_line(file, offset(start));
    let end = within_line(file, offset(end - covered.len() + covered.trim_end_matches(['\n', '\r']).len()));
    start..end.max(start)
}

/// A place in a line end counts as the place before it.
fn within_line(file: &SourceFile, place: u32) -> u32 {
    let line = file.line_col(place).line;
    place.min(file.line_start(line).unwrap_or(0) + offset(file.line(line).len()))
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl Snippet {
    /// The lines of `file` that `ranges` need, and where the ends of the ranges are in the snippet.
    fn new(file: Option<&SourceFile>, ranges: &[Range<u32>]) -> (Self, BTreeMap<u32, usize>) {
        let mut snippet =
            Self { path: String::new(), text: String::new(), lines: Vec::new(), columns: BTreeMap::new() };
        let mut moved = BTreeMap::new();
        let Some(file) = file else { return (snippet, moved) };
        snippet.path = plain::line(file.path()).into_owned();
        let ends: BTreeSet<u32> = ranges.iter().flat_map(|range| [range.start, range.end]).collect();
        let mut previous: Option<(u32, usize)> = None;
        for line in shown_lines(file, ranges) {
            let index = match previous {
                None => 0,
                Some((before, index)) => index + (line - before).min(3) as usize,
            };
            previous = Some((line, index));
            snippet.push_line(file, line, index, &ends, &mut moved);
        }
        (snippet, moved)
    }

    fn push_line(
        &mut self,
        file: &SourceFile,
        line: u32,
        index: usize,
        ends: &BTreeSet<u32>,
        moved: &mut BTreeMap<u32, usize>,
    ) {
        let source = file.line(line);
        let first = file.line_start(line).unwrap_or(0);
        let last = first + offset(source.len());
        let ends: Vec<usize> = ends.range(first..=last).map(|end| (end - first) as usize).collect();
        // Blanks at the end show nothing, unless a label is there.
        let shown = source.trim_end_matches([' ', '\t']).len().max(ends.last().copied().unwrap_or(0));
        let source = source.get(..shown).unwrap_or(source);
        let start = self.text.len();
        let mut clipped_to = 0;
        for kept in kept_parts(source, &ends) {
            if kept.start > clipped_to {
                self.text.push('…');
            }
            clipped_to = kept.end;
            for (at, c) in source.get(kept.clone()).unwrap_or("").char_indices() {
                self.mark(file, first, kept.start + at, &ends, moved);
                self.text.push(plain::stand_in(c).unwrap_or(c));
            }
            self.mark(file, first, kept.end, &ends, moved);
        }
        if clipped_to < source.len() {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines.push(Line { index, number: line as usize + 1, range: start..self.text.len() });
    }

    /// Notes that the text ends where the source has byte `at` of a line, if a span starts or ends there.
    fn mark(&mut self, file: &SourceFile, first: u32, at: usize, ends: &[usize], moved: &mut BTreeMap<u32, usize>) {
        if ends.binary_search(&at).is_ok() {
            let source = first + offset(at);
            moved.insert(source, self.text.len());
            self.columns.insert(self.text.len(), file.position(source).column as usize);
        }
    }
}

/// The lines that codespan will draw for these ranges, a single line between two of them included.
fn shown_lines(file: &SourceFile, ranges: &[Range<u32>]) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    for range in ranges {
        let start = file.line_col(range.start).line;
        let end = file.line_col(range.end).line;
        lines.extend(start..=end.min(start + AFTER_START));
        lines.extend(end.saturating_sub(BEFORE_END).max(start)..=end);
    }
    let between: Vec<u32> =
        lines.iter().map(|line| line + 1).filter(|line| !lines.contains(line) && lines.contains(&(line + 1))).collect();
    lines.extend(between);
    lines
}

/// The parts of a line to be shown: all of a short one; around the ends of spans in a long one.
fn kept_parts(line: &str, ends: &[usize]) -> Vec<Range<usize>> {
    if line.len() <= LONG_LINE {
        return std::iter::once(0..line.len()).collect();
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for end in ends {
        let start = line.floor_char_boundary(end.saturating_sub(AROUND));
        let stop = line.ceil_char_boundary((end + AROUND).min(line.len()));
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = stop,
            _ => parts.push(start..stop),
        }
    }
    if parts.is_empty() {
        parts.push(0..line.floor_char_boundary(HEAD));
    }
    parts
}

impl<'a> Files<'a> for Snippets {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.path)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, Error> {
        let lines = &self.get(id)?.lines;
        let after = lines.partition_point(|line| line.range.start <= byte_index);
        Ok(lines.get(after.saturating_sub(1)).map_or(0, |line| line.index))
    }

    fn line_number(&'a self, id: usize, line_index: usize) -> Result<usize, Error> {
        let lines = &self.get(id)?.lines;
        let after = lines.partition_point(|line| line.index <= line_index);
        Ok(lines.get(after.saturating_sub(1)).map_or(1, |line| line.number))
    }

    fn column_number(&'a self, id: usize, _line_index: usize, byte_index: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.columns.get(&byte_index).copied().unwrap_or(1))
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<Range<usize>, Error> {
        let lines = &self.get(id)?.lines;
        Ok(lines.iter().find(|line| line.index == line_index).map_or(0..0, |line| line.range.clone()))
    }
}
