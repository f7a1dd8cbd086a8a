use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId, Sources, Span};

use super::*;
use crate::manifest::objects;
use crate::surface::surface;

const MANIFEST: &str = "---\n# Source: web/templates/s.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: \
                        [{port: 80, name: http}]\n  selector: {app.kubernetes.io/name: web, '-': dash}\n---\n# Source: \
                        web/templates/c.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \
                        'system:web'}\n---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: \
                        1.0-web}\ndata: {'a.yaml': 'x: 1'}\n";

fn lock() -> Lock {
    let span = Span::new(FileId::new(0), 0, 0);
    let kept = surface(&objects(MANIFEST, span).unwrap(), "apps");
    let chart = |name: &str, repo: &str| LockedChart {
        source: ChartSource { name: name.into(), version: "1.10".into(), repo: repo.into() },
        digest: Digest::of(name.as_bytes()),
        kube_version: (name == "web").then(|| ">=1.20.0-0".to_owned()),
        dependencies: vec![
            LockedDependency { name: "db".into(), version: "2.0.0".into() },
            LockedDependency { name: "db".into(), version: "1.0.0".into() },
        ],
        span: None,
    };
    Lock {
        charts: vec![chart("web", "https://charts.example.net"), chart("db", "oci://registry.example.net/charts")],
        manifests: vec![LockedManifests {
            url: "https://example.net/crds.yaml".into(),
            digest: Digest::of(b"crds"),
            objects: Vec::new(),
            span: None,
        }],
        releases: vec![LockedRelease {
            owner: "workload.web".into(),
            name: "web".into(),
            inputs: Digest::of(b"inputs"),
            objects: kept,
            span: None,
        }],
    }
}

fn read(text: &str) -> Result<Lock, Box<Diagnostic>> {
    Lock::read(FileId::new(0), Arc::from(text))
}

/// Without places, which only a file has.
fn bare(lock: &Lock) -> String {
    lock.write()
}

#[test]
fn written_sorted_and_read_again() {
    let written = lock().write();
    insta::assert_snapshot!(written);
    let read = read(&written).unwrap();
    assert_eq!(bare(&read), written);
    assert_eq!(read.release("workload.web", "web").unwrap().objects.len(), 3);
    assert_eq!(read.chart(&lock().charts[0].source).unwrap().digest, Digest::of(b"web"));
}

#[test]
fn the_order_it_was_found_in_does_not_matter() {
    let mut other = lock();
    other.charts.reverse();
    other.releases[0].objects.reverse();
    other.charts.iter_mut().for_each(|chart| chart.dependencies.reverse());
    assert_eq!(other.write(), lock().write());
}

#[test]
fn formatting_leaves_it_as_it_is() {
    let mut sources = Sources::default();
    let written = lock().write();
    let file = sources.add("hlc.lock", written.as_str());
    let parsed = hlc_syntax::parse(file, Arc::from(written.as_str()));
    assert_eq!(hlc_syntax::format(&parsed.document).ok().as_deref(), Some(written.as_str()));
}

#[test]
fn what_hlc_did_not_write_is_refused_at_its_place() {
    let refused = |text: &str| {
        let found = read(text).unwrap_err();
        assert_eq!(found.code.id, "HLC0420");
        (text.get(found.primary.span.range()).unwrap().to_owned(), found.message)
    };
    let head = "lock version=1\n";
    assert_eq!(refused("lock version=2\n").0, "2");
    assert!(refused("lock version=2\n").1.contains("newer hlc"));
    assert_eq!(refused(&format!("{head}surprise \"x\"\n")).0, "surprise");
    assert_eq!(
        refused(&format!("{head}<<<<<<< ours\n{head}")).1.split(':').next(),
        Some("the lock file cannot be read")
    );
    assert_eq!(
        refused(&format!("{head}chart \"a\" version=\"1\" repo=\"x\" digest=\"sha256:00\"\n")).0,
        "\"sha256:00\""
    );
    let release = |object: &str| {
        let inputs = Digest::of(b"");
        refused(&format!("{head}release \"a\" owner=\"workload.a\" inputs=\"{inputs}\" {{\n    {object}\n}}\n"))
    };
    assert_eq!(release("Service \"a\"").1, "the lock file cannot be read: an object has its `apiVersion`");
    assert_eq!(release("Service \"a\" apiVersion=\"v1\" { spec (ref)network.lan }").0, "network.lan");
    assert!(refused("").1.contains("does not begin"));
}

#[test]
fn one_file_for_each_root() {
    assert_eq!(path("homelab.kdl"), "hlc.lock");
    assert_eq!(path("staging.kdl"), "staging.lock");
}
