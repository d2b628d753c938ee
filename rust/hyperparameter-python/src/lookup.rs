//! Find the entry of a key, as seen from a frame. `core/frame.py` describes the algorithm, and `core/tree.py` the tree.
//!
//! ```text
//!   hp.scope.train.lr
//!
//!   frame   overrides {seed: 1}             1. is the key, or a prefix of it, in the overrides? No: go to the parent
//!     │
//!   frame   overrides {train.lr: 0.5}       2. the key is here
//!     │
//!   frame   a baseline, with a tree         3. if not, follow the segments through the tree of the lowest frame
//! ```
//!
//! A frame with a tree has all keys that are visible from it there, so the search ends. If the answer needs a part of a
//! value, such as the `lr` of a dataclass that is set as `train`, or if there are many frames without a tree, the search
//! gives up, and the hook `read` of the Python side continues.

use pyo3::ffi::*;

use crate::frame::{Frame, is_frame};
use crate::object::{NULL, owned, owned_or_null};
use crate::state::state;

/// The most frames that a search looks into. The Python side builds a tree for the frame below, if there are more.
const MAX_FRAMES: usize = 8;

/// The most segments of a key that a search compares with the overrides.
const MAX_SEGMENTS: Py_ssize_t = 16;

/// The most overrides that are compared with a key one by one.
pub(crate) const MAX_COMPARED: Py_ssize_t = 32;

/// The number of bits of a hash that one level of a map uses. See core/map.py.
const BITS_PER_LEVEL: u32 = 4;

/// The result of a search. The entry is owned.
pub(crate) enum Found {
    Entry(*mut PyObject),
    Missing,
    /// The Python side has to answer. An error can be set.
    Unknown,
}

/// Find the entry of a key.
pub(crate) unsafe fn find(frame: *mut Frame, key: *mut PyObject) -> Found {
    // The overrides of the frame itself need no segments.
    let entry = lookup((*frame).overrides, key);
    if !entry.is_null() {
        return entry_or_missing(owned(entry));
    }
    let mut segments = owned_or_null(segments_of(key));
    if segments.is_null() && PyErr_Occurred().is_null() {
        segments = PyObject_CallOneArg(state().segments_of, key);
    }
    if segments.is_null() {
        return Found::Unknown;
    }
    let found = if PyTuple_CheckExact(segments) != 0 {
        find_in_frames(frame, key, segments)
    } else {
        Found::Unknown
    };
    Py_DECREF(segments);
    found
}

/// Return whether a key below a key is set, as far as the frames down to the first with a tree show it. Return `None` if
/// the Python side has to find out.
pub(crate) unsafe fn is_set_below(frame: *mut Frame, key: *mut PyObject) -> Option<bool> {
    let segments = segments_of(key);
    if segments.is_null() {
        return None;
    }
    let mut frame = frame;
    for _ in 0..MAX_FRAMES {
        let tree = (*frame).tree;
        if is_node(tree) {
            let mut node = tree;
            for index in 0..PyTuple_GET_SIZE(segments) {
                node = lookup(PyTuple_GET_ITEM(node, 1), PyTuple_GET_ITEM(segments, index));
                if !is_node(node) {
                    return PyErr_Occurred().is_null().then_some(false);
                }
            }
            let below = PyTuple_GET_ITEM(node, 1);
            return Some(PyDict_CheckExact(below) == 0 || PyDict_Size(below) > 0);
        }
        if has_key_below((*frame).overrides, key)? {
            return Some(true);
        }
        if (*frame).hides_outside {
            return Some(false);
        }
        let parent = (*frame).parent;
        if !is_frame(parent) {
            return None;
        }
        frame = parent.cast();
    }
    None
}

/// Return whether a small dict has a key below a key, `None` for any other map.
unsafe fn has_key_below(overrides: *mut PyObject, key: *mut PyObject) -> Option<bool> {
    if PyDict_CheckExact(overrides) == 0 || PyDict_Size(overrides) > MAX_COMPARED {
        return None;
    }
    let (mut position, mut name, mut entry) = (0, NULL, NULL);
    while PyDict_Next(overrides, &mut position, &mut name, &mut entry) != 0 {
        if PyUnicode_Check(name) != 0 && is_below(name, key) {
            return Some(true);
        }
    }
    Some(false)
}

/// Return whether a key is below another one. Both are texts.
pub(crate) unsafe fn is_below(key: *mut PyObject, parent: *mut PyObject) -> bool {
    let length = PyUnicode_GET_LENGTH(parent);
    PyUnicode_GET_LENGTH(key) > length
        && PyUnicode_ReadChar(key, length) == '.' as Py_UCS4
        && PyUnicode_Tailmatch(key, parent, 0, length, -1) == 1
}

/// Return the segments of a key that has been checked before, as a borrowed tuple; null for any other object.
#[inline(always)]
pub(crate) unsafe fn segments_of(key: *mut PyObject) -> *mut PyObject {
    if PyUnicode_CheckExact(key) == 0 {
        return NULL;
    }
    // `valid_keys` maps a key to the tuple of its segments. The lookup runs no other code, because all keys are text.
    let segments = PyDict_GetItemWithError(state().valid_keys, key);
    let is_tuple = !segments.is_null() && PyTuple_CheckExact(segments) != 0;
    if is_tuple { segments } else { NULL }
}

