//! Every hop of a way is broken in turn, and `hlc check`, `hlc trace` and the language server say the same of it: this finding, at
//! this line, and of the way this hop.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod folders;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use folders::copy_all;
use serde_json::{Value, json};

/// A hop that is broken by a change of text.
struct Break {
    /// The hop that `hlc trace` marks, and no other.
    hop: &'static str,
    /// In this file,
    path: &'static str,
    /// this text, which stands there once,
    from: &'static str,
    /// becomes this one.
    to: &'static str,
    /// What is found, and nothing else is: the code, and the line as `PATH:LINE`, or as `PATH: TEXT` with what stands in it alone.
    found: (&'static str, &'static str),
}

const fn broken(
    hop: &'static str,
    path: &'static str,
    (from, to): (&'static str, &'static str),
    found: (&'static str, &'static str),
) -> Break {
    Break { hop, path, from, to, found }
}

const DNS: &str = "core/dns.kdl";
const EDGE: &str = "core/edge.kdl";
const IDENTITY: &str = "core/identity.kdl";
const PLATFORM: &str = "core/platform.kdl";
const WIKI: &str = "workloads/wiki.kdl";

/// Of `wiki.example.net` in `tests/language/cases/exposure`.
const OF_THE_CASE: &[Break] = &[
    broken("record", DNS, ("zone \"example.net\"", "zone \"example.org\""), ("HLC0908", "core/dns.kdl:2")),
    broken("record", DNS, ("        from-routes to=(ref)server.edge.ipv4\n", ""), ("HLC0626", "core/dns.kdl:2")),
    broken("address", DNS, ("to=(ref)server.edge.ipv4", "to=\"203.0.113.99\""), ("HLC0627", "core/dns.kdl:4")),
    broken("address", DNS, ("server.edge.ipv4", "server.egde.ipv4"), ("HLC0312", "core/dns.kdl:4")),
    broken("firewall", EDGE, ("        allow \"https\" tcp=443\n", ""), ("HLC0867", "edge/compose.yml:4")),
    broken("edge", "edge/compose.yml", (", \"443:443\"", ""), ("HLC0868", "core/edge.kdl:5")),
    broken("edge", EDGE, ("                to-cluster \"main\"\n", ""), ("HLC0628", "workloads/wiki.kdl:24")),
    broken(
        "middleware",
        EDGE,
        ("\"sso\" service=\"authentik\"", "\"sso\" service=\"authentic\""),
        ("HLC0864", "core/edge.kdl:14"),
    ),
    broken(
        "middleware",
        EDGE,
        (
            "                forward-auth \"sso\" service=\"authentik\" port=9000 { path \"/outpost.goauthentik.io/auth/traefik\" }\n",
            "",
        ),
        ("HLC0870", "workloads/wiki.kdl:24"),
    ),
    broken(
        "login",
        IDENTITY,
        ("domain=(ref)homelab.domain", "domain=\"example.org\""),
        ("HLC0918", "workloads/wiki.kdl:24"),
    ),
    broken("certificate", EDGE, ("certificates=\"acme\"", "certificates=\"acne\""), ("HLC0869", "core/edge.kdl:12")),
    broken("gateway", EDGE, ("to-cluster \"main\"", "to-cluster \"mian\""), ("HLC0311", "core/edge.kdl:13")),
    broken("gateway", PLATFORM, ("ip=\"192.168.1.240\"", "ip=\"192.168.1.230\""), ("HLC0838", "core/platform.kdl:4")),
    broken(
        "listener",
        PLATFORM,
        (
            "            listener \"http\" protocol=\"HTTP\" port=80\n            listener \"https\" protocol=\"HTTPS\" port=443 certificate=\"wildcard\"\n",
            "            listener \"dns\" protocol=\"UDP\" port=53\n",
        ),
        ("HLC0605", "core/platform.kdl:4"),
    ),
    broken("certificate", PLATFORM, (" certificate=\"wildcard\"", ""), ("HLC0839", "core/platform.kdl:6")),
    broken(
        "certificate",
        PLATFORM,
        ("certificate=\"wildcard\"", "certificate=\"wildcrad\""),
        ("HLC0311", "core/platform.kdl:6"),
    ),
    broken("certificate", PLATFORM, (" \"*.example.net\" }", " }"), ("HLC0841", "core/platform.kdl:11")),
    broken("certificate", PLATFORM, ("issuer=\"home-ca\"", "issuer=\"hame-ca\""), ("HLC0311", "core/platform.kdl:11")),
    broken("route", "workloads/board.kdl", ("route \"board\"", "route \"wiki\""), ("HLC0604", "workloads/wiki.kdl:24")),
    broken(
        "service",
        WIKI,
        ("service=\"wiki\" port=80", "service=\"wikki\" port=80"),
        ("HLC0602", "workloads/wiki.kdl:24"),
    ),
    broken(
        "service",
        WIKI,
        ("service=\"wiki\" port=80", "service=\"wiki\" port=3000"),
        ("HLC0603", "workloads/wiki.kdl:24"),
    ),
    broken("pods", WIKI, ("selector app=wiki", "selector app=wikki"), ("HLC0611", "workloads/wiki.kdl:20")),
    broken("pods", WIKI, ("targetPort=http", "targetPort=web"), ("HLC0612", "workloads/wiki.kdl:21")),
    broken("pods", WIKI, ("matchLabels app=wiki", "matchLabels app=wikki"), ("HLC0610", "workloads/wiki.kdl:5")),
    broken(
        "pods",
        WIKI,
        ("metadata { labels app=wiki }", "metadata { labels app=wikki }"),
        ("HLC0610", "workloads/wiki.kdl:5"),
    ),
    broken(
        "client",
        WIKI,
        ("oidc \"wiki\" route=\"wiki\"", "oidc \"wiki\" route=\"wikki\""),
        ("HLC0911", "workloads/wiki.kdl:25"),
    ),
    broken("redirect", WIKI, ("        redirects \"/login/callback\"\n", ""), ("HLC0629", "workloads/wiki.kdl:25")),
    broken(
        "redirect",
        WIKI,
        ("\"/login/callback\"", "\"https://wikki.example.net/login\""),
        ("HLC0912", "workloads/wiki.kdl:26"),
    ),
    broken(
        "redirect",
        WIKI,
        ("\"/login/callback\"", "\"http://wiki.example.net/login\""),
        ("HLC0914", "workloads/wiki.kdl:26"),
    ),
];

