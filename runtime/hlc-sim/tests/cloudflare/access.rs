//! Tokens, permissions, zones, the limit of requests.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hlc_sim::Clock;
use hlc_sim::cloudflare::{Limit, Settings, Token, TokenState};
use reqwest::Method;
use serde_json::json;

use crate::client::{Client, TOKEN, ZONE};

fn token(number: usize) -> String {
    format!("simulated-token-of-forty-characters-{number:04}")
}

#[tokio::test]
async fn a_token_can_be_verified() {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.tokens.push(Token::new(token(2)).state(TokenState::Expired));
    let mut client = Client::with(settings);
    let verified = client.get("/user/tokens/verify").await.result();
    assert_eq!(verified["status"], "active");
    assert_eq!(verified["id"].as_str().unwrap().len(), 32);
    assert_eq!(client.token(Some(&token(2))).get("/user/tokens/verify").await.result()["status"], "expired");
    assert_eq!(client.get("/zones").await.failure(), (403, 9109));
    assert_eq!(client.token(Some(&token(3))).get("/user/tokens/verify").await.failure(), (401, 1000));
    client.finish();
}

#[tokio::test]
async fn a_request_without_a_good_token_is_refused() {
    let mut client = Client::start();
    assert_eq!(client.token(None).get("/zones").await.failure(), (400, 9106));
    let malformed = client.token(Some("I love DNS")).get("/zones").await;
    assert_eq!(malformed.failure(), (400, 6003));
    assert_eq!(malformed.json()["errors"][0]["error_chain"][0]["code"], 6111);
    client.token(Some(&token(9)));
    assert_eq!(client.get("/zones").await.failure(), (403, 9109));
    assert_eq!(client.list("").await.failure(), (401, 10000));
    client.finish();
}

#[tokio::test]
async fn a_token_does_what_it_is_permitted_and_no_more() {
    let mut settings = Settings::new([ZONE, "other.net"], TOKEN);
    settings.tokens = vec![
        Token::new(token(1)).read_only(),
        Token::new(token(2)).only(["other.net"]),
        Token::new(token(3)).without_dns(),
        Token::new(token(4)).without_zones(),
    ];
    let mut client = Client::with(settings);
    let record = json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 });

    client.token(Some(&token(1)));
    assert_eq!(client.list("").await.status, 200);
    assert_eq!(client.create(record.clone()).await.failure(), (403, 10000));

    client.token(Some(&token(2)));
    assert_eq!(client.list("").await.failure(), (403, 10000));
    assert_eq!(client.get(&format!("/zones/{}", client.zone)).await.failure(), (403, 9109));
    let zones = client.get("/zones").await.result();
    assert_eq!(zones.as_array().unwrap().len(), 1);
    assert_eq!(zones[0]["name"], "other.net");

    client.token(Some(&token(3)));
    assert_eq!(client.list("").await.failure(), (403, 10000));
    assert_eq!(client.get(&format!("/zones/{}", client.zone)).await.result()["name"], ZONE);

    client.token(Some(&token(4)));
    assert_eq!(client.create(record).await.status, 200);
    assert_eq!(client.get("/zones").await.result(), json!([]));
    client.finish();
}

#[tokio::test]
async fn zones_are_found_by_name_and_in_pages() {
    let names: Vec<String> = (0..12).map(|number| format!("zone{number:02}.net")).collect();
    let client = Client::with(Settings::new(names.into_iter().chain([ZONE.to_owned()]), TOKEN));
    let found = client.get("/zones?name=example.com").await;
    assert_eq!(found.result()[0]["id"], client.zone);
    assert_eq!(found.json()["result_info"]["total_count"], 1);
    assert_eq!(client.get("/zones?name=nobody.org").await.result(), json!([]));
    assert_eq!(client.get("/zones?name=starts_with:zone1&direction=desc").await.result()[0]["name"], "zone11.net");
    let last = client.get("/zones?per_page=5&page=3").await.json();
    assert_eq!((last["result"].as_array().unwrap().len(), &last["result_info"]["total_pages"]), (3, &json!(3)));
    client.finish();
    let client = Client::start();
    assert_eq!(client.get("/zones?per_page=51").await.status, 400);
    client.finish_answers();
}

#[tokio::test]
async fn what_is_no_path_is_not_routed_to() {
    let client = Client::start();
    for path in ["/zones/example.com", "/zones/example.com/dns_records", "/nothing", "/zones/0/dns_records/1/2"] {
        assert_eq!(client.get(path).await.failure(), (404, 7003), "{path}");
    }
    let unknown = "0123456789abcdef0123456789abcdef";
    assert_eq!(client.get(&format!("/zones/{unknown}/dns_records")).await.failure(), (404, 7003));
    assert_eq!(client.records(Method::GET, &format!("/{unknown}"), None).await.failure(), (404, 81044));
    assert_eq!(client.records(Method::GET, "/www", None).await.failure(), (404, 7003));
    assert_eq!(client.records(Method::PUT, "", Some(json!({}))).await.status, 405);
    assert_eq!(client.send(Method::POST, "/zones", Some("{}".to_owned())).await.unwrap().status, 405);
    client.finish_answers();
}

#[tokio::test]
async fn every_answer_says_what_is_left_and_the_limit_blocks() {
    let now = Arc::new(Mutex::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)));
    let shown = now.clone();
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.clock = Clock::new(move || *shown.lock().unwrap());
    settings.limit = Limit { requests: 3, window: Duration::from_secs(60) };
    let client = Client::with(settings);
    let first = client.get("/zones").await;
    assert_eq!(first.header("ratelimit"), Some("\"default\";r=2;t=60"));
    assert_eq!(first.header("ratelimit-policy"), Some("\"default\";q=3;w=60"));
    assert_eq!(first.header("retry-after"), None);
    *now.lock().unwrap() += Duration::from_millis(20_500);
    assert_eq!(client.get("/zones").await.header("ratelimit"), Some("\"default\";r=1;t=40"));
    assert_eq!(client.get("/zones").await.status, 200);
    let refused = client.create(json!({ "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 1 })).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    assert!(client.cloudflare.world().records(ZONE).is_empty());
    *now.lock().unwrap() += Duration::from_secs(59);
    assert_eq!(client.get("/zones").await.status, 429);
    *now.lock().unwrap() += Duration::from_secs(1);
    assert_eq!(client.get("/zones").await.status, 200);
    client.finish();
}
