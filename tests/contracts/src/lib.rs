//! Holds requests and answers against what vendors publish about their APIs (OpenAPI).
//!
//! The contracts lie outside the repository, in the folder that `HLC_SHARED` names or in `shared` beside the repository.
//! Where they are missing there is no [`Contract`], and tests leave this part out; on build servers (`CI=true`) that is a
//! failure.
//!
//! Stricter than the contract in one thing: a request may only have fields that the contract names, so that a misspelled one
//! is seen. What faults write ([`Writer::Fault`]) holds to nothing and is not looked at.

#![expect(clippy::panic, reason = "a test may stop")]

mod document;
mod explain;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hlc_sim::{Seen, Writer};
use jsonschema::Validator;
use serde_json::Value;

use crate::document::Document;

/// What a vendor publishes about its API.
pub struct Contract {
    operations: Vec<Operation>,
}

/// A method of a path.
struct Operation {
    method: String,
    /// `/zones/{zone_id}`
    path: String,
    parameters: Vec<(String, Validator)>,
    request: Option<Validator>,
    /// By status: `200`, `4XX`.
    answers: Vec<(String, Validator)>,
}

/// The folder of contracts, `None` where it is missing.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("HLC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = shared.join("contracts");
    let is_there = folder.is_dir();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(is_there || !ci, "{} is not there", folder.display());
    is_there.then_some(folder)
}

impl Contract {
    /// Cloudflare's, `None` where the contracts are missing: zones and tokens as in 2024, records as in 2026.
    #[must_use]
    pub fn cloudflare() -> Option<&'static Self> {
        static CONTRACT: OnceLock<Option<Contract>> = OnceLock::new();
        let read = || {
            let folder = folder()?.join("cloudflare");
            let mut contract = Self { operations: Vec::new() };
            // The newer one first: it has the say about the paths that both describe.
            for file in ["dns-records-2026-07.openapi.json", "openapi-2024-08.json"] {
                contract.add(&Document::read(&folder.join(file)));
            }
            Some(contract)
        };
        CONTRACT.get_or_init(read).as_ref()
    }

    fn add(&mut self, document: &Document) {
        for (method, path, operation) in document.operations() {
            if self.operations.iter().any(|known| known.method == method && known.path == path) {
                continue;
            }
            let parameters = document.parameters(operation);
            let request = document.request(operation);
            let answers = document.answers(operation);
            self.operations.push(Operation { method, path, parameters, request, answers });
        }
    }

    /// The operations, as `GET /zones/{zone_id}`.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        self.operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect()
    }

    /// Which one a request is.
    #[must_use]
    pub fn operation(&self, seen: &Seen) -> Option<String> {
        self.find(seen).map(|operation| format!("{} {}", operation.method, operation.path))
    }

    fn find(&self, seen: &Seen) -> Option<&Operation> {
        let fits = |operation: &&Operation| operation.method == seen.method && fits(&operation.path, &seen.path);
        // `/batch` is also an `{id}`: the path with the fewest of these is meant.
        self.operations.iter().filter(fits).min_by_key(|operation| operation.path.matches('{').count())
    }

    /// What is wrong with a request.
    #[must_use]
    pub fn request(&self, seen: &Seen) -> Vec<String> {
        let at = format!("request {} {} {}", seen.number, seen.method, seen.path);
        let Some(operation) = self.find(seen) else { return vec![format!("{at}: there is no such operation")] };
        let mut complaints = Vec::new();
        for (name, value) in form_urlencoded::parse(seen.query.as_bytes()) {
            match operation.parameters.iter().find(|(known, _)| *known == name) {
                None => complaints.push(format!("{at}: there is no parameter `{name}`")),
                Some((_, validator)) if !readings(&value).iter().any(|value| validator.is_valid(value)) => {
                    complaints.push(format!("{at}: `{name}` cannot be `{value}`"));
                }
                Some(_) => {}
            }
        }
        if let Some(validator) = &operation.request {
            match serde_json::from_slice::<Value>(&seen.body) {
                Ok(body) => complaints.extend(explain::complaints(validator, &body, &at)),
                Err(error) => complaints.push(format!("{at}: the body is no JSON: {error}")),
            }
        } else if !seen.body.is_empty() {
            complaints.push(format!("{at}: it has a body"));
        }
        complaints
    }

    /// What is wrong with an answer of the vendor.
    #[must_use]
    pub fn answer(&self, seen: &Seen) -> Vec<String> {
        let (Some(status), Writer::Vendor) = (seen.status, seen.writer) else { return Vec::new() };
        let Some(operation) = self.find(seen) else { return Vec::new() };
        let at = format!("answer {} ({status}) to {} {}", seen.number, seen.method, seen.path);
        let class = format!("{}XX", status / 100);
        let named = operation.answers.iter().find(|(known, _)| *known == status.to_string() || *known == class);
        let Some((_, validator)) = named else { return vec![format!("{at}: there is no such status")] };
        if seen.content_type.as_deref() != Some("application/json") {
            return vec![format!("{at}: it is {:?}", seen.content_type)];
        }
        match serde_json::from_slice::<Value>(&seen.answer) {
            Ok(body) => explain::complaints(validator, &body, &at),
            Err(error) => vec![format!("{at}: it is no JSON: {error}")],
        }
    }

    /// Stops the test unless all requests and all answers keep the contract.
    ///
    /// # Panics
    ///
    /// With everything that is wrong.
    pub fn hold(&self, log: &[Seen]) {
        let wrong: Vec<String> = log.iter().flat_map(|seen| [self.request(seen), self.answer(seen)].concat()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Stops the test unless all answers keep the contract; requests may be wrong on purpose.
    ///
    /// # Panics
    ///
    /// With everything that is wrong.
    pub fn hold_answers(&self, log: &[Seen]) {
        let wrong: Vec<String> = log.iter().flat_map(|seen| self.answer(seen)).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Whether a path is one of a template.
fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == part || (wanted.starts_with('{') && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

/// What a text in a query can mean.
fn readings(text: &str) -> Vec<Value> {
    let other = serde_json::from_str::<Value>(text).ok().filter(|value| value.is_number() || value.is_boolean());
    std::iter::once(Value::from(text)).chain(other).collect()
}
