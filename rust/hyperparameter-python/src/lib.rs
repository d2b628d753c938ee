//! The kernel under Python: what runs at every read, entry and decorated call.
//!
//! It has the types of the Python kernel's hot paths, with the same layout: a frame, a reference, a scope,
//! `hp.scope` itself, the decorated call. All that they hold are Python objects, which Python's collector
//! can see through; what is not hot (the map of all that is visible, leaving out of order, writing,
//! conversion, errors) is the same Python code under both kernels, which is called from here.
//!
//! The types are made from slots by hand. Measured on a read, PyO3's own trampolines, which count the depth of
//! the interpreter lock and catch panics at every call, cost as much as all of the rest (`make bench`).
//! Nothing here panics: there is no indexing, no unwrapping and no arithmetic that can fail.
//!
//! # The interpreter lock
//! `gil_used = true`, on purpose. What a reference remembers is three fields that are written one after the
//! other, the state of the module is plain memory, and a remembered value is borrowed from its frame: with the
//! lock nothing runs in between; without it each would need its own. A free-threaded interpreter takes the lock
//! back when it imports this module, or is given the Python kernel: HYPERPARAMETER_KERNEL=python.
//! PyO3 refuses to import the module into a second interpreter of the process, as its state is the process's.

#![allow(unsafe_op_in_unsafe_fn)] // every function here is one, and all say what they rely on

mod call;
mod frame;
mod object;
mod reference;
mod scope;
mod state;

use pyo3::prelude::*;

/// What `_kernel.py` takes from here.
#[pymodule(gil_used = true)]
mod _native {
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        state::init(module.py())?;
        frame::add_to(module)?;
        reference::add_to(module)?;
        scope::add_to(module)?;
        call::add_to(module)?;
        state::add_to(module)
    }
}