/// Of `grafana.example.net` in the sample.
const OF_THE_SAMPLE: &[Break] = &[
    broken(
        "record",
        "core/cloudflare.kdl",
        ("zone \"example.net\" id", "zone \"example.org\" id"),
        ("HLC0908", "core/cloudflare.kdl: zone "),
    ),
    broken(
        "firewall",
        "edge/bifrost.kdl",
        ("        allow \"https\" tcp=443\n", ""),
        ("HLC0867", "edge/bifrost/docker-compose.yml: 443:443"),
    ),
    broken(
        "middleware",
        "edge/bifrost.kdl",
        (
            "\"authentik-forwardauth\" service=\"authentik-server\"",
            "\"authentik-forwardauth\" service=\"authentik-sever\"",
        ),
        ("HLC0864", "edge/bifrost.kdl: forward-auth "),
    ),
    broken(
        "login",
        "core/authentik.kdl",
        ("domain=(ref)homelab.domain", "domain=\"example.org\""),
        ("HLC0918", "core/authentik.kdl: authentik url="),
    ),
    broken(
        "gateway",
        "core/platform.kdl",
        ("ip=\"192.168.1.240\"", "ip=\"192.168.1.239\""),
        ("HLC0838", "core/platform.kdl: gateway \"homelab-gateway\""),
    ),
];

