//! Reading with a library that panics on a damaged file.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is within [`caught`].
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What a reading gives, or nothing where it panics; what such a panic prints is left out.
///
/// A damaged file is no fault of the program and becomes a finding. Every other panic, on another thread or outside of
/// this function, prints as before, because the earlier hook still runs. The reading must not leave half-made values
/// behind: whatever it was building is dropped with it.
pub fn caught<T>(reading: impl FnOnce() -> T) -> Option<T> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !CAUGHT.try_with(Cell::get).unwrap_or(false) {
                usual(panic);
            }
        }));
    });
    let before = CAUGHT.replace(true);
    let read = catch_unwind(AssertUnwindSafe(reading));
    CAUGHT.set(before);
    read.ok()
}
