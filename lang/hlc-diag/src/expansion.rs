//! Text that is used in several places: a component's body, once for each `use`.
//!
//! Each use gets a [`FileId`] of its own for the same text, so that whatever looks at spans tells one use from another
//! without knowing about uses. [`Sources::ground`] turns a finding back into places that people can go to.

use crate::{Diagnostic, Edit, FileId, Label, Sources, Span};

/// A use of text that stands elsewhere.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The file with the text; a real one.
    pub file: FileId,
    /// The use; perhaps itself in an expansion.
    pub at: Span,
    /// Places in the text where something else is meant, ordered.
    pub stand_ins: Vec<StandIn>,
}

/// A place in a text where something else is meant: `(ref)param.size`.
#[derive(Clone, Copy, Debug)]
pub struct StandIn {
    /// First byte of the value that stands in the text.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// The value that is meant; perhaps itself in an expansion.
    pub meant: Span,
    /// True when that is all of the value, not a part of it.
    pub whole: bool,
}

/// How many places of use a finding shows.
const MAX_USES: usize = 4;

impl Sources {
    /// The place in a real file.
    #[must_use]
    pub fn origin(&self, span: Span) -> Span {
        self.expansion(span.file).map_or(span, |expansion| Span { file: expansion.file, ..span })
    }

    /// The outermost use that a place stands in; of one that stands in none, the place itself.
    #[must_use]
    pub fn outermost(&self, span: Span) -> Span {
        self.uses(span).last().copied().unwrap_or(span)
    }

    /// The uses that a place stands in, from the inside out; all in real files.
    fn uses(&self, span: Span) -> Vec<Span> {
        let mut uses = Vec::new();
        let mut place = span;
        // An expansion stands in earlier ones only.
        while let Some(expansion) = self.expansion(place.file) {
            place = expansion.at;
            uses.push(self.origin(place));
        }
        uses
    }

    /// What is meant by a place, if something else stands there.
    fn stand_in(&self, span: Span) -> Option<StandIn> {
        let stand_ins = &self.expansion(span.file)?.stand_ins;
        let after = stand_ins.partition_point(|stand_in| stand_in.start <= span.start);
        stand_ins.get(after.checked_sub(1)?).copied().filter(|stand_in| span.start < stand_in.end)
    }

    /// Where the value at a place was written, through all uses.
    fn written(&self, span: Span) -> Option<(Span, bool)> {
        let first = self.stand_in(span)?;
        let mut whole = first.whole && first.start == span.start && first.end == span.end;
        let mut place = first.meant;
        while let Some(next) = self.stand_in(place) {
            whole &= next.whole;
            place = next.meant;
        }
        Some((self.origin(place), whole))
    }

    /// Gives a finding places in real files: the text that is used, and where it is used. True when that changed it.
    pub fn ground(&self, found: &mut Diagnostic) -> bool {
        let spans = found.labels.iter().map(|label| label.span).chain([found.primary.span]);
        let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        if !spans.chain(edits).any(|span| self.expansion(span.file).is_some()) {
            return false;
        }
        let at = found.primary.span;
        found.primary.span = self.origin(at);
        let mut more: Vec<Label> = Vec::new();
        if let Some((place, _)) = self.written(at) {
            more.push(Label { span: place, text: "the value comes from here".to_owned() });
        }
        more.extend(self.uses(at).into_iter().map(|span| Label { span, text: "used here".to_owned() }));
        for label in &mut found.labels {
            let place = self.origin(label.span);
            let uses = if label.span.file == at.file { Vec::new() } else { self.uses(label.span) };
            match uses.first() {
                // The same words of another use: the use is what tells them apart.
                Some(used) if place == found.primary.span => label.span = *used,
                Some(used) => {
                    label.span = place;
                    more.push(Label { span: *used, text: "used here".to_owned() });
                }
                None => label.span = place,
            }
        }
        for label in more {
            if found.labels.len() < MAX_USES + 2 && found.labels.iter().all(|other| other.span != label.span) {
                found.labels.push(label);
            }
        }
        found.fixes.retain_mut(|fix| fix.edits.iter_mut().all(|edit| self.ground_edit(edit)));
        true
    }

    /// Turns an edit into one of a real file; false when there is none that means the same.
    fn ground_edit(&self, edit: &mut Edit) -> bool {
        match self.written(edit.span) {
            Some((place, true)) => edit.span = place,
            Some((_, false)) => return false,
            None => edit.span = self.origin(edit.span),
        }
        true
    }
}

impl Diagnostic {
    /// Takes in the places of use of a finding that says the same of the same text.
    pub fn merge_uses(&mut self, other: &Self) {
        for label in &other.labels {
            let known = self.labels.iter().any(|known| known.span == label.span);
            if !known && self.labels.len() < MAX_USES {
                self.labels.push(label.clone());
            }
        }
    }
}
