//! References in values: `(ref)`, `(fmt)` and `(secret)`.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_syntax::Entry;

use crate::decode::literal;
use crate::setting::scalar;
use crate::{Cx, DataValue, Scalar, Setting, Spanned, TypeDecl};

/// Every finding about references in values.
pub static CODES: &[&Code] = &[&BAD_PATH, &BAD_TEMPLATE, &SECRET_NAME, &PLAIN_SECRET, &PARAM_OUTSIDE];

/// A `(ref)` whose text is no path.
pub(crate) static BAD_PATH: Code = Code {
    id: "HLC0111",
    name: "bad-path",
    severity: Severity::Error,
    summary: "a reference whose text is no path",
    explain: "`(ref)` is followed by a path `NODE.NAME.FIELD`, such as `network.lan.cidr` or `homelab.domain`.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { host (ref)domain }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { host (ref)homelab.domain }",
};

/// A `(fmt)` text with a fault.
pub(crate) static BAD_TEMPLATE: Code = Code {
    id: "HLC0112",
    name: "bad-template",
    severity: Severity::Error,
    summary: "a `(fmt)` text with a fault",
    explain: "In a `(fmt)` text `{network.lan.cidr}` is replaced by the value, `{path|url}` by the value encoded for a URL, \
              and `{{` and `}}` stand for single braces. There are no other expressions. A text without `(fmt)` goes out as \
              it stands.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { url (fmt)\"https://{homelab.domain\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { url (fmt)\"https://{homelab.domain}\" }",
};

/// A parameter where there are none.
pub(crate) static PARAM_OUTSIDE: Code = Code {
    id: "HLC0330",
    name: "param-outside",
    severity: Severity::Error,
    summary: "a parameter outside of a component",
    explain: "`param.NAME` is what a `use` gives to a component; it means something between the braces of the component alone.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { size (ref)param.size }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { size \"1Gi\" }",
};

/// A `(secret)` that names no secret.
pub(crate) static SECRET_NAME: Code = Code {
    id: "HLC0113",
    name: "secret-name",
    severity: Severity::Error,
    summary: "a `(secret)` that names no secret",
    explain: "`(secret)` is followed by the name of a value in the SOPS file, never by the value. If this text is a real secret, \
              it is in your Git history now: change it where it was issued.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { token (secret)\"two words\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { token-name TOKEN }",
};

/// A secret that is written out.
pub(crate) static PLAIN_SECRET: Code = Code {
    id: "HLC0114",
    name: "secret-in-plain-text",
    severity: Severity::Error,
    summary: "a value where the name of a secret has to stand",
    explain: "Fields for passwords, tokens and keys take `(secret)NAME`: the name of a value in the SOPS file, never the value.",
    bad: "homelab \"home\" domain=\"example.net\"\ncloudflare token=\"not-a-real-token\"",
    good: "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\ncloudflare \
           token=(secret)CLOUDFLARE_API_TOKEN",
};

/// A path `NODE.NAME.FIELD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefPath {
    /// The path as written: two or more parts without empty ones.
    pub text: String,
    /// Where it stands; the exact bytes also inside a `(fmt)` text.
    pub span: Span,
}

impl RefPath {
    /// The key of the SOPS file that `secret.KEY` names; a path with a field behind the name asks a `secret` node.
    #[must_use]
    pub fn secret(&self) -> Option<SecretKey> {
        let key = self.text.strip_prefix("secret.").filter(|key| !key.contains('.'))?;
        Some(SecretKey { name: key.to_owned(), span: self.span, by_path: true })
    }
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text as it goes out.
    Text(String),
    /// The value of a path.
    Path {
        /// The path.
        path: RefPath,
        /// True for `{path|url}`: percent-encoded.
        url: bool,
    },
}

/// A `(fmt)` text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Text and paths in order.
    pub segments: Vec<Segment>,
    /// The whole text.
    pub span: Span,
}

/// A typed value, or what it will be computed from.
#[derive(Clone, Debug)]
pub enum Expr<T> {
    /// Written out.
    Known(Spanned<T>),
    /// `(ref)`
    Ref(RefPath),
    /// `(fmt)`
    Template(Template),
}

impl<T> Expr<T> {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Known(value) => value.span,
            Self::Ref(path) => path.span,
            Self::Template(template) => template.span,
        }
    }
}

