//! Views: run a function with another frame as the current one. `hp.bind` and the drivers of generators use them.
//!
//! ```text
//!   view.run(function):   context ──▶ view.frame     the function may enter and leave scopes
//!   after the call        context ──▶ the frame before; view.frame is what the function left
//! ```
//!
//! Everything is done in one native call. So no signal handler and no limit of recursion can come between a change of
//! the context and its restoration.
//!
//! `view.steps(iterator)` returns an iterator that runs each `next`, `send`, `throw` and `close` of another iterator in
//! the view. A generator that delegates to it by `yield from` is the driver of a generator in a view.

use std::ffi::CStr;
use std::mem::offset_of;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::is_frame;
use crate::object::{NULL, allocate, none_if, only_argument, owned, replace, type_error};
use crate::state::{current_or_none, point_at, state};
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
    let count = (count - 1) as usize;
    in_view(object.cast(), || {
        PyObject_Vectorcall(*args, args.add(1), count, keywords)
    })
}

/// Return what a function returns in a view, and store the frame that it leaves as current.
unsafe fn in_view(view: *mut View, function: impl FnOnce() -> *mut PyObject) -> *mut PyObject {
    let outer = current_or_none();
    if outer.is_null() {
        return NULL;
    }
    if !point_at((*view).frame) {
        Py_DECREF(outer);
        return NULL;
    }
    let result = function();
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

/// An iterator that runs each step of another one in a view.
#[repr(C)]
struct Steps {
    head: PyObject,
    view: *mut PyObject,
    iterator: *mut PyObject,
}

// SAFETY: these are the fields that own objects. Python breaks a cycle through an iterator in that iterator.
unsafe impl Layout for Steps {
    const OWNED: &'static [usize] = offsets!(Steps: view, iterator);
}

/// `view.steps(iterator)`
unsafe extern "C" fn steps(
    view: *mut PyObject,
    args: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if count != 1 {
        return type_error(c"expected one argument, an iterator");
    }
    let object = allocate(state().steps.cast());
    if !object.is_null() {
        let steps = object.cast::<Steps>();
        (*steps).view = owned(view);
        (*steps).iterator = owned(*args);
    }
    object
}

/// `am_send`: `await` and `yield from` use it.
unsafe extern "C" fn am_send(
    object: *mut PyObject,
    value: *mut PyObject,
    item: *mut *mut PyObject,
) -> PySendResult {
    let steps = object.cast::<Steps>();
    let mut outcome = PySendResult::PYGEN_ERROR;
    *item = in_view((*steps).view.cast(), || {
        let mut item = NULL;
        outcome = PyIter_Send((*steps).iterator, value, &mut item);
        item
    });
    if (*item).is_null() {
        return PySendResult::PYGEN_ERROR;
    }
    outcome
}

/// `steps.send(value)`
unsafe extern "C" fn send(
    object: *mut PyObject,
    args: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if count != 1 {
        return type_error(c"expected one argument, the value to send");
    }
    let mut item = NULL;
    match am_send(object, *args, &mut item) {
        PySendResult::PYGEN_NEXT => item,
        PySendResult::PYGEN_ERROR => NULL,
        PySendResult::PYGEN_RETURN => {
            // The interpreter would take the items of a tuple as the arguments of the exception.
            let stop = PyObject_CallFunctionObjArgs(PyExc_StopIteration, item, NULL);
            Py_DECREF(item);
            if !stop.is_null() {
                PyErr_SetObject(PyExc_StopIteration, stop);
                Py_DECREF(stop);
            }
            NULL
        }
    }
}

/// `next(steps)`
unsafe extern "C" fn next(object: *mut PyObject) -> *mut PyObject {
    let mut none = Py_None();
    send(object, &mut none, 1)
}

/// `steps.throw(...)`, with the arguments of the method of generators
unsafe extern "C" fn throw(
    object: *mut PyObject,
    args: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if count < 1 {
        return type_error(c"expected an exception");
    }
    let steps = object.cast::<Steps>();
    let method = attribute_or_null((*steps).iterator, c"throw");
    if !method.is_null() {
        let result = in_view((*steps).view.cast(), || {
            PyObject_Vectorcall(method, args, count as usize, NULL)
        });
        Py_DECREF(method);
        return result;
    }
    // An iterator that is not a generator cannot catch an exception.
    if PyErr_Occurred().is_null() {
        if PyExceptionInstance_Check(*args) != 0 {
            PyErr_SetObject(PyExceptionInstance_Class(*args), *args);
        } else {
            PyErr_SetObject(*args, if count > 1 { *args.add(1) } else { NULL });
        }
    }
    NULL
}

/// `steps.close()`
unsafe extern "C" fn close(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    let steps = object.cast::<Steps>();
    let method = attribute_or_null((*steps).iterator, c"close");
    if method.is_null() {
        return none_if(PyErr_Occurred().is_null());
    }
    let result = in_view((*steps).view.cast(), || PyObject_CallNoArgs(method));
    Py_DECREF(method);
    result
}

/// Return an attribute, owned; null if there is none, or with an error set.
unsafe fn attribute_or_null(object: *mut PyObject, name: &CStr) -> *mut PyObject {
    let attribute = PyObject_GetAttrString(object, name.as_ptr());
    if attribute.is_null() && PyErr_ExceptionMatches(PyExc_AttributeError) != 0 {
        PyErr_Clear();
    }
    attribute
}

/// Add `View` to the module, and build `Steps`.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let builder = TypeBuilder::new::<View>(c"hyperparameter.core._native.View", 0)
        .slot(Py_tp_new, new as *mut _)
        .member(c"frame", offset_of!(View, frame), Py_READONLY)
        .method_with_keywords(c"run", run)
        .method(c"steps", steps);
    // SAFETY: the functions have the signatures of their slots, for views.
    let class = unsafe { builder.build(module.py())? };
    module.add("View", class)?;
    let flags = Py_TPFLAGS_DISALLOW_INSTANTIATION;
    let builder = TypeBuilder::new::<Steps>(c"hyperparameter.core._native.Steps", flags)
        .slot(Py_tp_iter, PyObject_SelfIter as *mut _)
        .slot(Py_tp_iternext, next as *mut _)
        .slot(Py_am_send, am_send as *mut _)
        .method(c"send", send)
        .method(c"throw", throw)
        .method_without_arguments(c"close", close);
    // SAFETY: the functions have the signatures of their slots, for steps, and the interpreter lock is held.
    unsafe {
        replace(
            &raw mut state().steps,
            builder.build(module.py())?.into_ptr(),
        );
    };
    Ok(())
}
