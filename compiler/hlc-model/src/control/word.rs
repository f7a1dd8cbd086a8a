//! What a homelab's words about findings are made of, for an editor: codes, and how bad their findings are.

use hlc_diag::Span;
use hlc_schema::Node as _;
use hlc_schema::decode::{ALLOW, is_allow};
use hlc_syntax::{Document, Node};

use super::FindingRule;
use super::place::declaration;
use crate::concept::Homelab;

/// A word about findings, written or still to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// What stands there, with its quotes; empty where nothing does yet.
    pub span: Span,
    /// What it is.
    pub kind: WordKind,
}

/// What a word about findings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    /// The code or the name of a finding that is allowed in a node, whose place this is.
    Allowed(Span),
    /// The code or the name of a finding that the homelab says how bad it is.
    Judged,
    /// How bad that is.
    Severity,
}

impl Word {
    /// The text without its quotes.
    #[must_use]
    pub fn text(self, document: &Document) -> &str {
        document.slice(self.span).trim_matches('"')
    }
}

/// The word about findings at a place.
///
/// Who is just writing it has not closed its quotes, or has written nothing yet: what counts is what stands in the line.
#[must_use]
pub fn word_at(document: &Document, offset: u32) -> Option<Word> {
    let node = before(document, offset)?;
    let start = node.name_span().end;
    let line = document.slice(Span { start, end: end_of_line(document, start), ..node.span() });
    let within = usize::try_from(offset.checked_sub(start)?).ok()?;
    let (number, piece) = pieces(line).enumerate().find(|(_, piece)| piece.start <= within && within <= piece.end)?;
    let text = line.get(piece.clone())?;
    let at = |from: usize| start.saturating_add(u32::try_from(from).unwrap_or(u32::MAX));
    let span = |from: usize| Span { start: at(from), end: at(piece.end), ..node.span() };
    if node.name() == ALLOW {
        let parent = node.parent()?;
        let is_own_field = declaration(parent).is_some_and(|decl| decl.field(ALLOW).is_some());
        let is_code = number == 0 && !text.contains('=') && (!is_own_field || is_allow(node));
        return is_code.then_some(Word { span: span(piece.start), kind: WordKind::Allowed(parent.span()) });
    }
    if node.name() != FindingRule::decl().name || node.parent()?.name() != Homelab::decl().name {
        return None;
    }
    match text.split_once('=') {
        None => (number == 0).then_some(Word { span: span(piece.start), kind: WordKind::Judged }),
        Some((SEVERITY, _)) => {
            let from = piece.start + SEVERITY.len() + 1;
            (within >= from).then_some(Word { span: span(from), kind: WordKind::Severity })
        }
        Some(_) => None,
    }
}

/// The property of a `finding` that says how bad it is.
const SEVERITY: &str = "severity";

/// The node at a place, or the last one before it that nothing closes.
fn before(document: &Document, offset: u32) -> Option<Node<'_>> {
    let around = document.node_at(offset);
    let is_word = |node: &Node<'_>| node.name() == ALLOW || node.name() == FindingRule::decl().name;
    if let Some(node) = around.filter(is_word) {
        return Some(node);
    }
    let nodes = around.map_or_else(|| document.nodes(), Node::children);
    nodes.take_while(|node| node.span().start <= offset).last().filter(is_word)
}

/// Where a line ends in which a byte stands.
fn end_of_line(document: &Document, from: u32) -> u32 {
    let rest = document.text().get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default();
    let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
    from.saturating_add(u32::try_from(length).unwrap_or(u32::MAX))
}

/// The words of a line up to what ends its node, and an empty one where the next would begin.
fn pieces(line: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let skipped = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        // A name and its first word are never one.
        if skipped == 0 {
            return None;
        }
        let start = at + skipped;
        let rest = line.get(start..)?;
        let mut quoted = false;
        let ends = |(_, c): &(usize, char)| {
            quoted ^= *c == '"';
            !quoted && (c.is_whitespace() || matches!(c, ';' | '{' | '}'))
        };
        let length = rest.char_indices().find(ends).map_or(rest.len(), |(length, _)| length);
        at = start + length;
        // What follows a quote that nothing closes is likely not meant to be in it.
        let open = rest.get(..length)?.matches('"').count() % 2 == 1;
        let length = if open { rest.find(char::is_whitespace).unwrap_or(length).min(length) } else { length };
        Some(start..start + length)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hlc_diag::FileId;

    use super::*;

    /// The word at `$0`, as it is written, and what it is.
    fn at(text: &str) -> Option<(String, &'static str)> {
        let offset = text.find("$0").unwrap();
        let text = text.replacen("$0", "", 1);
        let parsed = hlc_syntax::parse(FileId::new(0), Arc::from(text.as_str()));
        let word = word_at(&parsed.document, u32::try_from(offset).unwrap())?;
        let kind = match word.kind {
            WordKind::Allowed(_) => "allowed",
            WordKind::Judged => "judged",
            WordKind::Severity => "severity",
        };
        Some((parsed.document.slice(word.span).to_owned(), kind))
    }

    fn word(text: &str, kind: &'static str) -> Option<(String, &'static str)> {
        Some((text.to_owned(), kind))
    }

    #[test]
    fn written_and_half_written() {
        let workload =
            |line: &str| at(&format!("workload \"web\" category=\"apps\" {{\n    {line}\n    namespace \"web\"\n}}"));
        assert_eq!(workload("allow \"HLC$00650\" reason=\"x\""), word("\"HLC0650\"", "allowed"));
        assert_eq!(workload("allow floating-$0tag"), word("floating-tag", "allowed"));
        assert_eq!(workload("allow \"$0\""), word("\"\"", "allowed"));
        assert_eq!(workload("allow \"$0"), word("\"", "allowed"));
        assert_eq!(workload("allow \"flo$0 reason=\"x\""), word("\"flo", "allowed"));
        assert_eq!(workload("allow $0"), word("", "allowed"));
        assert_eq!(workload("allow$0"), None);
        assert_eq!(workload("allow \"HLC0650\" reason=\"$0x\""), None);
        assert_eq!(workload("allow \"HLC0650\" $0"), None);
        assert_eq!(workload("Pod \"x\" { allow \"$0\"; }"), word("\"\"", "allowed"));
    }

    #[test]
    fn how_bad() {
        let homelab = |line: &str| at(&format!("homelab \"h\" domain=\"example.net\" {{\n    {line}\n}}"));
        assert_eq!(homelab("finding \"open$0-ssh\" severity=\"error\""), word("\"open-ssh\"", "judged"));
        assert_eq!(homelab("finding $0"), word("", "judged"));
        assert_eq!(homelab("finding \"open-ssh\" severity=\"er$0\""), word("\"er\"", "severity"));
        assert_eq!(homelab("finding \"open-ssh\" severity=$0"), word("", "severity"));
        assert_eq!(homelab("finding \"open-ssh\" sev$0erity=\"off\""), None);
        assert_eq!(at("workload \"web\" category=\"apps\" { finding \"$0\" }"), None);
    }

    #[test]
    fn a_firewall_has_an_allow_of_its_own() {
        let firewall = |line: &str| {
            at(&format!("hetzner token=(secret)T {{\n    firewall \"edge\" {{\n        {line}\n    }}\n}}"))
        };
        assert_eq!(firewall("allow \"s$0sh\" tcp=22"), None);
        assert_eq!(firewall("allow \"open-s$0sh\" reason=\"x\""), word("\"open-ssh\"", "allowed"));
    }
}
