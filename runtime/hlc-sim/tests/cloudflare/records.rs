//! One record at a time.

use std::time::{Duration, SystemTime};

use hlc_sim::Clock;
use hlc_sim::cloudflare::{Plan, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, TOKEN, ZONE};

fn a(name: &str, content: &str) -> Value {
    json!({ "type": "A", "name": name, "content": content, "ttl": 300 })
}

#[tokio::test]
async fn a_record_comes_back_as_the_vendor_keeps_it() {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.clock = Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600));
    let client = Client::with(settings);
    let made = client.create(json!({ "type": "A", "name": "WWW", "content": "192.0.2.1", "ttl": 300 })).await.result();
    let expected = json!({
        "id": made["id"],
        "name": "www.example.com",
        "type": "A",
        "content": "192.0.2.1",
        "proxiable": true,
        "proxied": false,
        "ttl": 300,
        "settings": {},
        "meta": {},
        "comment": null,
        "tags": [],
        "created_on": "2026-01-01T00:00:00.000000Z",
        "modified_on": "2026-01-01T00:00:00.000000Z",
    });
    assert_eq!(made, expected);
    let id = made["id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(client.records(Method::GET, &format!("/{id}"), None).await.result(), expected);
    assert_eq!(client.cloudflare.world().records(ZONE), [expected]);
    client.finish();
}

#[tokio::test]
async fn the_same_requests_get_the_same_identifiers() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let client = Client::start();
        ids.push([client.zone.clone(), client.create(a("www", "192.0.2.1")).await.id()]);
        client.finish();
    }
    assert_eq!(ids[0], ids[1]);
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.seed = "another".to_owned();
    assert_ne!(Client::with(settings).zone, ids[0][0]);
}

#[tokio::test]
async fn every_type_is_written_in_the_vendors_spelling() {
    let client = Client::start();
    let cases = [
        (json!({ "type": "AAAA", "name": "@", "content": "2001:DB8:0:0::1" }), "example.com", "2001:db8::1"),
        (json!({ "type": "CNAME", "name": "c.example.com.", "content": "Target.Net." }), "c.example.com", "target.net"),
        (
            json!({ "type": "MX", "name": "@", "content": "mx.example.com", "priority": 10 }),
            "example.com",
            "mx.example.com",
        ),
        (json!({ "type": "TXT", "name": "t", "content": "v=spf1 -all" }), "t.example.com", "v=spf1 -all"),
        (json!({ "type": "TXT", "name": "q", "content": "\"a b\"" }), "q.example.com", "\"a b\""),
        (json!({ "type": "NS", "name": "sub", "content": "ns1.other.net" }), "sub.example.com", "ns1.other.net"),
        (
            json!({ "type": "SRV", "name": "_sip._tcp",
                "data": { "priority": 10, "weight": 5, "port": 8806, "target": "sip.example.com" } }),
            "_sip._tcp.example.com",
            "5 8806 sip.example.com",
        ),
        (
            json!({ "type": "CAA", "name": "@", "data": { "flags": 0, "tag": "issue", "value": "letsencrypt.org" } }),
            "example.com",
            "0 issue \"letsencrypt.org\"",
        ),
        (json!({ "type": "PTR", "name": "1", "content": "www.example.com" }), "1.example.com", "www.example.com"),
        (json!({ "type": "A", "name": "*.dev", "content": "192.0.2.7" }), "*.dev.example.com", "192.0.2.7"),
    ];
    for (mut body, name, content) in cases {
        body["ttl"] = json!(1);
        let made = client.create(body.clone()).await.result();
        assert_eq!((&made["name"], &made["content"]), (&json!(name), &json!(content)), "{body}");
    }
    let srv = &client.list("?type=SRV").await.result()[0];
    assert_eq!(srv["priority"], 10);
    assert_eq!(srv["data"], json!({ "priority": 10, "weight": 5, "port": 8806, "target": "sip.example.com" }));
    let long = "a".repeat(300);
    let made =
        client.create(json!({ "type": "TXT", "name": "long", "content": format!("\"{long}\""), "ttl": 1 })).await;
    assert_eq!(made.result()["content"], format!("\"{}\" \"{}\"", "a".repeat(255), "a".repeat(45)));
    client.finish();
}

