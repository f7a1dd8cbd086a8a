//! KDL 2.0: text to a lossless tree.
//!
//! [`parse`] always gives a tree, and beside it what is wrong. The tree is a handful of flat arrays ([`Document`]):
//! tokens that cover every byte, nodes in preorder, entries. [`Node`] and [`Entry`] are cheap handles into them; values
//! are decoded from the source when somebody asks.
//!
//! Architecture invariants:
//! - Any text gives a tree. Nothing panics, nothing recurses over the depth of the input, and time and the number of
//!   findings stay bounded by the length of the text, whatever the text is.
//! - The texts of all tokens together are the source, byte for byte.
//! - One mistake gives one report, on its own line. A report that could be the consequence of another on the same line
//!   is dropped (`Parser::misplaced`).
//! - Nothing here knows what a node means: names, references and data belong to the layers above.
//! - Legal KDL is accepted, with one exception: what is legal and never meant (`port: 80`, see `mistakes/habits.rs`)
//!   is an error that quotes always resolve.
//!
//! Start reading at [`parse`], then `parser.rs`. `lexer.rs` and `quotes.rs` cut the text, `blocks.rs` pairs braces,
//! `string.rs` decodes, `mistakes/` holds every message, `format/` lays out, `v1/` reads KDL 1.
//!
//! ```
//! use hlc_diag::Sources;
//! use hlc_syntax::{Value, parse};
//!
//! let mut sources = Sources::default();
//! let file = sources.add("a.kdl", "machine \"w1\" cores=4 { disk \"30GiB\" }");
//! let parsed = parse(file, sources.get(file).unwrap().text().clone());
//! assert!(parsed.diagnostics.is_empty());
//! let machine = parsed.document.nodes().next().unwrap();
//! assert_eq!(machine.name(), "machine");
//! assert_eq!(machine.args().next().unwrap().value(), Value::String("w1".into()));
//! assert_eq!(machine.children().next().unwrap().name(), "disk");
//! ```

mod blocks;
mod build;
mod chars;
mod format;
mod lexer;
mod mistakes;
mod number;
mod parser;
mod quotes;
mod string;
mod token;
mod tree;
mod v1;
mod value;

use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId};

pub use build::{Builder, Mark, Part, StandIn};
pub use format::{Order, Unformattable, format, format_in_order};
pub use mistakes::CODES;
pub use number::Number;
pub use string::{is_bare_identifier, quote};
pub use token::{Token, TokenKind};
pub use tree::{Document, Node, Nodes};
pub use v1::{Converted, from_v1};
pub use value::{Annotation, Entries, Entry, Key, Value, ValueStyle};

/// A tree, and what is wrong with its text.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The tree; whole even where the text is not.
    pub document: Document,
    /// Findings in source order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parse {
    /// True when every mistake stays on its line: the blocks are those that the author meant, and only what stands on the
    /// lines of the findings is a guess.
    #[must_use]
    pub fn is_shape_certain(&self) -> bool {
        mistakes::local::all_local(&self.diagnostics)
    }
}

/// Texts have fewer bytes than this, so that places in them fit 32 bits.
const LIMIT: usize = u32::MAX as usize;

/// Parses one file. Of a text of 4 GiB or more nothing is read but that it is too large.
#[must_use]
pub fn parse(file: FileId, text: Arc<str>) -> Parse {
    parse_below(LIMIT, file, text)
}

fn parse_below(limit: usize, file: FileId, text: Arc<str>) -> Parse {
    if text.len() >= limit {
        let (document, _) = parser::parse(file, Arc::from(""));
        return Parse { document, diagnostics: vec![mistakes::size::too_large(file)] };
    }
    let (document, diagnostics) = parser::parse(file, text);
    let diagnostics = v1::recognise(&document, diagnostics);
    Parse { document, diagnostics }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_large_is_not_read() {
        let parsed = parse_below(4, FileId::new(0), Arc::from("a {}"));
        assert_eq!(parsed.document.tokens().count(), 0);
        assert_eq!(parsed.diagnostics[0].code.id, "HLC0038");
        assert!(!parsed.is_shape_certain());
        assert_eq!(parse_below(5, FileId::new(0), Arc::from("a {}")).diagnostics, []);
    }
}
