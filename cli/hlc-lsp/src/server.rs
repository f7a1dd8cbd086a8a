//! The session: what each message changes, and what is said after it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::analysis::{self, Analysis};
use crate::documents::{Document, Documents};
use crate::findings::{Client, by_file};
use crate::position::Encoding;
use crate::transport::{Incoming, Writer};
use crate::{actions, uri, words};

/// What was last said about a file, and of which version.
type Said = (Option<i32>, Vec<lsp::Diagnostic>);

struct Server<W> {
    out: Writer<W>,
    /// `None` until the client has introduced itself.
    client: Option<Client>,
    shut_down: bool,
    documents: Documents,
    /// Projects of the folders that the editor has open: looked at even when none of their files is.
    folders: BTreeSet<PathBuf>,
    /// By the root file.
    analyses: BTreeMap<PathBuf, Analysis>,
    said: BTreeMap<String, Said>,
    /// Something has changed since the last analysis.
    changed: bool,
    shown: BTreeSet<String>,
}

/// Serves until `exit` or the end of the messages.
pub(crate) fn serve<W: Write>(messages: &Receiver<Incoming>, out: Writer<W>) -> io::Result<u8> {
    let mut server = Server {
        out,
        client: None,
        shut_down: false,
        documents: Documents::default(),
        folders: BTreeSet::new(),
        analyses: BTreeMap::new(),
        said: BTreeMap::new(),
        changed: false,
        shown: BTreeSet::new(),
    };
    loop {
        // What waits already is taken in before anything is analysed.
        let next = match messages.try_recv() {
            Ok(message) => message,
            Err(TryRecvError::Disconnected) => return Ok(1),
            Err(TryRecvError::Empty) => {
                server.settle()?;
                let Ok(message) = messages.recv() else { return Ok(1) };
                message
            }
        };
        match next {
            Incoming::Malformed(code, why) => server.out.refuse_malformed(code, &why)?,
            Incoming::Message(Message::Request(request)) => server.request(request)?,
            Incoming::Message(Message::Notification(notification)) => {
                if notification.method == "exit" {
                    return Ok(u8::from(!server.shut_down));
                }
                server.notification(notification)?;
            }
            Incoming::Message(Message::Response(_)) => {}
        }
    }
}

impl<W: Write> Server<W> {
    fn request(&mut self, request: Request) -> io::Result<()> {
        let Request { id, method, params } = request;
        if self.shut_down {
            return self.out.refuse(id, ErrorCode::InvalidRequest, "the server has been shut down");
        }
        let client = match (self.client, method.as_str()) {
            (None, "initialize") => {
                let result = self.initialize(&params);
                return self.out.answer(id, &result);
            }
            (None, _) => return self.out.refuse(id, ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Some(client), _) => client,
        };
        match method.as_str() {
            "initialize" => self.out.refuse(id, ErrorCode::InvalidRequest, "the server is initialized already"),
            "shutdown" => {
                self.shut_down = true;
                self.out.answer(id, &Value::Null)
            }
            "textDocument/codeAction" => self.answer(id, params, |server, params| server.actions(&params, client)),
            "textDocument/completion" => self.answer(id, params, |server, params| server.completions(&params, client)),
            "completionItem/resolve" => self.answer(id, params, |_, item| Ok(words::resolve(item, client))),
            "textDocument/hover" => self.answer(id, params, |server, params: lsp::HoverParams| {
                let at = params.text_document_position_params;
                let document = server.documents.get(&at.text_document.uri.0).filter(|document| document.is_kdl());
                Ok(document.and_then(|document| words::hover(document, at.position, client)))
            }),
            _ => self.out.refuse(id, ErrorCode::MethodNotFound, format!("`{method}` is not supported")),
        }
    }

    /// Answers a request whose parameters make sense.
    fn answer<P: DeserializeOwned, R: Serialize>(
        &mut self,
        id: RequestId,
        params: Value,
        result: impl FnOnce(&mut Self, P) -> io::Result<R>,
    ) -> io::Result<()> {
        match serde_json::from_value::<P>(params) {
            Ok(params) => {
                let result = result(self, params)?;
                self.out.answer(id, &result)
            }
            Err(error) => self.out.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        }
    }

