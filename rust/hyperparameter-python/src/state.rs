//! The state of the process: the context variable, the baseline, and what of the Python side is called.

use std::cell::UnsafeCell;

use pyo3::exceptions::{PyImportError, PyKeyError, PyTypeError};
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::object::{NULL, is_subclass, owned, replace};

/// Everything that the functions of this module need to know. Each is owned for as long as the process runs.
pub(crate) struct State {
    pub(crate) current: *mut PyObject,    // the ContextVar
    pub(crate) baseline: *mut PyObject,   // a Frame
    pub(crate) frame_base: *mut PyObject, // types
    pub(crate) reference_base: *mut PyObject,
    pub(crate) scope_base: *mut PyObject,
    pub(crate) decorated: *mut PyObject,
    pub(crate) frame: *mut PyObject, // what is made of them
    pub(crate) reference: *mut PyObject,
    pub(crate) missing: *mut PyObject,       // stands for no value
    pub(crate) ambient_scope: *mut PyObject, // the scope that stands for a context itself
    pub(crate) good: *mut PyObject,          // the set of keys that are known as good
    pub(crate) plain: *mut PyObject,         // the set of types that are never mappings
    pub(crate) over: *mut PyObject,          // functions
    pub(crate) leave: *mut PyObject,
    pub(crate) read: *mut PyObject,
    pub(crate) require: *mut PyObject,
    pub(crate) refuse: *mut PyObject,
    pub(crate) child: *mut PyObject,
    pub(crate) check: *mut PyObject,
    pub(crate) entries_from: *mut PyObject,
}

struct Locked(UnsafeCell<State>);

// SAFETY: it is used by who holds the interpreter lock alone.
unsafe impl Sync for Locked {}

// SAFETY: of pointers alone, which may be null; `init` comes before whatever uses them.
static STATE: Locked = Locked(UnsafeCell::new(unsafe { std::mem::zeroed() }));

/// Return the state.
///
/// # Safety
/// The interpreter lock is held. No field of a `&mut` is kept over what can run Python code.
#[inline(always)]
pub(crate) unsafe fn state() -> &'static mut State {
    &mut *STATE.0.get()
}

/// Make the state; each `add_to` puts its types in.
pub(crate) fn init(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the lock is held, and what is made here is kept for ever.
    unsafe {
        // The state is the process's, and objects are an interpreter's. PyO3 does not look.
        if PyInterpreterState_GetID(PyInterpreterState_Get()) != 0 {
            let text = "it serves the main interpreter of a process, and this is another one";
            return Err(PyImportError::new_err(text));
        }
        let current = PyContextVar_New(c"hyperparameter".as_ptr(), Py_None());
        let current = Bound::from_owned_ptr_or_err(py, current)?.into_ptr();
        let none = || owned(Py_None()); // until something is adopted: a call of it raises
        let empty = || PyFrozenSet_New(NULL);
        *STATE.0.get() = State {
            current,
            baseline: none(),
            frame_base: none(),
            reference_base: none(),
            scope_base: none(),
            decorated: none(),
            frame: none(),
            missing: none(),
            reference: none(),
            ambient_scope: none(),
            good: empty(),
            plain: empty(),
            over: none(),
            leave: none(),
            read: none(),
            require: none(),
            refuse: none(),
            child: none(),
            check: none(),
            entries_from: none(),
        };
    }
    Ok(())
}

/// Return the current frame of this context, borrowed; the baseline outside of any scope.
///
/// It is alive for as long as the context points at it: until other code runs.
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
    Py_DECREF(frame); // the context has it
    if frame == Py_None() {
        state().baseline
    } else {
        frame
    }
}

/// Point the context at a frame; a null pointer stands for the baseline.
///
/// # Safety
/// The interpreter lock is held; the frame is one, or null.
pub(crate) unsafe fn point_at(frame: *mut PyObject) -> bool {
    let frame = if frame.is_null() { Py_None() } else { frame };
    // Until Python 3.12 the collector can run in the midst of setting, and other code then set it too, which
    // would free what the former is at (python/cpython#148891).
    let collects = PyGC_Disable() != 0;
    let token = PyContextVar_Set(state().current, frame);
    if collects {
        PyGC_Enable();
    }
    Py_XDECREF(token); // and with it what was set before
    !token.is_null()
}

/// Point the context at a frame; None stands for the baseline.
#[pyfunction]
fn set_current(frame: Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the lock is held, and the type of the frame is checked.
    unsafe {
        let kind = state().frame_base.cast::<PyTypeObject>();
        if !frame.is_none() && PyObject_TypeCheck(frame.as_ptr(), kind) == 0 {
            return Err(PyTypeError::new_err("a context points at a frame"));
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
    // SAFETY: the lock is held; the baseline is a live object.
    unsafe { Bound::from_owned_ptr(py, owned(state().baseline)).unbind() }
}

#[pyfunction]
fn set_baseline(frame: Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the lock is held, and the type of the frame is checked.
    unsafe {
        let kind = state().frame_base.cast::<PyTypeObject>();
        if PyObject_TypeCheck(frame.as_ptr(), kind) == 0 {
            return Err(PyTypeError::new_err("a baseline is a frame"));
        }
        replace(&raw mut state().baseline, frame.into_ptr());
    }
    Ok(())
}

/// Take what is called of the Python side, by the names of the fields of the state.
#[pyfunction]
#[pyo3(signature = (**parts))]
fn adopt(parts: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
    for (name, part) in parts.into_iter().flatten() {
        let name: String = name.extract()?;
        // SAFETY: the lock is held; what was there is dropped when the field has changed.
        let field = unsafe {
            let state = state();
            match name.as_str() {
                "frame" => &mut state.frame,
                "reference" => &mut state.reference,
                "missing" => &mut state.missing,
                "ambient_scope" => &mut state.ambient_scope,
                "good" => &mut state.good,
                "plain" => &mut state.plain,
                "over" => &mut state.over,
                "leave" => &mut state.leave,
                "read" => &mut state.read,
                "require" => &mut state.require,
                "refuse" => &mut state.refuse,
                "child" => &mut state.child,
                "check" => &mut state.check,
                "entries_from" => &mut state.entries_from,
                _ => return Err(PyKeyError::new_err(name)),
            }
        };
        // SAFETY: as above; a type that is taken is one made of ours.
        unsafe {
            if matches!(name.as_str(), "frame" | "reference") && !is_subclass(part.as_ptr(), *field)
            {
                return Err(PyTypeError::new_err(format!(
                    "{name}: wanted a type made of {name}s"
                )));
            }
            replace(field, part.into_ptr());
        }
    }
    Ok(())
}

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // SAFETY: the lock is held; the variable was made by `init`.
    let current = unsafe { Bound::from_owned_ptr(module.py(), owned(state().current)) };
    module.add("current", current)?;
    module.add_function(wrap_pyfunction!(get_baseline, module)?)?;
    module.add_function(wrap_pyfunction!(set_baseline, module)?)?;
    module.add_function(wrap_pyfunction!(set_current, module)?)?;
    module.add_function(wrap_pyfunction!(adopt, module)?)
}
