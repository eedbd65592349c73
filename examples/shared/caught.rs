//! Panics of others as errors of ours.

use std::any::Any;
use std::panic::{self, UnwindSafe};

/// Runs `work`; if it panics, its message is the error and does not reach the terminal.
///
/// burn-dataset panics when it cannot download or decode. The hook that prints panics is everybody's, so other threads'
/// panics are silent meanwhile.
///
/// # Errors
///
/// The panic's message.
pub fn caught<T>(work: impl FnOnce() -> T + UnwindSafe) -> Result<T, String> {
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
