//! The lock file read.

use std::sync::Arc;

use hlc_diag::{Code, Diagnostic, FileId, Severity, Span};
use hlc_schema::free::{FreeEntry, FreeKind};
use hlc_schema::{Cx, Data, DataValue, Free, Map, Node, NodeDecl, ObjectNode, Source, Spanned};

use super::{Lock, LockedChart, LockedDependency, LockedManifests, LockedRelease, VERSION};
use crate::surface::{self, SurfaceObject};
use crate::{ChartSource, Digest};

/// Every finding about lock files.
pub const CODES: &[&Code] = &[&UNREADABLE];

/// A lock file that hlc did not write like that.
pub static UNREADABLE: Code = Code {
    id: "HLC0420",
    name: "lock-unreadable",
    severity: Severity::Error,
    summary: "a lock file that is not as `hlc lock` writes it",
    explain: "The lock file says which bytes each chart has, so that nothing is taken from one that somebody edited or that a \
              merge broke. Run `hlc lock`: it writes the file anew, and asks for a digest again only where none is left. A file \
              of a newer hlc is read by that one.",
    bad: "",
    good: "",
};

/// What the file begins with.
#[derive(Debug, Node)]
#[node(name = "lock", example = "lock version=1")]
struct Head {
    /// The form of the file.
    #[prop]
    version: Spanned<u32>,
}

/// A chart.
#[derive(Debug, Node)]
#[node(
    name = "chart",
    id = "locked-chart",
    example = r#"chart "web" version="1.0.0" repo="https://charts.example.net" {
    digest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}"#
)]
struct ChartNode {
    /// Its name.
    #[arg]
    name: Spanned<String>,
    /// Its version.
    #[prop]
    version: Spanned<String>,
    /// Its repository.
    #[prop]
    repo: Spanned<String>,
    /// The digest of its archive.
    #[prop]
    digest: Spanned<Digest>,
    /// The versions of Kubernetes that it takes.
    #[prop]
    kube_version: Option<Spanned<String>>,
    /// The charts within its archive.
    #[block]
    dependency: Vec<DependencyNode>,
    /// The whole node.
    #[span]
    span: Span,
}

/// A chart within another's archive.
#[derive(Debug, Node)]
#[node(name = "dependency", example = r#"dependency "db" version="1.0.0""#)]
struct DependencyNode {
    /// Its name.
    #[arg]
    name: Spanned<String>,
    /// Its version.
    #[prop]
    version: Spanned<String>,
}

/// A file at a URL.
#[derive(Debug, Node)]
#[node(
    name = "manifests",
    id = "locked-manifests",
    example = r#"manifests "https://example.net/crds.yaml" {
    digest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}"#
)]
struct ManifestsNode {
    /// Where it is.
    #[arg]
    url: Spanned<String>,
    /// The digest of its bytes.
    #[prop]
    digest: Spanned<Digest>,
    /// What is kept of its objects.
    #[objects]
    objects: Vec<ObjectNode>,
    /// The whole node.
    #[span]
    span: Span,
}

/// A release.
#[derive(Debug, Node)]
#[node(
    name = "release",
    id = "locked-release",
    example = r#"release "web" owner="workload.web" {
    inputs "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}"#
)]
struct ReleaseNode {
    /// Its name.
    #[arg]
    name: Spanned<String>,
    /// The node that it stands in.
    #[prop]
    owner: Spanned<String>,
    /// The digest of what it was rendered from.
    #[prop]
    inputs: Spanned<Digest>,
    /// What is kept of its objects.
    #[objects]
    objects: Vec<ObjectNode>,
    /// The whole node.
    #[span]
    span: Span,
}

