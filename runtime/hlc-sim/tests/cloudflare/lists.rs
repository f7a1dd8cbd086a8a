//! Lists: filters, order, pages.

use hlc_sim::cloudflare::{Plan, Settings};
use serde_json::{Value, json};

use crate::client::{Client, TOKEN, ZONE};

async fn filled() -> Client {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.plan = Plan::Pro;
    let client = Client::with(settings);
    let records = [
        json!({ "type": "TXT", "name": "a", "content": "one", "ttl": 60, "comment": "hlc: Home/a", "tags": ["team:dns"] }),
        json!({ "type": "A", "name": "b", "content": "192.0.2.2", "ttl": 1, "proxied": true, "comment": "hlc: home/b" }),
        json!({ "type": "A", "name": "c", "content": "192.0.2.1", "ttl": 120, "comment": "by hand", "tags": ["team:web", "old"] }),
        json!({ "type": "CNAME", "name": "d", "content": "b.example.com", "ttl": 300 }),
    ];
    for record in records {
        client.create(record).await.result();
    }
    client
}

/// The first labels of the names that a list shows.
async fn shown(client: &Client, query: &str) -> String {
    let list = client.list(query).await.result();
    let first = |record: &Value| record["name"].as_str().unwrap().split('.').next().unwrap().to_owned();
    list.as_array().unwrap().iter().map(first).collect()
}

#[tokio::test]
async fn filters_narrow_and_any_widens() {
    let client = filled().await;
    let cases = [
        ("", "bcda"),
        ("?type=A", "bc"),
        ("?name=A.example.com", "a"),
        ("?content=192.0.2.1", "c"),
        ("?proxied=true", "b"),
        ("?comment=HLC: home/a", "a"),
        ("?comment.startswith=hlc:", "ba"),
        ("?comment.endswith=hand", "c"),
        ("?comment.contains=home", "ba"),
        ("?comment.absent", "d"),
        ("?comment.present", "bca"),
        ("?type=A&comment.startswith=hlc:", "b"),
        ("?type=CNAME&comment.startswith=hlc:&match=any", "bda"),
        ("?tag=team", "ca"),
        ("?tag=team:dns", "a"),
        ("?tag.absent=team", "bd"),
        ("?tag.startswith=team:w", "c"),
        ("?tag=team:dns&tag=old&tag_match=any", "ca"),
        ("?tag=team:web&tag=old", "c"),
        ("?search=b.example", "bd"),
        ("?name=nobody.example.com", ""),
    ];
    for (query, expected) in cases {
        assert_eq!(shown(&client, query).await, expected, "{query}");
    }
    client.finish();
}

#[tokio::test]
async fn lists_are_ordered() {
    let client = filled().await;
    for (query, expected) in [
        ("?order=name", "abcd"),
        ("?order=name&direction=desc", "dcba"),
        ("?order=ttl", "bacd"),
        ("?order=content", "cbda"),
        ("?order=proxied&direction=desc", "bdca"),
    ] {
        assert_eq!(shown(&client, query).await, expected, "{query}");
    }
    client.finish();
}

#[tokio::test]
async fn pages_cover_the_whole_list_once() {
    let client = filled().await;
    assert_eq!(shown(&client, "?order=name&per_page=3").await, "abc");
    assert_eq!(shown(&client, "?order=name&per_page=3&page=2").await, "d");
    assert_eq!(shown(&client, "?per_page=3&page=3").await, "");
    let info = client.list("?per_page=3&page=2").await.json()["result_info"].clone();
    assert_eq!(info, json!({ "page": 2, "per_page": 3, "count": 1, "total_count": 4, "total_pages": 2 }));
    assert_eq!(client.list("?per_page=5000000").await.status, 200);
    client.finish();
    let client = filled().await;
    for query in ["?per_page=0", "?per_page=5000001", "?page=0", "?page=x"] {
        assert_eq!(client.list(query).await.status, 400, "{query}");
    }
    client.finish_answers();
}
