//! Whole sessions, message by message.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may stop"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::thread::JoinHandle;

use serde_json::{Value, json};

const ROOT: &str =
    "homelab \"t\" edition=\"1\" domain=\"example.net\" {\n    include \"w/*.kdl\"\n    category \"apps\"\n}\n";
const WEB: &str = "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n}\n";

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn uri(folder: &Path, path: &str) -> String {
    format!("file://{}/{path}", folder.display())
}

struct Client {
    to: Option<PipeWriter>,
    from: BufReader<PipeReader>,
    server: JoinHandle<std::io::Result<u8>>,
    requests: i32,
    /// The last findings of each file, and the version they are for.
    findings: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    shown: Vec<String>,
    asked: Vec<Value>,
}

impl Client {
    fn silent() -> Self {
        let (server_in, to) = std::io::pipe().unwrap();
        let (from, server_out) = std::io::pipe().unwrap();
        let server = std::thread::spawn(move || hlc_lsp::run(BufReader::new(server_in), server_out));
        let (findings, shown, asked) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { to: Some(to), from: BufReader::new(from), server, requests: 0, findings, shown, asked }
    }

    fn new(capabilities: &Value, folder: Option<&Path>) -> Self {
        let mut client = Self::silent();
        let folders: Vec<_> = folder.iter().map(|folder| json!({ "uri": uri(folder, ""), "name": "x" })).collect();
        let answer = client
            .ask("initialize", json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": folders }));
        assert_eq!(answer["result"]["serverInfo"]["name"], "hlc", "{answer}");
        client.tell("initialized", json!({}));
        client
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.to.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server has ended");
            if line == "\r\n" {
                break;
            }
            length = line.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Asks, and takes in everything that is said before the answer.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            match message["method"].as_str() {
                Some("textDocument/publishDiagnostics") => {
                    let params = &message["params"];
                    let found = params["diagnostics"].as_array().unwrap().clone();
                    self.findings
                        .insert(params["uri"].as_str().unwrap().to_owned(), (params["version"].as_i64(), found));
                }
                Some("window/showMessage") => {
                    self.shown.push(message["params"]["message"].as_str().unwrap().to_owned())
                }
                _ => self.asked.push(message),
            }
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "kdl", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// The fixes at a line of a file. Like every answer it comes after the findings of what was sent before.
    fn fixes(&mut self, uri: &str, line: u32) -> Vec<Value> {
        let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 999 } });
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
        self.ask("textDocument/codeAction", params)["result"].as_array().unwrap().clone()
    }

    fn codes(&mut self, uri: &str) -> Vec<String> {
        self.fixes(uri, 0);
        let found = self.findings.get(uri).map(|(_, found)| found.as_slice()).unwrap_or_default();
        found.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
    }

    fn ends(mut self) -> u8 {
        self.to.take();
        self.server.join().unwrap().unwrap()
    }

    fn leaves(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null)["result"], Value::Null);
        assert_eq!(self.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
        self.tell("exit", Value::Null);
        assert_eq!(self.ends(), 0);
    }
}

#[test]
fn a_mistake_comes_and_goes() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB)]);
    let (web, root) = (uri(folder.path(), "w/web.kdl"), uri(folder.path(), "homelab.kdl"));
    let mut client = Client::new(&json!({}), None);
    client.open(&web, WEB);
    assert!(client.codes(&web).is_empty());
    assert_eq!(client.findings[&web], (Some(1), vec![]));
    client.change(&web, 2, &WEB.replace("apps", "apqs"));
    assert_eq!(client.codes(&web).len(), 1);
    assert_eq!(client.findings[&web].0, Some(2));
    let found = client.findings[&web].1[0].clone();
    assert_eq!((&found["severity"], &found["source"]), (&json!(1), &json!("hlc")));
    assert_eq!(found["range"]["start"]["line"], 0);
    assert!(found["data"]["name"].is_string() && found.get("codeDescription").is_none(), "{found}");
    let fixes = client.fixes(&web, 0);
    assert_eq!(fixes[0]["kind"], "quickfix", "{fixes:?}");
    assert_eq!(fixes[0]["edit"]["changes"][&web][0]["range"], found["range"], "{fixes:?}");
    assert!(client.fixes(&web, 2).is_empty());
    client.change(&web, 3, WEB);
    assert!(client.codes(&web).is_empty());
    assert_eq!(client.findings[&web].0, Some(3));
    assert!(!client.findings.contains_key(&root));
    client.leaves();
}

