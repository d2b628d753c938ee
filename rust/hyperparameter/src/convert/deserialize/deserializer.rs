//! The methods by which serde reads a value.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Visitor};

use super::access::{EnumReader, ListReader, MapReader};
use super::fault::Fault;
use super::reader::{Field, Part, Reader};
use crate::convert::Misfit;
use crate::convert::containers::{are_items, not_an_index, to_list, to_map};
use crate::quote::quoted;
use crate::value::{
    ListFault, Value, parse_json, parse_number, says_none, short_repr, with_parts_of_list,
};

impl Reader<'_> {
    pub(super) fn read_list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let items;
        let parts = match self.value {
            Value::Map(parts) if are_items(parts) => self.parts_of_list(parts)?,
            value => {
                items = to_list(value, || "list".to_owned()).map_err(Fault)?;
                items.iter().map(Part::without_default).collect()
            }
        };
        let length = parts.len();
        let mut list = ListReader::new(self, parts);
        let output = visitor.visit_seq(&mut list)?;
        if list.read_count < length {
            return Err(Fault::new(format!(
                "expected {} items, got {length}",
                list.read_count
            )));
        }
        Ok(output)
    }

    /// Return the items of the default, with those replaced and appended that the parts set.
    fn parts_of_list<'b>(self, parts: &'b BTreeMap<String, Value>) -> Result<Vec<Part<'b>>, Fault>
    where
        Self: 'b,
    {
        let items: Vec<Part<'b>> = match self.default {
            Some(Value::List(list)) => list.iter().map(Part::without_default).collect(),
            _ => Vec::new(),
        };
        let set = |item: Option<Part<'b>>, value: &'b Value| {
            let default = item.map(|item| item.value);
            Ok::<_, Fault>(Part { value, default })
        };
        with_parts_of_list(items, parts, set).map_err(|fault| match fault {
            ListFault::NotAnIndex(name, length) => Fault(not_an_index(&name, length)),
            ListFault::Item(_, fault) => fault,
        })
    }

    /// Read a mapping. `fields` are the names of the fields if it is read as a struct.
    pub(super) fn read_map<'de, V: Visitor<'de>>(
        self,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let map = to_map(self.value, || "dict".to_owned()).map_err(Fault)?;
        visitor.visit_map(MapReader::new(self, &map, fields))
    }
}

macro_rules! deserialize_by_rule {
    ($($method:ident $visit:ident $type:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.convert::<$type>()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    deserialize_by_rule! {
        deserialize_bool visit_bool bool;
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
        deserialize_char visit_char char;
        deserialize_str visit_string String;
        deserialize_string visit_string String;
        deserialize_identifier visit_string String;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let given = self.buffer.give(self.value);
        match &given {
            Value::None => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            // Many visitors accept no 128-bit integers, so the smallest type that fits is used.
            Value::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(*value),
            },
            Value::UInt(value) => visitor.visit_u128(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) | Value::Untyped { text, .. } => visitor.visit_str(text),
            Value::Appended(values) => self
                .with_value(&Value::List(values.clone()))
                .read_list(visitor),
            Value::List(_) => self.with_given(&given).read_list(visitor),
            Value::Map(_) => self.with_given(&given).read_map(None, visitor),
            Value::Other(_) => Err(Fault::new(format!("{} cannot be deserialized", self.value))),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::None => visitor.visit_unit(),
            _ => Err(Fault(Misfit::new("None"))),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.read_list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.read_list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.read_list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.read_map(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.read_map(Some(fields), visitor)
    }

    /// An enum is the name of a variant, or a mapping with the name as its only key and the content as its value.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let text = self.value.as_text();
        let parsed = text
            .filter(|text| text.trim_start().starts_with('{'))
            .and_then(|text| parse_json(text).ok());
        let (variant, content) = match (parsed.as_ref().unwrap_or(self.value), text) {
            (Value::Map(map), _) if map.len() == 1 => {
                let (variant, content) = map.iter().next().expect("the mapping has one entry");
                (variant.as_str(), Some(content))
            }
            (_, Some(text)) => (text, None),
            _ => return Err(not_a_variant(&short_repr(self.value), variants)),
        };
        // Only the content of the same variant merges with the default.
        let default = match self.default {
            Some(Value::Map(default)) => default.get(variant),
            _ => None,
        };
        let content = content.map(|value| Part { value, default });
        if !variants.is_empty() && !variants.contains(&variant) {
            return Err(not_a_variant(&quoted(variant), variants));
        }
        visitor.visit_enum(EnumReader::new(self, variant, content))
    }

    /// serde calls this for a value that it does not use, such as that of a field which the struct does not have.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Some(Field { name, known }) = self.field else {
            return visitor.visit_unit();
        };
        Err(Fault::unknown_field(name, known))
    }
}

/// Parse a text as a bool, `None`, a number or JSON. Return `None` for any other text.
pub(super) fn parse_text(text: &str) -> Option<Value> {
    match text.trim() {
        "true" | "True" => Some(Value::Bool(true)),
        "false" | "False" => Some(Value::Bool(false)),
        text if says_none(text) => Some(Value::None),
        text if text.starts_with(['{', '[']) => parse_json(text).ok(),
        text => parse_number(text),
    }
}

fn not_a_variant(text: &str, variants: &[&str]) -> Fault {
    let variants: Vec<String> = variants.iter().map(|variant| quoted(variant)).collect();
    Fault::new(format!("{text} is not one of {}", variants.join(", ")))
}
