//! Expands the structs of `syntax` to tokens.
//!
//! A `with_params!` block that only reads parameters stays a block. If it sets a parameter, a guard holds the
//! scope of the block:
//!
//! ```text
//! { let _block = BlockScope::enter(); … }
//! ```
//!
//! If it also contains `.await`, it becomes a future that enters the scope at every poll. Inside the future,
//! `return`, `?` and a `break` to an outer loop would leave only the future. The future therefore returns
//! which of these exits was reached, and the code around it takes that exit:
//!
//! ```text
//! match in_new_scope(async { BlockExit::Value({ … return BlockExit::Return(value) … }) }).await {
//!     BlockExit::Value(value) => value,
//!     BlockExit::Return(returned) => return returned,
//!     BlockExit::Jump(0) => break 'outer,
//! }
//! ```

mod awaits;
mod block;
mod exits;
mod fragments;
mod future;
mod marker;
mod read;
mod scopes;
mod source_text;

pub(crate) use block::with_params;
pub(crate) use read::{get_param, try_get_param};