#[test]
fn findings_in_files_that_are_not_open() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB)]);
    let (web, root) = (uri(folder.path(), "w/web.kdl"), uri(folder.path(), "homelab.kdl"));
    let mut client = Client::new(&json!({}), None);
    client.open(&root, &ROOT.replace("\"apps\"", "\"games\""));
    assert_eq!(client.codes(&web).len(), 1);
    assert_eq!(client.findings[&web].0, None);
    client.change(&root, 2, ROOT);
    assert!(client.codes(&web).is_empty());
    // The disk changes behind the editor's back.
    fs::write(folder.path().join("w/web.kdl"), "workload {").unwrap();
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": web, "type": 2 }] }));
    assert!(!client.codes(&web).is_empty());
    // Nothing of the project is open any more.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": root } }));
    assert!(client.codes(&web).is_empty());
    client.leaves();
}

#[test]
fn the_open_folder_is_looked_at_at_once() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", &WEB.replace("apps", "apqs"))]);
    let mut client = Client::new(&json!({}), Some(folder.path()));
    assert_eq!(client.codes(&uri(folder.path(), "w/web.kdl")).len(), 1);
    client.leaves();
}

#[test]
fn places_count_as_agreed() {
    let folder = project(&[("homelab.kdl", ROOT)]);
    let file = uri(folder.path(), "w/%C3%BC%20x.kdl");
    let text = "/* 𝄞ü */ workload \"web\" category=\"apqs\" { namespace \"web\"; }\n";
    for (offered, encoding, column) in
        [(json!(["utf-16"]), "utf-16", 34), (json!(["utf-16", "utf-8"]), "utf-8", 37), (json!(null), "utf-16", 34)]
    {
        let mut client = Client::silent();
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = client.ask("initialize", json!({ "capabilities": capabilities }));
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], encoding);
        client.open(&file, text);
        assert_eq!(client.codes(&file).len(), 1);
        let at = client.findings[&file].1[0]["range"]["start"].clone();
        assert_eq!(at, json!({ "line": 0, "character": column }), "{encoding}");
        // Writes `apps`, in two edits of which the second sees the first.
        let edit = |from: i64, to: i64, new: &str| {
            let range = json!({ "start": { "line": 0, "character": column + from }, "end": { "line": 0, "character": column + to } });
            json!({ "range": range, "text": new })
        };
        let changes = [edit(3, 4, ""), edit(3, 3, "p")];
        client.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": file, "version": 2 }, "contentChanges": changes }),
        );
        assert!(client.codes(&file).is_empty(), "{:?}", client.findings);
        client.leaves();
    }
}

#[test]
fn labels_are_related_places() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB), ("w/again.kdl", WEB)]);
    let web = uri(folder.path(), "w/web.kdl");
    let again = uri(folder.path(), "w/again.kdl");
    let capabilities = json!({
        "textDocument": { "publishDiagnostics": { "relatedInformation": true } },
        "workspace": { "workspaceEdit": { "documentChanges": true }, "didChangeWatchedFiles": { "dynamicRegistration": true } },
    });
    let mut client = Client::new(&capabilities, None);
    client.open(&web, WEB);
    client.codes(&web);
    let found: Vec<Value> = client.findings.values().flat_map(|(_, found)| found.clone()).collect();
    let related: Vec<_> = found.iter().filter_map(|found| found["relatedInformation"].as_array()).flatten().collect();
    assert!(
        related.iter().any(|place| place["location"]["uri"] == web || place["location"]["uri"] == again),
        "{found:#?}"
    );
    assert_eq!(client.asked[0]["method"], "client/registerCapability");
    client.change(&web, 7, &WEB.replace("apps", "apqs"));
    let fixes = client.fixes(&web, 0);
    assert_eq!(
        fixes[0]["edit"]["documentChanges"][0]["textDocument"],
        json!({ "uri": web, "version": 7 }),
        "{fixes:?}"
    );
    client.leaves();
}

