//! When CronJobs run.

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Map;

use super::walk::Walk;

/// Text that is no schedule.
pub(super) static BAD_SCHEDULE: Code = Code {
    id: "HLC0514",
    name: "bad-schedule",
    severity: Severity::Error,
    summary: "text that Kubernetes cannot read as a schedule",
    explain: "A schedule is five fields: minute 0-59, hour 0-23, day of the month 1-31, month 1-12 or `JAN`, day of the week 0-6 or \
              `SUN`, where Sunday is 0 and there is no 7. A field is `*`, a number, a range `1-5`, with a step `*/15`, or several of \
              them with commas. `@daily`, `@hourly`, `@weekly`, `@monthly`, `@yearly` and `@every 2h` are taken too. The time zone \
              stands in `timeZone`. The API server refuses any other text.",
    bad: r#"workload "web" category="apps" {
    namespace "web"
    CronJob "web" {
        spec schedule="0 25 * * *" {
            jobTemplate { spec { template { spec restartPolicy=Never { containers { - name=web image="web:1" } } } } }
        }
    }
}"#,
    good: r#"workload "web" category="apps" {
    namespace "web"
    CronJob "web" {
        spec schedule="25 0 * * *" {
            jobTemplate { spec { template { spec restartPolicy=Never { containers { - name=web image="web:1" } } } } }
        }
    }
}"#,
};

pub(super) fn find(walk: &mut Walk<'_>, map: &Map) {
    let Some((schedule, text)) = map.get("schedule").and_then(|schedule| Some((schedule, schedule.as_str()?))) else {
        return;
    };
    let Some(fault) = fault(text) else { return };
    let message = format!("`{}` takes a schedule, and `{text}` is none", walk.path_of("schedule"));
    walk.report(Diagnostic::new(&BAD_SCHEDULE, schedule.span, message).here(fault).help(
        "minute, hour, day of the month, month, day of the week: `\"30 3 * * *\"` is every night at half past three",
    ));
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A field: what it is called, its least and greatest number, and the names of its numbers from the least on.
type Field = (&'static str, u32, u32, &'static [&'static str]);

/// The fields (github.com/robfig/cron v3, `spec.go`, which is what the API server reads schedules with).
const FIELDS: [Field; 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 6, DAYS),
];

fn fault(text: &str) -> Option<String> {
    // pkg/apis/batch/validation, validateScheduleFormat.
    if text.contains("TZ") {
        return Some("the time zone has a field of its own: `timeZone`".to_owned());
    }
    if let Some(word) = text.strip_prefix('@') {
        return match word {
            "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly" => None,
            _ => match word.strip_prefix("every ") {
                Some(duration) if is_duration(duration) => None,
                Some(_) => Some("behind `@every` stands a time such as `1h30m`".to_owned()),
                None => Some(format!("there is no `@{word}`")),
            },
        };
    }
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Some(format!("it has {} fields, and a schedule has five", fields.len()));
    }
    fields.iter().zip(FIELDS).find_map(|(text, field)| text.split(',').find_map(|part| part_fault(part, field)))
}

/// `*`, `?`, `N`, `N-M`, each with `/STEP` or without.
fn part_fault(part: &str, field: Field) -> Option<String> {
    let (name, least, greatest, names) = field;
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0)) {
        return Some(format!("`{part}`: a step is a number, 1 or more"));
    }
    if range == "*" || range == "?" {
        return None;
    }
    let number = |text: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number =
            named.and_then(|at| u32::try_from(at).ok()).map_or_else(|| text.parse().ok(), |at| Some(at + least));
        number.filter(|number| (least..=greatest).contains(number))
    };
    let wrong = || Some(format!("`{part}` is no {name}, {least} to {greatest}"));
    match range.split_once('-') {
        None if number(range).is_some() => None,
        None => wrong(),
        Some((from, to)) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => None,
            (Some(_), Some(_)) => Some(format!("`{part}` ends before it begins")),
            _ => wrong(),
        },
    }
}

/// Go's `time.ParseDuration`, without signs: numbers, each with its unit.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let unit = ["ns", "us", "µs", "ms", "s", "m", "h"].into_iter().find_map(|unit| after.strip_prefix(unit));
        match unit {
            Some(after) if number.parse::<f64>().is_ok() => rest = after,
            _ => return false,
        }
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn schedules() {
        for text in [
            "* * * * *",
            "*/15 0-6,12 1 JAN-mar Sun",
            "5/10 0 ? * 1-5/2",
            " 0  3 * * 6 ",
            "@daily",
            "@every 1h30m",
            "@every 1.5h",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "1, * * * *",
            "@fortnightly",
            "@every 5",
            "@every",
            "TZ=UTC 0 0 * * *",
        ] {
            assert!(fault(text).is_some(), "{text}");
        }
    }
}
