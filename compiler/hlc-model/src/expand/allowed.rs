//! What a `use` allows.

use hlc_schema::Spanned;
use hlc_schema::decode::Allowance;
use hlc_syntax::{Entry, Node};

use super::state::State;
use super::text;

/// An `allow` between the braces of a `use`: it covers what the use makes. `None` when its code is no plain text: then there
/// is no such finding.
pub(super) fn allowance(allow: Node<'_>, used: Node<'_>, env: usize, state: &State<'_>) -> Option<Allowance> {
    let spanned = |entry: Entry<'_>| Some(Spanned::new(text(entry)?, state.at(entry.value_span(), env)));
    let code = spanned(allow.args().next()?)?;
    let property = allow.props().find(|entry| entry.key().is_some_and(|key| key.text == "reason"));
    let child = || allow.children().find(|child| child.name() == "reason")?.args().next();
    let reason = property.or_else(child).and_then(spanned);
    let covers = [state.at(used.span(), env)].into();
    Some(Allowance { code, reason, span: state.at(allow.span(), env), covers })
}
