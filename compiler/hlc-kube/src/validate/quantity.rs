//! Quantities: `500m`, `10Gi`.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::{Data, DataValue};

use super::show;
use super::walk::Walk;

/// Text that is no quantity.
pub(super) static BAD_QUANTITY: Code = Code {
    id: "HLC0505",
    name: "bad-quantity",
    severity: Severity::Error,
    summary: "text that Kubernetes cannot read as a quantity",
    explain: "A quantity is a number with a point (not a comma) and, without a space, one of the suffixes `m` (a \
              thousandth), `k` `M` `G` `T` `P` `E` (thousands) or `Ki` `Mi` `Gi` `Ti` `Pi` `Ei` (1024 each); case counts. \
              `500m` of CPU is half a core, `500m` of memory is half a byte, and `10G` of storage is 7 % less than `10Gi`.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    PersistentVolumeClaim "web" {
        spec {
            accessModes { - ReadWriteOnce }
            resources { requests storage="10GB" }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    PersistentVolumeClaim "web" {
        spec {
            accessModes { - ReadWriteOnce }
            resources { requests storage="10Gi" }
        }
    }
}"#,
};

pub(super) fn bad(walk: &Walk<'_>, data: &Data) -> Option<Diagnostic> {
    let text = data.as_str()?;
    if is_quantity(text) {
        return None;
    }
    let finding =
        Diagnostic::new(&BAD_QUANTITY, data.span, format!("`{}` takes a quantity, and `{text}` is none", walk.path()));
    Some(match mended(text) {
        Some(better) => {
            let finding = finding.here(format!("did you mean `{better}`?"));
            show::suggest(finding, data.span, text, &show::quoted(&better))
        }
        None => {
            finding.here("not a quantity").help("a number and a suffix without a space: `500m`, `2`, `512Mi`, `10Gi`")
        }
    })
}

/// apimachinery's `resource.ParseQuantity`: sign, digits with at most one point, then a suffix or a decimal exponent.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let Some((number, suffix)) = unsigned.split_at_checked(end) else { return false };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && number.len() - digits <= 1 && is_suffix(suffix)
}

/// How much a quantity is, in billionths; `None` for text that is none, or more than anything there is.
#[must_use]
pub fn amount(data: &Data) -> Option<i128> {
    let text = match &data.value {
        DataValue::String(text) => text.as_str().to_owned(),
        DataValue::Integer(number) => return number.get().checked_mul(BILLION),
        DataValue::Float(number) => number.to_string(),
        DataValue::Null | DataValue::Bool(_) | DataValue::List(_) | DataValue::Map(_) | DataValue::Deferred(_) => {
            return None;
        }
    };
    parse(&text)
}

const BILLION: i128 = 1_000_000_000;

/// Suffixes and what they stand for, in billionths.
const UNITS: &[(&str, i128)] = &[
    ("n", 1),
    ("u", 1_000),
    ("m", 1_000_000),
    ("", BILLION),
    ("k", 1_000 * BILLION),
    ("M", 1_000_000 * BILLION),
    ("G", BILLION * BILLION),
    ("T", 1_000 * BILLION * BILLION),
    ("P", 1_000_000 * BILLION * BILLION),
    ("E", BILLION * BILLION * BILLION),
    ("Ki", BILLION << 10),
    ("Mi", BILLION << 20),
    ("Gi", BILLION << 30),
    ("Ti", BILLION << 40),
    ("Pi", BILLION << 50),
    ("Ei", BILLION << 60),
];

fn parse(text: &str) -> Option<i128> {
    if !is_quantity(text) {
        return None;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{whole}{part}").parse().ok()?;
    let unit = UNITS.iter().find(|(unit, _)| *unit == suffix).map(|(_, size)| *size);
    let unit = match (unit, suffix.strip_prefix(['e', 'E']).and_then(|exponent| exponent.parse::<i32>().ok())) {
        (Some(unit), _) => unit,
        (None, Some(exponent @ 0..)) => BILLION.checked_mul(10_i128.checked_pow(exponent.unsigned_abs())?)?,
        (None, Some(exponent)) => BILLION.checked_div(10_i128.checked_pow(exponent.unsigned_abs())?)?,
        (None, None) => return None,
    };
    let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let amount = digits.checked_mul(unit)?.checked_div(scale)?;
    Some(if text.starts_with('-') { -amount } else { amount })
}

fn is_suffix(suffix: &str) -> bool {
    const SUFFIXES: &[&str] = &["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if SUFFIXES.contains(&suffix) {
        return true;
    }
    suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The quantity that was likely meant: spaces, commas, and units as people write them.
fn mended(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().replace(',', ".");
    let end = compact.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(compact.len());
    let (number, unit) = if is_quantity(&compact) { (compact.as_str(), "") } else { compact.split_at_checked(end)? };
    let suffix = match unit.to_ascii_lowercase().as_str() {
        "" => "",
        "b" | "byte" | "bytes" => "",
        "k" | "kb" => "k",
        "ki" | "kib" => "Ki",
        "mb" => "M",
        "mi" | "mib" => "Mi",
        "g" | "gb" => "Gi",
        "gi" | "gib" => "Gi",
        "t" | "tb" => "Ti",
        "ti" | "tib" => "Ti",
        _ => return None,
    };
    let better = format!("{number}{suffix}");
    is_quantity(&better).then_some(better)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for text in ["0", "1", "-1", "+2", "500m", "1.5", ".5", "5.", "10Gi", "1e3", "1E+3", "2e-3", "100k", "3E", "1n"]
        {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "Gi", "1,5", "10 Gi", "10GB", "10gi", "1.2.3", "1K", "0x10", "1e", "--1", "ten", "10G i", "."]
        {
            assert!(!is_quantity(text), "{text}");
        }
        for (text, better) in
            [("10G i", "10Gi"), ("1,5", "1.5"), ("10GB", "10Gi"), ("512MiB", "512Mi"), ("10gi", "10Gi")]
        {
            assert_eq!(mended(text).as_deref(), Some(better), "{text}");
        }
        assert_eq!(mended("ten"), None);
    }

    #[test]
    fn amounts() {
        for (text, same) in
            [("0.1", "100m"), ("1Gi", "1024Mi"), ("1e3", "1k"), ("1.5Gi", "1536Mi"), ("2e-3", "2m"), (".5", "500m")]
        {
            assert!(parse(text).is_some() && parse(text) == parse(same), "{text} {same}");
        }
        assert!(parse("1G") < parse("1Gi") && parse("999m") < parse("1") && parse("-1") < parse("0"));
        assert_eq!((parse("ten"), parse("1e99")), (None, None));
    }
}
