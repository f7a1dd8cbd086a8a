//! What a bare word of YAML means to the readers of Helm and Kubernetes.

use hlc_schema::Float;

/// The meaning of a bare scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    /// Nothing, `~`, `null`
    Null,
    /// `true`, and as YAML 1.1 has it also `yes`, `on`, `y`.
    Bool(bool),
    /// A whole number from -2^63 to 2^64-1.
    Integer(i128),
    /// A finite number.
    Float(Float),
    /// `.inf`, `.nan`: no JSON value, refused by Helm and Kubernetes alike.
    NotANumber,
    /// A whole number beyond 64 bits: Helm and Kubernetes make a decimal number of it, which has fewer digits.
    TooLarge,
    /// `08`: a decimal number to Helm and Kubernetes, text to most others.
    NotOctal,
    /// Anything else.
    Text,
}

/// Resolves a bare scalar as sigs.k8s.io/yaml 1.6 does, which Helm and kubectl read with (go.yaml.in/yaml/v2, then
/// JSON). Compared with it on the table in this file's tests.
///
/// Where that differs from YAML 1.2's core schema: `yes`, `no`, `on`, `off`, `y`, `n` are booleans; `0644` and `0o644`
/// are octal; `0b11` is binary; `_` may stand between digits; `+1` and `1.` are numbers. Unlike most YAML 1.1 readers it
/// takes `12:30:45` and `2001-01-01` for text.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => return Plain::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            return Plain::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Plain::NotANumber,
        _ => {}
    }
    match text.bytes().next() {
        Some(b'.') => float(text).unwrap_or(Plain::Text),
        Some(b'0'..=b'9' | b'+' | b'-') => number(&text.replace('_', "")),
        _ => Plain::Text,
    }
}

fn number(text: &str) -> Plain {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let (digits, radix) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (digits, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (lower.trim_start_matches('0'), 8)
    } else {
        (lower.as_str(), 10)
    };
    let digits = if digits.is_empty() && radix == 8 && !lower.contains('o') { "0" } else { digits };
    if !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)) {
        if let Ok(value) = i128::from_str_radix(digits, radix) {
            let value = if negative { -value } else { value };
            if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) {
                return Plain::Integer(value);
            }
        }
        if radix != 10 && !digits_only(unsigned) {
            return Plain::Text;
        }
    }
    match float(text) {
        Some(_) if digits_only(unsigned) && radix == 8 && !digits.chars().all(|c| c.is_digit(8)) => Plain::NotOctal,
        Some(_) if digits_only(unsigned) => Plain::TooLarge,
        Some(float) => float,
        None => Plain::Text,
    }
}

fn digits_only(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A decimal number; `None` for another shape and for one too great for a double.
fn float(text: &str) -> Option<Plain> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shaped = digits_only(whole)
        && digits_only(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|digits| !digits.is_empty() && digits_only(digits));
    if !shaped {
        return None;
    }
    Float::read(text).map(Plain::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_helm_reads_it() {
        for word in ["yes", "Y", "on", "True"] {
            assert_eq!(resolve(word), Plain::Bool(true), "{word}");
        }
        for word in ["no", "n", "OFF", "false"] {
            assert_eq!(resolve(word), Plain::Bool(false), "{word}");
        }
        for (word, value) in [
            ("0644", 420),
            ("0o644", 420),
            ("0x1F", 31),
            ("0X1f", 31),
            ("+0x10", 16),
            ("0b11", 3),
            ("-0b11", -3),
            ("1_000", 1000),
            ("1__0", 10),
            ("0_7", 7),
            ("+1", 1),
            ("-0", 0),
            ("0", 0),
            ("00", 0),
            ("18446744073709551615", 18_446_744_073_709_551_615),
        ] {
            assert_eq!(resolve(word), Plain::Integer(value), "{word}");
        }
        for (word, value) in [("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("+.5", 0.5), ("1E+5", 1e5)] {
            assert_eq!(resolve(word), Plain::Float(Float::new(value)), "{word}");
        }
        for word in ["18446744073709551616", "-9223372036854775809", "07777777777777777777777", "1_8446744073709551616"]
        {
            assert_eq!(resolve(word), Plain::TooLarge, "{word}");
        }
        for word in ["08", "-09", "0123456789", "0_8"] {
            assert_eq!(resolve(word), Plain::NotOctal, "{word}");
        }
        for word in [
            "12:30:45",
            "2001-01-01",
            "=",
            "<<",
            "_1",
            "1e400",
            "0o9",
            "Infinity",
            "0x1p-2",
            "1e",
            ".",
            "-",
            "+",
            "1.2.3",
            "nan",
            "-.nan",
        ] {
            assert_eq!(resolve(word), Plain::Text, "{word}");
        }
        assert_eq!(resolve(".nan"), Plain::NotANumber);
        assert_eq!(resolve("~"), Plain::Null);
    }
}
