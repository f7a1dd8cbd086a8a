//! The lock file written.

use hlc_schema::free::KdlWriter;
use hlc_schema::{Data, DataValue};
use hlc_syntax::quote;

use super::{Lock, VERSION};
use crate::surface::SurfaceObject;

impl Lock {
    /// The text of the file; the same for the same content, in whatever order it was found.
    #[must_use]
    pub fn write(&self) -> String {
        let mut sorted = self.clone();
        sorted.sort();
        let mut out = KdlWriter::default();
        out.line("// Written by `hlc lock`. Keep it in Git; after a merge conflict run `hlc lock` again.");
        out.line(&format!("lock version={VERSION}"));
        for chart in &sorted.charts {
            let source = &chart.source;
            out.open(&format!(
                "chart {} version={} repo={}",
                text(&source.name),
                text(&source.version),
                text(&source.repo)
            ));
            out.line(&format!("digest {}", text(&chart.digest.to_string())));
            if let Some(range) = &chart.kube_version {
                out.line(&format!("kube-version {}", text(range)));
            }
            for dependency in &chart.dependencies {
                out.line(&format!("dependency {} version={}", text(&dependency.name), text(&dependency.version)));
            }
            out.close();
        }
        for manifests in &sorted.manifests {
            out.open(&format!("manifests {}", text(&manifests.url)));
            out.line(&format!("digest {}", text(&manifests.digest.to_string())));
            manifests.objects.iter().for_each(|kept| object(&mut out, kept));
            out.close();
        }
        for release in &sorted.releases {
            out.open(&format!("release {} owner={}", text(&release.name), text(&release.owner)));
            out.line(&format!("inputs {}", text(&release.inputs.to_string())));
            release.objects.iter().for_each(|kept| object(&mut out, kept));
            out.close();
        }
        out.finish()
    }
}

/// Text in quotes, whether it needs them or not: a version that looks like a number is none.
fn text(text: &str) -> String {
    let quoted = quote(text);
    if quoted.starts_with('"') { quoted } else { format!("\"{quoted}\"") }
}

/// An object, with the words of the language for objects; `from` is the template.
fn object(out: &mut KdlWriter, object: &SurfaceObject) {
    let mut body = object.body.as_map().cloned().unwrap_or_default();
    for key in ["apiVersion", "kind", "metadata"] {
        body.remove(key);
    }
    body.each_value(&mut |_, value| sort_keys(value));
    let mut head = format!("{} {} apiVersion={}", quote(&object.kind), text(&object.name), text(&object.api_version));
    if let Some(namespace) = &object.namespace {
        head.push_str(&format!(" namespace={}", text(namespace)));
    }
    if !object.template.is_empty() {
        head.push_str(&format!(" from={}", text(&object.template)));
    }
    if body.is_empty() {
        out.line(&head);
        return;
    }
    out.open(&head);
    let mut fields: Vec<_> = body.into_entries().collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    for (key, entry) in fields {
        out.data(&key, &entry.value);
    }
    out.close();
}

fn sort_keys(data: &mut Data) {
    match &mut data.value {
        DataValue::Map(map) => {
            map.each_value(&mut |_, value| sort_keys(value));
            let mut entries: Vec<_> = std::mem::take(map).into_entries().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, entry) in entries {
                map.insert(key, entry.key_span, entry.value);
            }
        }
        DataValue::List(items) => items.iter_mut().for_each(sort_keys),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}
