//! Ctrl-C: once, and twice.

use std::io::Read as _;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use hlc_sim::Stage as At;
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{COUNT, Ran, Stage};

/// A run in the middle of something: a request that is not answered before something is sent or the sender dropped.
fn in_the_middle(stage: &Stage) -> (std::process::Child, mpsc::Sender<()>) {
    let (arrived, wait) = mpsc::channel();
    let (go_on, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    stage.cloudflare.control().on_request(move |moment| {
        if moment.method == "POST" && moment.stage == At::Before {
            // Nobody waits any more after the first.
            let _ = arrived.send(());
            let _ = held.lock().unwrap().recv();
        }
    });
    let running = stage.spawn(&["apply", "core/cloudflare", "--yes"]);
    wait.recv_timeout(Duration::from_secs(60)).unwrap();
    (running, go_on)
}

/// Interrupts, and waits until it says something about that.
fn interrupt(running: &mut std::process::Child, said: &mut String) {
    kill_process(Pid::from_raw(i32::try_from(running.id()).unwrap()).unwrap(), Signal::INT).unwrap();
    let stderr = running.stderr.as_mut().unwrap();
    let mut byte = [0];
    while !said.contains("stopping:") && stderr.read(&mut byte).unwrap() == 1 {
        said.push(char::from(byte[0]));
    }
}

#[test]
fn once_finishes_what_is_under_way_and_saves() {
    let stage = Stage::new();
    let (mut running, go_on) = in_the_middle(&stage);
    let mut said = String::new();
    interrupt(&mut running, &mut said);
    assert!(stage.there().is_empty(), "the request is still held");
    go_on.send(()).unwrap();
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(130), "{said}{}", ran.stderr);
    // What was under way was finished, and is written down.
    assert_eq!(stage.there().len(), COUNT);
    assert_eq!(stage.ok(&["state", "list", "core/cloudflare"]).stdout.lines().count(), COUNT + 1);
    stage.apply();
    stage.assert_settled(COUNT);
}

#[test]
fn twice_ends_at_once_and_loses_nothing() {
    let stage = Stage::new();
    let (mut running, go_on) = in_the_middle(&stage);
    let mut said = String::new();
    interrupt(&mut running, &mut said);
    kill_process(Pid::from_raw(i32::try_from(running.id()).unwrap()).unwrap(), Signal::INT).unwrap();
    // It does not wait for the answer, which is held until it has ended.
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(130), "{said}{}", ran.stderr);
    assert!(ran.says("ended at once"), "{said}{}", ran.stderr);
    drop(go_on);
    stage.apply();
    stage.assert_settled(COUNT);
}
