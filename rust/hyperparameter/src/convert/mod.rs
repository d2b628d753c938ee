//! The conversion rule: a read returns the value as the wanted type, or an error.
//!
//! The modules here convert into bools, numbers, text and containers, in the same way in every language of the
//! library. Any other type goes through serde: [`deserialize`].

mod bools;
mod containers;
pub(crate) mod deserialize;
mod durations;
mod misfit;
mod numbers;
mod options;
mod parsed;
pub(crate) mod serialize;
mod texts;

pub(crate) use misfit::AtFault;
pub use misfit::Misfit;
pub use parsed::Parsed;

use std::collections::BTreeMap;

use crate::value::{Value, merge_onto};
use containers::{are_items, to_list};

/// A type that a parameter can be read as.
///
/// | type | accepted values |
/// |---|---|
/// | `bool` | `bool`; 0 and 1; text, any case: true/false, yes/no, on/off, t/f, y/n, 1/0 |
/// | integers | integers; `bool`; a float without a fraction; text of those. A number outside the type's range is an error |
/// | `f64`, `f32` | any number; text of a number, also `1e-4`, `inf` and `nan` |
/// | `String`, `Box<str>`, `Arc<str>` | text; a number or bool as its text |
/// | `Vec`, arrays, tuples, sets | lists; text in JSON |
/// | maps with `String` keys | mappings; text in JSON; the subtree below the key |
/// | `Duration` | text with units, such as `30s` or `1h 30m`; a number of seconds |
/// | [`Parsed<T>`](Parsed) | text that `T`'s `FromStr` parses |
/// | `Option` | what its type accepts; `None`; the `key=value` texts `none` and `null` |
/// | [`Value`] | anything, unchanged |
///
/// The same rule holds for the items of containers. A map merges with its default: the keys that are not set come from
/// the default. A list takes the items that are not set from its default, too: `layers.0` sets its first item, and
/// `layers.+` appends one.
///
/// Implement this trait for a type of your own that is made from a value; see [`Misfit::new`]. A type that
/// serde can deserialize needs no implementation.
///
/// ```
/// use hyperparameter::*;
///
/// assert_eq!(u8::from_value(&"200".into()).unwrap(), 200);
/// assert!(u8::from_value(&"300".into()).is_err());
/// assert_eq!(Vec::<f64>::from_value(&"[1, 0.5]".into()).unwrap(), [1.0, 0.5]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be read as `{Self}`",
    note = "read it as an owned type, such as `String` in place of `&str`"
)]
pub trait FromValue: Sized {
    /// Return the name of the type, as errors show it.
    fn wanted() -> String;

    /// Convert a value to this type.
    ///
    /// # Errors
    /// [`Misfit`] for a value that does not fit.
    fn from_value(value: &Value) -> Result<Self, Misfit>;

    /// Convert a value that sets parts of a default. All other parts come from the default.
    ///
    /// A type without parts is converted by [`from_value`](Self::from_value), as if there were no default.
    ///
    /// # Errors
    /// [`Misfit`] for a value that does not fit.
    fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
        drop(default);
        Self::from_value(value)
    }

    /// Return whether a key without a value can be read as its subtree, which is a mapping.
    #[must_use]
    fn accepts_subtree(_subtree: &BTreeMap<String, Value>, _default: Option<&Self>) -> bool {
        false
    }

    /// Whether keys below a key can change what is read as this type. They cannot change a number or a text.
    #[doc(hidden)]
    const READS_PARTS: bool = true;

    /// A number that no other type has. It marks values of this type in a cache. 0 if they are never cached.
    #[doc(hidden)]
    const CACHE_TAG: u8 = 0;

    /// Return the bits that the cache stores for this value.
    #[doc(hidden)]
    fn to_cache_bits(&self) -> u64 {
        0
    }

    /// Return the value from the bits that the cache stores.
    #[doc(hidden)]
    fn from_cache_bits(_bits: u64) -> Self {
        unreachable!("a type with the tag 0 is never cached")
    }
}

impl FromValue for Value {
    fn wanted() -> String {
        "anything".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        Ok(value.to_plain())
    }

    fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
        match (value, &default) {
            (Self::Map(parts), Self::Map(_)) => Ok(merge_onto(&default, parts).to_plain()),
            (Self::Map(parts), Self::List(_)) if are_items(parts) => {
                Vec::from_value_onto(value, to_list(&default, || "list".to_owned())?.to_vec())
                    .map(|list: Vec<Self>| list.into())
            }
            _ => Self::from_value(value),
        }
    }

    fn accepts_subtree(subtree: &BTreeMap<String, Self>, default: Option<&Self>) -> bool {
        match default {
            None | Some(Self::Map(_)) => true,
            Some(Self::List(_)) => are_items(subtree),
            Some(_) => false,
        }
    }
}
