//! `hp.scope`: its attributes and items are references, and calling it creates a scope.

use std::mem::offset_of;
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::children::{Parent, get_dict, getattro};
use crate::object::{NULL, owned};
use crate::reference::{is_never_mapping, new_reference};
use crate::scope::new_scope;
use crate::state::state;
use crate::type_builder::{Layout, TypeBuilder, offsets};

#[repr(C)]
struct Root {
    head: PyObject,
    children: *mut PyObject,
}

// SAFETY: this is the field that owns an object, and it can be null.
unsafe impl Layout for Root {
    const OWNED: &'static [usize] = offsets!(Root: children);
    const CLEARABLE: &'static [usize] = offsets!(Root: children);
}

// SAFETY: the field is a dict or null.
unsafe impl Parent for Root {
    const CHILDREN: usize = offset_of!(Root, children);

    unsafe fn is_own_attribute(_name: *mut PyObject) -> bool {
        true
    }
}

/// `hp.scope[key]`
unsafe extern "C" fn subscript(_root: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    let key = if segment_count(key) > 0 {
        owned(key)
    } else {
        PyObject_CallOneArg(state().check_key, key)
    };
    if key.is_null() {
        return NULL;
    }
    let reference = new_reference(state().reference_type.cast(), key);
    Py_DECREF(key);
    reference
}

/// Return the number of segments of a key that has been checked before, 0 for any other object.
#[inline(always)]
unsafe fn segment_count(key: *mut PyObject) -> Py_ssize_t {
    if PyUnicode_CheckExact(key) == 0 {
        return 0;
    }
    // `valid_keys` maps a key to the tuple of its segments. The lookup runs no other code, because all keys are text.
    let segments = PyDict_GetItemWithError(state().valid_keys, key);
    if segments.is_null() || PyTuple_CheckExact(segments) == 0 {
        return 0;
    }
    PyTuple_GET_SIZE(segments)
}

/// `hp.scope(*sources, **params)`
unsafe extern "C" fn call(
    _root: *mut PyObject,
    sources: *mut PyObject,
    params: *mut PyObject,
) -> *mut PyObject {
    let origin = origin_of_caller();
    if origin.is_null() {
        return NULL;
    }
    let overrides = overrides_from(sources, params, origin);
    Py_DECREF(origin);
    if overrides.is_null() {
        return NULL;
    }
    let scope = new_scope(state().scope_type.cast(), overrides);
    Py_DECREF(overrides);
    scope
}

/// Return the overrides of a new scope, owned; null with an error set if an argument is wrong.
unsafe fn overrides_from(
    sources: *mut PyObject,
    params: *mut PyObject,
    origin: *mut PyObject,
) -> *mut PyObject {
    if PyTuple_GET_SIZE(sources) == 0 {
        let overrides = overrides_from_simple(params, origin);
        if !overrides.is_null() || !PyErr_Occurred().is_null() {
            return overrides;
        }
    }
    if !params.is_null() && PyArg_ValidateKeywordArguments(params) == 0 {
        return NULL;
    }
    let params = if params.is_null() {
        PyDict_New()
    } else {
        owned(params)
    };
    if params.is_null() {
        return NULL;
    }
    let overrides =
        PyObject_CallFunctionObjArgs(state().entries_from, sources, params, origin, NULL);
    Py_DECREF(params);
    overrides
}

/// Return the overrides of keyword parameters that need no check, owned. Return null without an error set if a key has
/// not been checked before, if a value can be a mapping, or if a key can be a prefix of another.
unsafe fn overrides_from_simple(params: *mut PyObject, origin: *mut PyObject) -> *mut PyObject {
    let overrides = PyDict_New();
    if overrides.is_null() || params.is_null() {
        return overrides;
    }
    let (mut position, mut key, mut value) = (0, NULL, NULL);
    let mut length = 0;
    while PyDict_Next(params, &mut position, &mut key, &mut value) != 0 {
        // No key is a prefix of another if all have the same number of segments.
        let count = segment_count(key);
        let is_same_length = count > 0 && (length == 0 || length == count);
        length = count;
        let is_simple = is_same_length && is_never_mapping(Py_TYPE(value));
        if !is_simple || !set_override(overrides, key, value, origin) {
            Py_DECREF(overrides);
            return NULL;
        }
    }
    overrides
}

/// Add one override, and return whether that succeeded.
#[inline(always)]
unsafe fn set_override(
    overrides: *mut PyObject,
    key: *mut PyObject,
    value: *mut PyObject,
    origin: *mut PyObject,
) -> bool {
    // Allocating can run other code, and that code can change the dict that the key and the value are borrowed from.
    let (key, value) = (owned(key), owned(value));
    let entry = PyTuple_New(2);
    if entry.is_null() {
        Py_DECREF(value);
        Py_DECREF(key);
        return false;
    }
    PyTuple_SET_ITEM(entry, 0, value);
    PyTuple_SET_ITEM(entry, 1, owned(origin));
    let is_set = PyDict_SetItem(overrides, key, entry) == 0;
    Py_DECREF(entry);
    Py_DECREF(key);
    is_set
}

/// Return the origin of values that the running Python code sets: its code object and the current instruction, as an
/// `Origin`, which is a tuple. `None` if no Python code is running. Its text is computed only if an error needs it.
unsafe fn origin_of_caller() -> *mut PyObject {
    let python_frame = PyEval_GetFrame();
    if python_frame.is_null() {
        return owned(Py_None());
    }
    let class = state().origin_type.cast::<PyTypeObject>();
    let instruction = PyLong_FromLong(PyFrame_GetLasti(python_frame).into());
    let origin = match (*class).tp_alloc {
        Some(allocate) if !instruction.is_null() => allocate(class, 2),
        _ => NULL,
    };
    if origin.is_null() {
        Py_XDECREF(instruction);
        return NULL;
    }
    PyTuple_SET_ITEM(origin, 0, PyFrame_GetCode(python_frame).cast());
    PyTuple_SET_ITEM(origin, 1, instruction);
    origin
}

/// Add `RootBase` to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let builder =
        TypeBuilder::new::<Root>(c"hyperparameter.core._native.RootBase", Py_TPFLAGS_BASETYPE)
            .slot(Py_tp_call, call as *mut _)
            .slot(Py_mp_subscript, subscript as *mut _)
            .slot(Py_tp_getattro, getattro::<Root> as *mut _)
            .property(c"__dict__", get_dict::<Root>, None, ptr::null_mut());
    // SAFETY: the functions have the signatures of their slots, for objects of this layout.
    let class = unsafe { builder.build(module.py())? };
    module.add("RootBase", class)
}
