//! Setting a parameter by the conversion that fits the type of its value. See the [module above](super).

use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;

use serde::ser::Serialize;

use super::read_as::panic_with;
use crate::convert::serialize;
use crate::entry::{Entry, Origin};
use crate::frame::{Override, Overrides, context};
use crate::key::Key;
use crate::scope::flatten;
use crate::value::Value;

/// A marker of the type of the value that a parameter is set to.
///
/// `ByInto` takes the types that convert into a [`Value`], `ByFields` those that serde can serialize, and `ByAny` every
/// other type.
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

impl<T: Into<Value>> ByInto<T> for &&SetAs<T> {
    fn param_value(&self, value: T) -> Value {
        value.into()
    }
}

pub trait ByFields<T> {
    fn param_value(&self, value: T) -> Value;
}

impl<T: Serialize + Any + Clone + Send + Sync> ByFields<T> for &SetAs<T> {
    /// Store a value whose fields are parts: keys below it can override them, and they can be read.
    fn param_value(&self, value: T) -> Value {
        Value::other(value, Some(fields_of::<T>))
    }
}

fn fields_of<T: Serialize + Any>(value: &dyn Any) -> Option<Value> {
    serialize::to_value(value.downcast_ref::<T>()?).ok()
}

pub trait ByAny<T> {
    fn param_value(&self, value: T) -> Value;
}

impl<T: Any + Clone + Send + Sync> ByAny<T> for SetAs<T> {
    fn param_value(&self, value: T) -> Value {
        Value::of(value)
    }
}

/// A key, the value that it is set to, and the place in the source code that does so.
pub struct Setting {
    key: &'static Key,
    value: Value,
    origin: Origin,
}

/// Return a key and the value that it is set to. The caller is the place that sets it.
#[track_caller]
pub fn setting(key: &'static Key, value: Value) -> Setting {
    Setting {
        key,
        value,
        origin: Location::caller(),
    }
}

impl Setting {
    /// Return whether this sets keys below the key: the value is a mapping that is not empty.
    pub(super) fn sets_keys_below(&self) -> bool {
        matches!(&self.value, Value::Map(map) if !map.is_empty())
    }

    /// Return the override of the key itself.
    pub(super) fn into_override(self) -> (Key, Override) {
        (self.key.clone(), Some(Entry::new(self.value, self.origin)))
    }

    /// Return the overrides with the key set to the value. A mapping sets the keys below the key.
    ///
    /// # Panics
    /// If the mapping has an invalid key.
    #[track_caller]
    pub(super) fn set_in(self, overrides: &Overrides) -> Overrides {
        if !self.sets_keys_below() {
            let (key, change) = self.into_override();
            return overrides.clone().with(key, change);
        }
        match flatten(self.key.as_str(), self.value, self.origin) {
            Ok(entries) => overrides.with_all(entries),
            Err(error) => panic_with(&error),
        }
    }
}

/// Set a key in the innermost scope.
#[track_caller]
pub fn set(key: &'static Key, value: Value) {
    let (scope, overrides) = context::innermost_scope();
    let overrides = setting(key, value).set_in(&overrides);
    context::write(scope.id, |_| overrides);
}
