//! The state of the process: the context variable, the baseline, and the hooks.
//!
//! A hook is a function, class or object of the Python side that this kernel uses. The Python side connects all of them
//! by one call (core/hooks.py), which checks them. Until then, a call of a hook raises.

use std::cell::UnsafeCell;

use pyo3::exceptions::{PyImportError, PyTypeError};
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::frame::frame_for_reads;
use crate::object::{NULL, is_subclass, owned, replace};

/// The objects that all functions of this crate share. Each is owned for as long as the process runs.
pub(crate) struct State {
    /// The context variable. It holds the current frame, or `None` for the baseline.
    pub(crate) current: *mut PyObject,
    /// The frame below every scope.
    pub(crate) baseline: *mut PyObject,
    /// The last origin that `hp.scope(...)` made, null at first. A service enters its scopes at one place, so they share it.
    pub(crate) last_origin: *mut PyObject,

    // The classes of this crate.
    pub(crate) frame_base: *mut PyObject,
    pub(crate) reference_base: *mut PyObject,
    pub(crate) scope_base: *mut PyObject,
    pub(crate) decorated: *mut PyObject,
    pub(crate) steps: *mut PyObject,

    // The hooks, by the names that core/hooks.py explains.
    pub(crate) frame_type: *mut PyObject,
    pub(crate) reference_type: *mut PyObject,
    pub(crate) scope_type: *mut PyObject,
    pub(crate) origin_type: *mut PyObject,
    pub(crate) missing: *mut PyObject,
    pub(crate) ambient_scope: *mut PyObject,
    pub(crate) plain_types: *mut PyObject,
    pub(crate) valid_keys: *mut PyObject,
    pub(crate) check_key: *mut PyObject,
    pub(crate) segments_of: *mut PyObject,
    pub(crate) rebased_on: *mut PyObject,
    pub(crate) entries_from: *mut PyObject,
    pub(crate) child_of: *mut PyObject,
    pub(crate) read: *mut PyObject,
    pub(crate) require: *mut PyObject,
    pub(crate) reject_operator: *mut PyObject,
    pub(crate) record_overrides: *mut PyObject,
}

struct Locked(UnsafeCell<State>);

// SAFETY: only code that holds the interpreter lock uses it.
unsafe impl Sync for Locked {}

// SAFETY: all fields are pointers, and pointers can be null. `init` sets them before anything uses them.
static STATE: Locked = Locked(UnsafeCell::new(unsafe { std::mem::zeroed() }));

/// Return the state.
///
/// # Safety
/// The interpreter lock is held. The reference is not used after a step that can run Python code.
#[inline(always)]
pub(crate) unsafe fn state() -> &'static mut State {
    &mut *STATE.0.get()
}

/// Set the state. Each `add_to` then adds its class.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the interpreter lock is held, and nothing drops the objects that are created here.
    unsafe {
        // The state belongs to the process, and objects belong to an interpreter. PyO3 does not check this.
        if PyInterpreterState_GetID(PyInterpreterState_Get()) != 0 {
            let text = "it serves the main interpreter of a process, and this is another one";
            return Err(PyImportError::new_err(text));
        }
        let current = PyContextVar_New(c"hyperparameter".as_ptr(), Py_None());
        let current = Bound::from_owned_ptr_or_err(py, current)?.into_ptr();
        let none = || owned(Py_None());
        let empty = || PyFrozenSet_New(NULL);
        *STATE.0.get() = State {
            current,
            baseline: none(),
            last_origin: NULL,
            frame_base: none(),
            reference_base: none(),
            scope_base: none(),
            decorated: none(),
            steps: none(),
            frame_type: none(),
            reference_type: none(),
            scope_type: none(),
            origin_type: owned((&raw mut PyTuple_Type).cast()),
            missing: none(),
            ambient_scope: none(),
            plain_types: empty(),
            valid_keys: PyDict_New(),
            check_key: none(),
            segments_of: none(),
            rebased_on: none(),
            entries_from: none(),
            child_of: none(),
            read: none(),
            require: none(),
            reject_operator: none(),
            record_overrides: none(),
        };
    }
    Ok(())
}

/// Return the current frame of this context, borrowed; the baseline outside of any scope.
///
/// It is alive as long as the context points at it, which can end when other code runs.
///
/// # Safety
/// The interpreter lock is held.
#[inline(always)]
pub(crate) unsafe fn current() -> *mut PyObject {
    let mut frame = NULL;
    PyContextVar_Get(state().current, NULL, &mut frame);
    if frame.is_null() {
        return state().baseline;
    }
    // The context owns it too.
    Py_DECREF(frame);
    if frame == Py_None() {
        state().baseline
    } else {
        frame_for_reads(frame)
    }
}

/// Return the frame that the context points at, owned; `None` outside of any scope. Null with an error set if the context
/// has no memory for it.
///
/// # Safety
/// The interpreter lock is held.
pub(crate) unsafe fn current_or_none() -> *mut PyObject {
    let mut frame = NULL;
    PyContextVar_Get(state().current, NULL, &mut frame);
    frame
}

/// The number of times that a step is tried if memory is exhausted.
const MAX_TRIES: usize = 16;

