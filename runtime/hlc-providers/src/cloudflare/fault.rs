//! What a refusal, and what no answer, means.

use hlc_engine::Fault;
use hlc_net::{NetError, Reason};

use super::answer::ApiError;
use super::request::{Call, Permission};

/// A record of this name, or exactly this one, is there already (81057, 81058; status 400).
const EXISTS: [u32; 2] = [81057, 81058];
/// There is no such record (81044), or no such zone (1001), or an id that is none (7003, which 7000 goes with).
const GONE: [u32; 4] = [81044, 1001, 7003, 7000];
/// A record of another type holds the name: A, AAAA or CNAME (81053), CNAME (81054), NS (81056).
const TAKEN: [u32; 3] = [81053, 81054, 81056];
/// The login is no token (6003 with 6103 or 6111, status 400), is unknown (1000, 10001, 9103, 9106, 9107), or may not (9109, 10000).
const DENIED: [u32; 10] = [6003, 6103, 6111, 1000, 10001, 9103, 9106, 9107, 9109, 10000];
/// Those of them that say that the login is nothing that Cloudflare gave out.
const NO_TOKEN: [u32; 7] = [6003, 6103, 6111, 1000, 9103, 9106, 9107];

/// How long a vendor's words may be in a message.
const WORDS: usize = 300;

/// An answer that refuses. `status` is not that of a success, or the answer itself says that it is none; `message` is what it says
/// ([`said`]).
pub(super) fn refused(call: &Call, status: u16, errors: &[ApiError], message: String) -> Fault {
    let codes: Vec<u32> = errors.iter().flat_map(ApiError::codes).collect();
    let any = |known: &[u32]| codes.iter().any(|code| known.contains(code));
    // Whatever code is in it: 10000 also stands for an internal error.
    if status >= 500 || status == 408 {
        lost(call, message)
    } else if status == 429 {
        Fault::Unavailable(message)
    } else if any(&EXISTS) {
        Fault::Exists(message)
    } else if matches!(status, 401 | 403) || any(&DENIED) {
        Fault::Denied { message, help: allow(call, any(&NO_TOKEN)) }
    } else if status == 404 || any(&GONE) {
        Fault::Gone
    } else {
        let help = any(&TAKEN).then(|| {
            "one name cannot have a CNAME and other addresses: take one of them out of the homelab, or delete what is in the way at \
             Cloudflare"
                .to_owned()
        });
        Fault::Refused { message, help }
    }
}

/// An answer that is not what the API describes.
pub(super) fn garbled(call: &Call, status: u16, why: &str) -> Fault {
    lost(call, format!("Cloudflare answers {status} with something that is not its own: {why}"))
}

/// There is no answer.
pub(super) fn unanswered(call: &Call, error: &NetError) -> Fault {
    let message = error.to_string();
    match &error.reason {
        Reason::Setup(_) | Reason::Connect(_) | Reason::Busy { .. } => Fault::Unavailable(message),
        Reason::PlainLogin => Fault::Refused { message, help: Some("use an address with https".to_owned()) },
        Reason::BadLogin => Fault::Denied { message, help: allow(call, true) },
        Reason::Timeout(_) | Reason::Broken(_) | Reason::TooLarge(_) => lost(call, message),
        // A request that changes something is not redirected, but answered so: by something in between, after who knows what.
        Reason::Redirects(_) | Reason::BadRedirect(_) => lost(call, message),
    }
}

/// What is known when an answer is lost: of what only reads, that it was not done.
fn lost(call: &Call, message: String) -> Fault {
    if call.only_reads() { Fault::Unavailable(message) } else { Fault::Unclear(message) }
}

fn allow(call: &Call, is_no_token: bool) -> String {
    let Call { needs, zone, .. } = call;
    if is_no_token {
        return format!(
            "the secret has to be an API token (Cloudflare, My Profile, API Tokens), not a global API key, with `{}` and `{}` for the zone \
             `{zone}`",
            Permission::ReadZone.name(),
            Permission::EditRecords.name(),
        );
    }
    format!(
        "give the API token the permission `{}` for the zone `{zone}` (Cloudflare, My Profile, API Tokens), and see that it has not \
         expired",
        needs.name()
    )
}

/// A vendor's words in one line.
pub(super) fn said(status: u16, errors: &[ApiError]) -> String {
    let words: Vec<String> = errors.iter().map(one).collect();
    match words.join("; ") {
        none if none.is_empty() => format!("Cloudflare answers {status} and says no reason"),
        words => format!("Cloudflare answers: {words}"),
    }
}

fn one(error: &ApiError) -> String {
    let plain = error.message.replace(|c: char| c.is_control(), " ");
    let mut words: String = plain.trim().trim_end_matches('.').chars().take(WORDS).collect();
    if words.is_empty() {
        words = "no reason".to_owned();
    }
    let behind: Vec<String> = error.error_chain.iter().map(one).collect();
    let behind = if behind.is_empty() { String::new() } else { format!(": {}", behind.join(", ")) };
    format!("{words} ({}){behind}", error.code)
}
