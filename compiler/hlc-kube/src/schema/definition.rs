//! One definition and its fields.

use super::DefinitionId;

/// The fields of one kind of map, such as `core.v1.Container`.
#[derive(Debug)]
pub struct Definition {
    /// Group, version and name: `apps.v1.DeploymentSpec`.
    pub name: &'static str,
    /// First sentence of its documentation.
    pub doc: &'static str,
    /// Ordered by name.
    fields: Vec<Field>,
    /// How each name begins, in the same order: what differs nearly always differs here, and numbers are compared at once.
    beginnings: Vec<u64>,
}

/// A field of a [`Definition`].
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// True when an object without it is refused.
    pub required: bool,
    /// What it takes.
    pub takes: Type,
    /// First sentence of its documentation; may be empty.
    pub doc: &'static str,
}

/// What a field takes.
#[derive(Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// Text of lower-case letters, digits and `-`, at most so many characters.
    Label(usize),
    /// Text such as the key of a label: `app`, `example.net/app`.
    QualifiedName,
    /// Text such as the value of a label; may be empty.
    LabelValue,
    /// One of a closed set of words.
    Word(Vec<&'static str>),
    /// Text, base64.
    Base64,
    /// Text, RFC 3339.
    Time,
    /// True or false.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// 1 to 65535.
    Port,
    /// Any number.
    Number,
    /// A number or text such as `500m`, `10Gi`.
    Quantity,
    /// A whole number or text, such as a port's number or name.
    IntOrText,
    /// Any value at all.
    Any,
    /// A list.
    List {
        /// What each item takes.
        item: Box<Type>,
        /// Groups of fields that no two items share.
        keys: Vec<Vec<&'static str>>,
        /// A field that every item has where there are several.
        named: Option<&'static str>,
    },
    /// A map with keys of the author's choice.
    Map {
        /// What each key must look like.
        keys: Keys,
        /// What each value takes.
        item: Box<Type>,
    },
    /// A map with known fields.
    Object(DefinitionId),
}

/// What the keys of a map must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Anything.
    Any,
    /// Qualified names with a lower-case prefix.
    Label,
    /// Qualified names.
    Annotation,
    /// Names of files.
    File,
}

impl Definition {
    /// Reads what `tests/schemas` writes: a line of documentation, then `name[!] type documentation` per field.
    pub(super) fn decode(name: &'static str, text: &'static str, find: &dyn Fn(&str) -> Option<DefinitionId>) -> Self {
        let mut lines = text.lines();
        let doc = lines.next().unwrap_or("");
        let fields: Vec<Field> = lines.filter_map(|line| field(line, find)).collect();
        let beginnings = fields.iter().map(|field| beginning(field.name)).collect();
        Self { name, doc, fields, beginnings }
    }

    /// Its fields, ordered by name.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of a key.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        let beginning = beginning(name);
        let first = self.beginnings.partition_point(|other| *other < beginning);
        let alike = self.beginnings.get(first..)?.iter().take_while(|other| **other == beginning).count();
        self.fields.get(first..first + alike)?.iter().find(|field| field.name == name)
    }

    /// The name without group and version: `DeploymentSpec`.
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, last)| last)
    }
}

/// The first eight bytes of a text as a number: of two texts that differ in them, the lesser text has the lesser number.
fn beginning(text: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    u64::from_be_bytes(bytes)
}

fn field(line: &'static str, find: &dyn Fn(&str) -> Option<DefinitionId>) -> Option<Field> {
    let mut parts = line.splitn(3, ' ');
    let (name, notation, doc) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
    Some(Field { name, required, takes: takes(notation, find)?, doc })
}

/// The notation of types:
///
/// ```text
/// s text    d label, 63   c label, 15   e:A|B word   y base64    t time   k qualified name   v label value
/// b bool    i int32       l int64       p port       n number    q quantity   o int or text   x any
/// [T list   [a+b,c=T list whose items differ in a and b together, and in c   [c!=T where several items all have c
/// {T map    {l=T, {a=T, {f=T map whose keys are those of labels, of annotations, names of files   @name object
/// ```
fn takes(notation: &'static str, find: &dyn Fn(&str) -> Option<DefinitionId>) -> Option<Type> {
    let mut chars = notation.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    Some(match first {
        's' => Type::Text,
        // RFC 1123 label; RFC 6335 service name.
        'd' => Type::Label(63),
        'c' => Type::Label(15),
        'k' => Type::QualifiedName,
        'v' => Type::LabelValue,
        'e' => Type::Word(rest.strip_prefix(':')?.split('|').collect()),
        'y' => Type::Base64,
        't' => Type::Time,
        'b' => Type::Bool,
        'i' => Type::Int32,
        'l' => Type::Int64,
        'p' => Type::Port,
        'n' => Type::Number,
        'q' => Type::Quantity,
        'o' => Type::IntOrText,
        'x' => Type::Any,
        '[' => {
            // Keys stand only before objects.
            let (groups, item) = match rest.split_once('=') {
                Some((groups, item)) if item.starts_with('@') => (groups, item),
                Some(_) | None => ("", rest),
            };
            let groups = || groups.split(',').filter(|group| !group.is_empty());
            let keys = groups().map(|group| group.trim_end_matches('!').split('+').collect()).collect();
            let named = groups().find_map(|group| group.strip_suffix('!'));
            Type::List { item: Box::new(takes(item, find)?), keys, named }
        }
        '{' => {
            let (keys, item) = match rest.split_at_checked(2) {
                Some(("l=", item)) => (Keys::Label, item),
                Some(("a=", item)) => (Keys::Annotation, item),
                Some(("f=", item)) => (Keys::File, item),
                Some(_) | None => (Keys::Any, rest),
            };
            Type::Map { keys, item: Box::new(takes(item, find)?) }
        }
        '@' => Type::Object(find(rest)?),
        _ => return None,
    })
}
