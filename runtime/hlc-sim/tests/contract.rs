//! That the simulator is held against the vendor's contract, and that this sees what is wrong.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeSet;

use hlc_sim::cloudflare::Settings;
use hlc_sim::{Cloudflare, Seen};
use hlc_tests_contracts::Contract;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

const TOKEN: &str = "simulated-token-of-forty-characters-0001";

type Outcome = Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let trials = vec![
        trial("every_operation_is_simulated", every_operation),
        trial("a_wrong_answer_is_seen", wrong_answers),
        trial("a_wrong_request_is_seen", wrong_requests),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// Ignored where the contracts are missing; on build servers it fails then.
fn trial(name: &str, run: fn(&Contract) -> Outcome) -> Trial {
    let missing = hlc_tests_contracts::folder().is_none();
    Trial::test(name, move || run(Contract::cloudflare().ok_or("the contracts are not there")?))
        .with_ignored_flag(missing)
}

/// What goes over the wire when everything is used once.
fn log() -> Vec<Seen> {
    let cloudflare = Cloudflare::start(Settings::new(["example.com"], TOKEN)).unwrap();
    let zone = cloudflare.world().zone_id("example.com").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let send = |method: &str, path: &str, body: Option<Value>| -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = client.request(method, format!("{}{path}", cloudflare.url())).bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let text = runtime.block_on(async { request.send().await.unwrap().text().await.unwrap() });
        serde_json::from_str(&text).unwrap()
    };
    let records = format!("/zones/{zone}/dns_records");
    let a = json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 300, "comment": "made" });
    send("GET", "/user/tokens/verify", None);
    send("GET", "/zones?name=example.com&per_page=50", None);
    send("GET", &format!("/zones/{zone}"), None);
    let made = send("POST", &records, Some(a.clone()));
    let one = format!("{records}/{}", made["result"]["id"].as_str().unwrap());
    send("POST", &records, Some(a.clone()));
    send("GET", &format!("{records}?type=A&comment.startswith=ma&per_page=100"), None);
    send("GET", &one, None);
    send("PATCH", &one, Some(json!({ "ttl": 60 })));
    send("PUT", &one, Some(a));
    let srv = json!({ "priority": 1, "weight": 2, "port": 3, "target": "a.net" });
    let posts = json!([
        { "type": "SRV", "name": "_sip._tcp", "ttl": 1, "data": srv },
        { "type": "MX", "name": "@", "content": "mx.a.net", "priority": 5, "ttl": 1 },
    ]);
    let patches = json!([{ "id": made["result"]["id"], "comment": null }]);
    send("POST", &format!("{records}/batch"), Some(json!({ "posts": posts, "patches": patches })));
    send("DELETE", &one, None);
    send("GET", &one, None);
    cloudflare.control().log()
}

fn every_operation(contract: &Contract) -> Outcome {
    let log = log();
    contract.hold(&log);
    let used: BTreeSet<String> = log.iter().filter_map(|seen| contract.operation(seen)).collect();
    // Zones are only read, and whole zone files are nobody's business here.
    let left_out = ["POST /zones", "DELETE /zones/{zone_id}", "PATCH /zones/{zone_id}"];
    let all: BTreeSet<String> = contract.operations().into_iter().collect();
    let expected = all.into_iter().filter(|it| !left_out.contains(&it.as_str()));
    let expected = expected.filter(|it| !it.ends_with("/export") && !it.ends_with("/import"));
    assert_eq!(used, expected.collect());
    Ok(())
}

/// Replaces what a pointer leads to in a body.
fn with(body: &[u8], pointer: &str, value: Value) -> Vec<u8> {
    let mut json: Value = serde_json::from_slice(body).unwrap();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
    json.to_string().into_bytes()
}

fn first<'a>(log: &'a [Seen], method: &str, path: &str) -> &'a Seen {
    log.iter().find(|seen| seen.is(method, path) && seen.status == Some(200)).unwrap()
}

