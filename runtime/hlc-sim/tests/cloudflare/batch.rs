//! Many changes at once.

use hlc_sim::cloudflare::{Plan, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, Got, TOKEN, ZONE};

fn a(name: &str, content: &str) -> Value {
    json!({ "type": "A", "name": name, "content": content, "ttl": 300 })
}

async fn batch(client: &Client, body: Value) -> Got {
    client.records(Method::POST, "/batch", Some(body)).await
}

#[tokio::test]
async fn deletes_come_first_and_posts_last() {
    let client = Client::start();
    let (www, api, old) = (
        client.create(a("www", "192.0.2.1")).await.id(),
        client.create(a("api", "192.0.2.2")).await.id(),
        client.create(a("old", "192.0.2.1")).await.id(),
    );
    // Only in the vendor's order does each of these find its place free, whatever the order in the body.
    let done = batch(
        &client,
        json!({
            "posts": [{ "type": "CNAME", "name": "api", "content": "target.net", "ttl": 1 }],
            "puts": [{ "id": api, "type": "A", "name": "www", "content": "192.0.2.1", "ttl": 300 }],
            "patches": [{ "id": www, "name": "old" }],
            "deletes": [{ "id": old }],
        }),
    );
    let done = done.await.result();
    assert_eq!(done["deletes"][0]["name"], "old.example.com");
    assert_eq!((&done["patches"][0]["id"], &done["patches"][0]["name"]), (&json!(www), &json!("old.example.com")));
    assert_eq!((&done["puts"][0]["id"], &done["puts"][0]["name"]), (&json!(api), &json!("www.example.com")));
    assert_eq!(done["posts"][0]["type"], "CNAME");
    let names: Vec<Value> = client.cloudflare.world().records(ZONE).iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["old.example.com", "www.example.com", "api.example.com"]);
    client.finish();
}

#[tokio::test]
async fn one_that_fails_undoes_all_and_the_first_error_is_told() {
    let client = Client::start();
    let www = client.create(a("www", "192.0.2.1")).await.id();
    let before = client.cloudflare.world().records(ZONE);
    let failed = batch(
        &client,
        json!({
            "deletes": [{ "id": www }],
            "posts": [a("new", "192.0.2.9"), a("worse", "nothing"), { "type": "TXT", "name": "a..b", "content": "c", "ttl": 1 }],
        }),
    );
    let failed = failed.await;
    assert_eq!(failed.failure(), (400, 9005));
    assert_eq!(failed.json()["errors"].as_array().unwrap().len(), 1);
    assert_eq!(client.cloudflare.world().records(ZONE), before);
    let missing =
        batch(&client, json!({ "deletes": [{ "id": "0".repeat(32) }], "posts": [a("new", "192.0.2.9")] })).await;
    assert_eq!(missing.failure(), (404, 81044));
    let twice = batch(&client, json!({ "posts": [a("new", "192.0.2.9"), a("new", "192.0.2.9")] })).await;
    assert_eq!(twice.failure(), (400, 81058));
    assert_eq!(client.cloudflare.world().records(ZONE), before);
    client.finish_answers();
}

#[tokio::test]
async fn a_batch_has_a_size_by_the_plan() {
    let posts = |count: usize| -> Value {
        let posts: Vec<Value> = (0..count).map(|number| a(&format!("host{number}"), "192.0.2.1")).collect();
        json!({ "posts": posts })
    };
    let client = Client::start();
    assert_eq!(batch(&client, posts(201)).await.status, 400);
    assert!(client.cloudflare.world().records(ZONE).is_empty());
    assert_eq!(batch(&client, posts(200)).await.result()["posts"].as_array().unwrap().len(), 200);
    client.finish();
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.plan = Plan::Pro;
    let client = Client::with(settings);
    assert_eq!(batch(&client, posts(201)).await.status, 200);
    client.finish();
}

#[tokio::test]
async fn an_empty_batch_does_nothing() {
    let client = Client::start();
    let done = batch(&client, json!({})).await.result();
    assert_eq!(done, json!({ "deletes": [], "patches": [], "puts": [], "posts": [] }));
    assert_eq!(batch(&client, json!({ "posts": {} })).await.failure(), (400, 9207));
    assert_eq!(batch(&client, json!({ "deletes": [{}] })).await.failure(), (400, 9207));
    client.finish_answers();
}
