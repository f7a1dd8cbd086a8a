//! Fields in a given order: what moves, what does not, and that nothing is lost on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use hlc_diag::FileId;
use hlc_syntax::{Document, Node, Order, format_in_order, parse};
use proptest::prelude::*;

/// Names of one letter in the order of the alphabet; `free` holds what must not move, and so does the top.
#[derive(Clone, Copy)]
enum Alphabet {
    Top,
    Fields,
}

impl Order for Alphabet {
    fn place(self, name: &str) -> Option<usize> {
        let known = matches!(self, Self::Fields) && (name.len() == 1 || name == "free");
        name.bytes().next().filter(|_| known).map(usize::from)
    }

    fn within(self, child: &str) -> Option<Self> {
        (child != "free").then_some(Self::Fields)
    }
}

fn document(text: &str) -> Document {
    parse(FileId::new(0), Arc::from(text)).document
}

fn ordered(text: &str) -> String {
    format_in_order(&document(text), Alphabet::Top).unwrap()
}

const ORDERS: &[(&str, &str)] = &[
    ("b; a", "b\na\n"),
    ("n 2 c=1 1 b=2 a=3 0", "n 2 a=3 1 b=2 c=1 0\n"),
    ("n b=(t)\"x\" \"a\"=1", "n \"a\"=1 b=(t)\"x\"\n"),
    ("n { c; b; a }", "n { a; b; c }\n"),
    ("n {\n    c { y 1; x 2 }\n    b k=1 j=2 { e; d }\n}", "n {\n    b j=2 k=1 { d; e }\n    c { x 2; y 1 }\n}\n"),
    // Those of one name stay in their order.
    ("n { b 1; a 1; b 2; a 2 }", "n { a 1; a 2; b 1; b 2 }\n"),
    // Groups stay groups.
    ("n {\n    b\n    a\n\n    d\n    c\n}", "n {\n    a\n    b\n\n    c\n    d\n}\n"),
    // A comment goes with what it stands behind, and holds what it stands above.
    ("n {\n    b // of b\n    a /* of a */\n}", "n {\n    a /* of a */\n    b // of b\n}\n"),
    (
        "n {\n    c\n    b\n    // of a\n    a\n    e\n    d\n}",
        "n {\n    b\n    c\n    // of a\n    a\n    d\n    e\n}\n",
    ),
    ("n {\n    // of c\n    c\n    b\n    a\n}", "n {\n    // of c\n    c\n    a\n    b\n}\n"),
    ("n { // of n\n    b\n    a\n}", "n { // of n\n    a\n    b\n}\n"),
    ("n {\n    // a heading\n\n    b\n    a\n}", "n {\n    // a heading\n\n    a\n    b\n}\n"),
    ("n {\n    b\n    a\n    // at the end\n}", "n {\n    a\n    b\n    // at the end\n}\n"),
    ("n { b; /* of a */ a }", "n { b; /* of a */ a }\n"),
    ("n b=1 /* why */ a=2", "n b=1 /* why */ a=2\n"),
    ("n b=1 /-c=2 a=2", "n b=1 /-c=2 a=2\n"),
    ("n {\n    c\n    /- b\n    a\n}", "n {\n    c\n    /- b\n    a\n}\n"),
    // What is not known stays, with all its properties; among children it parts the others.
    ("n b=1 zz=2 a=2", "n b=1 zz=2 a=2\n"),
    ("n { c; b; zz; b; a }", "n { b; c; zz; a; b }\n"),
    // Data stays.
    ("n { free b=1 a=2 { d; c }; a }", "n { a; free b=1 a=2 { d; c } }\n"),
    // Strings over lines move whole.
    (
        "n {\n    b \"\"\"\n        x\n        \"\"\"\n    a\n}",
        "n {\n    a\n    b \"\"\"\n        x\n        \"\"\"\n}\n",
    ),
    ("n \\\n    b=1 \\\n    a=2\n", "n \\\n    a=2 \\\n    b=1\n"),
];

