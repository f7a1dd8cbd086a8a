//! `hlc lock` and `hlc outdated`.

use std::fs;

use hlc_chart::Digest;
use libtest_mimic::Trial;

use crate::publisher::Publisher;
use crate::shell::Shell;
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("lock::pins_and_stays", pins_and_stays),
        trial("lock::only_what_changed_is_taken_anew", only_what_changed_is_taken_anew),
        trial("build::a_value_renders_one_release", a_value_renders_one_release),
        trial("lock::update_takes_what_is_published_now", update_takes_what_is_published_now),
        trial("lock::check_writes_nothing", check_writes_nothing),
        trial("lock::says_all_that_cannot_be_had", says_all_that_cannot_be_had),
        trial("lock::bad_archives_are_refused", bad_archives_are_refused),
        trial("lock::a_chart_that_refuses", a_chart_that_refuses),
        trial("lock::without_helm", without_helm),
        trial("lock::charts_of_the_project", charts_of_the_project),
        trial("lock::charts_beside_each_other", charts_beside_each_other),
        trial("lock::made_up_names_stay_locked", made_up_names_stay_locked),
        trial("lock::after_a_merge_conflict", after_a_merge_conflict),
        trial("lock::other_mistakes_drop_nothing", other_mistakes_drop_nothing),
        trial("outdated::lists_newer_versions", lists_newer_versions),
    ]
}

fn pins_and_stays() {
    let publisher = Publisher::new();
    let (web, db) = (publisher.chart("web", "1.0.0", "a"), publisher.chart("db", "2.0.0+b1", "b"));
    publisher.shelf().files.insert("/crds.yaml".into(), crd().into());
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo()), ("db", "2.0.0+b1", &publisher.registry())]);
    let url = publisher.server.url("/crds.yaml");
    shell.write(
        "w/platform.kdl",
        &format!("platform {{ addon \"crds\" namespace=\"kube-system\" {{ manifests \"{url}\"; }}; }}\n"),
    );
    shell.run(&["lock"]).exits(0).says("wrote hlc.lock: 2 charts, 2 releases, 1 file of manifests");
    let lock = shell.read("hlc.lock");
    for part in [&format!("digest \"{web}\""), &format!("digest \"{db}\""), "kube-version \">=1.20.0-0\"", "Widget"] {
        assert!(lock.contains(part), "{part}\n{lock}");
    }
    assert!(lock.contains("ConfigMap \"web\" apiVersion=\"v1\" namespace=\"web\""), "{lock}");
    let before = fs::metadata(shell.path("hlc.lock")).unwrap();
    let asked = publisher.server.asked().len();
    shell.run(&["lock"]).exits(0).says("hlc.lock is up to date");
    assert_eq!(fs::metadata(shell.path("hlc.lock")).unwrap().modified().unwrap(), before.modified().unwrap());
    assert_eq!((publisher.server.asked().len(), shell.renderings()), (asked, 4));
    assert_eq!(shell.cached("tmp").len(), 0);
}

fn crd() -> &'static str {
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.net}\nspec: {group: \
     example.net, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true}]}\n"
}

fn only_what_changed_is_taken_anew() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "2.0.0", "b");
    let repo = publisher.repo();
    let shell = Shell::new(&[("web", "1.0.0", &repo), ("db", "2.0.0", &repo)]);
    shell.run(&["lock"]).exits(0);
    shell.workload("web", "1.0.0", &repo, "size large");
    shell.run(&["lock"]).exits(0).says("rendered from other inputs: 1 release");
    assert_eq!(shell.renderings(), 3);
    let new = publisher.chart("web", "1.1.0", "c");
    shell.workload("web", "1.1.0", &repo, "");
    shell.run(&["lock"]).exits(0).says(&format!("+ web 1.1.0 {new}")).says("- web 1.0.0");
    assert_eq!(publisher.server.count("/repo/files/db-2.0.0.tgz"), 1);
}

/// Counted in runs of Helm, not in time.
fn a_value_renders_one_release() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "2.0.0", "b");
    let repo = publisher.repo();
    let shell = Shell::new(&[("web", "1.0.0", &repo), ("db", "2.0.0", &repo)]);
    let build = || {
        shell.run(&["build", "workloads"]).exits(0);
        shell.renderings()
    };
    shell.run(&["lock"]).exits(0);
    assert_eq!((build(), build()), (2, 2));
    shell.workload("web", "1.0.0", &repo, "size large");
    assert_eq!((build(), build()), (3, 3));
    // Only what is damaged is made anew.
    let mut notes = shell.cached("renders");
    notes.sort();
    let damaged = notes.first().unwrap();
    fs::remove_file(damaged).unwrap();
    fs::write(damaged, "half a no").unwrap();
    shell.workload("web", "1.0.0", &repo, "");
    let mended = build();
    shell.workload("web", "1.0.0", &repo, "size large");
    assert_eq!((build().max(mended), build()), (4, 4));
}

