//! Where the pass over one file is.

use std::collections::BTreeMap;

use hlc_diag::Span;
use hlc_syntax::{Builder, Mark, Node, Nodes, Part};

use super::Inside;
use super::substitute::Argument;

/// Whose words are being read.
pub(super) struct Env<'d> {
    pub(super) part: Part,
    /// The file id of its places.
    pub(super) file: hlc_diag::FileId,
    /// `None` for a file.
    pub(super) body: Option<Body<'d>>,
}

/// The body of a component, for one use.
pub(super) struct Body<'d> {
    pub(super) component: &'d str,
    pub(super) arguments: BTreeMap<&'d str, Argument>,
    /// What replaces the slot: the children of the use, and whose words they are.
    pub(super) content: (Node<'d>, usize),
}

pub(super) struct Frame<'d> {
    pub(super) nodes: Nodes<'d>,
    pub(super) inside: Inside,
    pub(super) env: usize,
    pub(super) then: Then,
    /// Parameters are no part of what a component becomes.
    pub(super) skip_params: bool,
    /// What a `use` allows is no part of what it holds.
    pub(super) skip_allowed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// The node whose children these are ends.
    Close,
    /// A use ends.
    EndUse,
}

/// A use whose nodes are being made.
pub(super) struct Open<'d> {
    pub(super) node: Node<'d>,
    pub(super) env: usize,
    /// Where it stands.
    pub(super) at: Span,
    pub(super) mark: Mark,
    pub(super) frames: usize,
}

/// The state of one file.
pub(super) struct State<'d> {
    pub(super) builder: Builder,
    pub(super) envs: Vec<Env<'d>>,
    pub(super) frames: Vec<Frame<'d>>,
    pub(super) open: Vec<Open<'d>>,
}

impl<'d> State<'d> {
    /// The components from the one of this name down to the words of an env, if these stand in it. What fills a slot stands
    /// in the component that it is written in, not in the one it goes into.
    pub(super) fn ring(&self, env: usize, name: &str) -> Option<Vec<&'d str>> {
        let mut names = Vec::new();
        let mut body = self.envs.get(env)?.body.as_ref();
        while let Some(inner) = body {
            names.push(inner.component);
            if inner.component == name {
                names.reverse();
                return Some(names);
            }
            body = self.envs.get(inner.content.1)?.body.as_ref();
        }
        None
    }

    /// A place in words of an env.
    pub(super) fn at(&self, span: Span, env: usize) -> Span {
        self.envs.get(env).map_or(span, |env| Span { file: env.file, ..span })
    }
}
