//! Sending.

use std::time::SystemTime;

use reqwest::header::{AUTHORIZATION, LOCATION};
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, sleep, timeout_at};

use crate::answer::Answer;
use crate::error::{NetError, Reason};
use crate::policy::Policy;
use crate::request::Request;
use crate::turn::Turns;
use crate::wait::{asked, backoff};

/// An HTTP client. One serves a whole command, from any number of tasks.
pub struct Client {
    http: reqwest::Client,
    /// Asks this very machine. A proxy would carry that elsewhere, and a login with it.
    here: reqwest::Client,
    policy: Policy,
    turns: Turns,
}

impl Client {
    /// A client that calls itself `agent`. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`), certificates those
    /// that the system trusts.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(agent: &str, policy: Policy) -> Result<Self, Reason> {
        let client = || {
            reqwest::Client::builder()
                .user_agent(agent)
                // Followed here, so that logins stay where they belong.
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                // Another crate may bring HTTP/2 with it; turns and limits are thought for connections that carry one request.
                .http1_only()
                .connect_timeout(policy.connect)
                .read_timeout(policy.idle)
        };
        let built = |client: reqwest::ClientBuilder| client.build().map_err(|error| Reason::Setup(cause(&error)));
        Ok(Self { http: built(client())?, here: built(client().no_proxy())?, policy, turns: Turns::default() })
    }

    /// Sends a request and gives the answer, whatever its status.
    ///
    /// What only reads is sent again after a broken connection, a time-out, 408, 429 and 5xx; other requests only where it is
    /// certain that they were not carried out: no connection came about, or the server says 429. After the last attempt the
    /// answer is given as it is.
    ///
    /// # Errors
    /// See [`Reason`].
    pub async fn send(&self, request: &Request) -> Result<Answer, NetError> {
        let until = Instant::now() + self.policy.deadline;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let sent = match timeout_at(until, self.follow(request)).await {
                Ok(sent) => sent,
                Err(_) => return Err(self.late(request)),
            };
            let wait = match &sent {
                Ok(answer) if !is_worth_repeating(request, answer.status) => return sent,
                Ok(answer) => asked(answer, SystemTime::now()).unwrap_or_else(|| backoff(&self.policy, attempts)),
                Err(error) if !may_repeat(request, &error.reason) => return sent,
                Err(_) => backoff(&self.policy, attempts),
            };
            if attempts >= self.policy.attempts {
                return sent;
            }
            if Instant::now() + wait >= until {
                return match sent {
                    Ok(answer) => {
                        Err(NetError::new(&answer.url, Reason::Busy { status: answer.status.as_u16(), wait }))
                    }
                    Err(_) => Err(self.late(request)),
                };
            }
            sleep(wait).await;
        }
    }

    fn late(&self, request: &Request) -> NetError {
        NetError::new(&request.url, Reason::Timeout(self.policy.deadline))
    }

    /// Sends a request and what it is redirected to.
    async fn follow(&self, request: &Request) -> Result<Answer, NetError> {
        let mut url = request.url.clone();
        let mut login = request.login.as_ref();
        for _ in 0..=self.policy.redirects {
            let answer = self.once(request, &url, login).await?;
            let is_redirect = answer.status.is_redirection() && answer.status != StatusCode::NOT_MODIFIED;
            let Some(location) = answer.headers.get(LOCATION).filter(|_| is_redirect) else { return Ok(answer) };
            let refused = |reason| Err(NetError::new(&url, Reason::BadRedirect(reason)));
            if !request.only_reads() {
                return refused("of a request that changes something is not followed");
            }
            let next = location.to_str().ok().and_then(|location| url.join(location).ok());
            let next = match next {
                Some(next) if matches!(next.scheme(), "https" | "http") => next,
                Some(_) | None => return refused("leads to something that is no URL of a web server"),
            };
            if url.scheme() == "https" && next.scheme() == "http" {
                return refused("leads from https to http");
            }
            if next.origin() != url.origin() {
                login = None;
            }
            url = next;
        }
        Err(NetError::new(&request.url, Reason::Redirects(self.policy.redirects)))
    }

    /// Sends one request and reads the whole answer.
    async fn once(&self, request: &Request, url: &Url, login: Option<&crate::Login>) -> Result<Answer, NetError> {
        let fail = |reason| NetError::new(url, reason);
        let http = if is_this_machine(url) { &self.here } else { &self.http };
        let mut sent = http.request(request.method.clone(), url.clone()).headers(request.headers.clone());
        if !request.body.is_empty() {
            sent = sent.body(request.body.clone());
        }
        if let Some(login) = login {
            if url.scheme() != "https" && !is_this_machine(url) {
                return Err(fail(Reason::PlainLogin));
            }
            sent = sent.header(AUTHORIZATION, login.header().ok_or_else(|| fail(Reason::BadLogin))?);
        }
        let _turn = self.turns.take(url, &self.policy).await;
        let mut answer = sent.send().await.map_err(|error| fail(self.reason(&error)))?;
        let total = answer.content_length();
        if total.is_some_and(|total| total > request.limit) {
            return Err(fail(Reason::TooLarge(request.limit)));
        }
        let mut body = Vec::with_capacity(usize::try_from(total.unwrap_or(0)).unwrap_or(0));
        while let Some(chunk) = answer.chunk().await.map_err(|error| fail(self.reason(&error)))? {
            body.extend_from_slice(&chunk);
            let length = body.len() as u64;
            if length > request.limit {
                return Err(fail(Reason::TooLarge(request.limit)));
            }
            if let Some(progress) = &request.progress {
                progress(length, total);
            }
        }
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        Ok(Answer { status, headers, body, url: url.clone() })
    }

    fn reason(&self, error: &reqwest::Error) -> Reason {
        if error.is_connect() {
            Reason::Connect(cause(error))
        } else if error.is_timeout() {
            Reason::Timeout(self.policy.idle)
        } else {
            Reason::Broken(cause(error))
        }
    }
}

/// The innermost cause, which says what happened. The outer ones name the URL with everything in it.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::eq(cause, error as &dyn std::error::Error) {
        "no reason is known".to_owned()
    } else {
        cause.to_string()
    }
}

/// True when what is sent does not leave this machine.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn is_worth_repeating(request: &Request, status: StatusCode) -> bool {
    let busy = status == StatusCode::TOO_MANY_REQUESTS;
    let passing = status == StatusCode::REQUEST_TIMEOUT || status.is_server_error();
    busy || passing && status != StatusCode::NOT_IMPLEMENTED && request.only_reads()
}

fn may_repeat(request: &Request, reason: &Reason) -> bool {
    match reason {
        Reason::Connect(_) => true,
        Reason::Timeout(_) | Reason::Broken(_) => request.only_reads(),
        Reason::Setup(_)
        | Reason::TooLarge(_)
        | Reason::Busy { .. }
        | Reason::Redirects(_)
        | Reason::BadRedirect(_)
        | Reason::PlainLogin
        | Reason::BadLogin => false,
    }
}
