//! Reading one key from a frame: finding its value or its subtree, and converting that.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::ser::Serialize;

use crate::convert::deserialize::{self, accepts_subtree};
use crate::convert::{FromValue, Misfit, serialize};
use crate::entry::Entry;
use crate::error::ParamError;
use crate::frame::Frame;
use crate::key::{HashedText, Probe, name_of, segments};
use crate::value::{APPEND, Value, merge_onto, parse_bool, part_of};

/// Return the value of a key by the conversion rule. Return `None` if the key is not set.
pub(crate) fn required<T: FromValue>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let value = value_for::<T>(frame, key, None);
    value
        .map(|value| convert(frame, key, &value, None))
        .transpose()
}

/// Return the value of a key by the conversion rule, or the default if the key is not set.
pub(crate) fn or_default<T: FromValue>(
    frame: &Frame,
    key: &dyn Probe,
    default: T,
) -> Result<T, ParamError> {
    match value_for(frame, key, Some(&default)) {
        Some(value) => convert(frame, key, &value, Some(default)),
        None => Ok(default),
    }
}

/// Return a text, without a copy if the value is one, or the default if the key is not set.
pub(crate) fn text<'a>(
    frame: &'a Frame,
    key: &dyn Probe,
    default: &'a str,
) -> Result<Cow<'a, str>, ParamError> {
    match value_for::<String>(frame, key, None) {
        None => Ok(Cow::Borrowed(default)),
        Some(Cow::Borrowed(Value::Text(text) | Value::Untyped { text, .. })) => {
            Ok(Cow::Borrowed(text))
        }
        Some(value) => convert::<String>(frame, key, &value, None).map(Cow::Owned),
    }
}

/// Return what is to be converted to a type: the value of a key, with the parts that are set below the key.
///
/// If the key has no value, return its subtree if the type accepts that.
pub(crate) fn value_for<'a, T: FromValue>(
    frame: &'a Frame,
    key: &dyn Probe,
    default: Option<&T>,
) -> Option<Cow<'a, Value>> {
    if T::READS_PARTS {
        return value_with_parts(frame, key, |own, parts| {
            // Only a type that does not accept `None` itself is read from the keys below a `None`.
            let fits = || T::accepts_subtree(parts, default);
            match own {
                Some(none) => fits() && (default.is_some() || T::from_value(none).is_err()),
                None => fits(),
            }
        });
    }
    match frame.find(key) {
        None => part_of_value_above(frame, key).map(Cow::Owned),
        // An empty mapping does not count as a value if other keys are set below the key.
        Some(entry) if !entry.hides() && frame.has_subtree(key.text()) => None,
        Some(entry) => Some(Cow::Borrowed(&entry.value)),
    }
}

/// Convert what `value_for` returns. Parts that are not set come from the default.
pub(crate) fn convert<T: FromValue>(
    frame: &Frame,
    key: &dyn Probe,
    value: &Value,
    default: Option<T>,
) -> Result<T, ParamError> {
    let converted = match default {
        Some(default) => T::from_value_onto(value, default),
        None => T::from_value(value),
    };
    converted.map_err(|misfit| misfit_error(frame, key, value.clone(), misfit))
}

/// Return the value of a key, or its subtree, as a type that serde can deserialize. Return `None` if the key is not set.
pub(crate) fn by_serde<T: DeserializeOwned>(
    frame: &Frame,
    key: &dyn Probe,
) -> Result<Option<T>, ParamError> {
    let value = value_with_parts(frame, key, |_, parts| accepts_subtree::<T>(parts));
    value
        .map(|value| deserialize_value(frame, key, &value, None))
        .transpose()
}

/// Return the whole view as a type that serde can deserialize.
pub(crate) fn whole_by_serde<T: DeserializeOwned>(frame: &Frame) -> Result<T, ParamError> {
    let parts = parts_below(frame, "").unwrap_or_default();
    let value = Value::Map(Arc::new(parts));
    deserialize_value(frame, &HashedText::new(""), &value, None)
}

/// Return the same as [`by_serde`]. Parts that are not set come from a value that was set as `T`, or from the default.
pub(crate) fn by_merging<T: DeserializeOwned + Serialize + Clone + 'static>(
    frame: &Frame,
    key: &dyn Probe,
    default: T,
) -> Result<T, ParamError> {
    let (value, base) = match by_type(frame, key) {
        Ok(Some(own)) => (
            parts_below(frame, key.text()).map(|parts| Cow::Owned(Value::Map(Arc::new(parts)))),
            own,
        ),
        _ => (
            value_with_parts(frame, key, |_, parts| accepts_subtree::<T>(parts)),
            default,
        ),
    };
    let Some(value) = value else {
        return Ok(base);
    };
    let base = match serialize::to_value(&base) {
        Ok(base) => Some(base),
        // A value that is no mapping replaces the default.
        Err(_) if !matches!(&*value, Value::Map(_)) => None,
        Err(fault) => {
            let detail = format!("cannot be set: its default cannot be serialized: {fault}");
            let misfit = Misfit::of_name(detail);
            return Err(misfit_error(frame, key, value.into_owned(), misfit));
        }
    };
    deserialize_value(frame, key, &value, base.as_ref())
}

