//! Untyped text: text from a place without types, such as a `key=value` text.
//!
//! A reader that asks for a type converts the text. For a reader that asks for none, the text has the type of the
//! value that it overrides, where it fits. That value is known when the entry is put on top of another one.

use std::sync::Arc;

use super::{Value, parse_bool, parse_json, parse_number};

impl Value {
    /// Return a text as untyped text.
    pub(crate) fn untyped(text: &str) -> Self {
        let text: Arc<str> = text.into();
        Self::Untyped {
            typed: Arc::new(Self::Text(text.clone())),
            text,
        }
    }

    /// Return an untyped text with the type of the value that it overrides, and any other value unchanged.
    pub(crate) fn typed_like(&self, overridden: &Self) -> Self {
        match self {
            Self::Untyped { text, .. } => Self::Untyped {
                text: text.clone(),
                typed: Arc::new(
                    text_like(text, overridden.plain()).unwrap_or_else(|| Self::Text(text.clone())),
                ),
            },
            other => other.clone(),
        }
    }

    /// Return the value as a reader sees it that asks for no type.
    pub(crate) fn plain(&self) -> &Self {
        match self {
            Self::Untyped { typed, .. } => typed,
            Self::Appended(values) => values.last().map_or(self, Self::plain),
            other => other,
        }
    }

    /// Return an untyped text as text, and any other value unchanged.
    pub(crate) fn source(self) -> Self {
        match self {
            Self::Untyped { text, .. } => Self::Text(text),
            other => other,
        }
    }

    /// Return the last of several appended values, and any other value unchanged.
    ///
    /// In a mapping `+` is an ordinary key, and the last value wins.
    pub(crate) fn plain_append(&self) -> &Self {
        match self {
            Self::Appended(values) => values.last().unwrap_or(self),
            other => other,
        }
    }

    /// Return the same as [`plain`](Self::plain), with every part of a mapping plain too.
    pub(crate) fn to_plain(&self) -> Self {
        match self.plain() {
            Self::Map(map) => Self::Map(Arc::new(
                map.iter()
                    .map(|(name, item)| (name.clone(), item.to_plain()))
                    .collect(),
            )),
            Self::List(list) => Self::List(list.iter().map(Self::to_plain).collect()),
            other => other.clone(),
        }
    }
}

/// Return a text as a value of the same type as another, `None` if it does not fit.
///
/// For a whole number, a text with a fraction becomes a float.
fn text_like(text: &str, like: &Value) -> Option<Value> {
    match like {
        Value::Bool(_) => parse_bool(text).map(Value::Bool),
        Value::Int(_) | Value::UInt(_) => match parse_number(text)? {
            Value::Float(float) if float.fract() == 0.0 && float.abs() < LARGEST_EXACT => {
                Some(Value::Int(float as i128))
            }
            number => Some(number),
        },
        Value::Float(_) => match parse_number(text)? {
            Value::Int(int) => Some(Value::Float(int as f64)),
            Value::UInt(uint) => Some(Value::Float(uint as f64)),
            float => Some(float),
        },
        Value::List(_) => parse_json(text)
            .ok()
            .filter(|value| matches!(value, Value::List(_))),
        Value::Map(_) => parse_json(text)
            .ok()
            .filter(|value| matches!(value, Value::Map(_))),
        _ => None,
    }
}

/// 2⁵³: every whole number below it is a float of its own.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
