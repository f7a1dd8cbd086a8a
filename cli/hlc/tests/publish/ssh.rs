//! The remote behind a real `sshd`, reached by nothing but what the user's Git is configured with.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::lab::{BRANCH, Lab, URL, homelab};

/// An `sshd` of the user who runs the tests, on a port of the loopback; it ends with this.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    daemon: Child,
}

impl Server {
    /// `None` where there is no `sshd`; on a build server that fails.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) =
            ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|path| Path::new(path).exists())
        else {
            assert!(std::env::var_os("CI").is_none(), "sshd is needed here");
            eprintln!("not run: there is no sshd");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for key in ["host", "user"] {
            make_key(&at(key));
        }
        fs::copy(at("user.pub"), at("authorized")).unwrap();
        if user() == "root" {
            // Where it locks itself in (sshd(8), FILES). It is made by what starts services, and here none are.
            fs::create_dir_all("/run/sshd").unwrap();
        }
        // Somebody else may take the port before the daemon does; then it ends, and another one is tried.
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let options = [
                format!("ListenAddress=127.0.0.1:{port}"),
                format!("HostKey={}", at("host").display()),
                format!("AuthorizedKeysFile={}", at("authorized").display()),
                // The temporary folder is writable for everybody.
                "StrictModes=no".to_owned(),
                "PasswordAuthentication=no".to_owned(),
                "KbdInteractiveAuthentication=no".to_owned(),
                "PermitRootLogin=prohibit-password".to_owned(),
                "UsePAM=no".to_owned(),
                "PidFile=none".to_owned(),
                // Each killed client leaves a connection that has to time out before it has logged in.
                "MaxStartups=1000".to_owned(),
            ];
            let mut command = Command::new(program);
            command.args(["-D", "-e", "-f", "/dev/null"]).args(options.iter().flat_map(|option| ["-o", option]));
            let log = fs::File::create(at("log")).unwrap();
            let mut daemon = command.stdin(Stdio::null()).stderr(log).spawn().unwrap();
            for _ in 0..200 {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    let server = Self { folder, daemon };
                    server.know(&fs::read_to_string(server.at("host.pub")).unwrap(), port);
                    return Some(server);
                }
                if daemon.try_wait().unwrap().is_some() {
                    break;
                }
                sleep(Duration::from_millis(20));
            }
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        panic!("sshd does not start: {}", fs::read_to_string(at("log")).unwrap_or_default());
    }

    fn stop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The client's configuration, as a user would write it.
    fn know(&self, host_key: &str, port: u16) {
        fs::write(self.at("known"), format!("lab {host_key}")).unwrap();
        let config = format!(
            "Host lab\n    HostName 127.0.0.1\n    HostKeyAlias lab\n    Port {port}\n    User {user}\n    IdentityFile {key}\n    \
             IdentitiesOnly yes\n    UserKnownHostsFile {known}\n    GlobalKnownHostsFile /dev/null\n    StrictHostKeyChecking yes\n    \
             BatchMode yes\n",
            user = user(),
            key = self.at("user").display(),
            known = self.at("known").display(),
        );
        fs::write(self.at("config"), config).unwrap();
    }

    /// Lets the clone reach its remote through this server alone.
    pub(crate) fn serve(&self, lab: &Lab) {
        lab.git(&["config", "--unset-all", &format!("url.{}.insteadOf", lab.remote().display())]);
        lab.git(&["config", &format!("url.ssh://lab{}.insteadOf", lab.remote().display()), URL]);
        lab.git(&["config", "core.sshCommand", &format!("ssh -F {}", self.at("config").display())]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Makes a key without a password, and `NAME.pub` beside it.
pub(crate) fn make_key(path: &Path) {
    let mut command = Command::new("ssh-keygen");
    let status = command.args(["-q", "-t", "ed25519", "-N", "", "-C", "test@example.net", "-f"]).arg(path).status();
    assert!(status.unwrap().success());
}

fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn publishes() {
    let Some(server) = Server::start() else { return };
    let lab = Lab::new();
    server.serve(&lab);
    assert!(lab.published(&["--dry-run"]).contains("nothing was pushed"));
    assert!(lab.published(&[]).contains("published "));
    lab.elsewhere(&[(".nojekyll", Some(""))]);
    lab.write(&homelab("2"));
    assert!(lab.published(&[]).contains("1 file that hlc did not make stays"));
    assert!(lab.in_remote(&["show", &format!("{BRANCH}:web/ConfigMap.web.k8s.yaml")]).contains("key: \"2\""));
    assert!(lab.published(&[]).contains("nothing to publish"));
}

#[test]
fn says_why_nobody_gets_in() {
    let Some(mut server) = Server::start() else { return };
    let lab = Lab::new();
    server.serve(&lab);
    let known = fs::read_to_string(server.at("known")).unwrap();

    make_key(&server.at("other"));
    let other = fs::read_to_string(server.at("other.pub")).unwrap();
    fs::write(server.at("known"), format!("lab {other}")).unwrap();
    let said = lab.refused(&[]);
    assert!(said.contains("`origin` is not known to be the host that it was: ") && !said.contains("@@"), "{said}");
    assert!(said.contains("ssh-keygen -R"), "{said}");
    fs::write(server.at("known"), "").unwrap();
    let said = lab.refused(&[]);
    assert!(said.contains("No ED25519 host key is known for lab") && said.contains("fingerprint"), "{said}");
    fs::write(server.at("known"), known).unwrap();

    fs::copy(server.at("other.pub"), server.at("authorized")).unwrap();
    let said = lab.refused(&[]);
    assert!(said.contains("`origin` lets nobody in: ") && said.contains("Permission denied (publickey)"), "{said}");
    fs::copy(server.at("user.pub"), server.at("authorized")).unwrap();
    lab.published(&[]);

    server.stop();
    let said = lab.refused(&[]);
    assert!(said.contains("cannot reach `origin`: ") && said.contains("Connection refused"), "{said}");
}
