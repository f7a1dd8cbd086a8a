//! Numbers.
//!
//! Source: KDL 2.0, "Number".

use std::borrow::Cow;

/// A number as it is written; converted only when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a> {
    /// The text, with sign, radix prefix, underscores, and the `#` of `#inf`, `#-inf` and `#nan`.
    pub raw: &'a str,
}

impl Number<'_> {
    /// True for a number written with a point or an exponent, and for `#inf`, `#-inf` and `#nan`.
    #[must_use]
    pub fn is_float(&self) -> bool {
        let unsigned = self.raw.trim_start_matches(['+', '-']);
        if unsigned.starts_with("0x") {
            return false;
        }
        self.keyword().is_some() || unsigned.contains(['.', 'e', 'E'])
    }

    /// The whole number; `None` for floats and for what does not fit 128 bits.
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        if self.is_float() {
            return None;
        }
        let (negative, digits) = match self.raw.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, self.raw.strip_prefix('+').unwrap_or(self.raw)),
        };
        let (radix, digits) = radix(digits);
        let mut value: i128 = 0;
        for c in digits.chars().filter(|&c| c != '_') {
            let digit = i128::from(c.to_digit(radix)?);
            // Counted downwards for negative numbers: there is one more of them.
            value = value.checked_mul(i128::from(radix))?;
            value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
        }
        Some(value)
    }

    /// The nearest double; large whole numbers lose digits, too large ones become infinite.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        if let Some(value) = self.keyword() {
            return value;
        }
        let (sign, digits) = match self.raw.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, self.raw.strip_prefix('+').unwrap_or(self.raw)),
        };
        let (radix, digits) = radix(digits);
        if radix == 10 {
            let plain: Cow<'_, str> =
                if digits.contains('_') { digits.replace('_', "").into() } else { Cow::Borrowed(digits) };
            return sign * plain.parse::<f64>().unwrap_or(f64::NAN);
        }
        let value = digits
            .chars()
            .filter_map(|c| c.to_digit(radix))
            .fold(0.0, |sum, digit| f64::mul_add(sum, f64::from(radix), f64::from(digit)));
        sign * value
    }

    fn keyword(&self) -> Option<f64> {
        match self.raw.strip_prefix('#').unwrap_or(self.raw) {
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            "nan" => Some(f64::NAN),
            _ => None,
        }
    }
}

fn radix(digits: &str) -> (u32, &str) {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return (radix, rest);
        }
    }
    (10, digits)
}

/// What a word is that begins with a digit, a sign or a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numeric {
    Number,
    Word,
    /// Begins like a number, so that it may not stand bare.
    NumberLike,
}

/// Tells numbers from words such as `-`, `--flag` and `.md`.
pub(crate) fn numeric(word: &[u8]) -> Numeric {
    let unsigned = match word {
        [b'+' | b'-', rest @ ..] => rest,
        _ => word,
    };
    match unsigned {
        [b'0'..=b'9', ..] if is_unsigned_number(unsigned) => Numeric::Number,
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => Numeric::NumberLike,
        _ => Numeric::Word,
    }
}

fn is_unsigned_number(word: &[u8]) -> bool {
    match word {
        [b'0', b'x', rest @ ..] => digits(rest, u8::is_ascii_hexdigit) == Some(rest.len()),
        [b'0', b'o', rest @ ..] => digits(rest, |b| matches!(b, b'0'..=b'7')) == Some(rest.len()),
        [b'0', b'b', rest @ ..] => digits(rest, |b| matches!(b, b'0' | b'1')) == Some(rest.len()),
        _ => is_decimal(word),
    }
}

fn is_decimal(word: &[u8]) -> bool {
    let Some(mut rest) = strip_digits(word) else { return false };
    if let [b'.', fraction @ ..] = rest {
        let Some(behind) = strip_digits(fraction) else { return false };
        rest = behind;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'+' | b'-', digits @ ..] => digits,
            _ => exponent,
        };
        let Some(behind) = strip_digits(exponent) else { return false };
        rest = behind;
    }
    rest.is_empty()
}

fn strip_digits(word: &[u8]) -> Option<&[u8]> {
    digits(word, u8::is_ascii_digit).and_then(|len| word.get(len..))
}

/// Length of a run of digits and underscores that begins with a digit.
fn digits(word: &[u8], is_digit: impl Fn(&u8) -> bool) -> Option<usize> {
    if !word.first().is_some_and(&is_digit) {
        return None;
    }
    Some(word.iter().position(|b| !is_digit(b) && *b != b'_').unwrap_or(word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_words_and_what_is_neither() {
        for word in ["0", "-1", "+1", "1_000", "1__", "0x1F_", "-0b1_0", "0o17", "1.0", "1_.0_", "1e5", "1.0E-1_0"] {
            assert_eq!(numeric(word.as_bytes()), Numeric::Number, "{word}");
        }
        for word in ["-", "+", "--1", "-a", ".", "..5", ".md", "-.a", "+inf", "-.", "++"] {
            assert_eq!(numeric(word.as_bytes()), Numeric::Word, "{word}");
        }
        for word in ["10Gi", ".5", "-.5", "1.", "1._7", "0x_1", "0xg", "0b2", "1e", "1e+", "1.0.0", "0X1", "1,5", "-1a"]
        {
            assert_eq!(numeric(word.as_bytes()), Numeric::NumberLike, "{word}");
        }
    }

    #[test]
    fn values() {
        let int = |raw| Number { raw }.as_i128();
        assert_eq!(int("0x1F"), Some(31));
        assert_eq!(int("-0b1_0"), Some(-2));
        assert_eq!(int("+0o17"), Some(15));
        assert_eq!(int("1_000__"), Some(1000));
        assert_eq!(int("-170141183460469231731687303715884105728"), Some(i128::MIN));
        assert_eq!(int("170141183460469231731687303715884105728"), None);
        assert_eq!(int("1.0"), None);
        assert_eq!(int("#inf"), None);
        let float = |raw| Number { raw }.as_f64();
        assert_eq!(float("1_0.5e-1"), 1.05);
        assert_eq!(float("-0x10"), -16.0);
        assert_eq!(float("#-inf"), f64::NEG_INFINITY);
        assert!(float("#nan").is_nan());
        assert!(Number { raw: "1e3" }.is_float());
        assert!(!Number { raw: "0x1e3" }.is_float());
    }
}
