//! The rule of conversion for lists, sets, tuples and mappings: the like, or text in JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use crate::convert::FromValue;
use crate::error::Misfit;
use crate::value::Value;

/// Return what a text in JSON holds.
pub(crate) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|fault| format!("text is read as JSON: {fault}"))
}

/// Return a list's items.
pub(crate) fn items(value: &Value, wanted: impl Fn() -> String) -> Result<Arc<[Value]>, Misfit> {
    let misfit = || Misfit::new(wanted());
    match value {
        Value::List(list) => Ok(list.clone()),
        Value::Text(text) => match json(text) {
            Ok(Value::List(list)) => Ok(list),
            Ok(_) => Err(misfit()),
            Err(detail) => Err(misfit().because(detail)),
        },
        _ => Err(misfit()),
    }
}

/// Return a mapping.
pub(crate) fn mapping(
    value: &Value,
    wanted: impl Fn() -> String,
) -> Result<Arc<BTreeMap<String, Value>>, Misfit> {
    let misfit = || Misfit::new(wanted());
    match value {
        Value::Map(map) => Ok(map.clone()),
        Value::Text(text) => match json(text) {
            Ok(Value::Map(map)) => Ok(map),
            Ok(_) => Err(misfit()),
            Err(detail) => Err(misfit().because(detail)),
        },
        _ => Err(misfit()),
    }
}

/// Return an item of a container; a fault says where in it.
fn item<T: FromValue>(
    value: &Value,
    place: impl Fn() -> String,
    wanted: impl Fn() -> String,
) -> Result<T, Misfit> {
    T::from_value(value).map_err(|misfit| {
        let detail = misfit
            .detail
            .as_deref()
            .map(|detail| format!("; {detail}"))
            .unwrap_or_default();
        let detail = match misfit.path.as_str() {
            "" => format!(
                "{} is not {}{detail}",
                crate::value::shown(value),
                misfit.wanted
            ),
            _ => misfit.detail.unwrap_or_default(),
        };
        Misfit {
            wanted: wanted(),
            detail: Some(detail),
            path: place() + &misfit.path,
        }
    })
}

/// Return a list's items as a container of them.
fn each<T: FromValue, C: FromIterator<T>>(
    value: &Value,
    wanted: fn() -> String,
) -> Result<C, Misfit> {
    let items = items(value, wanted)?;
    let made = items.iter().enumerate();
    made.map(|(at, value)| item(value, || format!("[{at}]"), wanted))
        .collect()
}

macro_rules! lists {
    ($($name:literal $list:ty $(where $of:ident)?;)*) => {
        $(impl<T: FromValue $(+ $of)?> FromValue for $list {
            fn wanted() -> String {
                $name.to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                each(value, Self::wanted)
            }
        })*
    };
}

macro_rules! maps {
    ($([$($of:tt)*] $map:ty;)*) => {
        $(impl<T: FromValue, $($of)*> FromValue for $map {
            fn wanted() -> String {
                "dict".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let map = mapping(value, Self::wanted)?;
                map.iter()
                    .map(|(key, value)| Ok((key.clone(), item(value, || format!(".{key}"), Self::wanted)?)))
                    .collect()
            }

            fn takes_beneath(_default: Option<&Self>) -> bool {
                true
            }
        })*
    };
}

lists! {
    "list" Vec<T>;
    "list" VecDeque<T>;
    "set" BTreeSet<T> where Ord;
}

impl<T: FromValue + Eq + Hash, S: BuildHasher + Default> FromValue for HashSet<T, S> {
    fn wanted() -> String {
        "set".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        each(value, Self::wanted)
    }
}

maps! {
    [] BTreeMap<String, T>;
    [S: BuildHasher + Default] HashMap<String, T, S>;
}

impl<T: FromValue, const N: usize> FromValue for [T; N] {
    fn wanted() -> String {
        "list".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let made: Vec<T> = each(value, Self::wanted)?;
        made.try_into().map_err(|made: Vec<T>| {
            Misfit::new(Self::wanted()).because(format!("it has {} items, not {N}", made.len()))
        })
    }
}

macro_rules! tuples {
    ($($count:literal $($name:ident $at:literal)+;)*) => {
        $(impl<$($name: FromValue),+> FromValue for ($($name,)+) {
            fn wanted() -> String {
                "tuple".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let items = items(value, Self::wanted)?;
                if items.len() != $count {
                    return Err(Misfit::new(Self::wanted()).because(format!("it has {} items, not {}", items.len(), $count)));
                }
                Ok(($(item::<$name>(&items[$at], || format!("[{}]", $at), Self::wanted)?,)+))
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
