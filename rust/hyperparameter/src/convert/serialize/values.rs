//! The serializer that makes values.

use std::collections::BTreeMap;

use serde::ser::{self, Serialize, Serializer};

use super::Fault;
use super::keys::KeySerializer;
use crate::value::{Value, from_serde_map};

pub(super) struct ValueSerializer;

macro_rules! serialize_by_from {
    ($($method:ident($type:ty))*) => {
        $(fn $method(self, value: $type) -> Result<Value, Fault> {
            Ok(value.into())
        })*
    };
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = Fault;
    type SerializeSeq = ListBuilder;
    type SerializeTuple = ListBuilder;
    type SerializeTupleStruct = ListBuilder;
    type SerializeTupleVariant = ListBuilder;
    type SerializeMap = MapBuilder;
    type SerializeStruct = MapBuilder;
    type SerializeStructVariant = MapBuilder;

    serialize_by_from! {
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
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, Fault> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Fault> {
        Ok(in_variant(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ListBuilder, Fault> {
        Ok(ListBuilder::default())
    }

    fn serialize_tuple(self, _length: usize) -> Result<ListBuilder, Fault> {
        Ok(ListBuilder::default())
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<ListBuilder, Fault> {
        Ok(ListBuilder::default())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ListBuilder, Fault> {
        Ok(ListBuilder {
            variant: Some(variant),
            ..ListBuilder::default()
        })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<MapBuilder, Fault> {
        Ok(MapBuilder::default())
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<MapBuilder, Fault> {
        Ok(MapBuilder::default())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<MapBuilder, Fault> {
        Ok(MapBuilder {
            variant: Some(variant),
            ..MapBuilder::default()
        })
    }
}

/// Return the content of an enum variant: a mapping with the variant's name as its only key.
fn in_variant(variant: Option<&'static str>, content: Value) -> Value {
    match variant {
        None => content,
        Some(variant) => [(variant, content)].into_iter().collect(),
    }
}

/// Collects the items of a list or a tuple. `variant` is set if they are the content of an enum variant.
#[derive(Default)]
pub(super) struct ListBuilder {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

macro_rules! collect_items {
    ($($kind:ident $method:ident)*) => {
        $(impl ser::$kind for ListBuilder {
            type Ok = Value;
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Fault> {
                self.items.push(item.serialize(ValueSerializer)?);
                Ok(())
            }

            fn end(self) -> Result<Value, Fault> {
                Ok(in_variant(self.variant, self.items.into()))
            }
        })*
    };
}

collect_items! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// Collects the entries of a map or the fields of a struct. `variant` is as in [`ListBuilder`].
#[derive(Default)]
pub(super) struct MapBuilder {
    variant: Option<&'static str>,
    /// The key of the entry whose value comes next.
    key: Option<String>,
    map: BTreeMap<String, Value>,
}

impl ser::SerializeMap for MapBuilder {
    type Ok = Value;
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = Some(key.serialize(KeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let key = self
            .key
            .take()
            .ok_or_else(|| Fault::Other("a value without a key".to_owned()))?;
        self.map.insert(key, value.serialize(ValueSerializer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, Fault> {
        Ok(in_variant(self.variant, from_serde_map(self.map)))
    }
}

macro_rules! collect_fields {
    ($($kind:ident)*) => {
        $(impl ser::$kind for MapBuilder {
            type Ok = Value;
            type Error = Fault;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
                self.map.insert(name.to_owned(), value.serialize(ValueSerializer)?);
                Ok(())
            }

            fn end(self) -> Result<Value, Fault> {
                ser::SerializeMap::end(self)
            }
        })*
    };
}

collect_fields! { SerializeStruct SerializeStructVariant }
