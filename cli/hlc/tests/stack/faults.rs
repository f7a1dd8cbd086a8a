//! What networks and vendors do, to the real client in the real program.

use std::time::Duration;

use hlc_sim::{End, Fault, Lag, Oddity, RetryAfter, Stage as At, Stale};

use crate::stage::{COUNT, Stage};

const BATCH: &str = "/zones/*/dns_records/batch";
const LIST: &str = "/zones/*/dns_records";

/// One run with the fault, whatever comes of it; then one that must settle everything.
#[track_caller]
fn survives(fault: Fault) {
    let stage = Stage::new();
    stage.cloudflare.control().fault(fault);
    let first = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert!(matches!(first.code, Some(0 | 1)), "{}", first.stderr);
    stage.cloudflare.control().clear_faults();
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn answers_that_are_lost_after_the_work() {
    survives(Fault::after(End::Drop).on("POST", BATCH));
    survives(Fault::after(End::Status(502, None)).on("POST", BATCH));
    survives(Fault::after(End::Html(504)).on("POST", BATCH));
    survives(Fault::cut(20).on("POST", BATCH));
}

#[test]
fn lost_answers_are_found_in_the_same_run() {
    let stage = Stage::new();
    stage.cloudflare.control().fault(Fault::after(End::Drop).on("POST", BATCH));
    let applied = stage.apply();
    assert!(applied.says("looking for what came of it"), "{}", applied.stderr);
    assert_eq!(stage.cloudflare.control().count("POST", BATCH), 1);
    stage.assert_settled(COUNT);
}

#[test]
fn requests_that_are_not_carried_out() {
    survives(Fault::before(End::Drop).on("POST", BATCH));
    survives(Fault::before(End::Status(500, None)).on("POST", BATCH));
    survives(Fault::before(End::Html(502)).on("POST", BATCH));
}

#[test]
fn lists_that_fail() {
    survives(Fault::before(End::Status(503, None)).on("GET", LIST).times(2));
    survives(Fault::cut(100).on("GET", LIST));
    survives(Fault::drip(64, Duration::from_millis(1)).on("GET", LIST));
    survives(Fault::page(Oddity::Total(7)).on("GET", LIST));
}

#[test]
fn too_many_requests() {
    survives(Fault::throttle(RetryAfter::Seconds(1)).on("POST", BATCH));
    survives(Fault::throttle(RetryAfter::At(std::time::SystemTime::now() + Duration::from_secs(2))).on("GET", LIST));
    // A year: longer than there is patience. It fails with the reason, and nothing was done.
    let stage = Stage::new();
    stage.cloudflare.control().fault(Fault::throttle(RetryAfter::Seconds(31_536_000)).on("POST", "/**").always());
    let ran = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.says("429"), "{}", ran.stderr);
    assert!(stage.there().is_empty());
    stage.cloudflare.control().clear_faults();
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn lists_that_are_behind() {
    // What was made does not show yet, and what was deleted still does.
    let stage = Stage::new();
    stage.cloudflare.control().fault(Fault::after(End::Drop).on("POST", BATCH));
    stage.cloudflare.control().fault(Fault::stale(Stale::made(Lag::Requests(3))).on("GET", LIST).times(2));
    let first = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert!(matches!(first.code, Some(0 | 1)), "{}", first.stderr);
    stage.cloudflare.control().clear_faults();
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn a_login_that_ends_in_the_middle() {
    let stage = Stage::new();
    stage.cloudflare.control().fault(Fault::unauthorized().on("POST", "/**").always());
    let ran = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.says("token"), "{}", ran.stderr);
    stage.cloudflare.control().clear_faults();
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn one_of_twenty_that_cloudflare_refuses() {
    // A comment that is too long for the free plan.
    let comment = "c".repeat(101);
    let records: Vec<String> = (0..20)
        .map(|number| match number {
            7 => format!("A \"h{number}\" to=\"192.0.2.{number}\" comment=\"{comment}\""),
            _ => format!("A \"h{number}\" to=\"192.0.2.{number}\""),
        })
        .collect();
    let stage = Stage::with(&records.join("\n"));
    let ran = stage.run(&["apply", "core/cloudflare", "--yes"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.says("19 done, 1 failed"), "{}", ran.stderr);
    assert_eq!(stage.there().len(), 19);
    stage.records(&records.join("\n").replace(&comment, "short"));
    stage.apply();
    stage.assert_settled(20);
}

#[test]
fn two_at_once() {
    let stage = Stage::new();
    let (arrived, wait) = std::sync::mpsc::channel();
    let (go_on, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    stage.cloudflare.control().on_request(move |moment| {
        if moment.method == "POST" && moment.stage == At::Before {
            arrived.send(()).unwrap();
            held.lock().unwrap().recv().unwrap();
        }
    });
    let first = stage.spawn(&["apply", "core/cloudflare", "--yes"]);
    wait.recv_timeout(Duration::from_secs(60)).unwrap();
    let second = stage.run(&["apply", "core/cloudflare", "--yes"]);
    go_on.send(()).unwrap();
    assert_eq!(second.code, Some(1));
    assert!(second.says("locked by tester@"), "{}", second.stderr);
    assert!(second.says("apply core/cloudflare"), "{}", second.stderr);
    assert_eq!(crate::stage::Ran::of(first.wait_with_output().unwrap()).code, Some(0));
    stage.assert_settled(COUNT);
}
