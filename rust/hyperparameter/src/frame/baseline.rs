//! The baseline: one pointer that the whole process shares, replaced atomically and read without a lock.
//!
//! The id of the published frame is stored next to the pointer, so that a cached read only compares
//! ids. The id is published *before* the pointer. Between these two steps no cache has an answer for
//! the new id, so every reader follows the pointer. Therefore no thread can see the new
//! configuration in one read and the old one in the next.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

// A relative path: the loom test includes this file and puts its own `sync` next to it.
use super::sync::{AtomicU64, Mutex, Pointer};

/// Something with an id of its own.
pub(crate) trait Identified {
    fn id(&self) -> u64;
}

/// A pointer that is replaced atomically. It is `None` until the first call of [`publish`](Self::publish).
pub(crate) struct Baseline<T> {
    /// The id of the published value. It is written before `pointer`.
    pub(crate) id: AtomicU64,
    /// The published value.
    pub(crate) pointer: Pointer<T>,
    /// Locked while publishing, so that `id` and `pointer` come from the same publisher. Readers never lock it.
    pub(crate) publishing: Mutex<()>,
}

impl<T: Identified> Baseline<T> {
    /// Return the id of the value that is published or is being published.
    #[inline(always)]
    pub(crate) fn id(&self) -> u64 {
        // `Relaxed` is enough: a cached answer with this id was computed by this very thread,
        // from the value with this id.
        self.id.load(Ordering::Relaxed)
    }

    pub(crate) fn load(&self) -> Option<Arc<T>> {
        self.pointer.load_full()
    }

    pub(crate) fn publish(&self, value: Arc<T>) {
        let publishing = self
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.id.store(value.id(), Ordering::Relaxed);
        let previous = self.pointer.swap(Some(value));
        // Unlock before dropping: the destructor of a user's value may publish a baseline in turn.
        drop(publishing);
        drop(previous);
    }
}
