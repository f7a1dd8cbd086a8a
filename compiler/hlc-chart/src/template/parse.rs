//! Templates to trees.

#![expect(clippy::wildcard_enum_match_arm, reason = "most words are none of what is looked for")]

use super::lex::{Word, actions, words};
use super::{BlockKind, Expr, Item};

/// How deep blocks and expressions may nest.
const DEPTH: usize = 100;

/// Reads a template. The second is false when a part of it could not be read.
pub(crate) fn parse(text: &str) -> (Vec<Item>, bool) {
    let mut parser = Parser { actions: actions(text), at: 0, whole: true };
    let mut items = Vec::new();
    // A stray `end` closes nothing; what follows it is read all the same.
    while parser.at < parser.actions.len() {
        let (more, end) = parser.items(0);
        items.extend(more);
        parser.whole &= end == End::File;
    }
    (items, parser.whole)
}

/// What ends a list of items.
#[derive(Debug, PartialEq)]
enum End {
    File,
    Block,
    /// `else`, with what stands behind it.
    Else(Vec<Word>),
}

struct Parser<'t> {
    actions: Vec<&'t str>,
    at: usize,
    whole: bool,
}

impl Parser<'_> {
    fn items(&mut self, depth: usize) -> (Vec<Item>, End) {
        let mut items = Vec::new();
        while let Some(action) = self.actions.get(self.at) {
            self.at += 1;
            let Some(words) = words(action) else {
                self.whole = false;
                continue;
            };
            let keyword = match words.first() {
                Some(Word::Name(name)) => name.as_str(),
                _ => "",
            };
            let rest = words.get(1..).unwrap_or_default();
            match keyword {
                "end" => return (items, End::Block),
                "else" => return (items, End::Else(rest.to_vec())),
                "if" | "with" | "range" => items.extend(self.block(keyword, rest, depth)),
                "define" | "block" => items.extend(self.define(keyword, rest, depth)),
                "template" => items.extend(self.template(rest)),
                "break" | "continue" | "" if words.is_empty() => {}
                "break" | "continue" => {}
                _ => items.extend(self.action(&words)),
            }
        }
        (items, End::File)
    }

    fn action(&mut self, words: &[Word]) -> Option<Item> {
        let (names, declares, rest) = assigned(words);
        let value = self.pipeline(rest);
        match names.as_slice() {
            [] => value.map(Item::Action),
            [name, ..] => Some(Item::Assign { name: name.clone(), declares, value: value? }),
        }
    }

    fn block(&mut self, keyword: &str, words: &[Word], depth: usize) -> Option<Item> {
        let kind = match keyword {
            "if" => BlockKind::If,
            "with" => BlockKind::With,
            _ => BlockKind::Range,
        };
        if depth >= DEPTH {
            self.whole = false;
            return None;
        }
        let (names, _, rest) = assigned(words);
        let value = self.pipeline(rest).unwrap_or(Expr::Constant);
        let (body, end) = self.items(depth + 1);
        let otherwise = match end {
            End::Block => Vec::new(),
            End::File => {
                self.whole = false;
                Vec::new()
            }
            End::Else(words) => match words.split_first() {
                // `else if` and `else with` share the `end` with the block before.
                Some((Word::Name(name), rest)) if matches!(name.as_str(), "if" | "with") => {
                    self.block(name, rest, depth + 1).into_iter().collect()
                }
                _ => {
                    let (otherwise, end) = self.items(depth + 1);
                    self.whole &= end == End::Block;
                    otherwise
                }
            },
        };
        Some(Item::Block { kind, names, value, body, otherwise })
    }

    fn define(&mut self, keyword: &str, words: &[Word], depth: usize) -> Vec<Item> {
        if depth >= DEPTH {
            self.whole = false;
            return Vec::new();
        }
        let (body, end) = self.items(depth + 1);
        self.whole &= end == End::Block;
        let Some(Word::Text(name)) = words.first() else {
            self.whole = false;
            return Vec::new();
        };
        let mut items = vec![Item::Define { name: name.clone(), body }];
        if keyword == "block" {
            let value = self.pipeline(words.get(1..).unwrap_or_default());
            items.push(Item::Call { name: name.clone(), value });
        }
        items
    }

    fn template(&mut self, words: &[Word]) -> Option<Item> {
        let Some(Word::Text(name)) = words.first() else {
            self.whole = false;
            return None;
        };
        let rest = words.get(1..).unwrap_or_default();
        let value = if rest.is_empty() { None } else { Some(self.pipeline(rest)?) };
        Some(Item::Call { name: name.clone(), value })
    }

    /// A pipeline that fills all of the words; `None` and not whole for what is none.
    fn pipeline(&mut self, words: &[Word]) -> Option<Expr> {
        let mut reader = Reader { words, at: 0 };
        let value = reader.pipeline(0);
        if value.is_none() || reader.at < words.len() {
            self.whole = false;
        }
        value
    }
}

/// The names in front of `:=` or `=`, whether they are declared, and what stands behind.
fn assigned(words: &[Word]) -> (Vec<String>, bool, &[Word]) {
    let mut names = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match word {
            Word::Variable(name) => names.push(name.clone()),
            Word::Comma => {}
            Word::Declare | Word::Assign if !names.is_empty() => {
                return (names, *word == Word::Declare, words.get(at + 1..).unwrap_or_default());
            }
            _ => break,
        }
    }
    (Vec::new(), false, words)
}

struct Reader<'w> {
    words: &'w [Word],
    at: usize,
}