impl<T: Scalar> Setting for Expr<T> {
    const TYPE: TypeDecl = T::TYPE.or_expr();

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let entry = *values.first()?;
        match entry.annotation().as_ref().map(|annotation| annotation.text.as_ref()) {
            Some("ref") => path(entry, cx).map(Self::Ref),
            Some("fmt") => template(entry, cx).map(Self::Template),
            _ => scalar(entry, cx).map(Self::Known),
        }
    }
}

/// The name of a value in the SOPS file: `(secret)NAME`. Never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretKey {
    /// The key in the SOPS file.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// True for the path `secret.NAME`, behind `(ref)` or inside a `(fmt)` text.
    pub by_path: bool,
}

/// Text that may be, or hold, a secret: for the fields that take one.
#[derive(Clone, Debug)]
pub enum Sensitive {
    /// Written out; no secret then.
    Known(Spanned<String>),
    /// `(ref)`
    Ref(RefPath),
    /// `(fmt)`, where `{secret.KEY}` stands for a value of the SOPS file.
    Template(Template),
    /// `(secret)KEY`
    Secret(SecretKey),
}

impl Sensitive {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Known(text) => text.span,
            Self::Ref(path) => path.span,
            Self::Template(template) => template.span,
            Self::Secret(key) => key.span,
        }
    }
}

impl Setting for Sensitive {
    const TYPE: TypeDecl = TypeDecl::new("text or secret", "a text, or a secret such as `(secret)TOKEN`").or_expr();

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let entry = *values.first()?;
        match entry.annotation().as_ref().map(|annotation| annotation.text.as_ref()) {
            Some("ref") => path(entry, cx).map(Self::Ref),
            Some("fmt") => template(entry, cx).map(Self::Template),
            Some("secret") => secret(entry, cx).map(Self::Secret),
            _ => scalar(entry, cx).map(Self::Known),
        }
    }
}

impl Setting for SecretKey {
    const TYPE: TypeDecl = TypeDecl::new("secret", "a secret: `(secret)` and the name of a value in the SOPS file");

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let entry = *values.first()?;
        if entry.annotation().is_some_and(|annotation| annotation.text == "secret") {
            return secret(entry, cx);
        }
        cx.report(
            Diagnostic::new(&PLAIN_SECRET, entry.value_span(), "a secret stands here in plain text")
                .help(
                    "put the value into the SOPS file and write `(secret)` and its name there, such as `(secret)TOKEN`",
                )
                .note("if this text is a real secret, it is in your Git history now: change it where it was issued")
                .veiled(),
        );
        None
    }
}

/// A place that names a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// The secret.
    pub key: SecretKey,
    /// True where no secret may stand, which has been reported.
    pub refused: bool,
}

/// The text of an entry that must be text.
fn text(entry: Entry<'_>, what: &str, cx: &mut Cx<'_>) -> Option<String> {
    if let DataValue::String(text) = literal(entry, cx)? {
        return Some(text.into());
    }
    cx.report(Diagnostic::new(&BAD_PATH, entry.value_span(), format!("`({what})` is followed by text")));
    None
}

/// True for what can be a key of a SOPS file.
fn is_secret_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
}

/// Reads `(secret)NAME`, and notes the use.
pub(crate) fn secret(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<SecretKey> {
    let name = text(entry, "secret", cx)?;
    if is_secret_name(&name) {
        let key = SecretKey { name, span: entry.value_span(), by_path: false };
        cx.use_secret(&key);
        return Some(key);
    }
    cx.report(
        Diagnostic::new(&SECRET_NAME, entry.value_span(), "this is not the name of a secret")
            .help("`(secret)` is followed by a key of the SOPS file, such as `HCLOUD_TOKEN`")
            .veiled(),
    );
    None
}

/// Notes the use of a secret that is refused where it stands: the key is not unused.
pub(crate) fn refused_secret(entry: Entry<'_>, cx: &mut Cx<'_>) {
    if let hlc_syntax::Value::String(name) = entry.value()
        && is_secret_name(&name)
    {
        let key = SecretKey { name: name.into_owned(), span: entry.value_span(), by_path: false };
        cx.secrets.push(SecretUse { key, refused: true });
    }
}

/// True for `param.NAME`; where one is left, it stands outside of every component, which is reported.
pub(crate) fn is_param(path: &str, span: Span, cx: &mut Cx<'_>) -> bool {
    let outside = path.starts_with("param.");
    if outside {
        cx.report(
            Diagnostic::new(&PARAM_OUTSIDE, span, format!("`{path}` stands outside of every component"))
                .help("parameters are known inside `component \"…\" { … }` alone; write the value out"),
        );
    }
    outside
}

/// Why a text is no path.
fn path_fault(text: &str) -> Option<&'static str> {
    if text.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '|')) {
        Some("a path has no spaces, braces or operators in it")
    } else if text.split('.').any(str::is_empty) {
        Some("a path has a word on each side of every dot")
    } else if !text.contains('.') {
        Some("a path has at least two parts: NODE.NAME.FIELD")
    } else {
        None
    }
}

