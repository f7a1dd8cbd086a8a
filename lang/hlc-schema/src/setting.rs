//! What the type of a field can be.

use hlc_diag::Diagnostic;
use hlc_syntax::Entry;

use crate::decode::{ANNOTATION, LITERAL_WANTED, literal, wrong_annotation};
use crate::expr::{is_param, refused_secret};
use crate::scalar::{Mismatch, WRONG_VALUE};
use crate::suggest::{list_names, nearest};
use crate::{Concept, Cx, DataValue, Def, Ref, Scalar, Spanned, TypeDecl};

/// A type that a plain setting can have: one value or several.
pub trait Setting: Sized {
    /// What one value may be.
    const TYPE: TypeDecl;
    /// True when several values are read.
    const MANY: bool = false;
    /// True when the field has to be given.
    const REQUIRED: bool = true;

    /// Reads the values, of which there is at least one; `None` after reporting.
    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self>;

    /// What an absent field means; `None` when it must be there.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads one literal of type `T`.
pub(crate) fn scalar<T: Scalar>(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<Spanned<T>> {
    if let Some(annotation) = entry.annotation() {
        if let ("ref", hlc_syntax::Value::String(path)) = (annotation.text.as_ref(), entry.value())
            && is_param(&path, entry.value_span(), cx)
        {
            return None;
        }
        let diagnostic = match annotation.text.as_ref() {
            "ref" | "fmt" | "secret" | "file" => wrong_annotation(
                &LITERAL_WANTED,
                &annotation,
                format!("a literal value has to stand here, not `({})`", annotation.text),
            )
            .help(format!("write {}", T::TYPE.wants)),
            _ => wrong_annotation(
                &ANNOTATION,
                &annotation,
                format!("`({})` means nothing before a value", annotation.text),
            )
            .help("remove it; hlc knows the types of its fields"),
        };
        cx.report(diagnostic);
        if annotation.text == "secret" {
            refused_secret(entry, cx);
        }
        return None;
    }
    let value = literal(entry, cx)?;
    match T::from_value(&value) {
        Ok(value) => Some(Spanned::new(value, entry.value_span())),
        Err(mismatch) => {
            cx.report(mismatched::<T>(&value, entry.value_span(), &mismatch));
            None
        }
    }
}

/// The finding that a value does not fit its type.
#[must_use]
pub fn mismatched<T: Scalar>(value: &DataValue, span: hlc_diag::Span, mismatch: &Mismatch) -> Diagnostic {
    let shown = match value {
        DataValue::String(text) => format!("`{text}`"),
        DataValue::Integer(number) => format!("`{number}`"),
        DataValue::Float(number) => format!("`{number}`"),
        DataValue::Bool(truth) => format!("`#{truth}`"),
        DataValue::Null => "`#null`".to_owned(),
        DataValue::List(_) => "a list".to_owned(),
        DataValue::Map(_) => "a map".to_owned(),
        DataValue::Deferred(later) => format!("`{later}`"),
    };
    let message = match T::TYPE.choices {
        [] => format!("{shown} is not {}", T::TYPE.wants),
        choices => format!("{shown} is not one of {}", list_names(choices, "or")),
    };
    let mut diagnostic = Diagnostic::new(&WRONG_VALUE, span, message);
    if let Some(reason) = &mismatch.reason {
        diagnostic = diagnostic.here(reason.clone());
    }
    if let Some(instead) = &mismatch.instead {
        diagnostic =
            diagnostic.help(format!("write `{instead}`")).suggest(format!("write `{instead}`"), span, instead.clone());
    }
    diagnostic
}

/// Why a word is none of the choices, with the nearest. For `#[derive(Choice)]`.
#[must_use]
pub fn no_choice(value: &DataValue, choices: &[&'static str]) -> Mismatch {
    let instead = match value {
        DataValue::String(text) => nearest(text, choices.iter().copied()).map(|meant| format!("\"{meant}\"")),
        DataValue::Bool(truth) => {
            choices.iter().find(|choice| **choice == truth.to_string()).map(|c| format!("\"{c}\""))
        }
        DataValue::Null
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_) => None,
    };
    Mismatch { reason: None, instead }
}

impl<T: Scalar> Setting for Spanned<T> {
    const TYPE: TypeDecl = T::TYPE;

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        scalar(*values.first()?, cx)
    }
}

impl<S: Setting> Setting for Option<S> {
    const TYPE: TypeDecl = S::TYPE;
    const REQUIRED: bool = false;

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        S::read(values, cx).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<S: Setting> Setting for Vec<S> {
    const TYPE: TypeDecl = S::TYPE;
    const MANY: bool = true;
    const REQUIRED: bool = false;

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let read: Vec<Option<S>> = values.iter().map(|value| S::read(std::slice::from_ref(value), cx)).collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// Reads a name: text that is not empty.
fn name(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<Spanned<String>> {
    let name = scalar::<String>(entry, cx)?;
    if name.value.trim().is_empty() {
        cx.report(Diagnostic::new(&WRONG_VALUE, name.span, "a name must not be empty"));
        return None;
    }
    Some(name)
}

impl<T: Concept> Setting for Def<T> {
    const TYPE: TypeDecl = TypeDecl::new("name", "a name of its own, such as `\"lan\"`");

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let name = name(*values.first()?, cx)?;
        let def = Self::new(name.value, name.span);
        // A bad name is a name all the same: what refers to it is not wrong too.
        cx.declare(&def);
        if let Some(fault) = T::NAMES.fault(&def.name) {
            let message = format!("`{}` cannot be the name of a {}", def.name, T::KIND);
            let mut diagnostic = Diagnostic::new(&WRONG_VALUE, def.span, message).here(fault);
            let plain = def.name.trim().to_ascii_lowercase().replace(['_', ' ', '/'], "-");
            if T::NAMES.fault(&plain).is_none() {
                diagnostic = diagnostic.suggest(format!("write `{plain}`"), def.span, format!("\"{plain}\""));
            }
            cx.report(diagnostic);
            return None;
        }
        Some(def)
    }
}

impl<T: Concept> Setting for Ref<T> {
    const TYPE: TypeDecl = TypeDecl::new(T::KIND, "the name of something declared elsewhere");

    fn read(values: &[Entry<'_>], cx: &mut Cx<'_>) -> Option<Self> {
        let name = name(*values.first()?, cx)?;
        let reference = Self::new(name.value, name.span);
        cx.refer(&reference);
        Some(reference)
    }
}

/// Reads the text of an annotated value such as `(file)"path"`.
pub(crate) fn scalar_text(entry: Entry<'_>, cx: &mut Cx<'_>) -> Option<String> {
    match literal(entry, cx)? {
        DataValue::String(text) => Some(text.into()),
        value @ (DataValue::Null
        | DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::List(_)
        | DataValue::Map(_)
        | DataValue::Deferred(_)) => {
            cx.report(mismatched::<String>(&value, entry.value_span(), &Mismatch::default()));
            None
        }
    }
}
