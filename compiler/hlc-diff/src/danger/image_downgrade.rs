//! An older version comes back.

use std::cmp::Ordering;

use hlc_diag::{Code, Severity};
use hlc_schema::Data;

use super::image::{self, Image};
use super::{Danger, Example, Question, Rule};
use crate::{Difference, FieldChange, ObjectChange};

pub(super) const RULE: Rule = Rule { code: &IMAGE_DOWNGRADE, example: EXAMPLE, run };

/// An image or a chart of an older version.
pub(crate) static IMAGE_DOWNGRADE: Code = Code {
    id: "HLC1080",
    name: "image-downgrade",
    severity: Severity::Error,
    summary: "an image or a chart goes back to an older version",
    explain: "Programs bring their data up to date when they start; hardly one can read what a newer version has written, and some \
              damage it. Two tags are compared when both are versions of one image: `1.10.0` is newer than `1.9.0`, `2.0.0-rc.1` \
              older than `2.0.0`.\n\nKeep the newer version, or restore the data of before the upgrade; then accept the danger.",
    bad: "",
    good: "",
};

const EXAMPLE: Example = Example {
    old: "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: web}\nspec: {containers: [{name: web, image: \"web:1.10.0\"}]}\n",
    dangerous: "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: web}\nspec: {containers: [{name: web, image: \
                \"web:1.9.0\"}]}\n",
    fine: "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: web}\nspec: {containers: [{name: web, image: \
           \"web:1.11.0\"}]}\n",
};

fn run(question: &Question<'_>, found: &mut Vec<Danger>) {
    for change in &question.changes.objects {
        for field in &change.fields {
            let Difference::Changed { old, new } = &field.difference else { continue };
            let (Some(old), Some(new)) = (old.as_str(), new.as_str()) else { continue };
            let Some((what, old, new)) = older(change, field, old, new) else { continue };
            found.push(
                Danger::of(&IMAGE_DOWNGRADE, change, format!("{} goes from {what} {old} back to {new}", change.id))
                    .field(&field.path, field.origin)
                    .why("an older version may not read, or may damage, what a newer one has written")
                    .help("keep the newer version, or restore the data of before the upgrade"),
            );
        }
    }
}

/// What goes back, from which version to which.
fn older<'a>(
    change: &ObjectChange,
    field: &FieldChange,
    old: &'a str,
    new: &'a str,
) -> Option<(String, &'a str, &'a str)> {
    match field.path.last_key()? {
        "image" | "imageName" => {
            let (old, new) = (Image::read(old)?, Image::read(new)?);
            let back = old.name == new.name && image::order(old.tag, new.tag) == Some(Ordering::Greater);
            back.then(|| (format!("`{}`", old.name), old.tag, new.tag))
        }
        "targetRevision" if change.id.is("argoproj.io", "Application") => {
            let source = change.new.as_ref()?.body.at(&["spec", "source"])?;
            let chart = source.get("chart").and_then(Data::as_str)?;
            let back = image::order(old, new) == Some(Ordering::Greater);
            back.then(|| (format!("chart `{chart}`"), old, new))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::dangers;

    #[test]
    fn charts_go_back_too() {
        let app = |version: &str| {
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a, namespace: argocd}}\nspec: {{source: {{chart: \
                 redis, targetRevision: {version}}}}}\n"
            )
        };
        let messages: Vec<_> = dangers(&app("2.0.0"), &app("1.9.0")).into_iter().map(|danger| danger.message).collect();
        assert_eq!(messages, ["Application argocd/a goes from chart `redis` 2.0.0 back to 1.9.0"]);
        assert!(dangers(&app("1.9.0"), &app("2.0.0")).is_empty());
    }
}
