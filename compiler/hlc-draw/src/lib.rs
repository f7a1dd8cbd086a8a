//! Draws nodes and what leads from one to the other: as Mermaid, as input of Graphviz, and as an SVG that needs nothing else.
//!
//! A [`Drawing`] knows nothing of homelabs. The order of its groups and nodes is the order in which they are laid out where
//! nothing else decides, so that who makes one sorts them.
//!
//! Architecture invariants:
//! - Pure: a drawing goes in, text comes out; the same one gives the same bytes.
//! - Text is escaped here and nowhere else: labels may hold anything.
//! - In an SVG no text is wider than what it stands in, and no line crosses a box.
//!
//! Start reading at [`layout`], then [`svg`].

mod dot;
mod layout;
mod mermaid;
mod svg;
mod text;

use serde::Serialize;

/// What is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// What it shows, in a few words.
    pub title: String,
    /// Frames around nodes.
    pub groups: Vec<Group>,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// What leads from one node to another. One that names a node which is not there is left out.
    pub edges: Vec<Edge>,
}

/// A frame around nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What nodes name it by.
    pub id: String,
    /// What is written on it.
    pub label: String,
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// What edges name it by.
    pub id: String,
    /// Its group, if it stands in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What is written on it.
    pub label: String,
    /// Further lines, in small print.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// What is shown to who points at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
    /// How it is drawn.
    pub state: State,
    /// Where it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// An arrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The node it begins at.
    pub from: String,
    /// The node it ends at.
    pub to: String,
    /// What is written on it: a word or two. Equal labels at one node are written once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is shown to who points at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
    /// How it is drawn.
    pub state: State,
    /// Where it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's path.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// How something is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    #[default]
    Ok,
    /// What the drawing is about.
    Focus,
    /// There, but not looked at or not ours: dashed.
    Faint,
    /// Where it breaks: red, and marked with a cross.
    Broken,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

impl State {
    /// Its name in classes of styles.
    const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Focus => "focus",
            Self::Faint => "faint",
            Self::Broken => "broken",
        }
    }
}

impl Drawing {
    /// A flowchart of Mermaid, which GitHub, GitLab and many editors show.
    #[must_use]
    pub fn mermaid(&self) -> String {
        mermaid::write(self)
    }

    /// A graph in the language of Graphviz.
    #[must_use]
    pub fn dot(&self) -> String {
        dot::write(self)
    }

    /// An SVG document that needs no font, script or style from elsewhere, light or dark as the reader has it.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::write(self)
    }

    /// The same with nothing but a node, what leads to it and what it leads to. The node is set off.
    #[must_use]
    pub fn around(&self, id: &str) -> Self {
        let edges: Vec<Edge> = self.edges.iter().filter(|edge| edge.from == id || edge.to == id).cloned().collect();
        let near = |node: &&Node| node.id == id || edges.iter().any(|edge| edge.from == node.id || edge.to == node.id);
        let mut nodes: Vec<Node> = self.nodes.iter().filter(near).cloned().collect();
        for node in nodes.iter_mut().filter(|node| node.id == id) {
            node.state = State::Focus;
        }
        let held = |group: &&Group| nodes.iter().any(|node| node.group.as_ref() == Some(&group.id));
        let groups = self.groups.iter().filter(held).cloned().collect();
        Self { title: self.title.clone(), groups, nodes, edges }
    }

    /// Edges between nodes that are there, as places in `nodes`.
    fn arrows(&self) -> Vec<Arrow<'_>> {
        let index: std::collections::BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let find = |id: &str| index.get(id).copied();
        self.edges
            .iter()
            .filter_map(|edge| Some(Arrow { from: find(&edge.from)?, to: find(&edge.to)?, edge }))
            .filter(|arrow| arrow.from != arrow.to)
            .collect()
    }

    /// The nodes of each group with their places in `nodes`, then those without one.
    fn grouped(&self) -> Vec<(Option<&Group>, Members<'_>)> {
        let of = |id: Option<&str>| -> Members<'_> {
            self.nodes.iter().enumerate().filter(|(_, node)| node.group.as_deref() == id).collect()
        };
        let mut all: Vec<_> = self.groups.iter().map(|group| (Some(group), of(Some(&group.id)))).collect();
        let known = |id: &str| self.groups.iter().any(|group| group.id == id);
        let alone = self.nodes.iter().enumerate().filter(|(_, node)| !node.group.as_deref().is_some_and(known));
        all.push((None, alone.collect()));
        all.retain(|(_, nodes)| !nodes.is_empty());
        all
    }
}

/// Nodes with their places.
type Members<'d> = Vec<(usize, &'d Node)>;

/// An edge with the places of its ends.
#[derive(Clone, Copy)]
struct Arrow<'d> {
    from: usize,
    to: usize,
    edge: &'d Edge,
}
