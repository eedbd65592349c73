//! Panics of others as errors of ours.

use std::any::Any;
use std::panic::{self, UnwindSafe};
use std::sync::{Mutex, PoisonError};

/// Two at once could leave one another's silence behind.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs `work`; if it panics, its message is the error and does not reach the terminal.
///
/// burn-dataset panics when it cannot download or decode. The hook that prints panics is everybody's, so other threads'
/// panics are silent meanwhile. `work` must not come back here.
///
/// # Errors
///
/// The panic's message.
pub fn caught<T>(work: impl FnOnce() -> T + UnwindSafe) -> Result<T, String> {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = panic::catch_unwind(work);
    panic::set_hook(hook);
    done.map_err(|panic| message(panic.as_ref()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it gave no reason").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_words() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| -> i32 { panic!("no network") }), Err("no network".into()));
        let host = "nowhere";
        assert_eq!(caught(|| -> i32 { panic!("no {host}") }), Err("no nowhere".into()));
    }
}