/// Run a step again if memory is exhausted, so that leaving a scope does not fail because of a short shortage. The step
/// returns whether it succeeded; if not, it has set an error.
///
/// # Safety
/// The interpreter lock is held, and no error is set.
pub(crate) unsafe fn retry(mut step: impl FnMut() -> bool) -> bool {
    for _ in 1..MAX_TRIES {
        if step() {
            return true;
        }
        if PyErr_ExceptionMatches(PyExc_MemoryError) == 0 {
            return false;
        }
        PyErr_Clear();
    }
    step()
}

/// Point the context at a frame, a null pointer for the baseline. Return whether that succeeded.
///
/// # Safety
/// The interpreter lock is held, the pointer is a frame, `None` or null, and no error is set.
pub(crate) unsafe fn point_at(frame: *mut PyObject) -> bool {
    let frame = if frame.is_null() { Py_None() } else { frame };
    // Before Python 3.12 the garbage collector may run inside PyContextVar_Set. If it then runs code that sets the
    // variable too, the interpreter uses freed memory (python/cpython#148891).
    let is_enabled = PyGC_Disable() != 0;
    let is_set = retry(|| {
        let token = PyContextVar_Set(state().current, frame);
        Py_XDECREF(token);
        !token.is_null()
    });
    if is_enabled {
        PyGC_Enable();
    }
    is_set
}

/// `set_current(frame)`: point the context at a frame; None stands for the baseline.
#[pyfunction]
fn set_current(frame: Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the interpreter lock is held, and the type of the frame is checked.
    unsafe {
        let frame_base = state().frame_base.cast::<PyTypeObject>();
        if !frame.is_none() && PyObject_TypeCheck(frame.as_ptr(), frame_base) == 0 {
            return Err(PyTypeError::new_err("expected a frame or None"));
        }
        if point_at(frame.as_ptr()) {
            Ok(())
        } else {
            Err(PyErr::fetch(frame.py()))
        }
    }
}

#[pyfunction]
fn get_baseline(py: Python<'_>) -> Py<PyAny> {
    // SAFETY: the interpreter lock is held; the baseline is a live object.
    unsafe { Bound::from_owned_ptr(py, owned(state().baseline)).unbind() }
}

#[pyfunction]
fn set_baseline(frame: Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the interpreter lock is held, and the type of the frame is checked.
    unsafe {
        let frame_base = state().frame_base.cast::<PyTypeObject>();
        if PyObject_TypeCheck(frame.as_ptr(), frame_base) == 0 {
            return Err(PyTypeError::new_err("expected a frame"));
        }
        replace(&raw mut state().baseline, frame.into_ptr());
    }
    Ok(())
}

/// Put hooks into the fields of the state that have their names, if they pass a check.
macro_rules! take_hooks {
    ($hooks:expr, $is_valid:expr => $($name:ident),+) => {
        $(take_hook($hooks, stringify!($name), &raw mut (*STATE.0.get()).$name, $is_valid)?;)+
    };
}

/// `connect(hooks)`: take the hooks from the record of the Python side.
#[pyfunction]
fn connect(hooks: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the interpreter lock is held. The macro uses raw pointers to the fields of the state, because reading an
    // attribute of the record can run code that uses the state too. The functions of this crate use the fields of these
    // classes, and of a tuple, without a check, so the classes are checked here.
    unsafe {
        let (frame, reference) = (state().frame_base, state().reference_base);
        let (scope, tuple) = (state().scope_base, (&raw mut PyTuple_Type).cast());
        take_hooks!(hooks, |class| is_subclass(class, frame) => frame_type);
        take_hooks!(hooks, |class| is_subclass(class, reference) => reference_type);
        take_hooks!(hooks, |class| is_subclass(class, scope) => scope_type);
        take_hooks!(hooks, |class| is_subclass(class, tuple) => origin_type);
        take_hooks!(hooks, |set| PyAnySet_Check(set) != 0 => plain_types);
        take_hooks!(hooks, |dict| PyDict_CheckExact(dict) != 0 => valid_keys);
        take_hooks!(hooks, |_| true => missing, ambient_scope);
        take_hooks!(hooks, |function| PyCallable_Check(function) != 0 =>
            check_key, segments_of, rebased_on, entries_from, child_of, read, require, reject_operator, record_overrides);
    }
    Ok(())
}

unsafe fn take_hook(
    hooks: &Bound<'_, PyAny>,
    name: &str,
    field: *mut *mut PyObject,
    is_valid: impl FnOnce(*mut PyObject) -> bool,
) -> PyResult<()> {
    let hook = hooks.getattr(name)?;
    if !is_valid(hook.as_ptr()) {
        let text = format!("the hook {name:?} has the wrong type: {hook:?}");
        return Err(PyTypeError::new_err(text));
    }
    replace(field, hook.into_ptr());
    Ok(())
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // SAFETY: the interpreter lock is held; the variable was made by `init`.
    let current = unsafe { Bound::from_owned_ptr(module.py(), owned(state().current)) };
    module.add("current", current)?;
    module.add_function(wrap_pyfunction!(get_baseline, module)?)?;
    module.add_function(wrap_pyfunction!(set_baseline, module)?)?;
    module.add_function(wrap_pyfunction!(set_current, module)?)?;
    module.add_function(wrap_pyfunction!(connect, module)?)
}
