//! A progress bar for work that takes longer than a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plain;

/// How long work may take before a bar shows.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar; steps may be reported from several threads. It clears itself when dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    hidden_since: Mutex<Option<Instant>>,
}

impl Progress {
    pub(super) fn new(what: &str, steps: u64, visible: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        let style =
            ProgressStyle::with_template("{prefix:>12.bold.cyan} [{bar:28}] {human_pos}/{human_len} {wide_msg}")
                .expect("the template is well formed")
                .progress_chars("=> ");
        bar.set_style(style);
        bar.set_prefix(plain(what));
        Self { bar, hidden_since: Mutex::new(visible.then(Instant::now)) }
    }

    /// One step done; `item` says which.
    pub fn step(&self, item: &str) {
        self.bar.set_message(plain(item));
        self.bar.inc(1);
        self.show_when_due();
    }

    fn show_when_due(&self) {
        let Ok(mut hidden_since) = self.hidden_since.lock() else { return };
        if hidden_since.is_some_and(|since| since.elapsed() >= PATIENCE) {
            *hidden_since = None;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