/// Reads `(ref)path`.
pub(crate) fn path(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<RefPath> {
    let text = text(entry, "ref", cx)?;
    let span = entry.value_span();
    if let Some(fault) = path_fault(&text) {
        cx.report(
            Diagnostic::new(&BAD_PATH, span, format!("`{text}` is no path"))
                .here(fault)
                .help("for example `(ref)network.lan.cidr`, `(ref)route.grafana.url` or `(ref)homelab.domain`"),
        );
        return None;
    }
    if is_param(&text, span, cx) {
        return None;
    }
    Some(noted(RefPath { text, span }, cx))
}

/// A path, of which it is noted that it names a secret.
fn noted(path: RefPath, cx: &mut Cx<'_>) -> RefPath {
    if let Some(key) = path.secret() {
        cx.use_secret(&key);
    }
    path
}

/// Reads `(fmt)"text {path} text"`.
pub(crate) fn template(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<Template> {
    let text = text(entry, "fmt", cx)?;
    let whole = entry.value_span();
    let place = |from: usize, to: usize| match (entry.source_offset(from), entry.source_offset(to)) {
        (Some(start), Some(end)) => Span { start, end, ..whole },
        _ => whole,
    };
    let mut segments = Vec::new();
    let mut plain = String::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '{' if rest.next_if(|&(_, next)| next == '{').is_some() => plain.push('{'),
            '}' if rest.next_if(|&(_, next)| next == '}').is_some() => plain.push('}'),
            '{' => {
                let inner: String =
                    std::iter::from_fn(|| rest.next_if(|&(_, next)| next != '}').map(|(_, c)| c)).collect();
                if rest.next().is_none() {
                    cx.report(
                        Diagnostic::new(&BAD_TEMPLATE, place(at, at + 1), "this `{` is not closed")
                            .help("close the path with `}`, or write `{{` for a brace in the text"),
                    );
                    return None;
                }
                if !plain.is_empty() {
                    segments.push(Segment::Text(std::mem::take(&mut plain)));
                }
                segments.push(hole(&inner, place(at + 1, at + 1 + inner.len()), cx)?);
            }
            '}' => {
                cx.report(
                    Diagnostic::new(&BAD_TEMPLATE, place(at, at + 1), "this `}` closes nothing")
                        .help("write `}}` for a brace in the text"),
                );
                return None;
            }
            _ => plain.push(c),
        }
    }
    if !plain.is_empty() {
        segments.push(Segment::Text(plain));
    }
    Some(Template { segments, span: whole })
}

/// Reads what stands between the braces.
fn hole(inner: &str, span: Span, cx: &mut Cx<'_>) -> Option<Segment> {
    let (path, url) = match inner.split_once('|') {
        None => (inner, false),
        Some((path, "url")) => (path, true),
        Some((_, filter)) => {
            cx.report(
                Diagnostic::new(&BAD_TEMPLATE, span, format!("there is no filter `{filter}`"))
                    .help("the only one is `{path|url}`, which encodes the value for a URL"),
            );
            return None;
        }
    };
    if let Some(fault) = path_fault(path) {
        cx.report(
            Diagnostic::new(&BAD_TEMPLATE, span, format!("`{path}` is no path"))
                .here(fault)
                .help("write a path such as `{network.lan.cidr}`; for a brace in the text write `{{` and `}}`"),
        );
        return None;
    }
    let span =
        Span { end: span.end.min(span.start.saturating_add(u32::try_from(path.len()).unwrap_or(u32::MAX))), ..span };
    if is_param(path, span, cx) {
        return None;
    }
    Some(Segment::Path { path: noted(RefPath { text: path.to_owned(), span }, cx), url })
}
