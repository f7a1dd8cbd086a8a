//! What is the same record, and what stands in another one's way.

use serde_json::{Value as Json, json};

use super::*;

fn record(kind: &str, name: &str, value: Json) -> Properties {
    let field = if value.is_object() { "data" } else { "content" };
    let json = json!({"zone": "example.net", "zone_id": "0a", "type": kind, "name": name, "ttl": 1});
    let Value::Map(mut properties) = Value::from_api(json) else { unreachable!() };
    properties.insert(field.to_owned(), Value::from_api(value));
    canonical::canonical(&mut properties);
    properties
}

fn www(kind: &str, value: &str) -> Properties {
    record(kind, "www.example.net", json!(value))
}

#[test]
fn the_same_value_is_the_same_record() {
    assert_eq!(relation(&www("A", "203.0.113.1"), &www("A", "203.0.113.1")), Relation::Same);
    assert_eq!(relation(&www("CNAME", "Example.org."), &www("CNAME", "example.org")), Relation::Same);
    assert_eq!(relation(&www("TXT", "\"a\" \"b\""), &www("TXT", "ab")), Relation::Same);
    let mut mail = www("MX", "mail.example.net");
    mail.insert("priority".to_owned(), Value::Number(20.into()));
    assert_eq!(relation(&www("MX", "mail.example.net"), &mail), Relation::Same);
    let service = |weight: u16, port: u16| {
        record(
            "SRV",
            "_sip._tcp.example.net",
            json!({"priority": 0, "weight": weight, "port": port, "target": "a.example.net"}),
        )
    };
    assert_eq!(relation(&service(0, 5060), &service(5, 5060)), Relation::Same);
    assert_eq!(relation(&service(0, 5060), &service(0, 5061)), Relation::Other);
    let issuer = |flags: u8, tag: &str| {
        record("CAA", "example.net", json!({"flags": flags, "tag": tag, "value": "letsencrypt.org"}))
    };
    assert_eq!(relation(&issuer(0, "issue"), &issuer(128, "issue")), Relation::Same);
    assert_eq!(relation(&issuer(0, "issue"), &issuer(0, "issuewild")), Relation::Other);
}

#[test]
fn what_leads_somewhere_else_is_in_the_way() {
    let address = www("A", "203.0.113.1");
    assert_eq!(relation(&address, &www("A", "203.0.113.2")), Relation::Clash);
    assert_eq!(relation(&address, &www("CNAME", "example.org")), Relation::Clash);
    assert_eq!(relation(&www("CNAME", "example.org"), &address), Relation::Clash);
    assert_eq!(relation(&www("CNAME", "example.org"), &www("CNAME", "example.com")), Relation::Clash);
    assert_eq!(relation(&address, &www("AAAA", "2001:db8::1")), Relation::Other);
}

#[test]
fn what_can_stand_beside_it_is_left_alone() {
    assert_eq!(relation(&www("MX", "a.example.net"), &www("MX", "b.example.net")), Relation::Other);
    assert_eq!(relation(&www("TXT", "a"), &www("TXT", "b")), Relation::Other);
    assert_eq!(relation(&www("CNAME", "example.org"), &www("TXT", "a")), Relation::Other);
    assert_eq!(relation(&www("A", "203.0.113.1"), &www("NS", "ns.example.org")), Relation::Other);
    let elsewhere = record("A", "mail.example.net", json!("203.0.113.1"));
    assert_eq!(relation(&www("A", "203.0.113.1"), &elsewhere), Relation::Other);
    let mut other_zone = www("A", "203.0.113.1");
    other_zone.insert("zone_id".to_owned(), Value::text("0b"));
    assert_eq!(relation(&www("A", "203.0.113.1"), &other_zone), Relation::Other);
}

#[test]
fn a_value_that_is_not_known_is_nobodys() {
    let unknown = Value::Unknown("(output)hetzner/server.edge#ipv4".to_owned());
    let mut wanted = www("A", "203.0.113.1");
    wanted.insert("content".to_owned(), unknown.clone());
    assert_eq!(relation(&wanted, &www("A", "203.0.113.1")), Relation::Clash);
    wanted.insert("type".to_owned(), Value::text("TXT"));
    assert_eq!(relation(&wanted, &www("TXT", "a")), Relation::Other);
    wanted.insert("zone_id".to_owned(), unknown);
    assert_eq!(relation(&wanted, &wanted), Relation::Other);
}

#[test]
fn only_what_is_an_id_gets_into_a_path() {
    for bad in ["", ".", "..", "a/b", "0123456789abcdef0123456789abcdef0"] {
        assert!(matches!(named(Some(bad), Some("example.net")), Err(Fault::Refused { .. })), "{bad}");
    }
    assert!(matches!(named(None, Some("example.net")), Err(Fault::Refused { message, .. })
        if message == "nobody knows the id of the zone `example.net`"));
    assert_eq!(named(Some("0a"), Some("Example.net.")).unwrap().name, "example.net");
}
