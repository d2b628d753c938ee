//! Attributes that are references: `hp.scope.train.lr`.
//!
//! An attribute of `hp.scope` or of a reference is a new reference, its *child*. Each object caches its children in a
//! dict. So the second evaluation of `hp.scope.train.lr` is two dict lookups, and creates no object:
//!
//! ```text
//!   hp.scope ── children ──▶ {"train": Reference("train") ── children ──▶ {"lr": Reference("train.lr")}}
//! ```
//!
//! The dict is the `__dict__` of the object, as in the Python kernel.

use std::ffi::c_void;

use pyo3::ffi::*;

use crate::object::{NULL, owned};
use crate::state::state;
use crate::type_builder::Layout;

/// The largest number of cached children. A program can compute names at run time, with `getattr`.
const MAX_CHILDREN: Py_ssize_t = 4096;

/// An object that has children.
///
/// # Safety
/// `CHILDREN` is the offset of a field that owns a dict or is null.
pub(crate) unsafe trait Parent: Layout {
    const CHILDREN: usize;
    /// Return whether a name, which is a `str`, can be an attribute of the type itself.
    unsafe fn is_own_attribute(name: *mut PyObject) -> bool;
}

#[inline(always)]
unsafe fn children_field<T: Parent>(object: *mut PyObject) -> *mut *mut PyObject {
    object.byte_add(T::CHILDREN).cast()
}

/// `tp_getattro`: return the child with this name. If there is none, return an attribute of the type, or a new child.
pub(crate) unsafe extern "C" fn getattro<T: Parent>(
    parent: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    let children = *children_field::<T>(parent);
    if !children.is_null() {
        let child = PyDict_GetItemWithError(children, name);
        if !child.is_null() {
            return owned(child);
        }
        if !PyErr_Occurred().is_null() {
            return NULL;
        }
    }
    if T::is_own_attribute(name) {
        let attribute = PyObject_GenericGetAttr(parent, name);
        if !attribute.is_null() || PyErr_ExceptionMatches(PyExc_AttributeError) == 0 {
            return attribute;
        }
        // If the name cannot be a segment, the hook below raises an error that says how to read such a key.
        PyErr_Clear();
    }
    new_child::<T>(parent, name)
}

/// `tp_getset` for `__dict__`.
pub(crate) unsafe extern "C" fn get_dict<T: Parent>(
    object: *mut PyObject,
    _: *mut c_void,
) -> *mut PyObject {
    let children = children_of::<T>(object);
    Py_XINCREF(children);
    children
}

unsafe fn new_child<T: Parent>(parent: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    let child = PyObject_CallFunctionObjArgs(state().child_of, parent, name, NULL);
    if child.is_null() {
        return NULL;
    }
    let children = children_of::<T>(parent);
    if !children.is_null() && PyDict_Size(children) >= MAX_CHILDREN {
        PyDict_Clear(children);
    }
    if children.is_null() || PyDict_SetItem(children, name, child) < 0 {
        Py_DECREF(child);
        return NULL;
    }
    child
}

/// Return the dict of children, borrowed. It is created when it is first needed.
unsafe fn children_of<T: Parent>(object: *mut PyObject) -> *mut PyObject {
    let field = children_field::<T>(object);
    if (*field).is_null() {
        let children = PyDict_New();
        // Creating a dict can run the collector, and with it other code that creates the dict too.
        if (*field).is_null() {
            *field = children;
        } else {
            Py_XDECREF(children);
        }
    }
    *field
}
