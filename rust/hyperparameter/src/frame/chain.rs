//! Functions that turn one chain of frames into another: entering, leaving, writing and deleting.
//!
//! A thread stores one pointer to the frame of its innermost scope. The pointer is `None` outside every
//! scope, and points at a detached frame if the thread has set something there. `leave` and `write` take
//! the current frame and return the pointer to store next.

use std::sync::Arc;

use super::{Frame, Overrides, ScopeId, ScopeIdentity, ids};
use crate::key::Key;

/// What a thread stores: its innermost frame, or `None` outside every scope.
pub(crate) type FramePointer = Option<Arc<Frame>>;

/// Enter a scope: return its frame on top of the current one.
pub(crate) fn enter(current: Arc<Frame>, scope: ScopeIdentity, overrides: Overrides) -> Arc<Frame> {
    Frame::new(scope, overrides, Some(current))
}

/// Leave a scope, wherever it stands in the chain. Return `None` if it is not in the chain.
pub(super) fn leave(current: &Arc<Frame>, id: ScopeId) -> Option<FramePointer> {
    let (frame, above) = find(current, id)?;
    let parent = frame.parent().expect("an entered scope has a parent");
    Some(restack(parent.clone(), &above))
}

/// Return the frame of a scope, `None` if the scope is not entered.
pub(crate) fn frame_of(current: &Arc<Frame>, id: ScopeId) -> Option<Arc<Frame>> {
    Some(find(current, id)?.0)
}

/// Change the overrides of an entered scope until it is left. Return `None` if the scope is not entered.
pub(super) fn write(
    current: &Arc<Frame>,
    id: ScopeId,
    change: impl FnOnce(&Overrides) -> Overrides,
) -> Option<FramePointer> {
    let (frame, above) = find(current, id)?;
    let scope = frame.scope().expect("`find` returns the frame of a scope");
    let overrides = change(frame.overrides());
    let changed = Frame::new(scope.clone(), overrides, frame.parent().cloned());
    Some(restack(changed, &above))
}

/// Return the overrides of a frame's scope after it deletes a key and every key in the subtree below it.
///
/// A key that is set outside of this scope is hidden, and so is a part of a value. A key that only this scope sets is
/// removed from its overrides.
pub(crate) fn overrides_after_delete(frame: &Frame, key: &Key) -> Overrides {
    let below = frame.visible_parent();
    let subtree = frame.subtree(key.as_str()).map(|(key, _)| key.clone());
    subtree
        .chain([key.clone()])
        .fold(frame.overrides().clone(), |overrides, key| {
            if below.entry(key.as_str()).is_some() || frame.has_value_above(key.as_str()) {
                overrides.with(key, None)
            } else {
                overrides.without(&key)
            }
        })
}

/// Return the innermost scope, which is the ambient scope outside every other.
pub(super) fn innermost_scope(pointer: &FramePointer) -> ScopeIdentity {
    pointer
        .as_ref()
        .and_then(|frame| frame.scope().cloned())
        .unwrap_or_else(ScopeIdentity::ambient)
}

/// Return the innermost frame of a scope, and the frames above it, innermost first.
fn find(current: &Arc<Frame>, id: ScopeId) -> Option<(Arc<Frame>, Vec<Arc<Frame>>)> {
    let mut above = Vec::new();
    let mut frame = current;
    while !frame.is_of(id) {
        if frame.scope_id().is_none() && id.scope == ids::AMBIENT_SCOPE {
            // Nothing was set outside every scope so far. The ambient frame belongs on top of the baseline.
            let ambient = Frame::new(
                ScopeIdentity::ambient(),
                Overrides::none(),
                Some(frame.clone()),
            );
            return Some((ambient, above));
        }
        above.push(frame.clone());
        frame = frame.parent()?;
    }
    Some((frame.clone(), above))
}

/// Put the frames `above`, innermost first, back on top of `frame`. Return the pointer to the new chain.
fn restack(mut frame: Arc<Frame>, above: &[Arc<Frame>]) -> FramePointer {
    if above.is_empty() && !frame.is_of_entered_scope() {
        return detach(&frame);
    }
    for upper in above.iter().rev() {
        let scope = upper
            .scope()
            .expect("only a baseline has no scope, and it is the lowest frame");
        frame = Frame::new(scope.clone(), upper.overrides().clone(), Some(frame));
    }
    Some(frame)
}

/// Return what a thread stores outside every scope: only its ambient overrides, without a baseline.
fn detach(frame: &Frame) -> FramePointer {
    if frame.scope().is_none() || frame.overrides().is_empty() {
        return None;
    }
    Some(Frame::new(
        ScopeIdentity::ambient(),
        frame.overrides().clone(),
        None,
    ))
}
