//! Properties and children in an order that is given.
//!
//! Only what stands together moves: a run of nodes that no empty line, no comment of its own line and nothing disabled
//! interrupts. A comment behind a node goes with it; a node below a comment stays. Tokens are moved, never written anew,
//! and the result is parsed and compared node by node: where it could mean something else, nothing moves.

#![expect(clippy::wildcard_enum_match_arm, reason = "between nodes stand few kinds of tokens")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::parser;
use crate::string;
use crate::token::TokenKind;
use crate::tree::{Document, EntryData, NONE, NodeData, index};

/// The order of the fields of nodes, known to whoever knows what the nodes mean.
pub trait Order: Copy {
    /// The place of a property or child of this name among its like; `None` for what must not be moved.
    ///
    /// What has the same place stays in the order it is written in.
    fn place(self, name: &str) -> Option<usize>;

    /// The order within a child of this name; `None` where nothing must be moved.
    fn within(self, child: &str) -> Option<Self>;
}

/// The document with its fields in order; `None` if they are, or if moving them might change what it means.
pub(super) fn arrange(document: &Document, order: impl Order) -> Option<Document> {
    let moves = moves(document, order);
    if moves.is_empty() {
        return None;
    }
    let tokens = moved(document.tokens.len(), &moves);
    let mut text = String::with_capacity(document.text().len());
    for &token in &tokens {
        text.push_str(document.token_text(token));
    }
    let (arranged, diagnostics) = parser::parse(document.file(), Arc::from(text));
    let whole = !diagnostics.iter().any(hlc_diag::Diagnostic::is_error);
    (whole && is_same(document, &arranged, &tokens)).then_some(arranged)
}

/// Where a run of tokens stands, and the run that is to stand there.
type Moves = BTreeMap<u32, (Range<u32>, Range<u32>)>;

fn moves<O: Order>(document: &Document, order: O) -> Moves {
    let mut moves = Moves::new();
    let mut blocks = vec![(0, index(document.nodes.len()), 0, order)];
    while let Some((first, end, behind, order)) = blocks.pop() {
        arrange_runs(&units(document, first..end, behind, order), &mut moves);
        for (id, node) in children(document, first..end).filter(|(_, node)| !node.hidden) {
            let Some(order) = order.within(&name(document, node.name)) else { continue };
            arrange_properties(document, id, node, order, &mut moves);
            if node.open != NONE {
                blocks.push((id + 1, node.subtree_end, node.open + 1, order));
            }
        }
    }
    moves
}

/// The nodes of one block, hidden ones included.
fn children(document: &Document, ids: Range<u32>) -> impl Iterator<Item = (u32, &NodeData)> {
    let mut next = ids.start;
    std::iter::from_fn(move || {
        let id = next;
        let node = document.nodes.get(id as usize).filter(|_| id < ids.end)?;
        next = node.subtree_end.max(id + 1);
        Some((id, node))
    })
}

fn name(document: &Document, token: u32) -> std::borrow::Cow<'_, str> {
    string::value(document.token_text(token), document.tokens.kind(token))
}

/// Something that moves as one.
struct Unit {
    tokens: Range<u32>,
    place: Option<usize>,
    /// It may change places with the one before it.
    joined: bool,
}

/// The nodes of a block, each with the comments behind it; `behind` is the first token of the block.
fn units<O: Order>(document: &Document, ids: Range<u32>, mut behind: u32, order: O) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut comment = false;
    for (_, node) in children(document, ids) {
        let gap = Gap::new(document, behind..node.first);
        let (end, line_comment) = with_comments(document, node.last + 1);
        let on_one_line = gap.newlines == 0 && gap.semicolons == 1 && !comment && !line_comment;
        let on_lines = gap.newlines == 1 && gap.semicolons == 0;
        let place = if node.hidden || gap.pins() { None } else { order.place(&name(document, node.name)) };
        units.push(Unit { tokens: node.first..end, place, joined: gap.is_plain && (on_one_line || on_lines) });
        (behind, comment) = (end, line_comment);
    }
    units
}

/// Where a node ends with the comments behind it on its line, and whether one of them ends the line.
fn with_comments(document: &Document, mut end: u32) -> (u32, bool) {
    let mut at = end;
    loop {
        match document.tokens.kind(at) {
            TokenKind::Whitespace => {}
            TokenKind::BlockComment => end = at + 1,
            TokenKind::LineComment => return (at + 1, true),
            _ => return (end, false),
        }
        at += 1;
    }
}

/// What stands between two nodes.
struct Gap {
    newlines: u32,
    semicolons: u32,
    /// Nothing but white space and what ends nodes.
    is_plain: bool,
    /// Newlines in front of the last comment, and behind it.
    comment: Option<(u32, u32)>,
}

impl Gap {
    fn new(document: &Document, tokens: Range<u32>) -> Self {
        let mut gap = Self { newlines: 0, semicolons: 0, is_plain: true, comment: None };
        for token in tokens {
            match document.tokens.kind(token) {
                TokenKind::Whitespace | TokenKind::Bom => {}
                TokenKind::Semicolon => gap.semicolons += 1,
                TokenKind::Newline => {
                    gap.newlines += 1;
                    gap.comment = gap.comment.map(|(before, after)| (before, after + 1));
                }
                kind => {
                    gap.is_plain = false;
                    if kind.is_comment() {
                        gap.comment = Some((gap.newlines, 0));
                    }
                }
            }
        }
        gap
    }

