//! Views: run a function with another frame as the current one. `hp.bind` and the drivers of generators use them.
//!
//! ```text
//!   view.run(function):   context ──▶ view.frame     the function may enter and leave scopes
//!   after the call        context ──▶ the frame before; view.frame is what the function left
//! ```
//!
//! Everything is done in one native call. So no signal handler and no limit of recursion can come between a change of
//! the context and its restoration.

use std::mem::offset_of;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::is_frame;
use crate::object::{NULL, allocate, only_argument, owned, replace, type_error};
use crate::state::{current_or_none, point_at};
use crate::type_builder::{Layout, TypeBuilder, offsets};

#[repr(C)]
struct View {
    head: PyObject,
    /// The current frame between two calls; `None` stands for the baseline.
    frame: *mut PyObject,
}

// SAFETY: this is the field that owns an object. A cycle through it goes through a frame, and the collector breaks it
// there.
unsafe impl Layout for View {
    const OWNED: &'static [usize] = offsets!(View: frame);
}

/// `View(frame)`
unsafe extern "C" fn new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let frame = only_argument(args, kwargs);
    if frame.is_null() || !(is_frame(frame) || frame == Py_None()) {
        return type_error(c"expected one positional argument, a frame or None");
    }
    let object = allocate(class);
    if !object.is_null() {
        (*object.cast::<View>()).frame = owned(frame);
    }
    object
}

/// `view.run(function, *args, **kwargs)`
unsafe extern "C" fn run(
    object: *mut PyObject,
    args: *const *mut PyObject,
    count: Py_ssize_t,
    keywords: *mut PyObject,
) -> *mut PyObject {
    if count < 1 {
        return type_error(c"expected a function as the first argument");
    }
    let view = object.cast::<View>();
    let outer = current_or_none();
    if outer.is_null() {
        return NULL;
    }
    if !point_at((*view).frame) {
        Py_DECREF(outer);
        return NULL;
    }
    let count = (count - 1) as usize;
    let result = PyObject_Vectorcall(*args, args.add(1), count, keywords);
    let (mut kind, mut error, mut traceback) = (NULL, NULL, NULL);
    PyErr_Fetch(&mut kind, &mut error, &mut traceback);
    let frame = current_or_none();
    let is_restored = point_at(outer);
    Py_DECREF(outer);
    if !frame.is_null() {
        replace(&raw mut (*view).frame, frame);
    }
    if frame.is_null() || !is_restored {
        // The error of the context replaces that of the function.
        Py_XDECREF(kind);
        Py_XDECREF(error);
        Py_XDECREF(traceback);
        Py_XDECREF(result);
        return NULL;
    }
    PyErr_Restore(kind, error, traceback);
    result
}

/// Add `View` to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let builder = TypeBuilder::new::<View>(c"hyperparameter.core._native.View", 0)
        .slot(Py_tp_new, new as *mut _)
        .member(c"frame", offset_of!(View, frame), Py_READONLY)
        .method_with_keywords(c"run", run);
    // SAFETY: the functions have the signatures of their slots, for views.
    let class = unsafe { builder.build(module.py())? };
    module.add("View", class)
}
