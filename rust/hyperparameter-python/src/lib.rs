//! The Rust kernel of the Python package: what runs at every read, entry and decorated call.
//!
//! It does what `core/kernel_py.py` does, with the same names, and gives the same values and the same texts of errors.
//! What is not hot is Python code that both kernels call through hooks.
//!
//! ```text
//!   frame.rs      FrameBase       one entered scope, and its id, which cached answers refer to
//!   reference.rs  ReferenceBase   `hp.scope.a.b`, and the algorithm of a cached read
//!   scope.rs      ScopeBase       `with hp.scope(...)`: entering and leaving
//!   root.rs       RootBase        `hp.scope` itself
//!   children.rs                   attributes that are references, such as `hp.scope.train`
//!   decorated/    decorate()      `@hp.param`, and the algorithm of a call with a plan
//!   state.rs                      the context variable, the baseline, the hooks
//!   type_builder.rs, object.rs    tools for types and for objects
//! ```
//!
//! # Why not PyO3's classes
//! All fields are Python objects, so that Python's garbage collector can see through them. The types are built from the
//! slots of Python's C API. PyO3's own wrappers of such functions count the depth of the interpreter lock and catch
//! panics at every call. That costs as much as the rest of a read (`make bench`).
//!
//! No function here panics: none calls `unwrap`, and the only array that is indexed, in `decorated/call.rs`, has room
//! for the arguments, which are counted first.
//!
//! # Safety
//! Every `unsafe fn` of this crate relies on the same two conditions: the interpreter lock is held, and each pointer is
//! a live object of the type that its name says. The caller owns a pointer that is returned, unless the function says
//! "borrowed". Three rules keep borrowed pointers alive:
//!
//! - Other code can run in anything that allocates, compares, calls or drops: a `__del__`, a `__hash__`, the garbage
//!   collector. A pointer that is used after such a step is owned.
//! - A field changes before the object that it held is dropped.
//! - The collector clears only fields that may be null. Every cycle also goes through a dict (the cache of a frame, the
//!   overrides of a scope, the `__dict__` of a function), and is broken there. So no method ever meets an object that
//!   lacks a field that it needs.
//!
//! The context variable holds frames of this crate or `None`: only this library sets it.
//!
//! # The interpreter lock
//! The module declares `gil_used = true`. It needs the lock for three things:
//!
//! - What a reference or a decorated function caches is several fields. Without the lock, a reader could see the id of
//!   one answer and the value of another.
//! - The current frame, the baseline and cached values are borrowed for a moment. Without the lock, another thread
//!   could drop them in that moment.
//! - The state of the module and the last id are plain memory.
//!
//! Without the lock, each read would need a lock or an atomic pointer of its own. A free-threaded interpreter takes its
//! lock back when it imports this module, and warns that it does; `HYPERPARAMETER_KERNEL=python` avoids that.
//!
//! # One interpreter
//! The state belongs to the process, so `state::init` refuses every interpreter except the main one. If a second copy
//! of the library is imported, that copy gets a new state. From then on the first copy raises errors.

// The types are built from the slots of Python's C API: see "Why not PyO3's classes".
#![allow(unsafe_code)]
// Nearly every function is unsafe, and all rely on the same conditions: see "Safety".
#![allow(unsafe_op_in_unsafe_fn)]

mod children;
mod decorated;
mod frame;
mod lookup;
mod object;
mod reference;
mod root;
mod scope;
mod state;
mod text;
mod type_builder;
mod view;

use pyo3::prelude::*;

/// The module that `core/kernel.py` imports.
#[pymodule(gil_used = true)]
mod _native {
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        state::init(module.py())?;
        frame::add_to(module)?;
        reference::add_to(module)?;
        scope::add_to(module)?;
        root::add_to(module)?;
        decorated::add_to(module)?;
        view::add_to(module)?;
        state::add_to(module)
    }
}
