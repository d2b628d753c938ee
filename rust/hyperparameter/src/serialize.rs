//! Values from anything that serde can serialize, and values as serde sees them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Impossible, Serialize, Serializer};

use crate::convert::number;
use crate::error::ParamError;
use crate::value::Value;

/// Return anything that serde can serialize as a value.
pub(crate) fn to_value<T: Serialize + ?Sized>(source: &T) -> Result<Value, ParamError> {
    source.serialize(ToValue).map_err(|fault| match fault {
        Fault::NoKey { shown, found } => ParamError::syntax(
            &shown,
            format!("is not a key: a key is text or an integer, not {found}"),
        ),
        Fault::Other(detail) => {
            ParamError::syntax("", format!("cannot be a source of parameters: {detail}"))
        }
    })
}

#[derive(Debug)]
enum Fault {
    NoKey { shown: String, found: &'static str },
    Other(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey { shown, found } => write!(f, "{shown} is not a key: it is {found}"),
            Self::Other(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::Other(detail.to_string())
    }
}

struct ToValue;

macro_rules! plain {
    ($($method:ident($given:ty))*) => {
        $(fn $method(self, value: $given) -> Result<Value, Fault> {
            Ok(value.into())
        })*
    };
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = Fault;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    plain! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128) serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128) serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_str(&str)
        serialize_bytes(&[u8])
    }

    fn serialize_none(self) -> Result<Value, Fault> {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Fault> {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Fault> {
        Ok(Value::None)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, Fault> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Fault> {
        Ok([(variant, value.serialize(self)?)].into_iter().collect())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Fault> {
        Ok(Items::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Fault> {
        Ok(Items::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Fault> {
        Ok(Items::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Fault> {
        Ok(Items {
            variant: Some(variant),
            ..Items::default()
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, Fault> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, Fault> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries, Fault> {
        Ok(Entries {
            variant: Some(variant),
            ..Entries::default()
        })
    }
}

/// Return a mapping as a value; of one that stands for what serde has no word for, what it stands for: a date
/// of TOML's, or a number of JSON's where that crate keeps all digits.
fn mapping(mut entries: BTreeMap<String, Value>) -> Value {
    if let Some(Value::Text(digits)) = entries.get("$serde_json::private::Number")
        && let Some(number) = number(digits)
    {
        return number;
    }
    entries
        .remove("$__toml_private_datetime")
        .unwrap_or_else(|| Value::Map(Arc::new(entries)))
}

fn within(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        None => value,
        Some(variant) => [(variant, value)].into_iter().collect(),
    }
}

#[derive(Default)]
struct Items {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

macro_rules! items {
    ($($kind:ident $method:ident)*) => {
        $(impl ser::$kind for Items {
            type Ok = Value;
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                self.items.push(value.serialize(ToValue)?);
                Ok(())
            }

            fn end(self) -> Result<Value, Fault> {
                Ok(within(self.variant, self.items.into()))
            }
        })*
    };
}

items! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

#[derive(Default)]
struct Entries {
    variant: Option<&'static str>,
    key: Option<String>,
    entries: BTreeMap<String, Value>,
}

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = Some(key.serialize(ToKey)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let key = self
            .key
            .take()
            .ok_or_else(|| Fault::Other("a value without a key".to_owned()))?;
        self.entries.insert(key, value.serialize(ToValue)?);
        Ok(())
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(within(self.variant, mapping(self.entries)))
    }
}

macro_rules! fields {
    ($($kind:ident)*) => {
        $(impl ser::$kind for Entries {
            type Ok = Value;
            type Error = Fault;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
                self.entries.insert(key.to_owned(), value.serialize(ToValue)?);
                Ok(())
            }

            fn end(self) -> Result<Value, Fault> {
                ser::SerializeMap::end(self)
            }
        })*
    };
}

fields! { SerializeStruct SerializeStructVariant }

/// Keys are text; integers become it.
struct ToKey;

macro_rules! keys {
    ($($method:ident($given:ty))*) => {
        $(fn $method(self, key: $given) -> Result<String, Fault> {
            Ok(key.to_string())
        })*
    };
}

macro_rules! no_keys {
    ($($method:ident($($arg:ident: $given:ty),*) $(<$generic:ident>)? -> $ok:ty, $found:literal, $shown:expr;)*) => {
        $(fn $method $(<$generic: Serialize + ?Sized>)? (self, $($arg: $given),*) -> Result<$ok, Fault> {
            Err(Fault::NoKey { shown: $shown, found: $found })
        })*
    };
}

impl Serializer for ToKey {
    type Ok = String;
    type Error = Fault;
    type SerializeSeq = Impossible<String, Fault>;
    type SerializeTuple = Impossible<String, Fault>;
    type SerializeTupleStruct = Impossible<String, Fault>;
    type SerializeTupleVariant = Impossible<String, Fault>;
    type SerializeMap = Impossible<String, Fault>;
    type SerializeStruct = Impossible<String, Fault>;
    type SerializeStructVariant = Impossible<String, Fault>;

    keys! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_char(char) serialize_str(&str)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, Fault> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        key: &T,
    ) -> Result<String, Fault> {
        key.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Result<String, Fault> {
        key.serialize(self)
    }

    no_keys! {
        serialize_bool(key: bool) -> String, "a bool", key.to_string();
        serialize_f32(key: f32) -> String, "a float", key.to_string();
        serialize_f64(key: f64) -> String, "a float", key.to_string();
        serialize_bytes(_key: &[u8]) -> String, "bytes", "bytes".to_owned();
        serialize_none() -> String, "None", "None".to_owned();
        serialize_unit() -> String, "None", "None".to_owned();
        serialize_unit_struct(name: &'static str) -> String, "a struct", name.to_owned();
        serialize_newtype_variant(_n: &'static str, _i: u32, name: &'static str, _key: &T) <T>
            -> String, "an enum with data", name.to_owned();
        serialize_seq(_l: Option<usize>) -> Self::SerializeSeq, "a list", "a list".to_owned();
        serialize_tuple(_l: usize) -> Self::SerializeTuple, "a tuple", "a tuple".to_owned();
        serialize_tuple_struct(name: &'static str, _l: usize) -> Self::SerializeTupleStruct, "a tuple", name.to_owned();
        serialize_tuple_variant(_n: &'static str, _i: u32, name: &'static str, _l: usize)
            -> Self::SerializeTupleVariant, "a tuple", name.to_owned();
        serialize_map(_l: Option<usize>) -> Self::SerializeMap, "a mapping", "a mapping".to_owned();
        serialize_struct(name: &'static str, _l: usize) -> Self::SerializeStruct, "a struct", name.to_owned();
        serialize_struct_variant(_n: &'static str, _i: u32, name: &'static str, _l: usize)
            -> Self::SerializeStructVariant, "a struct", name.to_owned();
    }
}

// --- Values as serde sees them ---

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_i128(*value),
            },
            Self::UInt(value) => serializer.serialize_u128(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list.iter()),
            Self::Map(map) => serializer.collect_map(map.iter()),
            Self::Other(_) => Err(ser::Error::custom(format_args!(
                "{self} cannot be serialized"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

macro_rules! visits {
    ($($method:ident($given:ty))*) => {
        $(fn $method<E: de::Error>(self, value: $given) -> Result<Value, E> {
            Ok(value.into())
        })*
    };
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    visits! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64)
        visit_str(&str) visit_string(String)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Value>()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            entries.insert(key, value);
        }
        Ok(mapping(entries))
    }
}
