//! A value together with the place in the source code that set it.

use std::panic::Location;
use std::sync::Arc;

use crate::key::{Key, split_last};
use crate::value::{APPEND, Value};

/// Where a value was set: the file and the line of the code that set it.
///
/// ```
/// use hyperparameter::*;
///
/// let line = line!() + 1;
/// let scope = ParamScope::from_texts(["a=1"])?;
/// let origin: Option<Origin> = scope.snapshot().origin("a");
/// assert_eq!(origin.map(|origin| origin.line()), Some(line));
/// # Ok::<(), ParamError>(())
/// ```
pub type Origin = &'static Location<'static>;

/// The value of a key, and its origin.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
    /// For a value that is appended to a list: the entry of the value that was appended before it.
    pub(crate) appended_after: Option<Arc<Self>>,
}

impl Entry {
    pub(crate) fn new(value: Value, origin: Origin) -> Self {
        Self {
            value,
            origin,
            appended_after: None,
        }
    }

    /// Return whether the value hides what is set below its key further out. Only an empty mapping does not: the items
    /// of a mapping are keys of their own.
    pub(crate) fn hides(&self) -> bool {
        !matches!(self.value, Value::Map(_))
    }

    /// Return this entry on top of the entry that its key has further out.
    pub(crate) fn on_top_of(&self, key: &Key, outer: &Self) -> Self {
        if !self.hides() {
            return outer.clone();
        }
        if split_last(key.as_str()).1 == APPEND {
            let before = match &self.appended_after {
                None => outer.clone(),
                Some(before) => before.on_top_of(key, outer),
            };
            let appended_after = Some(Arc::new(before));
            return Self {
                appended_after,
                ..self.clone()
            };
        }
        Self {
            value: self.value.typed_like(&outer.value),
            ..self.clone()
        }
    }

    /// Return the values that are appended up to this entry, in order.
    pub(crate) fn appended(&self) -> Value {
        let mut values = Vec::new();
        let mut current = Some(self);
        while let Some(entry) = current {
            values.push(entry.value.clone());
            current = entry.appended_after.as_deref();
        }
        values.reverse();
        Value::Appended(values.into())
    }
}