#[test]
fn files_outside_of_projects() {
    let folder = project(&[("loose.kdl", "a {"), ("homelab/homelab.kdl", ROOT), ("homelab/stray.kdl", "")]);
    let loose = uri(folder.path(), "loose.kdl");
    let mut client = Client::new(&json!({}), None);
    client.open(&loose, "unknown-node a=1");
    assert!(client.codes(&loose).is_empty());
    client.change(&loose, 2, "a {");
    assert_eq!(client.codes(&loose).len(), 1);
    assert_eq!(client.shown.len(), 1, "{:?}", client.shown);
    assert!(client.shown[0].contains("only its syntax"), "{:?}", client.shown);
    client.open("untitled:Untitled-1", "a {");
    assert_eq!(client.codes("untitled:Untitled-1").len(), 1);
    let stray = uri(folder.path(), "homelab/stray.kdl");
    client.open(&stray, "b {");
    assert_eq!(client.codes(&stray).len(), 1);
    // A project that is only open yet.
    client.open(
        &uri(folder.path(), "homelab.kdl"),
        "homelab \"t\" edition=\"1\" domain=\"example.net\" { include \"loose.kdl\"; }\n",
    );
    client.change(&loose, 3, "unknown-node a=1");
    assert_eq!(client.codes(&loose).len(), 1);
    client.leaves();
}

#[test]
fn files_that_are_no_kdl() {
    let folder = project(&[("homelab.kdl", ROOT)]);
    let values = uri(folder.path(), "w/values.yaml");
    let mut client = Client::new(&json!({}), None);
    client.open(&values, "a: {b: [");
    assert!(client.codes(&values).is_empty() && client.shown.is_empty());
    client.leaves();
}

#[test]
fn several_projects_at_once() {
    let folders =
        [project(&[("homelab.kdl", ROOT), ("w/web.kdl", "")]), project(&[("homelab.kdl", ROOT), ("w/web.kdl", "")])];
    let webs = [uri(folders[0].path(), "w/web.kdl"), uri(folders[1].path(), "w/web.kdl")];
    let mut client = Client::new(&json!({}), None);
    client.open(&webs[0], &WEB.replace("apps", "apqs"));
    client.open(&webs[1], WEB);
    assert_eq!(client.codes(&webs[0]).len(), 1);
    assert!(client.codes(&webs[1]).is_empty());
    client.leaves();
}

#[test]
fn messages_that_make_no_sense() {
    let mut client = Client::silent();
    assert_eq!(client.ask("textDocument/codeAction", json!({}))["error"]["code"], -32002);
    client.raw(b"Content-Length: 4\r\n\r\n{\"a\"");
    assert_eq!(client.read()["error"]["code"], -32700);
    client.raw(b"Content-Length: 2\r\n\r\n[]");
    assert_eq!(client.read()["error"]["code"], -32600);
    assert!(client.ask("initialize", json!({ "capabilities": 3 })).get("result").is_some());
    assert_eq!(client.ask("initialize", json!({}))["error"]["code"], -32600);
    assert_eq!(client.ask("no/such", json!([1]))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/codeAction", json!({ "x": 1 }))["error"]["code"], -32602);
    for method in
        ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "$/cancelRequest", "no/such"]
    {
        client.tell(method, json!({ "nonsense": [] }));
    }
    let range = json!({ "start": { "line": 9, "character": 9 }, "end": { "line": 1, "character": 0 } });
    client.open("untitled:x", "a {");
    let changes = json!([{ "range": range, "text": "}" }]);
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "untitled:x", "version": 2 }, "contentChanges": changes }),
    );
    assert!(client.codes("untitled:x").is_empty(), "{:?}", client.findings);
    client.tell("exit", Value::Null);
    assert_eq!(client.ends(), 1, "exit without shutdown");
}

#[test]
fn a_client_that_vanishes() {
    assert_eq!(Client::new(&json!({}), None).ends(), 1);
    let mut client = Client::silent();
    client.raw(b"nonsense\r\n\r\n");
    assert_eq!(client.ends(), 1);
}

#[test]
fn changes_that_wait_are_one_analysis() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB)]);
    let web = uri(folder.path(), "w/web.kdl");
    let mut client = Client::new(&json!({}), None);
    client.open(&web, WEB);
    client.codes(&web);
    for version in 2..200 {
        client.change(&web, version, &WEB.replace("apps", &"x".repeat(version as usize % 9 + 1)));
    }
    client.change(&web, 200, WEB);
    assert!(client.codes(&web).is_empty());
    assert_eq!(client.findings[&web].0, Some(200));
    client.leaves();
}

