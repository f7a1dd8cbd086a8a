//! The client against a server that fails in every way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hlc_net::{Answer, Client, Login, Method, NetError, Policy, Reason, Request, Url};
use hlc_tests_web::{Asked, Reply, Server};

fn policy() -> Policy {
    Policy {
        attempts: 3,
        idle: Duration::from_millis(300),
        deadline: Duration::from_secs(5),
        first_wait: Duration::from_millis(5),
        ..Policy::default()
    }
}

async fn send_with(policy: Policy, request: Request) -> Result<Answer, NetError> {
    Client::new("hlc-test", policy).unwrap().send(&request).await
}

async fn get(url: &str) -> Result<Answer, NetError> {
    send_with(policy(), Request::get(Url::parse(url).unwrap())).await
}

/// A server that answers the first requests with one thing and the others with another.
fn first(times: usize, fault: Reply, then: Reply) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |_| if asked.fetch_add(1, Ordering::SeqCst) < times { fault.clone() } else { then.clone() })
}

#[tokio::test]
async fn an_answer_comes_whole() {
    let server = Server::start(|_| Reply::ok("body").header("etag", "e"));
    let far = Arc::new(AtomicUsize::new(0));
    let seen = far.clone();
    let url = Url::parse(&server.url("/x")).unwrap();
    let progress: hlc_net::Progress = Arc::new(move |bytes, _| seen.store(bytes as usize, Ordering::SeqCst));
    let answer = send_with(policy(), Request::get(url).accept("text/plain").progress(Some(progress))).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_slice(), answer.header("etag")),
        (200, b"body".as_slice(), Some("e"))
    );
    assert_eq!(far.load(Ordering::SeqCst), 4);
    let [asked] = server.asked().try_into().unwrap();
    assert_eq!((asked.header("accept"), asked.header("user-agent")), (Some("text/plain"), Some("hlc-test")));
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for fault in [
        Reply::status(503),
        Reply::status(429).header("retry-after", "0"),
        Reply::ok("half of it").cut(4),
        Reply::ok("late").after(Duration::from_millis(800)),
        Reply::ok("stuck in the middle").dribble(Duration::from_millis(800)),
    ] {
        let server = first(2, fault, Reply::ok("whole"));
        assert_eq!(get(&server.url("/")).await.unwrap().body, b"whole");
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn trying_ends() {
    let server = Server::start(|_| Reply::status(502));
    assert_eq!(get(&server.url("/")).await.unwrap().status.as_u16(), 502);
    assert_eq!(server.asked().len(), 3);
    let server = Server::start(|_| Reply::ok("cut").cut(1));
    assert!(matches!(get(&server.url("/")).await.unwrap_err().reason, Reason::Broken(_)));
    let server = Server::start(|_| Reply::status(404));
    assert_eq!(get(&server.url("/")).await.unwrap().status.as_u16(), 404);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_sent_again() {
    let post = |server: &Server| {
        let url = Url::parse(&server.url("/")).unwrap();
        send_with(policy(), Request::new(Method::POST, url).body(b"make it".to_vec()))
    };
    for fault in [Reply::ok("cut").cut(1), Reply::ok("late").after(Duration::from_millis(800)), Reply::status(502)] {
        let server = Server::start(move |_| fault.clone());
        let _ = post(&server).await;
        assert_eq!(server.asked().len(), 1);
    }
    // 429 says that it was not done.
    let server = first(1, Reply::status(429), Reply::ok("made"));
    assert_eq!(post(&server).await.unwrap().body, b"made");
    assert_eq!(server.asked()[0].body, b"make it");
}

#[tokio::test]
async fn deadlines_hold_against_servers_that_ask_for_patience() {
    let server = Server::start(|_| Reply::status(503).header("retry-after", "3600"));
    let start = Instant::now();
    let error = get(&server.url("/x?key=canary")).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(
        error.to_string(),
        format!("{}?…: the server answers 503 and asks to come back in 3600 s", server.url("/x"))
    );
    let slow =
        Server::start(|_| Reply::ok("late").after(Duration::from_millis(250)).dribble(Duration::from_millis(250)));
    let hasty = Policy { deadline: Duration::from_millis(300), ..policy() };
    let error = send_with(hasty, Request::get(Url::parse(&slow.url("/")).unwrap())).await.unwrap_err();
    assert!(matches!(error.reason, Reason::Timeout(_)), "{error}");
}

#[tokio::test]
async fn sizes_are_bounded_with_and_without_an_announcement() {
    let request = |server: &Server| Request::get(Url::parse(&server.url("/")).unwrap()).limit(10);
    let server = Server::start(|_| Reply::ok("x".repeat(11)));
    let error = send_with(policy(), request(&server)).await.unwrap_err();
    assert!(matches!(error.reason, Reason::TooLarge(10)));
    assert_eq!(server.asked().len(), 1);
    let chunked = Server::start(|_| {
        Reply::ok(format!("b\r\n{}\r\n0\r\n\r\n", "x".repeat(11)))
            .header("transfer-encoding", "chunked")
            .header("content-length", "99")
    });
    assert!(matches!(send_with(policy(), request(&chunked)).await.unwrap_err().reason, Reason::TooLarge(10)));
}

fn is_authorized(asked: &Asked) -> bool {
    asked.header("authorization").is_some()
}

#[tokio::test]
async fn a_login_stays_with_its_host() {
    let login = || Some(Login::Bearer("canary".to_owned().into()));
    let other = Server::start(|_| Reply::ok("file"));
    let away = other.url("/file");
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/here" => Reply::redirect("/there"),
        "/there" => Reply::ok("there"),
        _ => Reply::redirect(&away),
    });
    let ask = |path: &str| send_with(policy(), Request::get(Url::parse(&server.url(path)).unwrap()).login(login()));
    assert_eq!(ask("/here").await.unwrap().body, b"there");
    assert_eq!(ask("/away").await.unwrap().body, b"file");
    assert!(server.asked().iter().all(is_authorized));
    assert!(!other.asked().iter().any(is_authorized));
}

