//! `hlc import` as a shell runs it.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn hlc(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn values_become_a_block() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("v.yaml"), "# why\nreplicas: 2\nimage: {tag: '1.10'}\nargs: [a, b]\n").unwrap();
    let done = hlc(folder.path(), &["import", "values", "v.yaml"]);
    assert_eq!(text(&done.stderr), "note: 1 comment is not carried over\n");
    assert_eq!(text(&done.stdout), "values replicas=2 {\n    image tag=\"1.10\"\n    args { - a b }\n}\n");
}

#[test]
fn a_folder_becomes_a_workload() {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    std::fs::create_dir(&web).unwrap();
    let objects = "kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: web}}\n---\n---\n\
                   apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: web}\ndata: {a: \"x\\ny\\n\"}\n";
    std::fs::write(web.join("all.yml"), objects).unwrap();
    let done = hlc(folder.path(), &["import", "yaml", "web", "--out", "web.kdl"]);
    assert_eq!(text(&done.stderr), "wrote web.kdl\n");
    let made = std::fs::read_to_string(folder.path().join("web.kdl")).unwrap();
    let wanted = "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"c\" {\n        data {\n            \
                  a \"\"\"\n                x\n                y\n\n                \"\"\"\n        }\n    }\n}\n";
    assert_eq!(made, wanted);

    let again = hlc(folder.path(), &["import", "yaml", "web", "--out", "web.kdl"]);
    assert!(!again.status.success() && text(&again.stderr).contains("`web.kdl` is there already"));
    assert!(hlc(folder.path(), &["import", "yaml", "web", "--out", "web.kdl", "--overwrite"]).status.success());
    assert!(hlc(folder.path(), &["import", "yaml", "web", "--out", "new/folder/web.kdl"]).status.success());
    assert_eq!(std::fs::read_to_string(folder.path().join("new/folder/web.kdl")).unwrap(), wanted);
}

#[test]
fn bad_yaml_is_refused_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (yaml, message) in [
        ("a: 1\na: 2\n", "bad.yaml:2:1: the key `a` stands here a second time"),
        ("80: x\n", "bad.yaml:1:1: the key `80` is not text"),
        ("- a\n", "`bad.yaml` holds a list, not the values of a chart"),
    ] {
        std::fs::write(folder.path().join("bad.yaml"), yaml).unwrap();
        let done = hlc(folder.path(), &["import", "values", "bad.yaml"]);
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(1), ""));
        assert!(text(&done.stderr).contains(message), "{}", text(&done.stderr));
    }
    std::fs::write(folder.path().join("bad.yaml"), "kind: ConfigMap\n").unwrap();
    let done = hlc(folder.path(), &["import", "yaml", "bad.yaml"]);
    assert!(text(&done.stderr).contains("object 1: it has no `apiVersion`"), "{}", text(&done.stderr));
    std::fs::write(
        folder.path().join("bad.yaml"),
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    )
    .unwrap();
    let done = hlc(folder.path(), &["import", "yaml", "bad.yaml"]);
    assert!(text(&done.stderr).contains("`kustomize build`"), "{}", text(&done.stderr));
}

#[test]
fn folders_become_workloads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        std::fs::create_dir_all(folder.path().join("all").join(name)).unwrap();
        let object =
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: {name}}}\ndata: {{x: z}}\n");
        std::fs::write(folder.path().join("all").join(name).join("c.yaml"), object).unwrap();
    }
    let done = hlc(folder.path(), &["import", "yaml", "all"]);
    assert_eq!(text(&done.stderr), "note: 2 workloads, one for each folder; with --name it is one\n");
    let block = |name: &str| {
        format!(
            "workload \"{name}\" category=\"apps\" {{\n    (existing)namespace \"{name}\"\n    ConfigMap \"c\" {{ data x=z }}\n}}\n"
        )
    };
    assert_eq!(text(&done.stdout), format!("{}\n{}", block("a"), block("b")));
    let done = hlc(folder.path(), &["import", "yaml", "all", "--name", "one"]);
    assert!(text(&done.stdout).starts_with("workload \"one\""), "{}", text(&done.stdout));
}

#[test]
fn a_second_import_is_as_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let root = "homelab \"home\" domain=\"example.net\" {\n    category \"apps\"\n    include \"workloads/*.kdl\"\n}\n";
    std::fs::write(folder.path().join("homelab.kdl"), root).unwrap();
    let objects = "{apiVersion: v1, kind: Namespace, metadata: {name: web}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: \
                   c, namespace: web}, data: {a: b}}\n";
    std::fs::write(folder.path().join("web.yaml"), objects).unwrap();
    let import = || {
        let done = hlc(folder.path(), &["import", "yaml", "web.yaml", "--out", "workloads/web.kdl", "--overwrite"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        std::fs::read_to_string(folder.path().join("workloads/web.kdl")).unwrap()
    };
    let first = import();
    assert!(first.contains("    namespace \"web\"\n"), "{first}");
    assert_eq!(import(), first);
}
