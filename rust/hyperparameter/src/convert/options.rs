//! Conversion into `Option`.

use std::any::{Any, TypeId};
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
            Value::Text(text) => !keeps_none_as_text::<T>() && says_none(text),
            _ => false,
        };
        if is_none {
            return Ok(None);
        }
        T::from_value(value).map(Some).map_err(|misfit| Misfit {
            wanted: Self::wanted(),
            ..misfit
        })
    }

    fn takes_beneath(default: Option<&Self>) -> bool {
        match default {
            None => T::takes_beneath(None),
            Some(None) => false,
            Some(Some(default)) => T::takes_beneath(Some(default)),
        }
    }
}

/// Return whether the text `none` is a value of this type, so that it does not stand for `None`.
fn keeps_none_as_text<T: Any>() -> bool {
    let types = [
        TypeId::of::<String>(),
        TypeId::of::<Box<str>>(),
        TypeId::of::<Arc<str>>(),
        TypeId::of::<Value>(),
    ];
    types.contains(&TypeId::of::<T>())
}
