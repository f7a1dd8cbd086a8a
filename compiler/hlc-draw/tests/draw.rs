//! Drawings as text and as pictures.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use hlc_draw::{Drawing, Edge, Group, Node, Place, State};

fn node(id: &str, group: Option<&str>) -> Node {
    Node { id: id.into(), group: group.map(Into::into), label: id.into(), ..Node::default() }
}

fn edge(from: &str, to: &str) -> Edge {
    Edge { from: from.into(), to: to.into(), ..Edge::default() }
}

/// A host from the internet to its pods, broken at the gateway.
fn chain() -> Drawing {
    let group = |id: &str, label: &str| Group { id: id.into(), label: label.into() };
    let mut nodes = vec![
        node("grafana.example.net", Some("dns")),
        node("203.0.113.10", Some("dns")),
        node("firewall", Some("edge")),
        node("router", Some("edge")),
        node("forward-auth", Some("edge")),
        node("homelab-gateway", Some("cluster")),
        node("https", Some("cluster")),
        node("HTTPRoute grafana", Some("cluster")),
        node("Service grafana", Some("cluster")),
        node("Authentik", None),
    ];
    nodes[2].details = vec!["allow \"https\" tcp=443".into(), "applied to bifrost".into()];
    nodes[6].state = State::Broken;
    nodes[6].place = Some(Place { path: "core/platform.kdl".into(), line: 54 });
    let mut edges = vec![
        edge("grafana.example.net", "203.0.113.10"),
        edge("203.0.113.10", "firewall"),
        edge("firewall", "router"),
        edge("router", "forward-auth"),
        edge("forward-auth", "homelab-gateway"),
        edge("forward-auth", "Authentik"),
        edge("homelab-gateway", "https"),
        edge("https", "HTTPRoute grafana"),
        edge("HTTPRoute grafana", "Service grafana"),
    ];
    edges[0].label = Some("A".into());
    edges[5].label = Some("asks".into());
    edges[4].label = Some("TLS 443".into());
    edges[7].state = State::Broken;
    edges[7].tip = Some("no listener serves this host".into());
    let groups = vec![group("dns", "DNS"), group("edge", "Edge <bifrost>"), group("cluster", "Cluster")];
    Drawing { title: "grafana.example.net".into(), groups, nodes, edges }
}

#[test]
fn a_chain_in_every_language() {
    insta::assert_snapshot!("chain.mermaid", chain().mermaid());
    insta::assert_snapshot!("chain.dot", chain().dot());
    insta::assert_snapshot!("chain.svg", chain().svg());
}

#[test]
fn what_stands_around_a_node() {
    let near = chain().around("router");
    let ids: Vec<&str> = near.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["firewall", "router", "forward-auth"]);
    assert_eq!(near.edges.len(), 2);
    assert_eq!(near.groups.len(), 1);
    assert_eq!(near.nodes[1].state, State::Focus);
}

#[test]
fn rings_and_nothing_at_all() {
    let ring = Drawing {
        nodes: ["a", "b", "c", "alone"].map(|id| node(id, None)).to_vec(),
        edges: vec![edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("a", "a"), edge("a", "gone")],
        ..Drawing::default()
    };
    assert_eq!(ring.svg().matches("<path class=\"line").count(), 3);
    let group = Some("g");
    let within = Drawing {
        groups: vec![Group { id: "g".into(), label: "ring".into() }],
        nodes: vec![node("a", group), node("b", group), node("c", group)],
        edges: vec![edge("a", "b"), edge("b", "c"), edge("c", "a")],
        ..Drawing::default()
    };
    assert_eq!(within.svg().matches("<path class=\"line").count(), 3);
    assert!(Drawing::default().svg().ends_with("</svg>\n"));
    assert_eq!(Drawing::default().mermaid(), "flowchart LR\n");
}

/// The value of an attribute of an SVG element.
fn number(element: &str, name: &str) -> f64 {
    let rest = element.split_once(&format!(" {name}=\"")).unwrap().1;
    rest.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn boxes_neither_overlap_nor_leave_the_picture() {
    // Forty nodes in eight groups, each leading to some others.
    let mut drawing = Drawing::default();
    for group in 0..8 {
        drawing.groups.push(Group { id: format!("g{group}"), label: format!("group {group}") });
    }
    for number in 0..40_usize {
        drawing.nodes.push(node(&format!("node-{number}"), Some(&format!("g{}", number % 8))));
        for other in [(number * 7 + 3) % 40, (number * number) % 40] {
            drawing.edges.push(edge(&format!("node-{number}"), &format!("node-{other}")));
        }
    }
    let svg = drawing.svg();
    let boxes: Vec<(f64, f64, f64, f64)> = svg
        .split("<rect class=\"box")
        .skip(1)
        .map(|it| (number(it, "x"), number(it, "y"), number(it, "width"), number(it, "height")))
        .collect();
    assert_eq!(boxes.len(), 40);
    let (width, height) = (number(&svg, "width"), number(&svg, "height"));
    for (at, a) in boxes.iter().enumerate() {
        assert!(a.0 >= 0.0 && a.1 >= 0.0 && a.0 + a.2 <= width && a.1 + a.3 <= height, "{a:?}");
        for b in &boxes[at + 1..] {
            let apart = a.0 + a.2 <= b.0 || b.0 + b.2 <= a.0 || a.1 + a.3 <= b.1 || b.1 + b.3 <= a.1;
            assert!(apart, "{a:?} and {b:?} overlap");
        }
    }
    assert_eq!(svg, drawing.svg());
}

#[test]
fn text_of_every_kind_is_escaped() {
    let mut odd = node("a\"]; x", None);
    odd.label = "<b>\"#1\" & `x`</b>\n]".into();
    let drawing = Drawing { title: "a < b".into(), nodes: vec![odd], ..Drawing::default() };
    let svg = drawing.svg();
    assert!(svg.contains("&lt;b&gt;&quot;#1&quot; &amp; `x`&lt;/b&gt; ]"), "{svg}");
    assert_eq!(drawing.mermaid(), "flowchart LR\n  n0[\"#60;b#62;#34;#35;1#34; #38; #96;x#96;#60;/b#62; ]\"]\n");
    assert!(drawing.dot().contains(r##""a\"]; x" [label="<b>\"#1\" & `x`</b>\n]"];"##), "{}", drawing.dot());
}
