//! How long to wait before the next attempt.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime};

use crate::answer::Answer;
use crate::policy::Policy;

/// The wait after so many attempts: twice as long each time, and half of it by chance, so that clients that failed together
/// do not come back together.
pub(crate) fn backoff(policy: &Policy, attempts: u32) -> Duration {
    let doubled = policy.first_wait.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let longest = doubled.min(policy.longest_wait);
    let chance = RandomState::new().hash_one(attempts) % 1000;
    longest / 2 + (longest / 2).mul_f64(chance as f64 / 1000.0)
}

/// How long the server asks to wait: seconds or a date (RFC 9110, section 10.2.3).
pub(crate) fn asked(answer: &Answer, now: SystemTime) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit() {
        let policy = Policy {
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(1),
            ..Policy::default()
        };
        for (attempts, longest) in [(1, 100), (2, 200), (3, 400), (9, 1000), (40, 1000)] {
            let wait = backoff(&policy, attempts);
            assert!(wait >= Duration::from_millis(longest / 2) && wait <= Duration::from_millis(longest), "{wait:?}");
        }
    }

    #[test]
    fn seconds_and_dates_are_obeyed() {
        let ask = |value: &'static str| {
            let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, HeaderValue::from_static(value))]);
            let url = "https://a.example".parse().unwrap();
            let answer = Answer { status: reqwest::StatusCode::TOO_MANY_REQUESTS, headers, body: Vec::new(), url };
            asked(&answer, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        assert_eq!(ask("7"), Some(Duration::from_secs(7)));
        // The date of RFC 9110, ten seconds after the `now` above.
        assert_eq!(ask("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(ask("Sat, 05 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(ask("soon"), None);
    }
}
