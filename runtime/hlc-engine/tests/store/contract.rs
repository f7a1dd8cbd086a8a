//! What holds for every store.

use std::sync::LazyLock;

use hlc_engine::{Holder, Store, StoreError};

/// The same at every time.
pub(crate) fn holder() -> Holder {
    static HOLDER: LazyLock<Holder> = LazyLock::new(|| Holder::this("apply core/test"));
    HOLDER.clone()
}

pub(crate) async fn text(store: &dyn Store, name: &str) -> Option<String> {
    store.read(name).await.unwrap().map(|stored| String::from_utf8(stored.bytes).unwrap())
}

/// All of it, on an empty store. The tests of each store say the rest.
pub(crate) async fn holds(store: &dyn Store) {
    documents(store).await;
    appending(store).await;
    names(store).await;
    locks(store).await;
}

async fn documents(store: &dyn Store) {
    assert!(store.read("doc.json").await.unwrap().is_none());
    let first = store.write("doc.json", b"one", None).await.unwrap();
    let read = store.read("doc.json").await.unwrap().unwrap();
    assert_eq!((read.bytes.as_slice(), &read.version), (b"one".as_slice(), &first));

    // Of another version than it was read, or there all the same.
    let second = store.write("doc.json", b"two", Some(&first)).await.unwrap();
    assert_ne!(first, second);
    for over in [Some(&first), None] {
        let refused = store.write("doc.json", b"mine", over).await;
        assert!(
            matches!(&refused, Err(StoreError::Moved { place }) if *place == store.place("doc.json")),
            "{refused:?}"
        );
        assert_eq!(text(store, "doc.json").await.as_deref(), Some("two"));
    }
    // The version that was read counts, not only the one that was given for writing.
    let read = store.read("doc.json").await.unwrap().unwrap().version;
    let third = store.write("doc.json", &[0, 255, b'\n'], Some(&read)).await.unwrap();
    assert_eq!(store.read("doc.json").await.unwrap().unwrap().bytes, [0, 255, b'\n']);
    assert_eq!(store.write("doc.json", &[0, 255, b'\n'], Some(&third)).await.unwrap(), third, "the same again");

    store.remove("doc.json").await.unwrap();
    store.remove("doc.json").await.unwrap();
    assert!(store.read("doc.json").await.unwrap().is_none());
    let gone = store.write("doc.json", b"over nothing", Some(&third)).await;
    assert!(matches!(gone, Err(StoreError::Moved { .. })), "{gone:?}");
    store.write("doc.json", b"", None).await.unwrap();
    assert_eq!(text(store, "doc.json").await.as_deref(), Some(""), "an empty document is one");
}

async fn appending(store: &dyn Store) {
    let mut whole = String::new();
    for line in 0..25 {
        let line = format!("{line}\n");
        store.append("core.journal", line.as_bytes()).await.unwrap();
        whole.push_str(&line);
    }
    assert_eq!(text(store, "core.journal").await.as_deref(), Some(whole.as_str()));
    let (first, second) = (store.read("core.journal").await.unwrap(), store.read("core.journal").await.unwrap());
    assert_eq!(first.unwrap().version, second.unwrap().version);
    let refused = store.write("core.journal", b"over it", None).await;
    assert!(refused.is_err());
    assert_eq!(text(store, "core.journal").await.as_deref(), Some(whole.as_str()));
    store.remove("core.journal").await.unwrap();
    assert!(store.read("core.journal").await.unwrap().is_none());
    store.append("core.journal", b"anew").await.unwrap();
    assert_eq!(text(store, "core.journal").await.as_deref(), Some("anew"));
}

async fn names(store: &dyn Store) {
    for name in ["../doc.json", "a/b", ".hidden", "doc.json.bak", "doc.json.lock", ""] {
        assert!(matches!(store.read(name).await, Err(StoreError::Failed { .. })), "{name}");
        assert!(matches!(store.write(name, b"x", None).await, Err(StoreError::Failed { .. })), "{name}");
        assert!(matches!(store.append(name, b"x").await, Err(StoreError::Failed { .. })), "{name}");
    }
    for name in ["../doc", "a/b", ".hidden", "doc.bak", ".lock", ""] {
        assert!(matches!(store.lock(name, &holder()).await, Err(StoreError::Failed { .. })), "{name}");
    }
}

async fn locks(store: &dyn Store) {
    assert_eq!(store.holder("core").await.unwrap(), None);
    assert_eq!(store.unlock("core").await.unwrap(), None);
    let (guard, me) = (store.lock("core", &holder()).await.unwrap(), holder());
    assert!(guard.is_held());
    let other = Holder { what: "apply again".to_owned(), ..holder() };
    let refused = store.lock("core.lock", &other).await.map(|_| ());
    assert!(matches!(&refused, Err(StoreError::Locked { holder, .. }) if *holder == me), "{refused:?}");
    assert_eq!(store.holder("core").await.unwrap(), Some(me));
    assert!(guard.is_held(), "looking does not take it");
    let _another = store.lock("edge", &holder()).await.unwrap();
    guard.free().await.unwrap();
    assert_eq!(store.holder("core").await.unwrap(), None);
    let again = store.lock("core", &other).await.unwrap();
    assert_eq!(store.holder("core").await.unwrap(), Some(other));
    again.free().await.unwrap();
}
