//! What a bare word of YAML means to sops, and what it adds to the checksum over all values.
//!
//! sops reads with go-yaml 3: integers with 0x, 0o, 0b and a leading 0 for octal, digits parted by `_`, floats, `true`,
//! `null`, dates; `yes` and `no` are text.

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Text.
    Str(String),
    /// An integer.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A date, as sops writes it.
    Time(String),
    /// Nothing.
    Null,
}

impl Scalar {
    /// What sops hashes for the value; `None` for null, which it leaves out.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let text = match self {
            Self::Str(text) | Self::Time(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => float_text(*number),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Null => return None,
        };
        Some(text.into_bytes())
    }
}

/// The shortest decimal form without an exponent that reads back as the same number.
#[must_use]
pub fn float_text(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() };
    }
    number.to_string()
}

/// What a bare word means.
#[must_use]
pub fn resolve(word: &str) -> Scalar {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !word.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Scalar::Str(word.to_owned());
    }
    if let Some(time) = time(word) {
        return Scalar::Time(time);
    }
    let plain = word.replace('_', "");
    if let Some(number) = integer(&plain) {
        return Scalar::Int(number);
    }
    if is_float(&plain)
        && let Ok(number) = plain.parse::<f64>()
    {
        return Scalar::Float(number);
    }
    Scalar::Str(word.to_owned())
}

fn integer(word: &str) -> Option<i64> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // `from_str_radix` takes a sign of its own.
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    i64::try_from(if negative { -number } else { number }).ok()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix(['-', '+']).unwrap_or(word);
    let (number, exponent) = match word.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (word, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// A date (`2024-1-2`) or a time of day on it, as sops writes it: RFC 3339, UTC where no zone is given.
fn time(word: &str) -> Option<String> {
    let (year, rest) = word.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (day, clock) = rest.split_at_checked(end)?;
    let number = |text: &str, most: usize| -> Option<u32> {
        let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { text.parse().ok() } else { None }
    };
    if year.len() != 4 {
        return None;
    }
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > days {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if clock.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let (zoned, clock) = match clock.strip_prefix(['T', 't']) {
        Some(clock) => (true, clock),
        None => (false, clock.strip_prefix(' ')?),
    };
    let (clock, zone) = if zoned {
        let at = clock.find(['Z', '+', '-'])?;
        clock.split_at_checked(at)?
    } else {
        (clock, "Z")
    };
    let zone = zone_text(zone)?;
    let (seconds, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = seconds.split(':');
    let (hour, minute, second) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = match fraction {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let kept: String = digits.chars().take(9).collect();
            let kept = kept.trim_end_matches('0');
            if kept.is_empty() { String::new() } else { format!(".{kept}") }
        }
        Some(_) => return None,
        None => String::new(),
    };
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"))
}

/// `Z`, or `+hh:mm`, which is `Z` when it is zero.
fn zone_text(zone: &str) -> Option<String> {
    if zone == "Z" || zone == "+00:00" || zone == "-00:00" {
        return Some("Z".to_owned());
    }
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = two(hours) && two(minutes) && hours.parse::<u8>().ok()? <= 24 && minutes.parse::<u8>().ok()? < 60;
    fits.then(|| zone.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hashes(word: &str, bytes: &str) {
        let made = resolve(word).to_bytes().unwrap();
        assert_eq!(String::from_utf8(made).unwrap(), bytes, "{word}");
    }

    #[test]
    fn words_mean_what_they_mean_to_sops() {
        for (word, bytes) in [
            ("yes", "yes"),
            ("1_000", "1000"),
            ("0644", "420"),
            ("0o14", "12"),
            ("0x1F", "31"),
            ("-0b11", "-3"),
            ("089", "89"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            (".5", "0.5"),
            ("-.inf", "-Inf"),
            ("true", "True"),
            ("1.2.3", "1.2.3"),
            ("2001-12-14", "2001-12-14T00:00:00Z"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
            ("2001-12-14 21:59:43", "2001-12-14T21:59:43Z"),
            ("2001-02-30", "2001-02-30"),
            ("192.168.1.1", "192.168.1.1"),
            ("+", "+"),
            ("-", "-"),
            ("0x", "0x"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            hashes(word, bytes);
        }
        assert_eq!(resolve("null").to_bytes(), None);
    }
}
