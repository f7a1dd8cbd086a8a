//! The KDL project's own test vectors, where they are present.
//!
//! They are read from `../shared/contracts` beside the workspace and are not part of the project. Without them the test
//! reports itself as ignored; with `CI=true` it fails instead.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hlc_diag::FileId;
use hlc_syntax::{Annotation, Node, Nodes, Value, is_bare_identifier, parse};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/kdl/v2/test_cases");
    let mut inputs: Vec<PathBuf> =
        std::fs::read_dir(folder.join("input")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    inputs.sort();
    let trials = if inputs.is_empty() {
        let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
        let missing = move || Err(Failed::from(format!("no test vectors in {}", folder.display())));
        vec![Trial::test("kdl_test_vectors", missing).with_ignored_flag(!required)]
    } else {
        inputs.into_iter().map(trial).collect()
    };
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(input: PathBuf) -> Trial {
    let name = input.file_stem().unwrap().to_string_lossy().into_owned();
    let refused = name.ends_with("_fail");
    Trial::test(name, move || {
        let text = std::fs::read_to_string(&input)?;
        let parsed = parse(FileId::new(0), Arc::from(text.as_str()));
        let errors: Vec<String> = parsed.diagnostics.iter().map(|d| format!("{}: {}", d.code.id, d.message)).collect();
        if refused {
            return if errors.is_empty() { Err("accepted what must be refused".into()) } else { Ok(()) };
        }
        if !errors.is_empty() {
            return Err(errors.join("\n").into());
        }
        let expected =
            input.parent().and_then(Path::parent).unwrap().join("expected_kdl").join(input.file_name().unwrap());
        let expected = std::fs::read_to_string(expected)?;
        let mut printed = String::new();
        print_nodes(&mut printed, parsed.document.nodes(), 0);
        if printed.trim_end() == expected.trim_end() {
            Ok(())
        } else {
            Err(format!("expected:\n{expected}\nprinted:\n{printed}").into())
        }
    })
}

fn print_nodes(out: &mut String, nodes: Nodes<'_>, depth: usize) {
    for node in nodes {
        out.push_str(&"    ".repeat(depth));
        print_node(out, node);
        if node.children().next().is_some() {
            out.push_str(" {\n");
            print_nodes(out, node.children(), depth + 1);
            out.push_str(&"    ".repeat(depth));
            out.push('}');
        }
        out.push('\n');
    }
}

fn print_node(out: &mut String, node: Node<'_>) {
    print_annotation(out, node.annotation());
    print_string(out, &node.name());
    for argument in node.args() {
        out.push(' ');
        print_annotation(out, argument.annotation());
        print_value(out, &argument.value());
    }
    let mut properties: Vec<_> = node.props().map(|entry| (entry.key().unwrap().text, entry)).collect();
    properties.sort_by(|a, b| a.0.cmp(&b.0));
    for (index, (key, entry)) in properties.iter().enumerate() {
        let overridden = properties.get(index + 1).is_some_and(|(next, _)| next == key);
        if !overridden {
            out.push(' ');
            print_string(out, key);
            out.push('=');
            print_annotation(out, entry.annotation());
            print_value(out, &entry.value());
        }
    }
}

fn print_annotation(out: &mut String, annotation: Option<Annotation<'_>>) {
    if let Some(annotation) = annotation {
        out.push('(');
        print_string(out, &annotation.text);
        out.push(')');
    }
}

fn print_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::String(text) => print_string(out, text),
        Value::Bool(value) => write!(out, "#{value}").unwrap(),
        Value::Null => out.push_str("#null"),
        Value::Number(number) if number.raw.starts_with('#') => out.push_str(number.raw),
        Value::Number(number) => print_number(out, number.raw),
    }
}

/// Numbers of any size, in decimal: `1_000` is `1000`, `0x1F` is `31`, `1e10` is `1E+10`.
fn print_number(out: &mut String, raw: &str) {
    let raw = raw.replace('_', "");
    let (sign, digits) = match raw.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", raw.strip_prefix('+').unwrap_or(&raw)),
    };
    out.push_str(sign);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            out.push_str(&to_decimal(digits, radix));
            return;
        }
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unzip();
    let mantissa = mantissa.unwrap_or(digits);
    let (whole, fraction) = mantissa.split_once('.').unzip();
    let whole = whole.unwrap_or(mantissa).trim_start_matches('0');
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if let Some(fraction) = fraction {
        write!(out, ".{fraction}").unwrap();
    }
    if let Some(exponent) = exponent {
        let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
        write!(out, "E{sign}{exponent}").unwrap();
    }
}

fn to_decimal(digits: &str, radix: u32) -> String {
    let mut decimal: Vec<u32> = vec![0];
    for digit in digits.chars().map(|c| c.to_digit(radix).unwrap()) {
        let mut carry = digit;
        for place in &mut decimal {
            carry += *place * radix;
            *place = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            decimal.push(carry % 10);
            carry /= 10;
        }
    }
    decimal.iter().rev().map(|digit| char::from_digit(*digit, 10).unwrap()).collect()
}

fn print_string(out: &mut String, text: &str) {
    if is_bare_identifier(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            _ => out.push(c),
        }
    }
    out.push('"');
}
