//! Templates walked with places in the values for data.

#![expect(clippy::wildcard_enum_match_arm, reason = "most values are treated alike")]

use std::collections::{BTreeMap, BTreeSet};

use super::{Reads, Step};
use crate::template::{BlockKind, Expr, Item};

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// What is not there.
    Nothing,
    /// Something that is not known, and does not lead to values.
    Unknown,
    /// A text written out, which may be a key.
    Text(String),
    /// A text of which only these parts are known, in this order.
    Parts(Vec<String>),
    /// What the templates of a chart are given, by the place of its values.
    Root(Vec<Step>),
    /// The values at a place.
    Place(Vec<Step>),
    /// A map made in a template.
    Dict(BTreeMap<String, Self>),
    /// A list made in a template, by what its items can be.
    List(Box<Self>),
    /// One of several.
    Either(BTreeSet<Self>),
}

/// Places deeper than this are those of a definition that calls itself.
const DEPTH: usize = 24;
/// How many things one expression can be, before all of them count as read whole.
const CHOICES: usize = 24;
/// How many items are walked; the largest charts have a hundred thousand.
const BUDGET: usize = 2_000_000;
/// How deep definitions may call each other.
const CALLS: usize = 60;

/// Walks templates and notes what they read.
#[derive(Default)]
pub(super) struct Walker {
    pub(super) reads: Reads,
    /// True when a text is evaluated as a template.
    pub(super) evaluates_text: bool,
    /// What texts are evaluated with.
    contexts: BTreeSet<Value>,
    definitions: BTreeMap<String, Vec<Vec<Item>>>,
    walked: BTreeSet<(String, Value)>,
    spent: usize,
    calls: usize,
}

/// The dot and the variables at a point of a template.
struct Scope {
    dot: Value,
    variables: Vec<(String, Value)>,
}

impl Walker {
    /// Takes the definitions out of a file; what is left is rendered by itself.
    pub(super) fn define(&mut self, items: Vec<Item>) -> Vec<Item> {
        let mut rest = Vec::new();
        for item in items {
            match item {
                Item::Define { name, body } => self.definitions.entry(name).or_default().push(body),
                item => rest.push(item),
            }
        }
        rest
    }

    /// Walks a file of the chart whose values are at a place.
    pub(super) fn file(&mut self, items: &[Item], prefix: &[Step]) {
        self.template(items, Value::Root(prefix.to_vec()));
    }

    /// Walks a text that `tpl` may be given, with everything that it is given it with.
    pub(super) fn text(&mut self, items: &[Item]) {
        for given in self.contexts.clone() {
            self.template(items, given);
        }
    }

    fn template(&mut self, items: &[Item], dot: Value) {
        let mut scope = Scope { variables: vec![(String::new(), dot.clone())], dot };
        self.items(items, &mut scope);
    }

    fn items(&mut self, items: &[Item], scope: &mut Scope) {
        for item in items {
            self.spent += 1;
            if self.spent > BUDGET {
                self.reads.whole = true;
                return;
            }
            match item {
                Item::Action(expr) => {
                    let value = self.eval(expr, scope);
                    self.read(&value);
                }
                Item::Assign { name, declares, value } => {
                    let value = self.eval(value, scope);
                    let known = scope.variables.iter_mut().rev().find(|(known, _)| known == name);
                    match known {
                        Some((_, before)) if !declares => {
                            let both = self.either([before.clone(), value]);
                            if let Some((_, before)) = scope.variables.iter_mut().rev().find(|(known, _)| known == name)
                            {
                                *before = both;
                            }
                        }
                        Some(_) | None => scope.variables.push((name.clone(), value)),
                    }
                }
                Item::Block { kind, names, value, body, otherwise } => {
                    self.block(*kind, names, value, body, otherwise, scope);
                }
                Item::Call { name, value } => {
                    let value = value.as_ref().map_or(Value::Nothing, |value| self.eval(value, scope));
                    self.call(name, &value);
                }
                // Only at the top of files, where they have been taken out.
                Item::Define { .. } => {}
            }
        }
    }

