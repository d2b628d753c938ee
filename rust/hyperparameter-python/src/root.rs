//! `hp.scope`: its attributes and items are references, and calling it creates a scope.

use std::mem::offset_of;
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::children::{Parent, get_dict, getattro};
use crate::lookup::{MAX_COMPARED, is_below, segments_of};
use crate::object::{NULL, owned, replace};
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
    let key = if segments_of(key).is_null() {
        PyObject_CallOneArg(state().check_key, key)
    } else {
        owned(key)
    };
    if key.is_null() {
        return NULL;
    }
    let reference = new_reference(state().reference_type.cast(), key);
    Py_DECREF(key);
    reference
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
    let mut simple = SimpleOverrides::new(origin);
    if simple.add_all(sources, params) {
        return simple.overrides;
    }
    Py_XDECREF(simple.overrides);
    if !PyErr_Occurred().is_null() {
        return NULL;
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

/// The number of segments if the keys differ in it.
const MIXED: Py_ssize_t = -1;

/// Overrides that need no check, because their keys have been checked before, their values are no mappings, and no key is
/// below another. A method that returns false leaves everything to the Python side. An error can be set.
struct SimpleOverrides {
    /// A dict, owned.
    overrides: *mut PyObject,
    origin: *mut PyObject,
    /// The number of segments of every key so far: 0 if there is none, [`MIXED`] if they differ.
    segment_count: Py_ssize_t,
}

impl SimpleOverrides {
    unsafe fn new(origin: *mut PyObject) -> Self {
        Self {
            overrides: PyDict_New(),
            origin,
            segment_count: 0,
        }
    }

    /// Add mappings, then keyword parameters, then texts.
    unsafe fn add_all(&mut self, sources: *mut PyObject, params: *mut PyObject) -> bool {
        if self.overrides.is_null() {
            return false;
        }
        let count = PyTuple_GET_SIZE(sources);
        let mut has_text = false;
        for index in 0..count {
            let source = PyTuple_GET_ITEM(sources, index);
            if PyUnicode_CheckExact(source) != 0 {
                has_text = true;
            } else if PyDict_CheckExact(source) == 0 || !self.add_dict(source) {
                return false;
            }
        }
        if !params.is_null() && !self.add_dict(params) {
            return false;
        }
        for index in 0..if has_text { count } else { 0 } {
            let source = PyTuple_GET_ITEM(sources, index);
            if PyUnicode_CheckExact(source) != 0 && !self.add_text(source) {
                return false;
            }
        }
        true
    }

    unsafe fn add_dict(&mut self, dict: *mut PyObject) -> bool {
        let (mut position, mut key, mut value) = (0, NULL, NULL);
        while PyDict_Next(dict, &mut position, &mut key, &mut value) != 0 {
            if !self.is_simple_key(key) || !is_never_mapping(Py_TYPE(value)) {
                return false;
            }
            // Allocating can run other code, and that code can change the dict that both are borrowed from.
            let (key, value) = (owned(key), owned(value));
            let entry = PyTuple_Pack(2, value, self.origin);
            let is_set = self.set(key, entry);
            Py_DECREF(value);
            Py_DECREF(key);
            if !is_set {
                return false;
            }
        }
        true
    }

    /// Add a `key=value` text.
    unsafe fn add_text(&mut self, text: *mut PyObject) -> bool {
        let length = PyUnicode_GET_LENGTH(text);
        let end = PyUnicode_FindChar(text, '=' as Py_UCS4, 0, length, 1);
        if end < 0 {
            return false;
        }
        let key = PyUnicode_Substring(text, 0, end);
        let value = PyUnicode_Substring(text, end + 1, length);
        // A text can take the type of a value that the same call sets before it.
        let is_simple = !key.is_null()
            && !value.is_null()
            && self.is_simple_key(key)
            && PyDict_Contains(self.overrides, key) == 0;
        let is_set = is_simple && {
            let entry = PyTuple_Pack(4, value, self.origin, Py_None(), Py_True());
            self.set(key, entry)
        };
        Py_XDECREF(value);
        Py_XDECREF(key);
        is_set
    }

    /// Set an entry, which is owned, and return whether that succeeded.
    unsafe fn set(&mut self, key: *mut PyObject, entry: *mut PyObject) -> bool {
        if entry.is_null() {
            return false;
        }
        let is_set = PyDict_SetItem(self.overrides, key, entry) == 0;
        Py_DECREF(entry);
        is_set
    }

    unsafe fn is_simple_key(&mut self, key: *mut PyObject) -> bool {
        let segments = segments_of(key);
        if segments.is_null() {
            return false;
        }
        let count = PyTuple_GET_SIZE(segments);
        // The last segment of a key that appends to a list is "+".
        if PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(segments, count - 1), c"+".as_ptr())
            == 0
        {
            return false;
        }
        if self.segment_count == 0 {
            self.segment_count = count;
        } else if self.segment_count != count {
            self.segment_count = MIXED;
        }
        // Keys with the same number of segments are not below each other.
        self.segment_count != MIXED || !self.has_related_key(key)
    }

    /// Return whether a key is below an override, or an override below the key. If there are many, return true.
    unsafe fn has_related_key(&self, key: *mut PyObject) -> bool {
        if PyDict_Size(self.overrides) > MAX_COMPARED {
            return true;
        }
        let (mut position, mut other, mut entry) = (0, NULL, NULL);
        while PyDict_Next(self.overrides, &mut position, &mut other, &mut entry) != 0 {
            if is_below(key, other) || is_below(other, key) {
                return true;
            }
        }
        false
    }
}

/// Return the origin of values that the running Python code sets: its code object and the current instruction, as an
/// `Origin`, which is a tuple. `None` if no Python code is running. Its text is computed only if an error needs it.
unsafe fn origin_of_caller() -> *mut PyObject {
    let python_frame = PyEval_GetFrame();
    if python_frame.is_null() {
        return owned(Py_None());
    }
    let code = PyFrame_GetCode(python_frame).cast::<PyObject>();
    let instruction = PyFrame_GetLasti(python_frame).into();
    let last = state().last_origin;
    if !last.is_null()
        && PyTuple_GET_ITEM(last, 0) == code
        && PyLong_AsLong(PyTuple_GET_ITEM(last, 1)) == instruction
    {
        Py_DECREF(code);
        return owned(last);
    }
    let class = state().origin_type.cast::<PyTypeObject>();
    let instruction = PyLong_FromLong(instruction);
    let origin = match (*class).tp_alloc {
        Some(allocate) if !instruction.is_null() => allocate(class, 2),
        _ => NULL,
    };
    if origin.is_null() {
        Py_XDECREF(instruction);
        Py_DECREF(code);
        return NULL;
    }
    PyTuple_SET_ITEM(origin, 0, code);
    PyTuple_SET_ITEM(origin, 1, instruction);
    replace(&raw mut state().last_origin, owned(origin));
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
