//! What to do when something could not be had.

use hlc_charts::{FetchError, Want};
use hlc_schema::suggest::nearest;

use crate::failure::Failure;

pub(super) fn failure(want: &Want, place: Option<&str>, error: &FetchError, lock: &str) -> Failure {
    let name = match want {
        Want::Chart { source, .. } => source.name.as_str(),
        Want::Manifests { url, .. } => url.as_str(),
    };
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    let failure = Failure::new(format!("cannot have {}{place}: {error}", want.name()));
    let changed = || {
        format!(
            "somebody has published something else under this version: find out why. `hlc lock --update {name}` takes it; the locked one is \
             still good where it is at hand, in a cache or in vendor/"
        )
    };
    match error {
        FetchError::Net(_) => failure.help("what is at hand needs no network; --mirror names another place to ask"),
        FetchError::Status { status: 404, .. } if locked(want) => failure.help(format!(
            "{lock} has it, so it was there: it has been taken back, or wants a login now. A cache or vendor/ that still has it will do; \
             --mirror names another place to ask"
        )),
        FetchError::Status { status: 404, .. } => {
            failure.help("see whether the URL is right, and whether it wants a login")
        }
        FetchError::Status { .. } => failure.help("try again later, or name another place with --mirror"),
        FetchError::Login { url, with_login: false, .. } => failure.help(format!(
            "write `login \"{}\" user=\"…\" password=(secret)NAME` or `token=(secret)NAME` inside `homelab {{ … }}`",
            prefix(want, url)
        )),
        FetchError::Login { .. } => {
            failure.help("see whether the secret of its `login` is right: `hlc secrets set` changes it")
        }
        FetchError::NoChart { known, .. } => match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("see whether the name and the repository are right"),
        },
        FetchError::NoVersion { known, .. } => {
            let some: Vec<&str> = known.iter().take(5).map(String::as_str).collect();
            let has = if some.is_empty() { "it has none".to_owned() } else { format!("it has {}", some.join(", ")) };
            if locked(want) {
                return failure.help(format!(
                    "{lock} has it, so it was there: it has been taken back. A cache or vendor/ that still has it will do; otherwise choose \
                     another version ({has})"
                ));
            }
            failure.help(has)
        }
        FetchError::Digest { expected_by: "the lock file says", .. } | FetchError::MovedTag { .. } => {
            failure.help(changed())
        }
        FetchError::Digest { .. } => {
            failure.help("the repository is at odds with itself, or something between changed the bytes")
        }
        FetchError::Malformed { .. } => {
            failure.help("see whether the URL is right: it should be that of the repository")
        }
        FetchError::OtherChart { .. } if is_of_the_project(want) => {
            failure.help("write the name and version that its Chart.yaml says, or change them there")
        }
        FetchError::Archive { .. } if is_of_the_project(want) => failure.help("mend it in the chart's folder"),
        FetchError::Archive { .. } | FetchError::OtherChart { .. } => {
            failure.help("nothing of it was kept; whoever publishes it has to mend it")
        }
        FetchError::Dependency { .. } if is_of_the_project(want) => failure
            .help("`helm dependency build` in the chart's folder brings it, or name its version in Chart.yaml exactly"),
        FetchError::Dependency { .. } => failure.help(
            "it was published without it: take a version that carries it, or name with --mirror where the other one is",
        ),
        FetchError::Io { .. } => failure.help("see whether the folder is there and may be written to"),
    }
}

fn is_of_the_project(want: &Want) -> bool {
    matches!(want, Want::Chart { source, .. } if source.folder().is_some())
}

fn locked(want: &Want) -> bool {
    match want {
        Want::Chart { locked, .. } => locked.is_some(),
        Want::Manifests { locked, .. } => locked.is_some(),
    }
}

/// What a login would be for.
fn prefix(want: &Want, url: &str) -> String {
    match want {
        Want::Chart { source, .. } => source.repo.clone(),
        Want::Manifests { .. } => url.to_owned(),
    }
}