    fn block(
        &mut self,
        kind: BlockKind,
        names: &[String],
        value: &Expr,
        body: &[Item],
        otherwise: &[Item],
        scope: &mut Scope,
    ) {
        let value = self.eval(value, scope);
        let before = scope.variables.len();
        let dot = scope.dot.clone();
        match kind {
            BlockKind::If => scope.variables.extend(names.iter().map(|name| (name.clone(), value.clone()))),
            BlockKind::With => {
                scope.variables.extend(names.iter().map(|name| (name.clone(), value.clone())));
                scope.dot = value;
            }
            BlockKind::Range => {
                let item = self.item(&value);
                if let [names @ .., last] = names {
                    scope.variables.extend(names.iter().map(|name| (name.clone(), Value::Unknown)));
                    scope.variables.push((last.clone(), item.clone()));
                }
                scope.dot = item;
            }
        }
        self.items(body, scope);
        // What one round of a loop leaves in a variable, the next one finds there.
        if kind == BlockKind::Range && assigns(body) {
            self.items(body, scope);
        }
        scope.variables.truncate(before);
        scope.dot = dot;
        self.items(otherwise, scope);
        scope.variables.truncate(before);
    }

    /// Walks what a name is defined as, with a value for the dot.
    fn call(&mut self, name: &str, value: &Value) {
        if self.calls >= CALLS {
            self.read(value);
            return;
        }
        if !self.walked.insert((name.to_owned(), value.clone())) {
            return;
        }
        let Some(bodies) = self.definitions.remove(name) else { return };
        self.calls += 1;
        for body in &bodies {
            self.template(body, value.clone());
        }
        self.calls -= 1;
        self.definitions.insert(name.to_owned(), bodies);
    }