const NODES: &[fn() -> &'static NodeDecl] =
    &[Head::decl, ChartNode::decl, DependencyNode::decl, ManifestsNode::decl, ReleaseNode::decl];

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// One finding of kind [`UNREADABLE`], at the first place that is wrong.
    pub fn read(file: FileId, text: Arc<str>) -> Result<Self, Box<Diagnostic>> {
        let parsed = hlc_syntax::parse(file, text);
        if let Some(found) = parsed.diagnostics.iter().find(|found| found.is_error()) {
            return Err(unreadable(found.primary.span, &found.message));
        }
        let mut cx = Cx::new(NODES, |_| None);
        let mut lock = Self::default();
        let mut head = None;
        for node in parsed.document.nodes() {
            let source = Source::Node(node);
            match node.name().as_ref() {
                "lock" if head.is_none() => head = Head::decode(source, &mut cx),
                "chart" => lock.charts.extend(ChartNode::decode(source, &mut cx).map(chart)),
                "manifests" => {
                    if let Some(found) = ManifestsNode::decode(source, &mut cx) {
                        lock.manifests.push(manifests(&found)?);
                    }
                }
                "release" => {
                    if let Some(found) = ReleaseNode::decode(source, &mut cx) {
                        lock.releases.push(release(&found)?);
                    }
                }
                name => return Err(unreadable(node.name_span(), &format!("no `{name}` belongs here"))),
            }
            if let Some(head) = head.as_ref().filter(|head| head.version.value > VERSION) {
                return Err(Box::new(
                    Diagnostic::new(
                        &UNREADABLE,
                        head.version.span,
                        format!("this lock file has form {}, which a newer hlc has written", head.version.value),
                    )
                    .help(format!("use that hlc; this one knows form {VERSION}")),
                ));
            }
            if let Some(found) = cx.diagnostics.iter().find(|found| found.is_error()) {
                return Err(unreadable(found.primary.span, &found.message));
            }
        }
        if head.is_none() {
            return Err(unreadable(Span::new(file, 0, 0), "it does not begin with `lock`"));
        }
        Ok(lock)
    }
}

fn unreadable(span: Span, message: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(&UNREADABLE, span, format!("the lock file cannot be read: {message}"))
            .help("run `hlc lock`, which writes it anew"),
    )
}

fn chart(node: ChartNode) -> LockedChart {
    let dependency = |node: DependencyNode| LockedDependency { name: node.name.value, version: node.version.value };
    LockedChart {
        source: ChartSource { name: node.name.value, version: node.version.value, repo: node.repo.value },
        digest: node.digest.value,
        kube_version: node.kube_version.map(|range| range.value),
        dependencies: node.dependency.into_iter().map(dependency).collect(),
        span: Some(node.span),
    }
}

fn manifests(node: &ManifestsNode) -> Result<LockedManifests, Box<Diagnostic>> {
    Ok(LockedManifests {
        url: node.url.value.clone(),
        digest: node.digest.value,
        objects: node.objects.iter().map(object).collect::<Result<_, _>>()?,
        span: Some(node.span),
    })
}

fn release(node: &ReleaseNode) -> Result<LockedRelease, Box<Diagnostic>> {
    Ok(LockedRelease {
        owner: node.owner.value.clone(),
        name: node.name.value.clone(),
        inputs: node.inputs.value,
        objects: node.objects.iter().map(object).collect::<Result<_, _>>()?,
        span: Some(node.span),
    })
}

fn object(node: &ObjectNode) -> Result<SurfaceObject, Box<Diagnostic>> {
    let DataValue::Map(mut fields) = literal(&node.body)?.value else {
        return Err(unreadable(node.body.span, "an object is a map"));
    };
    let mut taken = |key: &str| match fields.remove(key).map(|entry| entry.value.value) {
        Some(DataValue::String(text)) => Ok(Some(String::from(text))),
        Some(_) => Err(unreadable(node.name.span, &format!("`{key}` is text"))),
        None => Ok(None),
    };
    let api_version =
        taken("apiVersion")?.ok_or_else(|| unreadable(node.name.span, "an object has its `apiVersion`"))?;
    let namespace = taken("namespace")?;
    let template = taken("from")?.unwrap_or_default();
    let (kind, name) = (node.kind.value.clone(), node.name.value.clone());
    let body = surface::body(&api_version, &kind, &name, namespace.as_deref(), fields, node.name.span);
    Ok(SurfaceObject { template, api_version, kind, name, namespace, body })
}

/// The data that free data is, as long as it refers to nothing.
fn literal(free: &Free) -> Result<Data, Box<Diagnostic>> {
    let value = match &free.kind {
        FreeKind::Literal(value) => value.clone(),
        FreeKind::List(items) => DataValue::List(items.iter().map(literal).collect::<Result<_, _>>()?),
        FreeKind::Map { bases, entries } if bases.is_empty() => {
            let mut map = Map::with_capacity(entries.len());
            for FreeEntry { key, key_span, value } in entries {
                map.insert(key.as_str(), *key_span, literal(value)?);
            }
            DataValue::Map(map)
        }
        FreeKind::Map { .. }
        | FreeKind::Ref(_)
        | FreeKind::Template(_)
        | FreeKind::Secret(_)
        | FreeKind::File(_)
        | FreeKind::Yaml(_)
        | FreeKind::Text { .. } => return Err(unreadable(free.span, "a lock file refers to nothing")),
    };
    Ok(Data::new(value, free.span))
}
