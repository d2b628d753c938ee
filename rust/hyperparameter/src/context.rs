//! The context of a thread: its pointer to the current frame, and the baseline beneath all threads.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, LazyLock};

use crate::baseline::{Baseline, Numbered};
use crate::chain::{self, Pointer};
use crate::error::Origin;
use crate::frame::{Frame, Mark};
use crate::ids;
use crate::map::Own;
use crate::sync;
use crate::value::Value;

/// A value, and where it was set.
pub(crate) type Entry = (Value, Origin);

impl Numbered for Frame<Entry> {
    fn number(&self) -> u64 {
        self.id()
    }
}

static BASELINE: Baseline<Frame<Entry>> = Baseline {
    number: sync::AtomicU64::new(ids::NOWHERE),
    pointer: sync::Pointer::const_empty(),
    publishing: sync::Mutex::new(()),
};

static NOWHERE: LazyLock<Arc<Frame<Entry>>> = LazyLock::new(Frame::nowhere);

thread_local! {
    static CURRENT: RefCell<Pointer<Entry>> = const { RefCell::new(None) };
    /// The number of the current frame, for reads that were answered before; see `ids`.
    static NUMBER: Cell<u64> = const { Cell::new(ids::NONE) };
}

/// Return the number of the frame that answers here and now; of none, where it is worked out at each read.
#[inline(always)]
pub(crate) fn number() -> u64 {
    match NUMBER.get() {
        ids::NONE => BASELINE.number(),
        number => number,
    }
}

/// Return the baseline of a program that has set none.
pub(crate) fn nowhere() -> Arc<Frame<Entry>> {
    NOWHERE.clone()
}

pub(crate) fn baseline() -> Arc<Frame<Entry>> {
    BASELINE.load().unwrap_or_else(nowhere)
}

/// Return the frame that answers here and now. In a thread that is ending, whose context is gone, the baseline.
pub(crate) fn present() -> Arc<Frame<Entry>> {
    let pointer = CURRENT
        .try_with(|current| current.borrow().clone())
        .unwrap_or_default();
    match pointer {
        Some(frame) if !chain::is_loose(&frame) => frame,
        pointer => chain::present(&pointer, &baseline()),
    }
}

/// Point this context at another frame and return the one before.
///
/// What is dropped with the old frame can be of the user's own, and read parameters: the caller drops it, when
/// nothing is borrowed any more.
pub(crate) fn swap(pointer: Pointer<Entry>) -> Pointer<Entry> {
    let number = match &pointer {
        None => ids::NONE,
        Some(frame) if chain::is_loose(frame) => ids::LOOSE,
        Some(frame) => frame.id(),
    };
    CURRENT
        .try_with(|current| {
            NUMBER.set(number);
            current.replace(pointer)
        })
        .unwrap_or_default()
}

pub(crate) fn enter(mark: Mark<Entry>, own: Own<Entry>) {
    // Taken out, not copied: nothing is read before the new frame is in.
    let below = match CURRENT.try_with(RefCell::take).unwrap_or_default() {
        Some(frame) if !chain::is_loose(&frame) => frame,
        pointer => chain::present(&pointer, &baseline()),
    };
    drop(swap(Some(chain::enter(below, mark, own))));
}

/// Leave a scope; where it is not entered, do nothing.
pub(crate) fn leave(scope: u64) {
    let innermost = CURRENT.try_with(|current| match &*current.borrow() {
        Some(frame) if frame.scope() == Some(scope) => {
            frame.parent().filter(|below| below.is_entered()).cloned()
        }
        _ => None,
    });
    if let Ok(Some(below)) = innermost {
        drop(swap(Some(below)));
    } else if let Some(pointer) = chain::leave(&present(), scope) {
        drop(swap(pointer));
    }
}

/// Change what a scope sets until it is left, and tell whether it is entered.
pub(crate) fn write(scope: u64, change: impl FnOnce(&Own<Entry>) -> Own<Entry>) -> bool {
    match chain::write(&present(), scope, change) {
        None => false,
        Some(pointer) => {
            drop(swap(pointer));
            true
        }
    }
}

/// Return the mark and the overrides of the innermost scope.
pub(crate) fn innermost() -> (Mark<Entry>, Own<Entry>) {
    let pointer = CURRENT
        .try_with(|current| current.borrow().clone())
        .unwrap_or_default();
    let own = pointer
        .as_ref()
        .map_or_else(Own::none, |frame| frame.own().clone());
    (chain::innermost(&pointer), own)
}

pub(crate) fn freeze() {
    BASELINE.publish(present().to_base());
}
