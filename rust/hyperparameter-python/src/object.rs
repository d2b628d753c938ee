//! Small tools for objects that are made by hand.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

/// Return a new reference to an object.
///
/// # Safety
/// It is a live object, and the interpreter lock is held.
#[inline(always)]
pub(crate) unsafe fn owned(object: *mut PyObject) -> *mut PyObject {
    Py_INCREF(object);
    object
}

/// Put an object into a field, its reference with it, and drop what was there.
///
/// # Safety
/// The field is one of a live object; the interpreter lock is held. Dropping can run any code: the
/// field is already changed by then.
pub(crate) unsafe fn replace(field: *mut *mut PyObject, object: *mut PyObject) {
    let before = ptr::replace(field, object);
    Py_XDECREF(before);
}

/// Tell whether a type lives for as long as the interpreter, so that its address names it.
///
/// # Safety
/// It is a live type.
#[inline(always)]
pub(crate) unsafe fn is_static(kind: *mut PyTypeObject) -> bool {
    (*kind).tp_flags & Py_TPFLAGS_HEAPTYPE == 0
}

/// Tell whether an object is a type, and the other one or made of it.
///
/// # Safety
/// They are live objects, the latter a type; the interpreter lock is held.
pub(crate) unsafe fn is_made_of(kind: *mut PyObject, base: *mut PyObject) -> bool {
    PyType_Check(kind) != 0 && PyType_IsSubtype(kind.cast(), base.cast()) != 0
}

/// Return a constant `None` for nothing.
///
/// # Safety
/// The interpreter lock is held.
#[inline(always)]
pub(crate) unsafe fn or_none(object: *mut PyObject) -> *mut PyObject {
    owned(if object.is_null() { Py_None() } else { object })
}

/// A member that is an object, `None` where it is not set.
pub(crate) const fn member(name: &'static CStr, offset: usize, flags: c_int) -> PyMemberDef {
    PyMemberDef {
        name: name.as_ptr(),
        type_code: 6, // T_OBJECT
        offset: offset as Py_ssize_t,
        flags,
        doc: ptr::null(),
    }
}

/// A member that tells the interpreter where something is.
pub(crate) const fn offset_member(name: &'static CStr, offset: usize) -> PyMemberDef {
    PyMemberDef {
        name: name.as_ptr(),
        type_code: Py_T_PYSSIZET,
        offset: offset as Py_ssize_t,
        flags: Py_READONLY,
        doc: ptr::null(),
    }
}

pub(crate) const END: PyMemberDef = PyMemberDef {
    name: ptr::null(),
    type_code: 0,
    offset: 0,
    flags: 0,
    doc: ptr::null(),
};

/// An attribute that a function gives.
pub(crate) const fn computed(name: &'static CStr, get: getter) -> PyGetSetDef {
    PyGetSetDef {
        name: name.as_ptr(),
        get: Some(get),
        set: None,
        doc: ptr::null(),
        closure: ptr::null_mut(),
    }
}

/// What ends a list of these.
pub(crate) const LAST: PyGetSetDef = PyGetSetDef {
    name: ptr::null(),
    get: None,
    set: None,
    doc: ptr::null(),
    closure: ptr::null_mut(),
};

/// A slot of a type.
pub(crate) fn slot(slot: c_int, function: *mut c_void) -> PyType_Slot {
    PyType_Slot {
        slot,
        pfunc: function,
    }
}

/// Make a type.
///
/// # Safety
/// The slots are functions of the kinds that they are for, on objects of this size; what they point to lives
/// for ever.
pub(crate) unsafe fn make_type<'py>(
    py: Python<'py>,
    name: &'static CStr,
    size: usize,
    flags: u64,
    slots: &mut [PyType_Slot],
) -> PyResult<Bound<'py, PyAny>> {
    let mut spec = PyType_Spec {
        name: name.as_ptr().cast::<c_char>(),
        basicsize: size as c_int,
        itemsize: 0,
        flags: (Py_TPFLAGS_DEFAULT | flags) as c_uint,
        slots: slots.as_mut_ptr(),
    };
    Bound::from_owned_ptr_or_err(py, PyType_FromSpec(&mut spec))
}

/// Return a new object of a type made here, its fields null; null with an error set where there is no memory.
///
/// # Safety
/// It is such a type, or one made of it; the interpreter lock is held.
pub(crate) unsafe fn alloc(kind: *mut PyTypeObject) -> *mut PyObject {
    match (*kind).tp_alloc {
        Some(alloc) => alloc(kind, 0),
        None => ptr::null_mut(),
    }
}

/// Return the one argument of a call, borrowed; null with an error set where there is not one.
///
/// # Safety
/// `args` is a tuple, `kwargs` a dict or null; the interpreter lock is held.
pub(crate) unsafe fn only_argument(
    args: *mut PyObject,
    kwargs: *mut PyObject,
    refusal: &'static CStr,
) -> *mut PyObject {
    if PyTuple_GET_SIZE(args) == 1 && (kwargs.is_null() || PyDict_Size(kwargs) == 0) {
        return PyTuple_GET_ITEM(args, 0);
    }
    PyErr_SetString(PyExc_TypeError, refusal.as_ptr());
    ptr::null_mut()
}

/// Give an object's memory back, and the reference to its type.
///
/// # Safety
/// It is an object of a type made here, whose fields are dropped.
pub(crate) unsafe fn free(object: *mut PyObject) {
    let kind = Py_TYPE(object);
    if let Some(free) = (*kind).tp_free {
        free(object.cast());
    }
    Py_DECREF(kind.cast());
}

/// Visit a field for the collector.
macro_rules! visit {
    ($visit:expr, $arg:expr, $($field:expr),+) => {
        $({
            let field: *mut PyObject = $field;
            if !field.is_null() {
                let result = $visit(field, $arg);
                if result != 0 {
                    return result;
                }
            }
        })+
    };
}
pub(crate) use visit;
