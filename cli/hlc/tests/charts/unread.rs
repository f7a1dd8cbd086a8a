//! Values that charts never read, in the homelab that the sample was taken from: all that its inventory found by rendering are found
//! by reading templates.
//!
//! Needs what `golden` needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;

use crate::golden::{charts, helm, reference, shelve};
use crate::needs;
use crate::publisher::Publisher;
use crate::shell::{Ran, Shell};

const MISSING: &str = "HLC_CHARTS names no folder of charts, or helm or the reference material is not there";

/// Without effect there, and read all the same, by what.
const READ: [(&str, &str, &str); 4] = [
    ("harbor", "harborAdminPassword", "templates/core/core-secret.yaml; the value is empty there"),
    ("nvidia-device-plugin", "nfd.enabled", "a condition in Chart.yaml; it is off anyway"),
    ("rancher", "hostname", "templates/ingress.yaml; the ingress is switched off"),
    ("trivy-operator", "serviceAccount.name", "templates/_helpers.tpl; the value is what it would be anyway"),
];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        needs("unread::values_of_the_original", charts(), MISSING, finds_all)
            .with_ignored_flag(std::env::var_os("HLC_CHARTS").is_none()),
    ]
}

/// A release of the inventory.
#[derive(Default)]
struct Listed {
    chart: String,
    version: String,
    values: String,
    without_effect: Vec<String>,
}

fn finds_all(folder: &Path) {
    let publisher = Publisher::new();
    shelve(folder, &publisher);
    let listed = inventory(&fs::read_to_string(reference().join("INVENTORY.md")).unwrap());
    let shell = Shell::new(&[]);
    let mut compared = BTreeSet::new();
    for (release, listed) in &listed {
        if !publisher.shelf().charts.contains_key(&(listed.chart.clone(), listed.version.clone())) {
            continue;
        }
        shell.write("values.yaml", &listed.values);
        let values = shell.run(&["import", "values", "values.yaml"]).exits(0).stdout;
        let text = format!(
            "workload \"{release}\" category=\"apps\" {{\n    namespace \"{release}\"\n    chart \"{}\" version=\"{}\" repo=\"{}\" \
             deliver=\"argocd\" kube-version=\"1.34.0\" {{\n{values}\n    }}\n}}\n",
            listed.chart,
            listed.version,
            publisher.repo()
        );
        shell.write(&format!("w/{release}.kdl"), &text);
        compared.insert(release.clone());
    }
    let run = |arguments: &[&str]| Ran::of(shell.command(arguments).env("HLC_HELM", helm()));
    run(&["lock"]).exits(0);
    let checked = run(&["check", "--format", "concise"]);
    let (mut missing, mut found) = (Vec::new(), 0);
    for release in &compared {
        let place = format!("w/{release}.kdl:");
        let said = checked.stdout.lines().chain(checked.stderr.lines()).filter(|line| line.contains(&place));
        let unread: Vec<&str> =
            said.filter_map(|line| line.split_once("never reads the value `")?.1.split('`').next()).collect();
        let covers = |one: &str, other: &str| other == one || other.starts_with(&format!("{one}."));
        for path in &listed[release].without_effect {
            if unread.iter().any(|unread| covers(unread, path) || covers(path, unread)) {
                found += 1;
            } else if !READ.iter().any(|(of, read, _)| (*of, *read) == (release.as_str(), path.as_str())) {
                missing.push(format!("{release}: {path}"));
            }
        }
    }
    assert!(found > 20, "{found} of {compared:?}:\n{}\n{}", checked.stdout, checked.stderr);
    assert_eq!(missing, [""; 0], "{}", checked.stdout);
}

/// The releases of the baseline with their values, as the inventory lists them.
fn inventory(text: &str) -> BTreeMap<String, Listed> {
    let mut charts: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut listed = BTreeMap::new();
    let baseline = text.split("\n## ").find(|part| part.starts_with("3. Baseline")).unwrap();
    let mut lines = baseline.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split('`').collect();
        if line.starts_with("- chart `") {
            let version = words[2].split_whitespace().next().unwrap();
            charts.insert(words[3].to_owned(), (words[1].to_owned(), version.to_owned()));
        } else if line.starts_with("values, release `") {
            let without = line.split_once("no effect on the output").map(|(_, rest)| rest);
            let without = without.map(|rest| rest.split("; equal to").next().unwrap()).unwrap_or_default();
            let without_effect = without.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            let block = lines.by_ref().skip_while(|line| *line != "```yaml").skip(1);
            let values: Vec<&str> = block.take_while(|line| *line != "```").collect();
            let (chart, version) = charts[words[1]].clone();
            listed.insert(words[1].to_owned(), Listed { chart, version, values: values.join("\n"), without_effect });
        }
    }
    listed
}