    fn actions(&mut self, params: &lsp::CodeActionParams, client: Client) -> io::Result<Vec<lsp::CodeAction>> {
        self.settle()?;
        let Some(document) = self.documents.get(&params.text_document.uri.0) else { return Ok(Vec::new()) };
        let of = |analysis: &Analysis| actions::actions(analysis, &self.documents, params, client);
        let read: Vec<_> = self.reading(document).collect();
        if read.is_empty() {
            return Ok(of(&analysis::alone(document)));
        }
        let mut found: Vec<lsp::CodeAction> = Vec::new();
        for action in read.into_iter().flat_map(of) {
            let same = |other: &lsp::CodeAction| (&other.title, &other.edit) == (&action.title, &action.edit);
            if !found.iter().any(same) {
                found.push(action);
            }
        }
        Ok(found)
    }

    fn completions(&mut self, params: &lsp::CompletionParams, client: Client) -> io::Result<Vec<lsp::CompletionItem>> {
        self.settle()?;
        let at = &params.text_document_position_params;
        let document = self.documents.get(&at.text_document.uri.0).filter(|document| document.is_kdl());
        let Some(document) = document else { return Ok(Vec::new()) };
        Ok(words::completions(document, &self.reading(document).collect::<Vec<_>>(), at.position, client))
    }

    /// The analyses of the projects that read a text.
    fn reading(&self, document: &Document) -> impl Iterator<Item = &Analysis> {
        self.analyses.values().filter(|analysis| analysis.uris().any(|uri| uri == document.uri))
    }

