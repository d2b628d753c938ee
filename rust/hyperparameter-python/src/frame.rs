//! Frames: one for each entered scope.
//!
//! ```text
//!   context ──▶ Frame ── parent ──▶ Frame ── parent ──▶ baseline, a Frame without scope and parent
//!               │ id         9
//!               │ scope      the entered scope
//!               │ overrides  {"train.lr": (0.5, origin)}
//!               └ cache      {"train.lr": (0.5, origin), "seed": (7, origin)}
//! ```
//!
//! # Ids
//! References and decorated functions cache answers of a frame together with its id. Cached answers are borrowed from
//! the caches of the frame. So no two frames ever have the same id, and a frame takes a new id before it drops a cache.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::object::{NULL, allocate, owned, owned_or_none, replace, type_error};
use crate::state::state;
use crate::type_builder::{Layout, TypeBuilder, deallocate, offsets};

/// The id of an unpinned frame (see core/context.py). Its answers depend on the baseline at the moment of the read, so
/// nothing caches them.
const UNPINNED: u64 = 0;

/// An id that no frame has.
pub(crate) const NO_FRAME: u64 = 1;

/// The id of every frame in which reads are recorded (see core/context.py). Nothing caches their answers, so every read and
/// every decorated call goes to the Python side.
const RECORDED: u64 = 2;

/// One entered scope, or a baseline.
#[repr(C)]
pub(crate) struct Frame {
    head: PyObject,
    pub(crate) id: u64,
    /// Whether the scope hides everything outside it.
    pub(crate) hides_outside: bool,
    /// `None` in a baseline.
    pub(crate) scope: *mut PyObject,
    pub(crate) overrides: *mut PyObject,
    /// `None` in a baseline, and in an unpinned frame.
    pub(crate) parent: *mut PyObject,
    /// A dict from keys to entries.
    pub(crate) cache: *mut PyObject,
    /// A dict from pairs of a key and the type of a default to converted values. It can be null.
    pub(crate) answers: *mut PyObject,
    /// A dict from the `plan_key` of a binding to its plans. It can be null.
    pub(crate) plans: *mut PyObject,
    /// The tree of everything that is visible from the frame. It can be null.
    pub(crate) tree: *mut PyObject,
    /// In an unpinned frame: the frames that it stands for, on top of a baseline. It can be null.
    pub(crate) rebased: *mut PyObject,
    /// A tuple of what records the reads. It is null if nothing does.
    recorders: *mut PyObject,
}

// SAFETY: these are the fields of a frame that own objects. Every method allows null in those that the collector
// may clear. A cycle through any other field goes through a dict, and the collector breaks it there.
unsafe impl Layout for Frame {
    const OWNED: &'static [usize] = offsets!(
        Frame: tree, rebased, recorders, plans, answers, cache, overrides, scope, parent
    );
    const CLEARABLE: &'static [usize] = offsets!(Frame: tree, rebased, recorders);
}

unsafe fn next_id() -> u64 {
    static mut LAST_ID: u64 = RECORDED;
    LAST_ID += 1;
    LAST_ID
}

/// Return a new frame of a scope on top of its parent, `None` for no parent.
pub(crate) unsafe fn new_frame(
    class: *mut PyTypeObject,
    scope: *mut PyObject,
    overrides: *mut PyObject,
    parent: *mut PyObject,
) -> *mut PyObject {
    // The cache starts as the overrides of the scope. See core/frame.py.
    let Some(hides_outside) = hides_outside(scope) else {
        return NULL;
    };
    let cache = if PyDict_CheckExact(overrides) != 0 {
        owned(overrides)
    } else {
        PyDict_New()
    };
    if cache.is_null() {
        return NULL;
    }
    let object = allocate(class);
    if object.is_null() {
        Py_DECREF(cache);
        return NULL;
    }
    let frame = object.cast::<Frame>();
    let is_unpinned = parent == Py_None() && scope != Py_None();
    (*frame).id = if is_unpinned { UNPINNED } else { next_id() };
    (*frame).hides_outside = hides_outside;
    (*frame).scope = owned(scope);
    (*frame).overrides = owned(overrides);
    (*frame).parent = owned(parent);
    (*frame).cache = cache;
    if is_frame(parent) && !(*parent.cast::<Frame>()).recorders.is_null() {
        return recorded_as(object, (*parent.cast::<Frame>()).recorders);
    }
    object
}

/// Return a new frame that has the recorders of the frame below it, and tell them what it sets. Return null if they fail.
#[inline(never)]
unsafe fn recorded_as(object: *mut PyObject, recorders: *mut PyObject) -> *mut PyObject {
    let frame = object.cast::<Frame>();
    (*frame).recorders = owned(recorders);
    (*frame).id = RECORDED;
    let hook = state().record_overrides;
    let answer = PyObject_CallFunctionObjArgs(hook, (*frame).recorders, (*frame).overrides, NULL);
    if answer.is_null() {
        Py_DECREF(object);
        return NULL;
    }
    Py_DECREF(answer);
    object
}

