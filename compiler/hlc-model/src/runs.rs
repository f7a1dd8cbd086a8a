//! Many things looked at, on all cores.

use rayon::prelude::*;

/// How many runs there are at most: enough that no core waits long for the last.
const RUNS: usize = 16;
/// Fewer things are done with before another core has woken up.
const RUN: usize = 8;

/// Looks at many things in runs, and gives what comes of each run in their order. They are divided by their number alone, so that
/// nothing depends on how many cores there are.
pub(crate) fn in_runs<T: Sync, R: Send>(of: &[T], look: impl Fn(&[T]) -> R + Send + Sync) -> Vec<R> {
    of.par_chunks(of.len().div_ceil(RUNS).max(RUN)).map(look).collect()
}
