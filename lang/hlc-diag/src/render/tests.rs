use super::{concise, github, human, human_string, json, sarif, termcolor};
use crate::{Allowed, Code, Diagnostic, Edit, Fix, Severity, Sources, Span, render::Summary};

static ROUTE_SERVICE: Code = Code {
    id: "HLC0601",
    name: "route-service",
    severity: Severity::Error,
    summary: "a route leads to a Service that nothing makes",
    explain: "",
    bad: "",
    good: "",
};

static BRACES: Code = Code { id: "HLC0301", name: "braces", severity: Severity::Warning, ..ROUTE_SERVICE };
static SPARE: Code = Code { id: "HLC0901", name: "spare", severity: Severity::Hint, ..ROUTE_SERVICE };

/// The place of the `nth` occurrence (from 0) of `needle`.
fn find(sources: &Sources, path: &str, needle: &str, nth: usize) -> Span {
    let id = sources.by_path(path).unwrap();
    let text = sources.get(id).unwrap().text().clone();
    let (start, found) = text.match_indices(needle).nth(nth).unwrap();
    Span::new(id, start as u32, (start + found.len()) as u32)
}

fn two_files() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    sources.add(
        "workloads/apps/grafana.kdl",
        "workload \"grafana\" {\n    chart \"grafana\" version=\"9.2.1\"\n    route \"ui\" service=\"grafanna\" port=80\n}\n",
    );
    sources.add("core/network.kdl", "network \"lan\" {\n    pool \"services\" from=\"10.0.0.1\"\n}\n");
    let at = |path, needle| find(&sources, path, needle, 0);
    let diagnostics = vec![
        Diagnostic::new(
            &ROUTE_SERVICE,
            at("workloads/apps/grafana.kdl", "\"grafanna\""),
            "nothing makes a Service `grafanna`",
        )
        .here("no such Service")
        .label(at("workloads/apps/grafana.kdl", "chart \"grafana\""), "this chart renders `grafana`")
        .label(at("core/network.kdl", "\"services\""), "its address would come from here")
        .note("the gateway would answer every request with 500")
        .help("name one of the chart's Services")
        .suggest("write `grafana`", at("workloads/apps/grafana.kdl", "\"grafanna\""), "\"grafana\""),
        Diagnostic::new(&BRACES, at("core/network.kdl", "10.0.0.1"), "the pool has one address")
            .note("two lines\nof a note")
            .fix("say where it ends", at("core/network.kdl", "from"), "to=\"10.0.0.9\" from"),
        Diagnostic::new(&SPARE, at("core/network.kdl", "network"), "nothing uses this network")
            .help("delete it, or write `use`")
            .fix("use it", at("core/network.kdl", "network"), "use"),
    ];
    (sources, diagnostics)
}

fn concise_string(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    concise(&mut out, sources, diagnostics).unwrap();
    String::from_utf8(out).unwrap()
}

fn json_string(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    json(&mut out, sources, diagnostics, &[]).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn labels_notes_helps_and_fixes() {
    let (sources, diagnostics) = two_files();
    insta::assert_snapshot!(human_string(&sources, &diagnostics));
}

#[test]
fn one_line_each() {
    let (sources, diagnostics) = two_files();
    insta::assert_snapshot!(concise_string(&sources, &diagnostics));
}

#[test]
fn for_programs() {
    let (sources, diagnostics) = two_files();
    insta::assert_snapshot!(json_string(&sources, &diagnostics));
}

#[test]
fn colours() {
    let (sources, diagnostics) = two_files();
    let mut out = termcolor::Ansi::new(Vec::new());
    human(&mut out, &sources, &diagnostics).unwrap();
    let coloured = String::from_utf8(out.into_inner()).unwrap();
    insta::assert_snapshot!(coloured.lines().next().unwrap().replace('\u{1b}', "ESC"));
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, human_string(&sources, &diagnostics));
}

