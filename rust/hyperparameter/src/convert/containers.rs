//! Conversion into lists, sets, tuples and maps: from a value of the same shape, or from text in JSON.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use super::{FromValue, Misfit};
use crate::value::Value;

/// Parse a text as JSON.
pub(super) fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("text is read as JSON: {error}"))
}

/// Return a value, or what it contains if it is a text in JSON.
fn parse_if_text(value: &Value, wanted: impl Fn() -> String) -> Result<Cow<'_, Value>, Misfit> {
    match value {
        Value::Text(text) => parse_json(text)
            .map(Cow::Owned)
            .map_err(|detail| Misfit::new(wanted()).because(detail)),
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// Convert a value to a list. `wanted` names the type that an error shows.
pub(super) fn to_list(value: &Value, wanted: impl Fn() -> String) -> Result<Arc<[Value]>, Misfit> {
    match &*parse_if_text(value, &wanted)? {
        Value::List(list) => Ok(list.clone()),
        _ => Err(Misfit::new(wanted())),
    }
}

/// Convert a value to a mapping. `wanted` names the type that an error shows.
pub(super) fn to_map(
    value: &Value,
    wanted: impl Fn() -> String,
) -> Result<Arc<BTreeMap<String, Value>>, Misfit> {
    match &*parse_if_text(value, &wanted)? {
        Value::Map(map) => Ok(map.clone()),
        _ => Err(Misfit::new(wanted())),
    }
}

/// Convert one item of a container. A misfit says where in the container it is, and names the container's type.
fn convert_item<T: FromValue>(
    item: &Value,
    path: impl Fn() -> String,
    wanted: impl Fn() -> String,
) -> Result<T, Misfit> {
    T::from_value(item).map_err(|misfit| {
        // A misfit with a path comes from an inner container, and its detail is about the item there.
        let detail = if misfit.path.is_empty() {
            misfit.text_about(item)
        } else {
            misfit.detail.unwrap_or_default()
        };
        Misfit {
            wanted: wanted(),
            detail: Some(detail),
            path: path() + &misfit.path,
        }
    })
}

/// Convert a value to a container of the items of a list.
fn convert_items<T: FromValue, C: FromIterator<T>>(
    value: &Value,
    wanted: fn() -> String,
) -> Result<C, Misfit> {
    let items = to_list(value, wanted)?;
    items
        .iter()
        .enumerate()
        .map(|(index, item)| convert_item(item, || format!("[{index}]"), wanted))
        .collect()
}

fn wrong_length(wanted: String, length: usize, expected: usize) -> Misfit {
    Misfit::new(wanted).because(format!("expected {expected} items, got {length}"))
}

macro_rules! lists {
    ($($name:literal [$($generics:tt)*] $list:ty;)*) => {
        $(impl<$($generics)*> FromValue for $list {
            fn wanted() -> String {
                $name.to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                convert_items(value, Self::wanted)
            }
        })*
    };
}

lists! {
    "list" [T: FromValue] Vec<T>;
    "list" [T: FromValue] VecDeque<T>;
    "set" [T: FromValue + Ord] BTreeSet<T>;
    "set" [T: FromValue + Eq + Hash, S: BuildHasher + Default] HashSet<T, S>;
}

impl<T: FromValue, const N: usize> FromValue for [T; N] {
    fn wanted() -> String {
        "list".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let items: Vec<T> = convert_items(value, Self::wanted)?;
        items
            .try_into()
            .map_err(|items: Vec<T>| wrong_length(Self::wanted(), items.len(), N))
    }
}

macro_rules! tuples {
    ($($count:literal $($name:ident $index:literal)+;)*) => {
        $(impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn wanted() -> String {
                "tuple".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let items = to_list(value, Self::wanted)?;
                if items.len() != $count {
                    return Err(wrong_length(Self::wanted(), items.len(), $count));
                }
                Ok(($(convert_item::<$name>(&items[$index], || format!("[{}]", $index), Self::wanted)?,)+))
            }
        })*
    };
}

tuples! {
    1 A 0;
    2 A 0 B 1;
    3 A 0 B 1 C 2;
    4 A 0 B 1 C 2 D 3;
    5 A 0 B 1 C 2 D 3 E 4;
    6 A 0 B 1 C 2 D 3 E 4 F 5;
}

macro_rules! maps {
    ($([$($generics:tt)*] $map:ty;)*) => {
        $(impl<T: FromValue, $($generics)*> FromValue for $map {
            fn wanted() -> String {
                "dict".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                to_map(value, Self::wanted)?
                    .iter()
                    .map(|(key, item)| Ok((key.clone(), convert_item(item, || format!(".{key}"), Self::wanted)?)))
                    .collect()
            }

            fn takes_beneath(_default: Option<&Self>) -> bool {
                true
            }
        })*
    };
}

maps! {
    [] BTreeMap<String, T>;
    [S: BuildHasher + Default] HashMap<String, T, S>;
}
