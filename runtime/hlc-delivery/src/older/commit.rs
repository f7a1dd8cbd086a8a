//! A commit, or a tree without one.

use crate::git::{GitError, Reader};
use crate::made_from;

/// What a name in git leads to.
#[derive(Debug)]
pub(super) struct Commit {
    /// Of a commit.
    pub(super) id: Option<String>,
    pub(super) tree: String,
    /// When it was committed, in seconds since 1970.
    pub(super) time: Option<i64>,
    /// What its message says it was made from.
    pub(super) source: Option<String>,
}

impl Commit {
    /// Finds a commit by anything that git takes for one, or a tree (`HEAD:app`).
    pub(super) fn find(reader: &mut Reader, name: &str) -> Result<Option<Self>, GitError> {
        if let Some(object) = reader.read(&format!("{name}^{{commit}}"))? {
            let text = String::from_utf8_lossy(&object.bytes).into_owned();
            return Ok(Self::parse(&object.id, &text));
        }
        let tree = reader.read(name)?.filter(|object| object.kind == "tree");
        Ok(tree.map(|object| Self { id: None, tree: object.id, time: None, source: None }))
    }

    fn parse(id: &str, text: &str) -> Option<Self> {
        let (head, message) = text.split_once("\n\n").unwrap_or((text, ""));
        let field = |key: &str| head.lines().find_map(|line| line.strip_prefix(key));
        // `committer NAME <ADDRESS> SECONDS ZONE`
        let time =
            field("committer ").and_then(|line| line.rsplit(' ').nth(1)).and_then(|seconds| seconds.parse().ok());
        Some(Self {
            id: Some(id.to_owned()),
            tree: field("tree ")?.to_owned(),
            time,
            source: made_from::read(message).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_commit_says() {
        let text = "tree 11\nparent 22\nauthor A B <a@example.net> 1 +0000\ncommitter A B <a@example.net> 1700000000 \
                    +0100\n\nPublish\n\nSource-Commit: 0123abc\n";
        let commit = Commit::parse("33", text).unwrap();
        assert_eq!((commit.tree.as_str(), commit.time), ("11", Some(1_700_000_000)));
        assert_eq!(commit.source.as_deref(), Some("0123abc"));
        let other = Commit::parse("33", &text.replace("0123abc", "--upload-pack")).unwrap();
        assert_eq!(other.source, None);
        assert!(Commit::parse("33", "nothing").is_none());
    }
}
