//! With the real Helm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;

use crate::frozen;
use crate::publisher::Publisher;
use crate::shell::{Ran, Shell, repository};
use crate::{needs, trial};

const UNSHARE: &str = "helm is not built, or `unshare -rn` is not allowed here";
const MISSING: &str = "helm is not built: run tests/tools/build";

/// Helm 4 and Helm 3.
const BUILT: [&str; 2] = ["helm", "helm3"];

type Test = fn(&Path);

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 5] = [
        ("renders", renders),
        ("builds_the_chart_of_tests", builds_the_chart_of_tests),
        ("frozen_as_published", frozen::as_published),
        ("frozen_in_every_clone", frozen::in_every_clone),
        ("says_where_a_chart_fails", says_where_a_chart_fails),
    ];
    let of = |program: &'static str| {
        tests.map(|(name, test)| needs(&format!("{program}::{name}"), built(program), MISSING, test))
    };
    let mut trials: Vec<Trial> = BUILT.into_iter().flat_map(of).collect();
    let alone = built("helm").filter(|_| can_unshare());
    trials.push(needs("helm::builds_without_a_network", alone, UNSHARE, builds_without_a_network));
    trials.push(trial("helm::as_the_documentation_says", as_the_documentation_says));
    trials
}

/// The documentation names the versions that are built.
fn as_the_documentation_says() {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let (modules, documentation) = (read("tests/tools/go.mod"), read("docs/charts.md"));
    for module in ["helm.sh/helm/v4 v", "helm.sh/helm/v3 v"] {
        let version = modules.split_once(module).unwrap().1.split_whitespace().next().unwrap();
        assert!(documentation.contains(version), "{version}");
    }
}

fn built(program: &str) -> Option<PathBuf> {
    Some(repository().join("target/tools").join(program)).filter(|path| path.exists())
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

/// True where a process can have a network of its own.
fn can_unshare() -> bool {
    Command::new("unshare").args(["-rn", "true"]).output().is_ok_and(|output| output.status.success())
}

fn builds_without_a_network(helm: &Path) {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "hello");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock", "--helm", helm.to_str().unwrap()]).exits(0);
    shell.run(&["vendor"]).exits(0);
    let build = || {
        let mut command = Command::new("unshare");
        command.args(["-rn", env!("CARGO_BIN_EXE_hlc"), "build", "workloads"]).current_dir(shell.path(""));
        command.env_clear().env("HOME", shell.path("")).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Ran::of(command.env("HLC_CACHE", shell.path("cache")).env("HLC_HELM", helm)).exits(0)
    };
    let built = || shell.read("app/web/ConfigMap.web.k8s.yaml");
    build();
    assert!(built().contains("word: hello"), "{}", built());
    // From vendor/ alone, without what the cache remembers.
    fs::remove_dir_all(shell.path("cache")).unwrap();
    fs::remove_dir_all(shell.path("app")).unwrap();
    build();
    assert!(built().contains("word: hello"));
    // And from the cache alone.
    fs::remove_dir_all(shell.path("vendor")).unwrap();
    shell.run(&["fetch"]).exits(0);
    build().says("wrote 0 files, 2 unchanged");
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

/// A chart with one of everything: subchart under another name, library, imported values, `tpl`, `lookup`, hooks, tests, definitions,
/// notes, capabilities, random material.
fn builds_the_chart_of_tests(helm: &Path) {
    let shell = Shell::new(&[]);
    copy(&repository().join("tests/charts/shop"), &shell, "charts/shop");
    let workload = |inside: &str| {
        let text = format!(
            "workload \"shop\" category=\"apps\" {{\n    namespace \"shop\"\n    chart \"shop\" version=\"1.0.0\" repo=\"./charts\" \
             deliver=\"rendered\" hooks=\"argocd\" freeze=#true {{\n        {inside}\n    }}\n}}\n"
        );
        shell.write("w/shop.kdl", &text);
    };
    workload("values { hosts { - a b; }; database name=\"pg\"; databse enabled=#true; }");
    let helm = helm.to_str().unwrap();
    shell.run(&["lock", "--helm", helm]).exits(0);
    let build = ["build", "workloads", "--helm", helm];
    // Named once, with the nearest key; nothing else is wrong.
    let ran = shell.run(&build).exits(0).says("never reads the value `databse`").says("did you mean `database`?");
    assert!(ran.stderr.contains("1 warning") || ran.stderr.contains("2 warnings"), "{}", ran.stderr);
    let service = shell.read("app/shop/Service.shop.k8s.yaml");
    for line in [
        "greeting: hello from shop",
        "pool: small",
        "hosts: a,b",
        "kinds: \"true\"",
        "released-to: shop",
        "namespace: shop",
    ] {
        assert!(service.contains(line), "{line} in\n{service}");
    }
    assert!(shell.read("app/shop/ConfigMap.shop-pg.k8s.yaml").contains("zone: home"));
    assert!(shell.read("app/shop/Job.shop-migrate.k8s.yaml").contains("argocd.argoproj.io/hook: PreSync"));
    assert!(!shell.read("app/shop/Deployment.shop.k8s.yaml").contains("nodeSelector"));
    assert!(shell.path("app/shop/CustomResourceDefinition.widgets.shop.example.net.k8s.yaml").exists());
    assert!(!shell.path("app/shop/Pod.shop-test.k8s.yaml").exists());
    // The password stays, also when nothing is known of the last rendering but what it wrote.
    let secret = shell.read("app/shop/Secret.shop.k8s.yaml");
    assert!(secret.contains("password: "), "{secret}");
    std::fs::remove_dir_all(shell.path("cache")).unwrap();
    shell.run(&["lock", "--helm", helm]).exits(0);
    shell.run(&build).exits(0);
    assert_eq!(shell.read("app/shop/Secret.shop.k8s.yaml"), secret);
    // Other values make another one.
    workload("values { hosts { - c; }; }");
    shell.run(&build).exits(0);
    assert_ne!(shell.read("app/shop/Secret.shop.k8s.yaml"), secret);
}

pub(crate) fn copy(from: &Path, shell: &Shell, to: &str) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = format!("{to}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() { copy(&path, shell, &to) } else { shell.write(&to, &std::fs::read_to_string(&path).unwrap()) }
    }
}
