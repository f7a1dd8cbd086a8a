//! Files and places in them.

use std::sync::{Arc, OnceLock};

use memchr::memchr_iter;

use crate::Expansion;

/// Ids from here on are of expansions.
const FIRST_EXPANSION: u32 = 1 << 31;

/// Identifies a file within one [`Sources`], or one use of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The id of the `index`-th file.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// Position in its [`Sources`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in a file; both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    #[must_use]
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The bytes as a range, for slicing.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this to the end of `other`, which must be in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: self.end.max(other.end), ..self }
    }

    /// The empty place behind this span.
    #[must_use]
    pub const fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// True when `offset` lies within, the end included (where a cursor may stand).
    #[must_use]
    pub const fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

/// A place as editors and people count it; both zero-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineCol {
    /// Lines before this one.
    pub line: u32,
    /// Bytes before this one in its line.
    pub col: u32,
}

/// A place as messages give it: both counted from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Number of the line.
    pub line: u32,
    /// Number of the character in its line.
    pub column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// The text of one file and where its lines begin.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: String,
    text: Arc<str>,
    line_starts: Vec<u32>,
    /// How many characters begin before each [`BLOCK`] of bytes; counted once somebody asks for a place far into a line.
    characters: OnceLock<Vec<u32>>,
}

/// How many bytes are looked at to count a column.
const BLOCK: usize = 4096;

