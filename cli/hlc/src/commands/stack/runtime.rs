//! Runs what waits for others, and hears Ctrl-C.

use hlc_engine::Stop;

use crate::console::Console;
use crate::failure::Failure;

/// Runs something to its end.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("cannot wait for answers here: {error}")))?;
    runtime.block_on(work)
}

/// Runs something that may be asked to stop: at the first Ctrl-C (or SIGTERM) `stop` is asked, at the second the program ends at
/// once. What is on its way then is in the journal.
pub(super) async fn stoppable<T>(console: &Console, stop: &Stop, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let mut signals = Signals::new();
    let mut asked = 0;
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = signals.next() => {
                asked += 1;
                if asked > 1 {
                    console.say("ended at once; what was under way is in the journal, and the next run looks for it");
                    // Nothing that still runs may hold this up.
                    std::process::exit(130);
                }
                stop.ask();
                console.say("stopping: what is under way is finished; again to end at once");
            }
        }
    }
}

/// SIGINT and SIGTERM. Where they cannot be heard, they do what they always do.
struct Signals {
    #[cfg(unix)]
    heard: Vec<tokio::signal::unix::Signal>,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        Self { heard: kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect() }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let mut heard = self.heard.iter_mut().map(|signal| signal.poll_recv(context));
            if heard.any(|heard| heard.is_ready()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
