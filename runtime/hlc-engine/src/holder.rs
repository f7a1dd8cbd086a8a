//! Who holds a lock.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Who holds a lock, so that somebody else knows whom to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user.
    pub user: String,
    /// The machine.
    pub host: String,
    /// Tells apart whose numbering of processes `pid` is of: that of a boot of a machine, and of a container on it. Machines can have
    /// one name. 0 where that is not known.
    #[serde(default)]
    pub system: u32,
    /// The process on it.
    pub pid: u32,
    /// When that process began, in the machine's own ticks, so that another one with its number is not taken for it; 0 where that
    /// is not known.
    pub started: u64,
    /// What it does: `apply core/cloudflare`.
    pub what: String,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

impl Holder {
    /// This process.
    #[must_use]
    pub fn this(what: impl Into<String>) -> Self {
        let pid = std::process::id();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self {
            user: user(),
            host: host(),
            system: system(),
            pid,
            started: started(pid).unwrap_or(0),
            what: what.into(),
            since,
        }
    }

    /// True when it is a process of this machine that has ended. Of one before the last boot that is not known.
    #[must_use]
    pub fn is_surely_dead(&self) -> bool {
        self.host == host() && self.system == system() && !is_alive(self)
    }
}

fn is_alive(holder: &Holder) -> bool {
    // Without /proc, a process of this number is taken for the holder.
    match started(holder.pid) {
        Some(started) => holder.started == 0 || started == holder.started,
        None => i32::try_from(holder.pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))),
    }
}

/// When a process began: field 22 of `/proc/PID/stat` (proc(5)); `None` where it cannot be told. A zombie has ended.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// A digest of the boot's id (random(4)) and of the namespace of process numbers (pid_namespaces(7)).
fn system() -> u32 {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let numbers = std::fs::read_link("/proc/self/ns/pid");
    let (Ok(boot), Ok(numbers)) = (boot, numbers) else { return 0 };
    let digest = Sha256::digest(format!("{} {}", boot.trim(), numbers.display()));
    digest.first_chunk().copied().map_or(0, u32::from_be_bytes)
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn user() -> String {
    let named = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    named.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

/// `mia@laptop (process 4711, apply core/cloudflare, for 5 min)`
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let age = now.saturating_sub(self.since);
        let age = match age {
            0..120 => format!("{age} s"),
            120..7200 => format!("{} min", age / 60),
            _ => format!("{} h", age / 3600),
        };
        write!(f, "{}@{} (process {}, {}, for {age})", self.user, self.host, self.pid, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_one_that_ended_does_not() {
        let this = Holder::this("test");
        assert!(!this.is_surely_dead());
        assert!(
            Holder { started: this.started + 1, ..this.clone() }.is_surely_dead(),
            "another process of this number"
        );
        assert!(!Holder { host: "elsewhere".to_owned(), pid: 1 << 22, ..this.clone() }.is_surely_dead());
        let namesake = Holder { system: this.system.wrapping_add(1), pid: 1 << 22, ..this };
        assert!(!namesake.is_surely_dead(), "another machine of this name, or another container");
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert!(Holder { pid, started: 0, ..Holder::this("test") }.is_surely_dead());
    }
}
