//! The baseline: one pointer that the process shares, replaced at once and read without a lock.
//!
//! Beside the frame stands its number, so that a read which was answered before need only compare
//! numbers. The number is published *before* the frame. In the moment between, nobody remembers an
//! answer for that number, so everybody looks at the frame, and no thread can see the
//! new configuration in one read and the old one in the next.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::sync::{AtomicU64, Mutex, Pointer}; // the tests have others, which try every order of events

/// Something that has a number of its own.
pub(crate) trait Numbered {
    fn number(&self) -> u64;
}

/// A pointer that is replaced at once; `None` until it is first set.
pub(crate) struct Baseline<T> {
    pub(crate) number: AtomicU64,
    pub(crate) pointer: Pointer<T>,
    pub(crate) publishing: Mutex<()>, // publishers alone wait for each other
}

impl<T: Numbered> Baseline<T> {
    /// Return the number of what is published, or is just being.
    #[inline(always)]
    pub(crate) fn number(&self) -> u64 {
        // An answer that is remembered for a number was made from what has that number, by this
        // very thread: there is nothing to wait for.
        self.number.load(Ordering::Relaxed)
    }

    pub(crate) fn load(&self) -> Option<Arc<T>> {
        self.pointer.load_full()
    }

    pub(crate) fn publish(&self, value: Arc<T>) {
        let alone = self
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.number.store(value.number(), Ordering::Relaxed);
        let before = self.pointer.swap(Some(value));
        drop(alone); // first: what is dropped with the old one can be of the user's own, and publish in turn
        drop(before);
    }
}
