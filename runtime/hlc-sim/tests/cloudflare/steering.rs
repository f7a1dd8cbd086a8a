//! Looking inside, and changing things behind the client's back.

use std::io::Write as _;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hlc_sim::{End, Fault, Stage};
use reqwest::Method;
use serde_json::json;

use crate::client::{Client, TOKEN, ZONE};

#[tokio::test]
async fn somebody_else_changes_records() {
    let client = Client::start();
    let world = client.cloudflare.world().clone();
    let id = world.put(ZONE, &json!({ "type": "A", "name": "nas", "content": "192.0.2.9" })).unwrap();
    assert_eq!(client.list("").await.result()[0]["content"], "192.0.2.9");
    world.edit(ZONE, &id, &json!({ "content": "192.0.2.10" })).unwrap();
    assert_eq!(client.list("").await.result()[0]["content"], "192.0.2.10");
    world.delete(ZONE, &id).unwrap();
    assert_eq!(client.list("").await.result(), json!([]));
    assert_eq!(world.delete(ZONE, &id).unwrap_err().code, 81044);
    assert_eq!(world.put(ZONE, &json!({ "type": "A", "name": "nas", "content": "?" })).unwrap_err().code, 9005);
    assert!(world.put("nobody.org", &json!({ "type": "A", "name": "nas", "content": "192.0.2.9" })).is_err());
    assert_eq!(world.zone_id("nobody.org"), None);
    client.finish();
}

#[tokio::test]
async fn a_callback_stands_on_both_sides_of_what_is_done() {
    let client = Client::start();
    let (world, seen) = (client.cloudflare.world().clone(), Arc::new(Mutex::new(Vec::new())));
    let notes = seen.clone();
    client.cloudflare.control().on_request(move |moment| {
        let records = world.records(ZONE).len();
        notes.lock().unwrap().push((moment.stage, moment.number, moment.method.to_owned(), records));
    });
    client.create(json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 })).await.result();
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen, [(Stage::Before, 1, "POST".to_owned(), 0), (Stage::After, 1, "POST".to_owned(), 1)]);
    client.finish();
}

#[tokio::test]
async fn a_callback_that_waits_does_not_hold_up_others() {
    let client = Arc::new(Client::start());
    let (arrived, wait_for_arrival) = mpsc::channel();
    let (go, wait_for_go) = mpsc::channel::<()>();
    let wait_for_go = Mutex::new(wait_for_go);
    client.cloudflare.control().on_request(move |moment| {
        if moment.method == "POST" && moment.stage == Stage::After {
            arrived.send(moment.path.to_owned()).unwrap();
            wait_for_go.lock().unwrap().recv_timeout(Duration::from_secs(5)).unwrap();
        }
    });
    let held = client.clone();
    let record = json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 });
    let held = tokio::spawn(async move { held.create(record).await });
    let path = tokio::task::spawn_blocking(move || wait_for_arrival.recv_timeout(Duration::from_secs(5)).unwrap());
    assert_eq!(path.await.unwrap(), format!("/zones/{}/dns_records", client.zone));
    assert_eq!(client.list("").await.result().as_array().unwrap().len(), 1);
    go.send(()).unwrap();
    held.await.unwrap().result();
    Arc::into_inner(client).unwrap().finish();
}

/// What a client leaves behind that dies at the worst moment: killed while its request is being done, and while it is not.
#[tokio::test]
async fn what_has_arrived_is_done_although_the_client_has_gone() {
    for (fault, expected) in [(None, 1), (Some(Fault::before(End::Drop)), 0)] {
        let client = Client::start();
        let control = client.cloudflare.control().clone();
        fault.into_iter().for_each(|fault| control.fault(fault));
        let (arrived, wait_for_arrival) = mpsc::channel();
        let (go, wait_for_go) = mpsc::channel::<()>();
        let wait_for_go = Mutex::new(wait_for_go);
        control.on_request(move |moment| {
            if moment.stage == Stage::Before {
                arrived.send(()).unwrap();
                wait_for_go.lock().unwrap().recv_timeout(Duration::from_secs(5)).unwrap();
            }
        });
        let record = json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 }).to_string();
        let address = client.cloudflare.url().replace("http://", "").replace("/client/v4", "");
        let mut doomed = std::net::TcpStream::connect(&address).unwrap();
        let head = format!(
            "POST /client/v4/zones/{}/dns_records HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\n\
             content-length: {}\r\n\r\n",
            client.zone,
            record.len()
        );
        doomed.write_all(format!("{head}{record}").as_bytes()).unwrap();
        let arrival = move || wait_for_arrival.recv_timeout(Duration::from_secs(5)).unwrap();
        tokio::task::spawn_blocking(arrival).await.unwrap();
        assert_eq!(control.under_way(), 1);
        drop(doomed);
        // Time for the server to see that nobody waits any more.
        tokio::time::sleep(Duration::from_millis(50)).await;
        go.send(()).unwrap();
        let done = async {
            while control.under_way() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), done).await.unwrap();
        assert_eq!(client.cloudflare.world().records(ZONE).len(), expected);
        client.finish();
    }
}

#[tokio::test]
async fn the_log_keeps_bodies_and_no_login() {
    let client = Client::start();
    let record = json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 });
    client.create(record.clone()).await.result();
    client.list("?type=A").await.result();
    client.records(Method::DELETE, "/nothing", None).await;
    let control = client.cloudflare.control();
    let log = control.log();
    assert_eq!(
        log.iter().map(|seen| (seen.number, seen.status)).collect::<Vec<_>>(),
        [(1, Some(200)), (2, Some(200)), (3, Some(404))]
    );
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&log[0].body).unwrap(), record);
    assert!(log[1].is("GET", "/zones/*/dns_records") && log[1].query == "type=A");
    assert_eq!((control.count("GET", "/zones/*/dns_records"), control.count("POST", "/zones/**")), (1, 1));
    assert!(!format!("{log:?}").contains(TOKEN));
    assert!(!format!("{:?}", hlc_sim::cloudflare::Settings::new([ZONE], TOKEN)).contains(TOKEN));
    client.finish_answers();
}

/// It runs without a runtime of the caller's, and is gone when it is dropped.
#[test]
fn it_runs_under_every_caller_and_ends_when_dropped() {
    let client = Client::start();
    let url = client.cloudflare.url();
    let address = url.trim_start_matches("http://").trim_end_matches("/client/v4").to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(client);
    assert!(std::net::TcpStream::connect(&address).is_err());
}
