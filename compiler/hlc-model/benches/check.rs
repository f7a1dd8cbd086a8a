//! How long a whole check takes: the sample homelab of this repository, and one of 10,000 lines.
//!
//! `cargo bench -p hlc-model`; the figures are in docs/performance.md.

#![expect(clippy::unwrap_used, reason = "a bench without its input has nothing to measure")]

use std::fmt::Write as _;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use hlc_model::{MemoryInputs, compile};

/// The sample homelab.
fn sample() -> MemoryInputs {
    fn add(root: &Path, path: &Path, inputs: &mut MemoryInputs) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                add(root, &entry.unwrap().path(), inputs);
            }
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            inputs.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut inputs = MemoryInputs::default();
    for part in ["homelab.kdl", "core", "workloads"] {
        add(&root, &root.join(part), &mut inputs);
    }
    inputs
}

/// The native workload of the sample, again and again under other names, until `lines` are reached.
fn large(lines: usize) -> MemoryInputs {
    let mut inputs = sample();
    let comfyui =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workloads/ai/comfyui.kdl")).unwrap();
    let mut text = String::new();
    let copies = lines / comfyui.lines().count() + 1;
    for copy in 0..copies {
        let _ = writeln!(text, "{}", comfyui.replace("comfyui", &format!("comfyui-{copy}")));
    }
    inputs.insert("workloads/large.kdl", text);
    inputs
}

fn check(criterion: &mut Criterion) {
    let sample = sample();
    assert!(compile(&sample, "homelab.kdl").diagnostics.is_empty());
    criterion.bench_function("check the sample homelab", |bencher| bencher.iter(|| compile(&sample, "homelab.kdl")));
    let large = large(10_000);
    assert!(compile(&large, "homelab.kdl").diagnostics.is_empty());
    criterion.bench_function("check 10,000 lines", |bencher| bencher.iter(|| compile(&large, "homelab.kdl")));
    let plan = compile(&large, "homelab.kdl").plan.unwrap();
    criterion.bench_function("write the YAML of 10,000 lines", |bencher| bencher.iter(|| hlc_kube::output_tree(&plan)));
}

criterion_group!(benches, check);
criterion_main!(benches);