fn wrong_answers(contract: &Contract) -> Outcome {
    const RECORDS: &str = "/zones/*/dns_records";
    let log = log();
    let cases = [
        ("POST", RECORDS, "/result/ttl", json!("300")),
        ("POST", RECORDS, "/result/ttl", json!(2)),
        ("POST", RECORDS, "/result/content", json!("www.example.com")),
        ("POST", RECORDS, "/result/type", json!("WHAT")),
        ("POST", RECORDS, "/result/created_on", json!("yesterday")),
        ("POST", RECORDS, "/result/tags", json!("none")),
        ("POST", RECORDS, "/success", json!(false)),
        ("POST", RECORDS, "/errors", Value::Null),
        ("GET", RECORDS, "/result/0/proxied", json!("no")),
        ("GET", RECORDS, "/result_info/total_count", json!("1")),
        ("GET", "/zones", "/result/0/name_servers", Value::Null),
        ("GET", "/zones/*", "/result/account", json!("me")),
        ("GET", "/user/tokens/verify", "/result/status", json!("fine")),
        ("POST", "/zones/*/dns_records/batch", "/result/posts/0/data/port", json!(65_536)),
        ("POST", "/zones/*/dns_records/batch", "/result/patches/0/meta", Value::Null),
    ];
    for (method, path, pointer, value) in cases {
        let mut seen = first(&log, method, path).clone();
        assert_eq!(contract.answer(&seen), [""; 0]);
        seen.answer = with(&seen.answer, pointer, value.clone());
        let complaints = contract.answer(&seen);
        assert!(!complaints.is_empty(), "{method} {path}: {pointer} = {value}");
        let place = pointer.trim_start_matches("/result");
        assert!(complaints.iter().any(|it| it.contains(place)), "{complaints:?} names no {place}");
    }
    let mut failed = log.iter().find(|seen| seen.status == Some(400)).unwrap().clone();
    assert_eq!(contract.answer(&failed), [""; 0]);
    failed.answer = with(&failed.answer, "/result", json!({}));
    assert!(!contract.answer(&failed).is_empty());
    let mut page = first(&log, "GET", RECORDS).clone();
    page.content_type = Some("text/html".to_owned());
    assert!(!contract.answer(&page).is_empty());
    page.status = Some(302);
    assert!(!contract.answer(&page).is_empty());
    Ok(())
}

fn wrong_requests(contract: &Contract) -> Outcome {
    let log = log();
    let post = first(&log, "POST", "/zones/*/dns_records");
    assert_eq!(contract.request(post), [""; 0]);
    for (pointer, value) in [
        ("/ttl", json!("300")),
        ("/content", json!("www.example.com")),
        ("/type", json!("WHAT")),
        ("", json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1, "proxyed": true })),
        ("", json!({ "type": "A", "content": "192.0.2.1", "ttl": 1 })),
    ] {
        let seen = Seen { body: with(&post.body, pointer, value.clone()), ..post.clone() };
        assert!(!contract.request(&seen).is_empty(), "{pointer} = {value}");
    }
    let batch = first(&log, "POST", "/zones/*/dns_records/batch");
    assert_eq!(contract.request(batch), [""; 0]);
    let misspelled = json!({ "type": "MX", "name": "@", "content": "a.net", "prio": 5, "ttl": 1 });
    let seen = Seen { body: with(&batch.body, "/posts/1", misspelled), ..batch.clone() };
    assert!(!contract.request(&seen).is_empty());
    let list = first(&log, "GET", "/zones/*/dns_records");
    for query in ["per_page=0", "per_page=many", "match=some", "colour=red"] {
        let seen = Seen { query: query.to_owned(), ..list.clone() };
        assert!(!contract.request(&seen).is_empty(), "{query}");
    }
    let nowhere = Seen { path: "/zones/a/records".to_owned(), ..list.clone() };
    assert!(!contract.request(&nowhere).is_empty());
    Ok(())
}
