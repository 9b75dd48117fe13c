//! SIGINT, SIGTERM and SIGHUP end the program as they always do, but never in the middle of writing a project.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while the files of a project are written.
static WRITING: Mutex<()> = Mutex::new(());

/// Keeps signals waiting as long as the guard lives.
pub(super) fn hold() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has signals wait for [`hold`]; after that they do what they would have done at once. A signal that is ignored, as SIGHUP is by `nohup`, stays so.
#[cfg(unix)]
pub(super) fn wait_for_writes() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let ignored = ignored_signals();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    // Where signals cannot be caught, they end the program at once, and the next run cleans up.
    let Ok(mut signals) = Signals::new(wanted) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let _hold = hold();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

/// The signals that were ignored when the program started, one bit each; only Linux reports them (proc_pid_status(5), `SigIgn`).
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(not(unix))]
pub(super) fn wait_for_writes() {}
