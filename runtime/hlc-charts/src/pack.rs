//! Charts packed: the same files always give the same bytes.

use std::io;

use flate2::{Compression, GzBuilder};
use hlc_chart::Archive;

/// The gzip-compressed tar archive of some files. Nothing in it depends on the machine or the time, and the content is stored
/// as it is, so that no newer compressor changes a byte.
///
/// # Errors
/// When a path is too long for an archive.
pub fn pack(archive: &Archive) -> io::Result<Vec<u8>> {
    let packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::none());
    let mut tar = tar::Builder::new(packed);
    for (path, bytes) in archive.files() {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, format!("{}/{path}", archive.folder), bytes)?;
    }
    tar.into_inner()?.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hlc_chart::{Digest, Limits};

    use super::*;

    #[test]
    fn the_same_bytes_for_the_same_files() {
        let long = format!("templates/{}.yaml", "x".repeat(150));
        let files = [("Chart.yaml", "name: web\n"), (long.as_str(), "{}"), ("empty", "")];
        let archive = |files: &[(&str, &str)]| {
            Archive::of("web", files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes()))))
        };
        let packed = pack(&archive(&files)).unwrap();
        let mut turned = files;
        turned.reverse();
        assert_eq!(packed, pack(&archive(&turned)).unwrap());
        assert_eq!(Archive::read(&packed, &Limits::default()).unwrap(), archive(&files));
        // What other versions of hlc have locked must stay what they have locked.
        let one = pack(&archive(&files[..1])).unwrap();
        assert_eq!(
            Digest::of(&one).to_string(),
            "sha256:35f4ed1f14fbc5130903a8d96c4a484c3d84290f88a60d4e11a874e1efa23407"
        );
    }
}
