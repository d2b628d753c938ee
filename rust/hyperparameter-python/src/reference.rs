//! References: naming a parameter, and reading it.

use std::ffi::{c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::{Frame, is_frame};
use crate::object::{
    END, LAST, alloc, computed, free, is_static, make_type, member, offset_member, only_argument,
    owned, replace, slot, visit,
};
use crate::state::{current, state};

const NULL: *mut PyObject = ptr::null_mut();

/// A reference, and what it answered last.
#[repr(C)]
pub(crate) struct Reference {
    head: PyObject,
    key: *mut PyObject,
    /// Those that were named on it in source code: a dict, or null.
    children: *mut PyObject,
    weak: *mut PyObject,
    last: Last,
}

/// The last answer: in which frame, to a default of which type.
///
/// The value is borrowed from the frame, which drops no answer without taking another number. So it is there
/// for whoever is in that frame, and kept alive for nobody else.
#[repr(C)]
struct Last {
    number: u64,
    kind: *mut PyTypeObject, // one that lives for ever
    value: *mut PyObject,    // null: the default
}

const MOST_CHILDREN: Py_ssize_t = 4096; // they can be named at run time too, by `getattr`

/// Make a reference.
///
/// # Safety
/// The interpreter lock is held; `kind` is the type of references or made of it; the key is a live str.
pub(crate) unsafe fn new_reference(kind: *mut PyTypeObject, key: *mut PyObject) -> *mut PyObject {
    let made = alloc(kind);
    if !made.is_null() {
        (*made.cast::<Reference>()).key = owned(key);
        (*made.cast::<Reference>()).last.number = 1; // no frame's
    }
    made
}

unsafe extern "C" fn new(
    kind: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let refusal = c"a reference is made from one positional argument, its key";
    let key = only_argument(args, kwargs, refusal);
    if key.is_null() {
        return NULL;
    }
    if PyUnicode_CheckExact(key) == 0 {
        PyErr_SetString(PyExc_TypeError, c"a key is a str".as_ptr());
        return NULL;
    }
    new_reference(kind, key)
}

// --- Reading ---

/// `reference | default`
unsafe extern "C" fn or(left: *mut PyObject, right: *mut PyObject) -> *mut PyObject {
    let base = state().reference_base.cast::<PyTypeObject>();
    if PyObject_TypeCheck(left, base) == 0 {
        return PyObject_CallOneArg(state().refuse, right);
    }
    read(left.cast(), right)
}

/// Return the value as the default asks, else the default.
#[inline(always)]
unsafe fn read(reference: *mut Reference, default: *mut PyObject) -> *mut PyObject {
    let frame = current().cast::<Frame>();
    let last = &(*reference).last;
    if last.number == (*frame).number && last.kind == Py_TYPE(default) {
        return owned(if last.value.is_null() {
            default
        } else {
            last.value
        });
    }
    look_up(reference, frame.cast(), default)
}

#[inline(never)]
unsafe fn look_up(
    reference: *mut Reference,
    frame: *mut PyObject,
    default: *mut PyObject,
) -> *mut PyObject {
    let key = (*reference).key;
    let number = (*frame.cast::<Frame>()).number;
    if number == 0 || !is_frame(frame) {
        return PyObject_CallFunctionObjArgs(state().read, key, default, NULL);
    }
    let frame = owned(frame); // other code may run from here on
    let result = look_up_in(reference, frame.cast(), key, default);
    Py_DECREF(frame);
    result
}

unsafe fn look_up_in(
    reference: *mut Reference,
    frame: *mut Frame,
    key: *mut PyObject,
    default: *mut PyObject,
) -> *mut PyObject {
    let kind = Py_TYPE(default);
    let value = remembered(frame, key);
    if value.is_null() && !PyErr_Occurred().is_null() {
        return NULL;
    }
    if !value.is_null() {
        // an empty dict gives way to what lies beneath
        if Py_TYPE(value) == kind && kind != &raw mut PyDict_Type {
            remember(reference, frame, kind, value);
            return owned(value);
        }
        if value == state().missing && is_plain(kind) {
            remember(reference, frame, kind, NULL);
            return owned(default);
        }
    }
    let result = PyObject_CallFunctionObjArgs(state().read, key, default, NULL);
    if result.is_null() {
        return NULL;
    }
    // What the frame has now is borrowed from it: the value as it was set, or as it was converted.
    let value = remembered(frame, key);
    if !value.is_null() && value == result {
        remember(reference, frame, kind, value);
    } else if value == state().missing && result == default && is_plain(kind) {
        remember(reference, frame, kind, NULL);
    } else if !value.is_null() && is_static(kind) {
        let answer = converted(frame, key, kind);
        if answer == result {
            remember(reference, frame, kind, answer);
        }
    }
    PyErr_Clear(); // of a look-up that only asked whether to remember
    result
}

/// Return the value that the frame remembers for a key, borrowed; null for none.
unsafe fn remembered(frame: *mut Frame, key: *mut PyObject) -> *mut PyObject {
    if (*frame).cache.is_null() {
        return NULL;
    }
    // A key can be compared with that of a converted answer, whose type can have code of its own for it, which
    // can have the frame take another cache: then nothing is remembered.
    let cache = owned((*frame).cache);
    let entry = PyDict_GetItemWithError(cache, key);
    let is_same = cache == (*frame).cache;
    Py_DECREF(cache);
    if !is_same || entry.is_null() || PyTuple_CheckExact(entry) == 0 || PyTuple_GET_SIZE(entry) == 0
    {
        return NULL;
    }
    PyTuple_GET_ITEM(entry, 0)
}

/// Return the answer of a type that the frame remembers for a key, borrowed; null for none.
unsafe fn converted(
    frame: *mut Frame,
    key: *mut PyObject,
    kind: *mut PyTypeObject,
) -> *mut PyObject {
    let asked = PyTuple_Pack(2, key, kind.cast::<PyObject>());
    if asked.is_null() {
        return NULL;
    }
    let answer = remembered(frame, asked);
    Py_DECREF(asked);
    answer
}

/// Tell whether no value of a type is a mapping. It asks a type that lives for ever alone: any other can have a
/// hash of its own, which is other code.
#[inline(always)]
pub(crate) unsafe fn is_plain(kind: *mut PyTypeObject) -> bool {
    is_static(kind) && PySet_Contains(state().plain, kind.cast()) == 1
}

unsafe fn remember(
    reference: *mut Reference,
    frame: *mut Frame,
    kind: *mut PyTypeObject,
    value: *mut PyObject,
) {
    if is_static(kind) {
        (*reference).last = Last {
            number: (*frame).number,
            kind,
            value,
        };
    }
}

/// `reference()` and `reference(default)`
unsafe extern "C" fn call(
    reference: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    if kwargs.is_null() || PyDict_Size(kwargs) == 0 {
        match PyTuple_GET_SIZE(args) {
            0 => return PyObject_CallOneArg(state().require, reference),
            1 => return PyNumber_Or(reference, PyTuple_GET_ITEM(args, 0)),
            _ => {}
        }
    }
    if kwargs.is_null() || PyArg_ValidateKeywordArguments(kwargs) != 0 {
        PyErr_SetString(
            PyExc_TypeError,
            c"a reference takes one positional argument, the default, or none".as_ptr(),
        );
    }
    NULL
}

// --- Naming ---

/// Tell whether a name is one of Python's own.
unsafe fn is_dunder(name: *mut PyObject) -> bool {
    let length = PyUnicode_GET_LENGTH(name);
    length >= 4
        && PyUnicode_ReadChar(name, 0) == 0x5f
        && PyUnicode_ReadChar(name, 1) == 0x5f
        && PyUnicode_ReadChar(name, length - 1) == 0x5f
        && PyUnicode_ReadChar(name, length - 2) == 0x5f
}

/// Return an attribute: a child that is known by its name, else what the object itself has, where it is asked for
/// such a name, else a new child.
///
/// # Safety
/// The interpreter lock is held; `children` is a field of `parent`, which is a live object.
#[inline(always)]
pub(crate) unsafe fn attribute(
    parent: *mut PyObject,
    children: *mut *mut PyObject,
    name: *mut PyObject,
    is_own: impl FnOnce(*mut PyObject) -> bool,
) -> *mut PyObject {
    if !(*children).is_null() {
        let child = PyDict_GetItemWithError(*children, name);
        if !child.is_null() {
            return owned(child);
        }
        if !PyErr_Occurred().is_null() {
            return NULL;
        }
    }
    if is_own(name) {
        let found = PyObject_GenericGetAttr(parent, name);
        if !found.is_null() || PyErr_ExceptionMatches(PyExc_AttributeError) == 0 {
            return found;
        }
        PyErr_Clear(); // the child may be, and who refuses it says how to read it
    }
    new_child(parent, children, name)
}

unsafe fn new_child(
    parent: *mut PyObject,
    children: *mut *mut PyObject,
    name: *mut PyObject,
) -> *mut PyObject {
    let child = PyObject_CallFunctionObjArgs(state().child, parent, name, NULL);
    if child.is_null() {
        return NULL;
    }
    let children = children_of(children);
    if !children.is_null() && PyDict_Size(children) >= MOST_CHILDREN {
        PyDict_Clear(children);
    }
    if children.is_null() || PyDict_SetItem(children, name, child) < 0 {
        Py_DECREF(child);
        return NULL;
    }
    child
}

/// Return the dict of what was named, as any object's attributes.
///
/// # Safety
/// The interpreter lock is held; `children` is a field of a live object.
pub(crate) unsafe fn children_of(children: *mut *mut PyObject) -> *mut PyObject {
    if (*children).is_null() {
        let made = PyDict_New(); // which can run other code, which can make it too
        if (*children).is_null() {
            *children = made;
        } else {
            Py_XDECREF(made);
        }
    }
    *children
}

unsafe extern "C" fn get_dict(object: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    let children = children_of(&raw mut (*object.cast::<Reference>()).children);
    Py_XINCREF(children);
    children
}

unsafe extern "C" fn getattro(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    let children = &raw mut (*object.cast::<Reference>()).children;
    // SAFETY: the name of an attribute is a str.
    attribute(object, children, name, |name| unsafe { is_dunder(name) })
}

// --- The type ---

unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    visit!(
        visit,
        arg,
        Py_TYPE(object).cast(),
        (*object.cast::<Reference>()).children
    );
    0
}

