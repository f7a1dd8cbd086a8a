//! Everything that can go wrong on the way.

use std::time::{Duration, Instant, SystemTime};

use hlc_sim::{End, Fault, Lag, Oddity, RetryAfter, Stale, Writer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, ZONE};

const RECORDS: &str = "/zones/*/dns_records";

fn record() -> Value {
    json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 300 })
}

fn made(client: &Client) -> usize {
    client.cloudflare.world().records(ZONE).len()
}

#[tokio::test]
async fn a_lost_request_and_a_lost_answer_look_the_same_to_the_client() {
    let client = Client::start();
    let control = client.cloudflare.control();
    control.fault(Fault::before(End::Drop).on("POST", RECORDS));
    assert!(client.try_records(Method::POST, "", Some(record())).await.is_err());
    assert_eq!(made(&client), 0);
    control.fault(Fault::after(End::Drop).on("POST", RECORDS));
    assert!(client.try_records(Method::POST, "", Some(record())).await.is_err());
    assert_eq!(made(&client), 1);
    let log = control.log();
    assert_eq!(log.iter().map(|seen| (seen.reached, seen.status)).collect::<Vec<_>>(), [(false, None), (true, None)]);
    assert_eq!((control.faults_left(), control.count("POST", RECORDS)), (0, 2));
    client.finish();
}

#[tokio::test]
async fn throttling_says_when_in_every_way() {
    let client = Client::start();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let cases = [
        (RetryAfter::Seconds(7), "7"),
        (RetryAfter::Seconds(31_536_000), "31536000"),
        (RetryAfter::At(at), "Thu, 01 Jan 2026 00:00:00 GMT"),
        (RetryAfter::Text("-5".to_owned()), "-5"),
        (RetryAfter::Text("soon".to_owned()), "soon"),
    ];
    for (after, text) in cases {
        client.cloudflare.control().fault(Fault::throttle(after));
        let refused = client.create(record()).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some(text)));
        assert_eq!(refused.json()["success"], false);
    }
    client.cloudflare.control().fault(Fault::before(End::Status(429, None)));
    assert_eq!(client.create(record()).await.header("retry-after"), None);
    assert_eq!(made(&client), 0);
    client.finish();
}

#[tokio::test]
async fn a_failure_of_the_server_says_nothing_about_what_is_done() {
    let client = Client::start();
    let control = client.cloudflare.control();
    control.fault(Fault::before(End::Status(503, None)));
    assert_eq!((client.create(record()).await.status, made(&client)), (503, 0));
    control.fault(Fault::after(End::Status(500, None)));
    assert_eq!((client.create(record()).await.status, made(&client)), (500, 1));
    control.fault(Fault::before(End::Html(502)));
    let page = client.list("").await;
    assert!(
        page.status == 502 && page.text.contains("<html>") && page.header("content-type").unwrap().contains("html")
    );
    control.fault(Fault::after(End::Html(200)));
    let page = client.list("").await;
    assert!(page.status == 200 && page.text.contains("<html>"));
    assert!(control.log().iter().all(|seen| seen.writer == Writer::Fault));
    client.finish();
}

#[tokio::test]
async fn an_answer_arrives_slowly_or_not_whole() {
    let client = Client::start();
    let control = client.cloudflare.control();
    control.fault(Fault::drip(50, Duration::from_millis(10)).on("POST", RECORDS));
    let start = Instant::now();
    let slow = client.create(record()).await;
    let pieces = u32::try_from(slow.text.len().div_ceil(50)).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(10) * (pieces - 1), "{:?}", start.elapsed());
    control.fault(Fault::cut(20));
    let response = client.try_records(Method::GET, "", None).await;
    assert!(response.is_err(), "{response:?}");
    control.fault(Fault::cut(0));
    assert!(client.try_records(Method::GET, "", None).await.is_err());
    assert_eq!(client.list("").await.result().as_array().unwrap().len(), 1, "the next one is whole");
    client.finish();
}

