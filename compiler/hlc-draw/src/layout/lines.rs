//! Lines from box to box with their labels, once everything has its place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::columns::Port;
use super::place::{Board, Item};
use super::{INSIDE, LOOP, Layout, MARGIN, Rect, SMALL, TITLE, short};
use crate::text::width;
use crate::{Arrow, Drawing, Edge, State};

/// The least that lines have to curve in, between two columns.
const GAP: f64 = 56.0;
/// Between a label and the column that it stands at.
const BESIDE: f64 = 7.0;

/// A line.
pub(crate) struct Line<'d> {
    pub(crate) edge: &'d Edge,
    /// The `d` of its path.
    pub(crate) path: String,
    /// Its middle, for the cross of a broken one.
    pub(crate) middle: (f64, f64),
}

/// Text beside a line.
pub(crate) struct Label {
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// True when the text ends at `x`.
    pub(crate) ends: bool,
    pub(crate) text: String,
    pub(crate) state: State,
}

/// The side of a node that a label stands at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
}

/// Labels by where they stand: equal ones once.
type Labels = BTreeMap<(usize, Side), (Vec<String>, State)>;

/// The left edge and width of each column.
struct Grid(Vec<(f64, f64)>);

impl Grid {
    fn left(&self, column: usize) -> f64 {
        self.0.get(column).map_or(0.0, |column| column.0)
    }

    fn width(&self, column: usize) -> f64 {
        self.0.get(column).map_or(0.0, |column| column.1)
    }

    fn right(&self, column: usize) -> f64 {
        self.left(column) + self.width(column)
    }
}