#[test]
fn every_hop_of_the_case() {
    let folder = repository().join("tests/language/cases/exposure");
    let parts = ["homelab.kdl", "core", "edge", "secrets", "workloads"];
    let wrong: Vec<String> =
        OF_THE_CASE.iter().flat_map(|case| wrong(&folder, &parts, "wiki.example.net", case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hops_of_the_sample() {
    let parts = ["homelab.kdl", ".sops.yaml", "core", "edge", "secrets", "workloads"];
    let wrong: Vec<String> =
        OF_THE_SAMPLE.iter().flat_map(|case| wrong(&repository(), &parts, "grafana.example.net", case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_way_without_faults() {
    let folder = repository().join("tests/language/cases/exposure");
    let ran = hlc(&folder, &["trace", "wiki"]);
    assert!(ran.status.success());
    insta::assert_snapshot!("trace", String::from_utf8(ran.stdout).unwrap());
}

#[test]
fn hosts_that_there_are_not() {
    let folder = repository().join("tests/language/cases/exposure");
    let said = |host: &str| {
        let ran = hlc(&folder, &["trace", host]);
        assert_eq!(ran.status.code(), Some(1), "{host}");
        assert!(ran.stdout.is_empty());
        String::from_utf8(ran.stderr).unwrap()
    };
    assert!(said("wikki.example.net").contains("did you mean `wiki.example.net`?"));
    assert!(said("bord").contains("did you mean `board.example.net`?"));
    assert!(said("nothing-like-it").contains("there are: auth.example.net, board.example.net, wiki.example.net"));
    assert_eq!(hlc(&folder, &["trace"]).status.code(), Some(64));
    let ran = hlc(&folder, &["trace", "board", "--from", "internet"]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8(ran.stderr).unwrap().contains("the internet does not reach `board`"));
}

#[test]
fn ways_are_drawn() {
    let folder = repository().join("tests/language/cases/exposure");
    let drawn = |what: &str| {
        let ran = hlc(&folder, &["trace", "https://wiki.example.net/start", "--emit", what]);
        assert!(ran.status.success());
        String::from_utf8(ran.stdout).unwrap()
    };
    let mermaid = drawn("mermaid");
    assert!(mermaid.starts_with("flowchart ") && mermaid.contains("core/dns.kdl:4"), "{mermaid}");
    let svg = drawn("svg");
    assert!(svg.starts_with("<svg ") && svg.contains("Deployment wiki"), "{svg}");
}

/// What is said otherwise than it should be.
fn wrong(folder: &Path, parts: &[&str], host: &str, case: &Break) -> Vec<String> {
    let copy = tempfile::tempdir().unwrap();
    for part in parts {
        copy_all(&folder.join(part), &copy.path().join(part));
    }
    let path = copy.path().join(case.path);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(case.from).count(), 1, "{} holds once: {}", case.path, case.from);
    fs::write(&path, text.replace(case.from, case.to)).unwrap();
    let (code, at) = (case.found.0, place(copy.path(), case.found.1));
    let expected = vec![format!("{code} {at}")];
    let what = format!("{} broken in {}: {} -> {}", case.hop, case.path, case.from.trim(), case.to.trim());
    let mut wrong = Vec::new();
    let mut expect = |who: &str, found: Vec<String>, expected: &[String]| {
        if found != expected {
            wrong.push(format!("{what}\n  {who} says {found:?}, not {expected:?}"));
        }
    };
    expect("check", checked(copy.path()), &expected);
    expect("the editor", published(copy.path()), &expected);
    let mut traced = traced(copy.path(), host);
    traced.dedup();
    expect("trace", traced, &[format!("{} {code} {at}", case.hop)]);
    wrong
}

/// `PATH:LINE` of what is given so, or as `PATH: TEXT`.
fn place(folder: &Path, at: &str) -> String {
    let Some((path, wanted)) = at.split_once(": ") else { return at.to_owned() };
    let text = fs::read_to_string(folder.join(path)).unwrap();
    let lines: Vec<usize> = (1..).zip(text.lines()).filter(|(_, line)| line.contains(wanted)).map(|(n, _)| n).collect();
    assert_eq!(lines.len(), 1, "{path} has one line with: {wanted}");
    format!("{path}:{}", lines[0])
}

/// What `hlc check` finds: code and `PATH:LINE` of each finding.
fn checked(folder: &Path) -> Vec<String> {
    let ran = hlc(folder, &["check", "--format", "json"]);
    let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let found = document["diagnostics"].as_array().unwrap().iter().map(|found| {
        let line = &found["range"]["start"]["line"];
        format!("{} {}:{line}", found["code"].as_str().unwrap(), found["path"].as_str().unwrap())
    });
    found.collect()
}

/// What `hlc trace` marks: kind, code and `PATH:LINE` of each broken hop.
fn traced(folder: &Path, host: &str) -> Vec<String> {
    let ran = hlc(folder, &["trace", host, "--emit", "json"]);
    let Ok(document) = serde_json::from_slice::<Value>(&ran.stdout) else {
        return vec![String::from_utf8_lossy(&ran.stderr).into_owned()];
    };
    let ways = document["hosts"].as_array().unwrap().iter().flat_map(|host| host["ways"].as_array().unwrap());
    let mut broken = Vec::new();
    for way in ways {
        let of_way = way["hops"].as_array().unwrap().iter().filter(|hop| hop["state"] == "broken");
        let of_way: Vec<String> = of_way
            .map(|hop| {
                let finding = &hop["finding"];
                let source = finding["source"].as_str().unwrap();
                let (line, _) = source.rsplit_once(':').unwrap();
                format!("{} {} {line}", hop["kind"].as_str().unwrap(), finding["code"].as_str().unwrap())
            })
            .collect();
        broken.extend(of_way);
    }
    assert_eq!(ran.status.code(), Some(i32::from(!broken.is_empty())));
    broken
}

/// What the language server publishes: code and `PATH:LINE` of each finding.
fn published(folder: &Path) -> Vec<String> {
    let mut server = Command::new(env!("CARGO_BIN_EXE_hlc"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
    let uri = format!("file://{}", folder.display());
    let root = format!("{uri}/homelab.kdl");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    let document = json!({ "uri": root, "languageId": "kdl", "version": 1, "text": fs::read_to_string(folder.join("homelab.kdl")).unwrap() });
    let messages = [
        json!({ "id": 1, "method": "initialize", "params": { "capabilities": {}, "workspaceFolders": [{ "uri": uri, "name": "x" }] } }),
        json!({ "method": "initialized", "params": {} }),
        json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } }),
        // Like every answer it comes after the findings of what was sent before.
        json!({ "id": 2, "method": "textDocument/codeAction", "params": { "textDocument": { "uri": root }, "range": range, "context": { "diagnostics": [] } } }),
    ];
    for mut message in messages {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        write!(to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    }
    let mut found = std::collections::BTreeMap::new();
    loop {
        let mut header = String::new();
        from.read_line(&mut header).unwrap();
        let length = header.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        from.read_line(&mut String::new()).unwrap();
        let mut body = vec![0; length];
        from.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        if message["id"] == 2 {
            break;
        }
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let path = params["uri"].as_str().unwrap().strip_prefix(&format!("{uri}/")).unwrap().to_owned();
            found.insert(path, params["diagnostics"].as_array().unwrap().clone());
        }
    }
    drop(to);
    server.wait().unwrap();
    let lines = found.iter().flat_map(|(path, found)| {
        found.iter().map(move |found| {
            let line = found["range"]["start"]["line"].as_u64().unwrap() + 1;
            format!("{} {path}:{line}", found["code"].as_str().unwrap())
        })
    });
    lines.collect()
}

fn hlc(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
