use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use tar::{Builder, Header};

use super::*;

enum Member {
    File(&'static str, Vec<u8>),
    Other(&'static str, EntryType),
}

fn packed(members: &[Member]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for member in members {
        let (path, kind, content) = match member {
            Member::File(path, content) => (path, EntryType::Regular, content.as_slice()),
            Member::Other(path, kind) => (path, *kind, &[][..]),
        };
        let mut header = Header::new_gnu();
        // Written by hand, since the builder itself refuses `..`.
        let name = &mut header.as_gnu_mut().unwrap().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(members: &[Member]) -> Result<Archive, ArchiveError> {
    Archive::read(&packed(members), &Limits::default())
}

fn file(path: &'static str) -> Member {
    Member::File(path, b"x".to_vec())
}

#[test]
fn files_below_one_folder() {
    let archive = read(&[
        Member::Other("web/", EntryType::Directory),
        Member::File("web/Chart.yaml", b"\xef\xbb\xbfname: web".to_vec()),
        file("./web/charts/db/Chart.yaml"),
        file("web/charts/db/values.yaml"),
        file("web/charts/dbx/values.yaml"),
    ])
    .unwrap();
    assert_eq!(archive.folder, "web");
    assert_eq!(archive.text("Chart.yaml"), Some("name: web"));
    let below = archive.below("charts/db");
    assert_eq!(below.folder, "db");
    assert_eq!(below.files().map(|(path, _)| path).collect::<Vec<_>>(), ["Chart.yaml", "values.yaml"]);
}

#[test]
fn what_leads_out_is_refused() {
    for path in ["web/../../etc/passwd", "../web/a", "/etc/passwd", "web/a\\..\\b", "C:/web", "web/x:y"] {
        assert_eq!(read(&[file(path)]), Err(ArchiveError::Outside(path.to_owned())), "{path}");
    }
}

#[test]
fn only_files_and_folders() {
    for (kind, what) in [
        (EntryType::Symlink, "a link"),
        (EntryType::Link, "a link"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a pipe"),
    ] {
        let refused = ArchiveError::NotAFile { path: "web/a".into(), what };
        assert_eq!(read(&[file("web/b"), Member::Other("web/a", kind)]), Err(refused));
    }
}

#[test]
fn one_folder_each_file_once() {
    assert_eq!(read(&[]), Err(ArchiveError::Empty));
    assert_eq!(read(&[file("Chart.yaml")]), Err(ArchiveError::Beside("Chart.yaml".into())));
    assert_eq!(read(&[file("a/x"), file("b/x")]), Err(ArchiveError::Folders("a".into(), "b".into())));
    assert_eq!(read(&[file("a/x"), file("a/./x")]), Err(ArchiveError::Twice("a/./x".into())));
}

#[test]
fn limits() {
    let tight = Limits { packed: 4096, unpacked: 1 << 20, file: 1000, entries: 3, ratio: 1000 };
    let read = |members: &[Member]| Archive::read(&packed(members), &tight);
    assert!(read(&[file("a/x"), file("a/y"), file("a/z")]).is_ok());
    assert_eq!(read(&[file("a/x"), file("a/y"), file("a/z"), file("a/w")]), Err(ArchiveError::Entries { limit: 3 }));
    assert_eq!(
        read(&[Member::File("a/x", vec![0; 1001])]),
        Err(ArchiveError::File { path: "a/x".into(), limit: 1000 })
    );
    let noise: Vec<u8> = (0..5000_u32).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    assert!(matches!(Archive::read(&noise, &tight), Err(ArchiveError::Packed { found: 5000, limit: 4096 })));
}

#[test]
fn a_bomb_is_not_inflated() {
    let bomb = gzip(&vec![0; 64 << 20]);
    let limits = Limits::default();
    assert_eq!(Archive::read(&packed_with(4 << 20, 30), &limits), Err(ArchiveError::Ratio { limit: 200 }));
    assert!(Archive::read(&bomb, &limits).is_err());
}

/// Files of zeros.
fn packed_with(size: usize, count: usize) -> Vec<u8> {
    let names: Vec<&'static str> = (0..count).map(|at| &*Box::leak(format!("a/{at}").into_boxed_str())).collect();
    packed(&names.iter().map(|name| Member::File(name, vec![0; size])).collect::<Vec<_>>())
}

#[test]
fn what_is_no_archive() {
    let good = packed(&[file("web/Chart.yaml")]);
    let limits = Limits::default();
    assert!(matches!(Archive::read(b"<html>not found</html>", &limits), Err(ArchiveError::Unreadable(_))));
    assert!(Archive::read(&[], &limits).is_err());
    for cut in 0..good.len() {
        // Some cuts lose nothing but the end of the gzip stream.
        let _ = Archive::read(&good[..cut], &limits);
    }
}
