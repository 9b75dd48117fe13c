//! A progress bar on a terminal, for runs over many projects that take more than a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a run is watched before a bar appears.
const DELAY: Duration = Duration::from_secs(1);

/// The progress bar of a run, drawn only if standard error is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    is_wanted: bool,
}

impl Progress {
    /// Of a run over so many requests; hidden if it is not wanted.
    pub(super) fn of(count: usize, is_wanted: bool) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} projects")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden()).with_style(style);
        Self { bar, started: Instant::now(), is_wanted: is_wanted && count > 1 }
    }

    /// Does the last step of one project, which may print, without the bar in between.
    pub(super) fn step_around<T>(&self, step: impl FnOnce() -> T) -> T {
        if self.is_wanted && self.bar.is_hidden() && self.started.elapsed() >= DELAY {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
        self.bar.suspend(step)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
