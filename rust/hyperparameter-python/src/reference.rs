//! References: the objects that `hp.scope.train.lr` returns, and reading them.
//!
//! # A cached read
//! A reference caches its last answer, together with the frame and the type of the default that it is for:
//!
//! ```text
//!   hp.scope.train.lr | 0.1
//!
//!   reference                          current frame
//!   ├ key           "train.lr"         ├ id         7   ◀── 1. is it the cached frame_id?
//!   └ cached answer                    └ overrides  {"train.lr": (0.5, origin)}
//!     ├ frame_id      7                                           ▲
//!     ├ default_type  float  ◀── 2. is it the type of 0.1?        │
//!     └ value         ──────────── 3. if both, return ────────────┘
//! ```
//!
//! So a repeated read in one scope is two comparisons. Any other read looks the key up (see lookup.rs), and returns the
//! value if it has the type of the default, or the default if the key is not set. Otherwise it calls the hook `read` of
//! the Python side, which converts the value.
//!
//! # The borrowed value
//! The cached answer does not own the value. The frame does, or a frame below it: in its overrides, its tree, or its
//! cache. Only what the kernel itself has converted from text belongs to the reference. The frame is alive as long as the context points at it, and its parents live as long as the frame. Overrides and
//! trees never change. A frame takes a new id before it drops an answer of a cache. So if the ids are equal, the value is
//! alive. If they are not, the pointer is never followed.

use std::mem::offset_of;
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::children::{Parent, get_dict, getattro};
use crate::frame::{
    Frame, NO_FRAME, converted_in_cache, is_frame, is_read_by_hook, value_in_cache,
};
use crate::lookup::{Found, find, is_scalar};
use crate::object::{NULL, allocate, is_static, owned, replace, type_error};
use crate::state::{current, state};
use crate::text::convert_text;
use crate::type_builder::{Layout, TypeBuilder, offsets};

/// A reference to one parameter.
#[repr(C)]
pub(crate) struct Reference {
    head: PyObject,
    key: *mut PyObject,
    /// The scope from which it reads outwards. Null for the innermost one.
    scope: *mut PyObject,
    children: *mut PyObject,
    weak_references: *mut PyObject,
    cached_answer: CachedAnswer,
    /// What a text was converted to, if that is the cached answer. It can be null.
    converted: *mut PyObject,
}

/// The last answer of a reference. See the top of this file.
#[repr(C)]
struct CachedAnswer {
    frame_id: u64,
    /// A static type, because the address of any other type could be used again.
    default_type: *mut PyTypeObject,
    /// Borrowed from the frame. Null if the key is missing: the answer is then the default.
    value: *mut PyObject,
}

// SAFETY: these are the fields of a reference that own objects. All but `key` can be null.
unsafe impl Layout for Reference {
    const OWNED: &'static [usize] = offsets!(Reference: children, key, scope, converted);
    const CLEARABLE: &'static [usize] = offsets!(Reference: children);
    const WEAK_REFERENCES: Option<usize> = Some(offset_of!(Reference, weak_references));
}

// SAFETY: the field is a dict or null.
unsafe impl Parent for Reference {
    const CHILDREN: usize = offset_of!(Reference, children);

    /// Any name except a dunder is a segment of a key.
    unsafe fn is_own_attribute(name: *mut PyObject) -> bool {
        let length = PyUnicode_GET_LENGTH(name);
        let is_underscore = |index| PyUnicode_ReadChar(name, index) == '_' as Py_UCS4;
        length >= 4
            && is_underscore(0)
            && is_underscore(1)
            && is_underscore(length - 1)
            && is_underscore(length - 2)
    }
}

/// Return a new reference.
pub(crate) unsafe fn new_reference(class: *mut PyTypeObject, key: *mut PyObject) -> *mut PyObject {
    let object = allocate(class);
    if !object.is_null() {
        let reference = object.cast::<Reference>();
        (*reference).key = owned(key);
        (*reference).cached_answer.frame_id = NO_FRAME;
    }
    object
}

