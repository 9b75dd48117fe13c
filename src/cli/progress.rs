//! A line with the progress on a terminal, for runs over many projects that take more than a second.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How long a run is watched before the line appears.
const DELAY: Duration = Duration::from_secs(1);

/// Clears the line of the cursor.
const CLEAR: &str = "\r\x1b[2K";

/// The progress of a run, shown only if standard error is a terminal.
///
/// By hand, because a progress bar's estimates would load the library of mathematics at every start: 0.6 MiB of 13.
pub(super) struct Progress {
    count: usize,
    done: usize,
    started: Instant,
    is_wanted: bool,
    is_shown: bool,
}

impl Progress {
    /// Of a run over so many requests; never shown if it is not wanted.
    pub(super) fn of(count: usize, is_wanted: bool) -> Self {
        let is_wanted = is_wanted && count > 1 && io::stderr().is_terminal();
        Self { count, done: 0, started: Instant::now(), is_wanted, is_shown: false }
    }

    /// Does the last step of one project, which may print, without the line in between.
    pub(super) fn step_around<T>(&mut self, step: impl FnOnce() -> T) -> T {
        self.clear();
        let result = step();
        self.done += 1;
        if self.is_wanted && self.started.elapsed() >= DELAY {
            self.is_shown = true;
            // Without it, only the progress is not seen.
            let _ = write!(io::stderr(), "{}/{} projects", self.done, self.count);
        }
        result
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "{CLEAR}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
