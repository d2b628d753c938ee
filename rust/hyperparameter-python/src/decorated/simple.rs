//! Resolve the arguments of a call without the Python side, if every argument that a scope sets is simple.
//!
//! The binding lists the parameters of its function once (`Binding.simple_parameters` in functions/binding.py), each as
//! a tuple:
//!
//! ```text
//!   @hp.param("train")
//!   def train(data, lr=0.1, layers=[64]): ...
//!
//!   ("data",   "train.data",   0, None,  False)
//!   ("lr",     "train.lr",     1, float, True)
//!   ("layers", "train.layers", 2, None,  True)
//!    name       key         index type   has a default
//! ```
//!
//! A parameter whose type is bool, int, float or str is simple if its value has that type, or if the kernel can convert
//! it. Any parameter is simple if nothing is set at its key and below it, and it has a default. If one is not simple,
//! the hook `resolve` of the Python side resolves the whole call.

use std::ptr;

use pyo3::ffi::*;

use super::Decorated;
use crate::frame::{Frame, is_frame, is_read_by_hook};
use crate::lookup::{Found, find, is_set_below};
use crate::object::{NULL, owned};
use crate::text::convert_text;

/// The largest integer that is exact as a float.
const MAX_EXACT: i64 = 1 << 53;

/// Return the keyword arguments that the scopes add to a call with `count` positional arguments, as an owned dict.
/// Return null if the Python side has to resolve the call; an error can be set.
pub(super) unsafe fn plan(
    decorated: *mut Decorated,
    frame: *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if !is_frame(frame) || is_read_by_hook(frame) {
        return NULL;
    }
    let parameters = parameters_of(decorated);
    if parameters.is_null() {
        return NULL;
    }
    let plan = PyDict_New();
    if plan.is_null() {
        return NULL;
    }
    for index in 0..PyTuple_GET_SIZE(parameters) {
        let parameter = PyTuple_GET_ITEM(parameters, index);
        if !add_argument(plan, parameter, frame.cast(), count) {
            Py_DECREF(plan);
            return NULL;
        }
    }
    plan
}

/// Return the list of parameters, borrowed; null if the function has parameters that are never simple.
unsafe fn parameters_of(decorated: *mut Decorated) -> *mut PyObject {
    let field = &raw mut (*decorated).parameters;
    if PyTuple_CheckExact(*field) == 0 && *field != Py_None() {
        // It is still the function that lists them.
        let list = owned(*field);
        let parameters = PyObject_CallNoArgs(list);
        Py_DECREF(list);
        if parameters.is_null() {
            return NULL;
        }
        let previous = ptr::replace(field, parameters);
        Py_DECREF(previous);
    }
    if PyTuple_CheckExact(*field) != 0 {
        *field
    } else {
        NULL
    }
}

/// Add the argument for one parameter to a plan. Return false if the parameter is not simple.
unsafe fn add_argument(
    plan: *mut PyObject,
    parameter: *mut PyObject,
    frame: *mut Frame,
    count: Py_ssize_t,
) -> bool {
    if PyTuple_CheckExact(parameter) == 0 || PyTuple_GET_SIZE(parameter) != 5 {
        return false;
    }
    let position = PyLong_AsSsize_t(PyTuple_GET_ITEM(parameter, 2));
    if 0 <= position && position < count {
        return true;
    }
    let key = PyTuple_GET_ITEM(parameter, 1);
    let class = PyTuple_GET_ITEM(parameter, 3);
    let has_default = PyTuple_GET_ITEM(parameter, 4) == Py_True();
    match find(frame, key) {
        Found::Missing => {
            has_default && (class != Py_None() || is_set_below(frame, key) == Some(false))
        }
        Found::Unknown => false,
        Found::Entry(entry) => {
            let value = convert(PyTuple_GET_ITEM(entry, 0), class);
            Py_DECREF(entry);
            if value.is_null() {
                return false;
            }
            let is_set = PyDict_SetItem(plan, PyTuple_GET_ITEM(parameter, 0), value) == 0;
            Py_DECREF(value);
            is_set
        }
    }
}

/// Return a value as an object of a simple type, owned; null if the Python side has to convert it.
unsafe fn convert(value: *mut PyObject, class: *mut PyObject) -> *mut PyObject {
    if class == Py_None() {
        return NULL;
    }
    if Py_TYPE(value).cast() == class {
        return owned(value);
    }
    if PyUnicode_CheckExact(value) != 0 {
        return convert_text(value, class.cast());
    }
    if PyLong_CheckExact(value) != 0 && class == (&raw mut PyFloat_Type).cast() {
        let mut overflow = 0;
        let number = PyLong_AsLongLongAndOverflow(value, &mut overflow);
        if overflow == 0 && number.abs() <= MAX_EXACT {
            return PyFloat_FromDouble(number as f64);
        }
    }
    NULL
}