#[tokio::test]
async fn redirects_are_bounded() {
    let server = Server::start(|_| Reply::redirect("/again"));
    let error = get(&server.url("/")).await.unwrap_err();
    assert!(matches!(error.reason, Reason::Redirects(5)), "{error}");
    assert_eq!(server.asked().len(), 6);
    let server = Server::start(|_| Reply::redirect("file:///etc/passwd"));
    assert!(matches!(get(&server.url("/")).await.unwrap_err().reason, Reason::BadRedirect(_)));
}

#[tokio::test]
async fn a_login_is_not_sent_in_plain_text() {
    let url = Url::parse("http://192.0.2.1/").unwrap();
    let login = Login::Basic { user: "u".to_owned(), password: "canary".to_owned().into() };
    let error = send_with(policy(), Request::get(url).login(Some(login))).await.unwrap_err();
    assert!(matches!(error.reason, Reason::PlainLogin));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn nobody_listens() {
    let url = { Server::start(|_| Reply::status(200)).url("/") };
    let error = get(&url).await.unwrap_err();
    assert!(matches!(error.reason, Reason::Connect(_)), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_are_not_overrun() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (now.clone(), most.clone());
    let server = Server::start(move |_| {
        seen.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(30));
        counted.fetch_sub(1, Ordering::SeqCst);
        Reply::ok("")
    });
    let pace = Duration::from_millis(20);
    let client = Arc::new(Client::new("hlc-test", Policy { at_once: 2, pace, ..policy() }).unwrap());
    let start = Instant::now();
    let url = Url::parse(&server.url("/")).unwrap();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move { client.send(&Request::get(url)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert!(start.elapsed() >= pace * 5);
}
