//! What the baseline is made of.

pub(crate) use std::sync::Mutex;
pub(crate) use std::sync::atomic::AtomicU64;

pub(crate) type Pointer<T> = arc_swap::ArcSwapOption<T>;
