//! A bucket whose server does what a test says. `tests/store_server.rs` has a real one.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use hlc_engine::{Holder, S3, Store, StoreError};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use serde_json::json;

use crate::contract::{self, holder, text};

/// What becomes of conditional PUTs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Puts {
    Done,
    /// Done, but the answer is lost.
    AnswerLost,
    /// Done, the answer lost, and sent again by the client.
    SentTwice,
    /// Not done, and nobody knows.
    Lost,
    /// Refused once because of another that is under way, then done.
    Conflict,
    /// Done, whatever the condition.
    Unconditional,
}

#[derive(Debug)]
struct Bucket {
    objects: InMemory,
    puts: Mutex<Puts>,
    asked: AtomicUsize,
}

impl Bucket {
    fn new() -> Arc<Self> {
        Arc::new(Self { objects: InMemory::new(), puts: Mutex::new(Puts::Done), asked: AtomicUsize::new(0) })
    }

    fn set(&self, puts: Puts) {
        *self.puts.lock().unwrap() = puts;
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    async fn object(&self, key: &str) -> Option<String> {
        let got = self.objects.get(&Path::from(format!("home/{key}"))).await.ok()?;
        Some(String::from_utf8(got.bytes().await.unwrap().to_vec()).unwrap())
    }

    async fn place(&self, key: &str, text: String) {
        self.objects.put(&Path::from(format!("home/{key}")), text.into()).await.unwrap();
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bucket")
    }
}

fn lost() -> Error {
    Error::Generic { store: "S3", source: "Connection reset by peer (os error 104)".into() }
}

type Result<T> = object_store::Result<T>;

#[async_trait]
impl ObjectStore for Bucket {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let puts = *self.puts.lock().unwrap();
        if options.mode == PutMode::Overwrite {
            return self.objects.put_opts(location, payload, options).await;
        }
        let again = || self.objects.put_opts(location, payload.clone(), options.clone());
        match puts {
            Puts::Done => again().await,
            Puts::AnswerLost => again().await.and(Err(lost())),
            Puts::SentTwice => {
                again().await?;
                again().await
            }
            Puts::Lost => Err(lost()),
            Puts::Conflict => {
                self.set(Puts::Done);
                Err(Error::AlreadyExists { path: location.to_string(), source: "409".into() })
            }
            Puts::Unconditional => self.objects.put(location, payload).await,
        }
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.objects.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.objects.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}

fn store(bucket: &Arc<Bucket>) -> S3 {
    S3::over(bucket.clone(), "s3://states/home".to_owned(), "home")
}

#[tokio::test]
async fn it_is_a_store() {
    contract::holds(&store(&Bucket::new())).await;
}

#[tokio::test]
async fn the_older_writing_is_kept() {
    let bucket = Bucket::new();
    let store = store(&bucket);
    let one = store.write("doc", b"one", None).await.unwrap();
    assert_eq!(bucket.object("doc.bak").await, None);
    let two = store.write("doc", b"two", Some(&one)).await.unwrap();
    assert_eq!(bucket.object("doc.bak").await.as_deref(), Some("one"));
    assert_eq!(store.write("doc", b"two", Some(&two)).await.unwrap(), two);
    assert_eq!(bucket.object("doc.bak").await.as_deref(), Some("one"), "writing the same again loses nothing");
    store.remove("doc").await.unwrap();
    assert_eq!(bucket.object("doc.bak").await.as_deref(), Some("two"));
}

/// An answer that was lost after the PUT succeeded is no conflict.
#[tokio::test]
async fn answers_that_are_lost_are_read_back() {
    for puts in [Puts::AnswerLost, Puts::SentTwice, Puts::Conflict] {
        let bucket = Bucket::new();
        let store = store(&bucket);
        bucket.set(puts);
        let one = store.write("doc", b"one", None).await.unwrap();
        bucket.set(puts);
        let two = store.write("doc", b"two", Some(&one)).await.unwrap();
        for line in ["1\n", "1\n", "2\n"] {
            bucket.set(puts);
            store.append("journal", line.as_bytes()).await.unwrap();
        }
        assert_eq!(store.read("doc").await.unwrap().unwrap().version, two);
        assert_eq!(text(&store, "journal").await.as_deref(), Some("1\n1\n2\n"), "{puts:?}");
        let old = store.write("doc", b"three", Some(&one)).await;
        assert!(matches!(old, Err(StoreError::Moved { .. })), "{puts:?}: {old:?}");

        bucket.set(puts);
        store.lock("core", &holder()).await.unwrap().free().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_not_done_is_no_success() {
    let bucket = Bucket::new();
    let store = store(&bucket);
    let one = store.write("doc", b"one", None).await.unwrap();
    store.append("journal", b"1\n").await.unwrap();
    bucket.set(Puts::Lost);
    let place = "s3://states/home";
    let why = "cannot be written: connection reset by peer";
    assert_eq!(store.write("doc", b"two", Some(&one)).await.unwrap_err().to_string(), format!("{place}/doc: {why}"));
    assert_eq!(
        store.append("journal", b"2\n").await.unwrap_err().to_string(),
        format!("{place}/journal.parts/000002: {why}")
    );
    assert_eq!(
        store.lock("core", &holder()).await.map(drop).unwrap_err().to_string(),
        format!("{place}/core.lock: {why}")
    );
    bucket.set(Puts::Done);
    store.append("journal", b"3\n").await.unwrap();
    assert_eq!(text(&store, "journal").await.as_deref(), Some("1\n3\n"));
    assert_eq!(text(&store, "doc").await.as_deref(), Some("one"));
}

#[tokio::test]
async fn appending_takes_one_request() {
    let bucket = Bucket::new();
    let (one, other) = (store(&bucket), store(&bucket));
    one.append("journal", b"1\n").await.unwrap();
    bucket.asked();
    one.append("journal", b"2\n").await.unwrap();
    assert_eq!(bucket.asked(), 1);
    // Another process goes on where this one was, and the other way round.
    other.append("journal", b"3\n").await.unwrap();
    one.append("journal", b"4\n").await.unwrap();
    assert_eq!(text(&one, "journal").await.as_deref(), Some("1\n2\n3\n4\n"));
    assert_eq!(bucket.object("journal.parts/000004").await.as_deref(), Some("4\n"));

    one.write("doc", b"one", None).await.unwrap();
    let refused = other.append("doc", b"line").await.unwrap_err().to_string();
    assert_eq!(refused, "s3://states/home/doc: was written as a whole, and cannot be appended to");
    let version = one.read("journal").await.unwrap().unwrap().version;
    let refused = one.write("journal", b"whole", Some(&version)).await.unwrap_err().to_string();
    assert_eq!(refused, "s3://states/home/journal: is appended to, and cannot be written as a whole");

    bucket.objects.delete(&Path::from("home/journal.parts/000002")).await.unwrap();
    let refused = one.read("journal").await.unwrap_err().to_string();
    assert!(refused.starts_with("s3://states/home/journal.parts/000002: is missing"), "{refused}");
}

#[tokio::test]
async fn a_server_that_ignores_conditions_is_refused() {
    let bucket = Bucket::new();
    bucket.set(Puts::Unconditional);
    let refused = store(&bucket).lock("core", &holder()).await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("does not heed `If-None-Match`"), "{refused}");
}

/// A lock of somebody on another machine, who is not there any more.
fn left(until: SystemTime, seconds: u64) -> String {
    let until = until.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let holder = Holder { host: "elsewhere".to_owned(), ..holder() };
    json!({ "holder": holder, "id": "x", "renewed": 0, "until": until, "seconds": seconds }).to_string()
}

#[tokio::test]
async fn a_lock_is_taken_over_only_when_its_time_is_over() {
    let bucket = Bucket::new();
    let store = store(&bucket);
    let now = SystemTime::now();
    bucket.place("core.lock", left(now + Duration::from_secs(20), 30)).await;
    let refused = store.lock("core", &holder()).await.map(drop);
    assert!(matches!(&refused, Err(StoreError::Locked { holder, .. }) if holder.host == "elsewhere"), "{refused:?}");

    // It ran out, but the other clock may be behind: nobody renews it for as long as it lasts.
    bucket.place("core.lock", left(now - Duration::from_secs(60), 1)).await;
    let began = Instant::now();
    let guard = store.lock("core", &holder()).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(store.holder("core").await.unwrap(), Some(holder()));
    guard.free().await.unwrap();

    // Somebody renews it: he lives, whatever his clock says.
    bucket.place("core.lock", left(now - Duration::from_secs(60), 1)).await;
    let renewed = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        bucket.place("core.lock", left(now - Duration::from_secs(59), 1)).await;
    };
    let me = holder();
    let (refused, ()) = tokio::join!(store.lock("core", &me), renewed);
    assert!(matches!(refused.map(drop), Err(StoreError::Locked { .. })));

    // No two clocks that S3 lets in are so far apart; and whoever is dead on this machine is.
    let dead = Holder { pid: 1 << 22, started: 1, ..holder() };
    let dead = json!({ "holder": dead, "id": "x", "renewed": 0, "until": u64::MAX / 4, "seconds": 30 }).to_string();
    for left in [left(now - Duration::from_secs(3600), 30), dead] {
        bucket.place("core.lock", left).await;
        let began = Instant::now();
        assert_eq!(store.holder("core").await.unwrap(), None);
        store.lock("core", &holder()).await.unwrap().free().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(1));
    }

