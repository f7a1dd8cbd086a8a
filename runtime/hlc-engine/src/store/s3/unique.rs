//! Names that no other process gives.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::holder::Holder;

/// Another name each time: of this machine, process and moment. Nobody has to be kept from guessing it.
pub(super) fn unique() -> String {
    static THIS: LazyLock<Holder> = LazyLock::new(|| Holder::this(""));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let digest = Sha256::digest(format!("{:?} {now:?} {count}", *THIS));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_another_one_each_time() {
        assert_ne!(super::unique(), super::unique());
        assert_eq!(super::unique().len(), 32);
    }
}
