//! Decorated functions: what `@hp.param` returns.
//!
//! ```text
//!   Decorated ── function ─────▶ the function that was decorated
//!             ├─ resolve ──────▶ finds the arguments of a call: Plans.resolve in functions/plan.py
//!             ├─ as_function ──▶ a plain function with the same name, docstring, signature and so on
//!             └─ cached plan     the arguments that the last call took from the scopes
//! ```
//!
//! `call.rs` has the algorithm of a call. `attributes.rs` makes the object look like a function.

mod attributes;
mod call;
mod simple;

use std::mem::offset_of;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::PyFunction;

use crate::frame::NO_FRAME;
use crate::object::{allocate, replace};
use crate::state::state;
use crate::type_builder::{Layout, TypeBuilder, offsets};
use attributes::FUNCTION_ATTRIBUTES;
use call::CachedPlan;

/// A function that takes arguments from the scopes.
#[repr(C)]
struct Decorated {
    head: PyObject,
    vectorcall: Option<vectorcallfunc>,
    function: *mut PyObject,
    /// The key of the function's plans in `plans` of a frame.
    plan_key: *mut PyObject,
    /// The link to the namespace. The fields above and below come from it.
    binding: *mut PyObject,
    resolve: *mut PyObject,
    /// Returns a generator that a call returned, so that it runs in the view of the call.
    drive: *mut PyObject,
    as_function: *mut PyObject,
    weak_references: *mut PyObject,
    /// The list of parameters that simple.rs needs: a tuple, or None. First it is the function that returns it.
    parameters: *mut PyObject,
    cached_plan: CachedPlan,
}

// SAFETY: these are the fields that own objects. None is null in a method except those of the plan, so the collector clears none:
// it breaks cycles in the plain function. That one is dropped last, because a function that was decorated many times is
// a chain, and a chain of plain functions can be dropped without exhausting the stack.
unsafe impl Layout for Decorated {
    const OWNED: &'static [usize] = offsets!(
        Decorated: function, plan_key, binding, resolve, drive, parameters, cached_plan.names, cached_plan.own_plan, as_function
    );
    const WEAK_REFERENCES: Option<usize> = Some(offset_of!(Decorated, weak_references));
}

/// What a binding has new if a tool reloads its function in place.
struct Fields<'py> {
    plan_key: Bound<'py, PyAny>,
    resolve: Bound<'py, PyAny>,
    parameters: Bound<'py, PyAny>,
}

impl<'py> Fields<'py> {
    fn of(binding: &Bound<'py, PyAny>) -> PyResult<Self> {
        Ok(Self {
            plan_key: binding.getattr("plan_key")?,
            resolve: binding.getattr("resolve")?,
            parameters: binding.getattr("simple_parameters")?,
        })
    }
}

/// Set an attribute that tools which reload code in place set, and take what the binding has new.
///
/// A call that is running may have borrowed the old fields. The binding keeps them alive.
unsafe fn set_reloaded(
    decorated: *mut Decorated,
    name: *mut PyObject,
    value: *mut PyObject,
) -> PyResult<()> {
    let py = Python::assume_attached();
    let binding = Bound::from_borrowed_ptr(py, (*decorated).binding);
    let plain = Bound::from_borrowed_ptr(py, (*decorated).as_function);
    let name = Bound::from_borrowed_ptr(py, name);
    let value = Bound::from_borrowed_ptr(py, value);
    binding.call_method1("set_attribute", (plain, name, value))?;
    let function = binding.getattr("function")?;
    let fields = Fields::of(&binding)?;
    (*decorated).cached_plan.frame_id = NO_FRAME;
    replace(&raw mut (*decorated).function, function.into_ptr());
    replace(&raw mut (*decorated).plan_key, fields.plan_key.into_ptr());
    replace(&raw mut (*decorated).resolve, fields.resolve.into_ptr());
    replace(
        &raw mut (*decorated).parameters,
        fields.parameters.into_ptr(),
    );
    Ok(())
}

/// Return a function that calls `function` with the arguments that the scopes set.
#[pyfunction]
fn decorate<'py>(
    function: Bound<'py, PyAny>,
    binding: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let fields = Fields::of(&binding)?;
    let drive = binding.getattr("drive")?;
    let as_function = binding.call_method0("as_function")?;
    if !as_function.is_instance_of::<PyFunction>() {
        return Err(PyTypeError::new_err(
            "expected as_function() to return a function",
        ));
    }
    // SAFETY: the interpreter lock is held, and the fields are those of a new object of the type.
    unsafe {
        let class = state().decorated.cast::<PyTypeObject>();
        let object = Bound::from_owned_ptr_or_err(function.py(), allocate(class))?;
        let decorated = object.as_ptr().cast::<Decorated>();
        (*decorated).vectorcall = Some(call::call);
        (*decorated).function = function.into_ptr();
        (*decorated).plan_key = fields.plan_key.into_ptr();
        (*decorated).resolve = fields.resolve.into_ptr();
        (*decorated).parameters = fields.parameters.into_ptr();
        (*decorated).drive = drive.into_ptr();
        (*decorated).binding = binding.into_ptr();
        (*decorated).as_function = as_function.into_ptr();
        (*decorated).cached_plan.frame_id = NO_FRAME;
        Ok(object)
    }
}

/// Add `decorate` to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let flags = Py_TPFLAGS_HAVE_VECTORCALL
        | Py_TPFLAGS_METHOD_DESCRIPTOR
        | Py_TPFLAGS_DISALLOW_INSTANTIATION;
    let mut builder = TypeBuilder::new::<Decorated>(c"builtins.function", flags)
        .offset(c"__vectorcalloffset__", offset_of!(Decorated, vectorcall))
        .slot(Py_tp_call, PyVectorcall_Call as *mut _)
        .slot(Py_tp_descr_get, attributes::descr_get as *mut _)
        .slot(Py_tp_getattro, attributes::getattro as *mut _)
        .slot(Py_tp_setattro, attributes::setattro as *mut _)
        .slot(Py_tp_repr, attributes::repr as *mut _)
        .method_without_arguments(c"__reduce__", attributes::reduce)
        .method(c"__set_name__", attributes::set_name);
    for name in FUNCTION_ATTRIBUTES {
        let closure = name.as_ptr().cast_mut().cast();
        builder = builder.property(name, attributes::get_function_attribute, None, closure);
    }
    // SAFETY: the functions have the signatures of their slots, for decorated functions.
    let class = unsafe { builder.build(module.py())? };
    // The interpreter names the type in its errors: "'function' object is not subscriptable".
    class.setattr("__name__", "function")?;
    // SAFETY: the interpreter lock is held.
    unsafe { replace(&raw mut state().decorated, class.into_ptr()) };
    module.add_function(wrap_pyfunction!(decorate, module)?)
}
