//! Commits are signed where the user signs commits.

use std::fs;

use super::lab::{BRANCH, Lab, homelab};
use super::ssh::make_key;

#[test]
fn with_a_key_of_ssh() {
    let lab = Lab::new();
    let at = |name: &str| lab.folder.path().join(name);
    make_key(&at("key"));
    let public = fs::read_to_string(at("key.pub")).unwrap();
    fs::write(at("signers"), format!("test@example.net {public}")).unwrap();
    let verifies = |lab: &Lab| {
        let signers = format!("gpg.ssh.allowedSignersFile={}", at("signers").display());
        let remote = lab.remote();
        let mut command =
            lab.command("git", &["--git-dir", remote.to_str().unwrap(), "-c", &signers, "verify-commit", BRANCH]);
        command.output().unwrap().status.success()
    };
    lab.published(&[]);
    assert!(!verifies(&lab));

    lab.git(&["config", "commit.gpgSign", "true"]);
    lab.git(&["config", "gpg.format", "ssh"]);
    lab.git(&["config", "user.signingKey", at("key").to_str().unwrap()]);
    lab.write(&homelab("2"));
    lab.published(&[]);
    assert!(verifies(&lab));
    // A key that nobody trusts is one all the same, and does not verify.
    make_key(&at("other"));
    lab.git(&["config", "user.signingKey", at("other").to_str().unwrap()]);
    lab.write(&homelab("3"));
    lab.published(&[]);
    assert!(!verifies(&lab));

    lab.write(&homelab("4"));
    lab.git(&["config", "user.signingKey", at("gone").to_str().unwrap()]);
    let said = lab.refused(&[]);
    assert!(said.contains("cannot sign the commit: ") && said.contains("gone"), "{said}");
    assert!(said.contains("git commit -S"), "{said}");
    // Nothing is made that would have to be signed.
    assert!(lab.published(&["--dry-run"]).contains("nothing was pushed"));
}
