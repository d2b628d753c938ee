//! Reading one key from a frame: finding its value or its subtree, and converting that.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::convert::{FromValue, Misfit, deserialize, parse_bool};
use crate::entry::Entry;
use crate::error::ParamError;
use crate::frame::Frame;
use crate::key::{Probe, name_of, segments};
use crate::value::Value;

/// Return the value of a key by the conversion rule. If it has no value and the type accepts a subtree, return that.
///
/// Return `None` if there is neither.
pub(crate) fn by_rule<T: FromValue>(
    frame: &Frame,
    key: &dyn Probe,
    default: Option<&T>,
) -> Result<Option<T>, ParamError> {
    let read_subtree = || {
        if T::takes_beneath(default) {
            subtree(frame, key.text())
        } else {
            None
        }
    };
    let Some(value) = value_or_subtree(frame, key, read_subtree) else {
        return Ok(None);
    };
    T::from_value(&value)
        .map(Some)
        .map_err(|misfit| misfit_error(frame, key, value.into_owned(), misfit))
}

/// Return the value of a key, or its subtree, as a type that serde can deserialize. The rest is as in [`by_rule`].
pub(crate) fn by_serde<T: DeserializeOwned>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let read_subtree = || subtree(frame, key.text()).filter(deserialize::accepts_subtree::<T>);
    let Some(value) = value_or_subtree(frame, key, read_subtree) else {
        return Ok(None);
    };
    deserialize::from_value(&value)
        .map(Some)
        .map_err(|misfit| misfit_error(frame, key, value.into_owned(), misfit))
}

/// Return the value of a key that was set as a value of this same type, by [`Value::of`].
pub(crate) fn by_type<T: Clone + 'static>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let Some(Entry { value, .. }) = frame.find(key) else {
        return Ok(None);
    };
    match value.downcast_ref::<T>() {
        Some(value) => Ok(Some(value.clone())),
        None => {
            let misfit = Misfit::new(deserialize::short_type_name::<T>());
            Err(misfit_error(frame, key, value.clone(), misfit))
        }
    }
}

/// Return the value of a key, or what `read_subtree` returns if the key has none.
///
/// An empty mapping does not count as a value if other keys are set below the key.
fn value_or_subtree<'a>(
    frame: &'a Frame,
    key: &dyn Probe,
    read_subtree: impl FnOnce() -> Option<Value>,
) -> Option<Cow<'a, Value>> {
    match frame.find(key) {
        Some(Entry { value, .. }) if !is_empty_map(value) || !has_subtree(frame, key) => {
            Some(Cow::Borrowed(value))
        }
        _ => read_subtree().map(Cow::Owned),
    }
}

fn has_subtree(frame: &Frame, key: &dyn Probe) -> bool {
    frame.subtree(key.text()).next().is_some()
}

fn is_empty_map(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.is_empty())
}

/// Return the error for a value that does not fit, with the place that set it.
///
/// If the value is a subtree, the origin is that of the key at fault, or of any key in the subtree.
fn misfit_error(frame: &Frame, key: &dyn Probe, value: Value, misfit: Misfit) -> ParamError {
    let entry_at_fault = || frame.entry(&format!("{}{}", key.text(), misfit.path));
    let first_in_subtree = || frame.subtree(key.text()).next().map(|(_, entry)| entry);
    let entry = frame
        .find(key)
        .or_else(entry_at_fault)
        .or_else(first_in_subtree);
    let origin = entry.map(|entry| entry.origin);
    ParamError::misfit(key.text(), value, misfit, origin)
}

/// Return whether a parameter counts as true.
pub(crate) fn truth(frame: &Frame, key: &dyn Probe) -> bool {
    let Some(Entry { value, .. }) = frame.find(key) else {
        return has_subtree(frame, key);
    };
    match value {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::UInt(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Text(text) => parse_bool(text).unwrap_or(!text.is_empty()),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty() || has_subtree(frame, key),
        Value::Other(_) => true,
    }
}

/// Return the subtree below a key as a nested mapping, `None` if it is empty.
///
/// If a key has both a value and keys below it, the mapping has the value, unless that is an empty mapping.
pub(crate) fn subtree(frame: &Frame, key: &str) -> Option<Value> {
    let mut top = BTreeMap::new();
    let prefix_length = if key.is_empty() { 0 } else { key.len() + 1 };
    for (path, Entry { value, .. }) in frame.subtree(key) {
        insert(&mut top, &path.as_str()[prefix_length..], value);
    }
    if top.is_empty() {
        None
    } else {
        Some(Node::Inner(top).into())
    }
}

/// A node of a subtree while it is built.
enum Node<'a> {
    Leaf(&'a Value),
    /// The children, by the names of their segments.
    Inner(BTreeMap<Cow<'a, str>, Node<'a>>),
}

impl Node<'_> {
    fn empty() -> Self {
        Self::Inner(BTreeMap::new())
    }
}

/// Insert a value at a path. Paths are inserted in order, so the value of a key comes before the keys below it.
fn insert<'a>(top: &mut BTreeMap<Cow<'a, str>, Node<'a>>, path: &'a str, value: &'a Value) {
    let mut parent = top;
    let mut names = segments(path).map(name_of).peekable();
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            parent.entry(name).or_insert(Node::Leaf(value));
            return;
        }
        let child = parent.entry(name).or_insert_with(Node::empty);
        if matches!(child, Node::Leaf(value) if is_empty_map(value)) {
            *child = Node::empty();
        }
        match child {
            Node::Inner(inner) => parent = inner,
            Node::Leaf(_) => return,
        }
    }
}

impl From<Node<'_>> for Value {
    fn from(node: Node<'_>) -> Self {
        match node {
            Node::Leaf(value) => value.clone(),
            Node::Inner(inner) => Self::Map(Arc::new(
                inner
                    .into_iter()
                    .map(|(name, node)| (name.into_owned(), node.into()))
                    .collect(),
            )),
        }
    }
}
