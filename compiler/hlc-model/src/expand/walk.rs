//! One pass over the nodes of a file, with a stack in place of recursion: copies what is plain, and steps into components
//! and slots.

use std::collections::{BTreeMap, BTreeSet};

use hlc_diag::{Diagnostic, Sources, Span};
use hlc_schema::decode::is_allow;
use hlc_schema::{Concept, NameUse, Node as _, ScopeId};
use hlc_syntax::{Builder, Document, Node};

use super::allowed::allowance;
use super::arguments::moved;
use super::codes::{ARGUMENT, NO_SLOT, RECURSION, TOO_MUCH};
use super::definition::{Definition, is_slot, text};
use super::state::{Body, Env, Frame, Open, State, Then};
use super::{Expanded, Inside, substitute};
use crate::concept::{Component, Param, Use};

/// A use that cannot be replaced, for a reason that has been reported.
pub(super) struct Abandoned;

/// How many nodes components may make: ten times what a large homelab has.
const MAX_NODES: usize = 100_000;
/// How much text parameters may make, in bytes.
const MAX_BYTES: usize = 16 << 20;
/// How deep components may use components.
const MAX_USES: usize = 32;

/// Expands the files of one project.
pub(super) struct Walk<'d, 'w> {
    pub(super) definitions: &'d BTreeMap<String, Definition<'d>>,
    pub(super) sources: &'w mut Sources,
    pub(super) out: &'w mut Expanded,
    nodes: usize,
    pub(super) bytes: usize,
    /// Rings already reported, each by its members in order of name.
    rings: BTreeSet<Vec<String>>,
    /// There is too much already: nothing more is expanded.
    exhausted: bool,
}

impl<'d, 'w> Walk<'d, 'w> {
    pub(super) fn new(
        definitions: &'d BTreeMap<String, Definition<'d>>,
        sources: &'w mut Sources,
        out: &'w mut Expanded,
    ) -> Self {
        Self { definitions, sources, out, nodes: 0, bytes: 0, rings: BTreeSet::new(), exhausted: false }
    }

    /// The tree of a file with every use replaced.
    pub(super) fn document(&mut self, document: &'d Document) -> Document {
        let mut builder = Builder::new(document);
        let part = builder.part(document, document.file());
        let file = Env { part, file: document.file(), body: None };
        let top = Frame {
            nodes: document.nodes(),
            inside: Inside::Top,
            env: 0,
            then: Then::Nothing,
            skip_params: false,
            skip_allowed: false,
        };
        let mut state = State { builder, envs: vec![file], frames: vec![top], open: Vec::new() };
        while let Some(frame) = state.frames.last_mut() {
            let Some(node) = frame.nodes.next() else {
                match frame.then {
                    Then::Nothing => {}
                    Then::Close => state.builder.close(),
                    Then::EndUse => drop(state.open.pop()),
                }
                state.frames.pop();
                continue;
            };
            let (inside, env) = (frame.inside, frame.env);
            if frame.skip_params && node.name() == Param::decl().name || frame.skip_allowed && is_allow(node) {
                continue;
            }
            self.node(node, inside, env, &mut state);
        }
        state.builder.finish()
    }

    fn node(&mut self, node: Node<'d>, inside: Inside, env: usize, state: &mut State<'d>) {
        let content = state.envs.get(env).and_then(|env| env.body.as_ref()).map(|body| body.content);
        if let Some((used, outer)) = content.filter(|_| is_slot(node)) {
            let nodes = used.children();
            let (then, skip_params) = (Then::Nothing, false);
            state.frames.push(Frame { nodes, inside, env: outer, then, skip_params, skip_allowed: true });
            return;
        }
        if let Some(outermost) = state.open.first() {
            self.nodes += 1;
            if self.nodes > MAX_NODES {
                let at = outermost.at;
                self.too_much(format!("components make more than {MAX_NODES} nodes"), at);
                self.give_up((node, env), state);
                return;
            }
        }
        if node.name() == Use::decl().name && inside.takes_use() {
            if let Err(Abandoned) = self.enter(node, inside, env, state) {
                self.give_up((node, env), state);
            }
            return;
        }
        if let Err(Abandoned) = self.copy(node, env, state) {
            self.give_up((node, env), state);
            return;
        }
        let then = Then::Close;
        let (nodes, inside) = (node.children(), inside.of(node));
        state.frames.push(Frame { nodes, inside, env, then, skip_params: false, skip_allowed: false });
    }

    /// Opens a node and copies its entries, with arguments in the place of parameters.
    fn copy(&mut self, node: Node<'d>, env: usize, state: &mut State<'d>) -> Result<(), Abandoned> {
        let State { builder, envs, open, .. } = state;
        let Some(env) = envs.get(env) else { return Ok(()) };
        builder.open(node, &env.part);
        for entry in node.entries() {
            let value = env.body.as_ref().and_then(|body| substitute::value(entry, &body.arguments));
            let Some(value) = value else {
                builder.entry(entry, &env.part, None);
                continue;
            };
            let place = entry.value_span();
            let (stand_in, meant, whole) = match value {
                Ok(value) => value,
                Err(found) => return self.refuse(moved(*found, place, env.file)),
            };
            self.bytes += stand_in.size();
            if self.bytes > MAX_BYTES {
                let at = open.first().map_or(place, |outermost| outermost.at);
                self.too_much(format!("parameters make more than {} MiB of text", MAX_BYTES >> 20), at);
                return Err(Abandoned);
            }
            if let Some(expansion) = self.sources.expansion_mut(env.file) {
                let (start, end) = (place.start, place.end);
                expansion.stand_ins.push(hlc_diag::StandIn { start, end, meant, whole });
            }
            builder.entry(entry, &env.part, Some(stand_in));
        }
        Ok(())
    }

