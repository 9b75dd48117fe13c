//! Isolates each project: a failure in one, even a panic, does not affect the others.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

thread_local! {
    /// Where the last panic of this thread was, and what it said.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The last panic of any thread: several may work on one project, and its panic is caught in the one that waits for them.
static LAST_OF_ALL: Mutex<String> = Mutex::new(String::new());

/// Has panics noted and not printed; [`fenced`] reports them.
pub(super) fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.to_string().replace('\n', " ");
        LAST_OF_ALL.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&what);
        LAST_PANIC.set(what);
    }));
}

/// Does some work on a project.
///
/// # Errors
/// A message for people if composefix itself fails.
pub(super) fn fenced<T>(project: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let own = Some(LAST_PANIC.take()).filter(|own| !own.is_empty());
        let what = own.unwrap_or_else(|| LAST_OF_ALL.lock().unwrap_or_else(PoisonError::into_inner).clone());
        format!("{project}: this is a bug in composefix ({what}); please report it with the compose file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_whichever_thread_it_was_in() {
        let hook = std::panic::take_hook();
        note_panics();
        let here = fenced("compose.yaml", || -> () { panic!("in this thread") });
        let elsewhere = fenced("compose.yaml", || {
            let done = std::thread::spawn(|| -> () { panic!("in another thread") }).join();
            done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        });
        std::panic::set_hook(hook);
        let [here, elsewhere] = [here, elsewhere].map(|result| result.expect_err("it panics"));
        assert!(here.contains("in this thread"), "{here}");
        assert!(elsewhere.contains("in another thread"), "{elsewhere}");
    }
}