    fn initialize(&mut self, params: &Value) -> lsp::InitializeResult {
        // Read field by field: a client that gets one of hundreds of capabilities wrong can still be served.
        let is = |pointer: &str| params.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let encoding = Encoding::best(offered.into_iter().flatten().filter_map(Value::as_str));
        let markdown = params.pointer("/capabilities/textDocument/hover/contentFormat").and_then(Value::as_array);
        self.client = Some(Client {
            encoding,
            related: is("/capabilities/textDocument/publishDiagnostics/relatedInformation"),
            document_changes: is("/capabilities/workspace/workspaceEdit/documentChanges"),
            watches: is("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
            markdown: markdown.into_iter().flatten().any(|format| format == "markdown"),
        });
        let folders = params.pointer("/workspaceFolders").and_then(Value::as_array);
        let folders = folders.into_iter().flatten().filter_map(|folder| folder.get("uri"));
        let root = params.get("rootUri");
        self.folders = folders.chain(root).filter_map(Value::as_str).filter_map(uri::to_path).collect();
        self.changed = true;
        let sync = lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::Incremental),
            save: Some(true.into()),
            ..lsp::TextDocumentSyncOptions::default()
        };
        let fixes = lsp::CodeActionOptions {
            code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix]),
            ..lsp::CodeActionOptions::default()
        };
        let capabilities = lsp::ServerCapabilities {
            position_encoding: Some(match encoding {
                Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
                Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(sync.into()),
            code_action_provider: Some(fixes.into()),
            completion_provider: Some(lsp::CompletionOptions {
                trigger_characters: Some(vec!["\"".to_owned()]),
                resolve_provider: Some(true),
                ..lsp::CompletionOptions::default()
            }),
            hover_provider: Some(true.into()),
            ..lsp::ServerCapabilities::default()
        };
        let server = lsp::ServerInfo { name: "hlc".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
        lsp::InitializeResult { capabilities, server_info: Some(server) }
    }

    fn notification(&mut self, notification: Notification) -> io::Result<()> {
        let Some(client) = self.client.filter(|_| !self.shut_down) else { return Ok(()) };
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => {
                if client.watches {
                    let watcher = json!({ "globPattern": "**/*.{kdl,yaml,yml,json}" });
                    let method = "workspace/didChangeWatchedFiles";
                    let files =
                        json!({ "id": "files", "method": method, "registerOptions": { "watchers": [watcher] } });
                    self.out.request("client/registerCapability", &json!({ "registrations": [files] }))?;
                }
            }
            "textDocument/didOpen" => {
                if let Some(params) = decoded::<lsp::DidOpenTextDocumentParams>(params) {
                    let document = params.text_document;
                    self.documents.open(document.uri.0, document.version, document.text);
                }
            }
            "textDocument/didChange" => {
                if let Some(params) = decoded::<lsp::DidChangeTextDocumentParams>(params) {
                    let id = params.text_document;
                    let uri = id.text_document_identifier.uri.0;
                    self.documents.change(&uri, id.version, params.content_changes, client.encoding);
                }
            }
            "textDocument/didClose" => {
                if let Some(params) = decoded::<lsp::DidCloseTextDocumentParams>(params) {
                    self.documents.close(&params.text_document.uri.0);
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {}
            _ => return Ok(()),
        }
        self.changed = true;
        Ok(())
    }

    /// Looks at everything again if anything has changed, and says what is different.
    fn settle(&mut self) -> io::Result<()> {
        let Some(client) = self.client.filter(|_| self.changed && !self.shut_down) else { return Ok(()) };
        self.changed = false;
        let roots_of = |path: &Path| analysis::roots_of(path, &self.documents);
        let mut roots: BTreeSet<PathBuf> = self.folders.iter().flat_map(|folder| roots_of(&folder.join("x"))).collect();
        let mut messages = Vec::new();
        for document in self.documents.iter() {
            match document.path.as_deref().map(roots_of) {
                Some(found) if !found.is_empty() => roots.extend(found),
                Some(_) if document.is_kdl() => {
                    let where_it_is = format!("{} is in no homelab (no homelab.kdl above it)", document.uri);
                    messages.push((lsp::MessageType::Info, format!("{where_it_is}: only its syntax is checked")));
                }
                Some(_) | None => {}
            }
        }
        let mut analyses = BTreeMap::new();
        for root in roots {
            match analysis::project(&root, &self.documents) {
                Ok(analysis) => {
                    analyses.insert(root, analysis);
                }
                Err(trouble) => {
                    messages.push((lsp::MessageType::Error, trouble));
                    // What was found before stays.
                    analyses.extend(self.analyses.remove_entry(&root));
                }
            }
        }
        self.analyses = analyses;
        // What no project reads is looked at by itself.
        let read: BTreeSet<&str> = self.analyses.values().flat_map(Analysis::uris).collect();
        let is_stray = |document: &&Document| document.is_kdl() && !read.contains(document.uri.as_str());
        let strays: Vec<_> = self.documents.iter().filter(is_stray).map(analysis::alone).collect();
        let mut files: BTreeMap<String, Vec<lsp::Diagnostic>> = BTreeMap::new();
        for analysis in self.analyses.values().chain(&strays) {
            for (uri, found) in by_file(analysis, client) {
                // What several environments say of one place is said once; they may differ in what else they point at.
                let said = files.entry(uri).or_default();
                let is_new = |finding: &lsp::Diagnostic| {
                    !said.iter().any(|other| other.range == finding.range && other.code == finding.code)
                };
                let new: Vec<_> = found.into_iter().filter(is_new).collect();
                said.extend(new);
            }
        }
        self.publish(&files)?;
        self.show(messages)
    }

    /// Says what is different from what was said last; files that are gone have no findings.
    fn publish(&mut self, files: &BTreeMap<String, Vec<lsp::Diagnostic>>) -> io::Result<()> {
        let mut now: BTreeMap<String, Said> = BTreeMap::new();
        for uri in self.said.keys().chain(files.keys()) {
            let version = self.documents.get(uri).map(|document| document.version);
            now.insert(uri.clone(), (version, files.get(uri).cloned().unwrap_or_default()));
        }
        // A closed file without findings needs no word, unless there was one.
        now.retain(|uri, said| {
            said.0.is_some() || !said.1.is_empty() || self.said.get(uri).is_some_and(|was| !was.1.is_empty())
        });
        for (uri, said) in &now {
            if self.said.get(uri) != Some(said) {
                let (version, diagnostics) = said.clone();
                let params = lsp::PublishDiagnosticsParams { uri: uri.as_str().into(), version, diagnostics };
                self.out.notify("textDocument/publishDiagnostics", &params)?;
            }
        }
        self.said = now;
        Ok(())
    }

    /// Shows messages that have not been shown yet.
    fn show(&mut self, messages: Vec<(lsp::MessageType, String)>) -> io::Result<()> {
        for (kind, message) in messages {
            if self.shown.insert(message.clone()) {
                self.out.notify("window/showMessage", &lsp::ShowMessageParams { kind, message })?;
            }
        }
        Ok(())
    }
}

/// The parameters of a notification; nonsense is `None`, since there is nobody to tell.
fn decoded<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