/// Return whether a scope hides everything outside it, `None` with an error set if it does not say so.
unsafe fn hides_outside(scope: *mut PyObject) -> Option<bool> {
    let class = Py_TYPE(scope).cast::<PyObject>();
    if class == state().scope_type || scope == Py_None() {
        return Some(false);
    }
    let answer = PyObject_GetAttrString(scope, c"__empty__".as_ptr());
    let is_true = if answer.is_null() {
        -1
    } else {
        PyObject_IsTrue(answer)
    };
    Py_XDECREF(answer);
    (is_true >= 0).then_some(is_true == 1)
}

/// Return the frame that answers reads for a frame that a context points at, borrowed from it. It is the same one, or what
/// an unpinned frame stands for. If that is on top of an old baseline, return the unpinned frame itself.
#[inline(always)]
pub(crate) unsafe fn frame_for_reads(object: *mut PyObject) -> *mut PyObject {
    if is_unpinned(object) {
        rebased_on_current_baseline(object.cast())
    } else {
        object
    }
}

#[inline(never)]
unsafe fn rebased_on_current_baseline(frame: *mut Frame) -> *mut PyObject {
    let rebased = (*frame).rebased;
    let mut lowest = rebased;
    while !lowest.is_null() && is_frame(lowest) {
        if lowest == state().baseline {
            return rebased;
        }
        lowest = (*lowest.cast::<Frame>()).parent;
    }
    frame.cast()
}

/// Return whether an object is an unpinned frame.
#[inline(always)]
pub(crate) unsafe fn is_unpinned(object: *mut PyObject) -> bool {
    is_frame(object) && (*object.cast::<Frame>()).id == UNPINNED
}

/// Return whether the answers of a frame must not be cached, because a read has to go to the Python side.
#[inline(always)]
pub(crate) unsafe fn is_read_by_hook(frame: *mut PyObject) -> bool {
    (*frame.cast::<Frame>()).id == UNPINNED || (*frame.cast::<Frame>()).id == RECORDED
}

/// Return whether an object is a frame.
#[inline(always)]
pub(crate) unsafe fn is_frame(object: *mut PyObject) -> bool {
    let class = Py_TYPE(object).cast();
    class == state().frame_type || class == state().frame_base
}

/// Return the value in the cache of a frame, borrowed; null if there is none, or with an error set.
pub(crate) unsafe fn value_in_cache(frame: *mut Frame, key: *mut PyObject) -> *mut PyObject {
    if (*frame).cache.is_null() {
        return NULL;
    }
    // The lookup can run other code, if a user's subclass of str is a key, and that code can make the frame replace its
    // cache. The value is then dropped with the old cache, so it is not returned.
    let cache = owned((*frame).cache);
    let entry = PyDict_GetItemWithError(cache, key);
    let is_replaced = cache != (*frame).cache;
    Py_DECREF(cache);
    if is_replaced || entry.is_null() {
        return NULL;
    }
    let is_entry = PyTuple_CheckExact(entry) != 0 && PyTuple_GET_SIZE(entry) > 0;
    if is_entry {
        PyTuple_GET_ITEM(entry, 0)
    } else {
        NULL
    }
}

/// Return the value that the frame has converted to a type, borrowed; null if there is none.
pub(crate) unsafe fn converted_in_cache(
    frame: *mut Frame,
    key: *mut PyObject,
    target: *mut PyTypeObject,
) -> *mut PyObject {
    if (*frame).answers.is_null() {
        return NULL;
    }
    let cache_key = PyTuple_Pack(2, key, target.cast::<PyObject>());
    if cache_key.is_null() {
        return NULL;
    }
    // The lookup can run other code, as in `value_in_cache`.
    let answers = owned((*frame).answers);
    let value = PyDict_GetItemWithError(answers, cache_key);
    let is_replaced = answers != (*frame).answers;
    Py_DECREF(answers);
    Py_DECREF(cache_key);
    if is_replaced { NULL } else { value }
}

/// `FrameBase(scope, overrides, parent)`
unsafe extern "C" fn new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    _kwargs: *mut PyObject,
) -> *mut PyObject {
    let (mut scope, mut overrides, mut parent) = (NULL, NULL, NULL);
    let is_parsed = PyArg_UnpackTuple(
        args,
        c"Frame".as_ptr(),
        3,
        3,
        &mut scope as *mut *mut PyObject,
        &mut overrides as *mut *mut PyObject,
        &mut parent as *mut *mut PyObject,
    );
    if is_parsed == 0 {
        NULL
    } else {
        new_frame(class, scope, overrides, parent)
    }
}

