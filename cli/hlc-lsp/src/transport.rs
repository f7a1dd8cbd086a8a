//! Messages in and out of two streams.
//!
//! lsp-server has this too, but gives up on the first body that is no message, and trusts the length that it is told.

use std::io::{self, BufRead, Read as _, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde_json::Value;

/// Longer bodies are skipped, in bytes.
const BODY_LIMIT: u64 = 512 << 20;
/// Longer header lines end the session, in bytes.
const HEADER_LIMIT: u64 = 8 << 10;

/// What came in.
pub(crate) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none, and why.
    Malformed(ErrorCode, String),
}

/// Reads until the stream ends, `exit` comes or the framing is lost; then the channel closes.
pub(crate) fn read_in_background(mut reader: impl BufRead + Send + 'static) -> io::Result<Receiver<Incoming>> {
    let (sender, receiver) = channel();
    thread::Builder::new().name("reader".to_owned()).spawn(move || {
        while let Ok(Some(body)) = read_body(&mut reader) {
            let incoming = decode(body);
            let is_exit = matches!(&incoming, Incoming::Message(Message::Notification(it)) if it.method == "exit");
            if sender.send(incoming).is_err() || is_exit {
                break;
            }
        }
    })?;
    Ok(receiver)
}

fn decode(body: Option<Vec<u8>>) -> Incoming {
    let Some(body) = body else {
        return Incoming::Malformed(ErrorCode::InvalidRequest, "the message is too large".to_owned());
    };
    match serde_json::from_slice::<Value>(&body) {
        Err(error) => Incoming::Malformed(ErrorCode::ParseError, error.to_string()),
        Ok(value) => match serde_json::from_value(value) {
            Ok(message) => Incoming::Message(message),
            Err(_) => {
                Incoming::Malformed(ErrorCode::InvalidRequest, "neither request, answer nor notification".to_owned())
            }
        },
    }
}

/// The next body; `None` at the end of the stream, `Some(None)` for one that is too large.
fn read_body(reader: &mut impl BufRead) -> io::Result<Option<Option<Vec<u8>>>> {
    let lost = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut length: Option<u64> = None;
    loop {
        let mut line = Vec::new();
        if reader.by_ref().take(HEADER_LIMIT).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let Some(line) = line.strip_suffix('\n').map(|line| line.trim_end_matches('\r')) else {
            return Err(lost("a header without an end"));
        };
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| lost("a header without a colon"))?;
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().map_err(|_| lost("a length that is no number"))?);
        }
    }
    let length = length.ok_or_else(|| lost("no length"))?;
    let mut body = reader.by_ref().take(length);
    if length > BODY_LIMIT {
        io::copy(&mut body, &mut io::sink())?;
        return Ok(Some(None));
    }
    // Grows as bytes come, so that a length alone takes no memory.
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length { Ok(None) } else { Ok(Some(Some(bytes))) }
}

/// Sends messages to the client.
pub(crate) struct Writer<W> {
    out: W,
    requests: i32,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, requests: 0 }
    }

    pub(crate) fn answer(&mut self, id: RequestId, result: &impl Serialize) -> io::Result<()> {
        let result = serde_json::to_value(result)?;
        self.send(&Response { id, response_result: Ok(result) }.into())
    }

    pub(crate) fn refuse(&mut self, id: RequestId, code: ErrorCode, why: impl Into<String>) -> io::Result<()> {
        self.send(&Response::new_err(id, code as i32, why.into()).into())
    }

    /// Answers something that has no id which could be read.
    pub(crate) fn refuse_malformed(&mut self, code: ErrorCode, why: &str) -> io::Result<()> {
        let error = serde_json::json!({ "code": code as i32, "message": why });
        self.frame(&serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string())
    }

    pub(crate) fn notify(&mut self, method: &str, params: &impl Serialize) -> io::Result<()> {
        let params = serde_json::to_value(params)?;
        self.send(&Notification { method: method.to_owned(), params }.into())
    }

    /// Asks the client something whose answer does not matter.
    pub(crate) fn request(&mut self, method: &str, params: &impl Serialize) -> io::Result<()> {
        let params = serde_json::to_value(params)?;
        self.requests += 1;
        self.send(&Request { id: self.requests.into(), method: method.to_owned(), params }.into())
    }

    fn send(&mut self, message: &Message) -> io::Result<()> {
        message.write(&mut self.out)
    }

    fn frame(&mut self, body: &str) -> io::Result<()> {
        write!(self.out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(mut stream: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        while let Ok(Some(body)) = read_body(&mut stream) {
            found.push(body.map_or("too large".to_owned(), |bytes| String::from_utf8(bytes).unwrap()));
        }
        found
    }

    #[test]
    fn frames() {
        assert_eq!(bodies(b"Content-Length: 2\r\n\r\n{}content-length:1\r\nX: y\r\n\r\n1"), ["{}", "1"]);
        assert_eq!(bodies(b"Content-Length: 5\r\n\r\n{}"), [""; 0]);
        assert_eq!(bodies(b"Content-Length: 99999999999999\r\n\r\n{}"), ["too large"]);
        assert_eq!(bodies(b"Content-Length: x\r\n\r\n{}"), [""; 0]);
        assert_eq!(bodies(b"nonsense\r\n\r\n"), [""; 0]);
        assert_eq!(bodies(&[b'x'; 100_000]), [""; 0]);
    }
}