#[test]
fn orders() {
    for (before, after) in ORDERS {
        assert_eq!(&ordered(before), after, "{before}");
        assert_eq!(&ordered(after), after, "no fixed point: {before}");
    }
}

#[test]
fn depth_and_length_are_no_matter() {
    const MANY: usize = 10_000;
    let deep = format!("{}{}", "b y=1 x=2 { d; ".repeat(MANY), "}".repeat(MANY));
    let made = ordered(&deep);
    assert!(made.starts_with("b x=2 y=1 {\n    b x=2 y=1 {\n"));
    let long: String =
        (0..MANY).map(|number| format!("    {} {number}\n", if number % 2 == 0 { "b" } else { "a" })).collect();
    assert!(ordered(&format!("n {{\n{long}}}")).starts_with("n {\n    a 1\n    a 3\n"));
}

/// What a document says, whatever the order of different fields.
fn meaning(document: &Document) -> Vec<String> {
    fn write(node: Node<'_>, path: &str, out: &mut Vec<String>) {
        let document = node.document();
        let path = format!("{path}/{}", document.slice(node.name_span()));
        let arguments: Vec<_> = node.args().map(|entry| document.slice(entry.span())).collect();
        let mut properties: Vec<_> = node.props().map(|entry| document.slice(entry.span())).collect();
        properties.sort_unstable();
        let mut below = Vec::new();
        for child in node.children() {
            write(child, &path, &mut below);
        }
        // Stable: those of one name keep their order, each with all that is in it.
        below.sort_by(|a, b| first_name(a).cmp(first_name(b)));
        out.push(format!("{path} {arguments:?} {properties:?} {}", below.concat()));
    }
    fn first_name(text: &str) -> &str {
        text.split(' ').next().unwrap_or("")
    }
    let mut out = Vec::new();
    for node in document.nodes() {
        write(node, "", &mut out);
    }
    out
}

fn comments(document: &Document) -> Vec<&str> {
    let mut all: Vec<_> =
        document.tokens().filter(|token| token.kind.is_comment()).map(|token| document.slice(token.span)).collect();
    all.sort_unstable();
    all
}

fn node() -> impl Strategy<Value = String> {
    let entry = prop_oneof![
        4 => "[a-d]=[0-9]",
        2 => "[0-9]",
        1 => prop::sample::select(vec!["/-a=1", "/* c */", "zz=1", "\\\n  "]).prop_map(str::to_owned),
    ];
    let head = ("[a-d]|free|zz", prop::collection::vec(entry, 0..4));
    let leaf = head.prop_map(|(name, entries)| format!("{name} {}", entries.join(" "))).boxed();
    let end = prop::sample::select(vec![
        "\n",
        "\n",
        "; ",
        "\n\n",
        " // c\n",
        "\n// c\n",
        "\n/- gone { x; }\n",
        " /* c */;",
        "; /* c */",
    ]);
    leaf.clone().prop_recursive(3, 24, 6, move |inner| {
        (leaf.clone(), prop::collection::vec((inner, end.clone()), 0..6)).prop_map(|(leaf, children)| {
            let children: String = children.into_iter().map(|(child, end)| child + end).collect();
            format!("{leaf} {{{children}}}")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn nothing_is_lost(nodes in prop::collection::vec(node(), 0..4)) {
        let text = nodes.join("\n");
        let parsed = parse(FileId::new(0), Arc::from(text.as_str()));
        prop_assume!(parsed.diagnostics.is_empty());
        let made = format_in_order(&parsed.document, Alphabet::Top).unwrap();
        let after = document(&made);
        prop_assert_eq!(meaning(&parsed.document), meaning(&after), "{}\n{}", text, made);
        prop_assert_eq!(comments(&parsed.document), comments(&after), "{}\n{}", text, made);
        prop_assert_eq!(format_in_order(&after, Alphabet::Top).unwrap(), made.clone(), "{}\n{}", text, made);
    }
}