#[test]
fn every_root_file_beside_homelab_kdl_is_looked_at() {
    let staging = "homelab \"s\" domain=\"example.org\" {\n    include \"w/*.kdl\"\n    category \"apps\"\n    without \
                   \"workload.wed\"\n}\n";
    let folder =
        project(&[("homelab.kdl", ROOT), ("staging.kdl", staging), ("w/web.kdl", WEB), ("notes.kdl", "a 1\n")]);
    let (web, other) = (uri(folder.path(), "w/web.kdl"), uri(folder.path(), "staging.kdl"));
    let mut client = Client::new(&json!({}), None);
    client.open(&web, &WEB.replace("apps", "apqs"));
    assert_eq!(client.codes(&web), ["HLC0311"], "what both say is said once");
    assert_eq!(client.fixes(&web, 0).len(), 1);
    client.change(&web, 2, WEB);
    assert!(client.codes(&web).is_empty());
    assert_eq!(client.findings[&other].1[0]["code"], "HLC0340");
    client.open(&other, &staging.replace("workload.wed", "workload.web"));
    assert!(client.codes(&other).is_empty());
    client.leaves();
}

#[test]
fn a_project_needs_no_homelab_kdl() {
    let folder = project(&[("staging.kdl", ROOT), ("w/web.kdl", WEB)]);
    let web = uri(folder.path(), "w/web.kdl");
    let mut client = Client::new(&json!({}), None);
    client.open(&web, &WEB.replace("apps", "apqs"));
    assert_eq!(client.codes(&web), ["HLC0311"]);
    assert!(client.shown.is_empty(), "{:?}", client.shown);
    client.leaves();
}

#[test]
fn a_finding_is_allowed_where_it_stands() {
    const OPEN: &str = "hetzner token=(secret)TOKEN {\n    firewall \"a\" { allow \"ssh\" tcp=22; }\n    firewall \"b\" {\n        \
                        allow \"ssh\" tcp=22 {\n            icmp #true\n        }\n    }\n}\n";
    let folder = project(&[("homelab.kdl", ROOT), ("w/edge.kdl", OPEN)]);
    let edge = uri(folder.path(), "w/edge.kdl");
    let mut client = Client::new(&json!({}), None);
    client.open(&edge, OPEN);
    let edit = |actions: &[Value]| {
        let action = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with("allow")).unwrap();
        action["edit"]["changes"].as_object().unwrap().values().next().unwrap()[0].clone()
    };
    let short = edit(&client.fixes(&edge, 1));
    assert_eq!(short["newText"], " { allow \"open-ssh\" reason=\"\"; }");
    assert_eq!(short["range"]["start"], json!({ "line": 1, "character": 37 }));
    let long = edit(&client.fixes(&edge, 3));
    assert_eq!(long["newText"], "\n            allow \"open-ssh\" reason=\"\"");
    assert_eq!(long["range"]["start"], json!({ "line": 3, "character": 28 }));
    // The reason that is left empty is asked for.
    let with =
        |reason: &str| OPEN.replacen("tcp=22;", &format!("tcp=22 {{ allow \"open-ssh\" reason=\"{reason}\"; }};"), 1);
    client.change(&edge, 2, &with(""));
    assert!(client.codes(&edge).contains(&"HLC0361".to_owned()));
    client.change(&edge, 3, &with("only for now"));
    assert!(!client.codes(&edge).contains(&"HLC0361".to_owned()));
    assert_eq!(client.codes(&edge).iter().filter(|code| *code == "HLC0875").count(), 1);
    client.leaves();
}

/// Asks at the `$0` of a text, which is what is open at a path.
fn at(client: &mut Client, uri: &str, version: i32, text: &str, method: &str) -> Value {
    let (before, _) = text.split_once("$0").unwrap();
    let line = before.matches('\n').count();
    let character = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    client.change(uri, version, &text.replacen("$0", "", 1));
    let position = json!({ "line": line, "character": character });
    client.ask(method, json!({ "textDocument": { "uri": uri }, "position": position }))["result"].clone()
}

