//! Where hlc keeps what it made.

use hlc_diag::Span;
use hlc_schema::scalar::HttpUrl;
use hlc_schema::{Choice, Node, SecretKey, Spanned};

use super::Homelab;

/// What keeps states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum StateKind {
    /// A folder.
    Local,
    /// An S3 bucket, at AWS or any server that heeds conditional PUTs (`If-Match`, `If-None-Match`).
    S3,
}

/// Where the states of the stacks are kept: what `hlc apply` made, and what their APIs answered.
///
/// Without it that is the folder `.hlc/state` beside the root file, which is enough for one person on one machine. A bucket is for several;
/// they lock what they work on. In it each homelab has a folder of its own, by its name.
#[derive(Debug, Node)]
#[node(
    name = "state",
    example = r#"state "s3" bucket="hlc-states" region="eu-central-1" {
    access-key (secret)STATE_ACCESS_KEY
    secret-key (secret)STATE_SECRET_KEY
}"#
)]
pub struct StatePlace {
    /// What keeps them.
    #[arg]
    pub kind: Spanned<StateKind>,
    /// The folder: a path from the root file's folder, or one that begins with `/`.
    #[prop(default = "\".hlc/state\"")]
    pub path: Option<Spanned<String>>,
    /// S3: the bucket.
    #[prop]
    pub bucket: Option<Spanned<String>>,
    /// S3: the region it is in. Else that of the environment (`AWS_REGION`), and `us-east-1` for servers of others.
    #[prop]
    pub region: Option<Spanned<String>>,
    /// S3: where the server answers when it is not AWS.
    #[prop]
    pub endpoint: Option<Spanned<HttpUrl>>,
    /// S3: what the names of the objects begin with, as folders.
    #[prop]
    pub prefix: Option<Spanned<String>>,
    /// S3: the id of the access key. Without both keys, those of the environment count (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`).
    #[prop]
    pub access_key: Option<SecretKey>,
    /// S3: the access key itself.
    #[prop]
    pub secret_key: Option<SecretKey>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// The folder of states when nothing else is said.
const FOLDER: &str = ".hlc/state";

/// Where the states of one homelab are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatesAt<'m> {
    /// In a folder: a path from the root file's folder, or one that begins with `/`.
    Folder(String),
    /// In a bucket.
    Bucket {
        /// Its name.
        bucket: &'m str,
        /// Its region, if it is said.
        region: Option<&'m str>,
        /// Its server, if it is not AWS.
        endpoint: Option<&'m HttpUrl>,
        /// What the names of the objects begin with; no `/` at either end.
        prefix: String,
        /// The access key's id and the key, if they are said.
        keys: Option<(&'m SecretKey, &'m SecretKey)>,
    },
}

impl Homelab {
    /// Where its states are, by what is stated and what goes without saying. Two homelabs never share a place.
    #[must_use]
    pub fn states_at(&self) -> StatesAt<'_> {
        let own = folder_name(&self.name.name);
        let bucket = self.state.as_ref().filter(|state| state.kind.value == StateKind::S3);
        let bucket = bucket.and_then(|state| Some((state, state.bucket.as_ref()?)));
        let Some((state, bucket)) = bucket else {
            let path = self.state.as_ref().and_then(|state| state.path.as_ref());
            let path = path.map_or(FOLDER, |path| path.value.trim_end_matches('/'));
            return StatesAt::Folder(format!("{path}/{own}"));
        };
        let prefix = state.prefix.as_ref().map_or("", |prefix| prefix.value.trim_matches('/'));
        StatesAt::Bucket {
            bucket: &bucket.value,
            region: state.region.as_ref().map(|region| region.value.as_str()),
            endpoint: state.endpoint.as_ref().map(|endpoint| &endpoint.value),
            prefix: if prefix.is_empty() { own } else { format!("{prefix}/{own}") },
            keys: state.access_key.as_ref().zip(state.secret_key.as_ref()),
        }
    }
}

/// A name as that of a folder: what could mean another place is written as `%2F`.
fn folder_name(name: &str) -> String {
    let mut folder = String::new();
    for (at, byte) in name.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte == b'.' && at > 0 {
            folder.push(char::from(byte));
        } else {
            folder.push_str(&format!("%{byte:02X}"));
        }
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::folder_name;

    #[test]
    fn a_name_is_one_folder() {
        for (name, folder) in
            [("home", "home"), ("a/../b", "a%2F..%2Fb"), ("..", "%2E."), ("Zuhause ü", "Zuhause%20%C3%BC")]
        {
            assert_eq!(folder_name(name), folder);
        }
    }
}