#[test]
fn summary_sentences() {
    let summary = |errors, warnings, hints, files| Summary { errors, warnings, hints, files }.to_string();
    assert_eq!(summary(2, 1, 0, 5), "2 errors, 1 warning in 5 files");
    assert_eq!(summary(0, 0, 3, 1), "3 hints in 1 file");
    assert_eq!(summary(0, 0, 0, 0), "no findings in 0 files");
    let (sources, diagnostics) = two_files();
    assert_eq!(Summary::of(&sources, &diagnostics).to_string(), "1 error, 1 warning, 1 hint in 2 files");
}

/// Draws one finding at each of `spans` of a file.
fn draw(text: &str, spans: &[(usize, usize)]) -> String {
    let mut sources = Sources::default();
    let id = sources.add("a.kdl", text);
    let at = |&(start, end): &(usize, usize)| Span::new(id, start as u32, end as u32);
    let diagnostics: Vec<_> =
        spans.iter().map(|span| Diagnostic::new(&ROUTE_SERVICE, at(span), "wrong").here("here")).collect();
    human_string(&sources, &diagnostics)
}

#[test]
fn places_at_the_edges() {
    insta::assert_snapshot!("empty_file", draw("", &[(0, 0)]));
    insta::assert_snapshot!("end_of_file", draw("a 1\n", &[(4, 4), (3, 4), (900, 1000)]));
    insta::assert_snapshot!("carriage_returns", draw("a 1\r\nb 2\r\n", &[(2, 5), (4, 5), (5, 8)]));
    insta::assert_snapshot!("tabs_and_wide_characters", draw("\ta \"日本\" ü=1", &[(3, 11), (12, 14), (9, 9)]));
    insta::assert_snapshot!(
        "what_a_terminal_would_obey",
        draw("a \"\u{1b}[31m\u{202e}\u{200b}x\"\0", &[(3, 4), (8, 11), (16, 17)])
    );
}

#[test]
fn spans_of_many_lines() {
    let text: String = (1..=60).map(|line| format!("node{line} {{\n")).collect();
    let place = |line: usize| text.find(&format!("node{line} ")).unwrap();
    insta::assert_snapshot!(draw(&text, &[(place(2), place(3) + 5), (place(9), place(55) + 5), (place(3), place(9))]));
}