#[tokio::test]
async fn a_proxied_record_has_an_automatic_ttl() {
    let client = Client::start();
    let mut body = a("www", "192.0.2.1");
    body["proxied"] = json!(true);
    let made = client.create(body).await;
    assert_eq!((&made.result()["ttl"], &made.result()["proxied"]), (&json!(1), &json!(true)));
    let below = format!("/{}", made.id());
    let plain = client.records(Method::PATCH, &below, Some(json!({ "proxied": false, "ttl": 60 }))).await;
    assert_eq!(plain.result()["ttl"], 60);
    client.finish();
}

#[tokio::test]
async fn a_patch_keeps_and_a_put_forgets() {
    let client = Client::start();
    let mut body = a("www", "192.0.2.1");
    body["comment"] = json!("made by hlc");
    let made = client.create(body).await;
    assert!(made.result()["comment_modified_on"].is_string());
    let below = format!("/{}", made.id());
    let patched = client.records(Method::PATCH, &below, Some(json!({ "content": "192.0.2.2" }))).await.result();
    assert_eq!((&patched["comment"], &patched["ttl"]), (&json!("made by hlc"), &json!(300)));
    assert_eq!((&patched["id"], &patched["created_on"]), (&made.result()["id"], &made.result()["created_on"]));
    let cleared = client.records(Method::PATCH, &below, Some(json!({ "comment": null }))).await.result();
    assert!(cleared["comment"].is_null() && cleared.get("comment_modified_on").is_none());
    client.records(Method::PATCH, &below, Some(json!({ "comment": "again" }))).await.result();
    let put = client.records(Method::PUT, &below, Some(a("www", "192.0.2.3"))).await.result();
    assert_eq!((&put["comment"], &put["content"]), (&Value::Null, &json!("192.0.2.3")));
    let other = client.records(
        Method::PUT,
        &below,
        Some(json!({ "type": "CNAME", "name": "www", "content": "a.net", "ttl": 1 })),
    );
    assert_eq!(other.await.result()["type"], "CNAME");
    client.finish();
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let client = Client::start();
    let id = client.create(a("www", "192.0.2.1")).await.id();
    let below = format!("/{id}");
    assert_eq!(client.records(Method::DELETE, &below, None).await.result(), json!({ "id": id }));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(client.records(method, &below, None).await.failure(), (404, 81044));
    }
    assert_eq!(client.records(Method::PATCH, &below, Some(json!({ "ttl": 60 }))).await.failure(), (404, 81044));
    assert_ne!(client.create(a("www", "192.0.2.1")).await.id(), id, "an identifier is never used twice");
    client.finish();
}

#[tokio::test]
async fn records_that_cannot_stand_beside_each_other_are_refused() {
    let client = Client::start();
    let cname = |name: &str| json!({ "type": "CNAME", "name": name, "content": "target.net", "ttl": 300 });
    client.create(a("www", "192.0.2.1")).await.result();
    client.create(a("www", "192.0.2.2")).await.result();
    client.create(cname("alias")).await.result();
    assert_eq!(client.create(a("www", "192.0.2.1")).await.failure(), (400, 81058));
    let mut other_ttl = a("www", "192.0.2.1");
    other_ttl["ttl"] = json!(600);
    assert_eq!(client.create(other_ttl).await.failure(), (400, 81057));
    assert_eq!(client.create(cname("www")).await.failure(), (400, 81053));
    let mut second = cname("alias");
    second["content"] = json!("elsewhere.net");
    assert_eq!(client.create(second).await.failure(), (400, 81053));
    assert_eq!(client.create(a("alias", "192.0.2.1")).await.failure(), (400, 81054));
    let txt = |content: &str| json!({ "type": "TXT", "name": "alias", "content": content, "ttl": 300 });
    client.create(txt("hello")).await.result();
    assert_eq!(client.create(txt("\"hello\"")).await.failure(), (400, 81057), "the same text, quoted");
    assert_eq!(client.create(txt("hello")).await.failure(), (400, 81058));
    // A change of a record into another one's likeness, and into its own.
    let id = client.list("?content=192.0.2.2").await.result()[0]["id"].as_str().unwrap().to_owned();
    let below = format!("/{id}");
    let turn = |content: &str| client.records(Method::PATCH, &below, Some(json!({ "content": content })));
    assert_eq!(turn("192.0.2.1").await.failure(), (400, 81058));
    assert_eq!(turn("192.0.2.2").await.status, 200);
    client.finish();
}

