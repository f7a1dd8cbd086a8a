//! Which request does what, and who may do it.

use std::time::SystemTime;

use serde_json::json;

use super::auth::{self, Service};
use super::batch::Batch;
use super::change::Change;
use super::draft::{self, Draft};
use super::envelope::{Failure, success};
use super::filter::filtered;
use super::limit::Meter;
use super::page::Page;
use super::settings::{Settings, Token};
use super::world::World;
use super::zones;
use crate::exchange::{Answer, Asked, Bent, Vendor};
use crate::ids::is_hex32;
use crate::pattern::segments;

/// What every path begins with.
pub(super) const BASE: &str = "/client/v4";

/// The API.
pub(super) struct Routes {
    settings: Settings,
    world: World,
    meter: Meter,
}

impl Routes {
    pub(super) fn new(settings: Settings, world: World) -> Self {
        Self { meter: Meter::new(settings.limit), settings, world }
    }

    fn now(&self) -> SystemTime {
        self.settings.clock.now()
    }

    fn route(&self, asked: &Asked, bent: Bent) -> Result<Answer, Failure> {
        let path = asked.path.as_deref().unwrap_or_default();
        let no_route = || Failure::no_route(&format!("{BASE}{path}"));
        let parts: Vec<&str> = segments(path).collect();
        let method = asked.method.as_str();
        match (method, parts.as_slice()) {
            ("GET", ["user", "tokens", "verify"]) => {
                let token = self.token(asked, Service::Tokens)?;
                let position = self.settings.tokens.iter().zip(0..).find(|(known, _)| known.value == token.value);
                Ok(auth::verify(token, &self.settings.seed, position.map_or(0, |(_, position)| position)))
            }
            ("GET", ["zones"]) => {
                let token = self.token(asked, Service::Zones)?;
                zones::list(&self.world, token, &self.settings.seed, asked, bent)
            }
            ("GET", ["zones", zone]) => {
                let token = self.token(asked, Service::Zones)?;
                self.may(token, zone, Service::Zones, token.reads_zones).ok_or_else(no_route)??;
                let shown = self.world.with_zone(zone, |zone, _| zones::json(zone, &self.settings.seed));
                Ok(success(shown.ok_or_else(no_route)?))
            }
            (_, ["zones", zone, "dns_records", rest @ ..]) => {
                let token = self.token(asked, Service::Records)?;
                let allowed = if method == "GET" { token.reads_records } else { token.edits_records };
                self.may(token, zone, Service::Records, allowed).ok_or_else(no_route)??;
                self.records(asked, bent, zone, rest)
            }
            (_, ["user", "tokens", "verify"] | ["zones"] | ["zones", _]) => Err(not_allowed()),
            _ => Err(no_route()),
        }
    }

    fn token(&self, asked: &Asked, service: Service) -> Result<&Token, Failure> {
        auth::token(&self.settings.tokens, asked.authorization.as_deref(), service)
    }

    /// Whether a token may do something in a zone; `None` when there cannot be such a zone. A token that is meant for some
    /// zones cannot tell one that does not exist from one that is not its own.
    fn may(&self, token: &Token, zone: &str, service: Service, allowed: bool) -> Option<Result<(), Failure>> {
        let name = self.world.with_zone(zone, |zone, _| zone.name.clone());
        let covered = match &name {
            _ if !is_hex32(zone) => return None,
            None if token.zones.is_none() => return None,
            Some(name) => token.covers(name),
            None => false,
        };
        Some(if covered && allowed { Ok(()) } else { Err(auth::forbidden(service)) })
    }

    fn records(&self, asked: &Asked, bent: Bent, zone: &str, rest: &[&str]) -> Result<Answer, Failure> {
        let path = asked.path.as_deref().unwrap_or_default();
        let no_route = || Failure::no_route(&format!("{BASE}{path}"));
        let shown = || self.world.with_zone(zone, |zone, now| zone.seen(bent.stale, asked.number, now));
        let draft = || draft::body(&asked.body).and_then(|body| Draft::read(&body));
        let change = |change: Change| {
            let changed = self.world.change(zone, &[change], bent.stale, asked.number)?;
            changed.into_iter().next().ok_or_else(Failure::no_record)
        };
        match (asked.method.as_str(), rest) {
            ("GET", []) => {
                let page = Page::read(asked, 100, 1..=5_000_000)?;
                let records = filtered(shown().ok_or_else(no_route)?, asked);
                Ok(page.answer(records.iter().map(|record| record.json()).collect(), bent.page))
            }
            ("POST", []) => change(Change::Post(draft()?)).map(|record| success(record.json())),
            ("POST", ["batch"]) => {
                let batch = Batch::read(&asked.body, self.world.plan())?;
                let results = self.world.change(zone, &batch.changes, bent.stale, asked.number)?;
                Ok(batch.answer(&results))
            }
            (_, []) => Err(not_allowed()),
            (_, [id]) if !is_hex32(id) => Err(no_route()),
            ("GET", [id]) => {
                let records = shown().ok_or_else(no_route)?;
                let record = records.iter().find(|record| record.id == *id).ok_or_else(Failure::no_record)?;
                Ok(success(record.json()))
            }
            ("PUT", [id]) => change(Change::Put((*id).to_owned(), draft()?)).map(|record| success(record.json())),
            ("PATCH", [id]) => change(Change::Patch((*id).to_owned(), draft()?)).map(|record| success(record.json())),
            ("DELETE", [id]) => {
                change(Change::Delete((*id).to_owned())).map(|record| success(json!({ "id": record.id })))
            }
            (_, [_]) => Err(not_allowed()),
            _ => Err(no_route()),
        }
    }
}

fn not_allowed() -> Failure {
    Failure::new(405, 10405, "Method not allowed for this path")
}

impl Vendor for Routes {
    fn base(&self) -> &'static str {
        BASE
    }

    fn answer(&self, asked: &Asked, bent: Bent) -> Answer {
        self.world.reached(asked.number);
        let reading = self.meter.count(self.now());
        let mut answer = if reading.exceeded {
            self.refusal(429)
        } else {
            self.route(asked, bent).unwrap_or_else(|failure| failure.answer())
        };
        answer.headers.extend(self.meter.headers(reading));
        answer
    }

    fn refusal(&self, status: u16) -> Answer {
        let failure = match status {
            401 => auth::unknown(Service::Records),
            403 => auth::forbidden(Service::Records),
            // The words are those of github.com/lablabs/cloudflare-exporter/issues/74; the code is not published.
            429 => {
                let limit = self.settings.limit;
                let (requests, seconds) = (limit.requests, limit.window.as_secs());
                let message = format!(
                    "More than {requests} requests per {seconds} seconds reached. Please wait and consider throttling your \
                     request speed"
                );
                Failure::new(429, 10429, message)
            }
            _ => Failure::new(status, 10000, "Internal server error"),
        };
        failure.answer()
    }
}
