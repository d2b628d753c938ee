//! The error of a deserializer.

use std::fmt;

use serde::de;

/// Why a value cannot be deserialized, and which part of it is at fault.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) detail: String,
    /// The part at fault, such as `.layers[2]`. Empty for the whole value.
    pub(super) path: String,
}

impl Fault {
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            path: String::new(),
        }
    }

    /// Return the fault of a part as a fault of the whole. `part` is an index or a field, such as `[2]` or `.layers`.
    pub(super) fn in_part(self, part: impl fmt::Display) -> Self {
        Self {
            path: format!("{part}{}", self.path),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::new(detail.to_string())
    }
}
