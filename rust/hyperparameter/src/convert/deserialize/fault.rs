//! The error of a deserializer.

use std::fmt;

use serde::de;

use super::buffer::Mismatch;
use crate::convert::Misfit;
use crate::key::quote;
use crate::nearest::{did_you_mean, nearest};
use crate::value::Value;

/// Why a value cannot be deserialized. If the misfit names no wanted type, that is the type of the whole value.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Misfit);

impl Fault {
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self(Misfit::new("").because(detail))
    }

    /// Return the fault of a key that is not a field of its struct.
    pub(super) fn unknown_field(name: &str, known: &[&str]) -> Self {
        let mut known = known.to_vec();
        known.sort_unstable();
        let hint = did_you_mean(&nearest(name, known.iter().copied()));
        Self(Misfit::of_name(format!("is not a field{hint}")))
    }

    /// Return the fault of an item as a fault of the value around it. `name` is `[2]` or `.layers`.
    pub(super) fn in_part(self, name: impl fmt::Display, item: &Value) -> Self {
        Self(self.0.in_part(name, item))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.detail.as_deref().unwrap_or_default())
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::new(detail.to_string())
    }

    fn invalid_type(given: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let mut fault = Self::new(format!("invalid type: {given}, expected {expected}"));
        fault.0.mismatch = Mismatch::new(given, expected.to_string()).map(Box::new);
        fault
    }

    fn missing_field(name: &'static str) -> Self {
        let misfit = Misfit::of_name("is not set, and it has no default");
        Self(misfit.in_part(format_args!(".{}", quote(name)), &Value::None))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let fault = Self::unknown_field(name, known);
        fault.in_part(format_args!(".{}", quote(name)), &Value::None)
    }
}
