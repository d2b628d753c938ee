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
    appended_after: Link,
}

/// A pointer to the entry that was appended before another one.
#[derive(Clone, Default)]
struct Link(Option<Arc<Entry>>);

impl Drop for Link {
    /// Drop a chain of entries one by one. Recursive drops of a long chain would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut entry) = next.and_then(Arc::into_inner) {
            next = entry.appended_after.0.take();
        }
    }
}

impl Entry {
    pub(crate) fn new(value: Value, origin: Origin) -> Self {
        Self {
            value,
            origin,
            appended_after: Link::default(),
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
            return self.appended_on_top_of(outer);
        }
        Self {
            value: self.value.typed_like(&outer.value),
            ..self.clone()
        }
    }

    /// Return this entry, and those that were appended before it, after the entries of an outer scope.
    fn appended_on_top_of(&self, outer: &Self) -> Self {
        let appended: Vec<&Self> = self.last_appended_first().collect();
        appended
            .into_iter()
            .rev()
            .fold(outer.clone(), |before, entry| Self {
                value: entry.value.clone(),
                origin: entry.origin,
                appended_after: Link(Some(Arc::new(before))),
            })
    }

    /// Return the values that are appended up to this entry, in order.
    pub(crate) fn appended(&self) -> Value {
        let values = self.last_appended_first();
        let mut values: Vec<Value> = values.map(|entry| entry.value.clone()).collect();
        values.reverse();
        Value::Appended(values.into())
    }

    fn last_appended_first(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |entry| entry.appended_after.0.as_deref())
    }
}
