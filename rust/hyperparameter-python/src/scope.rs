//! Scopes: entering and leaving; and `hp.scope` itself, which names, reads by key and makes scopes.

use std::ffi::{c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::{Frame, is_frame, new_frame};
use crate::object::{
    END, LAST, alloc, computed, free, is_made_of, make_type, member, offset_member, only_argument,
    owned, replace, slot, visit,
};
use crate::reference::{attribute, children_of, is_plain, new_reference};
use crate::state::{current, point_at, state};

const NULL: *mut PyObject = ptr::null_mut();

// --- Scopes ---

#[repr(C)]
struct Scope {
    head: PyObject,
    overrides: *mut PyObject,
    weak: *mut PyObject,
}

/// Make a scope.
///
/// # Safety
/// The interpreter lock is held; `kind` is a type made of the type of scopes.
unsafe fn new_scope(kind: *mut PyTypeObject, overrides: *mut PyObject) -> *mut PyObject {
    let made = alloc(kind);
    if !made.is_null() {
        (*made.cast::<Scope>()).overrides = owned(overrides);
    }
    made
}

unsafe extern "C" fn new(
    kind: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let refusal =
        c"a scope is made from one positional argument, its overrides: hp.scope(...) makes one";
    let given = only_argument(args, kwargs, refusal);
    if given.is_null() {
        return NULL;
    }
    // A copy, since what is remembered is borrowed from it, and others may have it and change it.
    let overrides = if PyDict_Check(given) != 0 {
        PyDict_Copy(given)
    } else if PyTuple_CheckExact(given) != 0 {
        owned(given)
    } else {
        PyErr_SetString(PyExc_TypeError, refusal.as_ptr());
        NULL
    };
    if overrides.is_null() {
        return NULL;
    }
    let scope = new_scope(kind, overrides);
    Py_DECREF(overrides);
    scope
}

unsafe extern "C" fn enter(scope: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    let mut below = owned(current());
    if is_frame(below) && (*below.cast::<Frame>()).number == 0 {
        let baseline = owned(state().baseline);
        let rebased = PyObject_CallFunctionObjArgs(state().over, below, baseline, NULL);
        Py_DECREF(baseline);
        replace(&raw mut below, rebased);
        if below.is_null() {
            return NULL;
        }
    }
    let frame = new_frame(
        state().frame.cast(),
        scope,
        (*scope.cast::<Scope>()).overrides,
        below,
    );
    Py_DECREF(below);
    if frame.is_null() {
        return NULL;
    }
    let done = point_at(frame);
    Py_DECREF(frame);
    if done { owned(scope) } else { NULL }
}

unsafe extern "C" fn exit(
    scope: *mut PyObject,
    _args: *mut *mut PyObject,
    _count: Py_ssize_t,
) -> *mut PyObject {
    let frame = current();
    if is_frame(frame) && (*frame.cast::<Frame>()).scope == scope {
        let below = (*frame.cast::<Frame>()).parent;
        if is_frame(below) {
            let around = (*below.cast::<Frame>()).scope;
            if around == Py_None() {
                return if point_at(NULL) {
                    owned(Py_None())
                } else {
                    NULL
                };
            }
            if around != state().ambient_scope {
                let below = owned(below);
                let done = point_at(below);
                Py_DECREF(below);
                return if done { owned(Py_None()) } else { NULL };
            }
        }
    }
    PyObject_CallOneArg(state().leave, scope)
}

unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    visit!(
        visit,
        arg,
        Py_TYPE(object).cast(),
        (*object.cast::<Scope>()).overrides
    );
    0
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    if !(*object.cast::<Scope>()).weak.is_null() {
        PyObject_ClearWeakRefs(object);
    }
    replace(&raw mut (*object.cast::<Scope>()).overrides, NULL); // a cycle through it is broken at one of its dicts
    free(object);
}

