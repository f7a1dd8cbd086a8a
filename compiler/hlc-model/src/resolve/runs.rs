//! Many things made at once, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{MAX_BYTES, Resolver};
use crate::runs::in_runs;

impl<'m> Resolver<'m> {
    /// Makes something of each of many, in their order. Each run has a resolver of its own; what these have noted is put together
    /// in order.
    pub(crate) fn each<T: Sync, R: Send>(&self, of: &[T], make: impl Fn(&Resolver<'m>, &T) -> R + Sync) -> Vec<R> {
        let (ground, before) = (self.ground, self.noted.borrow().spent);
        let spent = AtomicUsize::new(before);
        let runs = in_runs(of, |of| {
            let resolver = Resolver::new(ground);
            resolver.noted.borrow_mut().spent = before;
            let is_within = spent.load(Ordering::Relaxed) <= MAX_BYTES;
            let made: Vec<R> = of.iter().filter(|_| is_within).map(|one| make(&resolver, one)).collect();
            let noted = resolver.noted.into_inner();
            spent.fetch_add(noted.spent - before, Ordering::Relaxed);
            (made, noted)
        });
        if spent.into_inner() > MAX_BYTES {
            // Too much in all. Where it becomes too much is only known when one is made after the other.
            return of.iter().map(|one| make(self, one)).collect();
        }
        let mut all = Vec::with_capacity(of.len());
        for (made, noted) in runs {
            all.extend(made);
            self.noted.borrow_mut().take(noted, before);
        }
        all
    }
}
