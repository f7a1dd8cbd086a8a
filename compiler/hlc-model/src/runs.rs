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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::{MemoryInputs, compile};

    const RING: &str = "HLC0315";
    const TOO_LARGE: &str = "HLC0322";

    /// What comes of a homelab, on so many cores: the findings' ids, and everything.
    fn compiled(text: &str, big: &str, cores: usize) -> (Vec<&'static str>, String) {
        let mut inputs = MemoryInputs::default();
        inputs.insert("homelab.kdl", text);
        inputs.insert("big.txt", big);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
        let compiled = pool.install(|| compile(&inputs, "homelab.kdl"));
        let ids = compiled.diagnostics.iter().map(|found| found.code.id).collect();
        (ids, format!("{:?}{:?}", compiled.diagnostics, compiled.plan))
    }

    fn homelab(workload: impl Fn(usize) -> String) -> String {
        let mut text = "homelab \"home\" domain=\"example.net\" { category \"apps\" }\n".to_owned();
        for number in 0..40 {
            let _ = writeln!(
                text,
                "workload \"w{number}\" category=\"apps\" {{ namespace \"w{number}\"; {} }}",
                workload(number)
            );
        }
        text
    }

    #[test]
    fn nothing_depends_on_the_number_of_cores() {
        let sound = homelab(|number| format!("ConfigMap \"a\" {{ data {{ number \"{number}\" }} }}"));
        let ring = "data \"a\" { x (ref)data.b.x }\ndata \"b\" { x (ref)data.a.x }\n";
        let faulty = homelab(|number| match number % 4 {
            0 => "ConfigMap \"a\" { data { x (ref)data.a.x } }".to_owned(),
            1 => "ConfigMap \"a\" { data { x (ref)data.none.x } }; ConfigMap \"a\" { data x=1 }".to_owned(),
            2 => "Deployment \"a\" { spec replicas=x }; route \"a\" service=\"none\" port=80".to_owned(),
            _ => "chart \"a\" verison=\"1\"; data \"own\" { x (secret)TOKEN }".to_owned(),
        });
        for text in [sound, faulty.clone() + ring, faulty] {
            let alone = compiled(&text, "", 1);
            assert!(compiled(&text, "", 3) == alone);
        }
    }

    #[test]
    fn a_ring_is_drawn_once_and_a_bound_of_the_whole_is_met_once() {
        let found = |text: &str, big: &str, id: &str| {
            let compiled = compiled(text, big, 3);
            assert!(compiled == self::compiled(text, big, 1));
            compiled.0.iter().filter(|found| **found == id).count()
        };
        let ring = "data \"a\" { x (ref)data.b.x }\ndata \"b\" { x (ref)data.a.x }\n";
        let rings = homelab(|_| "ConfigMap \"a\" { data { x (ref)data.a.x } }".to_owned()) + ring;
        assert_eq!(found(&rings, "", RING), 1);
        // No run of workloads is too large by itself.
        let large = homelab(|_| "ConfigMap \"a\" { data { x (file)\"big.txt\" } }".to_owned());
        assert_eq!(found(&large, &"x".repeat(1 << 20), TOO_LARGE), 0);
        assert_eq!(found(&large, &"x".repeat(2 << 20), TOO_LARGE), 1);
    }
}
