//! The web server under a simulator: connections, and what happens to each request.
//!
//! A request waits as long as latency and faults say, then a fault may end it; the vendor does it; a fault may change what
//! the client learns of that; the answer is delivered, whole or not.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::body::{Delivered, Lost};
use crate::control::{Control, Moment, Stage};
use crate::exchange::{Answer, Asked, Bent, Vendor};
use crate::fault::{Delivery, End, Trouble};
use crate::log::Writer;

/// Longer bodies are refused, in bytes. Uploads are no part of what is simulated.
const LONGEST_BODY: usize = 16 << 20;

/// What is under way when a simulator is stopped may take this long.
const GRACE: Duration = Duration::from_secs(1);

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    control: Control,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1, in threads of its own, so that it runs under every kind of caller.
    pub(crate) fn start(vendor: Arc<dyn Vendor>, control: Control) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_io().enable_time().build()?;
        let (stop, stopped) = watch::channel(false);
        let serving = Serving { vendor, control: control.clone(), stopped };
        let thread = thread::Builder::new().name("simulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    serving.accept(listener).await;
                }
            });
            // A callback that never returns must not hold up the caller.
            runtime.shutdown_background();
        })?;
        Ok(Self { address, control, stop, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its receiver is gone only when the thread has ended already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Clone)]
struct Serving {
    vendor: Arc<dyn Vendor>,
    control: Control,
    stopped: watch::Receiver<bool>,
}

impl Serving {
    /// Comes back when the simulator is stopped.
    async fn until_stopped(&self) {
        // An error means that whoever could stop it is gone, which is as good.
        let _ = self.stopped.clone().wait_for(|stopped| *stopped).await;
    }

    async fn accept(self, listener: tokio::net::TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.clone().connection(stream));
                    }
                    // Too many open files, most likely; the next one may go.
                    Err(_) => sleep(Duration::from_millis(10)).await,
                },
                Some(_) = connections.join_next() => {}
                () = self.until_stopped() => break,
            }
        }
        let finish = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(GRACE, finish).await;
    }

    async fn connection(self, stream: tokio::net::TcpStream) {
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let serving = self.clone();
        let service = service_fn(move |request| serving.clone().request(request));
        let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            // A client that has gone, or a fault, is no failure of the server.
            _ = connection.as_mut() => {}
            () = self.until_stopped() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }

    async fn request(self, request: Request<Incoming>) -> Result<Response<Delivered>, Lost> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LONGEST_BODY).collect().await.map_err(|_| Lost)?.to_bytes().to_vec();
        let method = head.method.as_str().to_owned();
        let below = head.uri.path().strip_prefix(self.vendor.base()).map(str::to_owned);
        let shown = below.clone().unwrap_or_else(|| head.uri.path().to_owned());
        let query = head.uri.query().unwrap_or_default();
        let number = self.control.arrived(&method, &shown, query, &body);
        let asked = Asked {
            number,
            method,
            path: below,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            authorization: head.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok()).map(str::to_owned),
            body,
        };
        // In a task of its own: what has arrived is done, also when the client has gone meanwhile.
        let control = self.control.clone();
        let handling = async move {
            let response = self.handle(Arc::new(asked), shown.into()).await;
            control.finished();
            response
        };
        tokio::spawn(handling).await.unwrap_or(Err(Lost))
    }

    async fn handle(self, asked: Arc<Asked>, path: Arc<str>) -> Result<Response<Delivered>, Lost> {
        let Trouble { delay, before, after, delivery, stale, page } = self.control.trouble(&asked.method, &path);
        let wait = self.control.latency().saturating_add(delay.unwrap_or_default());
        if !wait.is_zero() {
            sleep(wait).await;
        }
        self.call(Stage::Before, &asked, &path).await?;
        if let Some(end) = before {
            return self.end(asked.number, end).await.map(|answer| deliver(answer, delivery));
        }
        let answer = self.vendor.answer(&asked, Bent { stale, page });
        self.control.note(asked.number, |seen| seen.reached = true);
        self.call(Stage::After, &asked, &path).await?;
        match after {
            Some(end) => self.end(asked.number, end).await.map(|answer| deliver(answer, delivery)),
            None => {
                self.answered(asked.number, &answer, Writer::Vendor);
                Ok(deliver(answer, delivery))
            }
        }
    }

    /// Calls the callback, where it may block.
    async fn call(&self, stage: Stage, asked: &Arc<Asked>, path: &Arc<str>) -> Result<(), Lost> {
        let Some(watch) = self.control.watch() else { return Ok(()) };
        let (asked, path) = (asked.clone(), path.clone());
        let call = move || watch(&Moment { stage, number: asked.number, method: &asked.method, path: &path });
        tokio::task::spawn_blocking(call).await.map_err(|_| Lost)
    }

    /// What a fault has instead of the vendor's answer.
    async fn end(&self, number: u64, end: End) -> Result<Answer, Lost> {
        let answer = match end {
            End::Drop => return Err(Lost),
            End::Hang => {
                self.until_stopped().await;
                return Err(Lost);
            }
            End::Status(status, retry_after) => {
                let mut answer = self.vendor.refusal(status);
                answer.headers.extend(retry_after.map(|after| ("retry-after", after.text())));
                answer
            }
            End::Html(status) => Answer {
                status,
                headers: vec![("content-type", "text/html; charset=UTF-8".to_owned())],
                body: format!("<!DOCTYPE html>\n<html><head><title>{status}</title></head><body></body></html>\n")
                    .into(),
            },
        };
        self.answered(number, &answer, Writer::Fault);
        Ok(answer)
    }

    fn answered(&self, number: u64, answer: &Answer, writer: Writer) {
        self.control.note(number, |seen| {
            seen.status = Some(answer.status);
            seen.writer = writer;
            seen.content_type = answer.header("content-type").map(str::to_owned);
            seen.answer.clone_from(&answer.body);
        });
    }
}

fn deliver(answer: Answer, delivery: Option<Delivery>) -> Response<Delivered> {
    let mut response = Response::new(Delivered::new(answer.body, delivery));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        // A header that HTTP does not allow is left out.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
