//! What the expansions of [`with_params!`](crate::with_params), [`get_param!`](crate::get_param) and
//! [`try_get_param!`](crate::try_get_param) call.
//!
//! Nothing here is part of the public API: names can change in any version. Expansions use the path
//! `hyperparameter::__private`.
//!
//! # How a type picks its conversion
//!
//! A macro sees tokens, not types. So its expansion makes a marker that has the type of the default, and calls a method
//! of the marker through some references:
//!
//! ```text
//! (&&&&&&&ReadAs::type_of(&default)).read_param(place, default)
//! ```
//!
//! Several traits have a method of that name, each for a different number of references. The compiler tries the call
//! with all references, then with one fewer, and so on. So it picks the first trait in this table whose bounds hold:
//!
//! | receiver | trait | types |
//! |---|---|---|
//! | `&&&&&&ReadAs<T>` | `ByRule` | types of the conversion rule: [`FromValue`](crate::FromValue) |
//! | `&&&&&ReadAs<&str>` | `ByText` | borrowed text, which is read as a `String` |
//! | `&&&&ReadAs<Option<T>>` | `ByMergingOption` | options of a type that serde can serialize and deserialize |
//! | `&&&ReadAs<Option<T>>` | `ByOption` | options of a type that serde can deserialize |
//! | `&&ReadAs<T>` | `ByMerging` | types that serde can serialize and deserialize: they merge with the default |
//! | `&ReadAs<T>` | `BySerde` | types that serde can deserialize |
//! | `ReadAs<T>` | `ByType` | any other type, if the value was set as that same type |

mod block;
mod exit;
mod read_as;
mod set_as;
mod statics;
mod wrappers;

pub use block::{BlockScope, SendGuard, enter_params, in_new_scope};
pub use exit::{BlockExit, Branch, FromResidual};
pub use read_as::{
    ByMerging, ByMergingOption, ByOption, ByRule, BySerde, ByText, ByType, ReadAs, require,
    unwrap_or_panic,
};
pub use set_as::{ByAny, ByFields, ByInto, SetAs, Setting, set, setting};

pub use hyperparameter_macros::{get_param, try_get_param, with_params};
pub use std::thread_local;

pub use crate::key::Key;
pub use crate::place::{CachedAnswer, Place};
pub use crate::scope::Bound;

#[cfg(feature = "help")]
pub use crate::help::{DECLARED, ParamInfo};
#[cfg(feature = "help")]
pub use linkme;
