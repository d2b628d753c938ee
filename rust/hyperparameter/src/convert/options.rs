//! Conversion into `Option`.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FromValue, Misfit};
use crate::value::{Value, says_none};

impl<T: FromValue + Any> FromValue for Option<T> {
    fn wanted() -> String {
        format!("{} | None", T::wanted())
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let is_none = match value {
            Value::None => true,
            Value::Untyped { text, .. } => !is_value::<T>() && says_none(text),
            Value::Text(text) => !is_text::<T>() && !is_value::<T>() && says_none(text),
            _ => false,
        };
        if is_none {
            return Ok(None);
        }
        T::from_value(value).map(Some).map_err(in_option)
    }

    fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
        match default {
            Some(default) if matches!(value, Value::Map(_)) => T::from_value_onto(value, default)
                .map(Some)
                .map_err(in_option),
            _ => Self::from_value(value),
        }
    }

    fn accepts_subtree(subtree: &BTreeMap<String, Value>, default: Option<&Self>) -> bool {
        match default {
            None => T::accepts_subtree(subtree, None),
            Some(None) => !is_value::<T>() && T::accepts_subtree(subtree, None),
            Some(Some(default)) => T::accepts_subtree(subtree, Some(default)),
        }
    }

    const READS_PARTS: bool = T::READS_PARTS;
}

/// Return a misfit of the value in an `Option`. Only the whole value could be `None` instead.
fn in_option(misfit: Misfit) -> Misfit {
    if misfit.path.is_empty() {
        Misfit {
            wanted: format!("{} | None", misfit.wanted),
            ..misfit
        }
    } else {
        misfit
    }
}

/// Return whether a type takes any value as it is, so that no text stands for `None`.
fn is_value<T: Any>() -> bool {
    TypeId::of::<T>() == TypeId::of::<Value>()
}

/// Return whether a type is text, so that a text which a program or a file set stays one.
fn is_text<T: Any>() -> bool {
    let types = [
        TypeId::of::<String>(),
        TypeId::of::<Box<str>>(),
        TypeId::of::<Arc<str>>(),
    ];
    types.contains(&TypeId::of::<T>())
}