fn deserialize_value<T: DeserializeOwned>(
    frame: &Frame,
    key: &dyn Probe,
    value: &Value,
    default: Option<&Value>,
) -> Result<T, ParamError> {
    deserialize::from_value(value, default)
        .map_err(|misfit| misfit_error(frame, key, value.clone(), misfit))
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

/// Return the value of a key with the parts that are set below the key.
///
/// If the key has no value, or the value is `None`, return its subtree if `accepts_subtree` says so. It gets the `None`.
fn value_with_parts<'a>(
    frame: &'a Frame,
    key: &dyn Probe,
    accepts_subtree: impl FnOnce(Option<&Value>, &BTreeMap<String, Value>) -> bool,
) -> Option<Cow<'a, Value>> {
    let entry = frame.find_linked(key);
    let own = match entry {
        Some(entry) => Some(Cow::Borrowed(&entry.value)),
        None => part_of_value_above(frame, key).map(Cow::Owned),
    };
    let Some(parts) = parts_below(frame, key.text()) else {
        return own;
    };
    let own = own.filter(|own| !is_empty_map(own));
    match own {
        Some(own) if *own != Value::None => Some(Cow::Owned(merge_onto(&own, &parts))),
        own if accepts_subtree(own.as_deref(), &parts) => {
            Some(Cow::Owned(Value::Map(Arc::new(parts))))
        }
        own => own,
    }
}

fn is_empty_map(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.is_empty())
}

/// Return a key that is not set as a part of the value of a key above it.
fn part_of_value_above(frame: &Frame, key: &dyn Probe) -> Option<Value> {
    let (above, entry) = frame.value_above(key.text())?;
    part_of(
        &entry.value,
        segments(&key.text()[above.len() + 1..]).map(name_of),
    )
}

/// Return the error for a value that does not fit, with the place that set it.
///
/// If the part at fault has no value of its own, that is the place of the value that it is a part of, or of any key below
/// it.
fn misfit_error(frame: &Frame, key: &dyn Probe, value: Value, misfit: Misfit) -> ParamError {
    let mut misfit = misfit;
    if key.text().is_empty() {
        // A part of the whole view has its own key.
        misfit.path = misfit.path.trim_start_matches('.').to_owned();
    }
    let at_fault = format!("{}{}", key.text(), misfit.path);
    let first_in_subtree = |key: &str| frame.subtree(key).next().map(|(_, entry)| entry);
    let mut entry = (frame.entry(&at_fault)).or_else(|| first_in_subtree(&at_fault));
    if entry.is_none() && !misfit.is_missing() {
        entry = (frame.value_above(&at_fault).map(|(_, entry)| entry))
            .or_else(|| frame.find(key))
            .or_else(|| first_in_subtree(key.text()));
    }
    let origin = entry.map(|entry| entry.origin);
    ParamError::misfit(key.text(), value, misfit, origin)
}

/// Return whether a parameter counts as true.
pub(crate) fn truth(frame: &Frame, key: &dyn Probe) -> bool {
    let Some(value) = value_with_parts(frame, key, |own, _| own.is_none()) else {
        return false;
    };
    match value.plain() {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::UInt(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Text(text) => parse_bool(text).unwrap_or(!text.is_empty()),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    }
}

/// Return the subtree below a key as a nested mapping, `None` if it is empty.
///
/// If a key has both a value and keys below it, the mapping has the value with these parts.
pub(crate) fn subtree(frame: &Frame, key: &str) -> Option<Value> {
    parts_below(frame, key).map(|parts| Value::Map(Arc::new(parts)).to_plain())
}

/// Return what is set below a key, by name, `None` if nothing is.
fn parts_below(frame: &Frame, key: &str) -> Option<BTreeMap<String, Value>> {
    if !key.is_empty() && !frame.has_subtree(key) {
        return None;
    }
    let mut top = Node::default();
    let prefix_length = if key.is_empty() { 0 } else { key.len() + 1 };
    for (path, entry) in frame.subtree(key) {
        let mut node = &mut top;
        for segment in segments(&path.as_str()[prefix_length..]) {
            node = node.below.entry(name_of(segment)).or_default();
        }
        node.entry = Some(entry);
    }
    (!top.below.is_empty()).then(|| top.into_parts())
}

/// A node of a subtree while it is built.
#[derive(Default)]
struct Node<'a> {
    entry: Option<&'a Entry>,
    /// The nodes below, by the names of their segments.
    below: BTreeMap<Cow<'a, str>, Self>,
}

impl Node<'_> {
    fn into_parts(self) -> BTreeMap<String, Value> {
        let part = |(name, node): (Cow<'_, str>, Self)| {
            let value = node.into_value(name == APPEND);
            (name.into_owned(), value)
        };
        self.below.into_iter().map(part).collect()
    }

    fn into_value(self, appends: bool) -> Value {
        let own = match self.entry {
            Some(entry) if appends => Some(entry.appended()),
            Some(entry) => Some(entry.value.clone()),
            None => None,
        };
        if self.below.is_empty() {
            return own.unwrap_or_default();
        }
        let parts = self.into_parts();
        match own {
            Some(own) => merge_onto(&own, &parts),
            None => Value::Map(Arc::new(parts)),
        }
    }
}
