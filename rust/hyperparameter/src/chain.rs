//! The chain of scopes of one context: entering, leaving by identity, writing, freezing.
//!
//! What a context keeps is one pointer, to the frame of its innermost scope: `None` outside of any
//! scope, where reads go to the baseline of the moment. A context that has set something outside of any
//! scope keeps it in a frame that lies on nothing, a *loose* one, and it is laid over the baseline
//! of the moment when it is read. The functions here take a pointer and return the one to keep next.

use std::sync::Arc;

use crate::frame::{Frame, Mark};
use crate::ids;
use crate::key::Key;
use crate::map::Own;

/// What a context keeps.
pub type Pointer<E> = Option<Arc<Frame<E>>>;

/// A frame of a chain, and the frames above it, innermost first.
type Found<E> = (Arc<Frame<E>>, Vec<Arc<Frame<E>>>);

/// Tell whether a pointer's frame is not laid on any baseline.
#[must_use]
pub fn is_loose<E: Clone>(frame: &Frame<E>) -> bool {
    frame.parent().is_none()
}

/// Return the frame that answers here and now.
pub fn present<E: Clone>(pointer: &Pointer<E>, baseline: &Arc<Frame<E>>) -> Arc<Frame<E>> {
    match pointer {
        None => baseline.clone(),
        Some(frame) if is_loose(frame) => frame.over(baseline),
        Some(frame) => frame.clone(),
    }
}

/// Enter a scope.
pub fn enter<E: Clone>(present: Arc<Frame<E>>, mark: Mark<E>, own: Own<E>) -> Arc<Frame<E>> {
    Frame::new(mark, own, Some(present))
}

/// Leave a scope, wherever it lies in the chain; `None` where it is not in it.
pub fn leave<E: Clone>(present: &Arc<Frame<E>>, scope: u64) -> Option<Pointer<E>> {
    let (frame, above) = find(present, scope)?;
    Some(restack(
        frame
            .parent()
            .expect("a scope is entered on something")
            .clone(),
        &above,
    ))
}

/// Return the frame that answers from a scope outwards, `None` where it is not entered.
pub fn frame_of<E: Clone>(present: &Arc<Frame<E>>, scope: u64) -> Option<Arc<Frame<E>>> {
    Some(find(present, scope)?.0)
}

/// Change what a scope sets until it is left; `None` where it is not entered.
pub fn write<E: Clone>(
    present: &Arc<Frame<E>>,
    scope: u64,
    change: impl FnOnce(&Own<E>) -> Own<E>,
) -> Option<Pointer<E>> {
    let (frame, above) = find(present, scope)?;
    let mark = frame
        .mark()
        .cloned()
        .expect("only a frame that was made for a scope is found");
    let own = change(frame.own());
    Some(restack(
        Frame::new(mark, own, frame.parent().cloned()),
        &above,
    ))
}

/// Return what the scope of a frame sets once a key, and every key beneath it, is missing in it.
///
/// What is set below is hidden; where nothing is, nothing is left behind.
pub fn deletion<E: Clone>(frame: &Frame<E>, key: &Key) -> Own<E> {
    let below = frame.below().view();
    let beneath = frame.beneath(key.as_str()).map(|(key, _)| key.clone());
    beneath
        .chain([key.clone()])
        .fold(frame.own().clone(), |own, key| match below.get(&key) {
            Some(_) => own.with_one(key, None),
            None => own.without(&key),
        })
}

/// Return the mark of the innermost scope.
pub fn innermost<E: Clone>(pointer: &Pointer<E>) -> Mark<E> {
    pointer
        .as_ref()
        .and_then(|frame| frame.mark().cloned())
        .unwrap_or_else(Mark::context)
}

/// Return the innermost frame of a scope, and the frames above it, innermost first.
fn find<E: Clone>(present: &Arc<Frame<E>>, scope: u64) -> Option<Found<E>> {
    let mut above = Vec::new();
    let mut frame = present;
    while frame.scope() != Some(scope) {
        if frame.scope().is_none() && scope == ids::CONTEXT {
            // nothing was set outside of any scope yet: it would lie on the baseline
            return Some((
                Frame::new(Mark::context(), Own::none(), Some(frame.clone())),
                above,
            ));
        }
        above.push(frame.clone());
        frame = frame.parent()?;
    }
    Some((frame.clone(), above))
}

/// Return the pointer to a chain that ends on `frame`, with the frames above it put back on top.
fn restack<E: Clone>(mut frame: Arc<Frame<E>>, above: &[Arc<Frame<E>>]) -> Pointer<E> {
    if above.is_empty() && matches!(frame.scope(), None | Some(ids::CONTEXT)) {
        return loose(&frame);
    }
    for upper in above.iter().rev() {
        let mark = upper
            .mark()
            .cloned()
            .expect("a baseline has nothing beneath it");
        frame = Frame::new(mark, upper.own().clone(), Some(frame));
    }
    Some(frame)
}

/// Return the bottom of a chain as the context keeps it outside of any scope: over the live baseline.
fn loose<E: Clone>(frame: &Frame<E>) -> Pointer<E> {
    if frame.scope().is_none() || frame.own().is_empty() {
        return None;
    }
    Some(Frame::new(Mark::context(), frame.own().clone(), None))
}
