//! What hlc did not make.

use serde_json::json;

use crate::stage::{COUNT, Stage};

#[test]
fn what_is_there_is_left_alone_until_it_is_taken_over() {
    let stage = Stage::new();
    let record = json!({ "type": "A", "name": "two.example.net", "content": "198.51.100.1", "comment": "by hand" });
    let id = stage.cloudflare.world().put("example.net", &record).unwrap();
    let refused = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(refused.code, Some(1));
    let import = format!("hlc import core/cloudflare 'cloudflare/record.A.two.example.net' {id}");
    assert!(refused.says("HLC1200"), "{}", refused.stderr);
    assert!(refused.says(&import), "{}", refused.stderr);
    assert_eq!(stage.there().len(), 1, "nothing was made");
    let imported = stage.ok(&["import", "core/cloudflare", "cloudflare/record.A.two.example.net", &id]);
    assert!(imported.stdout.contains(r#""198.51.100.1" -> "192.0.2.2""#), "{}", imported.stdout);
    assert_eq!(stage.there()[0]["content"], "198.51.100.1", "nothing was changed");
    stage.apply();
    stage.assert_settled(COUNT);
    assert!(stage.there().iter().any(|record| record["id"] == id && record["content"] == "192.0.2.2"));
}

#[test]
fn others_beside_ours_stay() {
    let stage = Stage::new();
    for record in [
        json!({ "type": "TXT", "name": "example.net", "content": "\"somebody else's\"" }),
        json!({ "type": "A", "name": "elsewhere.example.net", "content": "198.51.100.2" }),
        json!({ "type": "MX", "name": "example.net", "content": "other.example.org", "priority": 5 }),
    ] {
        stage.cloudflare.world().put("example.net", &record).unwrap();
    }
    stage.apply();
    stage.assert_settled(COUNT + 3);
    stage.ok(&["destroy", "core/cloudflare", "--yes"]);
    assert_eq!(stage.there().len(), 3);
}

#[test]
fn what_is_no_record_of_that_name_is_not_taken_over() {
    let stage = Stage::new();
    let record = json!({ "type": "A", "name": "other.example.net", "content": "198.51.100.1" });
    let id = stage.cloudflare.world().put("example.net", &record).unwrap();
    let refused = stage.run(&["import", "core/cloudflare", "record.A.two.example.net", &id]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.says("other.example.net"), "{}", refused.stderr);
    let absent =
        stage.run(&["import", "core/cloudflare", "record.A.two.example.net", "0123456789abcdef0123456789abcdef"]);
    assert_eq!(absent.code, Some(1));
    assert!(absent.says("there is no record"), "{}", absent.stderr);
    let unknown = stage.run(&["import", "core/cloudflare", "record.A.three.example.net", &id]);
    assert!(unknown.says("the homelab has no"), "{}", unknown.stderr);
}
