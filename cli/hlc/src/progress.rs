//! Bars for what takes a while; on a terminal only.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};

use hlc_charts::{Progress, Watch};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for each thing that is on its way.
pub(crate) struct Bars {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    /// Bars on stderr, if that is a terminal.
    pub(crate) fn new() -> Self {
        let target =
            if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { all: MultiProgress::with_draw_target(target), bars: Mutex::default() }
    }
}

impl Watch for Bars {
    fn started(&self, name: &str) -> Option<Progress> {
        let style = ProgressStyle::with_template("{spinner} {msg:40!} {bytes:>10} {bar:24}");
        let bar = self.all.add(ProgressBar::no_length());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(name.to_owned());
        bar.tick();
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bar.clone());
        Some(Arc::new(move |bytes, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(bytes);
        }))
    }

    fn ended(&self, name: &str) {
        if let Some(bar) = self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(name) {
            bar.finish_and_clear();
        }
    }
}
