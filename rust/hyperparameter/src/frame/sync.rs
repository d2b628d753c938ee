//! The primitives that the baseline is built from. The test `tests/baseline.rs` puts loom's
//! versions in their place.

pub(crate) use std::sync::Mutex;
pub(crate) use std::sync::atomic::AtomicU64;

/// A shared pointer that is replaced atomically and read without a lock.
pub(crate) type Pointer<T> = arc_swap::ArcSwapOption<T>;
