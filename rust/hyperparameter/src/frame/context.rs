//! The context of a thread: its pointer to the current frame, and the baseline below all threads.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::{Arc, LazyLock};

use super::baseline::{Baseline, Identified};
use super::chain::{self, FramePointer};
use super::{Frame, Overrides, ScopeId, ScopeIdentity, ids, sync};

impl Identified for Frame {
    fn id(&self) -> u64 {
        Self::id(self)
    }
}

static BASELINE: Baseline<Frame> = Baseline {
    id: sync::AtomicU64::new(ids::EMPTY_BASELINE),
    pointer: sync::Pointer::const_empty(),
    publishing: sync::Mutex::new(()),
};

static EMPTY_BASELINE: LazyLock<Arc<Frame>> = LazyLock::new(Frame::empty_baseline);

thread_local! {
    /// The innermost frame of this thread.
    ///
    /// It has no destructor, so it can be used to the very end of a thread, by destructors that read parameters.
    static CURRENT: ManuallyDrop<RefCell<FramePointer>> =
        const { ManuallyDrop::new(RefCell::new(None)) };

    /// The id of the frame in `CURRENT`, or a special number from `ids`. A cached read compares only this.
    static CURRENT_ID: Cell<u64> = const { Cell::new(ids::NO_FRAME) };

    /// The id of the baseline that the detached frame was last put on, and the id of the frame that this made.
    static REBASED: Cell<(u64, u64)> = const { Cell::new((ids::NO_FRAME, ids::NO_FRAME)) };

    /// Empties `CURRENT` when the thread ends.
    static RELEASE_AT_EXIT: ReleaseAtExit = const { ReleaseAtExit };
}

/// Releases the frames that are still entered when it is dropped.
struct ReleaseAtExit;

impl Drop for ReleaseAtExit {
    fn drop(&mut self) {
        drop(replace_current(None));
    }
}

/// Return the id of the frame that answers a read. It is [`ids::DETACHED_FRAME`] if that frame is not made yet.
#[inline(always)]
pub(crate) fn current_frame_id() -> u64 {
    match CURRENT_ID.get() {
        ids::NO_FRAME => BASELINE.id(),
        ids::DETACHED_FRAME => match REBASED.get() {
            (baseline, frame) if baseline == BASELINE.id() => frame,
            _ => ids::DETACHED_FRAME,
        },
        id => id,
    }
}

/// Return the baseline of a program that has not called `frozen()`.
pub(crate) fn empty_baseline() -> Arc<Frame> {
    EMPTY_BASELINE.clone()
}

fn baseline() -> Arc<Frame> {
    // Most programs never publish a baseline. Comparing the id costs less than loading the pointer.
    if BASELINE.id() == ids::EMPTY_BASELINE {
        return empty_baseline();
    }
    BASELINE.load().unwrap_or_else(empty_baseline)
}

/// Return the frame that answers a read.
pub(crate) fn current_frame() -> Arc<Frame> {
    match stored_pointer() {
        Some(frame) if !frame.is_detached() => frame,
        None => baseline(),
        Some(detached) => {
            let baseline = baseline();
            let frame = detached.rebased_on(&baseline);
            REBASED.set((baseline.id(), frame.id()));
            frame
        }
    }
}

fn stored_pointer() -> FramePointer {
    CURRENT.with(|current| current.borrow().clone())
}

/// Point this thread at another frame and return the previous pointer.
///
/// The caller drops the previous pointer. That can run the destructors of user values, which may read
/// parameters, so it must not happen while `CURRENT` is borrowed.
pub(crate) fn replace_current(pointer: FramePointer) -> FramePointer {
    let id = match &pointer {
        None => ids::NO_FRAME,
        Some(frame) if frame.is_detached() => ids::DETACHED_FRAME,
        Some(frame) => frame.id(),
    };
    if pointer.is_some() {
        // The first use registers the destructor. It fails if the thread has already run its destructors.
        let _ = RELEASE_AT_EXIT.try_with(|_| ());
    }
    CURRENT_ID.set(id);
    REBASED.set((ids::NO_FRAME, ids::NO_FRAME));
    CURRENT.with(|current| current.replace(pointer))
}

/// Enter a scope in this thread.
pub(crate) fn enter(scope: ScopeIdentity, overrides: Overrides) {
    // The pointer is moved out, because a clone would cost two atomic operations. Nothing reads a parameter
    // before the new frame is stored.
    let is_on_baseline = |frame: &mut Arc<Frame>| !frame.is_detached();
    let parent = CURRENT.with(|current| current.borrow_mut().take_if(is_on_baseline));
    let parent = parent.unwrap_or_else(current_frame);
    drop(replace_current(Some(chain::enter(
        parent, scope, overrides,
    ))));
}

/// Leave a scope in this thread. Do nothing if it is not entered.
pub(crate) fn leave(id: ScopeId) {
    // The usual case: the scope is the innermost one, on top of another scope or of the baseline.
    let below_innermost = CURRENT.with(|current| match &*current.borrow() {
        Some(frame) if frame.is_of(id) => {
            let parent = frame.parent()?;
            if parent.scope().is_none() {
                return Some(None);
            }
            parent.is_of_entered_scope().then(|| Some(parent.clone()))
        }
        _ => None,
    });
    if let Some(pointer) = below_innermost {
        drop(replace_current(pointer));
    } else if let Some(pointer) = chain::leave(&current_frame(), id) {
        drop(replace_current(pointer));
    }
}

/// Change the overrides of a scope until it is left. Return whether the scope is entered in this thread.
pub(crate) fn write(id: ScopeId, change: impl FnOnce(&Overrides) -> Overrides) -> bool {
    match chain::write(&current_frame(), id, change) {
        None => false,
        Some(pointer) => {
            drop(replace_current(pointer));
            true
        }
    }
}

/// Return the innermost scope and its overrides.
pub(crate) fn innermost_scope() -> (ScopeIdentity, Overrides) {
    let pointer = stored_pointer();
    let overrides = pointer
        .as_ref()
        .map_or_else(Overrides::none, |frame| frame.overrides().clone());
    (chain::innermost_scope(&pointer), overrides)
}

/// Make the view of a frame the baseline of the process.
pub(crate) fn freeze(frame: &Frame) {
    BASELINE.publish(frame.to_baseline());
}
