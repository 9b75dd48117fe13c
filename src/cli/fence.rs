//! Isolates each project: a failure in one, even a panic, does not affect the others.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Where the last panic of this thread was, and what it said.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Has panics noted and not printed; [`fenced`] reports them.
pub(super) fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        LAST_PANIC.with_borrow_mut(|last| *last = panic.to_string().replace('\n', " "));
    }));
}

/// Does some work on a project.
///
/// # Errors
/// A message for people if composefix itself fails.
pub(super) fn fenced<T>(project: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let what = LAST_PANIC.with_borrow(String::clone);
        format!("{project}: this is a bug in composefix ({what}); please report it with the compose file")
    })
}
