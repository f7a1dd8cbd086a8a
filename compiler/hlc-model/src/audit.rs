//! What an attacker would look for: what answers from outside, who may read secrets, what reaches into machines, what may do much.
//!
//! Nothing of it is a mistake by itself, so that no check reports it. What needs a second look is a finding all the same, which can be
//! allowed and judged like those of checks; the rest is a list. One file per section, each with its codes.
//!
//! Start reading at [`Audit`].

mod exposure;
mod host;
mod images;
mod rights;
mod secrets;
mod unseen;

pub use secrets::{Keeper, Recipient, Secret, SecretReader};

use hlc_diag::{Allowed, Code, Diagnostic, Sources};

use crate::check::Facts;
use crate::control::Control;
use crate::reach::Reach;
use crate::report::Report;

/// Every kind of finding that only an audit has.
pub const CODES: &[&Code] = &[
    &exposure::OPEN_HOST,
    &exposure::REACHABLE_PORT,
    &rights::READS_SECRETS,
    &host::HOST_REACH,
    &rights::WIDE_RIGHTS,
    &images::UNPINNED_IMAGE,
    &unseen::NOT_LOOKED_INTO,
];

/// What a compilation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Findings and a plan.
    Findings,
    /// Also what answers from outside.
    Reach,
    /// Also everything else that an audit lists.
    Audit,
}

/// What an audit finds.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Every host and port that answers, with its guard.
    pub reach: Reach,
    /// Secrets by name, and who reads them; never their values.
    pub secrets: Vec<Secret>,
    /// Who can open the SOPS file.
    pub recipients: Vec<Recipient>,
    /// What needs a second look, ordered by file and place.
    pub findings: Vec<Diagnostic>,
    /// What the homelab allows of that.
    pub allowed: Vec<Allowed>,
}

/// A section of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Hosts and ports that answer.
    Exposure,
    /// Pods that reach into their node.
    HostAccess,
    /// What may do much in the cluster.
    Rights,
    /// What may read secrets.
    Secrets,
    /// Images that can change.
    Images,
    /// What was not looked into.
    NotLookedInto,
    /// Words about findings that nothing needs.
    Allow,
}

impl Kind {
    /// Every section, in the order they are shown.
    pub const ALL: [Self; 7] =
        [Self::Exposure, Self::HostAccess, Self::Rights, Self::Secrets, Self::Images, Self::NotLookedInto, Self::Allow];

    /// The section that a finding of an audit belongs to.
    #[must_use]
    pub fn of(found: &Diagnostic) -> Self {
        let sections: [(&[&Code], Self); 6] = [
            (&[&exposure::OPEN_HOST, &exposure::REACHABLE_PORT], Self::Exposure),
            (&[&host::HOST_REACH], Self::HostAccess),
            (&[&rights::WIDE_RIGHTS], Self::Rights),
            (&[&rights::READS_SECRETS], Self::Secrets),
            (&[&images::UNPINNED_IMAGE], Self::Images),
            (&[&unseen::NOT_LOOKED_INTO], Self::NotLookedInto),
        ];
        sections.iter().find(|(codes, _)| codes.contains(&found.code)).map_or(Self::Allow, |(_, kind)| *kind)
    }

    /// In a word, as it is typed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Exposure => "exposure",
            Self::HostAccess => "host-access",
            Self::Rights => "rights",
            Self::Secrets => "secrets",
            Self::Images => "images",
            Self::NotLookedInto => "not-looked-into",
            Self::Allow => "allow",
        }
    }
}

impl Audit {
    /// Looks as far as it is wanted; findings are not judged yet.
    pub(crate) fn of(facts: &Facts<'_>, control: &Control, found: &[Diagnostic], wanted: Wanted) -> Self {
        if wanted == Wanted::Findings {
            return Self::default();
        }
        let reach = Reach::find(facts, control, found);
        if wanted == Wanted::Reach {
            return Self { reach, ..Self::default() };
        }
        let rights = rights::Rights::of(facts);
        let mut findings = exposure::find(&reach);
        findings.extend(host::find(facts));
        findings.extend(rights.find());
        findings.extend(images::find(facts));
        findings.extend(unseen::find(facts));
        let secrets = secrets::list(facts, &rights);
        Self { reach, secrets, recipients: secrets::recipients(facts), findings, allowed: Vec::new() }
    }

    /// The findings, to be judged.
    pub(crate) fn take_findings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.findings)
    }

    /// Takes the findings back once they are judged.
    pub(crate) fn report(&mut self, report: Report) {
        self.findings = report.diagnostics;
        self.allowed = report.allowed;
    }

    /// Gives everything but the findings places in real files.
    pub(crate) fn ground(&mut self, sources: &Sources) {
        self.reach.ground(sources);
        for secret in &mut self.secrets {
            secret.span = sources.origin(secret.span);
            for reader in &mut secret.readers {
                reader.span = sources.origin(reader.span);
            }
        }
    }
}
