//! What machines are told to run is of the cluster's versions.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::free::{Free, FreeKind};
use hlc_schema::{DataValue, Spanned};

use super::{Check, Facts};
use crate::concept::{Talos, Version};
use crate::stack::talos::{entries, patches};

pub(super) const CHECK: Check = Check { codes: &[&VERSION_APART], run };

/// An image of another version than the cluster's.
pub(crate) static VERSION_APART: Code = Code {
    id: "HLC0849",
    name: "version-apart",
    severity: Severity::Warning,
    summary: "an image of another version than the cluster's",
    explain: "Machines start from an image of the cluster's `version`, and are told to install and run that and \
              `kubernetes-version`. A patch that names another image takes one part of that apart from the rest: after the next \
              upgrade it is still the old one. A `file` that is called after another version says what it is not, and where such a \
              file lies on the storage already, it is taken for the image.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
          patch { machine { install image=\"ghcr.io/siderolabs/installer:v1.11.0\" } }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
           patch { machine { install image=\"ghcr.io/example/installer:v1.12.4\" } }\n}",
};

/// Where the machine config names images of Talos (`v1alpha1.InstallConfig`).
const OF_TALOS: &[&[&str]] = &[&["machine", "install", "image"]];

/// Where it names images of Kubernetes, whose tags are the releases of it (`v1alpha1.KubeletConfig`, `APIServerConfig` and so on).
const OF_KUBERNETES: &[&[&str]] = &[
    &["machine", "kubelet", "image"],
    &["cluster", "apiServer", "image"],
    &["cluster", "controllerManager", "image"],
    &["cluster", "scheduler", "image"],
    &["cluster", "proxy", "image"],
];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for talos in &facts.model.talos {
        for block in patches(talos).into_iter().flatten() {
            for (paths, version) in [(OF_TALOS, &talos.version), (OF_KUBERNETES, &talos.kubernetes_version)] {
                let images = paths.iter().filter_map(|path| text_at(&block.value, path));
                found.extend(images.filter_map(|(image, at)| patched(image, at, version)));
            }
        }
        found.extend(talos.image.iter().filter_map(|image| named(image.file.as_ref()?, talos)));
    }
}

/// A text that is written out at a path of free data.
fn text_at<'d>(data: &'d Free, path: &[&str]) -> Option<(&'d str, Span)> {
    let mut data = data;
    for key in path {
        data = &entries(data).iter().find(|entry| entry.key.as_str() == *key)?.value;
    }
    let FreeKind::Literal(DataValue::String(text)) = &data.kind else { return None };
    Some((text, data.span))
}

fn patched(image: &str, at: Span, version: &Spanned<Version>) -> Option<Diagnostic> {
    let image = image.split('@').next()?;
    let (_, tag) = image.rsplit('/').next()?.split_once(':')?;
    // What is no version may be any.
    let other = versions(tag).next().filter(|other| Some(*other) != versions(version.value.as_str()).next())?;
    let message = format!("this image is of v{other}, and the cluster of {}", version.value.as_str());
    Some(
        Diagnostic::new(&VERSION_APART, at, message)
            .label(version.span, "the cluster's version")
            .help("leave the image out of the patch: hlc writes the one of this version"),
    )
}

fn named(file: &Spanned<String>, talos: &Talos) -> Option<Diagnostic> {
    let own = versions(talos.version.value.as_str()).next();
    let other = versions(&file.value).next()?;
    if versions(&file.value).any(|version| Some(version) == own) {
        return None;
    }
    let message = format!("the file is called after v{other}, and holds {}", talos.version.value.as_str());
    Some(
        Diagnostic::new(&VERSION_APART, file.span, message)
            .label(talos.version.span, "the cluster's version")
            .help(format!("call it after {}, or after none", talos.version.value.as_str())),
    )
}

/// The versions `MAJOR.MINOR.PATCH` in a text.
fn versions(text: &str) -> impl Iterator<Item = &str> {
    let is_version = |part: &&str| {
        let numbers: Vec<&str> = part.split('.').collect();
        numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok())
    };
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    parts.map(|part| part.trim_matches('.')).filter(is_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_names() {
        let all = |text| versions(text).collect::<Vec<_>>();
        assert_eq!(all("talos-v1.11.0-base.img"), ["1.11.0"]);
        assert_eq!(all("v1.12.4"), ["1.12.4"]);
        assert_eq!(all("talos-1.12.4.img"), ["1.12.4"]);
        assert_eq!(all("talos-nocloud-amd64-base.img"), Vec::<&str>::new());
        assert_eq!(all("v1.12"), Vec::<&str>::new());
        assert_eq!(all("1.2.3.4"), Vec::<&str>::new());
    }
}
