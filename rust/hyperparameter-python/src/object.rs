//! Small tools for Python objects: references to them, and their fields.

use std::ffi::CStr;
use std::ptr;

use pyo3::ffi::*;

/// No object.
pub(crate) const NULL: *mut PyObject = ptr::null_mut();

/// Return a new reference to an object.
#[inline(always)]
pub(crate) unsafe fn owned(object: *mut PyObject) -> *mut PyObject {
    Py_INCREF(object);
    object
}

/// Return a new reference to an object, or null if the pointer is null.
#[inline(always)]
pub(crate) unsafe fn owned_or_null(object: *mut PyObject) -> *mut PyObject {
    Py_XINCREF(object);
    object
}

/// Return a new reference to an object, or to `None` if the pointer is null.
#[inline(always)]
pub(crate) unsafe fn owned_or_none(object: *mut PyObject) -> *mut PyObject {
    owned(if object.is_null() { Py_None() } else { object })
}

/// Return a new reference to `None` if a step succeeded, or null for the error that it has set.
#[inline(always)]
pub(crate) unsafe fn none_if(is_done: bool) -> *mut PyObject {
    if is_done { owned(Py_None()) } else { NULL }
}

/// Move a reference into a field, and drop the reference that the field held before.
///
/// The field changes first, because dropping an object can run any code.
pub(crate) unsafe fn replace(field: *mut *mut PyObject, object: *mut PyObject) {
    let previous = ptr::replace(field, object);
    Py_XDECREF(previous);
}

/// Return whether a type lives as long as the interpreter, so that its address is never used for another type.
#[inline(always)]
pub(crate) unsafe fn is_static(class: *mut PyTypeObject) -> bool {
    (*class).tp_flags & Py_TPFLAGS_HEAPTYPE == 0
}

/// Return whether an object is a type, and `base` or a subclass of it.
pub(crate) unsafe fn is_subclass(object: *mut PyObject, base: *mut PyObject) -> bool {
    PyType_Check(object) != 0 && PyType_IsSubtype(object.cast(), base.cast()) != 0
}

/// Return a new object of a type of this module, with null fields; null with an error set if memory is exhausted.
pub(crate) unsafe fn allocate(class: *mut PyTypeObject) -> *mut PyObject {
    match (*class).tp_alloc {
        Some(allocate) => allocate(class, 0),
        None => NULL,
    }
}

/// Return the only argument of a call, borrowed; null if there are more or fewer.
pub(crate) unsafe fn only_argument(args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    let has_keywords = !kwargs.is_null() && PyDict_Size(kwargs) > 0;
    if has_keywords || PyTuple_GET_SIZE(args) != 1 {
        return NULL;
    }
    PyTuple_GET_ITEM(args, 0)
}

/// Set a `TypeError`, and return null.
pub(crate) unsafe fn type_error(text: &CStr) -> *mut PyObject {
    PyErr_SetString(PyExc_TypeError, text.as_ptr());
    NULL
}
