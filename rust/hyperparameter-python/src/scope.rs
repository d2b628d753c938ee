//! Scopes: entering one puts a frame on top of the current frame, leaving it points the context back.
//!
//! ```text
//!   with hp.scope(a=1):     context ──▶ Frame(scope, {a: 1}) ── parent ──▶ the frame before
//!   after the block         context ──────────────────────────────────────▶ the frame before
//! ```
//!
//! Leaving is that simple if the scope is the innermost one. In any other case, such as interleaved generators, the
//! frames above the scope's frame are made again on top of its parent. `core/context.py` has the same algorithm.

use std::mem::offset_of;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::{Frame, is_frame, is_unpinned, new_frame};
use crate::object::{NULL, allocate, none_if, only_argument, owned, replace, type_error};
use crate::state::{current, point_at, retry, state};
use crate::type_builder::{Layout, TypeBuilder, offsets};

/// A set of overrides that can be entered.
#[repr(C)]
struct Scope {
    head: PyObject,
    overrides: *mut PyObject,
    weak_references: *mut PyObject,
}

// SAFETY: this is the field of a scope that owns an object. It is never null in a method: a cycle through it goes
// through a dict, and the collector breaks it there.
unsafe impl Layout for Scope {
    const OWNED: &'static [usize] = offsets!(Scope: overrides);
    const WEAK_REFERENCES: Option<usize> = Some(offset_of!(Scope, weak_references));
}

/// Return a new scope. The class is a subclass of `ScopeBase`.
pub(crate) unsafe fn new_scope(
    class: *mut PyTypeObject,
    overrides: *mut PyObject,
) -> *mut PyObject {
    let object = allocate(class);
    if !object.is_null() {
        (*object.cast::<Scope>()).overrides = owned(overrides);
    }
    object
}

/// `ScopeBase(overrides)`
unsafe extern "C" fn new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let argument = only_argument(args, kwargs);
    if argument.is_null() || (PyDict_Check(argument) == 0 && PyTuple_Check(argument) == 0) {
        return type_error(
            c"expected one positional argument, a map of entries; hp.scope(...) makes a scope",
        );
    }
    // Frames answer from the overrides, and references borrow values from them, so nobody else may hold the dict and
    // change it.
    let overrides = if PyDict_Check(argument) != 0 {
        PyDict_Copy(argument)
    } else {
        owned(argument)
    };
    if overrides.is_null() {
        return NULL;
    }
    let scope = new_scope(class, overrides);
    Py_DECREF(overrides);
    scope
}

/// `scope.__enter__()`
unsafe extern "C" fn enter(scope: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    let parent = parent_for_new_frame();
    if parent.is_null() {
        return NULL;
    }
    let overrides = (*scope.cast::<Scope>()).overrides;
    let mut frame = new_frame(state().frame_type.cast(), scope, overrides, parent);
    Py_DECREF(parent);
    if !frame.is_null() && !pins(frame) {
        let pinned = frame;
        frame = unpinned_if_possible(pinned);
        Py_DECREF(pinned);
    }
    if frame.is_null() {
        return NULL;
    }
    let is_entered = point_at(frame);
    Py_DECREF(frame);
    if is_entered { owned(scope) } else { NULL }
}

/// Return the current frame, owned. An unpinned frame is put on the baseline of this moment.
unsafe fn parent_for_new_frame() -> *mut PyObject {
    let frame = owned(current());
    if !is_unpinned(frame) {
        return frame;
    }
    let baseline = owned(state().baseline);
    let rebased = PyObject_CallFunctionObjArgs(state().rebased_on, frame, baseline, NULL);
    Py_DECREF(baseline);
    Py_DECREF(frame);
    rebased
}

/// `scope.__exit__(...)`
unsafe extern "C" fn exit(
    scope: *mut PyObject,
    _args: *mut *mut PyObject,
    _count: Py_ssize_t,
) -> *mut PyObject {
    let frame = current();
    let is_innermost = is_frame(frame) && (*frame.cast::<Frame>()).scope == scope;
    if is_innermost && is_frame((*frame.cast::<Frame>()).parent) {
        let parent = (*frame.cast::<Frame>()).parent;
        if (*parent.cast::<Frame>()).scope == Py_None() {
            // The parent is a baseline. Outside any scope the context points at no frame, so that a read sees the
            // baseline of its moment.
            return none_if(point_at(NULL));
        }
        if pins(parent) {
            let parent = owned(parent);
            let is_left = point_at(parent);
            Py_DECREF(parent);
            return none_if(is_left);
        }
    }
    none_if(retry(|| leave(scope)))
}

