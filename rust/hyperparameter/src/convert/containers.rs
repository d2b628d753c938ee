//! Conversion into lists, sets, tuples and maps: from a value of the same shape, or from text in JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use super::{FromValue, Misfit};
use crate::value::{Value, short_repr};

/// Parse a text as JSON.
pub(super) fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|fault| format!("text is read as JSON: {fault}"))
}

/// Convert a value to a list. `wanted` names the type that an error shows.
pub(super) fn to_list(value: &Value, wanted: impl Fn() -> String) -> Result<Arc<[Value]>, Misfit> {
    let misfit = || Misfit::new(wanted());
    match value {
        Value::List(list) => Ok(list.clone()),
        Value::Text(text) => match parse_json(text) {
            Ok(Value::List(list)) => Ok(list),
            Ok(_) => Err(misfit()),
            Err(detail) => Err(misfit().because(detail)),
        },
        _ => Err(misfit()),
    }
}

/// Convert a value to a mapping. `wanted` names the type that an error shows.
pub(super) fn to_map(
    value: &Value,
    wanted: impl Fn() -> String,
) -> Result<Arc<BTreeMap<String, Value>>, Misfit> {
    let misfit = || Misfit::new(wanted());
    match value {
        Value::Map(map) => Ok(map.clone()),
        Value::Text(text) => match parse_json(text) {
            Ok(Value::Map(map)) => Ok(map),
            Ok(_) => Err(misfit()),
            Err(detail) => Err(misfit().because(detail)),
        },
        _ => Err(misfit()),
    }
}

/// Convert one item of a container. A misfit says where in the container it is, and names the container's type.
fn convert_item<T: FromValue>(
    item: &Value,
    path: impl Fn() -> String,
    wanted: impl Fn() -> String,
) -> Result<T, Misfit> {
    T::from_value(item).map_err(|misfit| {
        // The misfit of an item of an inner container has a path, and its detail says everything.
        let detail = if misfit.path.is_empty() {
            let reason = misfit
                .detail
                .map(|detail| format!(": {detail}"))
                .unwrap_or_default();
            format!(
                "{} is not a valid {}{reason}",
                short_repr(item),
                misfit.wanted
            )
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