/// `ReferenceBase(key)` and `ReferenceBase(key, scope)`
unsafe extern "C" fn new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let count = PyTuple_GET_SIZE(args);
    let has_keywords = !kwargs.is_null() && PyDict_Size(kwargs) > 0;
    if has_keywords
        || !(1..=2).contains(&count)
        || PyUnicode_CheckExact(PyTuple_GET_ITEM(args, 0)) == 0
    {
        return type_error(c"expected a key as a str, and a scope or None, by position");
    }
    let scope = if count == 2 {
        PyTuple_GET_ITEM(args, 1)
    } else {
        Py_None()
    };
    let scope_base = state().scope_base.cast();
    if scope != Py_None() && PyObject_TypeCheck(scope, scope_base) == 0 {
        return type_error(c"expected a scope or None as the second argument");
    }
    let object = new_reference(class, PyTuple_GET_ITEM(args, 0));
    if !object.is_null() && scope != Py_None() {
        (*object.cast::<Reference>()).scope = owned(scope);
    }
    object
}

/// `reference | default`
unsafe extern "C" fn or(left: *mut PyObject, right: *mut PyObject) -> *mut PyObject {
    if !is_reference(left) {
        return PyObject_CallOneArg(state().reject_operator, right);
    }
    read(left.cast(), right)
}

#[inline(always)]
unsafe fn is_reference(object: *mut PyObject) -> bool {
    // Most references are of the class itself, and that comparison saves a call.
    Py_TYPE(object).cast() == state().reference_type
        || PyObject_TypeCheck(object, state().reference_base.cast()) != 0
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
    if !kwargs.is_null() && PyArg_ValidateKeywordArguments(kwargs) == 0 {
        return NULL;
    }
    // The hook raises the error for such arguments.
    PyObject_CallFunctionObjArgs(state().require, reference, args, NULL)
}

/// Return the value of a key, converted to the type of the default; the default if the key is missing.
#[inline(always)]
unsafe fn read(reference: *mut Reference, default: *mut PyObject) -> *mut PyObject {
    let frame = frame_for(reference).cast::<Frame>();
    if frame.is_null() {
        return call_read_hook(reference, default);
    }
    let cached = &(*reference).cached_answer;
    if cached.frame_id == (*frame).id && cached.default_type == Py_TYPE(default) {
        return owned(if cached.value.is_null() {
            default
        } else {
            cached.value
        });
    }
    read_uncached(reference, frame.cast(), default)
}

/// Return the frame that a reference reads from, borrowed; null if its scope has none in this context.
#[inline(always)]
unsafe fn frame_for(reference: *mut Reference) -> *mut PyObject {
    let scope = (*reference).scope;
    if scope.is_null() {
        current()
    } else {
        frame_of(scope)
    }
}

#[inline(never)]
unsafe fn frame_of(scope: *mut PyObject) -> *mut PyObject {
    let mut frame = current();
    while is_frame(frame) {
        if (*frame.cast::<Frame>()).scope == scope {
            return frame;
        }
        frame = (*frame.cast::<Frame>()).parent;
    }
    NULL
}

#[inline(never)]
unsafe fn read_uncached(
    reference: *mut Reference,
    frame: *mut PyObject,
    default: *mut PyObject,
) -> *mut PyObject {
    if !is_frame(frame) || is_read_by_hook(frame) {
        return call_read_hook(reference, default);
    }
    // From here on other code can run, and leave the scope of the frame.
    let frame = owned(frame);
    let answer = read_in_frame(reference, frame.cast(), default);
    Py_DECREF(frame);
    answer
}

