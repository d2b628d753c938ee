//! The kernel under Python: what runs at every read, entry and decorated call.
//!
//! It has the types of the Python kernel's hot paths, with the same layout: a frame, a reference, a scope,
//! `hp.scope` itself, the decorated call. All that they hold are Python objects, which Python's collector
//! can see through; what is not hot (the map of all that is visible, leaving out of order, writing,
//! conversion, errors) is the same Python code under both kernels, which is called from here.
//!
//! The types are made from slots by hand. Measured on a read, PyO3's own trampolines, which count the depth of
//! the interpreter lock and catch panics at every call, cost as much as all of the rest (`make bench`).
//! Nothing here panics: there is no unwrapping, no arithmetic that can fail, and the one array that is indexed
//! (`call::follow`) is as long as what was counted before.
//!
//! # What is relied on
//! Every function here is called with the interpreter lock held, and on live objects. Other code (a value's
//! `__del__`, its type's `__hash__`, the collector) can run in whatever allocates, compares, calls or drops:
//! what is used after such a step is owned, and a field is changed before what it held is dropped. The context
//! variable holds frames of this module or None, which this library alone sees to.
//!
//! Of the fields of an object the collector clears only those that may be missing. Every cycle goes through a
//! dict too (a frame's cache, a scope's overrides, what a function has in its `__dict__`), and is broken there, so no
//! method ever meets an object that lacks a part of its own.
//!
//! # The interpreter lock
//! `gil_used = true`, after looking at each thing that is shared:
//! - What a reference or a decorated function remembers is several fields, which are written and read with no
//!   call in between. Without the lock a reader could see the number of one answer and the value of another.
//! - A value that is remembered is borrowed from its frame, which lives for as long as the context points at it;
//!   so is the frame, and the baseline, until it is owned: another thread could drop it in between.
//! - The state of the module and the frames' numbers are plain memory.
//!
//! So each would need a lock or an atomic pointer at every read. A free-threaded interpreter takes its lock back
//! when it imports this module, and warns that it does; HYPERPARAMETER_KERNEL=python spares it.
//! The state is the process's: it is refused to any interpreter but the main one (`state::init`). A second import
//! by a second copy of the library makes the state anew, for that copy; the first raises errors from then on.

#![allow(unsafe_code)] // the types are made by hand: see above
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
