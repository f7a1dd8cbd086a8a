//! Drawings of one change of everything.

use hlc_diag::Sources;
use hlc_diag::render::termcolor::NoColor;

use super::*;
use crate::testing::changes;
use crate::{Exposure, MAX_REMOVED, Question, dangers};

const OLD: &str = include_str!("tests/old.yaml");
const NEW: &str = include_str!("tests/new.yaml");

fn draw(old: &str, new: &str, whole: bool, drawing: impl FnOnce(&Report<'_>) -> String) -> String {
    let changes = changes(old, new);
    let after = Exposure::default();
    let dangers = dangers(&Question { changes: &changes, before: None, after: &after, max_removed: MAX_REMOVED });
    let accepted = ["HLC1080".parse().unwrap()];
    let mut sources = Sources::default();
    sources.add("web.kdl", "// a line\nworkload\n");
    let against = Against {
        name: "branch origin/main-manifests".to_owned(),
        commit: Some("0123456789abcdef".to_owned()),
        committed: Some(0),
        age: Some("3 days ago".to_owned()),
    };
    let report = Report {
        changes: &changes,
        dangers: &dangers,
        accepted: &accepted,
        sources: &sources,
        against: &against,
        whole,
    };
    drawing(&report)
}

fn as_human(report: &Report<'_>) -> String {
    let mut out = NoColor::new(Vec::new());
    human(&mut out, report).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

fn as_concise(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    concise(&mut out, report).unwrap();
    String::from_utf8(out).unwrap()
}

fn as_json(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    json(&mut out, report).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn drawings() {
    insta::assert_snapshot!("human", draw(OLD, NEW, false, as_human));
    insta::assert_snapshot!("whole", draw(OLD, NEW, true, as_human));
    insta::assert_snapshot!("concise", draw(OLD, NEW, false, as_concise));
    insta::assert_snapshot!("json", draw(OLD, NEW, false, as_json));
    insta::assert_snapshot!("markdown", draw(OLD, NEW, false, markdown));
}

#[test]
fn no_drawing_shows_a_secret() {
    // The broken file is none that a plan could make.
    let sound = OLD.replace("a: [canary", "").replace("mode: foreign", "");
    let old_plan = sound.split("---\n").filter(|one| one.contains("kind:")).collect::<Vec<_>>().join("---\n");
    for whole in [false, true] {
        for (old, new) in [(OLD, NEW), (NEW, old_plan.as_str()), ("", &old_plan), (OLD, "")] {
            for drawing in [as_human, as_concise, as_json, markdown] {
                let drawn = draw(old, new, whole, drawing);
                assert!(!drawn.contains("canary") && !drawn.contains("Y2FuYXJ5"), "{drawn}");
            }
        }
    }
}

#[test]
fn a_comment_stays_short_enough() {
    let object = |index: usize, value: &str| {
        let text = format!("    {value} ```` @everybody\n").repeat(300);
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{index}, namespace: w}}\ndata:\n  a: |\n{text}")
    };
    let all = |value: &str| (0..60).map(|index| object(index, value)).collect::<Vec<_>>().join("---\n");
    let drawn = draw(&all("old"), &all("new"), false, markdown);
    assert!(drawn.len() <= MARKDOWN_LIMIT && drawn.len() > MARKDOWN_LIMIT / 2, "{}", drawn.len());
    assert!(drawn.contains("more objects did not fit here"), "{drawn}");
    assert!(drawn.contains("\n`````diff\n"), "{drawn}");
    let sets: Vec<_> = (0..600)
        .map(|index| format!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: a{index}, namespace: w}}\n"))
        .collect();
    let drawn = draw(&sets.join("---\n"), "", false, markdown);
    assert!(drawn.len() <= MARKDOWN_LIMIT && drawn.contains("more dangers"), "{}", drawn.len());
}

#[test]
fn nothing_of_a_tree_reaches_a_terminal_raw() {
    let object = |value: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: \"a\\e[31m\", namespace: w}}\ndata: {{a: \"{value}\"}}\n"
        )
    };
    for value in ["\\e[2J", "\\u202e", "a\\nb\\e[2J"] {
        let drawn = draw(&object("x"), &object(value), true, as_human);
        assert!(!drawn.contains(['\u{1b}', '\u{202e}']), "{drawn:?}");
    }
}

#[test]
fn large_texts_end() {
    let text = |word: &str| (0..12_000).map(|line| format!("    {word} {line}\n")).collect::<String>();
    let object = |word: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: w}}\ndata:\n  a: |\n{}", text(word))
    };
    let drawn = draw(&object("old"), &object("new"), false, as_human);
    assert!(drawn.contains("-     (12000 lines)") && drawn.contains("+     (12000 lines)"), "{drawn}");
}
