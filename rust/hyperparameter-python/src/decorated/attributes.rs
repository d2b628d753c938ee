//! What a decorated function looks like to `inspect`, picklers, mocks and debuggers: a plain function.
//!
//! Its field `as_function` is a plain function. Every attribute, even `__class__`, is that of the plain function. The
//! exceptions are the methods that have to get the decorated function itself.

use std::ffi::{CStr, c_char, c_int, c_void};

use pyo3::Python;
use pyo3::ffi::*;

use super::{Decorated, set_reloaded};
use crate::object::{NULL, none_if, owned, type_error};

unsafe extern "C" {
    // PyO3 does not declare this function of Python's C API.
    fn PyMethod_New(function: *mut PyObject, instance: *mut PyObject) -> *mut PyObject;
}

/// The attributes that a decorated function does not take from its plain function.
const OWN_METHODS: [&CStr; 4] = [c"__call__", c"__get__", c"__reduce__", c"__reduce_ex__"];

/// The attributes that some tools read with `object.__getattribute__`: `help` and `inspect.getattr_static`.
pub(super) const FUNCTION_ATTRIBUTES: [&CStr; 5] = [
    c"__code__",
    c"__defaults__",
    c"__dict__",
    c"__doc__",
    c"__name__",
];

unsafe fn as_function(object: *mut PyObject) -> *mut PyObject {
    (*object.cast::<Decorated>()).as_function
}

unsafe fn is_named(name: *mut PyObject, text: &CStr) -> bool {
    PyUnicode_CompareWithASCIIString(name, text.as_ptr()) == 0
}

pub(super) unsafe extern "C" fn getattro(
    object: *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    if OWN_METHODS.iter().any(|method| is_named(name, method)) {
        PyObject_GenericGetAttr(object, name)
    } else {
        PyObject_GetAttr(as_function(object), name)
    }
}

/// The attributes that a tool sets to reload code in place, as in functions/reload.py.
const RELOADED: [&CStr; 4] = [c"__code__", c"__defaults__", c"__kwdefaults__", c"__dict__"];

/// Set an attribute, or delete it if the value is null.
pub(super) unsafe extern "C" fn setattro(
    object: *mut PyObject,
    name: *mut PyObject,
    value: *mut PyObject,
) -> c_int {
    if !value.is_null() && RELOADED.iter().any(|reloaded| is_named(name, reloaded)) {
        return match set_reloaded(object.cast(), name, value) {
            Ok(()) => 0,
            Err(error) => {
                error.restore(Python::assume_attached());
                -1
            }
        };
    }
    PyObject_SetAttr(as_function(object), name, value)
}

/// The getter of `FUNCTION_ATTRIBUTES`; its closure is the name.
pub(super) unsafe extern "C" fn get_function_attribute(
    object: *mut PyObject,
    name: *mut c_void,
) -> *mut PyObject {
    PyObject_GetAttrString(as_function(object), name.cast::<c_char>())
}

pub(super) unsafe extern "C" fn repr(object: *mut PyObject) -> *mut PyObject {
    PyObject_Repr(as_function(object))
}

/// `object.__get__(instance, class)`: return a bound method.
pub(super) unsafe extern "C" fn descr_get(
    object: *mut PyObject,
    instance: *mut PyObject,
    _class: *mut PyObject,
) -> *mut PyObject {
    if instance.is_null() || instance == Py_None() {
        owned(object)
    } else {
        PyMethod_New(object, instance)
    }
}

/// `object.__reduce__()`: a text is the name under which `pickle` finds the object again. A pickler that works by value
/// pickles the plain function, because it sees that function's `__class__`, `__code__` and so on.
pub(super) unsafe extern "C" fn reduce(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    PyObject_GetAttrString(as_function(object), c"__qualname__".as_ptr())
}

/// `object.__set_name__(class, name)`, which a class calls for what its body contains.
///
/// A class turns three methods into static or class methods by their names, but only if they are plain functions. So
/// the decorated function does that itself.
pub(super) unsafe extern "C" fn set_name(
    object: *mut PyObject,
    args: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    if count != 2 || PyUnicode_Check(*args.add(1)) == 0 {
        return type_error(c"expected a class and a name");
    }
    let (class, name) = (*args, *args.add(1));
    let method = if is_named(name, c"__new__") {
        PyStaticMethod_New(object)
    } else if is_named(name, c"__init_subclass__") || is_named(name, c"__class_getitem__") {
        PyClassMethod_New(object)
    } else {
        return owned(Py_None());
    };
    if method.is_null() {
        return NULL;
    }
    // Not PyObject_SetAttr, because a metaclass can refuse changes to its classes.
    let set_attribute = PyType_Type.tp_setattro;
    let is_set = set_attribute.is_some_and(|set| set(class, name, method) == 0);
    Py_DECREF(method);
    none_if(is_set)
}
