//! Conversion into bools.

use super::{FromValue, Misfit};
use crate::value::{Value, parse_bool};

impl FromValue for bool {
    fn wanted() -> String {
        "bool".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let converted = match value {
            Value::Bool(value) => Some(*value),
            Value::Text(text) | Value::Untyped { text, .. } => parse_bool(text),
            Value::Int(1) | Value::UInt(1) => Some(true),
            Value::Int(0) | Value::UInt(0) => Some(false),
            Value::Float(float) if *float == 1.0 => Some(true),
            Value::Float(float) if *float == 0.0 => Some(false),
            _ => None,
        };
        converted.ok_or_else(|| Misfit::new(Self::wanted()))
    }

    const READS_PARTS: bool = false;
    const CACHE_TAG: u8 = 1;

    fn to_cache_bits(&self) -> u64 {
        (*self).into()
    }

    fn from_cache_bits(bits: u64) -> Self {
        bits != 0
    }
}
