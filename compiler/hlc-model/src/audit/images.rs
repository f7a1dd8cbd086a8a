//! Images that can become others.

use hlc_diag::{Code, Diagnostic, Severity};

use super::unseen::in_namespace;
use crate::check::{Facts, containers, pod_template};

/// An image without a digest.
pub(super) static UNPINNED_IMAGE: Code = Code {
    id: "HLC1055",
    name: "unpinned-image",
    severity: Severity::Hint,
    summary: "an image that is not pinned by its digest",
    explain: "Whoever may push to the registry decides what runs: a tag can be moved. A digest (`image:1.2.3@sha256:…`) cannot, and the tag \
              stays for people and update bots to read. A warning where there is no tag at all or it is `latest`. `hlc audit` reports it.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" image=\"ghcr.io/example/web:1.2.3\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    app \"web\" \
           image=\"ghcr.io/example/web:1.2.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\n}",
};

pub(super) fn find(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for object in facts.objects() {
        let spec = pod_template(object).and_then(|template| template.get("spec"));
        for image in spec.into_iter().flat_map(containers).filter_map(|container| container.get("image")) {
            let Some(text) = image.as_str().filter(|text| !text.contains('@')) else { continue };
            let (floats, why) = match tag(text) {
                None => (true, "has no tag"),
                Some("latest") => (true, "is whatever is the latest"),
                Some(_) => (false, "has a tag, but no digest"),
            };
            let message = format!("`{text}` {why}, in {} `{}`{}", object.kind, object.name, in_namespace(object));
            let mut finding = Diagnostic::new(&UNPINNED_IMAGE, image.span, message)
                .help("write the digest behind it: `NAME:TAG@sha256:…`");
            if floats {
                finding.severity = Severity::Warning;
            }
            found.push(finding);
        }
    }
    found
}

/// The tag of an image without a digest.
fn tag(image: &str) -> Option<&str> {
    let name = image.rsplit('/').next()?;
    name.split_once(':').map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_a_registry_is_no_tag() {
        assert_eq!(tag("registry.example.net:5000/web"), None);
        assert_eq!(tag("registry.example.net:5000/web:1"), Some("1"));
        assert_eq!(tag("web:latest"), Some("latest"));
    }
}
