//! SIGKILL at every request: before Cloudflare has done anything, and after it has done what was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use hlc_sim::Stage as At;
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{COUNT, RECORDS, Ran, Stage};

/// Runs the arguments and kills the program at a request; true when there was such a request.
fn killed_at(stage: &Stage, arguments: &[&str], number: u64, at: At) -> bool {
    let child = Arc::new(AtomicI32::new(0));
    let first = stage.cloudflare.control().log().len() as u64;
    let victim = child.clone();
    stage.cloudflare.control().on_request(move |moment| {
        if moment.number == first + number && moment.stage == at {
            // The program is under way before its number is known here.
            while victim.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            }
            let pid = Pid::from_raw(victim.load(Ordering::SeqCst)).unwrap();
            // It may have ended already when the answer of another request has failed it.
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let running = stage.spawn(arguments);
    child.store(i32::try_from(running.id()).unwrap(), Ordering::SeqCst);
    let output = running.wait_with_output().unwrap();
    stage.cloudflare.control().on_request(|_| ());
    let was_killed = output.status.code().is_none();
    Ran::of(output);
    was_killed
}

/// Kills one run at each of its requests, and lets the next one finish.
fn at_every_request(prepare: impl Fn() -> Stage, arguments: &[&str], count: usize) {
    for at in [At::Before, At::After] {
        let mut number = 1;
        loop {
            let stage = prepare();
            let was_killed = killed_at(&stage, arguments, number, at);
            stage.assert_no_secret();
            stage.ok(arguments);
            stage.assert_settled_or_gone(arguments, count);
            if !was_killed {
                break;
            }
            number += 1;
        }
        assert!(number > 2, "it was never killed");
    }
}

impl Stage {
    fn assert_settled_or_gone(&self, arguments: &[&str], count: usize) {
        if arguments[0] == "destroy" {
            assert_eq!(self.there().len(), count);
        } else {
            self.assert_settled(count);
        }
    }
}

#[test]
fn while_everything_is_made() {
    at_every_request(Stage::new, &["apply", "core/cloudflare", "--yes"], COUNT);
}

#[test]
fn while_one_after_the_other_is_made() {
    // One record alone is no batch.
    let one = || Stage::with("A \"@\" to=\"192.0.2.1\"");
    at_every_request(one, &["apply", "core/cloudflare", "--yes"], 1);
}

#[test]
fn while_things_change() {
    let changed = || {
        let stage = Stage::new();
        stage.apply();
        stage.records(
            &RECORDS
                .replace("192.0.2.2", "192.0.2.22")
                .replace("CNAME \"www\" to=\"example.org\"", "A \"www\" to=\"192.0.2.7\"")
                .replace("mail.example.org\" priority=10", "mail.example.org\" priority=20"),
        );
        stage
    };
    at_every_request(changed, &["apply", "core/cloudflare", "--yes"], COUNT);
}

#[test]
fn while_everything_goes() {
    let made = || {
        let stage = Stage::new();
        stage.apply();
        stage
    };
    at_every_request(made, &["destroy", "core/cloudflare", "--yes"], 0);
}
