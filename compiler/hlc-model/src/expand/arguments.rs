//! What a `use` gives to its component.

use std::collections::BTreeMap;

use hlc_diag::{Diagnostic, Span};
use hlc_syntax::{Node, StandIn};

use super::codes::ARGUMENT;
use super::definition::Definition;
use super::state::State;
use super::substitute::{self, Argument};
use super::walk::{Abandoned, Walk};

impl<'d> Walk<'d, '_> {
    /// The values of a use, by parameter; reports all that is wrong with them.
    pub(super) fn arguments(
        &mut self,
        node: Node<'d>,
        env: usize,
        definition: &'d Definition<'d>,
        state: &State<'d>,
    ) -> Result<BTreeMap<&'d str, Argument>, Abandoned> {
        let mut found = Vec::new();
        let mut arguments: BTreeMap<&str, Argument> = BTreeMap::new();
        let body = state.envs.get(env).and_then(|env| env.body.as_ref());
        if let Some(extra) = node.args().nth(1) {
            let at = state.at(extra.span(), env);
            found.push(
                Diagnostic::new(&ARGUMENT, at, "a `use` has one value, the component's name")
                    .help("values of parameters are properties: `NAME=…`"),
            );
        }
        for entry in node.props() {
            let Some(key) = entry.key() else { continue };
            let key_at = state.at(key.span, env);
            let Some(param) = definition.param(&key.text) else {
                let message = format!("component `{}` has no parameter `{}`", definition.name, key.text);
                let fault = definition.meant(&key.text, Diagnostic::new(&ARGUMENT, key_at, message));
                found.push(match definition.nearest(&key.text) {
                    Some(meant) => fault.suggest(format!("write `{meant}`"), key_at, meant),
                    None => fault,
                });
                continue;
            };
            let place = state.at(entry.value_span(), env);
            let value = match body.and_then(|body| substitute::value(entry, &body.arguments)) {
                None => StandIn::of(entry),
                Some(Ok((value, _, _))) => value,
                Some(Err(fault)) => {
                    found.push(moved(*fault, entry.value_span(), place.file));
                    continue;
                }
            };
            if value.annotation().is_none()
                && let Some(fault) = param.ty.and_then(|ty| ty.fault(value.value(), place))
            {
                found.push(fault.label(param.name_span, format!("`{}` is declared here", param.name)));
            }
            self.bytes += value.size();
            let argument = Argument { value, span: place };
            if let Some(first) = arguments.insert(&param.name, argument) {
                found.push(
                    Diagnostic::new(&ARGUMENT, key_at, format!("`{}` is given twice", param.name))
                        .label(first.span, "first given here")
                        .help("keep one of the two"),
                );
            }
        }
        let mut missing = Vec::new();
        for param in &definition.params {
            if arguments.contains_key(param.name.as_str()) {
                continue;
            }
            match param.default() {
                Some((value, span)) => drop(arguments.insert(&param.name, Argument { value, span })),
                // What seems to be missing is probably what is misspelt.
                None if found.is_empty() => missing.push(format!("`{}`", param.name)),
                None => {}
            }
        }
        if !missing.is_empty() {
            let names = missing.join(", ");
            let at = state.at(node.header_span(), env);
            found.push(
                Diagnostic::new(&ARGUMENT, at, format!("component `{}` needs {names}", definition.name))
                    .label(definition.name_span, "the component is declared here")
                    .help("give values as properties: `NAME=…`"),
            );
        }
        if found.is_empty() {
            return Ok(arguments);
        }
        self.out.diagnostics.append(&mut found);
        Err(Abandoned)
    }
}

/// A finding about a place in the text of a component, for one use of it.
pub(super) fn moved(mut found: Diagnostic, place: Span, file: hlc_diag::FileId) -> Diagnostic {
    if found.primary.span.file == place.file {
        found.primary.span.file = file;
    }
    found
}
