//! Setting a parameter by the conversion that fits the type of its value. See the [module above](super).

use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;

use super::read_as::panic_with;
use crate::entry::Entry;
use crate::frame::{Overrides, context};
use crate::key::Key;
use crate::scope::flatten;
use crate::value::Value;

/// A marker of the type of the value that a parameter is set to.
///
/// `ByInto` takes the types that convert into a [`Value`], `ByAny` every other type.
pub struct SetAs<T>(PhantomData<T>);

impl<T> SetAs<T> {
    /// Return the marker of a value's type.
    pub fn type_of(_value: &T) -> Self {
        Self(PhantomData)
    }
}

pub trait ByInto<T> {
    fn param_value(&self, value: T) -> Value;
}

impl<T: Into<Value>> ByInto<T> for &SetAs<T> {
    fn param_value(&self, value: T) -> Value {
        value.into()
    }
}

pub trait ByAny<T> {
    fn param_value(&self, value: T) -> Value;
}

impl<T: Any + Clone + Send + Sync> ByAny<T> for SetAs<T> {
    fn param_value(&self, value: T) -> Value {
        Value::of(value)
    }
}

/// Set a key in the innermost scope.
#[track_caller]
pub fn set(key: &'static Key, value: Value) {
    let (scope, overrides) = context::innermost_scope();
    let overrides = with_value(&overrides, key, value);
    context::write(scope.id, |_| overrides);
}

/// Return the overrides with a key set to a value. A mapping sets the keys below the key.
///
/// # Panics
/// If the mapping has an invalid key.
#[track_caller]
pub(super) fn with_value(overrides: &Overrides, key: &'static Key, value: Value) -> Overrides {
    let origin = Location::caller();
    match &value {
        Value::Map(map) if !map.is_empty() => match flatten(key.as_str(), value, origin) {
            Ok(entries) => overrides.with_all(entries),
            Err(error) => panic_with(&error),
        },
        _ => overrides
            .clone()
            .with(key.clone(), Some(Entry::new(value, origin))),
    }
}
