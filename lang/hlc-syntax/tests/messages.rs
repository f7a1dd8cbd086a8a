//! The whole text of every message, for the example of its code and for more of what people write.

use std::fmt::Write as _;

use hlc_diag::{Sources, render};
use hlc_syntax::{CODES, parse};

fn rendered(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("a.kdl", text);
    render::human_string(&sources, &parse(file, text.into()).diagnostics)
}

#[test]
fn examples_of_the_codes() {
    let mut all = String::new();
    for code in CODES.iter().filter(|code| !code.bad.is_empty()) {
        let _ = writeln!(all, "## {} {}\n\n{}", code.id, code.name, rendered(code.bad));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn more_of_what_people_write() {
    let texts = [
        "a ip=1.2.3.4 .5 1. 0xfg",
        "true 1",
        "a url=${HOST}/x",
        "key=value",
        "env {\n    -name=FOO value=bar\n}",
        "a \"x\", \"y\"",
        "\"port\": 80",
        "env:\n  - name: FOO value: bar",
        "[server]\nport = 80",
        "a hosts=[x, y]",
        "say “hello world”",
        "a #True #no #ff8800",
        "/- kdl-version 1\na true r#\"x\"#",
        "a #\"x\" b=\"y\"",
        "a b=c=d",
        "a (secretX",
        "a (secret)",
        "a ()x",
        "(a)(b)c",
        "image nginx/x path=C:\\data",
        "a \"x\"y",
        "a {\n b {\n  c {",
        "a {\n    b { c }\n}\n}",
        "a \"\"\"\n    foo\nb 1\n",
        "note \"one\ntwo\nthree",
        "a \"\\u{110000} \\u12 \\/\"",
        "path /data/* \nb",
        "a\u{0}b \u{feff}",
    ];
    let all: String = texts.iter().map(|text| rendered(text) + "────\n").collect();
    insta::assert_snapshot!(all);
}
