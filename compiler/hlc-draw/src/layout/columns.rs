//! Which column each block stands in, and the lanes of lines that pass columns.

use std::collections::{BTreeMap, BTreeSet};

use super::Block;
use crate::Arrow;

/// An end of a stretch of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Port {
    Node(usize),
    Lane(usize),
}

/// A stretch of lines from a column to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    /// The column at its left.
    pub(crate) column: usize,
    pub(crate) left: Port,
    pub(crate) right: Port,
}

/// What stands in which column.
pub(crate) struct Columns {
    /// The block of each node.
    pub(crate) block_of: Vec<usize>,
    /// The column of each block; `None` for one that no line reaches.
    pub(crate) of_block: Vec<Option<usize>>,
    /// The column of each lane.
    pub(crate) of_lane: Vec<usize>,
    /// Each once.
    pub(crate) stretches: Vec<Stretch>,
    /// The ports that each arrow between blocks passes, from left to right; empty for the others.
    pub(crate) ways: Vec<Vec<Port>>,
    /// How many columns there are.
    pub(crate) count: usize,
}

pub(crate) fn columns(blocks: &[Block], arrows: &[Arrow<'_>], nodes: usize) -> Columns {
    let mut block_of = vec![0; nodes];
    for (at, block) in blocks.iter().enumerate() {
        for &node in &block.nodes {
            if let Some(place) = block_of.get_mut(node) {
                *place = at;
            }
        }
    }
    let block = |node: usize| block_of.get(node).copied().unwrap_or_default();
    let links: BTreeSet<(usize, usize)> =
        arrows.iter().map(|arrow| (block(arrow.from), block(arrow.to))).filter(|(from, to)| from != to).collect();
    let of_block = layers(blocks.len(), &links);
    let column = |node: usize| of_block.get(block(node)).copied().flatten().unwrap_or_default();
    let mut degree: BTreeMap<usize, usize> = BTreeMap::new();
    for end in arrows.iter().flat_map(|arrow| [arrow.from, arrow.to]) {
        *degree.entry(end).or_default() += 1;
    }
    let degree = |node: usize| degree.get(&node).copied().unwrap_or_default();
    let mut lanes: BTreeMap<(usize, bool, usize), usize> = BTreeMap::new();
    let (mut of_lane, mut stretches, mut ways) = (Vec::new(), BTreeSet::new(), Vec::new());
    for arrow in arrows {
        if block(arrow.from) == block(arrow.to) {
            ways.push(Vec::new());
            continue;
        }
        let (left, right) =
            if column(arrow.from) <= column(arrow.to) { (arrow.from, arrow.to) } else { (arrow.to, arrow.from) };
        // Lines share lanes with the others of the end that has more of them.
        let (hub, at_left) = if degree(left) > degree(right) { (left, true) } else { (right, false) };
        let mut way = vec![Port::Node(left)];
        for passed in column(left) + 1..column(right) {
            let lane = *lanes.entry((hub, at_left, passed)).or_insert_with(|| {
                of_lane.push(passed);
                of_lane.len() - 1
            });
            way.push(Port::Lane(lane));
        }
        way.push(Port::Node(right));
        for (step, (&a, &b)) in way.iter().zip(way.iter().skip(1)).enumerate() {
            stretches.insert(Stretch { column: column(left) + step, left: a, right: b });
        }
        ways.push(way);
    }
    let count = of_block.iter().flatten().max().map_or(1, |last| last + 1);
    Columns { block_of, of_block, of_lane, stretches: stretches.into_iter().collect(), ways, count }
}

/// The longest way to each block, once the links that would close a ring are turned round.
fn layers(count: usize, links: &BTreeSet<(usize, usize)>) -> Vec<Option<usize>> {
    let order = without_rings(count, links);
    let mut rank = vec![0; count];
    for (place, &block) in order.iter().enumerate() {
        if let Some(rank) = rank.get_mut(block) {
            *rank = place;
        }
    }
    let rank = |block: usize| rank.get(block).copied().unwrap_or_default();
    let forward: BTreeSet<(usize, usize)> =
        links.iter().map(|&(a, b)| if rank(a) < rank(b) { (a, b) } else { (b, a) }).collect();
    let mut layer: Vec<Option<usize>> = vec![None; count];
    let get = |layer: &[Option<usize>], block: usize| layer.get(block).copied().flatten();
    for &block in &order {
        let before = forward.iter().filter(|link| link.1 == block).filter_map(|link| get(&layer, link.0)).max();
        let linked = forward.iter().any(|link| link.0 == block || link.1 == block);
        if let Some(place) = layer.get_mut(block).filter(|_| linked) {
            *place = Some(before.map_or(0, |before| before + 1));
        }
    }
    // What nothing leads to stands right before what it leads to.
    for &block in order.iter().rev() {
        let after = forward.iter().filter(|link| link.0 == block).filter_map(|link| get(&layer, link.1)).min();
        let first = !forward.iter().any(|link| link.1 == block);
        if let (Some(after), true, Some(place)) = (after, first, layer.get_mut(block)) {
            *place = Some(after.saturating_sub(1));
        }
    }
    layer
}

/// The blocks in an order against which few links run (Eades, Lin and Smyth, "A fast and effective heuristic for the feedback
/// arc set problem", 1993).
fn without_rings(count: usize, links: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut open = links.clone();
    let (mut front, mut back) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let ends = |block: &&usize| !open.iter().any(|link| link.0 == **block);
        let begins = |block: &&usize| !open.iter().any(|link| link.1 == **block);
        let weight = |block: usize| {
            let out = open.iter().filter(|link| link.0 == block).count();
            let into = open.iter().filter(|link| link.1 == block).count();
            (out + count).saturating_sub(into)
        };
        let (next, to_back) = if let Some(&block) = left.iter().rfind(ends) {
            (block, true)
        } else if let Some(&block) = left.iter().find(begins) {
            (block, false)
        } else {
            // Of equals the first, so that the written order decides.
            let best = left.iter().copied().rev().max_by_key(|&block| weight(block));
            (best.unwrap_or_default(), false)
        };
        left.remove(&next);
        open.retain(|&(from, to)| from != next && to != next);
        if to_back { back.push(next) } else { front.push(next) }
    }
    back.reverse();
    front.extend(back);
    front
}