/// Get `frame.cache`, `frame.answers` or `frame.plans`. The closure is the offset of the field.
unsafe extern "C" fn get_cache(frame: *mut PyObject, offset: *mut c_void) -> *mut PyObject {
    owned_or_none(*cache_field(frame, offset))
}

unsafe extern "C" fn set_cache(
    frame: *mut PyObject,
    cache: *mut PyObject,
    offset: *mut c_void,
) -> c_int {
    if cache.is_null() || PyDict_CheckExact(cache) == 0 {
        type_error(c"expected a dict as a cache");
        return -1;
    }
    let field = cache_field(frame, offset);
    let frame = frame.cast::<Frame>();
    if !is_read_by_hook(frame.cast()) && !(*field).is_null() {
        (*frame).id = next_id();
    }
    replace(field, owned(cache));
    0
}

unsafe extern "C" fn get_recorders(frame: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    owned_or_none((*frame.cast::<Frame>()).recorders)
}

/// Set `frame.recorders` to a tuple.
unsafe extern "C" fn set_recorders(
    frame: *mut PyObject,
    recorders: *mut PyObject,
    _closure: *mut c_void,
) -> c_int {
    let frame = frame.cast::<Frame>();
    if recorders.is_null() || PyTuple_CheckExact(recorders) == 0 || (*frame).id == UNPINNED {
        type_error(c"expected a tuple as the recorders of a pinned frame");
        return -1;
    }
    (*frame).id = RECORDED;
    replace(&raw mut (*frame).recorders, owned(recorders));
    0
}

unsafe fn cache_field(frame: *mut PyObject, offset: *mut c_void) -> *mut *mut PyObject {
    frame.byte_add(offset as usize).cast()
}

/// Drop a frame, then its parents in a loop, until one that something else refers to. If each frame dropped its own
/// parent, a long chain would overflow the stack.
unsafe extern "C" fn deallocate_chain(object: *mut PyObject) {
    let mut parent = take_parent(object);
    deallocate::<Frame>(object);
    while !parent.is_null() && Py_REFCNT(parent) == 1 && is_frame(parent) {
        let grandparent = take_parent(parent);
        Py_DECREF(parent);
        parent = grandparent;
    }
    Py_XDECREF(parent);
}

unsafe fn take_parent(frame: *mut PyObject) -> *mut PyObject {
    ptr::replace(&raw mut (*frame.cast::<Frame>()).parent, NULL)
}

/// Add `FrameBase` to the module, and the baseline of a process that has not published one.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let cache = ptr::without_provenance_mut(offset_of!(Frame, cache));
    let answers = ptr::without_provenance_mut(offset_of!(Frame, answers));
    let plans = ptr::without_provenance_mut(offset_of!(Frame, plans));
    let builder = TypeBuilder::new::<Frame>(
        c"hyperparameter.core._native.FrameBase",
        Py_TPFLAGS_BASETYPE,
    )
    .slot(Py_tp_new, new as *mut _)
    .slot(Py_tp_dealloc, deallocate_chain as *mut _)
    .member(c"scope", offset_of!(Frame, scope), Py_READONLY)
    .member(c"overrides", offset_of!(Frame, overrides), Py_READONLY)
    .member(c"parent", offset_of!(Frame, parent), Py_READONLY)
    .member(c"tree", offset_of!(Frame, tree), 0)
    .member(c"rebased", offset_of!(Frame, rebased), 0)
    .property(c"cache", get_cache, Some(set_cache), cache)
    .property(c"answers", get_cache, Some(set_cache), answers)
    .property(c"plans", get_cache, Some(set_cache), plans)
    .property(
        c"recorders",
        get_recorders,
        Some(set_recorders),
        ptr::null_mut(),
    );
    // SAFETY: the functions have the signatures of their slots, for frames.
    let class = unsafe { builder.build(py)? };
    // SAFETY: the interpreter lock is held, and the arguments are live objects. The Python side later replaces the
    // class with its subclass `Frame`, and the baseline with an instance of that.
    unsafe {
        let (none, overrides) = (Py_None(), PyDict::new(py));
        let baseline = new_frame(class.as_ptr().cast(), none, overrides.as_ptr(), none);
        let baseline = Bound::from_owned_ptr_or_err(py, baseline)?;
        replace(&raw mut state().frame_base, class.clone().into_ptr());
        replace(&raw mut state().frame_type, class.clone().into_ptr());
        replace(&raw mut state().baseline, baseline.into_ptr());
    }
    module.add("FrameBase", class)
}
