//! Scopes and the baseline in threads that run at the same time.

mod baseline;
mod binding;
mod guards;
mod isolation;

use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

pub(crate) const THREADS: i64 = 8;

/// Run a function in many threads that start at once. Each gets its number.
pub(crate) fn at_once(run: impl Fn(i64) + Sync) {
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|threads| {
        for number in 0..THREADS {
            let (run, barrier) = (&run, &barrier);
            threads.spawn(move || {
                barrier.wait();
                run(number);
            });
        }
    });
}

/// Keep the other tests that replace the baseline waiting, because the process has one baseline.
pub(crate) fn run_alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}
