//! Many records at once.

use hlc_engine::{Fault, Step};
use hlc_sim::{End, Fault as Trouble};
use serde_json::json;

use crate::lab::{Lab, ZONE, assert_so, body};

const BATCH: &str = "/zones/*/dns_records/batch";

#[tokio::test]
async fn steps_of_all_sorts_are_one_request() {
    let lab = Lab::start();
    let a = |name: &str, content: &str| lab.wanted("A", &format!("{name}.example.net"), json!({"content": content}));
    let (old, gone) = (a("old", "203.0.113.1"), a("gone", "203.0.113.1"));
    let (old_id, gone_id) = (lab.create(&old).await.unwrap().id, lab.create(&gone).await.unwrap().id);
    let (first, changed, second) = (a("first", "203.0.113.2"), a("old", "203.0.113.3"), a("second", "203.0.113.4"));
    let steps = [
        Step::Create(body(&first)),
        Step::Update { id: old_id.clone(), wanted: body(&changed), changed: vec!["content".to_owned()] },
        Step::Delete { id: gone_id, properties: gone },
        Step::Create(body(&second)),
    ];
    let records = lab.records();
    let batch = records.batch().unwrap();
    let keys: Vec<String> = steps.iter().map(|step| batch.key(step)).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let objects = batch.carry_out(&steps).await.unwrap();
    let [Some(made), Some(updated), None, Some(last)] = objects.as_slice() else { panic!("{objects:?}") };
    assert_so(&first, made);
    assert_so(&changed, updated);
    assert_so(&second, last);
    assert_eq!(updated.id, old_id);
    assert_eq!(lab.sim.control().count("POST", BATCH), 1);
    assert_eq!(lab.sim.world().records(ZONE).len(), 3);
    lab.finish();
}

#[tokio::test]
async fn as_many_steps_as_it_says_go_into_one_request() {
    let lab = Lab::start();
    let records = lab.records();
    let batch = records.batch().unwrap();
    let wanted: Vec<_> = (0..batch.most())
        .map(|number| lab.wanted("TXT", &format!("t{number}.example.net"), json!({"content": format!("\"{number}\"")})))
        .collect();
    let steps: Vec<Step> = wanted.iter().map(|wanted| Step::Create(body(wanted))).collect();
    let objects = batch.carry_out(&steps).await.unwrap();
    for (wanted, object) in wanted.iter().zip(&objects) {
        assert_so(wanted, object.as_ref().unwrap());
    }
    assert_eq!(objects.len(), batch.most());
    lab.finish();
}

#[tokio::test]
async fn one_step_that_cannot_be_done_leaves_all_undone() {
    let lab = Lab::start();
    let there = lab.wanted("A", "there.example.net", json!({"content": "203.0.113.1"}));
    lab.create(&there).await.unwrap();
    let new = lab.wanted("A", "new.example.net", json!({"content": "203.0.113.1"}));
    let records = lab.records();
    let batch = records.batch().unwrap();
    let done = batch.carry_out(&[Step::Create(body(&new)), Step::Create(body(&there))]).await;
    assert!(matches!(done, Err(Fault::Exists(_))), "{done:?}");
    let id = "0123456789abcdef0123456789abcdef".to_owned();
    let done = batch.carry_out(&[Step::Create(body(&new)), Step::Delete { id, properties: there }]).await;
    assert_eq!(done, Err(Fault::Gone));
    assert_eq!(lab.sim.world().records(ZONE).len(), 1);
    lab.finish();
}

#[tokio::test]
async fn a_lost_answer_is_unclear_and_not_asked_for_again() {
    let lab = Lab::start();
    let new = lab.wanted("A", "new.example.net", json!({"content": "203.0.113.1"}));
    lab.sim.control().fault(Trouble::after(End::Drop).on("POST", BATCH));
    let records = lab.records();
    let done = records.batch().unwrap().carry_out(&[Step::Create(body(&new))]).await;
    assert!(matches!(done, Err(Fault::Unclear(_))), "{done:?}");
    assert_eq!(lab.sim.control().count("POST", BATCH), 1);
    assert_eq!(lab.sim.world().records(ZONE).len(), 1);
    lab.finish();
}
