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
            Value::Text(text) => !accepts_text_as_it_is::<T>() && says_none(text),
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

/// Return whether a type keeps the text `none` as a text.
fn accepts_text_as_it_is<T: Any>() -> bool {
    let types = [
        TypeId::of::<String>(),
        TypeId::of::<Box<str>>(),
        TypeId::of::<Arc<str>>(),
        TypeId::of::<Value>(),
    ];
    types.contains(&TypeId::of::<T>())
}