    let endless = json!({ "holder": holder(), "id": "x", "renewed": 0, "until": u64::MAX, "seconds": 30 });
    bucket.place("core.lock", endless.to_string()).await;
    assert!(matches!(store.lock("core", &holder()).await.map(drop), Err(StoreError::Locked { .. })));

    bucket.place("core.lock", "{ damaged".to_owned()).await;
    let refused = store.lock("core", &holder()).await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("does not say who holds the lock"), "{refused}");
    assert_eq!(store.unlock("core").await.unwrap(), None);
    store.lock("core", &holder()).await.unwrap().free().await.unwrap();
}

const LEASE: Duration = Duration::from_millis(900);

#[tokio::test]
async fn a_lock_is_renewed_as_long_as_it_is_held() {
    let bucket = Bucket::new();
    let (one, other) = (store(&bucket).lease(LEASE), store(&bucket));
    let guard = one.lock("core", &holder()).await.unwrap();
    // Answers that are lost change the tag, and lose no lock.
    for puts in [Puts::Done, Puts::AnswerLost, Puts::SentTwice, Puts::Done] {
        bucket.set(puts);
        tokio::time::sleep(LEASE / 2).await;
    }
    assert!(guard.is_held());
    let refused = other.lock("core", &holder()).await.map(drop);
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    assert!(guard.is_held());
    guard.free().await.unwrap();
    let freed = bucket.object("core.lock").await.unwrap();
    tokio::time::sleep(LEASE).await;
    assert_eq!(bucket.object("core.lock").await.unwrap(), freed, "nobody renews what was freed");
}

