//! Literal values.

use hlc_diag::{Diagnostic, Span};
use hlc_syntax as syntax;

use super::{Cx, NUMBER};
use crate::{DataValue, Float};

/// The literal that an entry holds, its annotation aside. Reports numbers that cannot be carried over.
pub fn literal(entry: syntax::Entry<'_>, cx: &mut Cx<'_>) -> Option<DataValue> {
    literal_value(entry.value(), entry.value_span()).map_err(|found| cx.report(*found)).ok()
}

/// The literal that a value at a place is.
///
/// # Errors
/// The finding about a number that cannot be carried over.
pub fn literal_value(value: syntax::Value<'_>, span: Span) -> Result<DataValue, Box<Diagnostic>> {
    match value {
        syntax::Value::String(text) => Ok(DataValue::String(text.into())),
        syntax::Value::Bool(truth) => Ok(DataValue::Bool(truth)),
        syntax::Value::Null => Ok(DataValue::Null),
        syntax::Value::Number(number) => convert(&number).map_err(|fault| {
            let mut diagnostic = Diagnostic::new(&NUMBER, span, fault.message);
            for (title, text) in fault.instead {
                diagnostic = diagnostic.help(format!("write `{text}` {title}")).suggest(
                    format!("write `{text}` {title}"),
                    span,
                    text,
                );
            }
            Box::new(diagnostic)
        }),
    }
}

struct Fault {
    message: String,
    instead: Vec<(&'static str, String)>,
}

fn convert(number: &syntax::Number<'_>) -> Result<DataValue, Fault> {
    let raw = number.raw;
    let quoted = ("if it is text", format!("\"{raw}\""));
    let digits = raw.trim_start_matches(['+', '-']);
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        let octal = digits.trim_start_matches(['0', '_']);
        let mut instead = Vec::new();
        if !octal.is_empty() && octal.bytes().all(|b| matches!(b, b'0'..=b'7')) {
            instead.push(("if it is octal, such as a file mode", format!("0o{octal}")));
        }
        instead.push(quoted);
        return Err(Fault {
            message: format!("`{raw}` begins with a zero, which YAML readers take for octal"),
            instead,
        });
    }
    if number.is_float() {
        return Float::read(raw).map(DataValue::Float).ok_or_else(|| Fault {
            message: format!("`{raw}` is no number that JSON or Kubernetes knows"),
            instead: vec![quoted],
        });
    }
    match number.as_i128() {
        Some(value) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) => Ok(DataValue::integer(value)),
        _ => Err(Fault { message: format!("`{raw}` does not fit into 64 bits"), instead: vec![quoted] }),
    }
}
