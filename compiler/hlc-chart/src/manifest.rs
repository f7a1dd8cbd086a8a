//! What a renderer writes: objects with the templates they came from, or why a template failed.

use std::fmt;

use hlc_diag::Span;
use hlc_kube::{YamlError, documents_as_helm};
use hlc_schema::{Data, DataValue, MapEntry};

/// An object that a chart renders.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderedObject {
    /// The file that it came from, from the chart's folder: `templates/service.yaml`, `charts/redis/templates/secret.yaml`.
    pub template: String,
    /// The object; every value has the same place.
    pub body: Data,
}

/// Why what was rendered are no objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The template that it came from.
    pub template: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` renders something else than objects: {}", self.template, self.message)
    }
}

impl std::error::Error for ManifestError {}

impl RenderedObject {
    /// The text at the end of a path of keys.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.body.at(path)?.as_str()
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text(&["kind"]).unwrap_or_default()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text(&["metadata", "name"]).unwrap_or_default()
    }
}

/// Reads what `helm template` wrote. Lists are taken apart, empty documents left out, and what is null in maps: to Kubernetes it is not
/// there, and charts write it all the time.
///
/// # Errors
/// YAML that nobody can read, and what is no Kubernetes object.
pub fn objects(manifest: &str, span: Span) -> Result<Vec<RenderedObject>, ManifestError> {
    let mut found = Vec::new();
    for (template, text) in documents(manifest) {
        let fail = |message: String| ManifestError { template: template.to_owned(), message };
        let documents = documents_as_helm(text, span).map_err(|error: YamlError| fail(error.to_string()))?;
        let mut open: Vec<Data> = documents.into_iter().rev().collect();
        while let Some(mut body) = open.pop() {
            if body.value == DataValue::Null {
                continue;
            }
            let is_list = body.get("kind").and_then(Data::as_str).is_some_and(|kind| kind.ends_with("List"));
            if let (true, Some(items)) = (is_list, body.get("items").and_then(Data::as_list)) {
                open.extend(items.iter().rev().cloned());
                continue;
            }
            drop_nulls(&mut body);
            let object = RenderedObject { template: template.to_owned(), body };
            for path in [&["apiVersion"][..], &["kind"], &["metadata", "name"]] {
                if object.text(path).is_none_or(str::is_empty) {
                    return Err(fail(format!("an object has no `{}`", path.join("."))));
                }
            }
            found.push(object);
        }
    }
    Ok(found)
}

fn drop_nulls(data: &mut Data) {
    match &mut data.value {
        DataValue::Map(map) => {
            let is_null =
                |(key, entry): (&str, &MapEntry)| (entry.value.value == DataValue::Null).then(|| key.to_owned());
            let nulls: Vec<String> = map.iter().filter_map(is_null).collect();
            for key in nulls {
                map.remove(&key);
            }
            map.each_value(&mut |_, value| drop_nulls(value));
        }
        DataValue::List(items) => items.iter_mut().for_each(drop_nulls),
        DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::Deferred(_) => {}
    }
}

/// The documents of a manifest with the template each came from.
fn documents(manifest: &str) -> impl Iterator<Item = (&str, &str)> {
    // Helm separates documents by `---` on a line of its own and names the template in the line behind it
    // (helm/pkg/action, `renderResources`: `"---\n# Source: %s\n%s\n"`). A block scalar may hold `---`, but not at the
    // beginning of a line, since it is indented.
    let mut template = "";
    split(manifest).filter_map(move |text| {
        if let Some(rest) = text.trim_start().strip_prefix("# Source: ") {
            template = in_chart(rest.lines().next().unwrap_or_default().trim());
        }
        (!text.trim().is_empty()).then_some((template, one_end(text)))
    })
}

/// A document up to the end of its last line: blank lines in front of the next one belong to nobody, not to a block scalar at
/// the end of this one (`|+`). Helm trims what it installs in the same way (helm/pkg/releaseutil, `SplitManifests`).
fn one_end(text: &str) -> &str {
    let end = text.trim_end().len();
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
    text.get(..end + line).unwrap_or(text)
}

fn split(manifest: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(manifest);
    std::iter::from_fn(move || {
        let text = rest?;
        let is_marker = |at: usize| {
            let before = text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
            let after = text.get(at + 3..).is_some_and(|after| {
                let line = after.lines().next().unwrap_or_default().trim();
                line.is_empty() || line.starts_with('#')
            });
            before && after
        };
        let Some(at) = text.match_indices("---").map(|(at, _)| at).find(|at| is_marker(*at)) else {
            rest = None;
            return Some(text);
        };
        rest = text.get(at + 3..);
        text.get(..at)
    })
}

/// `web/templates/a.yaml` without the chart's own name.
fn in_chart(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, rest)| rest)
}

/// Why a chart could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// Where in the chart, if it is known.
    pub at: Option<TemplatePlace>,
    /// What the renderer says, without the names of places on this machine.
    pub message: String,
}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatePlace {
    /// The file, from the chart's folder.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
}

impl fmt::Display for TemplatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl RenderError {
    /// Reads what `helm template` says when it fails.
    ///
    /// Source: Go's `text/template` (`template: NAME:LINE:COLUMN: executing … at <…>: MESSAGE`), which nests one place into
    /// the next with `include`; the last one is where it went wrong. Helm 4 writes most of these in lines of their own (see
    /// [`in_one_line`]). Helm writes `Error: execution error at (FILE:LINE:COL): MESSAGE` for `fail` and `required`, and `Error: values
    /// don't meet the specifications of the schema(s)…` for schemas.
    #[must_use]
    pub fn from_helm(stderr: &str) -> Self {
        let text = stderr.trim();
        let text = text.find("Error: ").and_then(|at| text.get(at + "Error: ".len()..)).unwrap_or(text);
        let text = text.split("\n\nUse --debug flag").next().unwrap_or(text).trim();
        for start in ["execution error at (", "parse error at ("] {
            if let Some((place, message)) = text.strip_prefix(start).and_then(|rest| rest.split_once("): ")) {
                return Self { at: self::place(place), message: message.trim().to_owned() };
            }
        }
        let text = in_one_line(text);
        let mut at = None;
        let mut message = text.clone();
        for (start, _) in text.match_indices("template: ") {
            let Some(rest) = text.get(start + "template: ".len()..) else { continue };
            if let Some((found, after)) = self::leading_place(rest) {
                at = Some(found);
                after.clone_into(&mut message);
            }
        }
        let what = text.rsplit_once(" at <").and_then(|(_, rest)| rest.split_once(">: "));
        if let (Some(_), Some((what, why))) = (&at, what.filter(|(_, why)| !why.contains("template: "))) {
            message = format!("`{what}`: {why}");
        }
        Self { at, message: message.trim().to_owned() }
    }
}

