//! Conversion into any type that serde can deserialize, such as enums and structs.
//!
//! The parts that are numbers, text and containers follow the conversion rule. A key that is not a field of the struct
//! is an error, because it may be mistyped.

mod accepts;
mod access;
mod buffer;
mod deserializer;
mod fault;
mod reader;

use serde::de::DeserializeOwned;

pub(crate) use accepts::accepts_subtree;
pub(crate) use buffer::Mismatch;

use super::Misfit;
use crate::value::Value;

/// Convert a value to a type that serde can deserialize.
///
/// `default` is what the value sets parts of: all other parts come from it.
pub(crate) fn from_value<T: DeserializeOwned>(
    value: &Value,
    default: Option<&Value>,
) -> Result<T, Misfit> {
    buffer::Search::new(value, default)
        .run()
        .map_err(|mut misfit| {
            if misfit.wanted.is_empty() {
                misfit.wanted = short_type_name::<T>();
            }
            misfit
        })
}

/// Return the name of a type without the path of its module.
pub(crate) fn short_type_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let outer_type = name.split('<').next().unwrap_or(name);
    let start = outer_type.rfind("::").map_or(0, |index| index + 2);
    name[start..].to_owned()
}
