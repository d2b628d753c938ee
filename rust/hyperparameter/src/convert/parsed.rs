//! Conversion by `FromStr`.

use std::any::Any;
use std::fmt;
use std::str::FromStr;

use super::deserialize::short_type_name;
use super::{FromValue, Misfit};
use crate::value::Value;

/// Reads a type that has no [`FromValue`] by its `FromStr`: the text of the parameter is parsed.
///
/// ```
/// use hyperparameter::*;
/// use std::net::IpAddr;
///
/// with_params! {
///     set server.address = "10.0.0.7";
///     let localhost: IpAddr = [127, 0, 0, 1].into();
///     let Parsed(address) = get_param!(server.address, Parsed(localhost));
///     assert_eq!(address, IpAddr::from([10, 0, 0, 7]));
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parsed<T>(pub T);

impl<T: FromStr<Err: fmt::Display> + Any + Clone> FromValue for Parsed<T> {
    fn wanted() -> String {
        short_type_name::<T>()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        if let Some(value) = value.downcast_ref::<T>() {
            return Ok(Self(value.clone()));
        }
        let text = String::from_value(value).map_err(|_| Misfit::new(Self::wanted()))?;
        let parsed = text.parse().map(Self);
        parsed.map_err(|error: T::Err| Misfit::new(Self::wanted()).because(error.to_string()))
    }

    const READS_PARTS: bool = false;
}
