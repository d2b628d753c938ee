//! Values: what a parameter can be set to.

mod display;
mod from;
mod parse;
mod parts;
mod serde_impls;
mod untyped;

use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use display::short_repr;
pub use from::Segment;
pub(crate) use parse::{is_any_of, parse_bool, parse_json, parse_number, says_none};
pub(crate) use parts::{APPEND, ListFault, merge_onto, names_item, part_of, with_parts_of_list};
pub(crate) use serde_impls::from_serde_map;

/// The value of a parameter. It is cheap to clone, because large values are shared.
///
/// Every integer and float of Rust is stored without loss, by `From`. [`Value::of`] stores any other type that is
/// `Clone + Send + Sync`. For the conversion into the type that a reader asks for, see
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
    /// No value. `Option::None` is stored as this.
    #[default]
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A whole number that is too large for `Int`.
    UInt(u128),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list.
    List(Arc<[Value]>),
    /// A mapping. A parameter that is set to a mapping sets the keys below it, unless the mapping is empty.
    Map(Arc<BTreeMap<String, Value>>),
    /// A value of any other type.
    Other(Other),
    /// Text from a place without types: a `key=value` text.
    ///
    /// [`Value::as_text`] returns its text. A reader that asks for no type gets `typed`.
    #[doc(hidden)]
    Untyped {
        text: Arc<str>,
        /// The text with the type of the value that it overrides, where it fits; else the text itself.
        typed: Arc<Value>,
    },
    /// Values that are appended to a list, in order. It is only a part of a mapping, at the key `+`.
    #[doc(hidden)]
    Appended(Arc<[Value]>),
}

/// A value of a user's type.
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
    /// Returns the value as a mapping of its fields. `None` if its type cannot be serialized.
    fields: Option<FieldsOf>,
}

/// Returns a value of a user's type as a mapping of its fields.
pub(crate) type FieldsOf = fn(&dyn Any) -> Option<Value>;

impl Value {
    /// Store a value of any type. It can be read back as that type. Numbers, bools and texts are stored as by `From`.
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
        macro_rules! return_if_it_is_one_of {
            ($($type:ty)*) => {
                $(if let Some(value) = (&value as &dyn Any).downcast_ref::<$type>() {
                    return value.clone().into();
                })*
            };
        }
        return_if_it_is_one_of!(
            bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
            String Box<str> Arc<str> &'static str PathBuf Value
        );
        Self::other(value, None)
    }

    /// Store a value of a user's type.
    pub(crate) fn other<T: Any + Send + Sync>(value: T, fields: Option<FieldsOf>) -> Self {
        Self::Other(Other {
            value: Arc::new(value),
            type_name: type_name::<T>(),
            fields,
        })
    }

    /// Return the text of a value that is text, `None` for any other value.
    ///
    /// Use this in your own [`FromValue`](crate::FromValue): a text from the command line is not a [`Value::Text`].
    ///
    /// ```
    /// use hyperparameter::Value;
    ///
    /// assert_eq!(Value::from("a").as_text(), Some("a"));
    /// assert_eq!(Value::from(1).as_text(), None);
    /// ```
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Untyped { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Return the value that [`Value::of`] stored, if it is of this type.
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

/// Two values are equal if their types and contents are: `1` and `1.0` are two values.
///
/// Two values of a user's type are equal if they are clones of one value.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::UInt(left), Self::UInt(right)) => left == right,
            (Self::Int(int), Self::UInt(uint)) | (Self::UInt(uint), Self::Int(int)) => {
                u128::try_from(*int) == Ok(*uint)
            }
            (Self::Float(left), Self::Float(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::List(left), Self::List(right)) => left == right,
            (Self::Map(left), Self::Map(right)) => left == right,
            (Self::Other(left), Self::Other(right)) => Arc::ptr_eq(&left.value, &right.value),
            (Self::Untyped { typed: value, .. }, other)
            | (other, Self::Untyped { typed: value, .. }) => **value == *other,
            (Self::Appended(left), Self::Appended(right)) => left == right,
            _ => false,
        }
    }
}