    /// Steps into a component.
    fn enter(&mut self, node: Node<'d>, inside: Inside, env: usize, state: &mut State<'d>) -> Result<(), Abandoned> {
        let at = state.at(node.header_span(), env);
        let Some(name) = node.args().next() else {
            let found = Diagnostic::new(&ARGUMENT, state.at(node.name_span(), env), "this `use` names no component");
            return self.refuse(found.help("write `use \"NAME\"`"));
        };
        let place = state.at(name.value_span(), env);
        let Some(name) = text(name) else {
            let found = Diagnostic::new(&ARGUMENT, place, "a `use` names its component in plain text");
            return self.refuse(found.help("write `use \"NAME\"`"));
        };
        self.out.names.push(NameUse {
            kind: Component::KIND,
            unique: Component::SCOPE,
            name: name.clone(),
            span: place,
            scope: ScopeId::default(),
            declares: false,
        });
        let Some(definition) = self.definitions.get(&name) else { return Err(Abandoned) };
        if definition.broken || self.exhausted {
            return Err(Abandoned);
        }
        if let Some(ring) = state.ring(env, &definition.name) {
            self.ring(&ring, definition, place);
            return Err(Abandoned);
        }
        if state.open.len() >= MAX_USES {
            self.too_much(format!("components use components more than {MAX_USES} times"), at);
            return Err(Abandoned);
        }
        let arguments = self.arguments(node, env, definition, state)?;
        if !definition.has_slot
            && let Some(child) = node.children().find(|child| !is_allow(*child))
        {
            return self.refuse(
                Diagnostic::new(
                    &NO_SLOT,
                    state.at(child.name_span(), env),
                    format!("component `{name}` has no place for this"),
                )
                .label(definition.name_span, "it has no `slot`")
                .help("write `slot` into the component where it belongs; values of parameters are properties"),
            );
        }
        let allowed = node.children().filter(|child| is_allow(*child));
        self.out.allowed.extend(allowed.filter_map(|allow| allowance(allow, node, env, state)));
        let file = self.sources.expand(definition.node.document().file(), at);
        let part = state.builder.part(definition.node.document(), file);
        state.envs.push(Env {
            part,
            file,
            body: Some(Body { component: &definition.name, arguments, content: (node, env) }),
        });
        let (mark, frames) = (state.builder.mark(), state.frames.len());
        state.open.push(Open { node, env, at, mark, frames });
        state.frames.push(Frame {
            nodes: definition.node.children(),
            inside,
            env: state.envs.len() - 1,
            then: Then::EndUse,
            skip_params: true,
            skip_allowed: false,
        });
        Ok(())
    }

    /// Reports a component that uses itself, drawn; each ring once.
    fn ring(&mut self, ring: &[&str], definition: &Definition<'d>, at: Span) {
        let mut names = ring.to_vec();
        let mut members: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        members.sort();
        names.push(&definition.name);
        let message = format!("component `{}` leads back to itself", definition.name);
        if self.rings.insert(members) {
            self.out.diagnostics.push(
                Diagnostic::new(&RECURSION, self.sources.origin(at), message)
                    .note(names.join(" -> "))
                    .label(definition.name_span, "the component is declared here")
                    .help("a component cannot use itself; there is no condition that could end it"),
            );
        }
    }

    /// Reports why a use cannot be replaced.
    fn refuse<T>(&mut self, found: Diagnostic) -> Result<T, Abandoned> {
        self.out.diagnostics.push(found);
        Err(Abandoned)
    }

    fn too_much(&mut self, message: String, at: Span) {
        if !std::mem::replace(&mut self.exhausted, true) {
            self.out.diagnostics.push(
                Diagnostic::new(&TOO_MUCH, at, message).help(
                    "a component that uses another one twice, which uses another one twice, doubles at each step",
                ),
            );
        }
    }

    /// Takes back what has been made of the outermost open use, or of this node, and leaves the use as it is.
    fn give_up(&mut self, (node, env): (Node<'d>, usize), state: &mut State<'d>) {
        let (node, env) = match state.open.drain(..).next() {
            Some(outermost) => {
                state.builder.reset(outermost.mark);
                state.frames.truncate(outermost.frames);
                (outermost.node, outermost.env)
            }
            None => (node, env),
        };
        self.out.unexpanded.insert(state.at(node.name_span(), env));
        if let Some(env) = state.envs.get(env) {
            state.builder.open(node, &env.part);
            state.builder.close();
        }
    }
}
