//! A record of each type from its making to its end.

use hlc_change::Value;
use hlc_engine::{Fault, Relation};
use hlc_sim::cloudflare::{Plan, Settings};
use serde_json::{Value as Json, json};

use crate::lab::{Lab, TOKEN, ZONE, assert_so};

/// Each type as it is written by people, and something that can change in place.
fn types() -> Vec<(&'static str, &'static str, Json, &'static str, Json)> {
    let long = format!("\"v=DKIM1; p={}\" \"{}\"", "x".repeat(243), "y".repeat(40));
    vec![
        ("A", "www.example.net", json!({"content": "203.0.113.10"}), "content", json!("203.0.113.11")),
        (
            "A",
            "*.example.net",
            json!({"content": "203.0.113.10", "proxied": true, "ttl": 300}),
            "proxied",
            json!(false),
        ),
        ("AAAA", "example.net", json!({"content": "2001:0DB8:0::0001"}), "content", json!("2001:db8::2")),
        ("CNAME", "Docs.example.net", json!({"content": "Pages.Example.org."}), "content", json!("example.com")),
        ("TXT", "example.net", json!({"content": "\"v=spf1 -all\"", "comment": "mail"}), "ttl", json!(3600)),
        ("TXT", "key.example.net", json!({"content": long}), "comment", json!("a key")),
        ("TXT", "odd.example.net", json!({"content": "\"a \\\"b\\\" \\\\ grün\""}), "ttl", json!(300)),
        ("MX", "example.net", json!({"content": "Mail.example.net.", "priority": 10}), "priority", json!(20)),
        (
            "SRV",
            "_sip._tcp.example.net",
            json!({"data": {"priority": 0, "weight": 5, "port": 5060, "target": "Sip.example.net."}, "ttl": 120}),
            "data",
            json!({"priority": 1, "weight": 7, "port": 5060, "target": "sip.example.net"}),
        ),
        (
            "CAA",
            "example.net",
            json!({"data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"}}),
            "data",
            json!({"flags": 128, "tag": "issue", "value": "letsencrypt.org"}),
        ),
    ]
}

#[tokio::test]
async fn what_was_made_is_read_as_it_was_wanted() {
    let lab = Lab::start();
    for (kind, name, more, property, value) in types() {
        let mut wanted = lab.wanted(kind, name, more);
        let made = lab.create(&wanted).await.unwrap();
        assert_so(&wanted, &made);
        assert_eq!(made.outputs["id"], Value::text(made.id.clone()));
        assert_eq!(lab.read(&made.id, &wanted).await.as_ref(), Some(&made), "{kind} {name}");
        let listed = lab.records().list(&[&wanted]).await.unwrap();
        assert_eq!(listed.iter().find(|object| object.id == made.id), Some(&made), "{kind} {name}");
        assert_eq!(lab.records().key(&wanted), lab.records().key(&made.properties));
        assert_eq!(lab.records().relation(&wanted, &made.properties), Relation::Same, "{kind} {name}");

        wanted.insert(property.to_owned(), Value::from_api(value));
        lab.records().canonical(&mut wanted);
        let changed = lab.update(&made.id, &wanted, &[property, "ttl"]).await.unwrap();
        assert_so(&wanted, &changed);
        assert_eq!(changed.id, made.id);
        assert_eq!(lab.read(&made.id, &wanted).await.as_ref(), Some(&changed), "{kind} {name}");

        lab.records().delete(&made.id, &wanted).await.unwrap();
        assert_eq!(lab.read(&made.id, &wanted).await, None);
        assert_eq!(lab.records().delete(&made.id, &wanted).await, Err(Fault::Gone));
        assert_eq!(lab.update(&made.id, &wanted, &["ttl"]).await, Err(Fault::Gone));
    }
    assert!(lab.sim.world().records(ZONE).is_empty());
    lab.finish();
}

#[tokio::test]
async fn a_change_leaves_alone_what_did_not_change() {
    let lab = Lab::start();
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10", "comment": "ours"}));
    let made = lab.create(&wanted).await.unwrap();
    lab.sim.world().edit(ZONE, &made.id, &json!({"comment": "theirs"})).unwrap();
    let mut newer = wanted.clone();
    newer.insert("content".to_owned(), Value::text("203.0.113.11"));
    let changed = lab.update(&made.id, &newer, &["content"]).await.unwrap();
    assert_eq!(changed.properties["comment"], Value::text("theirs"));
    lab.finish();
}

#[tokio::test]
async fn a_comment_can_be_taken_away() {
    let lab = Lab::start();
    let mut wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10", "comment": "ours"}));
    let made = lab.create(&wanted).await.unwrap();
    wanted.insert("comment".to_owned(), Value::Null);
    let changed = lab.update(&made.id, &wanted, &["comment"]).await.unwrap();
    assert_eq!(changed.properties["comment"], Value::Null);
    lab.finish();
}

#[tokio::test]
async fn fields_that_hlc_does_not_know_go_there_and_back() {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.plan = Plan::Pro;
    let lab = Lab::with(settings);
    let extra = json!({"tags": ["team:dns", "a:1"], "settings": {"ipv4_only": true}});
    let mut wanted =
        lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10", "proxied": true, "extra": extra}));
    let made = lab.create(&wanted).await.unwrap();
    assert_so(&wanted, &made);
    wanted.insert("extra".to_owned(), Value::from_api(json!({"tags": ["a:1"]})));
    let changed = lab.update(&made.id, &wanted, &["extra"]).await.unwrap();
    assert_so(&wanted, &changed);
    // What is no longer stated is left as it is.
    let Value::Map(extra) = &changed.properties["extra"] else { panic!() };
    assert_eq!(extra.get("settings"), Some(&Value::from_api(json!({"ipv4_only": true}))));
    lab.finish();
}

#[tokio::test]
async fn what_stands_in_the_way_is_said() {
    let lab = Lab::start();
    let address = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    lab.create(&address).await.unwrap();
    let again = "Cloudflare answers: An identical record already exists (81058)";
    assert_eq!(lab.create(&address).await, Err(Fault::Exists(again.to_owned())));
    let name = lab.wanted("CNAME", "www.example.net", json!({"content": "example.org"}));
    let Err(Fault::Refused { message, help }) = lab.create(&name).await else { panic!() };
    assert!(message.contains("(81053)") && help.is_some_and(|help| help.contains("CNAME")), "{message}");
    let wrong = lab.wanted("A", "w.example.net", json!({"content": "203.0.113"}));
    let Err(Fault::Refused { message, .. }) = lab.create(&wrong).await else { panic!() };
    assert!(message.contains("(9005)"), "{message}");
    lab.finish_answers();
}

#[tokio::test]
async fn a_record_of_a_zone_that_is_gone_is_not_made() {
    let lab = Lab::start();
    let mut wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    wanted.insert("zone_id".to_owned(), Value::text("0123456789abcdef0123456789abcdef"));
    let Err(Fault::Refused { message, help }) = lab.create(&wanted).await else { panic!() };
    assert_eq!(
        message,
        "the zone `example.net` is not there: Cloudflare has none with the id `0123456789abcdef0123456789abcdef`"
    );
    assert!(help.is_some());
    assert_eq!(lab.read("0123456789abcdef0123456789abcdef", &wanted).await, None);
}
