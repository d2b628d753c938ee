//! The serializer that makes the keys of a mapping. A text is a key, and an integer becomes a text.

use serde::ser::{Impossible, Serialize, Serializer};

use super::Fault;

pub(super) struct KeySerializer;

macro_rules! keys {
    ($($method:ident($type:ty))*) => {
        $(fn $method(self, key: $type) -> Result<String, Fault> {
            Ok(key.to_string())
        })*
    };
}

/// Return an error for everything that cannot be a key. `$kind` and `$key` are the fields of the fault.
macro_rules! invalid_keys {
    ($($method:ident($($arg:ident: $type:ty),*) $(<$generic:ident>)? -> $ok:ty, $kind:literal, $key:expr;)*) => {
        $(fn $method $(<$generic: Serialize + ?Sized>)? (self, $($arg: $type),*) -> Result<$ok, Fault> {
            Err(Fault::InvalidKey { key: $key, kind: $kind })
        })*
    };
}

impl Serializer for KeySerializer {
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
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<String, Fault> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        key: &T,
    ) -> Result<String, Fault> {
        key.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Result<String, Fault> {
        key.serialize(self)
    }

    invalid_keys! {
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
