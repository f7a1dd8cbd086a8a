//! Go templates, as far as it takes to know which values they read.
//!
//! Nothing is rendered. Text between actions is skipped; of an action the shape of its expressions is kept. What cannot be
//! read is left out, and the template says that it is not whole.

mod lex;
mod parse;

pub(crate) use parse::parse;

/// What stands in a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// `{{ pipeline }}`: its value is written out.
    Action(Expr),
    /// `{{ $x := pipeline }}`, `{{ $x = pipeline }}`
    Assign { name: String, declares: bool, value: Expr },
    /// `if`, `with` and `range`, with what follows `else`.
    Block { kind: BlockKind, names: Vec<String>, value: Expr, body: Vec<Item>, otherwise: Vec<Item> },
    /// `{{ template "name" pipeline }}` and what `block` calls.
    Call { name: String, value: Option<Expr> },
    /// `{{ define "name" }}`; `block` too.
    Define { name: String, body: Vec<Item> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    If,
    With,
    Range,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// `.`
    Dot,
    /// `$`, `$name`
    Variable(String),
    /// A text.
    Text(String),
    /// A number, a truth value, `nil`.
    Constant,
    /// `.a.b` behind another expression.
    Field(Box<Expr>, Vec<String>),
    /// A function with its arguments; what a pipe brings is the last one.
    Call(String, Vec<Expr>),
    /// A value that is called with arguments, such as a method of `.Files`.
    Apply(Box<Expr>, Vec<Expr>),
}
