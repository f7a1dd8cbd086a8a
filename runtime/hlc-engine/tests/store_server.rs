//! An S3 store and a real server (gofakes3, which `tests/tools/build` makes), reached through one that loses answers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

#[path = "store/contract.rs"]
mod contract;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hlc_engine::{Holder, S3, S3Keys, S3Settings, Store, StoreError, Version};
use hlc_schema::DataValue;
use hlc_schema::scalar::{HttpUrl, Scalar as _};
use hlc_secrets::Secret;
use hlc_tests_web::{Asked, Reply};
use libtest_mimic::{Arguments, Trial};

use contract::{holder, text};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, endpoint] = arguments.as_slice()
        && mode == "hold"
    {
        hold(endpoint);
    }
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/gofakes3");
    let is_there = tool.is_file();
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    let trial = |name: &str, run: fn(&Server)| {
        let tool = tool.clone();
        let run = move || {
            run(&Server::start(&tool)?);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!is_there && !ci)
    };
    let trials = vec![
        trial("it_is_a_store", |server| run(contract::holds(&server.store()))),
        trial("of_two_writers_one_wins", |server| run(two_writers(server))),
        trial("answers_that_are_lost", |server| run(lost_answers(server))),
        trial("many_parts", |server| run(many_parts(server))),
        trial("a_holder_that_is_killed", |server| run(killed_holder(server))),
        trial("what_a_server_refuses", |server| run(refusals(server))),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

/// A server with the bucket `states`.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(tool: &PathBuf) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let process = Command::new(tool)
            .args(["-backend", "memory", "-initialbucket", "states", "-host", &address])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}; tests/tools/build makes it", tool.display()))?;
        let server = Self { process, address };
        let began = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn store(&self) -> S3 {
        S3::connect(&settings(&format!("http://{}", self.address))).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

fn settings(endpoint: &str) -> S3Settings {
    let key = |text: &str| Secret::from(text.to_owned());
    S3Settings {
        bucket: "states".to_owned(),
        region: None,
        endpoint: HttpUrl::from_value(&DataValue::string(endpoint)).ok(),
        prefix: "home/one".to_owned(),
        keys: Some(S3Keys { access: key("access"), secret: key("hunter2") }),
    }
}

async fn count(store: &S3) -> Result<Version, StoreError> {
    let (count, version) = match store.read("count").await? {
        Some(stored) => (String::from_utf8(stored.bytes).unwrap().parse::<u64>().unwrap(), Some(stored.version)),
        None => (0, None),
    };
    store.write("count", (count + 1).to_string().as_bytes(), version.as_ref()).await
}

async fn two_writers(server: &Server) {
    let (one, other) = (server.store(), server.store());
    for round in 0..20 {
        let version = one.read("doc").await.unwrap().map(|stored| stored.version);
        let (mine, theirs) = (format!("one {round}"), format!("other {round}"));
        let (first, second) = tokio::join!(
            one.write("doc", mine.as_bytes(), version.as_ref()),
            other.write("doc", theirs.as_bytes(), version.as_ref())
        );
        let winner = match (&first, &second) {
            (Ok(_), Err(StoreError::Moved { .. })) => mine,
            (Err(StoreError::Moved { .. }), Ok(_)) => theirs,
            both => panic!("round {round}: {both:?}"),
        };
        assert_eq!(text(&one, "doc").await, Some(winner));
    }
    let counting = async |store: S3| {
        for _ in 0..20 {
            loop {
                match count(&store).await {
                    Ok(_) => break,
                    Err(StoreError::Moved { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    tokio::join!(counting(server.store()), counting(server.store()));
    assert_eq!(text(&one, "count").await.as_deref(), Some("40"));

    let me = holder();
    let (first, second) = tokio::join!(one.lock("core", &me), other.lock("core", &me));
    assert_eq!([first.is_ok(), second.is_ok()].into_iter().filter(|ok| *ok).count(), 1);
}

/// What becomes of the next PUT. It is carried out in any case.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The connection ends without an answer.
    Cut,
    /// It is said to have failed.
    Failed,
}

/// Asks the server, as an HTTP client of a few lines.
fn ask(address: &str, asked: &Asked) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", asked.method, asked.path);
    for (name, value) in asked.headers.iter().filter(|(name, _)| *name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    stream.write_all(&asked.body).unwrap();
    let mut reader = BufReader::new(stream);
    let mut lines = std::iter::from_fn(|| {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
    });
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<_> =
        lines.filter_map(|line| line.split_once(": ").map(|(n, v)| (n.to_lowercase(), v.to_owned()))).collect();
    let mut body = Vec::new();
    reader.read_to_end(&mut body).unwrap();
    let reply = headers.iter().filter(|(name, _)| !matches!(name.as_str(), "connection" | "transfer-encoding"));
    reply.fold(Reply::status(status).body(body), |reply, (name, value)| reply.header(name, value))
}

async fn lost_answers(server: &Server) {
    let next = Arc::new(Mutex::new(None));
    let (address, asked_next) = (server.address.clone(), next.clone());
    let lossy = hlc_tests_web::Server::start(move |asked| {
        let reply = ask(&address, asked);
        let conditional = asked.header("if-match").or(asked.header("if-none-match")).is_some();
        match conditional.then(|| asked_next.lock().unwrap().take()).flatten() {
            None => reply,
            Some(Next::Failed) => Reply::status(500),
            // Ends the thread, and with it the connection.
            Some(Next::Cut) => std::panic::resume_unwind(Box::new("cut")),
        }
    });
    let store = S3::connect(&settings(&lossy.url(""))).unwrap();
    for (number, lost) in [Next::Cut, Next::Failed].into_iter().enumerate() {
        let name = format!("doc{number}");
        let lose = || *next.lock().unwrap() = Some(lost);
        lose();
        let one = store.write(&name, b"one", None).await.unwrap();
        lose();
        let two = store.write(&name, b"two", Some(&one)).await.unwrap();
        assert!(next.lock().unwrap().is_none(), "{lost:?}: the answer was lost");
        let read = store.read(&name).await.unwrap().unwrap();
        assert_eq!((read.bytes.as_slice(), read.version), (b"two".as_slice(), two), "{lost:?}");
        let old = store.write(&name, b"three", Some(&one)).await;
        assert!(matches!(old, Err(StoreError::Moved { .. })), "{lost:?}: {old:?}");

        let journal = format!("journal{number}");
        for line in ["1\n", "2\n", "2\n"] {
            lose();
            store.append(&journal, line.as_bytes()).await.unwrap();
        }
        assert_eq!(text(&store, &journal).await.as_deref(), Some("1\n2\n2\n"), "{lost:?}");

        store.lock("core", &holder()).await.unwrap().free().await.unwrap();
        lose();
        let guard = store.lock("core", &holder()).await.unwrap();
        lose();
        guard.free().await.unwrap();
        assert_eq!(store.holder("core").await.unwrap(), None, "{lost:?}");
    }
}

async fn many_parts(server: &Server) {
    let store = server.store();
    let mut whole = String::new();
    // More than a server lists at once.
    for line in 0..1100 {
        let line = format!("{line}\n");
        store.append("journal", line.as_bytes()).await.unwrap();
        whole.push_str(&line);
    }
    assert_eq!(text(&store, "journal").await.unwrap(), whole);
    store.remove("journal").await.unwrap();
    assert!(store.read("journal").await.unwrap().is_none());
}

/// As another process.
fn hold(endpoint: &str) -> ! {
    run(async {
        let store = S3::connect(&settings(endpoint)).unwrap();
        let guard = store.lock("core", &Holder::this("hold")).await.unwrap();
        assert!(guard.is_held());
        std::io::stdout().write_all(b"locked\n").unwrap();
        std::future::pending().await
    })
}

async fn killed_holder(server: &Server) {
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["hold", &format!("http://{}", server.address)]).stdout(Stdio::piped());
    let mut other = other.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(other.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");
    let store = server.store();
    let refused = store.lock("core", &holder()).await.map(drop);
    match &refused {
        Err(StoreError::Locked { holder, place }) => {
            assert_eq!((holder.pid, holder.what.as_str()), (other.id(), "hold"));
            assert_eq!(place, "s3://states/home/one/core.lock");
        }
        refused => panic!("{refused:?}"),
    }
    other.kill().unwrap();
    other.wait().unwrap();
    // It is surely dead, so that nobody waits for the lock to run out.
    let began = Instant::now();
    store.lock("core", &holder()).await.unwrap().free().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
}

async fn refusals(server: &Server) {
    let elsewhere = |bucket: &str, endpoint: &str| {
        let settings = S3Settings { bucket: bucket.to_owned(), ..settings(endpoint) };
        S3::connect(&settings).unwrap()
    };
    let store = elsewhere("absent", &format!("http://{}", server.address));
    let refused = store.read("doc").await.unwrap_err().to_string();
    assert!(
        refused.starts_with("s3://absent/home/one/doc.parts: cannot be listed: the server says NoSuchBucket"),
        "{refused}"
    );
    let refused = store.write("doc", b"x", None).await.unwrap_err().to_string();
    assert!(refused.contains("NoSuchBucket"), "{refused}");

    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap();
    let store = elsewhere("states", &format!("http://{nobody}"));
    let refused = store.read("doc").await.unwrap_err().to_string();
    assert_eq!(refused, "s3://states/home/one/doc: cannot be read: connection refused");

    let denying = hlc_tests_web::Server::start(|_| {
        let text = "<Error><Code>SignatureDoesNotMatch</Code><Message>The signature is wrong.</Message></Error>";
        Reply::status(403).body(text)
    });
    let store = elsewhere("states", &denying.url(""));
    let refused = store.lock("core", &holder()).await.map(drop).unwrap_err().to_string();
    let expected =
        "s3://states/home/one/core.lock: cannot be read: the server says SignatureDoesNotMatch: The signature is wrong";
    assert_eq!(refused, expected);
    assert!(denying.asked().iter().all(|asked| !format!("{asked:?}").contains("hunter2")));
}
