//! What a homelab says about findings: which are allowed where (`allow`), and how bad a kind of them is (`finding`).
//!
//! A finding is judged before its places are grounded, while those of one use of a component can still be told from those of
//! another. Of several `allow` that cover it the nearest does. What cannot be judged is in [`firm`].

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Code, Diagnostic, FileId, Severity, Sources, Span};
use hlc_schema::Spanned;
use hlc_schema::decode::Allowance;

mod codes;
mod cover;
pub(crate) mod firm;
mod place;
mod rule;
mod word;

pub(crate) use codes::CODES;
pub use firm::firm;
pub use place::allow_here;
pub(crate) use place::node_around;
pub use rule::{FindingLevel, FindingRule};
pub use word::{Word, WordKind, word_at};

use crate::model::Model;
use cover::Cover;

use codes::{MISSING_REASON, NOT_TO_JUDGE, UNUSED_ALLOW};

/// How many places are looked at that a finding is there for: far more than components may nest.
const MAX_REASONS: usize = 64;

/// The words of a homelab about its findings.
pub struct Control {
    allows: Vec<Allow>,
    /// Those whose code is known, by its id.
    by_code: BTreeMap<&'static str, Vec<usize>>,
    /// What they cover.
    covers: BTreeMap<&'static str, Cover>,
    rules: BTreeMap<&'static str, FindingLevel>,
    /// What is wrong with the words themselves.
    found: Vec<Diagnostic>,
}

struct Allow {
    allowance: Allowance,
    used: Cell<bool>,
}

/// What becomes of a finding.
pub(crate) enum Verdict {
    /// It is reported, as this.
    Reported(Severity),
    /// It is allowed, by the `allow` of this number.
    Allowed(usize),
    /// The homelab does not want to know.
    Off,
}

impl Control {
    /// Reads what was noted, and says what is wrong with it.
    pub(crate) fn new(allowed: Vec<Allowance>, model: &Model, sources: &Sources) -> Self {
        let mut control = Self {
            allows: Vec::new(),
            by_code: BTreeMap::new(),
            covers: BTreeMap::new(),
            rules: BTreeMap::new(),
            found: Vec::new(),
        };
        let mut known = Codes::default();
        for allowance in together(allowed, sources) {
            let says_why = allowance.reason.as_ref().is_some_and(|reason| !reason.value.trim().is_empty());
            if !says_why {
                control.found.push(missing_reason(&allowance));
            }
            if let Some(code) = known.find(&allowance.code, "allowed", false, &mut control.found) {
                control.by_code.entry(code.id).or_default().push(control.allows.len());
                control.allows.push(Allow { allowance, used: Cell::new(!says_why) });
            }
        }
        let pieces = |number: &usize| {
            let covers = control.allows.get(*number).map(|allow| allow.allowance.covers.iter());
            covers.into_iter().flatten().map(|span| (*span, *number)).collect::<Vec<_>>()
        };
        let of_code = |numbers: &Vec<usize>| Cover::new(numbers.iter().flat_map(pieces));
        let covers = control.by_code.iter().map(|(id, numbers)| (*id, of_code(numbers)));
        control.covers = covers.collect();
        for rule in model.homelab.iter().flat_map(|homelab| &homelab.finding) {
            let is_less = rule.severity.value.severity() != Some(Severity::Error);
            if let Some(code) = known.find(&rule.code, "less than an error", !is_less, &mut control.found)
                && control.rules.insert(code.id, rule.severity.value).is_some()
            {
                control.found.push(codes::twice(rule));
            }
        }
        control
    }

    /// What becomes of a finding whose places are not grounded yet.
    pub(crate) fn judge(&self, found: &Diagnostic, sources: &Sources) -> Verdict {
        if let Some(allow) = self.allowing(found, sources) {
            return Verdict::Allowed(allow);
        }
        match self.rules.get(found.code.id) {
            Some(level) => level.severity().map_or(Verdict::Off, Verdict::Reported),
            None => Verdict::Reported(found.severity),
        }
    }

    /// True for an error that stands.
    pub(crate) fn stands(&self, found: &Diagnostic, sources: &Sources) -> bool {
        found.is_error() && self.allowing(found, sources).is_none()
    }

    fn allowing(&self, found: &Diagnostic, sources: &Sources) -> Option<usize> {
        let cover = self.covers.get(found.code.id)?;
        let mut places = vec![found.primary.span];
        let mut looked_at = 0;
        while let Some(place) = places.get(looked_at).copied().filter(|_| looked_at < MAX_REASONS) {
            looked_at += 1;
            if let Some(number) = cover.nearest(place) {
                self.allows.get(number)?.used.set(true);
                return Some(number);
            }
            places.extend(sources.reasons(place.file));
        }
        None
    }