/// The labels of lines between blocks: each stands at the end that has fewer of them.
fn labels(arrows: &[Arrow<'_>], board: &Board) -> Labels {
    let crossing = || arrows.iter().zip(&board.columns.ways).filter(|(_, way)| !way.is_empty());
    let mut many: BTreeMap<usize, usize> = BTreeMap::new();
    for (arrow, _) in crossing().filter(|(arrow, _)| arrow.edge.label.is_some()) {
        *many.entry(arrow.from).or_default() += 1;
        *many.entry(arrow.to).or_default() += 1;
    }
    let many = |node: usize| many.get(&node).copied().unwrap_or_default();
    let mut labels = Labels::new();
    for (arrow, way) in crossing() {
        let Some(label) = &arrow.edge.label else { continue };
        let node = if many(arrow.from) < many(arrow.to) { arrow.from } else { arrow.to };
        let side = if way.first() == Some(&Port::Node(node)) { Side::Right } else { Side::Left };
        let (texts, state) = labels.entry((node, side)).or_default();
        let text = short(label);
        if !texts.contains(&text) {
            texts.push(text);
        }
        if arrow.edge.state == State::Broken {
            *state = State::Broken;
        }
    }
    labels
}

/// The column of each block, those that no line reaches included.
fn column_of(board: &Board) -> Vec<usize> {
    let mut columns = vec![0; board.blocks.len()];
    for (column, items) in board.items.iter().enumerate() {
        for item in items {
            if let Item::Block(block) = item
                && let Some(place) = columns.get_mut(*block)
            {
                *place = column;
            }
        }
    }
    columns
}

fn grid(board: &Board, labels: &Labels, column_of_node: &dyn Fn(usize) -> usize) -> Grid {
    let mut columns = Vec::new();
    let mut x = MARGIN;
    for (number, items) in board.items.iter().enumerate() {
        let widths = items.iter().filter_map(|item| match item {
            Item::Block(block) => board.blocks.get(*block).map(|block| block.width),
            Item::Lane(_) => None,
        });
        let widest = widths.fold(0.0, f64::max);
        let label = |column: usize, side: Side| -> f64 {
            let at = labels.iter().filter(|((node, it), _)| column_of_node(*node) == column && *it == side);
            at.map(|(_, (texts, _))| f64::from(width(&texts.join(", "), SMALL, false)) + BESIDE).fold(0.0, f64::max)
        };
        columns.push((x, widest));
        x += widest + GAP + label(number, Side::Right) + label(number + 1, Side::Left);
    }
    Grid(columns)
}

/// Draws frames, boxes, lines and labels.
pub(crate) fn finish<'d>(drawing: &'d Drawing, arrows: &[Arrow<'d>], board: &Board) -> Layout<'d> {
    let of_block = column_of(board);
    let column = |node: usize| of_block.get(board.block_of(node)).copied().unwrap_or_default();
    let labels = labels(arrows, board);
    let grid = grid(board, &labels, &column);
    let ceiling = if board.items.iter().all(Vec::is_empty) { 0.0 } else { board.ceiling() };
    let down = MARGIN + TITLE - ceiling;
    let mut frames = Vec::new();
    let mut boxes = Vec::new();
    for (number, block) in board.blocks.iter().enumerate() {
        let place = of_block.get(number).copied().unwrap_or_default();
        let (x, width) = (grid.left(place), grid.width(place));
        let item = Item::Block(number);
        if let Some(name) = &block.name {
            let rect = Rect { x, y: board.top(item) + down, width, height: board.height(item) };
            frames.push((rect, name.clone()));
        }
        let room = if block.loops() { LOOP } else { 0.0 };
        for &node in &block.nodes {
            let (x, width) = (x + block.around(), width - 2.0 * block.around() - room);
            let rect = Rect { x, y: board.box_top(node) + down, width, height: board.box_height(node) };
            boxes.push((node, rect));
        }
    }
    boxes.sort_by_key(|(node, _)| *node);
    let boxes: Vec<_> = boxes.into_iter().map(|(_, rect)| rect).zip(&drawing.nodes).collect();
    let rect = |node: usize| boxes.get(node).map_or_else(Rect::default, |(rect, _)| *rect);
    let mut lines = Vec::new();
    let mut texts: Vec<Label> = Vec::new();
    for (arrow, way) in arrows.iter().zip(&board.columns.ways) {
        if way.is_empty() {
            let (line, label) = within(arrow, rect(arrow.from), rect(arrow.to));
            lines.push(line);
            texts.extend(label);
        } else {
            let first = way.first().map_or(0, |port| if let Port::Node(node) = port { column(*node) } else { 0 });
            let center = |port: &Port| board.center(*port) + down;
            lines.push(across(arrow, way, first, &grid, &center, &rect));
        }
    }
    for ((node, side), (labels, state)) in labels {
        let middle = rect(node).y + rect(node).height / 2.0 - 5.0;
        let (x, ends) = match side {
            Side::Left => (grid.left(column(node)) - BESIDE, true),
            Side::Right => (grid.right(column(node)) + BESIDE, false),
        };
        texts.push(Label { x, y: middle, ends, text: labels.join(", "), state });
    }
    let title = f64::from(width(&drawing.title, 16, true));
    let right = (0..board.columns.count).map(|column| grid.right(column)).fold(MARGIN + title, f64::max);
    let bottom = frames.iter().map(|(rect, _)| rect).chain(boxes.iter().map(|(rect, _)| rect));
    let bottom = bottom.map(|rect| rect.y + rect.height).fold(MARGIN + TITLE, f64::max);
    Layout { width: right + MARGIN, height: bottom + MARGIN, frames, boxes, lines, labels: texts }
}

/// A line between blocks: straight through columns, curved between them.
fn across<'d>(
    arrow: &Arrow<'d>,
    way: &[Port],
    first: usize,
    grid: &Grid,
    center: &dyn Fn(&Port) -> f64,
    rect: &dyn Fn(usize) -> Rect,
) -> Line<'d> {
    let mut points = Vec::new();
    for (step, port) in way.iter().enumerate() {
        let (column, y) = (first + step, center(port));
        let (left, right) = (grid.left(column), grid.right(column));
        match port {
            Port::Lane(_) => points.extend([(left, y), (right, y)]),
            Port::Node(node) if step == 0 => points.extend([(rect(*node).x + rect(*node).width, y), (right, y)]),
            Port::Node(node) => points.extend([(left, y), (rect(*node).x, y)]),
        }
    }
    let turned = way.first() != Some(&Port::Node(arrow.from));
    if turned {
        points.reverse();
    }
    let mut path = String::new();
    let mut middle = (0.0, 0.0);
    let mut last: Option<(f64, f64)> = None;
    for (number, &(x, y)) in points.iter().enumerate() {
        let _ = match last {
            None => write!(path, "M{x:.1} {y:.1}"),
            Some((before, from)) if number % 2 == 0 => {
                let half = f64::midpoint(before, x);
                if middle == (0.0, 0.0) {
                    middle = (half, f64::midpoint(from, y));
                }
                write!(path, "C{half:.1} {from:.1} {half:.1} {y:.1} {x:.1} {y:.1}")
            }
            Some(_) => write!(path, "H{x:.1}"),
        };
        last = Some((x, y));
    }
    Line { edge: arrow.edge, path, middle }
}

/// A line within a block: straight down to the next box, else round at the right.
fn within<'d>(arrow: &Arrow<'d>, from: Rect, to: Rect) -> (Line<'d>, Option<Label>) {
    let label = arrow.edge.label.as_ref().map(|label| short(label));
    let gap = to.y - (from.y + from.height);
    if (0.0..=super::STEP + 1.0).contains(&gap) {
        let x = from.x + from.width / 2.0;
        let (y, end) = (from.y + from.height, to.y);
        let path = format!("M{x:.1} {y:.1}V{end:.1}");
        let middle = (x, f64::midpoint(y, end) - 2.0);
        let label =
            label.map(|text| Label { x: x + INSIDE, y: middle.1 + 4.0, ends: false, text, state: arrow.edge.state });
        return (Line { edge: arrow.edge, path, middle }, label);
    }
    let x = from.x + from.width;
    let (y, end) = (from.y + from.height / 2.0, to.y + to.height / 2.0);
    let out = x + LOOP;
    let path = format!("M{x:.1} {y:.1}C{out:.1} {y:.1} {out:.1} {end:.1} {x:.1} {end:.1}");
    let middle = (x + LOOP * 0.75, f64::midpoint(y, end));
    // A label has no room there: who points at the line reads it.
    (Line { edge: arrow.edge, path, middle }, None)
}