#[test]
fn two_labels_and_one_line_between() {
    let mut sources = Sources::default();
    let id = sources.add("a.kdl", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    let diagnostic = Diagnostic::new(&ROUTE_SERVICE, Span::new(id, 8, 13), "wrong")
        .label(Span::new(id, 0, 3), "first")
        .label(Span::new(id, 28, 33), "far");
    insta::assert_snapshot!(human_string(&sources, &[diagnostic]));
}

#[test]
fn long_lines_are_clipped() {
    let long = format!("a {}\"wrong\" {} b=\"{}\"", "x ".repeat(200), "ü".repeat(300), "y".repeat(400));
    let wrong = long.find("\"wrong\"").unwrap();
    let b = long.find("b=").unwrap();
    insta::assert_snapshot!(draw(&long, &[(wrong, wrong + 7), (b + 2, long.len())]));
}

#[test]
fn a_huge_line_is_not_drawn() {
    let text = "x".repeat(20_000_000);
    let drawn = draw(&text, &[(10_000_000, 10_000_004), (0, 20_000_000)]);
    assert!(drawn.len() < 2_000, "{} bytes", drawn.len());
    assert!(drawn.contains("a.kdl:1:10000001"), "{drawn}");
}

#[test]
fn foreign_places_lose_no_message() {
    let mut sources = Sources::default();
    let id = sources.add("a.kdl", "a 1\n");
    let foreign = Span::new(crate::FileId::new(7), 0, 1);
    let diagnostics = [
        Diagnostic::new(&ROUTE_SERVICE, foreign, "from elsewhere"),
        Diagnostic::new(&ROUTE_SERVICE, Span::new(id, 0, 1), "here").label(foreign, "elsewhere"),
    ];
    insta::assert_snapshot!(human_string(&sources, &diagnostics));
    insta::assert_snapshot!("foreign_concise", concise_string(&sources, &diagnostics));
}

#[test]
fn fixes_of_several_edits_show_their_title() {
    let mut sources = Sources::default();
    let id = sources.add("a.kdl", "a b\n");
    let edit = |start, end, text: &str| Edit { span: Span::new(id, start, end), text: text.to_owned() };
    let mut diagnostic = Diagnostic::new(&ROUTE_SERVICE, Span::new(id, 0, 1), "wrong");
    diagnostic.fixes.push(Fix {
        title: "swap them".into(),
        edits: vec![edit(0, 1, "b"), edit(2, 3, "a")],
        safe: false,
    });
    diagnostic.fixes.push(Fix { title: "delete it".into(), edits: vec![edit(0, 1, "")], safe: true });
    diagnostic.fixes.push(Fix { title: "put a block".into(), edits: vec![edit(3, 3, " {\n}")], safe: true });
    insta::assert_snapshot!(human_string(&sources, &[diagnostic]));
}

#[test]
fn every_place_of_a_mixed_text_can_be_drawn() {
    let text = "a 1\r\n\t\"é日\u{1f9d1}\u{200d}\u{1f4bb}\"\n\n\u{feff}b \r\r\n{\n}";
    for start in 0..=text.len() + 1 {
        for end in start..=text.len() + 1 {
            let drawn = draw(text, &[(start, end)]);
            assert!(drawn.contains("─ a.kdl:"), "{start}..{end}: {drawn}");
        }
    }
}

#[test]
fn the_line_of_a_veiled_finding_is_not_shown() {
    let mut sources = Sources::default();
    let file = sources.add("a.kdl", "token \"hunter2\" // hunter2\nother \"hunter2\"\n");
    let place = |start, end| Span::new(file, start, end);
    let finding = Diagnostic::new(&BRACES, place(6, 15), "a secret stands here in plain text")
        .label(place(27, 32), "and here")
        .help("write its name")
        .veiled();
    let drawn = human_string(&sources, &[finding]);
    assert!(!drawn.contains("hunter2"), "{drawn}");
    for part in ["at a.kdl:1:7;", "and here: a.kdl:2:1", "write its name"] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
}

#[test]
fn for_workflows() {
    let (sources, mut diagnostics) = two_files();
    diagnostics[1].message = "100% of\r\nthem: a, b".to_owned();
    let mut out = Vec::new();
    github(&mut out, &sources, &diagnostics).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn the_path_in_a_workflow_command_ends_no_property() {
    let mut sources = Sources::default();
    let id = sources.add("a,b:c%/x.kdl", "one\ntwo\n");
    let found = [Diagnostic::new(&SPARE, Span::new(id, 0, 7), "m")];
    let mut out = Vec::new();
    github(&mut out, &sources, &found).unwrap();
    let wanted = "::notice file=a%2Cb%3Ac%25/x.kdl,line=1,col=1,endLine=2,title=HLC0901 spare::m\n";
    assert_eq!(String::from_utf8(out).unwrap(), wanted);
}

#[test]
fn for_code_scanning() {
    let (sources, mut diagnostics) = two_files();
    let finding = diagnostics.pop().unwrap();
    let at = find(&sources, "core/network.kdl", "pool", 0);
    let allowed = [Allowed { finding, at, reason: "it is for guests".to_owned() }];
    let mut out = Vec::new();
    sarif(&mut out, &sources, &diagnostics, &allowed).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn the_path_in_a_log_is_a_relative_reference() {
    let mut sources = Sources::default();
    let id = sources.add("a:b/ü x.kdl", "one");
    let mut out = Vec::new();
    sarif(&mut out, &sources, &[Diagnostic::new(&SPARE, Span::new(id, 0, 3), "m")], &[]).unwrap();
    let log: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let uri = log.pointer("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri");
    assert_eq!(uri.unwrap(), "a%3Ab/%C3%BC%20x.kdl");
}