/// What Helm 4 says in several lines as Go does: `NAME:LINE:COLUMN`, `executing … at <…>:`, `MESSAGE`, and that for each template on
/// the way.
fn in_one_line(text: &str) -> String {
    let is_place = |line: &str| leading_place(&format!("{line}: ")).is_some();
    if !text.lines().next().is_some_and(is_place) {
        return text.to_owned();
    }
    let lines = text.lines().map(str::trim);
    let lines: Vec<String> =
        lines.map(|line| if is_place(line) { format!("template: {line}:") } else { line.to_owned() }).collect();
    lines.join(" ")
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `web/templates/a.yaml:3:12`, `web/templates/a.yaml:3`
fn place(text: &str) -> Option<TemplatePlace> {
    let (file, rest) = text.split_once(':')?;
    let line = rest.split(':').next()?.parse().ok()?;
    Some(TemplatePlace { file: in_chart(file).to_owned(), line })
}

/// A place in a file of a chart at the beginning of a text, and what follows it. What `tpl` was given is no file.
fn leading_place(text: &str) -> Option<(TemplatePlace, &str)> {
    let (place, rest) = text.split_once(": ")?;
    Some((self::place(place).filter(|_| place.contains('/') && !place.contains(' '))?, rest))
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    fn read(manifest: &str) -> Result<Vec<(String, String)>, ManifestError> {
        let found = objects(manifest, Span::new(FileId::new(0), 0, 0))?;
        Ok(found
            .iter()
            .map(|object| (object.template.clone(), format!("{}/{}", object.kind(), object.name())))
            .collect())
    }

    fn pair(template: &str, object: &str) -> (String, String) {
        (template.to_owned(), object.to_owned())
    }

    #[test]
    fn each_object_has_its_template() {
        let manifest = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  \
                        x: |\n    ---\n    y\n---\n# Source: web/charts/db/templates/b.yaml\n# only a comment\n---\n# Source: \
                        web/templates/c.yaml\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: \
                        {name: s}}\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
        assert_eq!(
            read(manifest),
            Ok(vec![
                pair("templates/a.yaml", "ConfigMap/a"),
                pair("templates/c.yaml", "Secret/s"),
                pair("templates/c.yaml", "Pod/p")
            ])
        );
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn blank_lines_between_documents_belong_to_none() {
        let manifest = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: \
                        |+\n    y\n\n\n---\n# Source: web/templates/b.yaml\n";
        let found = objects(manifest, Span::new(FileId::new(0), 0, 0)).unwrap();
        assert_eq!(found[0].text(&["data", "x"]), Some("y\n"));
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_template() {
        let error = read("---\n# Source: web/templates/a.yaml\nkind: Pod\nmetadata: {name: x}\n").unwrap_err();
        assert_eq!(error.template, "templates/a.yaml");
        assert_eq!(error.message, "an object has no `apiVersion`");
        assert_eq!(
            read("---\n# Source: web/templates/a.yaml\n- a\n").unwrap_err().message,
            "an object has no `apiVersion`"
        );
    }

    #[test]
    fn repeated_keys_are_read_as_helm_reads_them() {
        let manifest = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {80: \
                        x, k: a, k: b}\n";
        let found = objects(manifest, Span::new(FileId::new(0), 0, 0)).unwrap();
        assert_eq!(found[0].text(&["data", "k"]), Some("b"));
        assert_eq!(found[0].text(&["data", "80"]), Some("x"));
    }

    #[test]
    fn errors_of_helm() {
        let error = |text: &str| {
            let error = RenderError::from_helm(text);
            (error.at.map(|at| at.to_string()).unwrap_or_default(), error.message)
        };
        assert_eq!(
            error(
                "Error: execution error at (web/templates/d.yaml:12:5): image is required\n\nUse --debug flag to render out invalid YAML"
            ),
            ("templates/d.yaml:12".into(), "image is required".into())
        );
        assert_eq!(
            error(
                "Error: template: web/templates/d.yaml:3:4: executing \"web/templates/d.yaml\" at <include \"x\" .>: error \
                   calling include: template: web/templates/_x.tpl:7:2: executing \"x\" at <.Values.a.b>: nil pointer \
                   evaluating interface {}.b"
            ),
            ("templates/_x.tpl:7".into(), "`.Values.a.b`: nil pointer evaluating interface {}.b".into())
        );
        assert_eq!(
            error(
                "Error: web/templates/d.yaml:3:4\n  executing \"web/templates/d.yaml\" at <include \"x\" .>:\n    error calling \
                 include:\nweb/templates/_x.tpl:7:2\n  executing \"x\" at <.Values.a.b>:\n    nil pointer evaluating interface \
                 {}.b\n\nUse --debug flag to render out invalid YAML"
            ),
            ("templates/_x.tpl:7".into(), "`.Values.a.b`: nil pointer evaluating interface {}.b".into())
        );
        assert_eq!(
            error(
                "Error: template: web/templates/d.yaml:1:3: executing \"web/templates/d.yaml\" at <tpl \"{{ .Values.q.r }}\" .>: error \
                 calling tpl: error during tpl function execution for \"{{ .Values.q.r }}\": template: gotpl:1:10: executing \
                 \"gotpl\" at <.Values.q.r>: nil pointer evaluating interface {}.r"
            ),
            ("templates/d.yaml:1".into(), "`.Values.q.r`: nil pointer evaluating interface {}.r".into())
        );
        assert_eq!(
            error("Error: parse error at (web/templates/d.yaml:3): unexpected EOF"),
            ("templates/d.yaml:3".into(), "unexpected EOF".into())
        );
        assert_eq!(error("Error: something else"), (String::new(), "something else".into()));
    }
}
