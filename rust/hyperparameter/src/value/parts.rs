//! The parts of values: reading one, and setting some.
//!
//! A mapping, a list, a text in JSON and a struct that can be serialized have parts. What is set below a key overrides
//! parts of the key's value: `opt.lr` is the part `lr` of `opt`. An item of a list has its index as name, `layers.0`, and
//! `layers.+` appends.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Value, parse_json};

/// The name of a part that appends to a list.
pub(crate) const APPEND: &str = "+";

impl Value {
    /// Return whether a value can have parts.
    pub(crate) fn may_have_parts(&self) -> bool {
        match self {
            Self::List(_) | Self::Map(_) => true,
            Self::Other(other) => other.fields.is_some(),
            other => other.looks_like_json(),
        }
    }

    /// Return whether a value is a text that starts like an object or array of JSON.
    pub(crate) fn looks_like_json(&self) -> bool {
        self.as_text()
            .is_some_and(|text| text.trim_start().starts_with(['{', '[']))
    }

    /// Return the mapping or list that a text in JSON or a struct is, and any other value unchanged.
    pub(crate) fn with_parts(&self) -> Cow<'_, Self> {
        if let Self::Other(other) = self
            && let Some(fields) = other.fields.and_then(|fields| fields(&*other.value))
        {
            return Cow::Owned(fields);
        }
        if self.looks_like_json()
            && let Some(Ok(parsed)) = self.as_text().map(parse_json)
        {
            return Cow::Owned(parsed);
        }
        Cow::Borrowed(self)
    }
}

/// Return whether a name is that of an item of a list: an index, or what appends.
pub(crate) fn names_item(name: &str) -> bool {
    let digits = name.strip_prefix('-').unwrap_or(name);
    name == APPEND || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Return the index that a name means in a list of some length, `None` if it is not an index of it.
fn parse_index(name: &str, length: usize) -> Option<usize> {
    if name == APPEND || !names_item(name) {
        return None;
    }
    let index: i128 = name.parse().ok()?;
    let index = if index < 0 {
        index + length as i128
    } else {
        index
    };
    usize::try_from(index).ok().filter(|index| *index < length)
}

/// Return the part of a value at a path of names, `None` if the value does not have it.
pub(crate) fn part_of<'a>(
    value: &Value,
    names: impl Iterator<Item = Cow<'a, str>>,
) -> Option<Value> {
    let mut current = value.clone();
    for name in names {
        let part = match &*current.with_parts() {
            Value::Map(map) => map.get(name.as_ref())?.clone(),
            Value::List(list) => list[parse_index(&name, list.len())?].clone(),
            _ => return None,
        };
        current = part;
    }
    Some(current)
}

/// Return a value with some of its parts set. A value without parts wins over what is set below its key.
pub(crate) fn merge_onto(value: &Value, parts: &BTreeMap<String, Value>) -> Value {
    match &*value.with_parts() {
        Value::Map(map) => {
            let mut merged = (**map).clone();
            for (name, part) in parts {
                let part = match merged.get(name) {
                    Some(outer) => merged_part(outer, part),
                    None => part.clone(),
                };
                merged.insert(name.clone(), part);
            }
            Value::Map(Arc::new(merged))
        }
        Value::List(list) if parts.keys().all(|name| names_item(name)) => {
            match with_parts_of_list(list.iter().cloned().collect(), parts, |item, part| {
                Ok::<_, String>(match item {
                    Some(item) => merged_part(&item, part),
                    None => part.clone(),
                })
            }) {
                Ok(list) => list.into(),
                // The reader reports the part that is no item: a list cannot be read from this mapping.
                Err(_) => Value::Map(Arc::new(parts.clone())),
            }
        }
        Value::List(_) => Value::Map(Arc::new(parts.clone())),
        _ => value.clone(),
    }
}

/// Return the value of a part that is set to `part`, and further out to `outer`.
fn merged_part(outer: &Value, part: &Value) -> Value {
    match part {
        Value::Map(parts) => merge_onto(outer, parts),
        Value::Untyped { .. } => part.typed_like(outer),
        other => other.clone(),
    }
}

/// Return the items of a list with some of them replaced, and others appended.
///
/// `set` returns the item for a part. It gets the item that was there; for an appended item there is none.
///
/// # Errors
/// The name of a part that is not the index of an item, or the error of `set`, with the name of its part.
pub(crate) fn with_parts_of_list<'a, T, E>(
    items: Vec<T>,
    parts: &'a BTreeMap<String, Value>,
    mut set: impl FnMut(Option<T>, &'a Value) -> Result<T, E>,
) -> Result<Vec<T>, ListFault<E>> {
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let length = items.len();
    let mut appended = Vec::new();
    for (name, part) in parts {
        let fault = |error| ListFault::Item(name.clone(), error);
        if let (APPEND, Value::Appended(values)) = (name.as_str(), part) {
            for value in values.iter() {
                appended.push(set(None, value).map_err(fault)?);
            }
            continue;
        }
        let index =
            parse_index(name, length).ok_or_else(|| ListFault::NotAnIndex(name.clone(), length))?;
        let item = items[index].take();
        items[index] = Some(set(item, part).map_err(fault)?);
    }
    let items = items.into_iter().flatten();
    Ok(items.chain(appended).collect())
}

/// Why parts of a list cannot be set.
pub(crate) enum ListFault<E> {
    /// A name is not the index of an item. The number is the length of the list.
    NotAnIndex(String, usize),
    /// An item with this name has an error.
    Item(String, E),
}
