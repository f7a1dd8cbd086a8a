//! Lists of many pages.

use std::sync::Barrier;

use hlc_engine::Fault;
use hlc_sim::{Fault as Trouble, Oddity, Stage};
use serde_json::json;

use crate::lab::{Lab, ZONE, map};

const LIST: &str = "/zones/*/dns_records";

fn with_records(count: usize) -> Lab {
    let lab = Lab::start();
    for number in 0..count {
        let record = json!({"type": "A", "name": format!("host{number:04}"), "content": "192.0.2.1", "ttl": 300});
        lab.sim.world().put(ZONE, &record).unwrap();
    }
    lab
}

async fn count(lab: &Lab) -> Result<usize, Fault> {
    let wanted = map(json!({"zone": ZONE, "zone_id": lab.zone_id(ZONE), "type": "A", "name": "a.example.net"}));
    lab.records().list(&[&wanted, &wanted]).await.map(|objects| objects.len())
}

#[tokio::test]
async fn a_zone_is_listed_once_with_all_its_pages() {
    let lab = with_records(250);
    assert_eq!(count(&lab).await, Ok(250));
    assert_eq!(lab.sim.control().count("GET", LIST), 3);
    lab.finish();
}

#[tokio::test]
async fn a_full_last_page_is_followed_by_an_empty_one() {
    let lab = with_records(200);
    assert_eq!(count(&lab).await, Ok(200));
    assert_eq!(lab.sim.control().count("GET", LIST), 3);
    lab.finish();
}

#[tokio::test]
async fn an_empty_zone_and_none_at_all() {
    let lab = Lab::start();
    assert_eq!(count(&lab).await, Ok(0));
    assert_eq!(lab.records().list(&[]).await, Ok(Vec::new()));
    let unknown = map(json!({"zone": ZONE, "type": "A", "name": "a.example.net"}));
    assert_eq!(lab.records().list(&[&unknown]).await, Ok(Vec::new()));
    assert_eq!(lab.sim.control().log().len(), 1);
    lab.finish();
}

#[tokio::test]
async fn zones_are_listed_side_by_side() {
    let lab = with_records(3);
    lab.sim.world().put("example.org", &json!({"type": "A", "name": "@", "content": "192.0.2.1", "ttl": 1})).unwrap();
    // Neither list is answered before both are asked for.
    let both = Barrier::new(2);
    lab.sim.control().on_request(move |moment| {
        if moment.stage == Stage::Before {
            both.wait();
        }
    });
    let of = |zone: &str| map(json!({"zone": zone, "zone_id": lab.zone_id(zone), "type": "A", "name": zone}));
    let (first, second) = (of(ZONE), of("example.org"));
    let objects = lab.records().list(&[&first, &second]).await.unwrap();
    let zones: Vec<Option<&str>> = objects.iter().map(|object| object.properties["zone"].as_text()).collect();
    assert_eq!(zones.iter().filter(|zone| **zone == Some(ZONE)).count(), 3);
    assert_eq!(objects.len(), 4);
    lab.finish();
}

#[tokio::test]
async fn a_zone_that_is_gone_has_no_records() {
    let lab = Lab::start();
    let wanted = map(
        json!({"zone": "old.example", "zone_id": "0123456789abcdef0123456789abcdef", "type": "A", "name": "old.example"}),
    );
    assert_eq!(lab.records().list(&[&wanted]).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_list_that_contradicts_itself_is_read_again() {
    for oddity in [Oddity::Empty, Oddity::Total(7), Oddity::Total(-7)] {
        for page in 1..=3 {
            let lab = with_records(250);
            lab.sim.control().fault(Trouble::page(oddity).on("GET", LIST).nth(page));
            assert_eq!(count(&lab).await, Ok(250), "{oddity:?} on page {page}");
            lab.finish();
        }
    }
}

#[tokio::test]
async fn a_list_that_stays_short_is_not_believed() {
    let lab = with_records(250);
    lab.sim.control().fault(Trouble::page(Oddity::Empty).on("GET", LIST).always());
    let message = "Cloudflare lists 0 of 250 things in `example.net`, also when asked again";
    assert_eq!(count(&lab).await, Err(Fault::Unavailable(message.to_owned())));
}

#[tokio::test]
async fn a_list_that_moves_is_whole_in_the_end() {
    let lab = with_records(250);
    let world = lab.sim.world().clone();
    let first = world.records(ZONE)[0]["id"].as_str().unwrap().to_owned();
    let control = lab.sim.control().clone();
    // Between the first page and the second one a record goes: the first of the second page slips onto the first, unseen.
    control.on_request(move |moment| {
        if moment.number == 1 && moment.stage == Stage::After {
            let _ = world.delete(ZONE, &first);
        }
    });
    assert_eq!(count(&lab).await, Ok(249));
    assert_eq!(lab.sim.control().count("GET", LIST), 6);
    lab.finish();
}
