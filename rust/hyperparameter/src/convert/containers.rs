//! Conversion into lists, sets, tuples and maps: from a value of the same shape, or from text in JSON.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use super::{FromValue, Misfit};
use crate::key::quote;
use crate::value::{APPEND, ListFault, Value, names_item, parse_json, with_parts_of_list};

/// Return a value, or what it contains if it is a text in JSON. For a text that is not, the error shows the `form` it needs.
fn parse_if_text<'a>(
    value: &'a Value,
    wanted: impl Fn() -> String,
    form: &str,
) -> Result<Cow<'a, Value>, Misfit> {
    let Some(text) = value.as_text() else {
        return Ok(Cow::Borrowed(value));
    };
    let parsed = if value.looks_like_json() {
        parse_json(text)
    } else {
        Err(form.to_owned())
    };
    parsed
        .map(Cow::Owned)
        .map_err(|detail| Misfit::new(wanted()).because(detail))
}

/// Convert a value to a list. `wanted` names the type that an error shows.
pub(super) fn to_list(value: &Value, wanted: impl Fn() -> String) -> Result<Arc<[Value]>, Misfit> {
    let form = "expected a list in JSON, such as [1, 2]";
    match &*parse_if_text(value, &wanted, form)? {
        Value::List(list) => Ok(list.clone()),
        _ => Err(Misfit::new(wanted())),
    }
}

/// Convert a value to a mapping. `wanted` names the type that an error shows.
pub(super) fn to_map(
    value: &Value,
    wanted: impl Fn() -> String,
) -> Result<Arc<BTreeMap<String, Value>>, Misfit> {
    let form = "expected an object in JSON, such as {\"name\": 1}";
    match &*parse_if_text(value, &wanted, form)? {
        Value::Map(map) => Ok(map.clone()),
        _ => Err(Misfit::new(wanted())),
    }
}

/// Convert a list, or parts of a list: all other items come from the default.
fn onto_list<T: FromValue>(
    value: &Value,
    default: Vec<T>,
    wanted: fn() -> String,
) -> Result<Vec<T>, Misfit> {
    let parts = match value {
        Value::Map(parts) if are_items(parts) => parts,
        _ => return convert_items(value, wanted),
    };
    let set = |item: Option<T>, part: &Value| match item {
        Some(item) => T::from_value_onto(part, item),
        None => T::from_value(part),
    };
    with_parts_of_list(default, parts, set).map_err(|fault| match fault {
        ListFault::NotAnIndex(name, length) => not_an_index(&name, length),
        ListFault::Item(name, misfit) => {
            let item = parts.get(&name).unwrap_or(&Value::None);
            misfit.in_part(format_args!(".{}", quote(&name)), item)
        }
    })
}

/// Return the misfit of a name that is not the index of an item of a list with some length.
pub(super) fn not_an_index(name: &str, length: usize) -> Misfit {
    let detail = format!("is not the index of an item: the list has {length} items");
    Misfit::of_name(detail).in_part(format_args!(".{}", quote(name)), &Value::None)
}

/// Convert one item of a container.
fn convert_item<T: FromValue>(item: &Value, name: impl fmt::Display) -> Result<T, Misfit> {
    T::from_value(item).map_err(|misfit| misfit.in_part(name, item))
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
        .map(|(index, item)| convert_item(item, format_args!("[{index}]")))
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
                Self::from_value_onto(value, Self::default())
            }

            fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
                let items = onto_list(value, default.into_iter().collect(), Self::wanted)?;
                Ok(items.into_iter().collect())
            }

            fn accepts_subtree(subtree: &BTreeMap<String, Value>, default: Option<&Self>) -> bool {
                sets_items(subtree, default.is_some())
            }
        })*
    };
}

/// Return whether the parts of a mapping are items of a list.
pub(super) fn are_items(parts: &BTreeMap<String, Value>) -> bool {
    !parts.is_empty() && parts.keys().all(|name| names_item(name))
}

/// Return whether a subtree sets items of a list. Only a list that has a default can be read from it.
fn sets_items(subtree: &BTreeMap<String, Value>, has_default: bool) -> bool {
    let only_appends = || subtree.keys().all(|name| name == APPEND);
    are_items(subtree) && (has_default || only_appends())
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
        into_array(items)
    }

    fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
        onto_list(value, default.into(), Self::wanted).and_then(into_array)
    }

    fn accepts_subtree(subtree: &BTreeMap<String, Value>, default: Option<&Self>) -> bool {
        sets_items(subtree, default.is_some())
    }
}

fn into_array<T, const N: usize>(items: Vec<T>) -> Result<[T; N], Misfit> {
    let wrong_length = |items: Vec<T>| wrong_length("list".to_owned(), items.len(), N);
    items.try_into().map_err(wrong_length)
}

macro_rules! tuples {
    ($($count:literal $($name:ident $index:tt)+;)*) => {
        $(impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn wanted() -> String {
                "tuple".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let items = to_list(value, Self::wanted)?;
                if items.len() != $count {
                    return Err(wrong_length(Self::wanted(), items.len(), $count));
                }
                Ok(($(convert_item::<$name>(&items[$index], format_args!("[{}]", $index))?,)+))
            }

            fn from_value_onto(value: &Value, default: Self) -> Result<Self, Misfit> {
                let parts = match value {
                    Value::Map(parts) if are_items(parts) => parts,
                    _ => return Self::from_value(value),
                };
                let is_index = |name: &&String| [$(stringify!($index)),+].contains(&name.as_str());
                if let Some(name) = parts.keys().find(|name| !is_index(name)) {
                    return Err(not_an_index(name, $count));
                }
                Ok(($(onto_item(parts, $index, default.$index)?,)+))
            }

            fn accepts_subtree(subtree: &BTreeMap<String, Value>, default: Option<&Self>) -> bool {
                default.is_some() && are_items(subtree)
            }
        })*
    };
}

/// Convert the part that sets an item of a tuple onto the default of the item.
fn onto_item<T: FromValue>(
    parts: &BTreeMap<String, Value>,
    index: usize,
    default: T,
) -> Result<T, Misfit> {
    match parts.get(&index.to_string()) {
        Some(part) => T::from_value_onto(part, default)
            .map_err(|misfit| misfit.in_part(format_args!(".{index}"), part)),
        None => Ok(default),
    }
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
                Self::from_value_onto(value, Self::default())
            }

            fn from_value_onto(value: &Value, mut default: Self) -> Result<Self, Misfit> {
                for (name, item) in to_map(value, Self::wanted)?.iter() {
                    let item = item.plain_append();
                    let converted = match default.remove(name) {
                        Some(outer) => T::from_value_onto(item, outer),
                        None => T::from_value(item),
                    };
                    let in_part = |misfit: Misfit| misfit.in_part(format_args!(".{}", quote(name)), item);
                    default.insert(name.clone(), converted.map_err(in_part)?);
                }
                Ok(default)
            }

            fn accepts_subtree(_subtree: &BTreeMap<String, Value>, _default: Option<&Self>) -> bool {
                true
            }
        })*
    };
}

maps! {
    [] BTreeMap<String, T>;
    [S: BuildHasher + Default] HashMap<String, T, S>;
}
