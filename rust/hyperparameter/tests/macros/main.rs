//! Tests of `with_params!`, `get_param!` and `try_get_param!`: what they accept, and what it does.

// The macros have to pass on every form of plain Rust, also forms that clippy refuses.
#![allow(
    clippy::let_and_return,
    clippy::manual_retain,
    clippy::needless_return,
    clippy::no_effect
)]

mod block;
mod errors;
mod functions;
mod help;
mod parts;
mod syntax;
mod types;

use hyperparameter::snapshot;

/// Return the integer that a key has at this point, or 0 if it is not set.
fn value_of(key: &str) -> i64 {
    snapshot().get(key, 0)
}