unsafe fn read_in_frame(
    reference: *mut Reference,
    frame: *mut Frame,
    default: *mut PyObject,
) -> *mut PyObject {
    let default_type = Py_TYPE(default);
    // A value of another type can have parts that are set on their own. The hook finds those.
    if is_scalar(default_type) {
        match find(frame, (*reference).key) {
            Found::Missing => {
                cache_answer(reference, frame, default_type, NULL);
                return owned(default);
            }
            Found::Entry(entry) => {
                let value = PyTuple_GET_ITEM(entry, 0);
                if Py_TYPE(value) == default_type {
                    // The frame or one below it owns the value.
                    cache_answer(reference, frame, default_type, value);
                    let answer = owned(value);
                    Py_DECREF(entry);
                    return answer;
                }
                let converted = if PyUnicode_CheckExact(value) != 0 {
                    convert_text(value, default_type)
                } else {
                    NULL
                };
                Py_DECREF(entry);
                if !converted.is_null() {
                    cache_answer(reference, frame, default_type, converted);
                    replace(&raw mut (*reference).converted, owned(converted));
                    return converted;
                }
            }
            Found::Unknown if PyErr_Occurred().is_null() => {}
            Found::Unknown => return NULL,
        }
    }
    let answer = call_read_hook(reference, default);
    if !answer.is_null() {
        cache_answer_of_hook(reference, frame, default, answer);
    }
    answer
}

unsafe fn call_read_hook(reference: *mut Reference, default: *mut PyObject) -> *mut PyObject {
    let scope = (*reference).scope;
    // A null pointer ends the arguments, so without a scope the hook gets two of them.
    PyObject_CallFunctionObjArgs(state().read, (*reference).key, default, scope, NULL)
}

/// Cache an answer of the hook if a cache of the frame now owns it, as it was set or as it was converted.
unsafe fn cache_answer_of_hook(
    reference: *mut Reference,
    frame: *mut Frame,
    default: *mut PyObject,
    answer: *mut PyObject,
) {
    let default_type = Py_TYPE(default);
    let value = value_in_cache(frame, (*reference).key);
    if value.is_null() || !is_static(default_type) {
        // An error in the lookup only means that nothing is cached.
        return PyErr_Clear();
    }
    let converted = converted_in_cache(frame, (*reference).key, default_type);
    let is_missing =
        converted == state().missing || (value == state().missing && is_scalar(default_type));
    if value == answer && is_scalar(default_type) {
        cache_answer(reference, frame, default_type, value);
    } else if is_missing && answer == default {
        cache_answer(reference, frame, default_type, NULL);
    } else if !converted.is_null() && converted == answer {
        cache_answer(reference, frame, default_type, converted);
    }
    // An error in these lookups only means that nothing is cached.
    PyErr_Clear();
}

unsafe fn cache_answer(
    reference: *mut Reference,
    frame: *mut Frame,
    default_type: *mut PyTypeObject,
    value: *mut PyObject,
) {
    if is_static(default_type) {
        (*reference).cached_answer = CachedAnswer {
            frame_id: (*frame).id,
            default_type,
            value,
        };
    }
}

/// Return whether no value of a type is a mapping. It returns true only for the static types in `plain_types`, because
/// hashing any other type can run code of its metaclass.
#[inline(always)]
pub(crate) unsafe fn is_never_mapping(class: *mut PyTypeObject) -> bool {
    is_static(class) && PySet_Contains(state().plain_types, class.cast()) == 1
}

/// Add `ReferenceBase` to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let builder = TypeBuilder::new::<Reference>(
        c"hyperparameter.core._native.ReferenceBase",
        Py_TPFLAGS_BASETYPE,
    )
    .slot(Py_tp_new, new as *mut _)
    .slot(Py_tp_call, call as *mut _)
    .slot(Py_nb_or, or as *mut _)
    .slot(Py_tp_getattro, getattro::<Reference> as *mut _)
    .property(c"__dict__", get_dict::<Reference>, None, ptr::null_mut())
    .member(c"__key__", offset_of!(Reference, key), Py_READONLY)
    .member(c"__scope__", offset_of!(Reference, scope), Py_READONLY)
    .member(
        c"__weakref__",
        offset_of!(Reference, weak_references),
        Py_READONLY,
    );
    // SAFETY: the functions have the signatures of their slots, for references.
    let class = unsafe { builder.build(module.py())? };
    // SAFETY: the interpreter lock is held. The Python side later replaces `reference_type` with its subclass
    // `Reference`.
    unsafe {
        replace(&raw mut state().reference_base, class.clone().into_ptr());
        replace(&raw mut state().reference_type, class.clone().into_ptr());
    }
    module.add("ReferenceBase", class)
}
