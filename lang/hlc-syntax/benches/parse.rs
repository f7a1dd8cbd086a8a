//! How long parsing takes, for homelab text of 10,000 and of 1,000,000 lines, and formatting 10,000.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hlc_diag::FileId;
use hlc_syntax::{Document, Node, format, parse};

#[path = "../examples/homelab_text/mod.rs"]
mod homelab_text;

fn parsing(criterion: &mut Criterion) {
    for (name, lines, samples) in [("10k_lines", 10_000, 100), ("1m_lines", 1_000_000, 10)] {
        let text: Arc<str> = homelab_text::lines(lines).into();
        let mut group = criterion.benchmark_group("parse");
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(samples);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || Arc::clone(&text),
                |text| parse(FileId::new(0), text).document,
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

fn reading(criterion: &mut Criterion) {
    let text: Arc<str> = homelab_text::lines(10_000).into();
    let document = parse(FileId::new(0), text).document;
    criterion.bench_function("visit_10k_lines", |bencher| bencher.iter(|| visit(black_box(&document))));
}

fn formatting(criterion: &mut Criterion) {
    let text: Arc<str> = homelab_text::lines(10_000).into();
    let document = parse(FileId::new(0), text).document;
    criterion.bench_function("format 10,000 lines", |bencher| bencher.iter(|| format(black_box(&document))));
}

/// Decodes every name and value.
fn visit(document: &Document) -> usize {
    let mut open: Vec<Node<'_>> = document.nodes().collect();
    let mut seen = 0;
    while let Some(node) = open.pop() {
        seen += node.name().len();
        for entry in node.entries() {
            black_box((entry.key(), entry.annotation(), entry.value()));
        }
        open.extend(node.children());
    }
    seen
}

criterion_group!(benches, parsing, reading, formatting);
criterion_main!(benches);