/// What a cut answer is on the wire: a head that promises all, and a part.
#[test]
fn a_cut_answer_promises_more_than_it_holds() {
    use std::io::{Read as _, Write as _};

    let client = Client::start();
    client.cloudflare.control().fault(Fault::cut(20));
    let address = client.cloudflare.url().replace("http://", "").replace("/client/v4", "");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream.write_all(format!("GET /client/v4/nothing HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    // It may end with a reset.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised =
        head.to_lowercase().split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    assert!(promised.parse::<usize>().unwrap() > 20, "{head}");
    assert_eq!(body.len(), 20, "{body}");
    client.finish_answers();
}

#[tokio::test]
async fn a_request_can_hang_until_the_simulator_stops() {
    for (fault, expected) in [(Fault::before(End::Hang), 0), (Fault::after(End::Hang), 1)] {
        let client = Client::start();
        client.cloudflare.control().fault(fault);
        let waiting = client.try_records(Method::POST, "", Some(record()));
        assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
        assert_eq!(made(&client), expected);
        let start = Instant::now();
        client.finish();
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn stopping_ends_what_hangs() {
    let client = Client::start();
    client.cloudflare.control().fault(Fault::before(End::Hang));
    let url = format!("{}/zones", client.cloudflare.url());
    let waiting =
        tokio::spawn(async move { reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await });
    while client.cloudflare.control().log().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::task::spawn_blocking(|| client.finish()).await.unwrap();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_login_can_end_in_the_middle() {
    let client = Client::start();
    client.cloudflare.control().fault(Fault::unauthorized().at("/zones/**").from_nth(3));
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(client.list("").await.status);
    }
    assert_eq!(statuses, [200, 200, 401, 401, 401]);
    client.cloudflare.control().clear_faults();
    assert_eq!(client.list("").await.status, 200);
    client.finish();
}

#[tokio::test]
async fn lists_do_not_show_yet_what_was_made() {
    let client = Client::start();
    client.cloudflare.control().fault(Fault::stale(Stale::made(Lag::Requests(2))).always());
    let id = client.create(record()).await.id();
    assert_eq!(client.list("").await.result(), json!([]));
    assert_eq!(client.records(Method::GET, &format!("/{id}"), None).await.failure(), (404, 81044));
    assert_eq!(client.list("").await.result()[0]["id"], id);
    client.finish();
}

#[tokio::test]
async fn lists_still_show_what_is_gone_and_what_was_changed() {
    let client = Client::start();
    let control = client.cloudflare.control();
    let id = client.create(record()).await.id();
    control.fault(Fault::stale(Stale::changed(Lag::Requests(1))).on("GET", RECORDS));
    client.records(Method::PATCH, &format!("/{id}"), Some(json!({ "ttl": 600 }))).await.result();
    assert_eq!(client.list("").await.result()[0]["ttl"], 300);
    assert_eq!(client.list("").await.result()[0]["ttl"], 600);
    control.fault(Fault::stale(Stale::gone(Lag::Requests(3))).on("GET", RECORDS));
    assert_eq!(client.list("").await.result()[0]["ttl"], 600, "it is only behind in what is gone");
    control.fault(Fault::stale(Stale::gone(Lag::Time(Duration::from_secs(3600)))).on("GET", RECORDS).times(2));
    client.records(Method::DELETE, &format!("/{id}"), None).await.result();
    for shown in [1, 1, 0] {
        assert_eq!(client.list("").await.result().as_array().unwrap().len(), shown);
    }
    client.finish();
}

#[tokio::test]
async fn a_list_can_be_as_it_was_in_everything() {
    let client = Client::start();
    let old = client.create(record()).await.id();
    let before = client.list("").await.result();
    client.records(Method::PATCH, &format!("/{old}"), Some(json!({ "ttl": 600 }))).await.result();
    client.records(Method::DELETE, &format!("/{old}"), None).await.result();
    let passing = client.create(record()).await.id();
    client.records(Method::DELETE, &format!("/{passing}"), None).await.result();
    client.create(record()).await.result();
    let now = client.list("").await.result();
    // Five changes ago, none of which may show.
    client.cloudflare.control().fault(Fault::stale(Stale::reads(Lag::Requests(6))));
    let then = client.list("").await.result();
    assert_eq!(then[0]["id"], old);
    assert_eq!(then, before);
    assert_eq!(client.list("").await.result(), now);
    client.finish();
}

#[tokio::test]
async fn what_is_gone_can_be_in_the_way_for_a_while() {
    let client = Client::start();
    client.cloudflare.control().fault(Fault::stale(Stale::taken(Lag::Requests(2))).on("POST", RECORDS).always());
    let id = client.create(record()).await.id();
    client.records(Method::DELETE, &format!("/{id}"), None).await.result();
    assert_eq!(client.create(record()).await.failure(), (400, 81058));
    assert_eq!(client.list("").await.result(), json!([]));
    assert_eq!(client.create(record()).await.status, 200);
    client.finish();
}

#[tokio::test]
async fn pages_can_be_wrong() {
    let client = Client::start();
    client.create(record()).await.result();
    let control = client.cloudflare.control();
    control.fault(Fault::page(Oddity::Total(3)).on("GET", RECORDS));
    control.fault(Fault::page(Oddity::Empty).on("GET", RECORDS));
    let moved = client.list("?per_page=1").await.json();
    assert_eq!(moved["result_info"]["total_count"], 4);
    assert_eq!(moved["result_info"]["total_pages"], 4);
    let empty = client.list("").await.json();
    assert_eq!((&empty["result"], &empty["result_info"]["total_count"]), (&json!([]), &json!(1)));
    client.finish();
}

#[tokio::test]
async fn every_answer_takes_as_long_as_is_said() {
    let client = Client::start();
    let control = client.cloudflare.control();
    let timed = async || {
        let start = Instant::now();
        client.list("").await.result();
        start.elapsed()
    };
    timed().await;
    control.set_latency(Duration::from_millis(50));
    assert!(timed().await >= Duration::from_millis(50));
    control.fault(Fault::delay(Duration::from_millis(100)));
    assert!(timed().await >= Duration::from_millis(150));
    control.set_latency(Duration::ZERO);
    client.finish();
}