/// Remove the innermost frame of a scope from the context, wherever it is; do nothing if there is none. Return whether
/// that succeeded.
unsafe fn leave(scope: *mut PyObject) -> bool {
    let mut frame = current();
    if is_unpinned(frame) {
        // It stands for these frames. The baseline below them is not needed here, so it can be an old one.
        frame = (*frame.cast::<Frame>()).rebased;
    }
    if frame.is_null() {
        return true;
    }
    // The context owns the innermost frame, and each frame owns its parent.
    let innermost = owned(frame);
    let mut above = Vec::new();
    let mut is_left = true;
    while is_frame(frame) {
        let parent = (*frame.cast::<Frame>()).parent;
        if (*frame.cast::<Frame>()).scope == scope {
            is_left = restack(parent, &above);
            break;
        }
        above.push(frame.cast::<Frame>());
        frame = parent;
    }
    Py_DECREF(innermost);
    is_left
}

/// Point the context at a frame with others on top of it, which are made again. The innermost of these comes first.
unsafe fn restack(frame: *mut PyObject, above: &[*mut Frame]) -> bool {
    let mut frame = owned(frame);
    for upper in above.iter().rev() {
        let (scope, overrides) = ((**upper).scope, (**upper).overrides);
        let next = new_frame(state().frame_type.cast(), scope, overrides, frame);
        Py_DECREF(frame);
        if next.is_null() {
            return false;
        }
        frame = next;
    }
    let target = unpinned_if_possible(frame);
    Py_DECREF(frame);
    if target.is_null() {
        return false;
    }
    let is_restored = point_at(target);
    Py_DECREF(target);
    is_restored
}

/// Return what the context points at to make a frame the innermost one, owned. For the baseline it is `None`. If the frame
/// and all below it do not pin the baseline, it is an unpinned frame. Otherwise it is the frame.
unsafe fn unpinned_if_possible(frame: *mut PyObject) -> *mut PyObject {
    let (scope, overrides) = {
        let frame = frame.cast::<Frame>();
        ((*frame).scope, (*frame).overrides)
    };
    if scope == Py_None() || (scope == state().ambient_scope && is_empty(overrides)) {
        return owned(Py_None());
    }
    let mut level = frame;
    while is_frame(level) && (*level.cast::<Frame>()).scope != Py_None() {
        if pins(level) {
            return owned(frame);
        }
        level = (*level.cast::<Frame>()).parent;
    }
    let unpinned = new_frame(state().frame_type.cast(), scope, overrides, Py_None());
    if !unpinned.is_null() {
        replace(&raw mut (*unpinned.cast::<Frame>()).rebased, owned(frame));
    }
    unpinned
}

/// Return whether a frame pins the baseline below it: whether its scope sets or hides anything. What is set outside any scope
/// does not pin it. A view of `hp.bind` always does; its scope is of another class.
unsafe fn pins(frame: *mut PyObject) -> bool {
    let frame = frame.cast::<Frame>();
    let scope = (*frame).scope;
    let is_plain = Py_TYPE(scope).cast() == state().scope_type;
    scope != state().ambient_scope && !(is_plain && is_empty((*frame).overrides))
}

unsafe fn is_empty(overrides: *mut PyObject) -> bool {
    PyDict_CheckExact(overrides) != 0 && PyDict_Size(overrides) == 0
}

/// Add `ScopeBase` to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let builder = TypeBuilder::new::<Scope>(
        c"hyperparameter.core._native.ScopeBase",
        Py_TPFLAGS_BASETYPE,
    )
    .slot(Py_tp_new, new as *mut _)
    .member(c"__overrides__", offset_of!(Scope, overrides), Py_READONLY)
    .member(
        c"__weakref__",
        offset_of!(Scope, weak_references),
        Py_READONLY,
    )
    .method_without_arguments(c"__enter__", enter)
    .method(c"__exit__", exit);
    // SAFETY: the functions have the signatures of their slots, for scopes.
    let class = unsafe { builder.build(module.py())? };
    // SAFETY: the interpreter lock is held. The Python side later replaces `scope_type` with its subclass `Scope`.
    unsafe {
        replace(&raw mut state().scope_base, class.clone().into_ptr());
        replace(&raw mut state().scope_type, class.clone().into_ptr());
    }
    module.add("ScopeBase", class)
}