unsafe fn find_in_frames(frame: *mut Frame, key: *mut PyObject, segments: *mut PyObject) -> Found {
    let mut frame = frame;
    for _ in 0..MAX_FRAMES {
        let tree = (*frame).tree;
        if is_node(tree) {
            return find_in_tree(tree, segments);
        }
        let overrides = (*frame).overrides;
        let entry = lookup(overrides, key);
        if !entry.is_null() {
            return entry_or_missing(owned(entry));
        }
        if !PyErr_Occurred().is_null() || has_prefix(overrides, key, segments) {
            return Found::Unknown;
        }
        if (*frame).hides_outside {
            return Found::Missing;
        }
        let parent = (*frame).parent;
        if !is_frame(parent) {
            return Found::Unknown;
        }
        frame = parent.cast();
    }
    Found::Unknown
}

unsafe fn entry_or_missing(entry: *mut PyObject) -> Found {
    if PyTuple_CheckExact(entry) == 0 || PyTuple_GET_SIZE(entry) < 2 {
        Py_DECREF(entry);
        return Found::Unknown;
    }
    if PyTuple_GET_ITEM(entry, 0) == state().missing {
        Py_DECREF(entry);
        return Found::Missing;
    }
    Found::Entry(entry)
}

/// Return whether the overrides have a proper prefix of a key.
unsafe fn has_prefix(
    overrides: *mut PyObject,
    key: *mut PyObject,
    segments: *mut PyObject,
) -> bool {
    let count = PyTuple_GET_SIZE(segments);
    let is_empty = PyDict_CheckExact(overrides) != 0 && PyDict_Size(overrides) == 0;
    if count < 2 || is_empty {
        return false;
    }
    if count > MAX_SEGMENTS {
        return true;
    }
    let mut end = 0;
    for index in 0..count - 1 {
        let segment = PyTuple_GET_ITEM(segments, index);
        end += PyUnicode_GET_LENGTH(segment);
        let prefix = if index == 0 {
            owned(segment)
        } else {
            PyUnicode_Substring(key, 0, end)
        };
        if prefix.is_null() {
            return true;
        }
        let entry = lookup(overrides, prefix);
        Py_DECREF(prefix);
        if !entry.is_null() || !PyErr_Occurred().is_null() {
            return true;
        }
        // The dot.
        end += 1;
    }
    false
}

/// Follow the segments of a key through a tree.
unsafe fn find_in_tree(tree: *mut PyObject, segments: *mut PyObject) -> Found {
    let (mut node, mut has_value_above) = (tree, false);
    for index in 0..PyTuple_GET_SIZE(segments) {
        has_value_above |= PyTuple_GET_ITEM(node, 0) != Py_None();
        let below = PyTuple_GET_ITEM(node, 1);
        node = lookup(below, PyTuple_GET_ITEM(segments, index));
        if !is_node(node) {
            let is_unknown = has_value_above || !PyErr_Occurred().is_null();
            return if is_unknown {
                Found::Unknown
            } else {
                Found::Missing
            };
        }
    }
    let entry = PyTuple_GET_ITEM(node, 0);
    if entry == Py_None() {
        return if has_value_above {
            Found::Unknown
        } else {
            Found::Missing
        };
    }
    entry_or_missing(owned(entry))
}

unsafe fn is_node(object: *mut PyObject) -> bool {
    !object.is_null() && PyTuple_CheckExact(object) != 0 && PyTuple_GET_SIZE(object) == 2
}

/// Return the value of a key in a map of core/map.py, borrowed; null if there is none, or with an error set.
unsafe fn lookup(map: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    let mut node = map;
    if PyTuple_CheckExact(node) != 0 {
        let mut bits = PyObject_Hash(key);
        while PyTuple_CheckExact(node) != 0 {
            let branch = bits & ((1 << BITS_PER_LEVEL) - 1);
            if branch >= PyTuple_GET_SIZE(node) {
                return NULL;
            }
            node = PyTuple_GET_ITEM(node, branch);
            bits >>= BITS_PER_LEVEL;
        }
    }
    if PyDict_CheckExact(node) == 0 {
        return NULL;
    }
    PyDict_GetItemWithError(node, key)
}

/// Return whether a value of a type has no parts that can be set on their own: whether it is one of `SCALAR_TYPES` in
/// core/value.py.
#[inline(always)]
pub(crate) unsafe fn is_scalar(class: *mut PyTypeObject) -> bool {
    class == &raw mut PyFloat_Type
        || class == &raw mut PyLong_Type
        || class == &raw mut PyUnicode_Type
        || class == &raw mut PyBool_Type
        || class == Py_TYPE(Py_None())
        || class == &raw mut PyBytes_Type
        || class == &raw mut PyComplex_Type
}
