//! Documents that are appended to: one object for each time.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::objects::{Objects, Put, When};
use crate::store::name::PARTS;
use crate::store::{StoreError, Stored, Version};

/// How many are read at once.
const AT_ONCE: usize = 16;
/// How often somebody else may have been faster.
const ATTEMPTS: usize = 10;
/// What the version of such a document begins with; no e-tag does.
const OF_PARTS: &str = "parts:";

fn folder(name: &str) -> String {
    format!("{name}{PARTS}")
}

fn part(name: &str, number: u64) -> String {
    format!("{}/{number:06}", folder(name))
}

/// True for the version of a document that is appended to.
pub(super) fn is_of_parts(version: &Version) -> bool {
    version.0.starts_with(OF_PARTS)
}

/// The number of the last part; 0 when there is none.
pub(super) async fn count(objects: &Objects, name: &str) -> Result<u64, StoreError> {
    Ok(numbers(objects, name).await?.last().copied().unwrap_or(0))
}

async fn numbers(objects: &Objects, name: &str) -> Result<Vec<u64>, StoreError> {
    let names = objects.list(&folder(name)).await?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads all parts; `None` when there is none.
pub(super) async fn read(objects: &Objects, name: &str) -> Result<Option<Stored>, StoreError> {
    let numbers = numbers(objects, name).await?;
    let Some(last) = numbers.last() else { return Ok(None) };
    if let Some(missing) = (1..).zip(&numbers).find(|(expected, number)| expected != *number) {
        return Err(objects.failed(&part(name, missing.0), "is missing, so that nothing after it can be trusted"));
    }
    let read = |number: u64| async move {
        let key = part(name, number);
        let read = objects.get(&key).await?;
        read.ok_or_else(|| objects.failed(&key, "was removed in the meantime"))
    };
    let parts: Vec<_> =
        futures_util::stream::iter(numbers.clone().into_iter().map(read)).buffered(AT_ONCE).try_collect().await?;
    let tag = parts.last().map(|part| part.tag.clone()).unwrap_or_default();
    let version = Version(format!("{OF_PARTS}{last}:{tag}"));
    Ok(Some(Stored { bytes: parts.into_iter().flat_map(|part| part.bytes).collect(), version }))
}

/// Appends behind the last part, which is `known` to whoever wrote it. Gives the number of the new one.
pub(super) async fn append(objects: &Objects, name: &str, bytes: &[u8], known: Option<u64>) -> Result<u64, StoreError> {
    let mut last = known;
    for _ in 0..ATTEMPTS {
        let number = 1 + match last.take() {
            Some(last) => last,
            None if objects.is_there(name).await? => {
                return Err(objects.failed(name, "was written as a whole, and cannot be appended to"));
            }
            None => count(objects, name).await?,
        };
        match objects.put_if(&part(name, number), bytes, &When::Absent).await? {
            Put::Done(_) => return Ok(number),
            // Somebody else appends too: what is the end now?
            Put::Refused => {}
        }
    }
    Err(objects.failed(name, "is appended to by others all the time"))
}

/// Removes all parts, the last one first: what is left by one that was stopped is a beginning.
pub(super) async fn remove(objects: &Objects, name: &str) -> Result<(), StoreError> {
    let numbers = numbers(objects, name).await?;
    objects.remove(numbers.into_iter().rev().map(|number| part(name, number)).collect()).await
}
