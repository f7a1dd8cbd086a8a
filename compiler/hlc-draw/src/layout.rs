//! Where everything stands.
//!
//! Groups and nodes without one are blocks, and blocks stand in columns: what leads somewhere stands left of it, as far as
//! there is no ring ([`columns`]). A line that passes columns gets a lane in each; lines that share an end share their lanes.
//! Then blocks and lanes are moved up and down until lines are short and cross seldom ([`order`], [`place`]). Lines only curve
//! between columns, so that none crosses a box.

mod columns;
mod lines;
mod order;
mod place;

pub(crate) use lines::{Label, Line};

use crate::text::{clipped, width};
use crate::{Arrow, Drawing, Node};

/// The size of a node's label, of small print and of a group's name.
pub(crate) const LABEL: u32 = 13;
pub(crate) const SMALL: u32 = 11;
/// The longest line that is written out; the rest is shown to who points at it.
const LONGEST: usize = 44;
/// Between a box and its text.
pub(crate) const INSIDE: f64 = 11.0;
/// The height of the first line of a box, and of each further one.
pub(crate) const FIRST: f64 = 28.0;
pub(crate) const FURTHER: f64 = 14.0;
/// Between a frame and its boxes, and the height of its name.
const FRAME: f64 = 10.0;
const NAME: f64 = 24.0;
/// Between two boxes of a block, without and with an arrow from one to the other.
const APART: f64 = 8.0;
const STEP: f64 = 30.0;
/// At the right of a block in which an arrow passes a box.
const LOOP: f64 = 26.0;
/// Around everything.
pub(crate) const MARGIN: f64 = 20.0;
/// The height of the title.
pub(crate) const TITLE: f64 = 34.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Where everything stands.
pub(crate) struct Layout<'d> {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Frames with their names.
    pub(crate) frames: Vec<(Rect, String)>,
    /// A box for each node, in their order.
    pub(crate) boxes: Vec<(Rect, &'d Node)>,
    pub(crate) lines: Vec<Line<'d>>,
    pub(crate) labels: Vec<Label>,
}

/// Lines of a box, cut to what is written out.
pub(crate) fn written(node: &Node) -> impl Iterator<Item = String> {
    std::iter::once(&node.label).chain(&node.details).map(|line| clipped(line, LONGEST))
}

/// A label of a line or a name of a frame, cut to what is written out.
fn short(label: &str) -> String {
    clipped(label, LONGEST)
}

/// What a box takes.
fn size(node: &Node) -> (f64, f64) {
    let mut widest = 0;
    for (number, line) in written(node).enumerate() {
        widest = widest.max(width(&line, if number == 0 { LABEL } else { SMALL }, number == 0));
    }
    let further: f64 = node.details.iter().map(|_| FURTHER).sum();
    (f64::from(widest) + 2.0 * INSIDE, FIRST + further)
}

/// A group, or a node without one.
pub(crate) struct Block {
    /// The name on its frame, if it has one.
    name: Option<String>,
    /// Its nodes from top to bottom.
    nodes: Vec<usize>,
    /// Arrows within it.
    inner: Vec<(usize, usize)>,
    width: f64,
}

impl Block {
    /// What stands above the first box and around all of them.
    fn head(&self) -> f64 {
        if self.name.is_some() { NAME } else { 0.0 }
    }

    fn around(&self) -> f64 {
        if self.name.is_some() { FRAME } else { 0.0 }
    }

    /// True when an arrow leads from the first to the second, so that it is drawn straight down when they are neighbours.
    fn steps(&self, from: usize, to: usize) -> bool {
        self.inner.contains(&(from, to))
    }

    /// True when an arrow passes a box or goes up.
    fn loops(&self) -> bool {
        let next = |&(from, to): &(usize, usize)| {
            self.nodes.iter().zip(self.nodes.iter().skip(1)).any(|(&a, &b)| (a, b) == (from, to))
        };
        !self.inner.iter().all(next)
    }
}

/// The nodes of every block in their blocks, with the widths that they need.
fn blocks(drawing: &Drawing, arrows: &[Arrow<'_>], sizes: &[(f64, f64)]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (group, nodes) in drawing.grouped() {
        let nodes = nodes.into_iter().map(|(at, _)| at);
        match group {
            Some(group) => blocks.push((Some(short(&group.label)), nodes.collect())),
            None => blocks.extend(nodes.map(|node| (None, vec![node]))),
        }
    }
    let made = |(name, nodes): (Option<String>, Vec<usize>)| {
        let within = |arrow: &&Arrow<'_>| nodes.contains(&arrow.from) && nodes.contains(&arrow.to);
        let inner: Vec<(usize, usize)> = arrows.iter().filter(within).map(|arrow| (arrow.from, arrow.to)).collect();
        let mut widest = nodes.iter().filter_map(|&node| sizes.get(node)).map(|size| size.0).fold(0.0, f64::max);
        for label in arrows.iter().filter(within).filter_map(|arrow| arrow.edge.label.as_ref()) {
            // It stands at the right of an arrow in the middle.
            widest = f64::max(widest, 2.0 * (f64::from(width(&short(label), SMALL, false)) + INSIDE));
        }
        if let Some(name) = &name {
            widest = widest.max(f64::from(width(name, SMALL, true)));
        }
        let mut block = Block { name, nodes, inner, width: widest };
        block.width += 2.0 * block.around() + if block.inner.is_empty() { 0.0 } else { LOOP };
        block
    };
    blocks.into_iter().map(made).collect()
}

/// Finds the places of everything.
pub(crate) fn layout(drawing: &Drawing) -> Layout<'_> {
    let arrows = drawing.arrows();
    let sizes: Vec<(f64, f64)> = drawing.nodes.iter().map(size).collect();
    let blocks = blocks(drawing, &arrows, &sizes);
    let columns = columns::columns(&blocks, &arrows, drawing.nodes.len());
    let heights = sizes.iter().map(|size| size.1).collect();
    let mut board = place::Board::new(blocks, columns, heights);
    order::settle(&mut board);
    board.add_alone();
    lines::finish(drawing, &arrows, &board)
}
