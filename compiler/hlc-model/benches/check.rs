//! How long a whole check takes, and `hlc fmt`: the sample homelab of this repository, and one of 10,000 lines.
//!
//! `cargo bench -p hlc-model`; the figures are in docs/performance.md.

#![expect(clippy::unwrap_used, reason = "a bench without its input has nothing to measure")]

use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hlc_diag::{Diagnostic, Sources};
use hlc_model::{MemoryInputs, compile};

/// The one of the command line program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    for part in ["homelab.kdl", "core", "edge", "secrets", "workloads"] {
        add(&root, &root.join(part), &mut inputs);
    }
    inputs
}

/// The sample homelab with many more workloads, each in a file of its own as those of the sample are.
fn large(lines: usize) -> MemoryInputs {
    let mut inputs = sample();
    for (number, text) in workloads(lines).enumerate() {
        inputs.insert(format!("workloads/large/comfyui-{number}.kdl"), text);
    }
    inputs
}

/// The native workload of the sample, again and again under other names, until `lines` are reached.
fn workloads(lines: usize) -> impl Iterator<Item = String> {
    let comfyui =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workloads/ai/comfyui.kdl")).unwrap();
    let copies = lines / comfyui.lines().count() + 1;
    (0..copies).map(move |copy| comfyui.replace("comfyui", &format!("comfyui-{copy}")))
}

/// What `hlc fmt` does with the text of one file.
fn lay_out(text: &str) -> String {
    let file = Sources::default().add("large.kdl", text);
    let parsed = hlc_syntax::parse(file, text.into());
    assert!(!parsed.diagnostics.iter().any(Diagnostic::is_error));
    hlc_syntax::format_in_order(&parsed.document, hlc_model::concept::field_order()).unwrap()
}

fn format(criterion: &mut Criterion) {
    let in_order: String = workloads(10_000).map(|text| text + "\n").collect();
    criterion.bench_function("format 10,000 lines", |bencher| bencher.iter(|| lay_out(&in_order)));
    let reversed: String = in_order
        .lines()
        .map(|line| match line.split_once(" service=") {
            Some((head, rest)) => format!("{head} port=8188 service={}\n", rest.trim_end_matches(" port=8188")),
            None => format!("{line}\n"),
        })
        .collect();
    assert!(reversed != in_order && lay_out(&reversed) == lay_out(&in_order));
    criterion.bench_function("format and order 10,000 lines", |bencher| bencher.iter(|| lay_out(&reversed)));
}

fn check(criterion: &mut Criterion) {
    // As in the program, the thread that asks is one of those that work.
    rayon::ThreadPoolBuilder::new().use_current_thread().build_global().unwrap();
    let sample = sample();
    assert!(compile(&sample, "homelab.kdl").diagnostics.is_empty());
    // No command frees what it has compiled, so that is not part of the time.
    let mut bench = |name: &str, inputs: &MemoryInputs| {
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched(|| (), |()| compile(inputs, "homelab.kdl"), BatchSize::PerIteration);
        });
    };
    bench("check the sample homelab", &sample);
    let large = large(10_000);
    assert!(compile(&large, "homelab.kdl").diagnostics.is_empty());
    bench("check 10,000 lines", &large);
    let plan = compile(&large, "homelab.kdl").plan.unwrap();
    criterion.bench_function("write the YAML of 10,000 lines", |bencher| bencher.iter(|| hlc_kube::output_tree(&plan)));
}

criterion_group!(benches, check, format);
criterion_main!(benches);
