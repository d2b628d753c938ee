//! Conversions into [`Value`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Value;

macro_rules! from {
    ($($type:ty => |$value:ident| $converted:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $converted
            }
        })*
    };
}

from! {
    bool => |value| Self::Bool(value);
    i8 => |value| Self::Int(value.into());
    i16 => |value| Self::Int(value.into());
    i32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value.into());
    i128 => |value| Self::Int(value);
    isize => |value| Self::Int(value as i128);
    u8 => |value| Self::Int(value.into());
    u16 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    u64 => |value| Self::Int(value.into());
    usize => |value| Self::Int(value as i128);
    u128 => |value| i128::try_from(value).map_or(Self::UInt(value), Self::Int);
    f32 => |value| Self::Float(value.into());
    f64 => |value| Self::Float(value);
    char => |value| Self::Text(value.to_string().into());
    &str => |value| Self::Text(value.into());
    &String => |value| Self::Text(value.as_str().into());
    String => |value| Self::Text(value.into());
    Box<str> => |value| Self::Text(value.into());
    Arc<str> => |value| Self::Text(value);
    Cow<'_, str> => |value| Self::Text(value.into());
    () => |_value| Self::None;
}

macro_rules! from_reference {
    ($($type:ty)*) => {
        $(impl From<&$type> for Value {
            fn from(value: &$type) -> Self {
                (*value).into()
            }
        })*
    };
}

from_reference! { bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

/// A path becomes text if it is valid UTF-8. Any other path is stored as it is.
impl From<&Path> for Value {
    fn from(path: &Path) -> Self {
        path.to_str()
            // `Value::of` cannot store it: that function converts a path by `From`.
            .map_or_else(|| Self::other(path.to_owned(), None), Self::from)
    }
}

impl From<PathBuf> for Value {
    fn from(path: PathBuf) -> Self {
        path.as_path().into()
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, T::into)
    }
}

macro_rules! from_lists {
    ($([$($generics:tt)*] $list:ty;)*) => {
        $(impl<T: Into<Value>, $($generics)*> From<$list> for Value {
            fn from(list: $list) -> Self {
                Self::List(list.into_iter().map(T::into).collect())
            }
        })*
    };
}

from_lists! {
    [] Vec<T>;
    [] VecDeque<T>;
    [] BTreeSet<T>;
    [S] HashSet<T, S>;
    [const N: usize] [T; N];
}

impl<T: Into<Value> + Clone> From<&[T]> for Value {
    fn from(list: &[T]) -> Self {
        list.to_vec().into()
    }
}

impl<T: Into<Value> + Clone, const N: usize> From<&[T; N]> for Value {
    fn from(list: &[T; N]) -> Self {
        list.clone().into()
    }
}

impl<T: Into<Value> + Clone> From<&Vec<T>> for Value {
    fn from(list: &Vec<T>) -> Self {
        list.clone().into()
    }
}

macro_rules! from_tuples {
    ($($($name:ident)+;)*) => {
        $(impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            #[allow(non_snake_case)]
            fn from(($($name,)+): ($($name,)+)) -> Self {
                Self::List([$($name.into()),+].into())
            }
        })*
    };
}

from_tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; }

/// A type that can be the key of a mapping: text, or an integer, which becomes text.
///
/// ```
/// use hyperparameter::*;
/// use std::collections::BTreeMap;
///
/// let layers = Value::from(BTreeMap::from([(0, 0.5), (1, 0.25)]));
/// assert_eq!(layers.to_string(), "{'0': 0.5, '1': 0.25}");
/// ```
pub trait Segment {
    /// Return the key as text.
    fn text(self) -> String;
}

macro_rules! segments {
    ($($key:ty)*) => {
        $(impl Segment for $key {
            fn text(self) -> String {
                self.to_string()
            }
        })*
    };
}

segments! {
    String &String &str Box<str> Arc<str> Cow<'_, str> char
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize
}

impl<K: Segment, T: Into<Value>> From<BTreeMap<K, T>> for Value {
    fn from(map: BTreeMap<K, T>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Segment, T: Into<Value>, S> From<HashMap<K, T, S>> for Value {
    fn from(map: HashMap<K, T, S>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Segment, T: Into<Value>> FromIterator<(K, T)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(items: I) -> Self {
        Self::Map(Arc::new(
            items
                .into_iter()
                .map(|(key, value)| (key.text(), value.into()))
                .collect(),
        ))
    }
}
