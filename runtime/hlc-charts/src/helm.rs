//! Rendering with the official `helm template`.
//!
//! Helm is run once a release, as many at a time as there are cores. What came of it is kept under the digest of everything
//! that it depends on, the version of Helm included, so that a release that did not change is not rendered again.

mod program;
mod run;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hlc_chart::render::{Archives as _, Memory as _, RenderFailure, RenderRequest, Renderer, Rendering};
use hlc_chart::{Digest, Digester, Packed, packed};
use rayon::prelude::*;

use crate::at_hand::AtHand;
use program::{NoHelm, Program};

/// The kind of notes that renderings are.
const NOTES: &str = "renders";
/// How many times a rendering is longer than any chart takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where Helm is looked for.
#[derive(Clone, Debug, Default)]
pub struct HelmPlace {
    /// The program, if the user named it, and how: `--helm`, `HLC_HELM`.
    pub named: Option<(PathBuf, &'static str)>,
    /// `PATH`
    pub path: Option<OsString>,
}

/// Renders with Helm.
pub struct Helm {
    place: HelmPlace,
    at_hand: AtHand,
    patience: Duration,
    /// True when nothing is run: what is not known from before is not known.
    kept_only: bool,
    /// Found when it is first needed.
    program: OnceLock<Result<Program, NoHelm>>,
}

impl Helm {
    /// A renderer that reads charts from what is at hand, and keeps what it made in the cache.
    #[must_use]
    pub fn new(place: HelmPlace, at_hand: AtHand) -> Self {
        Self { place, at_hand, patience: PATIENCE, kept_only: false, program: OnceLock::new() }
    }

    /// Gives up on a chart after some time.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs nothing, for an answer in no time: gives what is known from before.
    #[must_use]
    pub fn kept_only(mut self) -> Self {
        self.kept_only = true;
        self
    }

    fn program(&self) -> Result<&Program, RenderFailure> {
        let found = self.program.get_or_init(|| Program::find(&self.place, self.at_hand.store()));
        found.as_ref().map_err(|no| RenderFailure::NoRenderer { reason: no.reason.clone(), help: no.help() })
    }

    fn one(&self, request: &RenderRequest) -> Result<Rendering, RenderFailure> {
        let program = self.program()?;
        let note = |twice: bool| self.at_hand.recall(NOTES, &key(request, program, twice)).and_then(read);
        if let Some(kept) = note(request.twice) {
            return Ok(kept);
        }
        // Who asked once is served by what was asked twice, and who is in a hurry by what there is.
        if (self.kept_only || !request.twice)
            && let Some(kept) = note(!request.twice)
        {
            return Ok(Rendering { again: kept.again.filter(|_| request.twice), ..kept });
        }
        if self.kept_only {
            return Err(RenderFailure::NotNow);
        }
        let archive = self.at_hand.archive(&request.chart).map_err(RenderFailure::Unavailable)?;
        let manifest = run::template(program, request, &archive, self.patience)?;
        let again = if request.twice {
            Some(run::template(program, request, &archive, self.patience)?).filter(|again| *again != manifest)
        } else {
            None
        };
        let rendering = Rendering::read(&manifest, again.as_deref()).map_err(RenderFailure::NoObjects)?;
        self.at_hand.remember(NOTES, &key(request, program, request.twice), &write(&rendering));
        Ok(rendering)
    }
}

impl Renderer for Helm {
    fn render(&self, requests: &[RenderRequest]) -> Vec<Result<Rendering, RenderFailure>> {
        requests.par_iter().with_max_len(1).map(|request| self.one(request)).collect()
    }
}

/// What a rendering depends on.
fn key(request: &RenderRequest, program: &Program, twice: bool) -> Digest {
    let mut digester = Digester::new("hlc rendering 2");
    digester.text(packed::FORMAT);
    digester.text("helm");
    digester.text(&program.version);
    digester.text(&request.digest().to_string());
    digester.text(if twice { "twice" } else { "" });
    digester.finish()
}

/// The length of what came the first time, a line for itself; that; and what came the second time.
fn write(rendering: &Rendering) -> Vec<u8> {
    let (first, again) = (rendering.objects.bytes(), rendering.again.as_ref().map(Packed::bytes));
    let head = format!("{} {}\n", u8::from(again.is_some()), first.len());
    [head.as_bytes(), first, again.unwrap_or_default()].concat()
}

/// Reads what [`write`] wrote; `None` for anything else.
fn read(note: Vec<u8>) -> Option<Rendering> {
    let end = note.iter().position(|byte| *byte == b'\n')?;
    let (twice, length) = std::str::from_utf8(note.get(..end)?).ok()?.split_once(' ')?;
    let start = end + 1;
    let middle = start.checked_add(length.parse().ok()?)?;
    let (twice, all) = (twice == "1", note.len());
    let note = Arc::new(note);
    let again = if twice { Some(Packed::within(&note, middle..all)?) } else { None };
    Some(Rendering { objects: Packed::within(&note, start..middle)?, again })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderings_are_kept() {
        let manifest = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
        for again in [None, Some(manifest("b"))] {
            let rendering = Rendering::read(&manifest("a"), again.as_deref()).unwrap();
            assert_eq!(read(write(&rendering)), Some(rendering));
        }
        assert_eq!(read(Vec::new()), None);
        assert_eq!(read(b"1 7\nx".to_vec()), None);
    }
}