#[tokio::test]
async fn what_the_vendor_does_not_take_is_refused_with_its_code() {
    let client = Client::start();
    let with = |field: &str, value: Value| {
        let mut body = a("www", "192.0.2.1");
        body[field] = value;
        body
    };
    let cases = [
        (with("content", json!("192.0.2.256")), 9005),
        (json!({ "type": "AAAA", "name": "www", "content": "192.0.2.1", "ttl": 1 }), 9006),
        (json!({ "type": "CNAME", "name": "www", "content": "not a host", "ttl": 1 }), 9007),
        (json!({ "type": "CNAME", "name": "www", "content": "www.example.com", "ttl": 1 }), 9039),
        (json!({ "type": "MX", "name": "@", "content": "mx.example.com", "ttl": 1 }), 9101),
        (json!({ "type": "SRV", "name": "_a._tcp", "content": "1 2 3 a.net", "ttl": 1 }), 9101),
        (json!({ "type": "CAA", "name": "@", "data": { "flags": 0, "tag": "issue" }, "ttl": 1 }), 9101),
        (json!({ "type": "TXT", "name": "t", "content": "a", "ttl": 1, "proxied": true }), 9041),
        (with("name", json!("a..b")), 9000),
        (with("name", json!("a.*.b")), 9000),
        (with("name", json!("a".repeat(64))), 9000),
        (with("ttl", json!(59)), 9021),
        (with("ttl", json!(86_401)), 9021),
        (with("ttl", json!("300")), 9207),
        (with("ttl", json!(300.5)), 9207),
        (with("type", json!("WHAT")), 9004),
        (with("comment", json!("x".repeat(101))), 9313),
        (with("tags", json!(["team:dns"])), 9300),
        (json!({ "content": "192.0.2.1" }), 9207),
        (json!([]), 9207),
    ];
    for (body, code) in cases {
        assert_eq!(client.create(body.clone()).await.failure(), (400, code), "{body}");
    }
    let path = format!("/zones/{}/dns_records", client.zone);
    let malformed = client.send(Method::POST, &path, Some("{".to_owned())).await.unwrap();
    assert_eq!(malformed.failure(), (400, 6007));
    assert!(client.cloudflare.world().records(ZONE).is_empty());
    client.finish_answers();
}

#[tokio::test]
async fn what_is_just_allowed_is_taken() {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.plan = Plan::Pro;
    let client = Client::with(settings);
    let mut body = a("www", "192.0.2.1");
    (body["ttl"], body["comment"], body["tags"]) = (json!(86_400), json!("é".repeat(500)), json!(["team:dns", "own"]));
    assert_eq!(client.create(body).await.result()["tags"], json!(["team:dns", "own"]));
    client.finish();
}

#[tokio::test]
async fn a_name_of_another_zone_ends_up_below_this_one() {
    let client = Client::start();
    let made = client.create(a("www.other.net", "192.0.2.1")).await.result();
    assert_eq!(made["name"], "www.other.net.example.com");
    let made = client.create(a("notexample.com", "192.0.2.1")).await.result();
    assert_eq!(made["name"], "notexample.com.example.com");
    client.finish();
}
