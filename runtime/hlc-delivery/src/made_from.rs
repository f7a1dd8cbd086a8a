//! The line in the message of a commit of manifests that names the commit of the sources.

const BEGIN: &str = "Source-Commit:";

/// The line for a commit.
pub(crate) fn line(commit: &str) -> String {
    format!("{BEGIN} {commit}")
}

/// The commit that a message names, or the beginning of its id.
pub(crate) fn read(message: &str) -> Option<&str> {
    let named = message.lines().rev().find_map(|line| line.strip_prefix(BEGIN)).map(str::trim);
    named.filter(|id| id.len() >= 7 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(read(&format!("Publish\n\n{}\n", line(id))), Some(id));
        assert_eq!(read("Publish\n\nSource-Commit: --upload-pack\n"), None);
        assert_eq!(read("Publish\n"), None);
    }
}
