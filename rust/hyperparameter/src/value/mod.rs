//! What a parameter can be: a number, text, a list, a mapping, or anything of the user's own.

mod parse;
mod serde;

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::serde::from_serde_map;
pub(crate) use parse::{is_any_of, parse_number, says_none};

/// What a parameter is set to. Cheap to copy: what is large is shared.
///
/// Every integer and float of Rust goes in without loss, by `From`; [`Value::of`] takes anything else
/// that is `Clone + Send + Sync`. It comes out as the reader asks: see
/// [`FromValue`](crate::FromValue).
///
/// ```
/// use hyperparameter::Value;
///
/// assert_eq!(Value::from(3u8), Value::Int(3));
/// assert_eq!(Value::from(vec!["a", "b"]).to_string(), "['a', 'b']");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// Set, and to nothing: what `Option::None` is set as.
    #[default]
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A whole number that is too large for `Int`.
    UInt(u128),
    /// A number.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list.
    List(Arc<[Value]>),
    /// A mapping. As a parameter, one that is not empty is keys of its own.
    Map(Arc<BTreeMap<String, Value>>),
    /// Anything else.
    Other(Other),
}

/// A value of a type of the user's own.
///
/// ```
/// use hyperparameter::*;
///
/// let value = Value::of(std::time::Duration::from_secs(1));
/// assert!(matches!(value, Value::Other(_)));
/// ```
#[derive(Clone)]
pub struct Other {
    value: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
}

impl Value {
    /// Hold a value of any type; it is read back as that type. A number, bool or text is held as `From` does.
    ///
    /// ```
    /// use hyperparameter::Value;
    ///
    /// #[derive(Clone, Debug, PartialEq)]
    /// struct Schedule(Vec<f64>);
    ///
    /// let value = Value::of(Schedule(vec![0.1, 0.01]));
    /// assert_eq!(value.downcast_ref(), Some(&Schedule(vec![0.1, 0.01])));
    /// assert_eq!(Value::of(3u8), Value::Int(3));
    /// ```
    pub fn of<T: Any + Clone + Send + Sync>(value: T) -> Self {
        macro_rules! plain {
            ($($plain:ty)*) => {
                $(if let Some(plain) = (&value as &dyn Any).downcast_ref::<$plain>() {
                    return plain.clone().into();
                })*
            };
        }
        plain!(bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 String Box<str> Arc<str> &'static str PathBuf Value);
        Self::Other(Other {
            value: Arc::new(value),
            type_name: type_name::<T>(),
        })
    }

    /// Return the value that [`Value::of`] holds, where it is of this type.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let value = Value::of(std::time::Duration::from_secs(1));
    /// assert_eq!(value.downcast_ref(), Some(&std::time::Duration::from_secs(1)));
    /// assert_eq!(value.downcast_ref::<u64>(), None);
    /// ```
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        match self {
            Self::Other(other) => other.value.downcast_ref(),
            _ => None,
        }
    }
}

// --- What becomes a value ---

macro_rules! from {
    ($($given:ty => |$value:ident| $made:expr;)*) => {
        $(impl From<$given> for Value {
            fn from($value: $given) -> Self {
                $made
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

macro_rules! from_borrowed {
    ($($plain:ty)*) => {
        $(impl From<&$plain> for Value {
            fn from(value: &$plain) -> Self {
                (*value).into()
            }
        })*
    };
}

from_borrowed! { bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

/// A path that is text is text; another is held as it is.
impl From<&Path> for Value {
    fn from(path: &Path) -> Self {
        path.to_str()
            .map_or_else(|| Self::of(path.to_owned()), Self::from)
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
    ($([$($of:tt)*] $list:ty;)*) => {
        $(impl<T: Into<Value>, $($of)*> From<$list> for Value {
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

/// What the keys of a mapping can be: text, or an integer, which becomes text.
///
/// ```
/// use hyperparameter::*;
///
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

// --- Alike, and shown ---

/// Alike in type and content: `1` and `1.0` are two values. Values of the user's own are alike where
/// they are the same one.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::UInt(one), Self::UInt(other)) => one == other,
            (Self::Int(int), Self::UInt(uint)) | (Self::UInt(uint), Self::Int(int)) => {
                u128::try_from(*int) == Ok(*uint)
            }
            (Self::Float(one), Self::Float(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Map(one), Self::Map(other)) => one == other,
            (Self::Other(one), Self::Other(other)) => Arc::ptr_eq(&one.value, &other.value),
            _ => false,
        }
    }
}

/// As messages show it: in the notation that all languages of the library share.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(_) | Self::Int(_) | Self::UInt(_) | Self::Float(_) => {
                f.write_str(&self.number_text().unwrap_or_default())
            }
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(list) => {
                f.write_char('[')?;
                separated(f, list.iter(), |f, item| write!(f, "{item}"))?;
                f.write_char(']')
            }
            Self::Map(map) => {
                f.write_char('{')?;
                separated(f, map.iter(), |f, (key, item)| {
                    write!(f, "{}: {item}", quoted(key))
                })?;
                f.write_char('}')
            }
            Self::Other(other) => write!(f, "<{}>", other.type_name),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    mut show: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (number, item) in items.enumerate() {
        if number > 0 {
            f.write_str(", ")?;
        }
        show(f, item)?;
    }
    Ok(())
}

impl Value {
    /// Return a number or bool as its text, `None` for anything else.
    pub(crate) fn number_text(&self) -> Option<String> {
        Some(match self {
            Self::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            Self::Int(value) => value.to_string(),
            Self::UInt(value) => value.to_string(),
            Self::Float(value) => float_text(*value),
            _ => return None,
        })
    }
}

/// The shortest text that reads as the same float, its exponent with a sign and two digits.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, exponent) = exponent
        .strip_prefix('-')
        .map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// A text in quotes, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for character in text.chars() {
        match character {
            '\\' => shown.push_str(r"\\"),
            '\n' => shown.push_str(r"\n"),
            '\r' => shown.push_str(r"\r"),
            '\t' => shown.push_str(r"\t"),
            _ if character == quote => shown.extend(['\\', quote]),
            '\0'..=' ' | '\x7f'..='\u{ff}' if character.is_control() => {
                let _ = write!(shown, r"\x{:02x}", character as u32);
            }
            _ => shown.push(character),
        }
    }
    shown.push(quote);
    shown
}

const LONGEST: usize = 200; // characters of a value that a message shows

/// A value as a message shows it: not without end.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some(_) => text.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}