    /// Walks every definition that a name can mean.
    fn include(&mut self, name: &Value, given: &Value) {
        let fits = |known: &str, parts: &[String]| {
            let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return true };
            known.len() >= first.len() + last.len()
                && known.starts_with(first.as_str())
                && known.ends_with(last.as_str())
        };
        match name {
            Value::Text(name) => self.call(name, given),
            Value::Either(all) => all.iter().for_each(|name| self.include(name, given)),
            Value::Nothing => {}
            name => {
                let parts = if let Value::Parts(parts) = name { parts.as_slice() } else { &[] };
                let names: Vec<String> = self.definitions.keys().filter(|known| fits(known, parts)).cloned().collect();
                names.iter().for_each(|name| self.call(name, given));
            }
        }
    }

    fn eval(&mut self, expr: &Expr, scope: &mut Scope) -> Value {
        match expr {
            Expr::Dot => scope.dot.clone(),
            Expr::Variable(name) => {
                let known = scope.variables.iter().rev().find(|(known, _)| known == name);
                known.map_or(Value::Unknown, |(_, value)| value.clone())
            }
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Constant => Value::Unknown,
            Expr::Field(base, names) => {
                let base = self.eval(base, scope);
                names.iter().fold(base, |value, name| self.field(&value, name))
            }
            Expr::Apply(base, arguments) => {
                let base = self.eval(base, scope);
                self.read(&base);
                for argument in arguments {
                    let value = self.eval(argument, scope);
                    self.read(&value);
                }
                Value::Nothing
            }
            Expr::Call(name, arguments) => self.function(name, arguments, scope),
        }
    }

    fn function(&mut self, name: &str, arguments: &[Expr], scope: &mut Scope) -> Value {
        let text = |at: usize| match arguments.get(at) {
            Some(Expr::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let values: Vec<Value> = arguments.iter().map(|argument| self.eval(argument, scope)).collect();
        let first = values.first().cloned().unwrap_or(Value::Nothing);
        match name {
            "include" => {
                let given = values.get(1).cloned().unwrap_or(Value::Nothing);
                self.include(&first, &given);
                Value::Unknown
            }
            "tpl" => {
                self.evaluates_text = true;
                self.read(&first);
                self.contexts.extend(values.get(1).cloned());
                Value::Unknown
            }
            // `printf "%s.ports" $name`: the end of a definition's name is known.
            "printf" => {
                values.iter().skip(1).for_each(|value| self.read(value));
                match (text(0), arguments.len()) {
                    (Some(format), 2..) if format.matches('%').count() == arguments.len() - 1 => {
                        let parts = format.split("%s").map(str::to_owned).collect();
                        Value::Parts(parts)
                    }
                    _ => Value::Unknown,
                }
            }
            "dict" => {
                let mut dict = BTreeMap::new();
                for (at, value) in values.iter().enumerate().skip(1).step_by(2) {
                    match text(at - 1) {
                        Some(key) => {
                            dict.insert(key, value.clone());
                        }
                        None => self.read(value),
                    }
                }
                Value::Dict(dict)
            }
            "set" => self.set(&first, text(1), values.get(2), arguments.first(), scope),
            "list" | "tuple" => {
                let item = self.either(values);
                Value::List(Box::new(item))
            }
            "index" | "get" => {
                let mut value = first;
                for key in values.iter().skip(1) {
                    value = self.keyed(&value, key);
                }
                value
            }
            "dig" => {
                let Some((last, rest)) = values.split_last() else { return Value::Nothing };
                let keys = rest.len().saturating_sub(1);
                let found = rest.iter().take(keys).fold(last.clone(), |value, key| self.keyed(&value, key));
                self.either([found, rest.last().cloned().unwrap_or(Value::Nothing)])
            }
            "pluck" => {
                let found: Vec<Value> = values.iter().skip(1).map(|value| self.keyed(value, &first)).collect();
                let item = self.either(found);
                Value::List(Box::new(item))
            }
            "hasKey" => {
                if let Some(key) = values.get(1) {
                    self.keyed(&first, key);
                }
                Value::Unknown
            }
            "kindIs" | "kindOf" | "typeIs" | "typeOf" | "typeIsLike" => {
                values.iter().for_each(|value| self.typed(value));
                Value::Unknown
            }
            // What is only asked for being there is looked at and no more.
            "not" | "empty" | "len" => Value::Unknown,
            "ternary" => self.either(values.into_iter().take(2)),
            "and" | "or" | "default" | "coalesce" | "required" | "omit" | "pick" | "deepCopy" | "mustDeepCopy"
            | "unset" => self.either(values),
            "merge" | "mustMerge" | "mergeOverwrite" | "mustMergeOverwrite" => {
                // It writes into the first one: what was read there before is now read of the others too.
                if !matches!(first, Value::Dict(_) | Value::Nothing) {
                    values.iter().skip(1).for_each(|value| self.read_places(value));
                }
                self.either(values)
            }
            "concat" | "append" | "prepend" | "mustAppend" | "mustPrepend" | "uniq" | "compact" | "reverse"
            | "without" | "slice" | "rest" | "initial" | "sortAlpha" => {
                let mut items: Vec<Value> = values.iter().map(|value| self.item(value)).collect();
                if name.to_lowercase().ends_with("pend") {
                    items.extend(values.iter().skip(1).cloned());
                }
                let item = self.either(items);
                Value::List(Box::new(item))
            }
            "first" | "last" | "mustFirst" | "mustLast" => self.item(&first),
            "values" => {
                let item = self.item(&first);
                Value::List(Box::new(item))
            }
            "keys" => {
                for value in &values {
                    self.item(value);
                }
                Value::Unknown
            }
            _ => {
                values.iter().for_each(|value| self.read(value));
                Value::Unknown
            }
        }
    }

    /// `set DICT KEY VALUE`: a dict in a variable changes there; what is put into values is not followed.
    fn set(
        &mut self,
        dict: &Value,
        key: Option<String>,
        value: Option<&Value>,
        target: Option<&Expr>,
        scope: &mut Scope,
    ) -> Value {
        let value = value.cloned().unwrap_or(Value::Nothing);
        let Some(key) = key else {
            self.read_places(&value);
            return dict.clone();
        };
        let changed = match dict {
            Value::Dict(known) => {
                let mut known = known.clone();
                let before = known.remove(&key).unwrap_or(Value::Nothing);
                let both = self.either([before, value]);
                known.insert(key, both);
                Value::Dict(known)
            }
            // The context of a chart may be given keys of the template's own.
            Value::Root(_) => self.either([dict.clone(), Value::Dict(BTreeMap::from([(key, value)]))]),
            Value::Either(all) => {
                let mut changed = Vec::new();
                for one in all {
                    changed.push(match one {
                        Value::Dict(known) => {
                            let mut known = known.clone();
                            let before = known.remove(&key).unwrap_or(Value::Nothing);
                            let both = self.either([before, value.clone()]);
                            known.insert(key.clone(), both);
                            Value::Dict(known)
                        }
                        one => one.clone(),
                    });
                }
                self.read_places(&value);
                self.either(changed)
            }
            Value::Nothing | Value::Unknown | Value::Text(_) | Value::Parts(_) | Value::Place(_) | Value::List(_) => {
                self.read_places(&value);
                return dict.clone();
            }
        };
        match target {
            Some(Expr::Variable(name)) => {
                if let Some((_, held)) = scope.variables.iter_mut().rev().find(|(known, _)| known == name) {
                    held.clone_from(&changed);
                }
            }
            Some(Expr::Dot) => scope.dot.clone_from(&changed),
            _ => {}
        }
        changed
    }

    /// What is at a key that may be written out, or known only then: whichever it is.
    fn keyed(&mut self, value: &Value, key: &Value) -> Value {
        match key {
            Value::Text(key) => self.field(value, key),
            // What is a list or a map is no key; whoever wrote the template has seen to it.
            Value::Either(all)
                if !all.iter().any(|key| matches!(key, Value::Unknown | Value::Parts(_) | Value::Place(_))) =>
            {
                let texts = all.iter().filter(|key| matches!(key, Value::Text(_)));
                let found: Vec<Value> = texts.map(|key| self.keyed(value, key)).collect();
                self.either(found)
            }
            _ => {
                self.read_places(key);
                self.item(value)
            }
        }
    }

    fn field(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::Nothing | Value::Text(_) | Value::Parts(_) | Value::List(_) => Value::Nothing,
            Value::Unknown => Value::Unknown,
            Value::Root(prefix) => match name {
                "Values" => Value::Place(prefix.clone()),
                // Each subchart's context, by its name.
                "Subcharts" => Value::Dict(BTreeMap::from([(String::new(), Value::Root(prefix.clone()))])),
                "Chart" | "Release" | "Files" | "Capabilities" | "Template" => Value::Unknown,
                _ => Value::Nothing,
            },
            Value::Place(place) => {
                let mut place = place.clone();
                place.push(Step::Key(name.to_owned()));
                self.step(place)
            }
            Value::Dict(dict) => match (dict.get(name), dict.get("")) {
                (Some(value), _) => value.clone(),
                (None, Some(Value::Root(prefix))) => {
                    let mut prefix = prefix.clone();
                    prefix.push(Step::Key(name.to_owned()));
                    Value::Root(prefix)
                }
                (None, _) => Value::Nothing,
            },
            Value::Either(all) => {
                let all: Vec<Value> = all.iter().map(|value| self.field(value, name)).collect();
                self.either(all)
            }
        }
    }

    /// Any item or value of it.
    fn item(&mut self, value: &Value) -> Value {
        match value {
            Value::Nothing | Value::Text(_) | Value::Parts(_) => Value::Nothing,
            Value::Unknown | Value::Root(_) => Value::Unknown,
            Value::Place(place) => {
                let mut place = place.clone();
                place.push(Step::Any);
                self.step(place)
            }
            Value::Dict(dict) => self.either(dict.values().cloned().collect::<Vec<_>>()),
            Value::List(item) => (**item).clone(),
            Value::Either(all) => {
                let all: Vec<Value> = all.iter().map(|value| self.item(value)).collect();
                self.either(all)
            }
        }
    }

    /// A place that is looked at.
    fn step(&mut self, place: Vec<Step>) -> Value {
        let reads = self.reads.at(&place);
        if place.len() > DEPTH {
            reads.whole = true;
            return Value::Unknown;
        }
        Value::Place(place)
    }

    fn either(&mut self, values: impl IntoIterator<Item = Value>) -> Value {
        let mut all = BTreeSet::new();
        for value in values {
            match value {
                Value::Nothing => {}
                Value::Either(more) => all.extend(more),
                value => {
                    all.insert(value);
                }
            }
        }
        if all.len() > CHOICES {
            all.iter().for_each(|value| self.read_places(value));
            return Value::Unknown;
        }
        match all.len() {
            0 => Value::Nothing,
            1 => all.pop_first().unwrap_or(Value::Nothing),
            _ => Value::Either(all),
        }
    }

    /// All of it is used.
    fn read(&mut self, value: &Value) {
        match value {
            Value::Root(prefix) => self.reads.at(prefix).whole = true,
            value => self.read_places(value),
        }
    }

    /// All places in it are used; a chart's context among them says nothing about its values.
    fn read_places(&mut self, value: &Value) {
        match value {
            Value::Nothing | Value::Unknown | Value::Text(_) | Value::Parts(_) | Value::Root(_) => {}
            Value::Place(place) => self.reads.at(place).whole = true,
            Value::Dict(dict) => dict.values().for_each(|value| self.read_places(value)),
            Value::List(item) => self.read_places(item),
            Value::Either(all) => all.iter().for_each(|value| self.read_places(value)),
        }
    }

    fn typed(&mut self, value: &Value) {
        match value {
            Value::Place(place) => self.reads.at(place).typed = true,
            Value::Either(all) => all.iter().for_each(|value| self.typed(value)),
            Value::Nothing
            | Value::Unknown
            | Value::Text(_)
            | Value::Parts(_)
            | Value::Root(_)
            | Value::Dict(_)
            | Value::List(_) => {}
        }
    }
}

/// True when a variable of outside is given another value.
fn assigns(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Assign { declares, .. } => !declares,
        Item::Block { body, otherwise, .. } => assigns(body) || assigns(otherwise),
        Item::Action(_) | Item::Call { .. } | Item::Define { .. } => false,
    })
}