fn update_takes_what_is_published_now() {
    let publisher = Publisher::new();
    let old = publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock"]).exits(0);
    let new = publisher.chart("web", "1.0.0", "other");
    shell.run(&["lock"]).exits(0).says("up to date");
    shell.run(&["lock", "--update", "wob"]).exits(1).says("did you mean `web`?");
    shell.run(&["lock", "--update", "web"]).exits(0).says(&format!("~ web 1.0.0 {new} was {old}"));
    assert!(shell.read("hlc.lock").contains(&new.to_string()));
}

fn check_writes_nothing() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock", "--check"]).exits(1).says("hlc.lock is out of date: run `hlc lock`");
    assert!(!shell.path("hlc.lock").exists());
    shell.run(&["lock"]).exits(0);
    shell.run(&["lock", "--check"]).exits(0);
}

fn says_all_that_cannot_be_had() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("wrong", "1.0.0", "a");
    publisher.shelf().wrong_index = Some(Digest::of(b"else"));
    let (repo, registry) = (publisher.repo(), publisher.registry());
    let shell = Shell::new(&[
        ("web", "9.9.9", &repo),
        ("wob", "1.0.0", &repo),
        ("wrong", "1.0.0", &repo),
        ("none", "1.0.0", &registry),
        ("lost", "1.0.0", &publisher.server.url("/nowhere")),
    ]);
    let ran = shell.run(&["lock"]).exits(1);
    let ran = ran
        .says("has no version `9.9.9` of `web`")
        .says("it has 1.0.0")
        .says("has no chart `wob`")
        .says("did you mean `web`?");
    let ran =
        ran.says(&format!("wrong 1.0.0 is not what the repository's index says: expected {}", Digest::of(b"else")));
    ran.says("has no chart `none`").says("/nowhere/index.yaml answers 404");
    assert!(!shell.path("hlc.lock").exists());
    let shell = Shell::new(&[("web", "9.9.9", &registry)]);
    shell.run(&["lock"]).exits(1).says("has no version `9.9.9` of `web`").says("it has 1.0.0");
}

fn bad_archives_are_refused() {
    let publisher = Publisher::new();
    publisher.shelf().charts.insert(("web".into(), "1.0.0".into()), b"no archive".to_vec());
    publisher.archive("db", "1.0.0", &[("Chart.yaml".into(), "name: other\nversion: 1.0.0\n".into())]);
    let repo = publisher.repo();
    let shell = Shell::new(&[("web", "1.0.0", &repo), ("db", "1.0.0", &repo)]);
    let ran = shell.run(&["lock"]).exits(1);
    ran.says("the archive of web 1.0.0 is refused").says("the archive of db 1.0.0 holds other 1.0.0");
    assert_eq!(shell.cached("blobs").len(), 0);
}

fn a_chart_that_refuses() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.write(
        "bin/helm",
        "#!/bin/sh\nif [ \"$1\" = version ]; then printf v4.3.1; exit; fi\necho 'Error: execution error at (web/templates/a.yaml:3:5): size \
         is required' >&2; exit 1\n",
    );
    let ran = shell.run(&["lock"]).exits(1);
    ran.says("release `web` of chart web 1.0.0 (w/web.kdl:3:11) cannot be rendered at templates/a.yaml:3 of the chart: size is required");
    assert!(!shell.path("hlc.lock").exists());
}

fn without_helm() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo()), ("db", "1.0.0", &publisher.repo())]);
    fs::remove_file(shell.path("bin/helm")).unwrap();
    let ran = shell.run(&["lock"]).exits(1).says("there is no `helm` on the PATH").says("--helm or HLC_HELM");
    assert_eq!(ran.said().matches("PATH").count(), 1);
    shell.run(&["lock", "--helm", "bin/none"]).exits(1).says("`bin/none`, which --helm names, cannot be used");
}

fn charts_of_the_project() {
    let publisher = Publisher::new();
    publisher.chart("lib", "1.2.0", "a");
    publisher.chart("lib", "1.9.0", "a");
    publisher.chart("lib", "2.0.0", "a");
    let shell = Shell::new(&[]);
    shell.write("w/web.kdl", "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"0.1.0\" repo=\"./charts\" deliver=\"rendered\"\n}\n");
    let chart = format!(
        "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {{name: lib, version: 1.x, repository: {}}}\n",
        publisher.repo()
    );
    shell.write("charts/web/Chart.yaml", &chart);
    shell.write("charts/web/templates/a.yaml", "a: 1\n");
    shell.run(&["lock"]).exits(0);
    assert!(shell.read("hlc.lock").contains("dependency \"lib\" version=\"1.9.0\""), "{}", shell.read("hlc.lock"));
    // What is locked stays, also where the range takes a newer one.
    publisher.chart("lib", "1.10.0", "a");
    fs::remove_dir_all(shell.path("cache")).unwrap();
    shell.run(&["fetch"]).exits(0);
    shell.run(&["build", "workloads"]).exits(0);
    shell.write("charts/web/templates/a.yaml", "a: 2\n");
    shell.run(&["lock", "--check"]).exits(1).says("~ web 0.1.0");
    // What is locked is not what is there: nothing is made of either.
    shell
        .run(&["build", "workloads"])
        .exits(1)
        .says("HLC0707")
        .says("chart `web` 0.1.0 was changed after it was locked");
    shell.run(&["lock"]).exits(0);
    shell.run(&["build", "workloads"]).exits(0);
    shell.write("charts/web/Chart.yaml", &chart.replace("0.1.0", "0.2.0"));
    let ran = shell.run(&["lock"]).exits(1).says("the folder `charts/web` holds web 0.2.0");
    ran.says("write the name and version that its Chart.yaml says");
}

