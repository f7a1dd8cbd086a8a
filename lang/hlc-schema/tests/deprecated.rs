//! Fields with an old name, on declarations made for the purpose.

#![allow(dead_code, reason = "what is read is not always looked at")]
#![expect(clippy::unwrap_used, reason = "a test whose fixture is broken has failed")]

use std::sync::Arc;

use hlc_diag::{Diagnostic, FileId, fix};
use hlc_schema::{Cx, Node, NodeDecl, Source, Spanned};

/// A machine.
#[derive(Debug, Node)]
struct Machine {
    /// Its processors.
    #[prop(was = "cpus")]
    cores: Option<Spanned<u32>>,
    /// Its disks.
    #[block(was = "volume")]
    disk: Vec<Disk>,
}

/// A disk.
#[derive(Debug, Node)]
struct Disk {
    /// Its name.
    #[arg]
    name: Spanned<String>,
}

const NODES: &[fn() -> &'static NodeDecl] = &[Machine::decl, Disk::decl];

fn read(text: &str) -> (Option<Machine>, Vec<Diagnostic>) {
    let document = hlc_syntax::parse(FileId::new(0), Arc::from(text)).document;
    let mut cx = Cx::new(NODES, |_| None);
    let machine = Machine::decode(Source::Node(document.nodes().next().unwrap()), &mut cx);
    (machine, cx.diagnostics)
}

#[test]
fn the_old_name_means_the_same_and_the_fix_writes_the_new_one() {
    let texts = ["machine cpus=4 { volume \"a\"; disk \"b\" }", "machine { cpus 4; volume \"a\"; volume \"b\" }"];
    for text in texts {
        let (machine, found) = read(text);
        let machine = machine.unwrap();
        assert_eq!((machine.cores.unwrap().value, machine.disk.len()), (4, 2), "{text}");
        assert_eq!(found.len(), text.matches("cpus").count() + text.matches("volume").count());
        assert!(found.iter().all(|found| found.code.id == "HLC0040" && !found.is_error()), "{found:?}");
        let mended = fix::apply(text, &fix::safe_edits(&found, FileId::new(0))).unwrap();
        assert_eq!(mended, text.replace("cpus", "cores").replace("volume", "disk"));
        assert_eq!(read(&mended).1, []);
    }
}

#[test]
fn both_names_are_the_field_twice() {
    let (_, found) = read("machine cpus=4 cores=4");
    assert_eq!(found.iter().filter(|found| found.code.id == "HLC0104").count(), 1, "{found:?}");
}

#[test]
fn nobody_is_told_to_write_the_old_name() {
    let (_, found) = read("machine cpu=4");
    assert!(found.iter().all(|found| !format!("{:?}", found.helps).contains("cpus")), "{found:?}");
}
