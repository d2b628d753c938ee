//! Conversion from anything that serde can serialize into values.

mod keys;
mod values;

use std::fmt;

use serde::ser::{self, Serialize};

use crate::value::Value;

/// Convert anything that serde can serialize to a value.
pub(crate) fn to_value<T: Serialize + ?Sized>(source: &T) -> Result<Value, Fault> {
    source.serialize(values::ValueSerializer)
}

/// Why something cannot be serialized as a value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A map has a key that is neither text nor an integer. `kind` says what it is, such as `a list`.
    InvalidKey {
        key: String,
        kind: &'static str,
    },
    Other(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidKey { key, kind } => write!(
                f,
                "{key} is not a valid key: expected text or an integer, got {kind}"
            ),
            Self::Other(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::Other(detail.to_string())
    }
}
