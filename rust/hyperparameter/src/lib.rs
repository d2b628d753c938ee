#![doc = include_str!("../README.md")]

mod convert;
mod entry;
mod error;
mod frame;
#[cfg(feature = "help")]
mod help;
mod key;
mod nearest;
mod place;
mod quote;
mod read;
mod scope;
mod snapshot;
mod value;

// Not part of the public API, so its items need no documentation.
#[allow(missing_docs)]
mod macros;

/// The path by which the expansions of the macros reach `macros`.
///
/// `use hyperparameter::*` imports this name too, so it must not be a name that users' code has.
#[doc(hidden)]
pub mod __private {
    pub use crate::macros::*;
}

pub use convert::{FromValue, Misfit, Parsed};
pub use entry::Origin;
pub use error::{ParamError, ParamErrorKind};
#[cfg(feature = "help")]
pub use help::{ParamInfo, declared_params, generate_params_help};

pub use scope::{Bound, ParamScope, ScopeGuard, frozen};
pub use snapshot::{Snapshot, snapshot};
pub use value::{Other, Segment, Value};

/// Runs the examples of the repository's documents as tests. A published package does not contain these documents.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    mod readme {}
    #[doc = include_str!("../../../docs/rust.md")]
    mod guide {}
}