impl Reader<'_> {
    fn pipeline(&mut self, depth: usize) -> Option<Expr> {
        if depth > DEPTH {
            return None;
        }
        // A variable may be declared in parentheses too: `(… | $x := …)` is none of it, and no chart has it.
        let mut value = self.command(None, depth)?;
        while self.words.get(self.at) == Some(&Word::Pipe) {
            self.at += 1;
            value = self.command(Some(value), depth)?;
        }
        Some(value)
    }

    /// A function or a value with arguments, to which the pipe adds one.
    fn command(&mut self, piped: Option<Expr>, depth: usize) -> Option<Expr> {
        let name = match self.words.get(self.at)? {
            Word::Name(name) if !matches!(name.as_str(), "true" | "false" | "nil") => Some(name.clone()),
            _ => None,
        };
        let head = match &name {
            Some(_) => {
                self.at += 1;
                None
            }
            None => Some(self.operand(depth)?),
        };
        let mut arguments = Vec::new();
        while self.words.get(self.at).is_some_and(|word| !matches!(word, Word::Pipe | Word::Close | Word::Comma)) {
            arguments.push(self.operand(depth)?);
        }
        arguments.extend(piped);
        Some(match (name, head) {
            (Some(name), _) => Expr::Call(name, arguments),
            (None, Some(head)) if arguments.is_empty() => head,
            (None, Some(head)) => Expr::Apply(Box::new(head), arguments),
            (None, None) => return None,
        })
    }

    fn operand(&mut self, depth: usize) -> Option<Expr> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        let base = match word {
            Word::Dot => Expr::Dot,
            Word::Field { name, .. } => Expr::Field(Box::new(Expr::Dot), vec![name.clone()]),
            Word::Variable(name) => Expr::Variable(name.clone()),
            Word::Text(text) => Expr::Text(text.clone()),
            Word::Number => Expr::Constant,
            Word::Name(name) if matches!(name.as_str(), "true" | "false" | "nil") => Expr::Constant,
            // A function without arguments, as an argument.
            Word::Name(name) => Expr::Call(name.clone(), Vec::new()),
            Word::Open => {
                let inner = self.pipeline(depth + 1)?;
                (self.words.get(self.at)? == &Word::Close).then_some(())?;
                self.at += 1;
                inner
            }
            Word::Close | Word::Pipe | Word::Declare | Word::Assign | Word::Comma => return None,
        };
        let mut fields = Vec::new();
        while let Some(Word::Field { name, joined: true }) = self.words.get(self.at) {
            fields.push(name.clone());
            self.at += 1;
        }
        Some(match base {
            base if fields.is_empty() => base,
            Expr::Field(inner, mut before) => {
                before.extend(fields);
                Expr::Field(inner, before)
            }
            base => Expr::Field(Box::new(base), fields),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Item {
        let (mut items, whole) = parse(text);
        assert!(whole, "{text}");
        assert_eq!(items.len(), 1, "{text}: {items:?}");
        items.remove(0)
    }

    fn field(names: &[&str]) -> Expr {
        Expr::Field(Box::new(Expr::Dot), names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn expressions() {
        assert_eq!(one("a {{- .Values.a.b -}} b"), Item::Action(field(&["Values", "a", "b"])));
        assert_eq!(
            one("{{ .Values.a | default \"}}\" | quote }}"),
            Item::Action(Expr::Call(
                "quote".into(),
                vec![Expr::Call("default".into(), vec![Expr::Text("}}".into()), field(&["Values", "a"])])]
            ))
        );
        assert_eq!(
            one("{{ (index .Values \"a-b\").c }}"),
            Item::Action(Expr::Field(
                Box::new(Expr::Call("index".into(), vec![field(&["Values"]), Expr::Text("a-b".into())])),
                vec!["c".into()]
            ))
        );
        assert_eq!(
            one("{{ $.Values.a }}"),
            Item::Action(Expr::Field(Box::new(Expr::Variable(String::new())), vec!["Values".into(), "a".into()]))
        );
        assert_eq!(one("{{ f .a .b }}"), Item::Action(Expr::Call("f".into(), vec![field(&["a"]), field(&["b"])])));
        assert!(matches!(one("{{ .Files.Get \"x\" }}"), Item::Action(Expr::Apply(..))));
        assert_eq!(parse("{{/* {{ .Values.x }} */}}").0, []);
    }

    #[test]
    fn blocks() {
        let Item::Block { kind: BlockKind::Range, names, body, .. } =
            one("{{ range $k, $v := .Values.a }}{{ $k }}{{ end }}")
        else {
            panic!()
        };
        assert_eq!((names, body.len()), (vec!["k".to_owned(), "v".to_owned()], 1));
        let Item::Block { otherwise, .. } = one("{{ if .a }}{{ else if .b }}{{ .c }}{{ else }}{{ .d }}{{ end }}")
        else {
            panic!()
        };
        assert!(matches!(otherwise.as_slice(), [Item::Block { .. }]));
        assert!(matches!(one("{{ define \"x\" }}{{ . }}{{ end }}"), Item::Define { .. }));
        assert!(matches!(one("{{ $x := dict \"a\" . }}"), Item::Assign { declares: true, .. }));
    }

    #[test]
    fn what_is_broken_is_said() {
        for broken in ["{{ if .a }}", "{{ .a } }} {{ ? }}", "{{ end }}", "{{ template .x }}", "{{ ( .a }}"] {
            assert!(!parse(broken).1, "{broken}");
        }
        let deep = "{{ if .a }}".repeat(10_000);
        assert!(!parse(&deep).1);
        assert!(!parse(&format!("{{{{ {} }}}}", "(".repeat(10_000))).1);
    }
}
