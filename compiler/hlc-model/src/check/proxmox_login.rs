//! Each Proxmox API can be logged in to, and its certificate be verified in one way.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};
use crate::concept::Proxmox;

pub(super) const CHECK: Check = Check { codes: &[&PROXMOX_LOGIN], run };

/// A login that lacks something or says two things.
pub(crate) static PROXMOX_LOGIN: Code = Code {
    id: "HLC0801",
    name: "proxmox-login",
    severity: Severity::Error,
    summary: "a Proxmox login that lacks its secret, or says two things",
    explain: "A user, `root@pam`, logs in with a `password`; an API token, `hlc@pve!apply`, with its secret in `token`. The \
              certificate is verified by one thing: its `fingerprint`, or the authority `ca` that signed it.",
    bad: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"hlc@pve!apply\" password=(secret)PROXMOX_PASSWORD",
    good: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"hlc@pve!apply\" token=(secret)PROXMOX_TOKEN",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for proxmox in &facts.model.proxmox {
        login(proxmox, found);
        let Some(tls) = &proxmox.tls else { continue };
        if let (Some(fingerprint), Some(ca)) = (&tls.fingerprint, &tls.ca) {
            found.push(
                Diagnostic::new(&PROXMOX_LOGIN, ca.span, "the certificate is verified in two ways")
                    .label(fingerprint.span, "its fingerprint is here")
                    .help("keep one of the two; a fingerprint has to be changed with the certificate"),
            );
        }
    }
}

fn login(proxmox: &Proxmox, found: &mut Vec<Diagnostic>) {
    let user = &proxmox.user;
    let is_token = user.value.is_token();
    let (wanted, given, other) = if is_token {
        ("token", &proxmox.token, &proxmox.password)
    } else {
        ("password", &proxmox.password, &proxmox.token)
    };
    let who = if is_token { "an API token" } else { "a user" };
    if let Some(other) = other {
        let message = format!("{who} logs in with a `{wanted}`, and with nothing else");
        found.push(
            Diagnostic::new(&PROXMOX_LOGIN, other.span, message)
                .label(user.span, format!("this is {who}"))
                .help("a token is written `USER@REALM!TOKEN`"),
        );
    } else if given.is_none() {
        found.push(
            Diagnostic::new(&PROXMOX_LOGIN, user.span, format!("{who} logs in with a `{wanted}`"))
                .help(format!("add `{wanted}=(secret)NAME`")),
        );
    }
}
