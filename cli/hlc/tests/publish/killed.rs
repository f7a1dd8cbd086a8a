//! SIGKILL at any moment.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use super::lab::{Lab, homelab};
use super::ssh::Server;

/// How often publications are killed; `HLC_KILLS` says another number.
fn rounds(usual: u32) -> u32 {
    std::env::var("HLC_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn with_a_remote_on_disk() {
    let lab = Lab::new();
    // Servers outlive the client that is killed.
    lab.git(&["config", "remote.origin.receivepack", "setsid git-receive-pack"]);
    kill(&lab, rounds(12));
}

#[test]
fn with_a_remote_over_ssh() {
    let Some(server) = Server::start() else { return };
    let lab = Lab::new();
    server.serve(&lab);
    kill(&lab, rounds(25));
}

/// Killed at moments spread over a whole run, the branch has the old tree or the new one, and the next run ends well.
fn kill(lab: &Lab, rounds: u32) {
    let timed = || {
        let started = Instant::now();
        lab.published(&[]);
        started.elapsed()
    };
    let mut whole = timed();
    let (mut old, mut olds, mut news) = (lab.tree(), 0, 0);
    for round in 0..rounds {
        lab.write(&homelab(&format!("round {round}")));
        let mut command = lab.command(env!("CARGO_BIN_EXE_hlc"), &["publish", "workloads"]);
        // A group of its own, for hlc and all that it runs.
        let mut child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A little more than the whole: some end by themselves.
        sleep(whole * 12 / 10 * (round * 7919 % rounds) / rounds);
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
        child.wait().unwrap();
        let seen = lab.tree();
        let took = timed();
        let new = lab.tree();
        assert!(seen == old || seen == new, "round {round}: {seen} is neither {old} nor {new}");
        if seen == old {
            // This one published, so that it says how long that takes while others use the machine too.
            whole = (whole + took) / 2;
            olds += 1;
        } else {
            news += 1;
        }
        old = new;
    }
    lab.in_remote(&["fsck", "--strict"]);
    assert_eq!(olds + news, rounds);
    println!("{olds} killed before the push counted, {news} after");
}
