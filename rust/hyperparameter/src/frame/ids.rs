//! Numbers that identify scopes and frames. A number is never used twice.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stands for the current frame of a thread that is outside every scope and has set nothing there.
/// Such a thread reads from the baseline.
pub(crate) const NO_FRAME: u64 = 0;

/// Stands for the current frame of a thread that is outside every scope but has set a key there.
/// Which frame answers depends on the baseline too.
pub(crate) const DETACHED_FRAME: u64 = 1;

/// Stands for the innermost entry of a scope, where the number of an entry is expected.
pub(crate) const ANY_ENTRY: u64 = 0;

/// The ambient scope. All threads share this number, although each has its own ambient frame.
pub(crate) const AMBIENT_SCOPE: u64 = 2;

/// The baseline of a program that has not called `frozen()`.
pub(crate) const EMPTY_BASELINE: u64 = 3;

const FIRST_FREE: u64 = 4;

/// How many numbers a thread reserves at a time, so that threads do not contend for one cache line.
const BLOCK_SIZE: u64 = 1024;

static NEXT_BLOCK: AtomicU64 = AtomicU64::new(FIRST_FREE);

thread_local! {
    /// The part of its block that this thread has not used yet: from (inclusive), to (exclusive).
    static UNUSED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Return a new number.
pub(crate) fn next() -> u64 {
    let (mut from, mut to) = UNUSED.get();
    if from == to {
        from = NEXT_BLOCK.fetch_add(BLOCK_SIZE, Ordering::Relaxed);
        to = from + BLOCK_SIZE;
    }
    UNUSED.set((from + 1, to));
    from
}
