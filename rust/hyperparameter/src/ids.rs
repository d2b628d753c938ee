//! Numbers that are given out once: they tell scopes and frames apart, and are never used again.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Outside of any scope: whatever the baseline says.
pub(crate) const NONE: u64 = 0;
/// Outside of any scope, where the context has set something: it is worked out at every read.
pub(crate) const LOOSE: u64 = 1;
/// The scope that stands for a context itself.
pub(crate) const CONTEXT: u64 = 2;
/// The baseline of a program that has set none.
pub(crate) const NOWHERE: u64 = 3;
const FIRST: u64 = 4;

/// How many a thread takes at a time, so that threads do not wait for each other's cache line.
const BLOCK: u64 = 1024;

static TAKEN: AtomicU64 = AtomicU64::new(FIRST);

thread_local! {
    /// What this thread has left of its block: from, to.
    static LEFT: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

pub(crate) fn next() -> u64 {
    let (mut from, mut to) = LEFT.get();
    if from == to {
        from = TAKEN.fetch_add(BLOCK, Ordering::Relaxed);
        to = from + BLOCK;
    }
    LEFT.set((from + 1, to));
    from
}