    /// The place of an `allow` in a real file, and its reason.
    pub(crate) fn allow(&self, number: usize, sources: &Sources) -> Option<(Span, &str)> {
        let allowance = &self.allows.get(number)?.allowance;
        let reason = allowance.reason.as_ref().map_or("", |reason| reason.value.as_str());
        Some((sources.origin(allowance.span), reason))
    }

    /// What is wrong with the words themselves.
    pub(crate) fn take_found(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.found)
    }

    /// What is allowed and was not found, of the kinds that were looked for. Of a component, what no use of it needs.
    pub(crate) fn unused(&self, was_looked_for: impl Fn(&Code) -> bool, sources: &Sources) -> Vec<Diagnostic> {
        let used: BTreeSet<Span> = self
            .allows
            .iter()
            .filter(|allow| allow.used.get())
            .map(|allow| sources.origin(allow.allowance.span))
            .collect();
        let mut reported = BTreeSet::new();
        let mut found = Vec::new();
        for (id, numbers) in &self.by_code {
            let Some(code) = crate::docs::code(id).filter(|code| was_looked_for(code)) else { continue };
            for allow in numbers.iter().filter_map(|&number| self.allows.get(number)) {
                let at = sources.origin(allow.allowance.span);
                if used.contains(&at) || !reported.insert(at) {
                    continue;
                }
                found.push(
                    Diagnostic::new(&UNUSED_ALLOW, at, format!("there is no finding `{}` here to allow", code.name))
                        .help("remove it")
                        .fix("remove it", codes::line(at, sources), ""),
                );
            }
        }
        found
    }
}

/// Finds codes by what people write.
#[derive(Default)]
struct Codes {
    all: Vec<&'static Code>,
}

impl Codes {
    /// The kind of finding that is meant, unless nobody can say of it what is said; reports why not.
    fn find(
        &mut self,
        written: &Spanned<String>,
        what: &str,
        harmless: bool,
        found: &mut Vec<Diagnostic>,
    ) -> Option<&'static Code> {
        if self.all.is_empty() {
            self.all = crate::codes();
        }
        let text = written.value.as_str();
        let code = self.all.iter().copied().find(|code| code.id.eq_ignore_ascii_case(text) || code.name == text);
        let Some(code) = code else {
            found.push(codes::unknown(written, &self.all));
            return None;
        };
        match firm(code).filter(|_| !harmless) {
            Some(why) => {
                found.push(
                    Diagnostic::new(&NOT_TO_JUDGE, written.span, format!("`{}` cannot be {what}", code.name))
                        .note(why.why())
                        .help("mend what it says, and remove this"),
                );
                None
            }
            None => Some(code),
        }
    }
}

fn missing_reason(allowance: &Allowance) -> Diagnostic {
    let at = allowance.reason.as_ref().map_or(allowance.span, |reason| reason.span);
    Diagnostic::new(&MISSING_REASON, at, "this does not say why the finding is allowed")
        .help("say why it is right as it is: `reason=\"…\"`")
}

/// Each `allow` once. What is read again, since others start from it or an environment puts it there, covers all of them.
fn together(allowed: Vec<Allowance>, sources: &Sources) -> impl Iterator<Item = Allowance> {
    let mut by_place: BTreeMap<Span, Allowance> = BTreeMap::new();
    for mut allowance in allowed {
        within_use(&mut allowance, sources);
        match by_place.get_mut(&allowance.span) {
            Some(first) if first.covers != allowance.covers => {
                first.covers = first.covers.iter().chain(allowance.covers.iter()).copied().collect();
            }
            Some(_) => {}
            None => drop(by_place.insert(allowance.span, allowance)),
        }
    }
    by_place.into_values()
}

/// What stands at the top of a component covers what the component makes there, not all that its use stands in.
fn within_use(allowance: &mut Allowance, sources: &Sources) {
    let own = allowance.span.file;
    let is_foreign = allowance.covers.first().is_some_and(|node| node.file != own);
    if sources.expansion(own).is_none() || !is_foreign {
        return;
    }
    let comes_from_use = |mut file: FileId| {
        while file != own {
            let Some(expansion) = sources.expansion(file) else { return false };
            file = expansion.at.file;
        }
        true
    };
    allowance.covers = allowance.covers.iter().copied().filter(|piece| comes_from_use(piece.file)).collect();
}