impl SourceFile {
    fn new(path: String, text: Arc<str>) -> Self {
        let after = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        let line_starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(after)).collect();
        Self { path, text, line_starts, characters: OnceLock::new() }
    }

    /// Path from the project's root, with `/` on every system.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Line and column, in bytes, of an offset; offsets past the end count as the end.
    #[must_use]
    pub fn line_col(&self, offset: u32) -> LineCol {
        let offset = offset.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let line = self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        LineCol { line: u32::try_from(line).unwrap_or(u32::MAX), col: offset - start }
    }

    /// Line and column as messages give them; offsets past the end count as the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let LineCol { line, col } = self.line_col(offset);
        let start = self.line_start(line).unwrap_or(0) as usize;
        let end = self.text.floor_char_boundary(start + col as usize);
        let before = match self.text.as_bytes().get(start..end) {
            Some(before) if before.len() > BLOCK => self.characters_before(end) - self.characters_before(start),
            before => characters(before.unwrap_or_default()),
        };
        Position { line: line.saturating_add(1), column: before.saturating_add(1) }
    }

    /// How many characters stand before an offset. Places in one long line cost a block each, not the line.
    fn characters_before(&self, offset: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let blocks = self.characters.get_or_init(|| {
            let counted = bytes.chunks(BLOCK).scan(0_u32, |total, block| {
                let before = *total;
                *total = before.saturating_add(characters(block));
                Some(before)
            });
            counted.collect()
        });
        let block = offset / BLOCK;
        let Some(before) = blocks.get(block) else { return blocks.last().copied().unwrap_or(0) };
        before.saturating_add(characters(bytes.get(block * BLOCK..offset).unwrap_or_default()))
    }

    /// Offset of a line's first byte; `None` past the last line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.line_starts.get(line as usize).copied()
    }

    /// Number of lines, the one after a final newline included.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a line without its newline; empty past the last line.
    #[must_use]
    pub fn line(&self, line: u32) -> &str {
        let Some(start) = self.line_start(line) else { return "" };
        let end = self.line_start(line + 1).unwrap_or(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> u32 {
    let begins = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    u32::try_from(bytes.iter().filter(begins).count()).unwrap_or(u32::MAX)
}

/// All files of one compilation, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    expansions: Vec<Expansion>,
    named: Vec<(FileId, Span)>,
}

impl Sources {
    /// Adds a file of less than 4 GiB and gives it an id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(path.into(), text.into()));
        id
    }

    /// Adds a use of a file's text and gives it an id of its own.
    pub fn expand(&mut self, file: FileId, at: Span) -> FileId {
        let file = self.expansion(file).map_or(file, |expansion| expansion.file);
        let id = u32::try_from(self.expansions.len()).unwrap_or(u32::MAX).saturating_add(FIRST_EXPANSION);
        self.expansions.push(Expansion { file, at, stand_ins: Vec::new() });
        FileId(id)
    }

    /// Notes that a file is only there because it is named at a place.
    pub fn name(&mut self, file: FileId, at: Span) {
        if !self.named.contains(&(file, at)) {
            self.named.push((file, at));
        }
    }

    /// The places that a place is there for: where its component is used, or where its file is named.
    pub fn reasons(&self, file: FileId) -> impl Iterator<Item = Span> {
        let used = self.expansion(file).map(|expansion| expansion.at);
        used.into_iter().chain(self.named.iter().filter(move |(named, _)| *named == file).map(|(_, at)| *at))
    }

    /// What an id of an expansion stands for; `None` for a file's.
    #[must_use]
    pub fn expansion(&self, id: FileId) -> Option<&Expansion> {
        self.expansions.get(id.0.checked_sub(FIRST_EXPANSION)? as usize)
    }

    /// The same, to be added to.
    pub fn expansion_mut(&mut self, id: FileId) -> Option<&mut Expansion> {
        self.expansions.get_mut(id.0.checked_sub(FIRST_EXPANSION)? as usize)
    }

    /// The file of an id that this value gave out; `None` for a foreign id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        let id = self.expansion(id).map_or(id, |expansion| expansion.file);
        self.files.get(id.index())
    }

    /// The path of a file; empty for a foreign id.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", SourceFile::path)
    }

    /// The text under a span; empty when it does not fit its file.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.range())).unwrap_or("")
    }

    /// `path:line:column` as in [`Position`]; empty for a foreign file.
    #[must_use]
    pub fn locate(&self, span: Span) -> String {
        let Some(file) = self.get(span.file) else { return String::new() };
        let Position { line, column } = file.position(span.start);
        format!("{}:{line}:{column}", file.path)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, file)| (FileId(u32::try_from(i).unwrap_or(u32::MAX)), file))
    }

    /// Finds a file by its path.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Option<FileId> {
        self.iter().find(|(_, file)| file.path == path).map(|(id, _)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let mut sources = Sources::default();
        let id = sources.add("a.kdl", "one\ntwo\r\n\nü x");
        let file = sources.get(id).unwrap();
        assert_eq!(file.line_col(0), LineCol { line: 0, col: 0 });
        assert_eq!(file.line_col(3), LineCol { line: 0, col: 3 });
        assert_eq!(file.line_col(4), LineCol { line: 1, col: 0 });
        assert_eq!(file.line_col(13), LineCol { line: 3, col: 3 });
        assert_eq!(file.line_col(999), LineCol { line: 3, col: 4 });
        assert_eq!(file.line(1), "two");
        assert_eq!(file.line(2), "");
        assert_eq!(file.line(3), "ü x");
        assert_eq!(file.line(4), "");
        assert_eq!(sources.locate(Span::new(id, 4, 7)), "a.kdl:2:1");
        assert_eq!(sources.locate(Span::new(id, 12, 12)), "a.kdl:4:2");
        assert_eq!(file.position(99), Position { line: 4, column: 4 });
        assert_eq!(sources.text(Span::new(id, 4, 7)), "two");
    }

    #[test]
    fn columns_far_into_a_line_count_every_character_once() {
        let line = "aü€".repeat(3000);
        let mut sources = Sources::default();
        let id = sources.add("a.kdl", format!("ü\n{line}\nb"));
        let file = sources.get(id).unwrap();
        for (characters, (at, _)) in line.char_indices().enumerate().step_by(101) {
            let wanted = Position { line: 2, column: u32::try_from(characters).unwrap() + 1 };
            assert_eq!(file.position(u32::try_from("ü\n".len() + at).unwrap()), wanted);
        }
        assert_eq!(file.position(u32::MAX), Position { line: 3, column: 2 });
    }
}