/// A chart in the project needs one that lies beside it: a change there is one of both.
fn charts_beside_each_other() {
    let shell = Shell::new(&[]);
    shell.write("w/web.kdl", "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    chart \"web\" version=\"0.1.0\" repo=\"./charts\" deliver=\"rendered\"\n}\n");
    let chart = "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: lib, version: 1.x, repository: 'file://../lib'}\n";
    shell.write("charts/web/Chart.yaml", chart);
    shell.write("charts/web/templates/a.yaml", "a: 1\n");
    shell.write("charts/lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n");
    shell.write("charts/lib/templates/_a.tpl", "{{- define \"a\" }}a{{ end }}\n");
    shell.run(&["lock"]).exits(0);
    shell.run(&["check"]).exits(0);
    shell.write("charts/lib/templates/_a.tpl", "{{- define \"a\" }}b{{ end }}\n");
    shell.run(&["check"]).exits(1).says("HLC0707");
    shell.run(&["lock"]).exits(0);
    shell.run(&["check"]).exits(0);
    fs::remove_file(shell.path("charts/web/templates/a.yaml")).unwrap();
    shell.run(&["check"]).exits(1).says("HLC0707");
}

/// What a chart makes up is no reason to lock it anew.
fn made_up_names_stay_locked() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    let job = "printf -- '---\\n# Source: web/templates/a.yaml\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: web-%s}\\n' ";
    let helm = |name: &str| {
        shell.program(
            "bin/helm",
            &format!("#!/bin/sh\nif [ \"$1\" = version ]; then printf v4.3.1; exit; fi\n{job}{name}\n"),
        );
        let _ = fs::remove_dir_all(shell.path("cache"));
    };
    helm("$(/usr/bin/date +%N)");
    shell.run(&["lock"]).exits(0);
    let lock = shell.read("hlc.lock");
    helm("$(/usr/bin/date +%N)");
    shell.run(&["lock", "--check"]).exits(0);
    assert_eq!(shell.read("hlc.lock"), lock);
    // Another name that stays is another one.
    helm("other");
    shell.run(&["lock", "--check"]).exits(1);
}

fn after_a_merge_conflict() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    let shell = Shell::new(&[("web", "1.0.0", &publisher.repo())]);
    shell.run(&["lock"]).exits(0);
    let lock = shell.read("hlc.lock");
    shell.write("hlc.lock", &format!("<<<<<<< ours\n{lock}=======\n{lock}>>>>>>> theirs\n"));
    shell.run(&["fetch"]).exits(1).says("HLC0420");
    shell.run(&["lock"]).exits(0).says("nothing of hlc.lock can be kept");
    assert_eq!(shell.read("hlc.lock"), lock);
}

fn other_mistakes_drop_nothing() {
    let publisher = Publisher::new();
    publisher.chart("web", "1.0.0", "a");
    publisher.chart("db", "1.0.0", "b");
    let repo = publisher.repo();
    let shell = Shell::new(&[("web", "1.0.0", &repo), ("db", "1.0.0", &repo)]);
    shell.run(&["lock"]).exits(0);
    let lock = shell.read("hlc.lock");
    shell.write("w/db.kdl", "workload \"db\" category=\"apps\" {\n    namespace \"db\"\n    chart \"db\"\n}\n");
    shell.run(&["lock"]).exits(0).says("nothing is dropped from hlc.lock").says("up to date");
    assert_eq!(shell.read("hlc.lock"), lock);
    fs::remove_file(shell.path("w/db.kdl")).unwrap();
    shell.run(&["lock"]).exits(0).says("- db 1.0.0");
}

fn lists_newer_versions() {
    let publisher = Publisher::new();
    for version in ["1.0.0", "1.4.0", "2.1.0", "3.0.0-rc.1"] {
        publisher.chart("web", version, "a");
        publisher.chart("db", version, "a");
    }
    let (repo, registry) = (publisher.repo(), publisher.registry());
    let shell = Shell::new(&[("web", "1.0.0", &repo), ("db", "2.1.0", &registry)]);
    let ran = shell.run(&["outdated"]).exits(0).says("2 charts, 1 outdated");
    let rows: Vec<Vec<&str>> = ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows,
        [
            vec!["CHART", "USED", "COMPATIBLE", "NEWEST", "WHERE"],
            vec!["web", "1.0.0", "1.4.0", "2.1.0", "w/web.kdl:3:11"]
        ]
    );
    let ran = shell.run(&["outdated", "--format", "json"]).exits(0);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["charts"][0]["newest"], "2.1.0");
}
