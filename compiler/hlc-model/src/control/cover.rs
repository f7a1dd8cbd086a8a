//! Which `allow` is the nearest around a place.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hlc_diag::{FileId, Span};

/// What the `allow` of one kind of finding cover, by file.
#[derive(Default)]
pub(super) struct Cover {
    files: BTreeMap<FileId, Vec<Piece>>,
}

/// A place that an `allow` covers. Places of nodes lie inside one another or apart.
struct Piece {
    span: Span,
    /// The number of the `allow`.
    number: usize,
    /// The piece around it.
    around: Option<usize>,
}

impl Cover {
    /// Of places that some `allow` cover, each with its number.
    pub(super) fn new(covered: impl IntoIterator<Item = (Span, usize)>) -> Self {
        let mut files: BTreeMap<FileId, Vec<Piece>> = BTreeMap::new();
        for (span, number) in covered {
            files.entry(span.file).or_default().push(Piece { span, number, around: None });
        }
        for pieces in files.values_mut() {
            // Outer ones first; of two with one place the first `allow` is the inner one.
            pieces.sort_by_key(|piece| (piece.span.start, Reverse(piece.span.end), Reverse(piece.number)));
            let mut open: Vec<(usize, u32)> = Vec::new();
            for (at, piece) in pieces.iter_mut().enumerate() {
                while open.pop_if(|(_, end)| *end < piece.span.end).is_some() {}
                piece.around = open.last().map(|(around, _)| *around);
                open.push((at, piece.span.end));
            }
        }
        Self { files }
    }

    /// The number of the `allow` with the smallest piece around a place.
    pub(super) fn nearest(&self, place: Span) -> Option<usize> {
        let pieces = self.files.get(&place.file)?;
        let mut at = pieces.partition_point(|piece| piece.span.start <= place.start).checked_sub(1);
        while let Some(piece) = at.and_then(|at| pieces.get(at)) {
            if place.end <= piece.span.end {
                return Some(piece.number);
            }
            at = piece.around;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_piece_around_a_place_wins() {
        let span = |start, end| Span::new(FileId::new(0), start, end);
        let cover =
            Cover::new([(span(0, 100), 0), (span(10, 20), 1), (span(30, 60), 2), (span(40, 50), 3), (span(40, 50), 4)]);
        let nearest = |start, end| cover.nearest(span(start, end));
        assert_eq!([nearest(5, 6), nearest(12, 13), nearest(25, 26)], [Some(0), Some(1), Some(0)]);
        assert_eq!([nearest(35, 36), nearest(42, 43), nearest(42, 55)], [Some(2), Some(3), Some(2)]);
        assert_eq!([nearest(70, 70), nearest(99, 101)], [Some(0), None]);
        assert_eq!(cover.nearest(Span::new(FileId::new(1), 5, 6)), None);
    }
}
