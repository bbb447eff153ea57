//! What if a reader that others wrote panics on a file? Then the file is at fault, and the caller says so in
//! words; the panic's own are for nobody.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Does the work on this thread; `None` where it panics, of which nothing is printed unless it is the program's own
/// mistake.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_CAUGHT.get() || is_our_own(panic) {
                usual(panic);
            }
        }));
    });
    let was_caught = IS_CAUGHT.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(was_caught);
    done.ok()
}

/// The compiler names the files of other crates from the root of the disk.
fn is_our_own(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|place| place.file().starts_with("src/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none() {
        assert_eq!(caught(|| caught(|| "".parse::<u8>().unwrap())), Some(None));
        assert_eq!(caught(|| 7), Some(7));
        assert!(!IS_CAUGHT.get(), "the next panic is heard of again");
    }
}