fn scope_type<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    let members = Box::leak(Box::new([
        member(c"__overrides__", offset_of!(Scope, overrides), Py_READONLY),
        member(c"__weakref__", offset_of!(Scope, weak), Py_READONLY),
        offset_member(c"__weaklistoffset__", offset_of!(Scope, weak)),
        END,
    ]));
    let methods = Box::leak(Box::new([
        PyMethodDef {
            ml_name: c"__enter__".as_ptr(),
            ml_meth: PyMethodDefPointer { PyCFunction: enter },
            ml_flags: METH_NOARGS,
            ml_doc: ptr::null(),
        },
        PyMethodDef {
            ml_name: c"__exit__".as_ptr(),
            ml_meth: PyMethodDefPointer {
                PyCFunctionFast: exit,
            },
            ml_flags: METH_FASTCALL,
            ml_doc: ptr::null(),
        },
        PyMethodDef::zeroed(),
    ]));
    let mut slots = [
        slot(Py_tp_new, new as *mut c_void),
        slot(Py_tp_dealloc, dealloc as *mut c_void),
        slot(Py_tp_traverse, traverse as *mut c_void),
        slot(Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(Py_tp_members, members.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    let flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    // SAFETY: the slots are those of scopes.
    unsafe {
        make_type(
            py,
            c"hyperparameter.core._native.ScopeBase",
            size_of::<Scope>(),
            flags,
            &mut slots,
        )
    }
}

// --- `hp.scope` ---

#[repr(C)]
struct Root {
    head: PyObject,
    children: *mut PyObject,
    scope: *mut PyObject, // the type of what it makes
}

unsafe extern "C" fn root_new(
    kind: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let refusal = c"what makes scopes is made from one positional argument, their type";
    let scope = only_argument(args, kwargs, refusal);
    if scope.is_null() {
        return NULL;
    }
    if !is_made_of(scope, state().scope_base) {
        PyErr_SetString(PyExc_TypeError, refusal.as_ptr());
        return NULL;
    }
    let made = alloc(kind);
    if !made.is_null() {
        (*made.cast::<Root>()).scope = owned(scope);
    }
    made
}

unsafe extern "C" fn root_getattro(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    attribute(
        object,
        &raw mut (*object.cast::<Root>()).children,
        name,
        |_| true,
    )
}

unsafe extern "C" fn root_get_dict(object: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    let children = children_of(&raw mut (*object.cast::<Root>()).children);
    Py_XINCREF(children);
    children
}

unsafe extern "C" fn root_subscript(_root: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    let key = checked(key);
    if key.is_null() {
        return NULL;
    }
    let made = new_reference(state().reference.cast(), key);
    Py_DECREF(key);
    made
}

/// Return a key as text, or null with an error set.
unsafe fn checked(key: *mut PyObject) -> *mut PyObject {
    if is_good(key) {
        owned(key)
    } else {
        PyObject_CallOneArg(state().check, key)
    }
}

/// Tell whether a key was found good before.
unsafe fn is_good(key: *mut PyObject) -> bool {
    PyUnicode_CheckExact(key) != 0 && PySet_Contains(state().good, key) == 1
}

unsafe extern "C" fn root_call(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let origin = caller();
    if origin.is_null() {
        return NULL;
    }
    let mut overrides = NULL;
    if PyTuple_GET_SIZE(args) == 0 {
        overrides = plain_overrides(kwargs, origin);
        if overrides.is_null() && !PyErr_Occurred().is_null() {
            Py_DECREF(origin);
            return NULL;
        }
    }
    if overrides.is_null() && !kwargs.is_null() && PyArg_ValidateKeywordArguments(kwargs) == 0 {
        Py_DECREF(origin);
        return NULL;
    }
    if overrides.is_null() {
        let params = if kwargs.is_null() {
            PyDict_New()
        } else {
            owned(kwargs)
        };
        if !params.is_null() {
            overrides =
                PyObject_CallFunctionObjArgs(state().entries_from, args, params, origin, NULL);
            Py_DECREF(params);
        }
    }
    Py_DECREF(origin);
    if overrides.is_null() {
        return NULL;
    }
    let scope = new_scope((*object.cast::<Root>()).scope.cast(), overrides);
    Py_DECREF(overrides);
    scope
}

/// Return the place in source code that called: its code, and the instruction it is at.
unsafe fn caller() -> *mut PyObject {
    let frame = PyEval_GetFrame();
    if frame.is_null() {
        return owned(Py_None()); // called by no Python code
    }
    let code = PyFrame_GetCode(frame);
    let instruction = PyLong_FromLong(PyFrame_GetLasti(frame).into());
    let origin = if instruction.is_null() {
        NULL
    } else {
        PyTuple_New(2)
    };
    if origin.is_null() {
        Py_DECREF(code.cast());
        Py_XDECREF(instruction);
        return NULL;
    }
    PyTuple_SET_ITEM(origin, 0, code.cast());
    PyTuple_SET_ITEM(origin, 1, instruction);
    origin
}

/// Return the overrides of keyword parameters, where all keys are known as good and no value can be a mapping;
/// null without an error where they are not.
unsafe fn plain_overrides(kwargs: *mut PyObject, origin: *mut PyObject) -> *mut PyObject {
    let overrides = PyDict_New();
    if overrides.is_null() || kwargs.is_null() {
        return overrides;
    }
    let (mut at, mut key, mut value) = (0, NULL, NULL);
    while PyDict_Next(kwargs, &mut at, &mut key, &mut value) != 0 {
        if !is_good(key) || !is_plain(Py_TYPE(value)) {
            Py_DECREF(overrides);
            return NULL;
        }
        let (key, value) = (owned(key), owned(value)); // other code may have the dict, and run
        let entry = PyTuple_Pack(2, value, origin);
        let done = !entry.is_null() && PyDict_SetItem(overrides, key, entry) == 0;
        Py_XDECREF(entry);
        Py_DECREF(value);
        Py_DECREF(key);
        if !done {
            Py_DECREF(overrides);
            return NULL;
        }
    }
    overrides
}

unsafe extern "C" fn root_traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let root = object.cast::<Root>();
    visit!(
        visit,
        arg,
        Py_TYPE(object).cast(),
        (*root).children,
        (*root).scope
    );
    0
}

unsafe extern "C" fn root_clear(object: *mut PyObject) -> c_int {
    replace(&raw mut (*object.cast::<Root>()).children, NULL);
    0
}

unsafe extern "C" fn root_dealloc(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    root_clear(object);
    replace(&raw mut (*object.cast::<Root>()).scope, NULL);
    free(object);
}

fn root_type<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    let members = Box::leak(Box::new([
        member(c"__scope__", offset_of!(Root, scope), Py_READONLY),
        END,
    ]));
    let getset = Box::leak(Box::new([computed(c"__dict__", root_get_dict), LAST]));
    let mut slots = [
        slot(Py_tp_getset, getset.as_mut_ptr().cast()),
        slot(Py_tp_new, root_new as *mut c_void),
        slot(Py_tp_dealloc, root_dealloc as *mut c_void),
        slot(Py_tp_traverse, root_traverse as *mut c_void),
        slot(Py_tp_clear, root_clear as *mut c_void),
        slot(Py_tp_getattro, root_getattro as *mut c_void),
        slot(Py_tp_call, root_call as *mut c_void),
        slot(Py_mp_subscript, root_subscript as *mut c_void),
        slot(Py_tp_members, members.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    let flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    // SAFETY: the slots are those of the root.
    unsafe {
        make_type(
            py,
            c"hyperparameter.core._native.RootBase",
            size_of::<Root>(),
            flags,
            &mut slots,
        )
    }
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let kind = scope_type(module.py())?;
    // SAFETY: the lock is held.
    unsafe { replace(&raw mut state().scope_base, kind.clone().into_ptr()) };
    module.add("ScopeBase", kind)?;
    module.add("RootBase", root_type(module.py())?)
}
