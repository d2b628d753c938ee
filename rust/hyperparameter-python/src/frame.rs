//! Frames: the fields of one, and its number.

use std::ffi::{c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::object::{
    END, LAST, alloc, computed, free, make_type, member, or_none, owned, replace, slot, visit,
};
use crate::state::state;

/// A frame. Its number tells it from every other, and changes when it drops answers that it had: what
/// remembers an answer by the number may borrow it from the frame.
#[repr(C)]
pub(crate) struct Frame {
    head: PyObject,
    /// 0 for one that answers nothing itself: of what a context set outside of any scope.
    pub(crate) number: u64,
    pub(crate) scope: *mut PyObject, // None: a baseline
    pub(crate) overrides: *mut PyObject,
    pub(crate) parent: *mut PyObject, // None: it lies on nothing
    pub(crate) cache: *mut PyObject,
    visible_map: *mut PyObject,
    prefix_index: *mut PyObject,
    rebased: *mut PyObject,
}

static mut NUMBERS: u64 = 1;

unsafe fn next_number() -> u64 {
    NUMBERS += 1;
    NUMBERS
}

/// Make a frame of a scope on another one, or on nothing (None).
///
/// # Safety
/// The interpreter lock is held; `kind` is the type of frames or made of it; the others are live objects.
pub(crate) unsafe fn new_frame(
    kind: *mut PyTypeObject,
    scope: *mut PyObject,
    overrides: *mut PyObject,
    parent: *mut PyObject,
) -> *mut PyObject {
    let cache = if PyDict_CheckExact(overrides) != 0 {
        owned(overrides)
    } else {
        PyDict_New()
    };
    if cache.is_null() {
        return cache;
    }
    let made = alloc(kind);
    if made.is_null() {
        Py_DECREF(cache);
        return made;
    }
    let frame = made.cast::<Frame>();
    let is_ambient = parent == Py_None() && scope != Py_None();
    (*frame).number = if is_ambient { 0 } else { next_number() };
    (*frame).scope = owned(scope);
    (*frame).overrides = owned(overrides);
    (*frame).parent = owned(parent);
    (*frame).cache = cache;
    made
}

/// Tell whether an object is a frame.
///
/// # Safety
/// It is a live object.
#[inline(always)]
pub(crate) unsafe fn is_frame(object: *mut PyObject) -> bool {
    let kind = Py_TYPE(object).cast();
    kind == state().frame || kind == state().frame_base
}

unsafe extern "C" fn new(
    kind: *mut PyTypeObject,
    args: *mut PyObject,
    _kwargs: *mut PyObject,
) -> *mut PyObject {
    let (mut scope, mut overrides, mut parent) =
        (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let parsed = PyArg_UnpackTuple(
        args,
        c"Frame".as_ptr(),
        3,
        3,
        &mut scope as *mut *mut PyObject,
        &mut overrides as *mut *mut PyObject,
        &mut parent as *mut *mut PyObject,
    );
    if parsed == 0 {
        ptr::null_mut()
    } else {
        new_frame(kind, scope, overrides, parent)
    }
}

unsafe extern "C" fn get_cache(frame: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    or_none((*frame.cast::<Frame>()).cache)
}

unsafe extern "C" fn set_cache(
    frame: *mut PyObject,
    cache: *mut PyObject,
    _: *mut c_void,
) -> c_int {
    if cache.is_null() || PyDict_CheckExact(cache) == 0 {
        PyErr_SetString(PyExc_TypeError, c"a cache is a dict".as_ptr());
        return -1;
    }
    let frame = frame.cast::<Frame>();
    if (*frame).number != 0 {
        (*frame).number = next_number(); // before what may be borrowed goes
    }
    replace(&mut (*frame).cache, owned(cache));
    0
}

unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    let frame = object.cast::<Frame>();
    visit!(
        visit,
        arg,
        Py_TYPE(object).cast(),
        (*frame).scope,
        (*frame).overrides,
        (*frame).parent,
        (*frame).cache,
        (*frame).visible_map,
        (*frame).prefix_index,
        (*frame).rebased
    );
    0
}

/// Drop what may be missing; a cycle through anything else goes through a dict, and is broken there.
unsafe extern "C" fn clear(object: *mut PyObject) -> c_int {
    let frame = object.cast::<Frame>();
    replace(&raw mut (*frame).visible_map, ptr::null_mut());
    replace(&raw mut (*frame).prefix_index, ptr::null_mut());
    replace(&raw mut (*frame).rebased, ptr::null_mut());
    0
}

/// Drop a chain frame by frame: a long one, dropped one within the other, would exhaust the stack.
unsafe extern "C" fn dealloc(object: *mut PyObject) {
    PyObject_GC_UnTrack(object.cast());
    let frame = object.cast::<Frame>();
    let mut next = ptr::replace(&raw mut (*frame).parent, ptr::null_mut());
    clear(object);
    replace(&raw mut (*frame).cache, ptr::null_mut());
    replace(&raw mut (*frame).overrides, ptr::null_mut());
    replace(&raw mut (*frame).scope, ptr::null_mut());
    free(object);
    while !next.is_null() && Py_REFCNT(next) == 1 && is_frame(next) {
        let below = ptr::replace(&raw mut (*next.cast::<Frame>()).parent, ptr::null_mut());
        Py_DECREF(next);
        next = below;
    }
    Py_XDECREF(next);
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let members = Box::leak(Box::new([
        member(c"scope", offset_of!(Frame, scope), Py_READONLY),
        member(c"overrides", offset_of!(Frame, overrides), Py_READONLY),
        member(c"parent", offset_of!(Frame, parent), Py_READONLY),
        member(c"visible_map", offset_of!(Frame, visible_map), 0),
        member(c"prefix_index", offset_of!(Frame, prefix_index), 0),
        member(c"rebased", offset_of!(Frame, rebased), 0),
        END,
    ]));
    let getset = Box::leak(Box::new([
        PyGetSetDef {
            set: Some(set_cache),
            ..computed(c"cache", get_cache)
        },
        LAST,
    ]));
    let mut slots = [
        slot(Py_tp_new, new as *mut c_void),
        slot(Py_tp_dealloc, dealloc as *mut c_void),
        slot(Py_tp_traverse, traverse as *mut c_void),
        slot(Py_tp_clear, clear as *mut c_void),
        slot(Py_tp_members, members.as_mut_ptr().cast()),
        slot(Py_tp_getset, getset.as_mut_ptr().cast()),
        slot(0, ptr::null_mut()),
    ];
    // SAFETY: the slots are those of frames.
    let kind = unsafe {
        make_type(
            module.py(),
            c"hyperparameter.core._native.FrameBase",
            size_of::<Frame>(),
            Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
            &mut slots,
        )?
    };
    // SAFETY: the lock is held. The library puts its own in the place of these: the type made of this one,
    // and a baseline.
    unsafe {
        let (nothing, empty) = (module.py().None(), PyDict::new(module.py()));
        let baseline = new_frame(
            kind.as_ptr().cast(),
            nothing.as_ptr(),
            empty.as_ptr(),
            nothing.as_ptr(),
        );
        let baseline = Bound::from_owned_ptr_or_err(module.py(), baseline)?;
        replace(&raw mut state().frame_base, kind.clone().into_ptr());
        replace(&raw mut state().frame, kind.clone().into_ptr());
        replace(&raw mut state().baseline, baseline.into_ptr());
    }
    module.add("FrameBase", kind)
}
