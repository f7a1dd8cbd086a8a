//! Everything that can go wrong on the way, and what it means.

use std::time::{Duration, Instant};

use hlc_engine::{Fault, Step};
use hlc_sim::cloudflare::{Settings, Token};
use hlc_sim::{End, Fault as Trouble, RetryAfter};
use serde_json::json;

use crate::lab::{Lab, PATIENCE, TOKEN, ZONE, body, provider};

const ALL: &str = "/zones/*/dns_records";
const ONE: &str = "/zones/*/dns_records/*";

/// What may have reached Cloudflare, or not.
fn lost() -> Vec<(&'static str, Trouble)> {
    vec![
        ("dropped before", Trouble::before(End::Drop)),
        ("dropped after", Trouble::after(End::Drop)),
        ("hangs before", Trouble::before(End::Hang)),
        ("hangs after", Trouble::after(End::Hang)),
        ("500", Trouble::before(End::Status(500, None))),
        ("503 after", Trouble::after(End::Status(503, None))),
        ("web page 502", Trouble::after(End::Html(502))),
        ("web page 400", Trouble::before(End::Html(400))),
        ("web page 200", Trouble::after(End::Html(200))),
        ("cut in the middle", Trouble::cut(40)),
        ("cut at once", Trouble::cut(0)),
        ("408", Trouble::before(End::Status(408, None))),
    ]
}

#[tokio::test]
async fn a_lost_answer_to_a_write_is_unclear() {
    for (what, trouble) in lost() {
        let lab = Lab::start();
        let records = lab.hasty(Duration::from_millis(400));
        let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
        lab.sim.control().fault(trouble.clone().on("POST", ALL));
        let made = records.create(&body(&wanted)).await;
        assert!(matches!(made, Err(Fault::Unclear(_))), "{what}: {made:?}");
        assert_eq!(lab.sim.control().count("POST", ALL), 1, "{what}: it was sent again");

        let other = lab.wanted("A", "other.example.net", json!({"content": "203.0.113.10"}));
        let id = lab.create(&other).await.unwrap().id;
        lab.sim.control().fault(trouble.clone().on("PATCH", ONE));
        let changed = records.update(&id, &body(&other), &["ttl".to_owned()]).await;
        assert!(matches!(changed, Err(Fault::Unclear(_))), "{what}: {changed:?}");
        lab.sim.control().fault(trouble.clone().on("DELETE", ONE));
        let deleted = records.delete(&id, &other).await;
        assert!(matches!(deleted, Err(Fault::Unclear(_))), "{what}: {deleted:?}");
        assert_eq!(lab.sim.control().count("PATCH", ONE) + lab.sim.control().count("DELETE", ONE), 2, "{what}");
        lab.finish();
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_read_is_asked_for_again() {
    for (what, trouble) in lost() {
        let lab = Lab::start();
        let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
        let made = lab.create(&wanted).await.unwrap();
        lab.sim.control().fault(trouble.clone().on("GET", ONE).times(2));
        let read = lab.hasty(Duration::from_secs(2)).read(&made.id, &wanted).await;
        // A web page with a status that is no failure of the server is an answer: nothing says that another one would come.
        match what {
            "web page 400" | "web page 200" => {
                assert!(matches!(read, Err(Fault::Unavailable(_))), "{what}: {read:?}");
                lab.sim.control().clear_faults();
            }
            _ => assert_eq!(read, Ok(Some(made)), "{what}"),
        }
        assert_eq!(lab.sim.control().faults_left(), 0, "{what}");
        lab.sim.control().fault(trouble.on("GET", ALL).always());
        let listed = lab.hasty(Duration::from_millis(400)).list(&[&wanted]).await;
        assert!(matches!(listed, Err(Fault::Unavailable(_))), "{what}: {listed:?}");
        lab.sim.control().clear_faults();
        lab.finish();
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let lab = Lab::start();
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    lab.sim.control().fault(Trouble::throttle(RetryAfter::Seconds(0)).on("POST", ALL).times(2));
    lab.sim.control().fault(Trouble::delay(Duration::from_millis(200)).on("POST", ALL).nth(3));
    lab.create(&wanted).await.unwrap();
    assert_eq!(lab.sim.control().count("POST", ALL), 3);
    lab.finish();
}

#[tokio::test]
async fn more_patience_than_there_is_is_said() {
    let lab = Lab::start();
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    lab.sim.control().fault(Trouble::throttle(RetryAfter::Seconds(300)).on("POST", ALL));
    let since = Instant::now();
    let Err(Fault::Unavailable(message)) = lab.create(&wanted).await else { panic!() };
    assert!(message.contains("429") && message.contains("300 s"), "{message}");
    assert!(since.elapsed() < PATIENCE);
    lab.sim.control().fault(Trouble::throttle(RetryAfter::Text("soon".to_owned())).on("POST", ALL).times(3));
    assert!(matches!(lab.create(&wanted).await, Err(Fault::Unavailable(_))));
    assert!(lab.sim.world().records(ZONE).is_empty());
    lab.finish();
}

#[tokio::test]
async fn nobody_there_is_certainly_not_done() {
    let lab = Lab::start();
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    let url = lab.sim.url();
    lab.sim.stop();
    let records = provider(&url, TOKEN, PATIENCE).kind("record").unwrap().clone();
    let made = records.create(&body(&wanted)).await;
    assert!(matches!(made, Err(Fault::Unavailable(_))), "{made:?}");
}

#[tokio::test]
async fn who_may_not_is_told_what_is_missing() {
    let mut settings = Settings::new([ZONE], TOKEN);
    settings.tokens = vec![Token::new(TOKEN).read_only()];
    let lab = Lab::with(settings);
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    assert_eq!(lab.records().list(&[&wanted]).await, Ok(Vec::new()));
    let Err(Fault::Denied { message, help }) = lab.create(&wanted).await else { panic!() };
    assert_eq!(message, "Cloudflare answers: Authentication error (10000)");
    assert!(help.contains("`DNS:Edit` for the zone `example.net`"), "{help}");
    let records = lab.records();
    let denied = records.batch().unwrap().carry_out(&[Step::Create(body(&wanted))]).await;
    assert!(matches!(denied, Err(Fault::Denied { .. })), "{denied:?}");
    lab.sim.control().fault(Trouble::unauthorized().on("GET", ALL));
    assert!(matches!(lab.records().list(&[&wanted]).await, Err(Fault::Denied { .. })));
    lab.finish();
}

#[tokio::test]
async fn a_login_that_is_no_token_is_told_apart() {
    let lab = Lab::start();
    let wanted = lab.wanted("A", "www.example.net", json!({"content": "203.0.113.10"}));
    for (token, words) in [("c2547eb745079dac9320b638f5e225cf483cc", "(6003)"), ("a\nb", "no header can hold")] {
        let records = provider(&lab.sim.url(), token, PATIENCE).kind("record").unwrap().clone();
        let Err(Fault::Denied { message, help }) = records.create(&body(&wanted)).await else { panic!() };
        assert!(message.contains(words) && help.contains("not a global API key"), "{message}: {help}");
        assert!(!format!("{message}{help}").contains(token));
    }
    lab.finish();
}