unsafe extern "C" fn clear(object: *mut PyObject) -> c_int {
    replace(&raw mut (*object.cast::<Reference>()).children, NULL);
    0
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    if !(*object.cast::<Reference>()).weak.is_null() {
        PyObject_ClearWeakRefs(object);
    }
    clear(object);
    replace(&raw mut (*object.cast::<Reference>()).key, NULL);
    free(object);
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let members = Box::leak(Box::new([
        member(c"__key__", offset_of!(Reference, key), Py_READONLY),
        member(c"__weakref__", offset_of!(Reference, weak), Py_READONLY),
        offset_member(c"__weaklistoffset__", offset_of!(Reference, weak)),
        END,
    ]));
    let getset = Box::leak(Box::new([computed(c"__dict__", get_dict), LAST]));
    let mut slots = [
        slot(Py_tp_getset, getset.as_mut_ptr().cast()),
        slot(Py_tp_new, new as *mut c_void),
        slot(Py_tp_dealloc, dealloc as *mut c_void),
        slot(Py_tp_traverse, traverse as *mut c_void),
        slot(Py_tp_clear, clear as *mut c_void),
        slot(Py_tp_getattro, getattro as *mut c_void),
        slot(Py_tp_call, call as *mut c_void),
        slot(Py_nb_or, or as *mut c_void),
        slot(Py_tp_members, members.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    // SAFETY: the slots are those of references.
    let kind = unsafe {
        make_type(
            module.py(),
            c"hyperparameter.core._native.ReferenceBase",
            size_of::<Reference>(),
            Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
            &mut slots,
        )?
    };
    // SAFETY: the lock is held.
    unsafe {
        replace(&raw mut state().reference_base, kind.clone().into_ptr());
        replace(&raw mut state().reference, kind.clone().into_ptr());
    }
    module.add("ReferenceBase", kind)
}
