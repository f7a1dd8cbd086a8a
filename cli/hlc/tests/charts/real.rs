//! With the real Helm.

use std::path::Path;

use libtest_mimic::Trial;

use crate::needs;
use crate::publisher::Publisher;
use crate::shell::{Shell, repository};

const MISSING: &str = "helm is not built: run tests/tools/build";

pub(crate) fn trials() -> Vec<Trial> {
    let helm = || Some(repository().join("target/tools/helm")).filter(|path| path.exists());
    vec![
        needs("helm::renders", helm(), MISSING, renders),
        needs("helm::says_where_a_chart_fails", helm(), MISSING, says_where_a_chart_fails),
    ]
}

fn renders(helm: &Path) {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "hello");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock", "--helm", helm.to_str().unwrap()]).exits(0);
    let lock = shell.read("hlc.lock");
    assert!(lock.contains("ConfigMap \"web\" apiVersion=\"v1\" namespace=\"web\" from=\"templates/a.yaml\""), "{lock}");
    // Nothing of Helm's stays but what came of it.
    let names: Vec<String> = std::fs::read_dir(shell.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| name.starts_with(".config") || name.starts_with(".local")), "{names:?}");
}

fn says_where_a_chart_fails(helm: &Path) {
    let publisher = Publisher::new();
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("values.yaml", "{}\n"),
        ("values.schema.json", "{\"properties\": {\"size\": {\"type\": \"integer\"}}}"),
        ("templates/_x.tpl", "{{- define \"x\" }}\n{{- required \"size is required\" .Values.size }}\n{{- end }}\n"),
        ("templates/a.yaml", "a: 1\nb: {{ include \"x\" . }}\n"),
    ];
    publisher.archive("web", "1.0.0", &files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    let lock = ["lock", "--helm", helm.to_str().unwrap()];
    shell.run(&lock).exits(1).says("size is required").says("templates/");
    shell.workload("web", "1.0.0", &publisher.repo(), "size large");
    let ran = shell.run(&lock).exits(1);
    assert!(!ran.stderr.contains("/tmp/"), "{}", ran.stderr);
    ran.says("size");
}