#[test]
fn codes_are_offered_and_explained_where_they_are_named() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB)]);
    let markdown = json!({ "textDocument": { "hover": { "contentFormat": ["markdown", "plaintext"] } } });
    let mut client = Client::new(&markdown, Some(folder.path()));
    let web = uri(folder.path(), "w/web.kdl");
    client.open(&web, WEB);
    let text = |line: &str| {
        let image = "Pod \"web\" { spec { containers { - name=web image=web; }; }; }";
        format!("workload \"web\" category=\"apps\" {{\n    namespace \"web\"\n    {line}\n    {image}\n}}\n")
    };

    // What there is to allow comes first; what cannot be allowed is not offered.
    for (version, line) in (2..).zip(["allow \"$0\"", "allow \"$0", "allow $0"]) {
        let offered = at(&mut client, &web, version, &text(line), "textDocument/completion");
        let mut offered = offered.as_array().unwrap().clone();
        offered.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
        // While the word is not closed nothing is known of the rest.
        if line == "allow \"$0\"" {
            assert_eq!(offered[0]["label"], "floating-tag", "{line}");
        }
        let first = offered.iter().find(|item| item["label"] == "floating-tag").unwrap();
        assert_eq!(first["detail"], "HLC0650 (hint): an image without a tag, or with the tag `latest`");
        assert_eq!(first["textEdit"]["newText"], "\"floating-tag\"");
        let start = &first["textEdit"]["range"]["start"];
        assert_eq!((start["line"].as_u64(), start["character"].as_u64()), (Some(2), Some(10)), "{line}");
        let length = line.replace("$0", "").len() as u64;
        assert_eq!(first["textEdit"]["range"]["end"]["character"].as_u64(), Some(4 + length), "{line}");
        assert!(offered.len() > 50);
        assert!(offered.iter().all(|item| item["label"] != "duplicate-object"));
        let resolved = client.ask("completionItem/resolve", first.clone())["result"].clone();
        assert!(resolved["documentation"]["value"].as_str().unwrap().starts_with("# HLC0650: floating-tag\n"));
    }
    let elsewhere = at(&mut client, &web, 5, &text("allow \"open-ssh\" reason=\"$0\""), "textDocument/completion");
    assert_eq!(elsewhere, json!([]));

    // By its name, and by its code.
    for (version, line) in (6..).zip(["allow \"float$0ing-tag\" reason=\"x\"", "allow \"HLC0650$0\" reason=\"x\""]) {
        let told = at(&mut client, &web, version, &text(line), "textDocument/hover");
        assert_eq!(told["contents"]["kind"], "markdown");
        let page = hlc_model::docs::code_page(hlc_model::docs::code("HLC0650").unwrap());
        assert_eq!(told["contents"]["value"], page);
        assert_eq!(told["range"]["start"], json!({ "line": 2, "character": 10 }));
    }
    let nothing = at(&mut client, &web, 8, &text("allow \"no-such-th$0ing\" reason=\"x\""), "textDocument/hover");
    assert_eq!(nothing, Value::Null);
    assert_eq!(at(&mut client, &web, 9, &text("name$0space \"web\""), "textDocument/hover"), Value::Null);
}

#[test]
fn codes_and_severities_of_the_homelab() {
    let folder = project(&[("homelab.kdl", ROOT), ("w/web.kdl", WEB)]);
    let mut client = Client::new(&json!({}), Some(folder.path()));
    let root = uri(folder.path(), "homelab.kdl");
    client.open(&root, ROOT);
    let text = |line: &str| ROOT.replace("    category", &format!("    {line}\n    category"));
    let labels = |offered: Value| -> Vec<String> {
        offered.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    };
    let codes = labels(at(&mut client, &root, 2, &text("finding \"$0\""), "textDocument/completion"));
    assert!(codes.iter().any(|code| code == "open-ssh"), "{codes:?}");
    let severities =
        labels(at(&mut client, &root, 3, &text("finding \"open-ssh\" severity=\"$0\""), "textDocument/completion"));
    assert_eq!(severities, ["error", "warning", "hint", "off"]);
    let told = at(&mut client, &root, 4, &text("finding \"open$0-ssh\" severity=\"error\""), "textDocument/hover");
    // This client did not say that it shows Markdown.
    assert_eq!(told["contents"]["kind"], "plaintext");
    assert!(told["contents"]["value"].as_str().unwrap().contains("SSH that the whole internet can reach"));
}
