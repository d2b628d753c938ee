//! Reading: the order of the contract, and the rule of conversion, on one frame.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::LocalKey;

use serde::de::DeserializeOwned;

use crate::convert::{FromValue, yes_or_no};
use crate::deserialize::{self, type_name};
use crate::entry::Entry;
use crate::error::{Misfit, ParamError};
use crate::frame::{Frame, context};
use crate::key::{Key, Probe};
use crate::value::Value;

/// Return the value of a key, else what `beneath` gives. An empty mapping with keys beneath it is none.
fn found<'a>(
    frame: &'a Frame,
    key: &dyn Probe,
    beneath: impl FnOnce() -> Option<Value>,
) -> Option<Cow<'a, Value>> {
    match frame.find(key) {
        Some(Entry { value, .. }) if !is_empty_map(value) || !is_beneath(frame, key) => {
            Some(Cow::Borrowed(value))
        }
        _ => beneath().map(Cow::Owned),
    }
}

fn is_beneath(frame: &Frame, key: &dyn Probe) -> bool {
    frame.subtree(key.text()).next().is_some()
}

fn is_empty_map(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.is_empty())
}

/// Return the value of a key as a type, or what lies beneath it where the type takes that.
pub(crate) fn by_rule<T: FromValue>(
    frame: &Frame,
    key: &dyn Probe,
    default: Option<&T>,
) -> Result<Option<T>, ParamError> {
    let beneath = || {
        if T::takes_beneath(default) {
            subtree(frame, key.text())
        } else {
            None
        }
    };
    let Some(value) = found(frame, key, beneath) else {
        return Ok(None);
    };
    T::from_value(&value)
        .map(Some)
        .map_err(|misfit| refused(frame, key, value.into_owned(), misfit))
}

/// Return the value of a key as a type of serde's, or what lies beneath it where the type takes that.
pub(crate) fn by_serde<T: DeserializeOwned>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let beneath = || subtree(frame, key.text()).filter(deserialize::takes::<T>);
    let Some(value) = found(frame, key, beneath) else {
        return Ok(None);
    };
    deserialize::from_value(&value)
        .map(Some)
        .map_err(|misfit| refused(frame, key, value.into_owned(), misfit))
}

/// Return the value of a key that holds a type of the user's own.
pub(crate) fn by_type<T: Clone + 'static>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let Some(Entry { value, .. }) = frame.find(key) else {
        return Ok(None);
    };
    match value.downcast_ref::<T>() {
        Some(value) => Ok(Some(value.clone())),
        None => Err(refused(
            frame,
            key,
            value.clone(),
            Misfit::new(type_name::<T>()),
        )),
    }
}

/// Return the error for a value that does not fit, with the place it was set at.
fn refused(frame: &Frame, key: &dyn Probe, value: Value, misfit: Misfit) -> ParamError {
    let own = frame.find(key);
    let within = || frame.entry(&format!("{}{}", key.text(), misfit.path)); // set by a key of its own
    let origin = own
        .or_else(within)
        .or_else(|| frame.subtree(key.text()).next().map(|(_, entry)| entry));
    let origin = origin.map(|entry| entry.origin);
    ParamError::misfit(key.text(), value, misfit, origin)
}

/// Return the truth of a parameter.
pub(crate) fn truth(frame: &Frame, key: &dyn Probe) -> bool {
    let Some(Entry { value, .. }) = frame.find(key) else {
        return is_beneath(frame, key);
    };
    match value {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::UInt(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Text(text) => yes_or_no(text).unwrap_or(!text.is_empty()),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty() || is_beneath(frame, key),
        Value::Other(_) => true,
    }
}

/// Return what lies beneath a key as a nested mapping. Where a key has both a value and keys beneath it, the
/// value is shown, unless it is an empty mapping.
pub(crate) fn subtree(frame: &Frame, key: &str) -> Option<Value> {
    let mut top = BTreeMap::new();
    let skipped = if key.is_empty() { 0 } else { key.len() + 1 };
    for (path, Entry { value, .. }) in frame.subtree(key) {
        let mut node = &mut top;
        let mut segments = path.as_str()[skipped..].split('.').peekable();
        while let Some(segment) = segments.next() {
            if segments.peek().is_none() {
                node.entry(segment).or_insert(Node::Value(value));
                break;
            }
            let next = node.entry(segment).or_insert_with(Node::nothing);
            if matches!(next, Node::Value(value) if is_empty_map(value)) {
                *next = Node::nothing();
            }
            match next {
                Node::Inner(inner) => node = inner,
                Node::Value(_) => break, // a key before those beneath it
            }
        }
    }
    if top.is_empty() {
        None
    } else {
        Some(Node::Inner(top).into())
    }
}

enum Node<'a> {
    Value(&'a Value),
    Inner(BTreeMap<&'a str, Node<'a>>),
}

impl Node<'_> {
    fn nothing() -> Self {
        Self::Inner(BTreeMap::new())
    }
}

impl From<Node<'_>> for Value {
    fn from(node: Node<'_>) -> Self {
        match node {
            Node::Value(value) => value.clone(),
            Node::Inner(inner) => Self::Map(Arc::new(
                inner
                    .into_iter()
                    .map(|(key, node)| (key.to_owned(), node.into()))
                    .collect(),
            )),
        }
    }
}

// --- What a place in source code remembers ---

/// The last answer that a place in source code had in this thread: a number, or that the key is missing.
///
/// The same frame gives the same answer, so while the thread is in that frame there is nothing to look up.
#[derive(Clone, Copy)]
pub struct Answer {
    /// The frame's number and how the answer is remembered: see `FromValue::REMEMBERED_AS`.
    stamp: u64,
    bits: u64,
}

const MISSING: u8 = u8::MAX;

impl Answer {
    /// No answer yet.
    pub const NONE: Self = Self { stamp: 0, bits: 0 };
}

#[inline(always)]
fn stamp(number: u64, remembered_as: u8) -> u64 {
    number << 8 | u64::from(remembered_as)
}

/// Where in source code a key is read.
#[derive(Clone, Copy)]
pub struct Place {
    /// The key.
    pub key: &'static Key,
    /// What the place remembers.
    pub answer: &'static LocalKey<Cell<Answer>>,
}

impl Place {
    /// Return what is set, `None` where nothing is; a number is remembered.
    #[inline(always)]
    pub(crate) fn recall<T: FromValue>(self, default: T) -> Result<T, ParamError> {
        let number = context::current_frame_id();
        let last = self.answer.get();
        if T::REMEMBERED_AS != 0 && last.stamp == stamp(number, T::REMEMBERED_AS) {
            return Ok(T::from_bits(last.bits));
        }
        if last.stamp == stamp(number, MISSING) && !T::takes_beneath(Some(&default)) {
            return Ok(default);
        }
        self.look_up(default)
    }

    #[inline(never)]
    fn look_up<T: FromValue>(self, default: T) -> Result<T, ParamError> {
        let frame = context::current_frame();
        let found = by_rule(&frame, self.key, Some(&default))?;
        match &found {
            None if !T::takes_beneath(Some(&default)) => {
                self.answer.set(Answer {
                    stamp: stamp(frame.id(), MISSING),
                    bits: 0,
                });
            }
            Some(value) if T::REMEMBERED_AS != 0 => {
                self.answer.set(Answer {
                    stamp: stamp(frame.id(), T::REMEMBERED_AS),
                    bits: value.to_bits(),
                });
            }
            _ => {}
        }
        Ok(found.unwrap_or(default))
    }
}
