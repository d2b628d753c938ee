//! The context of a thread: its pointer to the current frame, and the baseline beneath all threads.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
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
    /// Without a destructor: it is there to the very end of a thread, for destructors that use parameters.
    static CURRENT: ManuallyDrop<RefCell<Pointer<Entry>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
    static END: End = const { End };
    /// The number of the current frame, for reads that were answered before; see `ids`.
    static NUMBER: Cell<u64> = const { Cell::new(ids::NONE) };
}

/// Lets go of what is still entered when the thread ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        drop(swap(None));
    }
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

/// Return the frame that answers here and now.
pub(crate) fn present() -> Arc<Frame<Entry>> {
    match pointer() {
        Some(frame) if !chain::is_loose(&frame) => frame,
        pointer => chain::present(&pointer, &baseline()),
    }
}

fn pointer() -> Pointer<Entry> {
    CURRENT.with(|current| current.borrow().clone())
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
    if pointer.is_some() {
        let _ = END.try_with(|_| ()); // from its first use on it is to be dropped; once it is, nothing is kept
    }
    NUMBER.set(number);
    CURRENT.with(|current| current.replace(pointer))
}

pub(crate) fn enter(mark: Mark<Entry>, own: Own<Entry>) {
    // Taken out, not copied: nothing is read before the new frame is in.
    let entered = |frame: &mut Arc<Frame<Entry>>| !chain::is_loose(frame);
    let below = CURRENT.with(|current| current.borrow_mut().take_if(entered));
    let below = below.unwrap_or_else(present);
    drop(swap(Some(chain::enter(below, mark, own))));
}

/// Leave a scope; where it is not entered, do nothing.
pub(crate) fn leave(scope: u64) {
    let innermost = CURRENT.with(|current| match &*current.borrow() {
        Some(frame) if frame.scope() == Some(scope) => {
            frame.parent().filter(|below| below.is_entered()).cloned()
        }
        _ => None,
    });
    if let Some(below) = innermost {
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
    let pointer = pointer();
    let own = pointer
        .as_ref()
        .map_or_else(Own::none, |frame| frame.own().clone());
    (chain::innermost(&pointer), own)
}

pub(crate) fn freeze() {
    BASELINE.publish(present().to_base());
}