    /// True if a comment belongs to what comes next: it stands right above it or in front of it.
    fn pins(&self) -> bool {
        self.comment.is_some_and(|(before, after)| after == 0 || before > 0 && after == 1)
    }
}

fn arrange_runs(units: &[Unit], moves: &mut Moves) {
    let mut start = 0;
    while start < units.len() {
        let rest = units.get(start..).unwrap_or_default();
        let movable = |unit: &Unit| unit.place.is_some();
        let length = match rest.split_first() {
            Some((first, more)) if movable(first) => {
                1 + more.iter().take_while(|unit| movable(unit) && unit.joined).count()
            }
            _ => 1,
        };
        arrange_run(rest.get(..length).unwrap_or_default(), moves);
        start += length;
    }
}

fn arrange_run(slots: &[Unit], moves: &mut Moves) {
    let mut sorted: Vec<&Unit> = slots.iter().collect();
    sorted.sort_by_key(|unit| unit.place);
    for (slot, unit) in slots.iter().zip(sorted) {
        if slot.tokens != unit.tokens {
            moves.insert(slot.tokens.start, (slot.tokens.clone(), unit.tokens.clone()));
        }
    }
}

/// Properties change places among themselves; arguments stay where they are.
fn arrange_properties<O: Order>(document: &Document, id: u32, node: &NodeData, order: O, moves: &mut Moves) {
    let entries = entries(document, id);
    let Some(last) = entries.last() else { return };
    let plain = |token| {
        let kind = document.tokens.kind(token);
        !kind.is_comment() && kind != TokenKind::Slashdash
    };
    if !(node.name..last.value).all(plain) {
        return;
    }
    let properties = entries.iter().filter(|entry| entry.key != NONE);
    let units: Vec<Unit> = properties
        .map(|entry| Unit {
            tokens: entry.first..entry.value + 1,
            place: order.place(&name(document, entry.key)),
            joined: true,
        })
        .collect();
    if units.iter().all(|unit| unit.place.is_some()) {
        arrange_run(&units, moves);
    }
}

fn entries(document: &Document, id: u32) -> &[EntryData] {
    let first = document.nodes.get(id as usize).map_or(0, |node| node.entries);
    let end = document.nodes.get(id as usize + 1).map_or(index(document.entries.len()), |next| next.entries);
    document.entries.get(first as usize..end as usize).unwrap_or_default()
}

/// All tokens in their new order. What moves may hold what moves.
fn moved(count: u32, moves: &Moves) -> Vec<u32> {
    let mut out = Vec::with_capacity(count as usize);
    let mut open = vec![(0..count, false)];
    while let Some((range, inside)) = open.pop() {
        // The run that was just put in its place is not looked up again.
        let from = (range.start + u32::from(inside)).min(range.end);
        let next = moves.range(from..range.end).next().map(|(_, found)| found.clone());
        match next {
            None => out.extend(range),
            Some((slot, unit)) => {
                out.extend(range.start..slot.start);
                open.push((slot.end..range.end, false));
                open.push((unit, true));
            }
        }
    }
    out
}

/// True if every node and entry of the new document is one of the old, and belongs where it did.
fn is_same(old: &Document, new: &Document, tokens: &[u32]) -> bool {
    let before = |token: u32| if token == NONE { NONE } else { tokens.get(token as usize).copied().unwrap_or(NONE) };
    let mut seen = vec![false; tokens.len()];
    for (now, &was) in (0_u32..).zip(tokens) {
        let again = seen.get_mut(was as usize).is_none_or(|seen| std::mem::replace(seen, true));
        if again || old.tokens.kind(was) != new.tokens.kind(now) || old.token_text(was) != new.token_text(now) {
            return false;
        }
    }
    if tokens.len() != old.tokens.len() as usize
        || new.tokens.len() != old.tokens.len()
        || new.nodes.len() != old.nodes.len()
        || new.entries.len() != old.entries.len()
    {
        return false;
    }
    // The tokens of names tell nodes apart, and stand in the order of the nodes.
    let name_of = |document: &Document, id: u32| document.nodes.get(id as usize).map_or(NONE, |node| node.name);
    (0_u32..).zip(&new.nodes).all(|(id, now)| {
        let Ok(was_id) = old.nodes.binary_search_by_key(&before(now.name), |node| node.name) else { return false };
        let Some(was) = old.nodes.get(was_id) else { return false };
        let parent = before(name_of(new, now.parent)) == name_of(old, was.parent);
        let braces = (before(now.open), before(now.close)) == (was.open, was.close);
        parent
            && braces
            && (before(now.first), now.hidden) == (was.first, was.hidden)
            && same_entries(entries(old, index(was_id)), entries(new, id), before)
    })
}

fn same_entries(old: &[EntryData], new: &[EntryData], before: impl Fn(u32) -> u32) -> bool {
    let fact = |entry: &EntryData, token: &dyn Fn(u32) -> u32| {
        (token(entry.first), token(entry.key), token(entry.value), entry.annotated, entry.hidden)
    };
    let (is_argument, is_property) = (|entry: &&EntryData| entry.key == NONE, |entry: &&EntryData| entry.key != NONE);
    let arguments = old.iter().filter(is_argument).map(|entry| fact(entry, &|token| token));
    let mut properties: Vec<_> = old.iter().filter(is_property).map(|entry| fact(entry, &|token| token)).collect();
    let mut now: Vec<_> = new.iter().filter(is_property).map(|entry| fact(entry, &before)).collect();
    properties.sort_unstable();
    now.sort_unstable();
    arguments.eq(new.iter().filter(is_argument).map(|entry| fact(entry, &before))) && properties == now
}
