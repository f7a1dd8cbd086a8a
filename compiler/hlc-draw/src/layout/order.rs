//! Moves blocks, lanes and boxes until lines are short and cross seldom.

use super::columns::Port;
use super::place::{Board, Item};

/// More rounds than this change nothing that an eye would see.
const ROUNDS: usize = 24;
/// What a crossing is worth in pixels of length.
const CROSSING: f64 = 60.0;

/// Looks for the best order and places.
pub(crate) fn settle(board: &mut Board) {
    let mut best = (cost(board), board.snapshot());
    for round in 0..ROUNDS {
        let count = board.columns.count;
        for step in 0..count {
            let column = if round % 2 == 0 { step } else { count - 1 - step };
            // At first each column follows the one before, later both of its neighbours.
            let sides = match (round < ROUNDS / 2, round % 2) {
                (true, 0) => (true, false),
                (true, _) => (false, true),
                (false, _) => (true, true),
            };
            arrange(board, column, sides);
        }
        let cost = cost(board);
        if cost < best.0 {
            best = (cost, board.snapshot());
        }
    }
    board.restore(best.1);
}

/// The mean of what a port is joined to, at its left or right.
fn pull(board: &Board, port: Port, (left, right): (bool, bool)) -> Option<f64> {
    let (mut sum, mut many) = (0.0, 0.0);
    for stretch in &board.columns.stretches {
        let other = if left && stretch.right == port {
            stretch.left
        } else if right && stretch.left == port {
            stretch.right
        } else {
            continue;
        };
        sum += board.center(other);
        many += 1.0;
    }
    (many > 0.0).then(|| sum / many)
}

fn arrange(board: &mut Board, column: usize, sides: (bool, bool)) {
    let items = board.items.get(column).cloned().unwrap_or_default();
    for &item in &items {
        if let Item::Block(block) = item {
            sort_boxes(board, block);
        }
    }
    let mut wanted: Vec<(f64, Item)> = items.iter().map(|&item| (wanted_top(board, item, sides), item)).collect();
    let middle = |board: &Board, (top, item): (f64, Item)| top + board.height(item) / 2.0;
    wanted.sort_by(|&a, &b| middle(board, a).total_cmp(&middle(board, b)));
    if let Some(items) = board.items.get_mut(column) {
        *items = wanted.iter().map(|(_, item)| *item).collect();
    }
    let find = |item: Item| wanted.iter().find(|(_, it)| *it == item).map_or(0.0, |(top, _)| *top);
    board.place(column, &mut |_, item| find(item));
}

/// The upper edge that would make the lines of an item short; where it is, if it has none on these sides.
fn wanted_top(board: &Board, item: Item, sides: (bool, bool)) -> f64 {
    let top = board.top(item);
    let ports: Vec<Port> = match item {
        Item::Lane(lane) => vec![Port::Lane(lane)],
        Item::Block(block) => {
            let nodes = board.blocks.get(block).map_or(&[][..], |block| block.nodes.as_slice());
            nodes.iter().map(|&node| Port::Node(node)).collect()
        }
    };
    let pulls: Vec<f64> =
        ports.iter().filter_map(|&port| Some(pull(board, port, sides)? - (board.center(port) - top))).collect();
    if pulls.is_empty() { top } else { pulls.iter().sum::<f64>() / pulls.len() as f64 }
}

/// Sorts the boxes of a block by what pulls at them; what an arrow of the block leads to stands below where it begins.
fn sort_boxes(board: &mut Board, number: usize) {
    let Some(block) = board.blocks.get(number).filter(|block| block.nodes.len() > 1) else { return };
    let pull = |node: usize| pull(board, Port::Node(node), (true, true));
    let here = |node: usize| board.center(Port::Node(node));
    let mut keys: Vec<(f64, usize)> =
        block.nodes.iter().map(|&node| (pull(node).unwrap_or_else(|| here(node)), node)).collect();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut open: Vec<usize> = keys.into_iter().map(|(_, node)| node).collect();
    let mut sorted: Vec<usize> = Vec::new();
    while !open.is_empty() {
        let free = |node: usize| !block.inner.iter().any(|&(from, to)| to == node && open.contains(&from));
        // A chain is not broken up by what would stand between its links.
        let follows = |node: usize| sorted.last().is_some_and(|&last| block.inner.contains(&(last, node)));
        let next = open.iter().position(|&node| free(node) && follows(node));
        let next = next.or_else(|| open.iter().position(|&node| free(node))).unwrap_or_default();
        sorted.push(open.remove(next));
    }
    if let Some(block) = board.blocks.get_mut(number) {
        block.nodes = sorted;
    }
    board.stack(number);
}

/// How long lines are, and how often they cross.
fn cost(board: &Board) -> f64 {
    let ends: Vec<(usize, f64, f64)> = board
        .columns
        .stretches
        .iter()
        .map(|stretch| (stretch.column, board.center(stretch.left), board.center(stretch.right)))
        .collect();
    let mut cost = 0.0;
    for (place, &(column, left, right)) in ends.iter().enumerate() {
        cost += (left - right).abs();
        let others = ends.iter().skip(place + 1).take_while(|other| other.0 == column);
        let crosses = others.filter(|other| (left - other.1) * (right - other.2) < 0.0).count();
        cost += crosses as f64 * CROSSING;
    }
    cost
}
