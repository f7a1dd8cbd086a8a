//! The blocks and lanes of every column with their heights.

use super::columns::{Columns, Port};
use super::{APART, Block, FRAME, STEP};

/// Between two blocks, and between a lane and its neighbours.
const BETWEEN: f64 = 22.0;
const BESIDE_LANE: f64 = 12.0;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Block(usize),
    Lane(usize),
}

/// Everything with its height above the ground, which is `y` downwards.
pub(crate) struct Board {
    pub(crate) blocks: Vec<Block>,
    pub(crate) columns: Columns,
    /// What stands in each column, from top to bottom.
    pub(crate) items: Vec<Vec<Item>>,
    heights: Vec<f64>,
    /// The upper edge of each block, of each lane, and of each node below its block's.
    tops: Vec<f64>,
    lanes: Vec<f64>,
    offsets: Vec<f64>,
}

/// The order and places of a board, to come back to.
pub(crate) struct Snapshot {
    orders: Vec<Vec<usize>>,
    items: Vec<Vec<Item>>,
    tops: Vec<f64>,
    lanes: Vec<f64>,
    offsets: Vec<f64>,
}

fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or_default()
}

fn set(values: &mut [f64], place: usize, value: f64) {
    if let Some(found) = values.get_mut(place) {
        *found = value;
    }
}

impl Board {
    pub(crate) fn new(blocks: Vec<Block>, columns: Columns, heights: Vec<f64>) -> Self {
        let mut items = vec![Vec::new(); columns.count];
        let mut put = |column: usize, item: Item| {
            if let Some(column) = items.get_mut(column) {
                column.push(item);
            }
        };
        for (block, column) in columns.of_block.iter().enumerate() {
            if let Some(column) = column {
                put(*column, Item::Block(block));
            }
        }
        for (lane, &column) in columns.of_lane.iter().enumerate() {
            put(column, Item::Lane(lane));
        }
        let (tops, lanes, offsets) =
            (vec![0.0; blocks.len()], vec![0.0; columns.of_lane.len()], vec![0.0; heights.len()]);
        let mut board = Self { blocks, columns, items, heights, tops, lanes, offsets };
        for block in 0..board.blocks.len() {
            board.stack(block);
        }
        for column in 0..board.columns.count {
            board.place(column, &mut |_, _| 0.0);
        }
        board
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            orders: self.blocks.iter().map(|block| block.nodes.clone()).collect(),
            items: self.items.clone(),
            tops: self.tops.clone(),
            lanes: self.lanes.clone(),
            offsets: self.offsets.clone(),
        }
    }

    pub(crate) fn restore(&mut self, snapshot: Snapshot) {
        for (block, order) in self.blocks.iter_mut().zip(snapshot.orders) {
            block.nodes = order;
        }
        (self.items, self.tops) = (snapshot.items, snapshot.tops);
        (self.lanes, self.offsets) = (snapshot.lanes, snapshot.offsets);
    }

    /// Puts the boxes of a block below each other, in their order.
    pub(crate) fn stack(&mut self, block: usize) {
        let Some(block) = self.blocks.get(block) else { return };
        let mut y = block.head();
        let mut last = None;
        for &node in &block.nodes {
            if let Some(last) = last {
                y += if block.steps(last, node) { STEP } else { APART };
            }
            set(&mut self.offsets, node, y);
            y += at(&self.heights, node);
            last = Some(node);
        }
    }

    pub(crate) fn height(&self, item: Item) -> f64 {
        let Item::Block(number) = item else { return 0.0 };
        let Some(block) = self.blocks.get(number) else { return 0.0 };
        let last = block.nodes.last().map_or(0.0, |&node| at(&self.offsets, node) + at(&self.heights, node));
        last + if block.name.is_some() { FRAME } else { 0.0 }
    }

    pub(crate) fn top(&self, item: Item) -> f64 {
        match item {
            Item::Block(block) => at(&self.tops, block),
            Item::Lane(lane) => at(&self.lanes, lane),
        }
    }

    /// The upper edge of a node's box.
    pub(crate) fn box_top(&self, node: usize) -> f64 {
        at(&self.tops, self.block_of(node)) + at(&self.offsets, node)
    }

    /// The block that a node stands in.
    pub(crate) fn block_of(&self, node: usize) -> usize {
        self.columns.block_of.get(node).copied().unwrap_or_default()
    }

    pub(crate) fn box_height(&self, node: usize) -> f64 {
        at(&self.heights, node)
    }

    /// Where lines meet a port.
    pub(crate) fn center(&self, port: Port) -> f64 {
        match port {
            Port::Node(node) => self.box_top(node) + at(&self.heights, node) / 2.0,
            Port::Lane(lane) => at(&self.lanes, lane),
        }
    }

    /// Puts the items of a column, in their order, as near to where they want to be as the others let them. The sum of the
    /// squares of what is missing is the least possible (pool adjacent violators).
    pub(crate) fn place(&mut self, column: usize, wanted: &mut dyn FnMut(&Self, Item) -> f64) {
        let items = self.items.get(column).cloned().unwrap_or_default();
        // Relative to where each would be if all stood tightly, the order is that these never fall.
        let mut tight = 0.0;
        let mut last: Option<Item> = None;
        let mut stands = Vec::new();
        let mut pools: Vec<(f64, u32)> = Vec::new();
        for &item in &items {
            if let Some(last) = last {
                tight += self.height(last) + between(last, item);
            }
            stands.push(tight);
            pools.push((wanted(self, item) - tight, 1));
            while let [.., (a, many), (b, more)] = *pools.as_slice() {
                if a <= b {
                    break;
                }
                pools.truncate(pools.len() - 2);
                let all = f64::from(many + more);
                pools.push(((a * f64::from(many) + b * f64::from(more)) / all, many + more));
            }
            last = Some(item);
        }
        let shifts = pools.into_iter().flat_map(|(shift, many)| (0..many).map(move |_| shift));
        for ((item, tight), shift) in items.into_iter().zip(stands).zip(shifts) {
            match item {
                Item::Block(block) => set(&mut self.tops, block, tight + shift),
                Item::Lane(lane) => set(&mut self.lanes, lane, tight + shift),
            }
        }
    }

    /// The lower edge of what stands in a column.
    fn bottom(&self, column: usize) -> f64 {
        let items = self.items.get(column).map_or(&[][..], Vec::as_slice);
        items.iter().map(|&item| self.top(item) + self.height(item)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The upper edge of everything.
    pub(crate) fn ceiling(&self) -> f64 {
        let all = self.items.iter().flatten().map(|&item| self.top(item));
        all.fold(f64::INFINITY, f64::min)
    }

    /// Puts what no line reaches below the column that ends first.
    pub(crate) fn add_alone(&mut self) {
        let ceiling = if self.items.iter().all(Vec::is_empty) { 0.0 } else { self.ceiling() };
        for block in 0..self.blocks.len() {
            if self.columns.of_block.get(block).copied().flatten().is_some() {
                continue;
            }
            let ends: Vec<f64> = (0..self.columns.count).map(|column| self.bottom(column)).collect();
            let Some((column, &end)) = ends.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)) else { continue };
            let top = if end.is_finite() { end + BETWEEN } else { ceiling };
            set(&mut self.tops, block, top);
            if let Some(items) = self.items.get_mut(column) {
                items.push(Item::Block(block));
            }
        }
    }
}

fn between(a: Item, b: Item) -> f64 {
    match (a, b) {
        (Item::Block(_), Item::Block(_)) => BETWEEN,
        (Item::Lane(_), _) | (_, Item::Lane(_)) => BESIDE_LANE,
    }
}