#[tokio::test]
async fn a_lock_that_cannot_be_renewed_is_lost_in_time() {
    let bucket = Bucket::new();
    let (one, other) = (store(&bucket).lease(LEASE), store(&bucket));
    let guard = one.lock("core", &holder()).await.unwrap();
    bucket.set(Puts::Lost);
    tokio::time::sleep(LEASE / 2).await;
    assert!(guard.is_held(), "it lasts");
    tokio::time::sleep(LEASE).await;
    assert!(!guard.is_held());
    bucket.set(Puts::Done);
    tokio::time::sleep(LEASE).await;
    assert!(!guard.is_held(), "lost is lost");
    let stolen = other.lock("core", &holder()).await.unwrap();
    guard.free().await.unwrap();
    assert!(stolen.is_held());
    assert_eq!(other.holder("core").await.unwrap(), Some(holder()), "freeing a lost lock frees nobody else's");
}

#[tokio::test]
async fn a_lock_that_is_taken_away_is_noticed() {
    let bucket = Bucket::new();
    let (one, other) = (store(&bucket).lease(LEASE), store(&bucket));
    let guard = one.lock("core", &holder()).await.unwrap();
    assert_eq!(other.unlock("core").await.unwrap(), Some(holder()));
    assert_eq!(other.unlock("core").await.unwrap(), None);
    let next = other.lock("core", &holder()).await.unwrap();
    tokio::time::sleep(LEASE / 2).await;
    assert!(!guard.is_held());
    drop(guard);
    tokio::task::yield_now().await;
    assert_eq!(other.holder("core").await.unwrap(), Some(holder()));
    drop(next);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(other.holder("core").await.unwrap(), None, "dropping frees it soon");
}
