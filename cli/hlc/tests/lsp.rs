//! The language server as an editor starts it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const ROOT: &str = "homelab \"t\" edition=\"1\" domain=\"example.net\" {\n}\n";

struct Editor {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Editor {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hlc"));
        let mut server = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        Self { server, to, from }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn read(&mut self) -> Value {
        let mut header = String::new();
        self.from.read_line(&mut header).unwrap();
        let length = header.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        self.from.read_line(&mut String::new()).unwrap();
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The next findings of a file.
    fn findings(&mut self, uri: &str) -> Vec<Value> {
        loop {
            let message = self.read();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
        }
    }
}

#[test]
fn a_file_is_broken_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("homelab.kdl"), ROOT).unwrap();
    let uri = format!("file://{}/homelab.kdl", folder.path().display());
    let mut editor = Editor::start();
    editor.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }));
    assert_eq!(editor.read()["result"]["capabilities"]["textDocumentSync"]["change"], 2);
    editor.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let document = json!({ "uri": uri, "languageId": "kdl", "version": 1, "text": ROOT });
    editor.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": document } }));
    assert!(editor.findings(&uri).is_empty());
    for (version, text, found) in [(2, "homelab {", true), (3, ROOT, false)] {
        let params =
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] });
        editor.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params }));
        assert_eq!(!editor.findings(&uri).is_empty(), found, "{text}");
    }
    editor.send(&json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }));
    assert_eq!(editor.read()["id"], 2);
    editor.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(editor.server.wait().unwrap().code(), Some(0));
}

#[test]
fn an_editor_that_dies() {
    let mut editor = Editor::start();
    drop(editor.to);
    assert_eq!(editor.server.wait().unwrap().code(), Some(1));
}
