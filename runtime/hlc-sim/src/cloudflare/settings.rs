//! What a simulated Cloudflare begins with.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::limit::Limit;
use crate::clock::Clock;

/// What a zone is paid for, as far as DNS is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// Comments of 100 characters, no tags, batches of 200.
    #[default]
    Free,
    /// Comments of 500 characters, 20 tags, batches of 3500.
    Pro,
}

// Record attributes and batch limits by plan: developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes,
// …/how-to/batch-record-changes.
impl Plan {
    pub(super) fn longest_comment(self) -> usize {
        match self {
            Self::Free => 100,
            Self::Pro => 500,
        }
    }

    pub(super) fn most_tags(self) -> usize {
        match self {
            Self::Free => 0,
            Self::Pro => 20,
        }
    }

    pub(super) fn largest_batch(self) -> usize {
        match self {
            Self::Free => 200,
            Self::Pro => 3500,
        }
    }
}

/// Whether a token works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenState {
    /// It does.
    #[default]
    Active,
    /// It has been turned off.
    Disabled,
    /// Its time is over.
    Expired,
}

/// An API token and what it may do.
#[derive(Clone)]
pub struct Token {
    pub(super) value: String,
    pub(super) zones: Option<Vec<String>>,
    pub(super) reads_zones: bool,
    pub(super) reads_records: bool,
    pub(super) edits_records: bool,
    pub(super) state: TokenState,
}

impl Token {
    /// A token that may read every zone and edit every record.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            zones: None,
            reads_zones: true,
            reads_records: true,
            edits_records: true,
            state: TokenState::Active,
        }
    }

    /// Only for these zones, by name.
    #[must_use]
    pub fn only<Name: Into<String>>(mut self, zones: impl IntoIterator<Item = Name>) -> Self {
        self.zones = Some(zones.into_iter().map(Into::into).collect());
        self
    }

    /// Without the permission `DNS Write`.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.edits_records = false;
        self
    }

    /// Without any permission on DNS.
    #[must_use]
    pub fn without_dns(mut self) -> Self {
        (self.reads_records, self.edits_records) = (false, false);
        self
    }

    /// Without the permission `Zone Read`.
    #[must_use]
    pub fn without_zones(mut self) -> Self {
        self.reads_zones = false;
        self
    }

    /// In another state than active.
    #[must_use]
    pub fn state(mut self, state: TokenState) -> Self {
        self.state = state;
        self
    }

    /// Whether it is meant for a zone, by name.
    pub(super) fn covers(&self, zone: &str) -> bool {
        self.zones.as_ref().is_none_or(|zones| zones.iter().any(|name| name == zone))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").field("zones", &self.zones).finish_non_exhaustive()
    }
}

/// What a simulated Cloudflare begins with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names of zones, without records: `example.com`.
    pub zones: Vec<String>,
    /// Identifiers of zones by name, where one is to have a certain one; the others are made from the seed.
    pub zone_ids: BTreeMap<String, String>,
    /// The tokens that are accepted.
    pub tokens: Vec<Token>,
    /// What the zones are paid for.
    pub plan: Plan,
    /// How many requests are allowed in which time.
    pub limit: Limit,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: Clock,
    /// Identifiers are made from it: another seed gives others.
    pub seed: String,
}

impl Settings {
    /// Zones and a token that may do everything, on a free plan, with the vendor's limit.
    #[must_use]
    pub fn new<Name: Into<String>>(zones: impl IntoIterator<Item = Name>, token: impl Into<String>) -> Self {
        Self {
            zones: zones.into_iter().map(Into::into).collect(),
            zone_ids: BTreeMap::new(),
            tokens: vec![Token::new(token)],
            plan: Plan::Free,
            limit: Limit::default(),
            latency: Duration::ZERO,
            clock: Clock::default(),
            seed: "cloudflare".to_owned(),
        }
    }
}
